//! What a service does: slots and jobs.

use crate::model::{
    ids::RunId,
    job::{JobEnd, JobKind},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `status`.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ServiceStatus {
    /// The next slot of each schedule, the earliest first.
    pub slots: Vec<SlotLine>,
    /// Jobs that run or wait.
    pub jobs: Vec<JobLine>,
    /// The last jobs that ended, the latest first.
    pub ended: Vec<JobLine>,
}

/// The next slot of a schedule.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SlotLine {
    pub kind: JobKind,
    /// Empty: the whole database.
    pub workspace: String,
    /// None: the whole workspace.
    pub integration: Option<String>,
    /// None: there is none, or the schedule is paused.
    pub next_slot: Option<Timestamp>,
    /// Whether it is paused after repeated failures. The next successful run resumes it.
    pub is_paused: bool,
}

/// A job.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct JobLine {
    pub job: i64,
    pub kind: JobKind,
    /// Empty: the whole database.
    pub workspace: String,
    /// None: the whole workspace.
    pub integration: Option<String>,
    /// The slot that it is for; none: a person asked for it.
    pub slot: Option<Timestamp>,
    pub attempt: i64,
    /// When it starts, while it waits.
    pub starts: Option<Timestamp>,
    /// The process that runs it.
    pub running_in: Option<String>,
    pub ended: Option<Timestamp>,
    pub result: Option<JobEnd>,
    /// The code of the error.
    pub code: Option<String>,
    pub run: Option<RunId>,
}
