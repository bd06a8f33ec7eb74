//! Rules of smart groups: what they mean, what is wrong with them and where, and why people move.

mod conditions;
mod expressions;

use jiff::civil::{Date, date};
use muster_core::{
    derive::smart_group::{
        CompiledGroup, Condition, Membership, MoveReason, RulePosition, SmartGroup, evaluate,
        move_reason, pointed,
    },
    model::{
        employee::{Employee, Status},
        facts::Facts,
        field::{FieldDefinition, FieldOrigin, Schema},
        ids::{EmployeeId, WorkspaceId},
        problem::rule::{Detail, Kind, Remedy, TestKind},
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
            "{values} in {group:?}: {verdict:?}"
        );
    }
}

#[track_caller]
fn says(source: &str, member: &str, other: &str) {
    takes(&group(Vec::new(), Some(source)), &[member], &[other]);
}

/// The problem of an expression: the character that it points at, and what is wrong there.
#[track_caller]
fn wrong(source: &str, at: usize, detail: Detail, remedy: Remedy) {
    let problems = group(Vec::new(), Some(source)).check(&workspace());
    let [problem] = problems.as_slice() else {
        panic!("{source}: {problems:?}")
    };
    let expected = (RulePosition::Expression(at), detail, remedy);
    let found = problem.clone();
    assert_eq!(
        (found.position, found.detail, found.remedy),
        expected,
        "{source}"
    );
}

fn unknown(name: &str) -> Detail {
    Detail::UnknownField {
        name: name.to_owned(),
    }
}

fn nearest(name: &str) -> Remedy {
    Remedy::UseNearest {
        name: name.to_owned(),
    }
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
                .map(|problem| problem.position)
                .collect::<Vec<_>>(),
            [RulePosition::Group],
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
