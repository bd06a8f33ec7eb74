//! Conditions on fields: whether they are possible, and whether a person meets them.

use super::{
    Condition, RulePosition, RuleProblem,
    variable::{STATUS, Variable, instead},
};
use crate::{
    model::{
        employee::Employee,
        field::Schema,
        problem::{
            rule::{Detail, Kind, Remedy, TestKind},
            shown,
        },
        workspace::Workspace,
    },
    read::normalise::{self, DateFormat, FieldKind},
    setup::{
        selection::{self, Test},
        suggestion::nearest,
    },
};
use jiff::civil::Date;
use regex::Regex;
use std::borrow::Cow;

/// Conditions with their fields looked up and their patterns compiled: all fields, and of each one condition.
#[derive(Debug)]
pub(super) struct Conditions(Vec<OfField>);

#[derive(Debug)]
struct OfField {
    variable: Variable,
    is_instant: bool,
    alternatives: Vec<Vec<(Test, Option<Regex>)>>,
}

impl Conditions {
    /// Prepares conditions. Nobody has a value in a field that the workspace does not have (any more).
    pub(super) fn new(conditions: &[Condition], schema: &Schema) -> Self {
        let mut fields: Vec<OfField> = Vec::new();
        for condition in conditions {
            let variable = Variable::find(&condition.field, schema).unwrap_or(Variable::Gone);
            let tests = condition
                .tests
                .iter()
                .map(|test| (test.clone(), pattern(test)))
                .collect();
            match fields
                .iter_mut()
                .find(|field| field.variable == variable && variable != Variable::Gone)
            {
                Some(field) => field.alternatives.push(tests),
                None => fields.push(OfField {
                    variable,
                    is_instant: variable.kind(schema) == Some(&FieldKind::DateTime),
                    alternatives: vec![tests],
                }),
            }
        }
        Self(fields)
    }

    /// Whether a person meets them.
    pub(super) fn hold(&self, person: &Employee, today: Date) -> bool {
        self.0.iter().all(|field| {
            let mut value = field.variable.of(person);
            if field.is_instant {
                // The first ten characters are the calendar day.
                value = value.get(..10).unwrap_or(value);
            }
            let passes = |(test, pattern): &(Test, Option<Regex>)| {
                selection::passes(test, value, pattern.as_ref(), today).unwrap_or(false)
            };
            field
                .alternatives
                .iter()
                .any(|tests| tests.iter().all(passes))
        })
    }
}

fn pattern(test: &Test) -> Option<Regex> {
    match test {
        Test::Matches(pattern) => Regex::new(pattern).ok(),
        _ => None,
    }
}

/// Everything that is wrong with conditions.
pub(super) fn check(conditions: &[Condition], workspace: &Workspace) -> Vec<RuleProblem> {
    let mut problems = Vec::new();
    for (condition, position) in conditions.iter().zip(0..) {
        let mut problem = |(detail, remedy): Wrong| {
            let position = RulePosition::Condition(position);
            problems.push(RuleProblem::new(position, detail, remedy));
        };
        let key = &condition.field;
        let Some(variable) = Variable::find(key, &workspace.schema) else {
            let unknown = Detail::UnknownField { name: shown(key) };
            problem((unknown, instead(key, &workspace.schema, &[])));
            continue;
        };
        let field = || key.clone();
        if condition.tests.is_empty() {
            problem((Detail::NoTest { field: field() }, Remedy::AddTest));
        }
        for test in &condition.tests {
            if let Err(wrong) = fits(test, key, variable.kind(&workspace.schema), workspace) {
                problem(wrong);
            }
        }
        let excludes = |condition: &Condition| {
            matches!(*condition.tests, [Test::NotEquals(_) | Test::NotIn(_)])
        };
        let twin = conditions[..position]
            .iter()
            .position(|other| other.field == *key && excludes(other));
        if let Some(first) = twin.filter(|_| excludes(condition)) {
            let alternatives = Detail::Alternatives {
                field: field(),
                first,
                second: position,
            };
            problem((alternatives, Remedy::ExcludeTogether));
        }
    }
    problems
}

type Wrong = (Detail, Remedy);

/// Whether a test can be passed by a field of its kind.
fn fits(
    test: &Test,
    key: &str,
    kind: Option<&FieldKind>,
    workspace: &Workspace,
) -> Result<(), Wrong> {
    let field_kind = kind.unwrap_or(&FieldKind::Text);
    let kind = value_kind(field_kind);
    let field = || key.to_owned();
    let unlike = |test, remedy| {
        let field = field();
        Err((Detail::TestOfOtherKind { field, kind, test }, remedy))
    };
    let use_text = Remedy::UseTest { kind: Kind::Text };
    match test {
        Test::Empty(_) => Ok(()),
        Test::Is(_) if kind != Kind::YesOrNo => unlike(TestKind::YesOrNo, Remedy::UseTextOrEmpty),
        Test::Is(_) => Ok(()),
        Test::Number(..) if kind != Kind::Number => unlike(TestKind::Number, use_text),
        Test::Number(..) => Ok(()),
        Test::Date(..) if kind != Kind::Date => unlike(TestKind::Date, use_text),
        Test::Date(..) => Ok(()),
        _ if matches!(kind, Kind::YesOrNo | Kind::Number) => {
            unlike(TestKind::Text, Remedy::UseTest { kind })
        }
        Test::Equals(value) | Test::NotEquals(value) => possible(value, key, field_kind, workspace),
        Test::In(values) | Test::NotIn(values) if values.is_empty() => {
            Err((Detail::NoValues { field: field() }, Remedy::AddValue))
        }
        Test::In(values) | Test::NotIn(values) => values
            .iter()
            .try_for_each(|value| possible(value, key, field_kind, workspace)),
        Test::Matches(pattern) => Regex::new(pattern).map(|_| ()).map_err(|error| {
            let invalid = Detail::Pattern {
                pattern: shown(pattern),
                error: error.to_string(),
            };
            (invalid, Remedy::CorrectPattern)
        }),
        Test::Contains(part) | Test::StartsWith(part) | Test::EndsWith(part) if part.is_empty() => {
            Err((Detail::EmptyPart, Remedy::TestForAnyValue))
        }
        Test::Contains(_) | Test::StartsWith(_) | Test::EndsWith(_) => Ok(()),
    }
}

/// Refuses a value that a field can never have.
fn possible(value: &str, key: &str, kind: &FieldKind, workspace: &Workspace) -> Result<(), Wrong> {
    let impossible = |remedy| {
        let detail = Detail::ImpossibleValue {
            field: key.to_owned(),
            value: shown(value),
        };
        Err((detail, remedy))
    };
    let written = |value: &str| Remedy::UseValue {
        value: shown(value),
    };
    let one_of = |all: &[String]| match one_of(value, all) {
        None => Ok(()),
        Some(remedy) => impossible(remedy),
    };
    match kind {
        FieldKind::Text if key == STATUS => {
            let employed = ["scheduled".to_owned(), "active".to_owned()];
            one_of(&employed).map_err(|(_, remedy)| {
                let value = shown(value);
                (Detail::StatusOfNonMembers { value }, remedy)
            })
        }
        FieldKind::Choice(choices) => one_of(choices),
        FieldKind::Language => one_of(&workspace.settings.languages),
        FieldKind::Group => one_of(&workspace.groups),
        FieldKind::Country => match normalise::country(value, None) {
            Ok(code) if code == value => Ok(()),
            Ok(code) => impossible(written(code)),
            Err(_) => impossible(Remedy::UseCountryCode),
        },
        FieldKind::Date => match DateFormat::default().read(Cow::Borrowed(value)) {
            Ok(_) => Ok(()),
            Err(_) => impossible(Remedy::UseDate),
        },
        _ => match normalise::text(value) {
            Ok(clean) if clean == value => Ok(()),
            Ok(clean) => impossible(written(&clean)),
            Err(_) => impossible(Remedy::UsePossibleValue),
        },
    }
}

/// What to write instead of a value that is not among others; none: it is.
fn one_of(value: &str, all: &[String]) -> Option<Remedy> {
    if all.iter().any(|one| one == value) {
        return None;
    }
    Some(match nearest(value, all.iter().map(String::as_str)) {
        Some(near) => Remedy::UseNearest { name: shown(near) },
        None => Remedy::UseOneOf {
            values: all.iter().map(|one| shown(one)).collect(),
        },
    })
}

fn value_kind(kind: &FieldKind) -> Kind {
    match kind {
        FieldKind::Number | FieldKind::Decimal => Kind::Number,
        FieldKind::Boolean => Kind::YesOrNo,
        FieldKind::Date | FieldKind::DateTime => Kind::Date,
        _ => Kind::Text,
    }
}
