//! How far a run is.

use super::RunStatus;
use crate::model::ids::RunId;
use schemars::JsonSchema;
use serde::Serialize;

/// How far a run is, as its events say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunState {
    pub run: RunId,
    pub status: RunStatus,
    /// Null: the run has ended, or another process runs it.
    pub progress: Option<RunProgress>,
}

/// What a run does now, and how much of it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RunProgress {
    pub phase: RunPhase,
    /// Bytes while files are fetched, records while they are read, operations while they are applied.
    pub done: u64,
    /// Of so many; null: that is not known.
    pub of: Option<u64>,
}

/// What a run does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunPhase {
    /// A file is still being written, the source asks to wait, or an attempt is repeated.
    Waiting,
    Fetching,
    Reading,
    /// The plan is computed.
    Deciding,
    Applying,
}
