//! Problems of runs, beside those of records and of the database.

use crate::model::ids::RunId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why a delivery is not archived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveFault {
    /// It may name an employee who was erased.
    MayNameErased,
    /// The encryption ended without a result.
    NotEncrypted,
    /// A part of a file in UTF-16 cannot be cut out.
    PartOfUtf16,
    Unreadable {
        error: String,
    },
    /// What the system or the database said; a whole sentence in what an earlier version stored.
    #[serde(untagged)]
    Other(String),
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The counts of a run do not add up.
    Unbalanced { counts: String },
    /// A file changed while it was read.
    ChangedWhileRead { file: String },
    /// A file that was fetched cannot be read again.
    Unreadable { file: String, why: String },
    /// The server showed another host key than the accepted one.
    Paused {
        server: String,
        shown: String,
        since: Timestamp,
        accepted: String,
    },
    /// The end of the run could not be recorded.
    EndNotRecorded { why: String },
    /// The delivery is not archived; the run is not affected.
    NotArchived {
        /// None: the whole delivery.
        file: Option<String>,
        why: ArchiveFault,
    },
    /// Deleted data may still be present in unused pages.
    ErasurePending,
    /// The history of the run was deleted at the end of its retention period.
    HistoryDeleted { run: RunId, through: Timestamp },
    /// No delivery of a run or a later one is archived.
    NoDelivery {
        /// None: of the integration at all.
        run: Option<RunId>,
        integration: String,
    },
    /// The run read no delivery of the integration.
    NoDeliveryRead {
        run: RunId,
        integration: String,
        /// The next run that did.
        next: RunId,
    },
    /// The integration has read no delivery since a time.
    NothingReadSince { integration: String },
    /// The archived delivery of a run has a form that cannot be read.
    UnreadableDelivery { run: RunId },
    /// The integration reads another kind of source now.
    OtherSource {
        run: RunId,
        integration: String,
        /// Whether it reads files now.
        reads_files: bool,
    },
    /// The current rules need what was not archived of a delivery.
    PartArchived {
        run: RunId,
        /// Columns that are not archived.
        columns: Vec<String>,
        /// Records that are selected now, and of which only the match key is archived.
        records: u64,
    },
    /// A newer delivery was read since, so records of an older one are not corrected.
    NewerDelivery { run: RunId, newer: RunId },
    /// A run rejected no record there.
    NotRejected {
        run: RunId,
        /// The line of the record.
        line: u32,
    },
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    ReportBug,
    WaitForUpload,
    RunAgain,
    ConfirmHostKey { shown: String },
    KeepCopy,
    SweepWhenFree,
    LaterRunOrLongerHistory,
    KeepDeliveries,
    ListRuns,
    PlanFromSource,
    ReadSource,
    LaterRun,
    CorrectNewest,
    ChooseRejected,
}
