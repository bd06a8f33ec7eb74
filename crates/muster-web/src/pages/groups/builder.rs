//! The conditions of a rule as rows of a form: a field, a test, and values with one on each line.

use crate::state::Sentences;
use muster_core::{
    derive::smart_group::{Condition, SmartGroup},
    model::field::Schema,
    read::normalise::FieldKind,
    setup::selection::{Comparison, Day, Test},
};

/// The tests of a form with the keys of their texts. A day is compared as a number is.
pub(super) const TESTS: [(&str, &str); 16] = [
    ("one_of", "test-one-of"),
    ("none_of", "test-none-of"),
    ("contains", "test-contains"),
    ("starts_with", "test-starts-with"),
    ("ends_with", "test-ends-with"),
    ("matches", "test-matches"),
    ("filled", "test-filled"),
    ("empty", "test-empty"),
    ("yes", "test-yes"),
    ("no", "test-no"),
    ("less", "test-less"),
    ("at_most", "test-at-most"),
    ("more", "test-more"),
    ("at_least", "test-at-least"),
    ("between", "test-between"),
    (SAVED, "test-saved"),
];

/// A condition that no row can express: it stays as it was saved.
pub(super) const SAVED: &str = "saved";

/// One condition as the form has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) field: String,
    pub(super) test: String,
    /// One value on each line; of a saved condition, the condition.
    pub(super) values: String,
}

impl Row {
    /// Whether nothing was chosen.
    pub(super) fn is_blank(&self) -> bool {
        self.field.is_empty()
    }

    /// The row of a condition.
    pub(super) fn of(condition: &Condition) -> Self {
        let (test, values) = match condition.tests.as_slice() {
            [Test::Equals(value)] => ("one_of", value.clone()),
            [Test::In(values)] => ("one_of", values.join("\n")),
            [Test::NotEquals(value)] => ("none_of", value.clone()),
            [Test::NotIn(values)] => ("none_of", values.join("\n")),
            [Test::Contains(part)] => ("contains", part.clone()),
            [Test::StartsWith(part)] => ("starts_with", part.clone()),
            [Test::EndsWith(part)] => ("ends_with", part.clone()),
            [Test::Matches(pattern)] => ("matches", pattern.clone()),
            [Test::Empty(true)] => ("empty", String::new()),
            [Test::Empty(false)] => ("filled", String::new()),
            [Test::Is(true)] => ("yes", String::new()),
            [Test::Is(false)] => ("no", String::new()),
            [Test::Number(comparison, number)] => (word(*comparison), number.to_string()),
            [Test::Date(comparison, day)] => (word(*comparison), day.to_string()),
            [
                Test::Number(Comparison::AtLeast, from),
                Test::Number(Comparison::AtMost, to),
            ] => ("between", format!("{from}\n{to}")),
            [
                Test::Date(Comparison::AtLeast, from),
                Test::Date(Comparison::AtMost, to),
            ] => ("between", format!("{from}\n{to}")),
            _ => (SAVED, serde_json::to_string(condition).unwrap_or_default()),
        };
        Self {
            field: condition.field.clone(),
            test: test.to_owned(),
            values,
        }
    }

    /// The condition that a row keeps as it was saved, in words.
    pub(super) fn saved(&self, sentences: Sentences) -> Option<String> {
        if self.test != SAVED {
            return None;
        }
        let condition: Condition = serde_json::from_str(&self.values).ok()?;
        Some((sentences.group)(&SmartGroup {
            name: String::new(),
            conditions: vec![condition],
            expression: None,
        }))
    }

    /// The conditions of a row, or the key of what is wrong with it. Several parts of a text are alternatives.
    pub(super) fn conditions(&self, schema: &Schema) -> Result<Vec<Condition>, &'static str> {
        let lines: Vec<&str> = self.values.lines().map(str::trim).collect();
        let values: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
        let each = |test: fn(String) -> Test| match values.as_slice() {
            [] => Err("rule-values-missing"),
            parts => Ok(parts
                .iter()
                .map(|part| vec![test((*part).to_owned())])
                .collect()),
        };
        let alternatives: Vec<Vec<Test>> = match self.test.as_str() {
            SAVED => {
                let saved = serde_json::from_str(&self.values);
                return saved.map(|one| vec![one]).map_err(|_| "rule-test-missing");
            }
            "one_of" | "none_of" => vec![vec![listed(&values, self.test == "one_of")?]],
            "contains" => each(Test::Contains)?,
            "starts_with" => each(Test::StartsWith)?,
            "ends_with" => each(Test::EndsWith)?,
            "matches" => each(Test::Matches)?,
            "empty" => vec![vec![Test::Empty(true)]],
            "filled" => vec![vec![Test::Empty(false)]],
            "yes" => vec![vec![Test::Is(true)]],
            "no" => vec![vec![Test::Is(false)]],
            test => vec![self.compared(test, &values, schema)?],
        };
        let condition = |tests| Condition {
            field: self.field.clone(),
            tests,
        };
        Ok(alternatives.into_iter().map(condition).collect())
    }

    /// A comparison with one value, or with the first and the last of a range.
    fn compared(
        &self,
        test: &str,
        values: &[&str],
        schema: &Schema,
    ) -> Result<Vec<Test>, &'static str> {
        use Comparison::{AtLeast, AtMost, Less, More};
        let comparisons: &[Comparison] = match test {
            "less" => &[Less],
            "at_most" => &[AtMost],
            "more" => &[More],
            "at_least" => &[AtLeast],
            "between" => &[AtLeast, AtMost],
            _ => return Err("rule-test-missing"),
        };
        if values.len() != comparisons.len() {
            return Err(match comparisons.len() {
                1 => "rule-one-value",
                _ => "rule-two-values",
            });
        }
        let field = schema.find(&self.field).and_then(|field| schema.get(field));
        let is_day =
            field.is_some_and(|field| matches!(field.kind, FieldKind::Date | FieldKind::DateTime));
        let tests = comparisons.iter().zip(values).map(|(comparison, value)| {
            if is_day {
                let day = Day::parse(value).ok_or("rule-not-a-day")?;
                return Ok(Test::Date(*comparison, day));
            }
            Test::number(*comparison, value).ok_or("rule-not-a-number")
        });
        tests.collect()
    }
}

fn listed(values: &[&str], is_one_of: bool) -> Result<Test, &'static str> {
    Ok(match (values, is_one_of) {
        ([], _) => return Err("rule-values-missing"),
        ([value], true) => Test::Equals((*value).to_owned()),
        ([value], false) => Test::NotEquals((*value).to_owned()),
        (values, true) => Test::In(values.iter().map(|value| (*value).to_owned()).collect()),
        (values, false) => Test::NotIn(values.iter().map(|value| (*value).to_owned()).collect()),
    })
}

fn word(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Less => "less",
        Comparison::AtMost => "at_most",
        Comparison::More => "more",
        Comparison::AtLeast => "at_least",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(field: &str, test: &str, values: &str) -> Result<Vec<Condition>, &'static str> {
        let row = Row {
            field: field.to_owned(),
            test: test.to_owned(),
            values: values.to_owned(),
        };
        row.conditions(&Schema::new([]))
    }

    #[test]
    fn row_and_condition_say_the_same() {
        let text = |text: &str| text.to_owned();
        for tests in [
            vec![Test::Equals(text("Sales, EMEA"))],
            vec![Test::In(vec![text("NL"), text("BE")])],
            vec![Test::NotIn(vec![text("NL"), text("BE")])],
            vec![Test::Empty(true)],
            vec![Test::Date(Comparison::Less, Day::Today(-30))],
            vec![
                Test::Date(Comparison::AtLeast, Day::Today(0)),
                Test::Date(Comparison::AtMost, Day::Today(7)),
            ],
            // No row has these two.
            vec![Test::Contains(text("a")), Test::Contains(text("b"))],
        ] {
            let condition = Condition {
                field: text("onboarding_date"),
                tests,
            };
            let back = Row::of(&condition).conditions(&Schema::new([]));
            assert_eq!(back, Ok(vec![condition]));
        }
    }

    #[test]
    fn lines_are_alternatives_and_what_cannot_be_read_is_named() {
        let parts = conditions("title", "contains", "Night\n\n Day \n").unwrap();
        let tests: Vec<_> = parts.into_iter().map(|one| one.tests).collect();
        assert_eq!(
            tests,
            [
                [Test::Contains("Night".to_owned())],
                [Test::Contains("Day".to_owned())]
            ]
        );
        assert_eq!(
            conditions("onboarding_date", "less", "soon"),
            Err("rule-not-a-day")
        );
        assert_eq!(conditions("hours", "more", "1,5"), Err("rule-not-a-number"));
        assert_eq!(conditions("hours", "between", "1"), Err("rule-two-values"));
        assert_eq!(conditions("hours", "less", "1\n2"), Err("rule-one-value"));
        assert_eq!(
            conditions("title", "one_of", " "),
            Err("rule-values-missing")
        );
        assert_eq!(conditions("title", "is", "a"), Err("rule-test-missing"));
    }
}
