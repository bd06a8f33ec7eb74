//! Rules of smart groups: what they mean, what is wrong with them and where, and why people move.

use jiff::civil::{Date, date};
use muster_core::{
    derive::smart_group::{
        CompiledGroup, Condition, Membership, MoveReason, RulePlace, SmartGroup, evaluate,
        move_reason, pointed, sentence,
    },
    model::{
        employee::{Employee, Status},
        facts::Facts,
        field::{FieldDefinition, FieldOrigin, Schema},
        ids::{EmployeeId, WorkspaceId},
        workspace::{Workspace, WorkspaceSettings},
    },
    read::normalise::FieldKind,
    setup::selection::{Comparison, Day, Test},
};
use proptest::prelude::*;

fn workspace() -> Workspace {
    let own = [
        ("hours", FieldKind::Number),
        ("lease_car", FieldKind::Boolean),
        (
            "band",
            FieldKind::Choice(vec!["Junior".to_owned(), "Senior".to_owned()]),
        ),
        ("seen", FieldKind::DateTime),
    ];
    let own = own.map(|(key, kind)| FieldDefinition {
        key: key.to_owned(),
        kind,
        origin: FieldOrigin::Custom,
        required: false,
    });
    Workspace {
        companies: Vec::new(),
        id: WorkspaceId(1),
        name: "acme".to_owned(),
        settings: WorkspaceSettings::default(),
        schema: Schema::new(own),
        groups: vec!["Sales".to_owned(), "Support".to_owned()],
        fingerprint_key: [0; 32],
    }
}

const TODAY: Date = date(2026, 5, 4);

/// A person with values, as in `country=NL department=Sales`; `_` stands for a space.
fn person(values: &str) -> Employee {
    let schema = workspace().schema;
    let pairs = values
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='));
    let values: Vec<_> = pairs
        .map(|(key, value)| (schema.find(key).unwrap(), value.replace('_', " ")))
        .collect();
    Employee {
        id: EmployeeId(1),
        revision: 1,
        status: Status::Active,
        owner: None,
        protected: false,
        facts: Facts::of_values(values.iter().map(|(field, value)| (*field, value.as_str()))),
        pins: Vec::new(),
    }
}

fn on(field: &str, tests: impl IntoIterator<Item = Test>) -> Condition {
    Condition {
        field: field.to_owned(),
        tests: tests.into_iter().collect(),
    }
}

fn is(field: &str, value: &str) -> Condition {
    on(field, [Test::Equals(value.to_owned())])
}

fn group(conditions: Vec<Condition>, expression: Option<&str>) -> SmartGroup {
    SmartGroup {
        name: "G".to_owned(),
        conditions,
        expression: expression.map(str::to_owned),
    }
}

fn verdict(group: &SmartGroup, person: &Employee, today: Date) -> Membership {
    let compiled = CompiledGroup::new(group, &workspace())
        .unwrap_or_else(|wrong| panic!("{group:?}: {wrong:#?}"));
    evaluate(&[&compiled], &[person], today).unwrap()[0][0]
}

#[track_caller]
fn takes(group: &SmartGroup, members: &[&str], others: &[&str]) {
    for (values, wanted) in members
        .iter()
        .map(|p| (p, true))
        .chain(others.iter().map(|p| (p, false)))
    {
        let verdict = verdict(group, &person(values), TODAY);
        assert_eq!(
            verdict == Membership::Member,
            wanted,
            "{values} in {}: {verdict:?}",
            sentence(group)
        );
    }
}

#[track_caller]
fn says(source: &str, member: &str, other: &str) {
    takes(&group(Vec::new(), Some(source)), &[member], &[other]);
}

/// The problem of an expression: the character that it points at, and what is said.
#[track_caller]
fn wrong(source: &str, at: usize, message: &str, advice: &str) {
    let problems = group(Vec::new(), Some(source)).check(&workspace());
    let [problem] = problems.as_slice() else {
        panic!("{source}: {problems:?}")
    };
    assert!(
        problem.message.contains(message) && problem.advice.contains(advice),
        "{source}: {problem:#?}"
    );
    assert_eq!(
        problem.place,
        RulePlace::Expression(at),
        "{source}: {problem:#?}"
    );
}

#[test]
fn values_of_one_field_are_alternatives_and_fields_must_all_be_met() {
    let rule = group(
        vec![
            is("country", "NL"),
            is("department", "Sales"),
            is("country", "BE"),
        ],
        None,
    );
    takes(
        &rule,
        &["country=NL department=Sales", "country=BE department=Sales"],
        &[
            "country=DE department=Sales",
            "country=NL department=Legal",
            "department=Sales",
            "",
        ],
    );
    assert_eq!(
        sentence(&rule),
        "country is `NL` or is `BE`, and department is `Sales`"
    );
}

#[test]
fn the_tests_of_one_condition_are_a_range() {
    let from = Test::Date(Comparison::AtLeast, Day::Today(-30));
    let to = Test::Date(Comparison::Less, Day::Today(0));
    let rule = group(vec![on("onboarding_date", [from, to])], None);
    takes(
        &rule,
        &["onboarding_date=2026-04-04", "onboarding_date=2026-05-03"],
        &[
            "onboarding_date=2026-04-03",
            "onboarding_date=2026-05-04",
            "",
        ],
    );
    assert_eq!(
        sentence(&rule),
        "onboarding_date is on or after today-30 and is before today"
    );
}

#[test]
fn every_kind_of_field_can_be_asked() {
    let number = Test::Number(Comparison::AtLeast, "32".parse().unwrap());
    takes(
        &group(vec![on("hours", [number])], None),
        &["hours=32", "hours=36.5"],
        &["hours=31.99", ""],
    );
    takes(
        &group(vec![on("lease_car", [Test::Is(false)])], None),
        &["lease_car=false", ""],
        &["lease_car=true"],
    );
    takes(
        &group(vec![is("band", "Senior")], None),
        &["band=Senior"],
        &["band=Junior", ""],
    );
    let day = Test::Date(Comparison::AtMost, Day::On(TODAY));
    takes(
        &group(vec![on("seen", [day])], None),
        &["seen=2026-05-04T23:00:00Z"],
        &["seen=2026-05-05T00:00:00Z", ""],
    );
    takes(
        &group(
            vec![on("title", [Test::Matches("^(Head|Lead)".into())])],
            None,
        ),
        &["title=Head_of_HR"],
        &["title=A", ""],
    );
    takes(&group(vec![is("status", "active")], None), &[""], &[]);
}

#[test]
fn only_people_who_are_employed_belong() {
    let everybody = group(vec![on("status", [Test::Empty(false)])], None);
    for (status, wanted) in [
        (Status::Scheduled, Membership::Member),
        (Status::Active, Membership::Member),
        (Status::Inactive, Membership::Outside),
        (Status::Erased, Membership::Outside),
    ] {
        assert_eq!(
            verdict(
                &everybody,
                &Employee {
                    status,
                    ..person("")
                },
                TODAY
            ),
            wanted,
            "{status:?}"
        );
    }
}

#[test]
fn expressions_speak_of_fields_custom_fields_status_and_today() {
    says(
        "country == \"NL\" && department != 'Board'",
        "country=NL",
        "country=NL department=Board",
    );
    says("country in ['NL', 'BE']", "country=BE", "country=DE");
    says("!(country in ['NL', 'BE'])", "country=DE", "country=BE");
    says(
        "title.startsWith('Senior') || hours > 36",
        "title=Senior_x",
        "title=x hours=36",
    );
    says("hours * 2.0 >= 64.5", "hours=32.25", "hours=32");
    says("lease_car", "lease_car=true", "lease_car=false");
    says("!lease_car", "", "lease_car=true");
    says(
        "onboarding_date < days_ago(30)",
        "onboarding_date=2026-04-03",
        "onboarding_date=2026-04-04",
    );
    says(
        "probation_end_date <= in_days(14)",
        "probation_end_date=2026-05-18",
        "probation_end_date=2026-05-19",
    );
    says(
        "years_since(work_anniversary) >= 5",
        "work_anniversary=2021-05-04",
        "work_anniversary=2021-05-05",
    );
    says(
        "months_since(onboarding_date) < 6",
        "onboarding_date=2025-11-05",
        "onboarding_date=2025-11-04",
    );
    says(
        "days_since(seen) <= 1",
        "seen=2026-05-03T01:00:00Z",
        "seen=2026-05-02T23:00:00Z",
    );
    says(
        "month_of(birthday) == month_of(today)",
        "birthday=1980-05-31",
        "birthday=1980-06-01",
    );
    says(
        "year_of(birthday) == 1980 && day_of(birthday) == 1",
        "birthday=1980-06-01",
        "birthday=1981-06-01",
    );
    says(
        "onboarding_date == today",
        "onboarding_date=2026-05-04",
        "onboarding_date=2026-05-03",
    );
    says("int(payroll_id) > 100", "payroll_id=101", "payroll_id=100");
    says(
        "status == 'active' && size(title) > 2",
        "title=abc",
        "title=ab",
    );
    says("department == 'Ærø — 東京'", "department=Ærø_—_東京", "");
}

#[test]
fn a_blank_value_leaves_an_expression_undecided_rather_than_met() {
    let long_ago = group(Vec::new(), Some("onboarding_date < days_ago(30)"));
    let not_long_ago = group(Vec::new(), Some("!(onboarding_date < days_ago(30))"));
    for rule in [&long_ago, &not_long_ago] {
        assert_eq!(
            verdict(rule, &person(""), TODAY),
            Membership::Undecided,
            "{rule:?}"
        );
    }
    says("onboarding_date == null", "", "onboarding_date=2026-05-04");
    says("hours == null || hours < 20", "", "hours=20");
    says("department == ''", "", "department=Sales");
    assert_eq!(
        verdict(
            &group(Vec::new(), Some("int(payroll_id) > 1")),
            &person("payroll_id=A"),
            TODAY
        ),
        Membership::Undecided
    );
}

#[test]
fn conditions_and_expression_must_both_be_met() {
    let rule = group(vec![is("country", "NL")], Some("hours >= 32"));
    takes(
        &rule,
        &["country=NL hours=32"],
        &["country=NL hours=31", "country=BE hours=40"],
    );
    assert_eq!(sentence(&rule), "country is `NL`, and `hours >= 32`");
}

#[test]
fn an_error_in_an_expression_points_at_its_place() {
    wrong(
        "country == \"NL\" && departmnt == \"Sales\"",
        19,
        "no field `departmnt`",
        "`department`",
    );
    wrong(
        "title.startWith(\"a\")",
        6,
        "no function `startWith`",
        "`startsWith`",
    );
    wrong("country = \"NL\"", 8, "", "&&");
    wrong("country == \"NL\" &&", 18, "ends too early", "&&");
    wrong("department > 5", 11, "a text and a whole number", "");
    wrong(
        "country == 31",
        8,
        "a text is never equal to a whole number",
        "quotes",
    );
    wrong("country in ['NL', 31]", 8, "never equal", "");
    wrong(
        "country == 'NL' || hours + 1 > 3.0",
        25,
        "a number and a whole number",
        "`2.0`",
    );
    wrong(
        "'N' in country",
        4,
        "`in` cannot be used with a text and a text",
        "",
    );
    wrong(
        "years_since(hours) > 2",
        0,
        "`years_since` cannot be used with a number",
        "years_since(work_anniversary)",
    );
    wrong("department.name == 'x'", 11, "no part `name`", "quotes");
    wrong("department", 0, "a text rather than a yes or no", "compare");
    wrong(
        "['NL'].exists(c, c == country)",
        7,
        "go through no lists",
        "in [",
    );
    wrong("has(country)", 0, "go through no lists", "null");
    wrong("{'a': 1} == {'b': 1}", 0, "not for rules", "");
    wrong("", 0, "empty", "");
}

#[test]
fn a_caret_stands_under_the_place() {
    assert_eq!(
        pointed("a &&\n\tbc == 1", 6),
        (2, 2, "  bc == 1\n ^".replacen("  ", " ", 1))
    );
    assert_eq!(pointed("é == x", 5), (1, 6, "é == x\n     ^".to_owned()));
    assert_eq!(pointed("a", 9), (1, 2, "a\n ^".to_owned()));
}

#[test]
fn no_expression_ends_the_process() {
    let deep = |open: &str, close: &str, times: usize| {
        format!("{}true{}", open.repeat(times), close.repeat(times))
    };
    for source in [
        deep("(", ")", 95),
        deep("(", ")", 100),
        deep("!", "", 199),
        deep("[", "]", 100),
        deep("-", "", 200),
        deep("(", "", 200),
        deep("true?", ":true", 99),
        format!("true{}", " && true".repeat(99)),
        format!("country{}", ".a".repeat(199)),
        format!("size({}", "size(".repeat(199)),
        format!("{}1", "1 in ".repeat(400)),
        format!("[{}1]", "1,".repeat(1000)),
        "\"".repeat(2000),
        "\\".repeat(2000),
        "'\\u".repeat(600),
    ] {
        let rule = group(Vec::new(), Some(&source));
        if let Ok(compiled) = CompiledGroup::new(&rule, &workspace()) {
            evaluate(&[&compiled], &[&person("")], TODAY).unwrap();
        }
    }
    wrong(
        &deep("(", ")", 101),
        204,
        "more than 200 brackets and operators",
        "two groups",
    );
    wrong(
        &"a".repeat(2049),
        0,
        "2049 bytes; 2048 are allowed",
        "conditions",
    );
}

/// Pieces of expressions; what they make together is mostly wrong, and sometimes not.
fn source() -> impl Strategy<Value = String> {
    let pieces = [
        "country",
        "hours",
        "birthday",
        "lease_car",
        "today",
        "seen",
        "nobody",
        "\"NL\"",
        "'x",
        "\\",
        "1",
        "-9223372036854775808",
        "9223372036854775807",
        "1u",
        "1.5",
        "1e308",
        "0",
        "null",
        "true",
        "b'x'",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        ".",
        "?",
        " && ",
        " || ",
        "!",
        " == ",
        " < ",
        " in ",
        " + ",
        " - ",
        " * ",
        " / ",
        " % ",
        "int",
        "double",
        "string",
        "size",
        "days_ago",
        "in_days",
        "years_since",
        "month_of",
        ".contains(",
        ".startsWith(",
        ".exists(c, ",
        "has",
        "\u{1F600}",
        "\n",
        "//",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..24)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::cases(1500)))]

    #[test]
    fn any_text_is_either_refused_or_evaluated(source in prop_oneof![source(), ".{0,60}".prop_map(String::from)]) {
        let rule = group(Vec::new(), Some(&source));
        match CompiledGroup::new(&rule, &workspace()) {
            Ok(compiled) => {
                let people = [person(""), person("country=NL hours=1 birthday=1980-02-29 lease_car=true")];
                prop_assert!(evaluate(&[&compiled], &people.each_ref(), TODAY).is_some());
            }
            Err(problems) => {
                prop_assert!(!problems[0].message.contains("could not be read"), "the parser broke: {:?}", problems);
                let RulePlace::Expression(at) = problems[0].place else { panic!("{problems:?}") };
                prop_assert!(at <= source.chars().count(), "{problems:?}");
            }
        }
    }
}

#[test]
fn an_error_in_a_condition_names_it_and_what_would_be_right() {
    let wrong = |condition: Condition, message: &str, advice: &str| {
        let problems = group(vec![is("title", "x"), condition], None).check(&workspace());
        let [problem] = problems.as_slice() else {
            panic!("{message}: {problems:?}")
        };
        assert!(
            problem.message.contains(message) && problem.advice.contains(advice),
            "{problem:#?}"
        );
        assert_eq!(
            (problem.place, problem.place.to_string().as_str()),
            (RulePlace::Condition(1), "condition 2")
        );
    };
    let ten = || "10".parse().unwrap();
    wrong(is("departmnt", "x"), "no field `departmnt`", "`department`");
    wrong(on("department", []), "asks for nothing", "equals");
    wrong(
        is("group", "sales"),
        "never `sales`",
        "did you mean `Sales`",
    );
    wrong(is("country", "Netherlands"), "never `Netherlands`", "`NL`");
    wrong(is("band", "Seniour"), "never `Seniour`", "`Senior`");
    wrong(is("language", "nl"), "never `nl`", "`en`");
    wrong(is("status", "inactive"), "only people who are employed", "");
    wrong(
        is("onboarding_date", "04-05-2026"),
        "never `04-05-2026`",
        "2026-05-01",
    );
    wrong(is("department", "Sales "), "never `Sales `", "`Sales`");
    wrong(
        on("department", [Test::Number(Comparison::Less, ten())]),
        "is a text",
        "`equals`",
    );
    wrong(
        on("department", [Test::Date(Comparison::Less, Day::Today(0))]),
        "is a text",
        "`equals`",
    );
    wrong(on("department", [Test::Is(true)]), "is a text", "`equals`");
    wrong(is("lease_car", "yes"), "is yes or no", "`is = true`");
    wrong(is("hours", "32"), "is a number", "`at_least`");
    wrong(
        on("department", [Test::In(Vec::new())]),
        "list of values",
        "at least one",
    );
    wrong(
        on("department", [Test::Contains(String::new())]),
        "empty text",
        "`empty = false`",
    );
    wrong(
        on("department", [Test::Matches("(".into())]),
        "not a regular expression",
        "",
    );
}

#[test]
fn two_exclusions_of_one_field_would_take_nearly_everybody() {
    let not = |value: &str| on("country", [Test::NotEquals(value.to_owned())]);
    let problems = group(vec![not("NL"), not("BE")], None).check(&workspace());
    assert!(
        problems[0].message.contains("conditions 1 and 2") && problems[0].advice.contains("not_in"),
        "{problems:?}"
    );
    assert!(
        group(vec![not("NL"), is("country", "DE")], None)
            .check(&workspace())
            .is_empty()
    );
}

#[test]
fn a_group_needs_a_name_and_a_rule() {
    for (name, conditions) in [
        ("", 1),
        (" G", 1),
        ("G\u{202e}", 1),
        (&"x".repeat(101), 1),
        ("G", 0),
    ] {
        let conditions = vec![is("country", "NL"); conditions];
        let problems = SmartGroup {
            name: name.to_owned(),
            conditions,
            expression: None,
        }
        .check(&workspace());
        assert_eq!(
            problems
                .iter()
                .map(|problem| problem.place)
                .collect::<Vec<_>>(),
            [RulePlace::Group],
            "{name:?}"
        );
    }
}

#[test]
fn whether_a_rule_depends_on_today_is_seen_from_it() {
    let depends = |rule: SmartGroup| {
        CompiledGroup::new(&rule, &workspace())
            .unwrap()
            .depends_on_today()
    };
    assert!(depends(group(
        vec![on(
            "birthday",
            [Test::Date(Comparison::Less, Day::Today(-9))]
        )],
        None
    )));
    assert!(!depends(group(
        vec![on(
            "birthday",
            [Test::Date(Comparison::Less, Day::On(TODAY))]
        )],
        None
    )));
    for source in [
        "birthday < today",
        "birthday < days_ago(9)",
        "days_since(birthday) > 9",
    ] {
        assert!(depends(group(Vec::new(), Some(source))), "{source}");
    }
    assert!(!depends(group(
        Vec::new(),
        Some("birthday < '2000-01-01' && month_of(birthday) == 5")
    )));
}

#[test]
fn the_reason_of_a_move_names_the_fields_of_the_rule_that_changed() {
    let rule = group(vec![is("country", "NL")], Some("hours > 32"));
    let compiled = CompiledGroup::new(&rule, &workspace()).unwrap();
    let reason = |before: Option<&str>, after: &str| {
        move_reason(&compiled, before.map(person).as_ref(), &person(after))
    };
    assert_eq!(reason(None, "country=NL"), MoveReason::NewPerson);
    let both = vec!["country".to_owned(), "hours".to_owned()];
    assert_eq!(
        reason(Some("title=A"), "country=NL hours=40 title=B"),
        MoveReason::FieldChanged(both)
    );
    assert_eq!(reason(Some("title=A"), "title=B"), MoveReason::DatePassed);
    let left = Employee {
        status: Status::Inactive,
        ..person("country=BE")
    };
    let status = vec!["status".to_owned()];
    assert_eq!(
        move_reason(&compiled, Some(&person("country=NL")), &left),
        MoveReason::FieldChanged(status)
    );
    for reason in [
        MoveReason::NewPerson,
        MoveReason::FieldChanged(vec!["a".into(), "b".into()]),
        MoveReason::DatePassed,
        MoveReason::RuleChanged,
        MoveReason::GroupRemoved,
    ] {
        let schema = &workspace().schema;
        let fields = reason.stored_fields(schema);
        assert_eq!(
            MoveReason::parse(reason.as_str(), fields.as_deref(), schema),
            Some(reason)
        );
    }
}

#[test]
fn a_field_that_the_workspace_lost_is_blank_for_everybody() {
    let rule = group(vec![is("country", "NL")], Some("shoe_size == ''"));
    let compiled = CompiledGroup::stored(&rule, &workspace().schema).unwrap();
    let people = [person("country=NL"), person("country=BE")];
    let verdicts = evaluate(&[&compiled], &people.each_ref(), TODAY).unwrap();
    assert_eq!(verdicts, [[Membership::Member, Membership::Outside]]);
    assert_eq!(
        rule.fields(&workspace().schema)
            .into_iter()
            .collect::<Vec<_>>(),
        ["country", "shoe_size"]
    );
    let lost = group(vec![is("shoe_size", "44")], None);
    let compiled = CompiledGroup::stored(&lost, &workspace().schema).unwrap();
    assert_eq!(
        evaluate(&[&compiled], &people.each_ref(), TODAY).unwrap()[0][0],
        Membership::Outside
    );
}

#[test]
fn a_rule_survives_being_stored() {
    let range = [
        Test::Date(Comparison::Less, Day::Today(-30)),
        Test::Number(Comparison::More, "1.50".parse().unwrap()),
    ];
    let rule = group(
        vec![
            on("x", range),
            on("y", [Test::In(vec!["a".into()]), Test::Empty(true)]),
        ],
        Some("a == \"b\""),
    );
    let text = serde_json::to_string(&rule).unwrap();
    assert_eq!(
        serde_json::from_str::<SmartGroup>(&text).unwrap(),
        rule,
        "{text}"
    );
}
