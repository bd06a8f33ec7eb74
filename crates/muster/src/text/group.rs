//! Rules of smart groups in words, and why an employee joined a group or left it.

use muster_core::{
    derive::smart_group::{Condition, MoveReason, SmartGroup},
    model::problem::shown,
    setup::selection::{Comparison, Test},
};

/// The rule in one sentence, as in "country is `NL` or `BE`, and department is `Sales`".
pub(crate) fn rule(group: &SmartGroup) -> String {
    let mut fields: Vec<(&str, Vec<String>)> = Vec::new();
    for condition in &group.conditions {
        let text = tests(condition);
        match fields
            .iter_mut()
            .find(|(field, _)| *field == condition.field)
        {
            Some((_, alternatives)) => alternatives.push(text),
            None => fields.push((&condition.field, vec![text])),
        }
    }
    let parts = fields
        .into_iter()
        .map(|(field, alternatives)| format!("{field} {}", alternatives.join(" or ")));
    let expression = group.expression.iter().map(|source| {
        format!(
            "`{}`",
            source.split_whitespace().collect::<Vec<_>>().join(" ")
        )
    });
    parts.chain(expression).collect::<Vec<_>>().join(", and ")
}

fn tests(condition: &Condition) -> String {
    condition
        .tests
        .iter()
        .map(test)
        .collect::<Vec<_>>()
        .join(" and ")
}

fn test(test: &Test) -> String {
    match test {
        Test::Equals(text) => format!("is {}", quoted(text)),
        Test::NotEquals(text) => format!("is not {}", quoted(text)),
        Test::In(texts) => format!("is {}", any_of(texts)),
        Test::NotIn(texts) => format!("is not {}", any_of(texts)),
        Test::Contains(text) => format!("contains {}", quoted(text)),
        Test::StartsWith(text) => format!("starts with {}", quoted(text)),
        Test::EndsWith(text) => format!("ends with {}", quoted(text)),
        Test::Empty(true) => "is blank".to_owned(),
        Test::Empty(false) => "is not blank".to_owned(),
        Test::Matches(pattern) => format!("matches {}", quoted(pattern)),
        Test::Is(true) => "is yes".to_owned(),
        Test::Is(false) => "is no".to_owned(),
        Test::Number(comparison, number) => {
            let word = match comparison {
                Comparison::Less => "is less than",
                Comparison::AtMost => "is at most",
                Comparison::More => "is more than",
                Comparison::AtLeast => "is at least",
            };
            format!("{word} {number}")
        }
        Test::Date(comparison, day) => {
            let word = match comparison {
                Comparison::Less => "is before",
                Comparison::AtMost => "is on or before",
                Comparison::More => "is after",
                Comparison::AtLeast => "is on or after",
            };
            format!("{word} {day}")
        }
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", shown(text))
}

/// A long list is cut: the file has all of it.
fn any_of(texts: &[String]) -> String {
    let mut shown: Vec<_> = texts.iter().take(5).map(|text| quoted(text)).collect();
    if texts.len() > shown.len() {
        shown.push(format!("{} others", texts.len() - shown.len()));
    }
    shown.join(" or ")
}

/// Why an employee joined a group or left it, as it reads after "because".
pub(crate) fn membership(reason: &MoveReason) -> String {
    match reason {
        MoveReason::NewPerson => "the person is new".to_owned(),
        MoveReason::FieldChanged(fields) if fields.as_slice() == ["status"] => {
            "the status changed".to_owned()
        }
        MoveReason::FieldChanged(fields) => {
            let fields: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
            format!("{} changed", fields.join(" and "))
        }
        MoveReason::DatePassed => "a day passed".to_owned(),
        MoveReason::RuleChanged => "the rule was saved".to_owned(),
        MoveReason::GroupRemoved => "the group was removed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::setup::selection::Day;

    fn on(field: &str, tests: impl IntoIterator<Item = Test>) -> Condition {
        Condition {
            field: field.to_owned(),
            tests: tests.into_iter().collect(),
        }
    }

    fn is(field: &str, text: &str) -> Condition {
        on(field, [Test::Equals(text.to_owned())])
    }

    #[track_caller]
    fn reads(conditions: Vec<Condition>, expression: Option<&str>, wanted: &str) {
        let group = SmartGroup {
            name: "G".to_owned(),
            conditions,
            expression: expression.map(str::to_owned),
        };
        assert_eq!(rule(&group), wanted);
    }

    #[test]
    fn conditions_on_one_field_are_joined_by_or_and_fields_by_and() {
        let conditions = vec![
            is("country", "NL"),
            is("department", "Sales"),
            is("country", "BE"),
        ];
        reads(
            conditions,
            None,
            "country is `NL` or is `BE`, and department is `Sales`",
        );
    }

    #[test]
    fn the_tests_of_one_condition_are_joined_by_and() {
        let from = Test::Date(Comparison::AtLeast, Day::Today(-30));
        let to = Test::Date(Comparison::Less, Day::Today(0));
        reads(
            vec![on("onboarding_date", [from, to])],
            None,
            "onboarding_date is on or after today-30 and is before today",
        );
    }

    #[test]
    fn an_expression_follows_the_conditions_on_one_line() {
        reads(
            vec![is("country", "NL")],
            Some("hours\n  >= 32"),
            "country is `NL`, and `hours >= 32`",
        );
    }

    #[test]
    fn a_list_of_more_than_five_values_is_cut() {
        let values = ["A", "B", "C", "D", "E", "F", "G"].map(str::to_owned);
        reads(
            vec![on("group", [Test::NotIn(values.to_vec())])],
            None,
            "group is not `A` or `B` or `C` or `D` or `E` or 2 others",
        );
    }

    #[test]
    fn a_move_names_the_fields_that_changed() {
        let moved = |fields: &[&str]| {
            let fields = fields.iter().map(|field| (*field).to_owned());
            membership(&MoveReason::FieldChanged(fields.collect()))
        };
        assert_eq!(
            moved(&["country", "hours"]),
            "`country` and `hours` changed"
        );
        assert_eq!(moved(&["status"]), "the status changed");
    }
}
