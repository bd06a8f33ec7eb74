//! What has changed in the directory.

use super::HistoryEntry;
use crate::model::ids::EmployeeId;
use schemars::JsonSchema;
use serde::Serialize;

/// One change of one employee.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EmployeeChange {
    pub employee: EmployeeId,
    #[serde(flatten)]
    pub entry: HistoryEntry,
}

/// The next changes in the order in which they were applied.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ChangeFeed {
    pub changes: Vec<EmployeeChange>,
    /// The value of `after` with which to ask again: there is always one, also if nothing has changed.
    pub next: String,
    /// Whether there are more changes now.
    pub more: bool,
}
