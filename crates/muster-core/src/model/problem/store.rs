//! Problems of the database.

mod refusal;

pub use refusal::{AddressFault, ChoiceFault, Contradiction, UniqueValue, VoidCause};

use crate::model::{
    ids::{EmployeeId, RunId},
    plan::PlanId,
};
use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Another process had the lock for too long.
    Busy {
        database: String,
        waited_millis: u64,
    },
    /// The disk has no space.
    Full {
        database: String,
    },
    /// The disk failed.
    Disk {
        database: String,
        attempted: String,
        /// What the system said.
        why: String,
    },
    /// The disk failed while a change was being confirmed.
    Unconfirmed {
        database: String,
        attempted: String,
        why: String,
        /// Whether the change has taken effect, read back; none: it could not be read.
        applied: Option<bool>,
    },
    /// The file cannot be opened or written.
    ReadOnly {
        database: String,
        why: String,
    },
    /// The server refuses the connection, or has ended it.
    Unreachable {
        database: String,
        why: String,
    },
    /// The connection to the server was lost while a change was being confirmed, and the outcome could not be asked for.
    OutcomeUnknown {
        database: String,
        attempted: String,
        why: String,
    },
    /// The file is not what was written.
    Damaged {
        database: String,
        check: String,
    },
    /// Parts of the database contradict each other.
    Inconsistent(Inconsistency),
    /// A newer version changed the schema.
    Newer {
        found: i64,
        known: i64,
    },
    /// The directory changed while the run was deciding.
    Moved {
        expected: i64,
        found: i64,
    },
    /// The run has ended already.
    RunEnded {
        run: RunId,
    },
    /// The plan can no longer be decided on.
    Void {
        why: VoidCause,
    },
    /// Some operations of a plan cannot be applied without others.
    Choice {
        why: ChoiceFault,
    },
    /// The requester of a plan may not approve it.
    FourEyes {
        /// Who it was, as stored.
        requester: String,
    },
    /// Another run of the integration is under way.
    RunBusy {
        run: RunId,
        process: i64,
    },
    /// What was named as the database cannot be one.
    Address {
        named: String,
        why: AddressFault,
    },
    /// A setting contradicts what is stored.
    Contradiction {
        why: Contradiction,
    },
    /// The settings of an integration changed since they were compared.
    SettingsMoved {
        integration: String,
        /// The version that was compared; 0: there were no settings.
        expected: i64,
        found: i64,
    },
    /// A file manages the settings of an integration.
    SettingsManaged {
        integration: String,
        file: String,
    },
    /// The field cannot be removed without losing something.
    FieldInUse {
        key: String,
        used: Box<FieldUse>,
    },
    /// The database was encrypted with another master key.
    WrongKey {
        wanted: String,
        /// The ids of the keys that are there; none: there is no key.
        found: Option<String>,
    },
    NoKey,
    /// An encrypted value cannot be read.
    Undecryptable {
        what: String,
    },
    /// A stored value that Muster never writes.
    Corrupt {
        table: String,
        column: String,
        row: String,
    },
    /// A backup that cannot be made, read or restored.
    Backup {
        /// The file that it is about.
        file: String,
        fault: BackupFault,
    },
    /// Anything else that the database refuses.
    Failed {
        attempted: String,
        why: String,
    },
}

/// Why a backup cannot be made, read or restored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupFault {
    /// The file that would be written exists.
    Exists,
    /// The file was not written as a backup.
    NotABackup,
    /// The file is a backup, and was named as the database.
    IsABackup,
    /// The rows of a table are not those that were backed up.
    Altered { table: String },
    /// The database that would be replaced exists.
    Replaces,
    /// Another process uses the database that would be replaced.
    InUse,
    /// The list of erasures cannot be read.
    ErasureList,
    /// The file cannot be read or written.
    File { why: String },
}

/// Parts of the database that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Inconsistency {
    /// The roster of the integration is not the one that the last run left.
    Roster { expected: i64, found: i64 },
    /// Not every employee of the workspace can be read.
    Employees { expected: i64, found: i64 },
    /// An employee of the roster is not in the directory.
    NoEmployee { employee: EmployeeId },
    /// An employee is not found by their own external id or address.
    NotIndexed { employee: EmployeeId },
    /// The workspace counts another number of active and scheduled employees than it has.
    Employed { expected: i64, found: i64 },
    /// The next number of a table was given out already.
    Numbering {
        table: String,
        next: i64,
        highest: i64,
    },
    /// Rows refer to rows that do not exist.
    Orphans {
        table: String,
        of: String,
        rows: i64,
    },
    /// The recorded changes of an employee do not lead to the present value.
    History {
        employee: EmployeeId,
        /// The key of the field, or `status`.
        field: String,
    },
    /// The recorded steps of a budget do not lead to its dates.
    Ledger { employee: EmployeeId, grant: i64 },
    /// An encrypted value cannot be decrypted.
    Undecryptable { what: String },
    /// An entry of the audit log does not have the hash that follows from it and from the one before it, or is missing.
    AuditLog { entry: i64 },
}

/// What depends on a custom field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldUse {
    /// Employees who have a value in it.
    pub people: u64,
    /// Employees whose value is pinned.
    pub pins: u64,
    /// Changes of it in the history.
    pub changes: u64,
    /// Integrations that mapped it in their last successful run.
    pub integrations: Vec<String>,
    /// Smart groups whose rules use it.
    pub smart_groups: Vec<String>,
    /// Pending plans that change it.
    pub plans: Vec<PlanId>,
}

impl FieldUse {
    /// Whether anything is lost with the field.
    pub fn is_used(&self) -> bool {
        *self != Self::default()
    }
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    WaitForProcess,
    FreeSpace,
    CheckDisk,
    MakeWritable,
    CheckDatabaseServer,
    /// It is not known whether the change was applied.
    CheckOutcome,
    RestoreBackup,
    UseNewerVersion,
    NameMasterKey,
    RestoreEncrypted,
    DecideAgain,
    StartRun,
    PlanAgain,
    ApproveTogether,
    AskAnotherApprover,
    WaitOrAbandon {
        run: RunId,
    },
    DecidePlan,
    ChangeSmartGroups,
    RemoveWithValues,
    WriteAddress,
    ChangeSetting,
    CompareAgain,
    ChangeFile,
    ChooseOtherFile,
    RestoreAsDatabase,
    UseOtherBackup,
    ReplaceDatabase,
    StopProcesses,
    RemoveErasureList,
    CheckFile,
    ReportIfRepeated,
}
