//! Smart groups: rules over the fields of employees that say who belongs together.
//!
//! A rule is data. Conditions on one field are alternatives, conditions on different fields must all be met, and
//! an expression may ask for more. Members are employed: an employee who is deactivated leaves all groups.

mod condition;
mod expression;
mod expression_source;
mod functions;
mod membership;
mod renaming;
mod variable;
mod written;

pub use membership::{CompiledGroup, Membership, MoveReason, evaluate, move_reason};
pub use written::written;

use crate::{
    model::{
        field::Schema,
        problem::{
            is_hidden,
            rule::{Detail, Remedy},
            shown,
        },
        workspace::Workspace,
    },
    setup::selection::{Day, Test},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A smart group as it is defined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmartGroup {
    /// Its name, unique in the workspace.
    pub name: String,
    /// Met if for every field that is named, one of its conditions is.
    pub conditions: Vec<Condition>,
    /// What must be true besides, in the expression language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

/// What one field must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Key of the field, or `status`.
    pub field: String,
    /// All of these must be passed: a range has two.
    pub tests: Vec<Test>,
}

/// What is wrong with a rule, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    pub position: RulePosition,
    pub detail: Detail,
    pub remedy: Remedy,
}

/// A position in a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RulePosition {
    /// The group as a whole.
    Group,
    /// The condition with this position, from 0.
    Condition(usize),
    /// The expression, at this character, from 0.
    Expression(usize),
}

impl RuleProblem {
    pub(crate) fn new(position: RulePosition, detail: Detail, remedy: Remedy) -> Self {
        Self {
            position,
            detail,
            remedy,
        }
    }
}

/// Longest name of a group, in characters.
const LONGEST_NAME: usize = 100;

impl SmartGroup {
    /// Everything that is wrong with the rule in a workspace.
    pub fn check(&self, workspace: &Workspace) -> Vec<RuleProblem> {
        let mut problems = Vec::new();
        let whole = |detail, remedy| RuleProblem::new(RulePosition::Group, detail, remedy);
        let name = shown(&self.name);
        if self.name.trim() != self.name
            || self.name.is_empty()
            || self.name.chars().count() > LONGEST_NAME
        {
            let remedy = Remedy::ShortName {
                limit: LONGEST_NAME,
            };
            problems.push(whole(Detail::Name { name }, remedy));
        } else if self.name.chars().any(is_hidden) {
            problems.push(whole(
                Detail::HiddenCharacter { name },
                Remedy::RemoveCharacter,
            ));
        }
        if self.conditions.is_empty() && self.expression.is_none() {
            problems.push(whole(Detail::NoRule, Remedy::AddCondition));
        }
        problems.extend(condition::check(&self.conditions, workspace));
        if let Some(source) = &self.expression {
            problems.extend(expression::Expression::check(source, &workspace.schema).err());
        }
        problems
    }

    /// Keys of the fields that decide who belongs to the group, `status` among them if the rule names it.
    /// An expression that cannot be read names none.
    pub fn fields(&self, schema: &Schema) -> BTreeSet<String> {
        let mut fields: BTreeSet<_> = self
            .conditions
            .iter()
            .map(|condition| condition.field.clone())
            .collect();
        if let Some(Ok(expression)) = self
            .expression
            .as_deref()
            .map(|source| expression::Expression::read(source, schema))
        {
            fields.extend(expression.fields().map(str::to_owned));
        }
        fields
    }
}

impl Condition {
    fn depends_on_today(&self) -> bool {
        self.tests
            .iter()
            .any(|test| matches!(test, Test::Date(_, Day::Today(_))))
    }
}

/// The line of a source with a caret under a character, and line and column from 1.
pub fn pointed(source: &str, character: usize) -> (usize, usize, String) {
    let mut left = character;
    let lines: Vec<&str> = source.split('\n').collect();
    for (number, line) in (1..).zip(&lines) {
        let length = line.chars().count();
        if left <= length || number == lines.len() {
            let column = left.min(length);
            let shown = line.replace('\t', " ");
            return (
                number,
                column + 1,
                format!("{shown}\n{}^", " ".repeat(column)),
            );
        }
        left -= length + 1;
    }
    (1, 1, format!("{source}\n^"))
}
