//! What an alert reports: counts, dates and names, and no value of an employee.

use crate::{
    issue::{IssueDetail, IssueEvent, Level},
    model::{
        ids::{IntegrationId, RunId},
        run::RunKind,
    },
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that an alert reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
pub enum AlertItem {
    Issue {
        issue: i64,
        event: IssueEvent,
        level: Level,
        integration: Option<IntegrationId>,
        detail: IssueDetail,
        at: Timestamp,
    },
    /// A run that changed employees.
    Run {
        run: RunId,
        kind: RunKind,
        integration: Option<IntegrationId>,
        created: u64,
        updated: u64,
        /// Deactivated or deleted.
        removed: u64,
        rejected: u64,
        held: u64,
        at: Timestamp,
    },
}

impl AlertItem {
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Issue { at, .. } | Self::Run { at, .. } => *at,
        }
    }

    pub fn integration(&self) -> Option<IntegrationId> {
        match self {
            Self::Issue { integration, .. } | Self::Run { integration, .. } => *integration,
        }
    }
}

/// Whether a change of an issue is sent. A snoozed issue is mute until it escalates or wakes; less urgency is no alert.
pub fn is_alerted(event: IssueEvent, is_snoozed: bool) -> bool {
    match event {
        IssueEvent::Opened | IssueEvent::Escalated | IssueEvent::Woken => true,
        IssueEvent::Changed | IssueEvent::Resolved => !is_snoozed,
        IssueEvent::Eased | IssueEvent::Snoozed => false,
    }
}
