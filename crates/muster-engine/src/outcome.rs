//! The dependencies and the result of a run, the same for every kind of run.

use crate::clock::Clock;
use jiff::{Timestamp, ToSpan};
use muster_connectors::{
    connector::Step,
    transport::{self, TransportError},
};
use muster_core::{
    decide::{proposal::Proposal, succession::Comparison},
    model::{
        actor::Actor,
        code::Code,
        ids::RunId,
        origin::DeliveredFile,
        plan::PlanId,
        problem::{Detail, Problem, Remedy, Severity, transport as transport_problem},
        response::{RunPhase, RunProgress},
        run::RunStatus,
    },
    read::reading::{Completeness, PartialReason, Problems},
};
use muster_store::{GroupMoves, KnownContent, Lease, RunLease, Store, StoreError};
use std::sync::Arc;

/// What runs work with.
#[derive(Clone)]
pub struct Deps {
    /// The directory.
    pub store: Arc<Store>,
    /// The time on which decisions are based.
    pub clock: Arc<dyn Clock>,
    /// The time of the machine, for the age of files.
    pub system: Arc<dyn Clock>,
    /// The id of this process, for people to read.
    pub process: i64,
    /// Names this process among all that work on the database.
    pub owner: String,
    /// The lease of the job that the run is; none: the run takes one of its own.
    pub lease: Option<Lease>,
    pub actor: Actor,
    /// The store is a copy, so the source must not be changed.
    pub rehearsal: bool,
}

impl Deps {
    /// The lease of a new run.
    pub(crate) fn run_lease(&self) -> RunLease<'_> {
        match self.lease {
            Some(lease) => RunLease::Held(lease),
            None => RunLease::Taken {
                owner: &self.owner,
                length: Lease::LENGTH,
            },
        }
    }

    /// When a plan that is saved now can no longer be approved.
    pub(crate) fn expiry(&self) -> Timestamp {
        let now = self.clock.now();
        now.checked_add((7 * 24).hours()).unwrap_or(now)
    }
}

/// What happens during a run, for a progress display.
#[derive(Debug)]
pub enum Progress<'p> {
    Transport(transport::Progress<'p>),
    /// An HR system is read.
    System(Step<'p>),
    Read {
        records: u64,
        /// Bytes of the files so far.
        bytes: u64,
        /// Bytes of all files.
        of: u64,
    },
    /// The plan is computed.
    Deciding,
    Applied {
        done: u64,
        /// The upper bound.
        of: u64,
    },
}

impl Progress<'_> {
    /// The same in numbers, without names of files and texts of servers.
    pub fn state(&self) -> RunProgress {
        let state = |phase, done, of| RunProgress { phase, done, of };
        match self {
            Self::Transport(
                transport::Progress::Settling { .. } | transport::Progress::Retrying { .. },
            )
            | Self::System(Step::Waiting { .. }) => state(RunPhase::Waiting, 0, None),
            Self::Transport(transport::Progress::Bytes { read, of, .. }) => {
                state(RunPhase::Fetching, *read, *of)
            }
            Self::System(Step::Read(records)) => state(RunPhase::Reading, *records, None),
            Self::Read { records, .. } => state(RunPhase::Reading, *records, None),
            Self::Deciding => state(RunPhase::Deciding, 0, None),
            Self::Applied { done, of } => state(RunPhase::Applying, *done, Some(*of)),
        }
    }
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunError {
    pub code: Code,
    /// What was attempted, on what, and why it failed.
    pub detail: Detail,
    /// The next step.
    pub remedy: Remedy,
    /// The fingerprint of the server's host key, if that is the problem.
    pub fingerprint: Option<String>,
    /// Whether the same run may succeed later without any change by a user.
    pub retry: bool,
}

impl RunError {
    /// An error that the same run meets again until a user changes something.
    pub fn new(code: Code, detail: impl Into<Detail>, remedy: impl Into<Remedy>) -> Self {
        Self {
            code,
            detail: detail.into(),
            remedy: remedy.into(),
            fingerprint: None,
            retry: false,
        }
    }

    /// The error as a problem of the run.
    pub fn problem(&self) -> Problem {
        Problem::new(
            self.code,
            Severity::Refused,
            self.detail.clone(),
            self.remedy.clone(),
        )
    }

    /// The form that is recorded with a run, for front ends to make text of.
    pub(crate) fn recorded(&self) -> String {
        serde_json::to_string(&self.problem()).unwrap_or_else(|_| self.to_string())
    }
}

/// For logs; front ends make their own text of the problem.
impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} ({})", self.detail, self.code)
    }
}

impl std::error::Error for RunError {}

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        Self {
            retry: error.is_worth_a_retry(),
            ..Self::new(error.code(), error.detail(), error.remedy())
        }
    }
}

impl From<TransportError> for RunError {
    fn from(error: TransportError) -> Self {
        Self {
            retry: error.retry,
            fingerprint: error.fingerprint,
            ..Self::new(
                error.code,
                transport_problem::Detail::Failed(*error.failure),
                error.remedy,
            )
        }
    }
}

impl From<Problem> for RunError {
    fn from(problem: Problem) -> Self {
        Self::new(problem.code, problem.detail, problem.remedy)
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    pub run: RunId,
    pub status: RunStatus,
    /// Whether the delivery was complete. `None` if nothing was read.
    pub completeness: Option<Completeness>,
    /// The files that were read.
    pub files: Vec<DeliveredFile>,
    /// The computed plan. `None` if the run failed before.
    pub proposal: Option<Proposal>,
    /// The saved plan, if operations are pending.
    pub plan: Option<PlanId>,
    /// Why the run failed.
    pub error: Option<RunError>,
    /// Problems in addition to those of the proposal.
    pub warnings: Problems,
    /// A delivery with known content that was not read again.
    pub known: Option<KnownContent>,
    /// The comparison of both sources in a succession.
    pub comparison: Option<Comparison>,
    /// Smart groups that were evaluated again because the date changed.
    pub groups: Vec<GroupMoves>,
}

impl Outcome {
    pub(crate) fn new(run: RunId, status: RunStatus) -> Self {
        Self {
            run,
            status,
            completeness: None,
            files: Vec::new(),
            proposal: None,
            plan: None,
            error: None,
            warnings: Problems::default(),
            known: None,
            comparison: None,
            groups: Vec::new(),
        }
    }
}

/// Why a refused delivery is incomplete.
pub(crate) fn partial_reason(code: Code) -> PartialReason {
    match code {
        Code::CsvEmpty | Code::NoFile => PartialReason::Empty,
        Code::CsvUnclosed | Code::CsvNul | Code::CsvTruncated | Code::TransferIncomplete => {
            PartialReason::Truncated
        }
        Code::NotSettled | Code::Checksum => PartialReason::ChangedWhileReading,
        Code::TransportCredentials
        | Code::TransportKey
        | Code::HostKeyUnknown
        | Code::HostKeyChanged
        | Code::IntegrationPaused => PartialReason::Unauthorised,
        Code::TransportUnreachable
        | Code::TransportTimeout
        | Code::TransportFolder
        | Code::TransportTls => PartialReason::Unreachable,
        _ => PartialReason::Unreadable,
    }
}
