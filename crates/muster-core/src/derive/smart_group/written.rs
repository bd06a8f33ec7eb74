//! Conditions as a groups file and a program write them. What is shown can be sent back.

use super::Condition;
use crate::setup::selection::{Comparison, Test};
use rust_decimal::prelude::ToPrimitive;
use serde_json::{Map, Value, json};

/// The conditions of a rule, each as an object such as `{"field": "country", "in": ["NL"]}`.
pub fn written(conditions: &[Condition]) -> Value {
    let all = conditions.iter().map(|condition| {
        let mut object = Map::new();
        object.insert("field".to_owned(), json!(condition.field));
        object.extend(condition.tests.iter().map(test));
        Value::Object(object)
    });
    all.collect()
}

fn test(test: &Test) -> (String, Value) {
    let (name, value) = match test {
        Test::Equals(text) => ("equals", json!(text)),
        Test::NotEquals(text) => ("not_equals", json!(text)),
        Test::In(texts) => ("in", json!(texts)),
        Test::NotIn(texts) => ("not_in", json!(texts)),
        Test::Contains(text) => ("contains", json!(text)),
        Test::StartsWith(text) => ("starts_with", json!(text)),
        Test::EndsWith(text) => ("ends_with", json!(text)),
        Test::Empty(is) => ("empty", json!(is)),
        Test::Matches(pattern) => ("matches", json!(pattern)),
        Test::Is(is) => ("is", json!(is)),
        Test::Number(comparison, number) => {
            let name = match comparison {
                Comparison::Less => "less_than",
                Comparison::AtMost => "at_most",
                Comparison::More => "more_than",
                Comparison::AtLeast => "at_least",
            };
            (name, json!(number.to_f64()))
        }
        Test::Date(comparison, day) => {
            let name = match comparison {
                Comparison::Less => "before",
                Comparison::AtMost => "on_or_before",
                Comparison::More => "after",
                Comparison::AtLeast => "on_or_after",
            };
            (name, json!(day.to_string()))
        }
    };
    (name.to_owned(), value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::setup::settings::RawCondition;

    #[test]
    fn every_test_is_written_as_it_is_read() {
        let written_by_a_person = json!([
            { "field": "a", "equals": "x", "not_equals": "y", "in": ["x", "z"], "not_in": ["y"] },
            { "field": "b", "contains": "x", "starts_with": "x", "ends_with": "x", "matches": "^x+$" },
            { "field": "c", "empty": false, "is": true },
            { "field": "d", "less_than": 2.5, "at_most": 3.0, "more_than": -1.0, "at_least": 0.25 },
            { "field": "e", "before": "today", "on_or_before": "2026-05-31", "after": "today-30", "on_or_after": "today+7" },
        ]);
        let raw: Vec<RawCondition> = serde_json::from_value(written_by_a_person.clone()).unwrap();
        let conditions: Vec<Condition> = raw
            .iter()
            .map(|raw| {
                let (tests, not_days) = raw.tests();
                assert!(not_days.is_empty(), "{not_days:?}");
                Condition {
                    field: raw.field.clone(),
                    tests,
                }
            })
            .collect();
        assert_eq!(written(&conditions), written_by_a_person);
    }
}
