//! Integrations with their state.

use super::RunStatus;
use crate::{decide::proposal::Counts, model::ids::RunId};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// An integration with its state.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Integration {
    pub integration: String,
    /// Scheduled and active employees that it owns.
    pub employees: u64,
    /// Whether its schedule counts; null: it has no stored settings.
    pub active: Option<bool>,
    /// When it runs next by its schedule.
    pub next_slot: Option<Timestamp>,
    /// Why it does not run by its schedule, although it has one.
    pub paused: Option<PauseReason>,
    /// The last run that ended well.
    pub last_good: Option<LastGood>,
    /// The last runs, the newest first.
    pub runs: Vec<RecentRun>,
}

/// Why an integration is paused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PauseReason {
    /// The server presented another host key than the accepted one.
    HostKey,
    /// It failed repeatedly, or a person paused it.
    Schedule,
}

/// A run that ended well.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct LastGood {
    pub run: RunId,
    pub started: Timestamp,
}

/// One of the last runs of an integration.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RecentRun {
    pub run: RunId,
    pub started: Timestamp,
    pub status: RunStatus,
    pub counts: Counts,
}

/// One version of the settings of an integration.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SettingsVersion {
    pub version: i64,
    /// The file that manages them.
    pub managed_by: Option<String>,
    pub active: bool,
    pub changed_at: Timestamp,
    pub changed_by: Option<String>,
    /// Null: the integration was removed.
    pub settings: Option<serde_json::Value>,
}
