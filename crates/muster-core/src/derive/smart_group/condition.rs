//! Conditions on fields: whether they are possible, and whether a person meets them.

use super::{
    Condition, RulePosition, RuleProblem,
    variable::{Variable, instead},
};
use crate::{
    model::{employee::Employee, field::Schema, problem::shown, workspace::Workspace},
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
        let mut problem = |message: String, advice: String| {
            problems.push(RuleProblem::new(
                RulePosition::Condition(position),
                message,
                advice,
            ));
        };
        let key = &condition.field;
        let Some(variable) = Variable::find(key, &workspace.schema) else {
            problem(
                format!("there is no field `{}`", shown(key)),
                instead(key, &workspace.schema, &[]),
            );
            continue;
        };
        if condition.tests.is_empty() {
            let advice = "say what the field must be, as in `equals = \"Sales\"`, `in = [...]` or `empty = false`";
            problem(
                format!("the condition on `{key}` asks for nothing"),
                advice.to_owned(),
            );
        }
        for test in &condition.tests {
            if let Err((message, advice)) =
                fits(test, key, variable.kind(&workspace.schema), workspace)
            {
                problem(message, advice);
            }
        }
        let only = |condition: &Condition| {
            matches!(*condition.tests, [Test::NotEquals(_) | Test::NotIn(_)])
        };
        let twin = conditions[..position]
            .iter()
            .position(|other| other.field == *key && only(other));
        if let Some(twin) = twin.filter(|_| only(condition)) {
            let message = format!(
                "conditions {} and {} on `{key}` are alternatives, so nearly every employee meets one of them",
                twin + 1,
                position + 1
            );
            problem(
                message,
                "write one condition with `not_in = [...]`".to_owned(),
            );
        }
    }
    problems
}

type Wrong = (String, String);

/// Whether a test can be passed by a field of its kind.
fn fits(
    test: &Test,
    key: &str,
    kind: Option<&FieldKind>,
    workspace: &Workspace,
) -> Result<(), Wrong> {
    let kind = kind.unwrap_or(&FieldKind::Text);
    let is_number = matches!(kind, FieldKind::Number | FieldKind::Decimal);
    let wrong = |what: &str, advice: &str| {
        Err((
            format!("`{key}` is {}, {what}", noun(kind)),
            advice.to_owned(),
        ))
    };
    match test {
        Test::Empty(_) => Ok(()),
        Test::Is(_) if *kind != FieldKind::Boolean => {
            wrong("and `is` asks for yes or no", "use `equals` or `empty`")
        }
        Test::Is(_) => Ok(()),
        Test::Number(..) if !is_number => wrong(
            "which is not less or more than a number",
            "use `equals` or `in`",
        ),
        Test::Number(..) => Ok(()),
        Test::Date(..) if !matches!(kind, FieldKind::Date | FieldKind::DateTime) => {
            wrong("which is not before or after a day", "use `equals` or `in`")
        }
        Test::Date(..) => Ok(()),
        _ if *kind == FieldKind::Boolean => wrong("not a text", "use `is = true` or `is = false`"),
        _ if is_number => wrong(
            "not a text",
            "use `at_least`, `at_most`, `less_than` or `more_than`; one condition can have a lower and an upper limit",
        ),
        Test::Equals(value) | Test::NotEquals(value) => known(value, key, kind, workspace),
        Test::In(values) | Test::NotIn(values) if values.is_empty() => Err((
            format!("the list of values for `{key}` is empty"),
            "name at least one value".to_owned(),
        )),
        Test::In(values) | Test::NotIn(values) => values
            .iter()
            .try_for_each(|value| known(value, key, kind, workspace)),
        Test::Matches(pattern) => Regex::new(pattern).map(|_| ()).map_err(|error| {
            (
                format!("`{}` is not a regular expression: {error}", shown(pattern)),
                "correct it".to_owned(),
            )
        }),
        Test::Contains(part) | Test::StartsWith(part) | Test::EndsWith(part) if part.is_empty() => {
            Err((
                "every text has an empty text within it".to_owned(),
                "use `empty = false` for any value".to_owned(),
            ))
        }
        Test::Contains(_) | Test::StartsWith(_) | Test::EndsWith(_) => Ok(()),
    }
}

/// Refuses a value that a field can never have.
fn known(value: &str, key: &str, kind: &FieldKind, workspace: &Workspace) -> Result<(), Wrong> {
    let one_of = |known: &[String]| {
        if known.iter().any(|known| known == value) {
            return Ok(());
        }
        let advice = match nearest(value, known.iter().map(String::as_str)) {
            Some(near) => format!("did you mean `{}`?", shown(near)),
            None => format!("use one of {}", listed(known)),
        };
        Err((format!("`{key}` is never `{}`", shown(value)), advice))
    };
    let never = |advice: &str| {
        (
            format!("`{key}` is never `{}`", shown(value)),
            advice.to_owned(),
        )
    };
    match kind {
        FieldKind::Text if key == super::variable::STATUS => one_of(&[
            "scheduled".to_owned(),
            "active".to_owned(),
        ])
        .map_err(|(message, advice)| {
            (
                format!(
                    "{message}: only active and scheduled employees can be members of smart groups"
                ),
                advice,
            )
        }),
        FieldKind::Choice(choices) => one_of(choices),
        FieldKind::Language => one_of(&workspace.settings.languages),
        FieldKind::Group => one_of(&workspace.groups),
        FieldKind::Country => match normalise::country(value, None) {
            Ok(code) if code == value => Ok(()),
            Ok(code) => Err((
                format!("`{key}` is never `{}`", shown(value)),
                format!("write `{code}`"),
            )),
            Err(_) => Err(never("write a country code such as `NL`")),
        },
        FieldKind::Date => DateFormat::default()
            .read(Cow::Borrowed(value))
            .map(|_| ())
            .map_err(|_| never("write a date such as `2026-05-01`")),
        _ => match normalise::text(value) {
            Ok(clean) if clean == value => Ok(()),
            Ok(clean) => Err((
                format!("`{key}` is never `{}`", shown(value)),
                format!("write `{}`", shown(&clean)),
            )),
            Err(_) => Err(never("write a value that the field can have")),
        },
    }
}

fn noun(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Number | FieldKind::Decimal => "a number",
        FieldKind::Boolean => "yes or no",
        FieldKind::Date | FieldKind::DateTime => "a date",
        _ => "a text",
    }
}

/// The first ten of a list in backticks.
fn listed(values: &[String]) -> String {
    let shown_values = values
        .iter()
        .take(10)
        .map(|value| format!("`{}`", shown(value)));
    let mut text = shown_values.collect::<Vec<_>>().join(", ");
    if values.len() > 10 {
        text.push_str(&format!(" and {} more", values.len() - 10));
    }
    text
}
