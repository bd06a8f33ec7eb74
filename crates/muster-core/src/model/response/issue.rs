//! Issues and their histories.

use crate::issue::{IssueEvent, IssueKind, Level};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// An issue.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IssueLine {
    pub issue: i64,
    pub kind: IssueKind,
    pub level: Level,
    /// None: the installation.
    pub workspace: Option<String>,
    /// None: the whole workspace.
    pub integration: Option<String>,
    pub message: String,
    /// The next step.
    pub help: String,
    pub opened: Timestamp,
    pub resolved: Option<Timestamp>,
    /// Until then, it sends no alerts.
    pub snoozed_until: Option<Timestamp>,
    pub snoozed_by: Option<String>,
}

/// An issue with what happened to it, oldest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IssueDetails {
    pub issue: IssueLine,
    pub history: Vec<IssueHistoryLine>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IssueHistoryLine {
    pub at: Timestamp,
    pub event: IssueEvent,
    pub level: Level,
    /// What the issue was about then.
    pub message: String,
    /// Who did it; none: it followed from the state.
    pub by: Option<String>,
}

/// The answer of `issues snooze`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IssueSnoozed {
    pub issue: i64,
    /// None: it is no longer snoozed.
    pub snoozed_until: Option<Timestamp>,
}
