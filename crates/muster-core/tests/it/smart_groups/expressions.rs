//! Expressions: what they can name, what is undecided, and where an error is.

use super::*;

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
}

#[test]
fn an_error_in_an_expression_points_at_its_place() {
    let word = |word: &str| Detail::MisplacedWord {
        word: word.to_owned(),
    };
    let function = |name: &str| Detail::UnknownFunction {
        name: name.to_owned(),
    };
    let loop_ = |name: &str| Detail::Loop {
        function: name.to_owned(),
    };
    wrong(
        "country == \"NL\" && departmnt == \"Sales\"",
        19,
        unknown("departmnt"),
        nearest("department"),
    );
    wrong(
        "title.startWith(\"a\")",
        6,
        function("startWith"),
        nearest("startsWith"),
    );
    wrong(
        "country = \"NL\"",
        8,
        Detail::UnknownCharacter,
        Remedy::JoinComparisons,
    );
    wrong(
        "country == \"NL\" &&",
        18,
        Detail::ExpressionEndsEarly,
        Remedy::JoinComparisons,
    );
    wrong(
        "country == 'NL' department == 'Sales'",
        16,
        word("department"),
        Remedy::JoinComparisons,
    );
    wrong(
        "department.name == 'x'",
        11,
        Detail::PartOfField {
            part: "name".to_owned(),
        },
        Remedy::QuoteText,
    );
    wrong(
        "department",
        0,
        Detail::NotYesOrNo { kind: Kind::Text },
        Remedy::Compare,
    );
    wrong(
        "['NL'].exists(c, c == country)",
        7,
        loop_("exists"),
        Remedy::CompareWithList,
    );
    wrong("has(country)", 0, loop_("has"), Remedy::CompareWithList);
    wrong(
        "{'a': 1} == {'b': 1}",
        0,
        Detail::Unsupported,
        Remedy::CompareWithValues,
    );
    wrong("", 0, Detail::EmptyExpression, Remedy::RemoveOrCompare);
}

#[test]
fn values_of_different_kinds_are_not_compared() {
    let unlike = |left, right| Detail::NeverEqual { left, right };
    let cannot_use = |function: &str, kinds: &[Kind]| Detail::WrongArguments {
        function: function.to_owned(),
        kinds: kinds.to_vec(),
    };
    wrong(
        "department > 5",
        11,
        cannot_use(">", &[Kind::Text, Kind::WholeNumber]),
        Remedy::QuoteDates,
    );
    wrong(
        "country == 31",
        8,
        unlike(Kind::Text, Kind::WholeNumber),
        Remedy::CompareLikeWithLike,
    );
    wrong(
        "country in ['NL', 31]",
        8,
        unlike(Kind::Text, Kind::WholeNumber),
        Remedy::CompareLikeWithLike,
    );
    wrong(
        "country == 'NL' || hours + 1 > 3.0",
        25,
        cannot_use("+", &[Kind::Number, Kind::WholeNumber]),
        Remedy::AddFraction,
    );
    wrong(
        "'N' in country",
        4,
        cannot_use("in", &[Kind::Text, Kind::Text]),
        Remedy::QuoteDates,
    );
    wrong(
        "years_since(hours) > 2",
        0,
        cannot_use("years_since", &[Kind::Number]),
        Remedy::UseAs {
            usage: "years_since(work_anniversary) >= 5",
        },
    );
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
        Detail::ExpressionTooComplex { limit: 200 },
        Remedy::Split,
    );
    wrong(
        &"a".repeat(2049),
        0,
        Detail::ExpressionTooLong {
            bytes: 2049,
            limit: 2048,
        },
        Remedy::Split,
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

crate::for_every_seed! {
    cases: 1500;

    #[test]
    fn any_text_is_either_refused_or_evaluated(source in prop_oneof![source(), ".{0,60}".prop_map(String::from)]) {
        let rule = group(Vec::new(), Some(&source));
        match CompiledGroup::new(&rule, &workspace()) {
            Ok(compiled) => {
                let people = [person(""), person("country=NL hours=1 birthday=1980-02-29 lease_car=true")];
                prop_assert!(evaluate(&[&compiled], &people.each_ref(), TODAY).is_some());
            }
            Err(problems) => {
                prop_assert_ne!(&problems[0].remedy, &Remedy::Simplify, "the parser broke: {:?}", problems);
                let RulePosition::Expression(at) = problems[0].position else { panic!("{problems:?}") };
                prop_assert!(at <= source.chars().count(), "{problems:?}");
            }
        }
    }
}
