//! Who belongs to which group, and why that changed.

use super::{
    RuleProblem, SmartGroup,
    condition::Conditions,
    expression::{Expression, on_large_stack},
    variable::{STATUS, Variable},
};
use crate::model::{employee::Employee, field::Schema, workspace::Workspace};
use jiff::civil::Date;
use serde::Serialize;

/// A rule that is ready to be asked.
#[derive(Debug)]
pub struct CompiledGroup {
    conditions: Conditions,
    expression: Option<Expression>,
    fields: Vec<(String, Variable)>,
    depends_on_today: bool,
}

/// What a rule says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Membership {
    /// The person belongs to the group.
    Member,
    /// The person does not.
    Outside,
    /// The person does not, because a value that the expression needs is blank or cannot be compared.
    Undecided,
}

/// Why an employee joined or left a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason", content = "fields")]
pub enum MoveReason {
    /// The person is new in the directory.
    NewPerson,
    /// These fields of the rule changed; `status` is among them if the person left or came back.
    FieldChanged(Vec<String>),
    /// The rule compares dates with today, and a day has passed.
    DatePassed,
    /// The rule was saved.
    RuleChanged,
    /// The group was removed.
    GroupRemoved,
}

impl CompiledGroup {
    /// Prepares a rule that is to be saved; all its problems are reported.
    pub fn new(group: &SmartGroup, workspace: &Workspace) -> Result<Self, Vec<RuleProblem>> {
        let problems = group.check(workspace);
        if problems.is_empty() {
            Self::stored(group, &workspace.schema).map_err(|problem| vec![problem])
        } else {
            Err(problems)
        }
    }

    /// Prepares a rule that was saved. Fields that the workspace lost since are blank for all employees.
    pub fn stored(group: &SmartGroup, schema: &Schema) -> Result<Self, RuleProblem> {
        let expression = group
            .expression
            .as_deref()
            .map(|source| Expression::read(source, schema))
            .transpose()?;
        let named = group
            .conditions
            .iter()
            .map(|condition| condition.field.as_str());
        let mut keys: Vec<_> = named
            .chain(expression.iter().flat_map(Expression::fields))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let fields = keys
            .iter()
            .filter_map(|key| Some(((*key).to_owned(), Variable::find(key, schema)?)))
            .collect();
        let depends_on_today = group
            .conditions
            .iter()
            .any(super::Condition::depends_on_today)
            || expression
                .as_ref()
                .is_some_and(Expression::depends_on_today);
        Ok(Self {
            conditions: Conditions::new(&group.conditions, schema),
            fields,
            depends_on_today,
            expression,
        })
    }

    /// Whether the same person may belong to the group today and not tomorrow.
    pub fn depends_on_today(&self) -> bool {
        self.depends_on_today
    }
}

/// What rules say of people on a day: for every group, of every person. None: the system gives no thread on
/// which expressions could be evaluated.
pub fn evaluate(
    groups: &[&CompiledGroup],
    people: &[&Employee],
    today: Date,
) -> Option<Vec<Vec<Membership>>> {
    let by_conditions = |group: &&CompiledGroup| {
        let meets = |person: &&Employee| {
            person.status.is_employed() && group.conditions.hold(person, today)
        };
        let says = |person| {
            if meets(person) {
                Membership::Member
            } else {
                Membership::Outside
            }
        };
        people.iter().map(says).collect::<Vec<_>>()
    };
    let mut verdicts: Vec<Vec<Membership>> = groups.iter().map(by_conditions).collect();
    let waiting = |(group, verdicts): (&&CompiledGroup, &Vec<Membership>)| {
        group.expression.is_some() && verdicts.contains(&Membership::Member)
    };
    if groups.iter().zip(&verdicts).any(waiting) {
        on_large_stack(|| {
            groups
                .iter()
                .zip(&mut verdicts)
                .for_each(|(group, verdicts)| ask(group, people, verdicts, today))
        })?;
    }
    Some(verdicts)
}

/// Asks the expression about those who meet the conditions.
fn ask(group: &CompiledGroup, people: &[&Employee], verdicts: &mut [Membership], today: Date) {
    let Some(expression) = &group.expression else {
        return;
    };
    let waiting: Vec<_> = verdicts
        .iter()
        .zip(0..)
        .filter(|(verdict, _)| **verdict == Membership::Member)
        .map(|(_, at)| at)
        .collect();
    let decided = expression.decide(waiting.iter().map(|at: &usize| people[*at]), today);
    for (at, decided) in waiting.into_iter().zip(decided) {
        verdicts[at] = match decided {
            Some(true) => Membership::Member,
            Some(false) => Membership::Outside,
            None => Membership::Undecided,
        };
    }
}

/// Why a change of a person, or the day, moved them into a group or out of it.
pub fn move_reason(
    group: &CompiledGroup,
    before: Option<&Employee>,
    after: &Employee,
) -> MoveReason {
    let Some(before) = before else {
        return MoveReason::NewPerson;
    };
    let changed = group
        .fields
        .iter()
        .filter(|(_, variable)| variable.of(before) != variable.of(after));
    let mut fields: Vec<_> = changed.map(|(key, _)| key.clone()).collect();
    if before.status.is_employed() != after.status.is_employed() {
        // Whoever leaves leaves every group; what else changed with it is not why.
        fields = vec![STATUS.to_owned()];
    }
    if fields.is_empty() {
        MoveReason::DatePassed
    } else {
        MoveReason::FieldChanged(fields)
    }
}

impl MoveReason {
    /// The reason in one word, for programs.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NewPerson => "new_person",
            Self::FieldChanged(_) => "field_changed",
            Self::DatePassed => "date_passed",
            Self::RuleChanged => "rule_changed",
            Self::GroupRemoved => "group_removed",
        }
    }

    /// The fields as stored, with commas between them: by the keys that outlive every rename.
    pub fn stored_fields(&self, schema: &Schema) -> Option<String> {
        let Self::FieldChanged(fields) = self else {
            return None;
        };
        let stored = |key: &String| match schema.find(key) {
            Some(field) => schema.stored_key(field).to_owned(),
            None => key.clone(),
        };
        Some(fields.iter().map(stored).collect::<Vec<_>>().join(","))
    }

    /// Reads a stored reason; fields are named as they are called now.
    pub fn parse(word: &str, fields: Option<&str>, schema: &Schema) -> Option<Self> {
        let key = |stored: &str| match schema
            .find_stored(stored)
            .or_else(|| schema.formerly(stored))
        {
            Some(field) => schema.key(field).to_owned(),
            None => stored.to_owned(),
        };
        Some(match word {
            "new_person" => Self::NewPerson,
            "field_changed" => Self::FieldChanged(fields?.split(',').map(key).collect()),
            "date_passed" => Self::DatePassed,
            "rule_changed" => Self::RuleChanged,
            "group_removed" => Self::GroupRemoved,
            _ => return None,
        })
    }
}
