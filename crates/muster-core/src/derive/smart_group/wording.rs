//! A rule as a person reads it.

use super::{Condition, SmartGroup};
use crate::{
    model::problem::shown,
    setup::selection::{Comparison, Test},
};

/// The rule in one sentence, as in "country is `NL` or `BE`, and department is `Sales`".
pub fn sentence(group: &SmartGroup) -> String {
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
