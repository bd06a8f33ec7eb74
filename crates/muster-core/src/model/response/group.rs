//! Groups and smart groups.

use crate::model::{
    employee::Status,
    ids::{EmployeeId, RunId},
    plan::Who,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `groups`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Groups {
    pub groups: Vec<GroupSize>,
    pub smart_groups: Vec<SmartGroup>,
}

/// A group with its number of employees.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupSize {
    pub name: String,
    pub members: u64,
}

/// A smart group with its rule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SmartGroup {
    pub name: String,
    #[serde(flatten)]
    pub state: GroupState,
}

/// The rule of a smart group and how many members it has.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupState {
    pub members: u64,
    /// The rule in one sentence.
    pub rule: String,
    /// The conditions as in the groups file.
    pub conditions: serde_json::Value,
    pub expression: Option<String>,
    pub depends_on_today: bool,
    /// The day for which the rule was last evaluated.
    pub evaluated_on: String,
    pub saved: Saved,
}

/// When a rule was saved.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Saved {
    pub run: RunId,
    pub at: Timestamp,
    pub by: Option<String>,
}

/// The answer of `groups show`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupDetails {
    pub name: String,
    /// Whether the group was removed; its history is kept.
    pub removed: bool,
    #[serde(flatten)]
    pub state: Option<GroupState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<GroupMember>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<Vec<super::Membership>>,
}

/// A member of a smart group.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupMember {
    pub employee: EmployeeId,
    pub external_id: Option<String>,
    pub email: String,
    pub name: String,
    pub status: Status,
    /// The run in which the employee joined.
    pub since_run: RunId,
}

/// Who joins and leaves one group.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupMoves {
    pub name: String,
    pub is_new: bool,
    pub is_changed: bool,
    pub members: u64,
    pub joins: u64,
    pub leaves: u64,
    /// Employees that the expression cannot be evaluated for.
    pub undecided: u64,
    pub first_joining: Vec<Who>,
    pub first_leaving: Vec<Who>,
}

/// The answer of `groups preview` and `groups apply`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupsSaved {
    pub saved: bool,
    /// The run that saved the rules.
    pub run: Option<RunId>,
    pub smart_groups: Vec<GroupMoves>,
}

/// The answer of `groups remove`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GroupRemoved {
    pub removed: String,
    pub run: RunId,
    /// Employees that were members.
    pub left: u64,
}
