//! Conditions: what is wrong with one, and what would be right.

use super::*;

#[test]
fn an_error_in_a_condition_names_it_and_what_would_be_right() {
    let wrong = |condition: Condition, detail: Detail, remedy: Remedy| {
        let problems = group(vec![is("title", "x"), condition], None).check(&workspace());
        let [problem] = problems.as_slice() else {
            panic!("{detail:?}: {problems:?}")
        };
        let found = problem.clone();
        assert_eq!(
            (found.position, found.detail, found.remedy),
            (RulePosition::Condition(1), detail, remedy)
        );
    };
    let never = |field: &str, value: &str| Detail::ImpossibleValue {
        field: field.to_owned(),
        value: value.to_owned(),
    };
    let write = |value: &str| Remedy::UseValue {
        value: value.to_owned(),
    };
    let unlike = |field: &str, kind: Kind, test: TestKind| Detail::TestOfOtherKind {
        field: field.to_owned(),
        kind,
        test,
    };
    let text = || Remedy::UseTest { kind: Kind::Text };
    let ten = || "10".parse().unwrap();
    let department = || "department".to_owned();
    wrong(
        is("departmnt", "x"),
        unknown("departmnt"),
        nearest("department"),
    );
    wrong(is("xyz", "x"), unknown("xyz"), Remedy::UseField);
    wrong(
        on("department", []),
        Detail::NoTest {
            field: department(),
        },
        Remedy::AddTest,
    );
    wrong(
        is("group", "sales"),
        never("group", "sales"),
        nearest("Sales"),
    );
    let groups = vec!["Sales".to_owned(), "Support".to_owned()];
    wrong(
        is("group", "Board"),
        never("group", "Board"),
        Remedy::UseOneOf { values: groups },
    );
    wrong(
        is("country", "Netherlands"),
        never("country", "Netherlands"),
        write("NL"),
    );
    wrong(
        is("country", "Utopia"),
        never("country", "Utopia"),
        Remedy::UseCountryCode,
    );
    wrong(
        is("band", "Seniour"),
        never("band", "Seniour"),
        nearest("Senior"),
    );
    let english = vec!["en".to_owned()];
    wrong(
        is("language", "nl"),
        never("language", "nl"),
        Remedy::UseOneOf { values: english },
    );
    wrong(
        is("status", "inactive"),
        Detail::StatusOfNonMembers {
            value: "inactive".to_owned(),
        },
        Remedy::UseOneOf {
            values: vec!["scheduled".to_owned(), "active".to_owned()],
        },
    );
    wrong(
        is("onboarding_date", "04-05-2026"),
        never("onboarding_date", "04-05-2026"),
        Remedy::UseDate,
    );
    wrong(
        is("department", "Sales "),
        never("department", "Sales "),
        write("Sales"),
    );
    wrong(
        on("department", [Test::Number(Comparison::Less, ten())]),
        unlike("department", Kind::Text, TestKind::Number),
        text(),
    );
    wrong(
        on("department", [Test::Date(Comparison::Less, Day::Today(0))]),
        unlike("department", Kind::Text, TestKind::Date),
        text(),
    );
    wrong(
        on("department", [Test::Is(true)]),
        unlike("department", Kind::Text, TestKind::YesOrNo),
        Remedy::UseTextOrEmpty,
    );
    for (field, value, kind) in [
        ("lease_car", "yes", Kind::YesOrNo),
        ("hours", "32", Kind::Number),
    ] {
        wrong(
            is(field, value),
            unlike(field, kind, TestKind::Text),
            Remedy::UseTest { kind },
        );
    }
    wrong(
        on("department", [Test::In(Vec::new())]),
        Detail::NoValues {
            field: department(),
        },
        Remedy::AddValue,
    );
    wrong(
        on("department", [Test::Contains(String::new())]),
        Detail::EmptyPart,
        Remedy::TestForAnyValue,
    );
    let problems = group(vec![on("title", [Test::Matches("(".into())])], None).check(&workspace());
    let Detail::Pattern { pattern, error } = &problems[0].detail else {
        panic!("{problems:?}")
    };
    assert_eq!(pattern, "(");
    assert!(error.contains("unclosed group"), "{error}");
}

#[test]
fn two_exclusions_of_one_field_would_take_nearly_everybody() {
    let not = |value: &str| on("country", [Test::NotEquals(value.to_owned())]);
    let problems = group(vec![not("NL"), not("BE")], None).check(&workspace());
    let alternatives = Detail::Alternatives {
        field: "country".to_owned(),
        first: 0,
        second: 1,
    };
    assert_eq!(
        (&problems[0].detail, &problems[0].remedy),
        (&alternatives, &Remedy::ExcludeTogether)
    );
    assert!(
        group(vec![not("NL"), is("country", "DE")], None)
            .check(&workspace())
            .is_empty()
    );
}
