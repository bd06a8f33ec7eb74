//! What issues are decided from.

use super::{DeliveryState, kind::PausedBy, kind::Volume};
use crate::{
    model::{
        ids::{IntegrationId, RunId},
        plan::PlanId,
        problem::Problem,
        run::RunStatus,
    },
    setup::{schedule::Schedule, settings::Expectation},
};
use jiff::Timestamp;

/// The state of a workspace, as far as issues follow from it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WorkspaceFacts {
    pub integrations: Vec<IntegrationFacts>,
    pub plans: Vec<PendingPlan>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct IntegrationFacts {
    pub id: IntegrationId,
    pub name: String,
    /// None: the settings are in a file, not in the database.
    pub watch: Option<IntegrationWatch>,
    /// The next slot that is stored; the outer option: no schedule is stored yet.
    pub next_slot: Option<Option<Timestamp>>,
    pub pause: Option<PauseFacts>,
    /// The last runs that read the source, as far as they have ended; newest first.
    pub runs: Vec<EndedRun>,
    pub delivery: Option<DeliveryState>,
    pub credentials: Vec<CredentialFacts>,
}

/// What the settings of an integration ask for.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrationWatch {
    pub is_active: bool,
    pub schedule: Schedule,
    pub expect: Option<Expectation>,
    /// Whether a source that stays unchanged for long is an issue.
    pub reports_unchanged: bool,
    /// The columns that the mapping and the selection rules use.
    pub columns: Vec<String>,
    pub host: Option<String>,
    /// When the settings were saved.
    pub since: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PauseFacts {
    pub by: PausedBy,
    pub since: Timestamp,
}

/// A run that has ended.
#[derive(Clone, Debug, PartialEq)]
pub struct EndedRun {
    pub run: RunId,
    /// Attempts of one job are one failure.
    pub job: Option<i64>,
    pub status: RunStatus,
    pub finished: Timestamp,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// A plan that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingPlan {
    pub plan: PlanId,
    pub integration: Option<IntegrationId>,
    /// Whether its integration waits for the decision.
    pub is_held: bool,
    /// Operations that are pending.
    pub operations: u64,
    /// How many of these remove an employee.
    pub removals: u64,
    pub created: Timestamp,
    pub expires: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialFacts {
    pub setting: String,
    pub expires: Timestamp,
}

/// The state of the machine and of what the whole installation needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstallationFacts {
    pub volumes: Vec<VolumeFacts>,
    /// None: the installation makes no backups.
    pub backup: Option<BackupFacts>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VolumeFacts {
    pub volume: Volume,
    /// Bytes that are free.
    pub free: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BackupFacts {
    pub last: Option<Timestamp>,
    /// Since when backups are made.
    pub since: Timestamp,
}
