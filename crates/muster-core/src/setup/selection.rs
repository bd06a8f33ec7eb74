//! Which records an integration takes: rules on columns, all of which must hold.
//!
//! A failing rule means "not selected"; a value that the rule cannot read rejects the record, and a column
//! that is not there says nothing about anybody.

use crate::{
    model::{
        code::Code,
        problem::{Problem, Severity},
    },
    read::{
        normalise::{self, DateFormat, Invalid},
        record::Cell,
    },
};
use jiff::{ToSpan, civil::Date};
use regex::Regex;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// One rule on one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The column as the source names it.
    pub column: String,
    /// What its value must be.
    pub test: Test,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Exactly this text.
    Equals(String),
    /// Any other text, or none.
    NotEquals(String),
    /// One of these texts.
    In(Vec<String>),
    /// None of these texts.
    NotIn(Vec<String>),
    /// This text within it.
    Contains(String),
    /// This text at its beginning.
    StartsWith(String),
    /// This text at its end.
    EndsWith(String),
    /// Blank, or not.
    Empty(bool),
    /// Matches this regular expression, which takes time linear in the text.
    Matches(String),
    Is(bool),
    /// A number compared with this one.
    Number(Comparison, Decimal),
    /// A day compared with this one.
    Date(Comparison, Day),
}

/// How two values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Less than, before.
    Less,
    /// At most, on or before.
    AtMost,
    /// More than, after.
    More,
    /// At least, on or after.
    AtLeast,
}

/// A day that a rule compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Day {
    On(Date),
    /// This many days after today (before it, if negative).
    Today(i32),
}

impl Rule {
    /// Whether the same record may be taken today and not tomorrow.
    pub fn depends_on_today(&self) -> bool {
        matches!(self.test, Test::Date(_, Day::Today(_)))
    }
}

/// Rules with their columns looked up and their expressions compiled.
#[derive(Clone, Debug, Default)]
pub struct CompiledRules(Vec<(Rule, Option<usize>, Option<Regex>)>);

/// What the rules say of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Selected,
    /// This rule, counted from 0, does not.
    NotSelected {
        /// Position of the rule.
        rule: usize,
    },
    /// The record lacks a column that decides.
    Absent,
    /// A value cannot be read; the record is rejected.
    Invalid(Problem),
}

/// Prepares rules for the columns of a file. Columns that are absent are allowed: see [`Verdict::Absent`].
pub fn compile(rules: &[Rule], columns: &[String]) -> Result<CompiledRules, Problem> {
    let compiled = rules.iter().map(|rule| {
        let column = columns.iter().position(|column| *column == rule.column);
        let expression = match &rule.test {
            Test::Matches(pattern) => Some(Regex::new(pattern).map_err(|error| {
                let message = format!(
                    "the rule on `{}` is not a regular expression: {error}",
                    rule.column
                );
                Problem::new(
                    Code::Configuration,
                    Severity::Refused,
                    message,
                    "correct the rule under [[select]]",
                )
            })?),
            _ => None,
        };
        Ok((rule.clone(), column, expression))
    });
    compiled.collect::<Result<_, _>>().map(CompiledRules)
}

/// Applies the rules to a record's cells.
pub fn holds<'r>(rules: &CompiledRules, cell: impl Fn(usize) -> Cell<'r>, today: Date) -> Verdict {
    for (position, (rule, column, expression)) in rules.0.iter().enumerate() {
        let raw = match column.map_or(Cell::Absent, &cell) {
            Cell::Absent => return Verdict::Absent,
            Cell::Unreadable => return Verdict::Invalid(unreadable(rule)),
            Cell::Null => "",
            Cell::Text(text) => text,
        };
        match passes(&rule.test, raw, expression.as_ref(), today) {
            Ok(true) => {}
            Ok(false) => return Verdict::NotSelected { rule: position },
            Err(invalid) => {
                let message = format!(
                    "{}; it decides who is selected, so the record is not used",
                    invalid.message
                );
                let problem =
                    Problem::new(invalid.code, Severity::Rejected, message, invalid.advice);
                return Verdict::Invalid(problem.of(&rule.column, raw));
            }
        }
    }
    Verdict::Selected
}

/// Whether a value passes a test; a value that the test cannot read is told.
pub(crate) fn passes(
    test: &Test,
    raw: &str,
    expression: Option<&Regex>,
    today: Date,
) -> Result<bool, Invalid> {
    let value = normalise::text(raw)?;
    let value = value.as_ref();
    Ok(match test {
        Test::Equals(wanted) => value == wanted,
        Test::NotEquals(unwanted) => value != unwanted,
        Test::In(wanted) => wanted.iter().any(|wanted| wanted == value),
        Test::NotIn(unwanted) => !unwanted.iter().any(|unwanted| unwanted == value),
        Test::Contains(part) => value.contains(part.as_str()),
        Test::StartsWith(part) => value.starts_with(part.as_str()),
        Test::EndsWith(part) => value.ends_with(part.as_str()),
        Test::Empty(wanted) => value.is_empty() == *wanted,
        Test::Matches(_) => expression.is_some_and(|expression| expression.is_match(value)),
        // A blank value is a "no", not an error: nobody ticked the box.
        Test::Is(wanted) => (!value.is_empty() && normalise::boolean(value)?) == *wanted,
        Test::Number(comparison, bound) => {
            !value.is_empty() && {
                let canonical = normalise::decimal(Cow::Borrowed(value), Code::ValueNumber)?;
                Decimal::from_str_exact(&canonical)
                    .is_ok_and(|number| compare(*comparison, number, *bound))
            }
        }
        Test::Date(comparison, bound) => {
            !value.is_empty() && {
                let canonical = DateFormat::default().read(Cow::Borrowed(value))?;
                let bound = match bound {
                    Day::On(day) => *day,
                    Day::Today(offset) => today
                        .checked_add(i64::from(*offset).days())
                        .unwrap_or(today),
                };
                canonical
                    .parse::<Date>()
                    .is_ok_and(|day| compare(*comparison, day, bound))
            }
        }
    })
}

fn compare<T: Ord>(comparison: Comparison, value: T, bound: T) -> bool {
    match comparison {
        Comparison::Less => value < bound,
        Comparison::AtMost => value <= bound,
        Comparison::More => value > bound,
        Comparison::AtLeast => value >= bound,
    }
}

fn unreadable(rule: &Rule) -> Problem {
    let message = format!(
        "`{}` cannot be decoded and decides who is selected; the record is not used",
        rule.column
    );
    Problem::new(
        Code::CsvEncoding,
        Severity::Rejected,
        message,
        "check the encoding of the file",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn verdict(test: Test, value: &str) -> Verdict {
        let rules = compile(
            &[Rule {
                column: "c".into(),
                test,
            }],
            &["c".into()],
        )
        .unwrap();
        holds(&rules, |_| Cell::Text(value), date(2026, 5, 1))
    }

    #[track_caller]
    fn check(test: Test, taken: &[&str], left: &[&str]) {
        for value in taken {
            assert_eq!(
                verdict(test.clone(), value),
                Verdict::Selected,
                "{test:?} {value:?}"
            );
        }
        for value in left {
            assert_eq!(
                verdict(test.clone(), value),
                Verdict::NotSelected { rule: 0 },
                "{test:?} {value:?}"
            );
        }
    }

    #[test]
    fn every_test_takes_and_leaves() {
        let text = || "NL".to_owned();
        check(Test::Equals(text()), &["NL", " NL "], &["nl", ""]);
        check(Test::NotEquals(text()), &["DE", ""], &["NL"]);
        check(Test::In(vec![text(), "BE".into()]), &["BE"], &["DE"]);
        check(Test::NotIn(vec![text()]), &["DE", ""], &["NL"]);
        check(Test::Contains(text()), &["x NL y"], &["x"]);
        check(Test::StartsWith(text()), &["NL-1"], &["1-NL"]);
        check(Test::EndsWith(text()), &["1-NL"], &["NL-1"]);
        check(Test::Empty(true), &["", "  "], &["x"]);
        check(Test::Empty(false), &["x"], &["", "\u{a0}"]);
        check(Test::Matches("^[A-Z]{2}$".into()), &["NL"], &["N", "NLD"]);
        check(Test::Is(true), &["yes", "Ja", "1"], &["no", ""]);
        check(Test::Is(false), &["no", ""], &["yes"]);
        check(
            Test::Number(Comparison::AtLeast, 32.into()),
            &["32", "32.5"],
            &["31.9", ""],
        );
        check(
            Test::Date(Comparison::Less, Day::Today(-30)),
            &["2026-03-31"],
            &["2026-04-01", ""],
        );
        check(
            Test::Date(Comparison::AtLeast, Day::On(date(2026, 1, 1))),
            &["2026-01-01"],
            &["2025-12-31"],
        );
    }

    #[test]
    fn an_unreadable_gate_rejects_and_an_absent_one_says_nothing() {
        assert!(
            matches!(verdict(Test::Is(true), "perhaps"), Verdict::Invalid(problem) if problem.code == Code::ValueBoolean)
        );
        let rules = compile(
            &[Rule {
                column: "gone".into(),
                test: Test::Is(true),
            }],
            &["c".into()],
        )
        .unwrap();
        assert_eq!(
            holds(&rules, |_| Cell::Text("yes"), date(2026, 5, 1)),
            Verdict::Absent
        );
    }
}
