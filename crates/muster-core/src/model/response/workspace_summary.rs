//! Workspaces in a list.

use crate::model::role::Role;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A workspace with what needs attention.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkspaceSummary {
    pub workspace: String,
    /// The role of the user or token that asks.
    pub role: Role,
    /// Scheduled and active employees.
    pub employees: u64,
    pub integrations: u64,
    /// Plans that are held for review.
    pub held_plans: u64,
    /// Operations that are held for a decision of their own.
    pub held_operations: u64,
    /// Integrations whose last run failed, or whose delivery was refused.
    pub failing: u64,
    /// When the last run that ended well began.
    pub last_good: Option<Timestamp>,
}

/// The answer of `workspace create` and `workspace delete`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkspaceChanged {
    /// `created` or `deleted`.
    pub status: &'static str,
    pub workspace: String,
}
