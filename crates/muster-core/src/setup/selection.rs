//! Which records an integration selects: rules on columns, all of which must hold.
//!
//! A failing rule means "not selected", unless it is a new or blank value of a rule that lists values: that
//! says nothing certain of an employee. A value that a rule cannot read rejects the record, and a column that
//! is missing says nothing about anybody.

mod classification;

pub use classification::SelectionValue;
pub(crate) use classification::{Classification, fill_key};

use crate::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            selection::{Detail, Remedy},
            shown,
            value::Fault,
        },
        response::SelectionCounts,
    },
    read::{
        normalise::{self, DateFormat, DecimalMark},
        record::Cell,
    },
    setup::mapping::is_default,
};
use jiff::{ToSpan, civil::Date};
use regex::Regex;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

/// One rule on one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The column as the source names it.
    pub column: String,
    /// What its value must be.
    pub test: Test,
    /// What a blank value says where the test fails.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blank: BlankSelection,
}

/// What a blank value of a selection rule says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlankSelection {
    /// Nothing: a known employee is kept, and nobody new is created.
    #[default]
    Undecided,
    /// The record is not selected.
    NotSelected,
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

impl Test {
    /// A comparison with a number as rules write it; none: this is no number.
    pub fn number(comparison: Comparison, text: &str) -> Option<Self> {
        let number = Decimal::from_str_exact(text).ok()?;
        Some(Self::Number(comparison, number))
    }
}

impl Day {
    /// Reads a day as rules write it: `2026-05-31`, `today` or `today - 30`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim().strip_prefix("today") {
            Some("") => Some(Self::Today(0)),
            Some(offset) => offset.replace(' ', "").parse().ok().map(Self::Today),
            None => text.trim().parse().ok().map(Self::On),
        }
    }
}

impl fmt::Display for Day {
    /// As rules write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(day) => write!(f, "{day}"),
            Self::Today(0) => f.write_str("today"),
            Self::Today(days) => write!(f, "today{days:+}"),
        }
    }
}

impl Rule {
    /// A rule of which a blank value decides nothing.
    pub fn new(column: String, test: Test) -> Self {
        Self {
            column,
            test,
            blank: BlankSelection::default(),
        }
    }

    /// Whether the same record may be selected today and not tomorrow.
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
    /// All rules hold.
    Selected,
    /// This rule, counted from 0, does not.
    NotSelected {
        /// Position of the rule.
        rule: usize,
    },
    /// A value of this rule's column, counted from 0, is blank or new: it decides nothing.
    Undecided {
        /// Position of the rule.
        rule: usize,
        /// The value as written; none: it is blank.
        value: Option<String>,
    },
    /// The record lacks a column that decides.
    Absent,
    /// A value cannot be read; the record is rejected.
    Invalid(Box<Problem>),
}

/// Prepares rules for the columns of a file. Columns that are absent are allowed: see [`Verdict::Absent`].
pub fn compile(rules: &[Rule], columns: &[String]) -> Result<CompiledRules, Problem> {
    let compiled = rules.iter().map(|rule| {
        let column = columns.iter().position(|column| *column == rule.column);
        let expression = match &rule.test {
            Test::Matches(pattern) => Some(Regex::new(pattern).map_err(|error| {
                let detail = Detail::Pattern {
                    column: shown(&rule.column),
                    error: error.to_string(),
                };
                Problem::new(
                    Code::Configuration,
                    Severity::Refused,
                    detail,
                    Remedy::CorrectPattern,
                )
            })?),
            _ => None,
        };
        Ok((rule.clone(), column, expression))
    });
    compiled.collect::<Result<_, _>>().map(CompiledRules)
}

/// What the rules say of a record before anybody reviewed them: values that they do not list are not selected.
pub fn preview<'r>(
    rules: &CompiledRules,
    cell: impl Fn(usize) -> Cell<'r>,
    today: Date,
) -> Verdict {
    holds(rules, cell, today, &mut Classification::unreviewed())
}

impl SelectionCounts {
    /// Counts one record.
    pub fn add(&mut self, verdict: &Verdict) {
        let count = match verdict {
            Verdict::Selected => &mut self.selected,
            Verdict::NotSelected { .. } => &mut self.left_out,
            Verdict::Absent | Verdict::Undecided { .. } => &mut self.undecided,
            Verdict::Invalid(_) => &mut self.invalid,
        };
        *count += 1;
    }
}

/// Applies the rules to a record's cells. A rule that fails for certain counts, wherever it is in the list.
pub(crate) fn holds<'r>(
    rules: &CompiledRules,
    cell: impl Fn(usize) -> Cell<'r>,
    today: Date,
    classification: &mut Classification,
) -> Verdict {
    let mut undecided = None;
    for (position, (rule, column, expression)) in rules.0.iter().enumerate() {
        let raw = match column.map_or(Cell::Absent, &cell) {
            Cell::Absent => return Verdict::Absent,
            Cell::Unreadable => return Verdict::Invalid(Box::new(undecodable(rule))),
            Cell::Null => "",
            Cell::Text(text) => text,
        };
        let passed = match normalise::text(raw) {
            Ok(value) if rule.lists_values() => listed(rule, &value, classification),
            Ok(value) => decided(&rule.test, &value, expression.as_ref(), today),
            Err(fault) => Err(fault),
        };
        match passed {
            Ok(Passed::Yes) => {}
            Ok(Passed::No) => return Verdict::NotSelected { rule: position },
            Ok(Passed::Undecided(value)) => {
                undecided.get_or_insert((position, value));
            }
            Err(fault) => return Verdict::Invalid(Box::new(invalid(rule, raw, fault))),
        }
    }
    match undecided {
        Some((rule, value)) => Verdict::Undecided { rule, value },
        None => Verdict::Selected,
    }
}

enum Passed {
    Yes,
    No,
    /// The value as written; none: it is blank.
    Undecided(Option<String>),
}

/// A rule that always decides.
fn decided(
    test: &Test,
    value: &str,
    expression: Option<&Regex>,
    today: Date,
) -> Result<Passed, Fault> {
    let is_same = |unwanted: &String| classification::fold(unwanted) == classification::fold(value);
    let passed = match test {
        Test::NotEquals(unwanted) => !is_same(unwanted),
        Test::NotIn(unwanted) => !unwanted.iter().any(is_same),
        _ => passes(test, value, expression, today)?,
    };
    Ok(if passed { Passed::Yes } else { Passed::No })
}

/// A rule that lists values: only a yes/no word or a value that is known to mean so is a "no".
fn listed(rule: &Rule, value: &str, classification: &mut Classification) -> Result<Passed, Fault> {
    let folded = classification::fold(value);
    let is_listed = match &rule.test {
        Test::Is(wanted) if !folded.is_empty() => normalise::boolean(value)? == *wanted,
        // Nobody ticked the box.
        Test::Is(wanted) => !wanted,
        Test::Equals(wanted) => classification::fold(wanted) == folded,
        Test::In(wanted) => wanted
            .iter()
            .any(|wanted| classification::fold(wanted) == folded),
        _ => false,
    };
    if is_listed {
        return Ok(Passed::Yes);
    }
    if folded.is_empty() {
        return Ok(match rule.blank {
            BlankSelection::Undecided => Passed::Undecided(None),
            BlankSelection::NotSelected => Passed::No,
        });
    }
    if is_opposite(&rule.test, value) {
        return Ok(Passed::No);
    }
    classification.note(&rule.column, &folded);
    Ok(if classification.decides(&rule.column, &folded) {
        Passed::No
    } else {
        Passed::Undecided(Some(value.to_owned()))
    })
}

/// Whether a value is a yes/no word that does not mean what the rule lists in another word.
fn is_opposite(test: &Test, value: &str) -> bool {
    let Ok(said) = normalise::boolean(value) else {
        return false;
    };
    let means_the_same = |wanted: &String| normalise::boolean(wanted) == Ok(said);
    match test {
        Test::Equals(wanted) => !means_the_same(wanted),
        Test::In(wanted) => !wanted.iter().any(means_the_same),
        _ => true,
    }
}

/// Whether a clean value passes a test, compared exactly; a value that the test cannot read is a fault.
pub(crate) fn passes(
    test: &Test,
    value: &str,
    expression: Option<&Regex>,
    today: Date,
) -> Result<bool, Fault> {
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
        Test::Is(wanted) => (!value.is_empty() && normalise::boolean(value)?) == *wanted,
        Test::Number(comparison, bound) => {
            !value.is_empty() && {
                let canonical = normalise::decimal(Cow::Borrowed(value), DecimalMark::Point)
                    .map_err(|fault| Fault::Number { fault })?;
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

fn undecodable(rule: &Rule) -> Problem {
    Problem::new(
        Code::CsvEncoding,
        Severity::Rejected,
        Detail::Undecodable,
        Remedy::CheckEncoding,
    )
    .of(&rule.column, "")
}

fn invalid(rule: &Rule, raw: &str, fault: Fault) -> Problem {
    Problem::new(
        fault.code(),
        Severity::Rejected,
        Detail::Invalid { fault },
        Remedy::CorrectValue,
    )
    .of(&rule.column, raw)
}

#[cfg(test)]
mod tests;
