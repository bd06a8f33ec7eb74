//! Errors of the database. Each has a stable code and a remedy.
//!
//! A missing row is not an error (`Ok(None)`). The caller decides whether to retry.

pub(crate) use crate::db::failure::{DbError, corrupt};
pub use muster_core::model::problem::store::{
    AddressFault, BackupFault, ChoiceFault, Contradiction, Inconsistency, UniqueValue, VoidCause,
};
use muster_core::model::{
    code::Code,
    ids::RunId,
    problem::store::{Detail, FieldUse, Remedy},
};
use std::fmt;
use thiserror::Error;

/// Why an operation of the store failed. Its transaction is rolled back.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process holds the lock.
    #[error("the database `{database}` was locked by another process for more than {seconds} s")]
    Busy {
        database: String,
        /// How long the store waited.
        seconds: f64,
    },
    /// No space is left.
    #[error("no space is left for the database `{database}`; it is unchanged")]
    Full { database: String },
    /// The disk failed.
    #[error("a disk error in the database `{database}`: could not {attempted}: {why}")]
    Disk {
        database: String,
        attempted: &'static str,
        /// The message of the database.
        why: String,
    },
    /// The disk failed while a change was being confirmed.
    #[error(
        "a disk error while a change was committed to the database `{database}` ({attempted}: {why}); {found}"
    )]
    Unconfirmed {
        database: String,
        attempted: &'static str,
        /// The message of the database.
        why: String,
        /// The state that was read back.
        found: Committed,
    },
    /// The file cannot be opened or written.
    #[error("the database `{database}` cannot be written: {why}")]
    ReadOnly {
        database: String,
        /// The message of the operating system.
        why: String,
    },
    /// The server refuses the connection, or has ended it.
    #[error("the database `{database}` cannot be reached: {why}")]
    Unreachable {
        database: String,
        /// The message of the server or of the operating system.
        why: String,
    },
    /// The connection to the server was lost while a change was being confirmed, and the outcome could not be asked for.
    #[error(
        "the connection to the database `{database}` was lost while a change was committed ({attempted}: {why})"
    )]
    OutcomeUnknown {
        database: String,
        attempted: &'static str,
        why: String,
    },
    /// The file is not what was written.
    #[error("the database `{database}` is damaged: {check}")]
    Damaged {
        database: String,
        /// The result of the check.
        check: String,
    },
    /// Parts of the database contradict each other.
    #[error("the database is inconsistent: {0:?}")]
    Inconsistent(Inconsistency),
    /// The schema was written by a newer version.
    #[error("the database has schema {found}, and this program knows schemas up to {known}")]
    Newer { found: i64, known: i64 },
    /// The directory changed after the proposal was computed.
    #[error(
        "the directory changed from revision {expected} to {found} while the plan was computed"
    )]
    Moved {
        /// The revision that the proposal was computed from.
        expected: i64,
        found: i64,
    },
    /// A run that has ended cannot be applied again.
    #[error("run {run} has ended already")]
    RunEnded { run: RunId },
    /// A plan can no longer be approved or rejected.
    #[error("the plan can no longer be applied: {why:?}")]
    Void { why: VoidCause },
    /// Some operations of a plan cannot be applied without others. The plan is still pending.
    #[error("nothing was applied: {why:?}")]
    Choice { why: ChoiceFault },
    /// The requester of a plan may not approve it.
    #[error("the plan was requested by {requester}")]
    FourEyes { requester: String },
    /// Another run of the integration is active.
    #[error("run {run} of the same integration is under way in process {process}")]
    RunBusy { run: RunId, process: i64 },
    /// The address does not name a database.
    #[error("{named} cannot be the database: {why:?}")]
    Address {
        /// The address, without possible secrets.
        named: String,
        why: AddressFault,
    },
    /// A setting contradicts what is stored.
    #[error("a definition contradicts what is stored: {why:?}")]
    Contradiction { why: Contradiction },
    /// The settings of an integration changed since they were compared.
    #[error("the settings of `{integration}` changed from version {expected} to {found}")]
    SettingsMoved {
        integration: String,
        /// 0: there were none.
        expected: i64,
        found: i64,
    },
    /// A file manages the settings of an integration, and the change does not come from a file.
    #[error("the settings of `{integration}` are managed by the file `{file}`")]
    SettingsManaged { integration: String, file: String },
    /// A field cannot be removed while it is in use.
    #[error("the field `{key}` is in use: {used:?}")]
    FieldInUse {
        key: String,
        /// What uses it.
        used: Box<FieldUse>,
    },
    /// The database is encrypted with a master key that is not in the keyring.
    #[error("the database is encrypted with master key {wanted}, and {}", available(.found))]
    WrongKey {
        /// The id of the key that is needed.
        wanted: String,
        /// The ids of the available keys. `None`: there is no key.
        found: Option<String>,
    },
    /// The operation needs a master key, and there is none.
    #[error("there is no master key")]
    NoKey,
    /// An encrypted value cannot be decrypted.
    #[error("{what} cannot be decrypted: it was changed or is damaged")]
    Undecryptable { what: String },
    /// A stored value that no version of this program writes.
    #[error("`{table}.{column}` of row {row} has a value that no version of this program writes")]
    Corrupt {
        table: &'static str,
        column: &'static str,
        row: String,
    },
    /// A backup cannot be made, read or restored.
    #[error("`{file}`: {fault:?}")]
    Backup { file: String, fault: BackupFault },
    /// Any other error of the database.
    #[error("could not {attempted}: {source}")]
    Failed {
        attempted: &'static str,
        /// The message of the database.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Whether a failed commit has taken effect, as far as could be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    Yes,
    No,
    Unknown,
}

impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "the change was applied",
            Self::No => "nothing was changed",
            Self::Unknown => "it could not be read back whether the change was applied",
        })
    }
}

impl StoreError {
    pub fn code(&self) -> Code {
        match self {
            Self::Busy { .. } => Code::StoreBusy,
            Self::Full { .. } => Code::StoreFull,
            Self::Disk { .. } | Self::Unconfirmed { .. } => Code::StoreDisk,
            Self::ReadOnly { .. } => Code::StoreReadOnly,
            Self::Unreachable { .. } | Self::OutcomeUnknown { .. } => Code::StoreUnreachable,
            Self::Damaged { .. } | Self::Inconsistent(_) | Self::Corrupt { .. } => {
                Code::StoreDamaged
            }
            Self::Newer { .. } => Code::StoreNewer,
            Self::Moved { .. } => Code::PlanMoved,
            Self::Void { .. } => Code::PlanVoid,
            Self::Choice { .. } => Code::PlanChoice,
            Self::FourEyes { .. } => Code::PlanFourEyes,
            Self::RunBusy { .. } => Code::RunBusy,
            Self::Address { .. }
            | Self::Contradiction { .. }
            | Self::SettingsMoved { .. }
            | Self::SettingsManaged { .. } => Code::Configuration,
            Self::FieldInUse { .. } => Code::FieldInUse,
            Self::WrongKey { .. } | Self::NoKey => Code::MasterKey,
            Self::Undecryptable { .. } => Code::Undecryptable,
            Self::Backup { .. } => Code::Backup,
            Self::RunEnded { .. } | Self::Failed { .. } => Code::StoreFailed,
        }
    }

    /// The error as data.
    pub fn detail(&self) -> Detail {
        match self {
            Self::Busy { database, seconds } => Detail::Busy {
                database: database.clone(),
                waited_millis: (seconds * 1_000.0) as u64,
            },
            Self::Full { database } => Detail::Full {
                database: database.clone(),
            },
            Self::Disk {
                database,
                attempted,
                why,
            } => Detail::Disk {
                database: database.clone(),
                attempted: (*attempted).to_owned(),
                why: why.clone(),
            },
            Self::Unconfirmed {
                database,
                attempted,
                why,
                found,
            } => Detail::Unconfirmed {
                database: database.clone(),
                attempted: (*attempted).to_owned(),
                why: why.clone(),
                applied: match found {
                    Committed::Yes => Some(true),
                    Committed::No => Some(false),
                    Committed::Unknown => None,
                },
            },
            Self::ReadOnly { database, why } => Detail::ReadOnly {
                database: database.clone(),
                why: why.clone(),
            },
            Self::Unreachable { database, why } => Detail::Unreachable {
                database: database.clone(),
                why: why.clone(),
            },
            Self::OutcomeUnknown {
                database,
                attempted,
                why,
            } => Detail::OutcomeUnknown {
                database: database.clone(),
                attempted: (*attempted).to_owned(),
                why: why.clone(),
            },
            Self::Damaged { database, check } => Detail::Damaged {
                database: database.clone(),
                check: check.clone(),
            },
            Self::Inconsistent(what) => Detail::Inconsistent(what.clone()),
            Self::Newer { found, known } => Detail::Newer {
                found: *found,
                known: *known,
            },
            Self::Moved { expected, found } => Detail::Moved {
                expected: *expected,
                found: *found,
            },
            Self::RunEnded { run } => Detail::RunEnded { run: *run },
            Self::Void { why } => Detail::Void { why: why.clone() },
            Self::Choice { why } => Detail::Choice { why: why.clone() },
            Self::FourEyes { requester } => Detail::FourEyes {
                requester: requester.clone(),
            },
            Self::RunBusy { run, process } => Detail::RunBusy {
                run: *run,
                process: *process,
            },
            Self::Address { named, why } => Detail::Address {
                named: named.clone(),
                why: why.clone(),
            },
            Self::Contradiction { why } => Detail::Contradiction { why: why.clone() },
            Self::SettingsMoved {
                integration,
                expected,
                found,
            } => Detail::SettingsMoved {
                integration: integration.clone(),
                expected: *expected,
                found: *found,
            },
            Self::SettingsManaged { integration, file } => Detail::SettingsManaged {
                integration: integration.clone(),
                file: file.clone(),
            },
            Self::FieldInUse { key, used } => Detail::FieldInUse {
                key: key.clone(),
                used: used.clone(),
            },
            Self::WrongKey { wanted, found } => Detail::WrongKey {
                wanted: wanted.clone(),
                found: found.clone(),
            },
            Self::NoKey => Detail::NoKey,
            Self::Undecryptable { what } => Detail::Undecryptable { what: what.clone() },
            Self::Corrupt { table, column, row } => Detail::Corrupt {
                table: (*table).to_owned(),
                column: (*column).to_owned(),
                row: row.clone(),
            },
            Self::Backup { file, fault } => Detail::Backup {
                file: file.clone(),
                fault: fault.clone(),
            },
            Self::Failed { attempted, source } => Detail::Failed {
                attempted: (*attempted).to_owned(),
                why: source.to_string(),
            },
        }
    }

    /// What the user can do.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Busy { .. } => Remedy::WaitForProcess,
            Self::Full { .. } => Remedy::FreeSpace,
            Self::Disk { .. } | Self::Unconfirmed { .. } => Remedy::CheckDisk,
            Self::ReadOnly { .. } => Remedy::MakeWritable,
            Self::Unreachable { .. } => Remedy::CheckDatabaseServer,
            Self::OutcomeUnknown { .. } => Remedy::CheckOutcome,
            Self::Damaged { .. } | Self::Inconsistent(_) | Self::Corrupt { .. } => {
                Remedy::RestoreBackup
            }
            Self::Newer { .. } => Remedy::UseNewerVersion,
            Self::WrongKey { .. } | Self::NoKey => Remedy::NameMasterKey,
            Self::Undecryptable { .. } => Remedy::RestoreEncrypted,
            Self::Moved { .. } => Remedy::DecideAgain,
            Self::RunEnded { .. } => Remedy::StartRun,
            Self::Void { .. } => Remedy::PlanAgain,
            Self::Choice { .. } => Remedy::ApproveTogether,
            Self::FourEyes { .. } => Remedy::AskAnotherApprover,
            Self::RunBusy { run, .. } => Remedy::WaitOrAbandon { run: *run },
            Self::FieldInUse { used, .. } if !used.plans.is_empty() => Remedy::DecidePlan,
            Self::FieldInUse { used, .. } if !used.smart_groups.is_empty() => {
                Remedy::ChangeSmartGroups
            }
            Self::FieldInUse { .. } => Remedy::RemoveWithValues,
            Self::Address { .. } => Remedy::WriteAddress,
            Self::Contradiction { .. } => Remedy::ChangeSetting,
            Self::SettingsMoved { .. } => Remedy::CompareAgain,
            Self::SettingsManaged { .. } => Remedy::ChangeFile,
            Self::Backup { fault, .. } => match fault {
                BackupFault::Exists => Remedy::ChooseOtherFile,
                BackupFault::IsABackup => Remedy::RestoreAsDatabase,
                BackupFault::NotABackup | BackupFault::Altered { .. } => Remedy::UseOtherBackup,
                BackupFault::Replaces => Remedy::ReplaceDatabase,
                BackupFault::InUse => Remedy::StopProcesses,
                BackupFault::ErasureList => Remedy::RemoveErasureList,
                BackupFault::File { .. } => Remedy::CheckFile,
            },
            Self::Failed { .. } => Remedy::ReportIfRepeated,
        }
    }

    /// Whether the same call may succeed later without any change by a user.
    pub fn is_worth_a_retry(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. }
                | Self::Unreachable { .. }
                | Self::Moved { .. }
                | Self::RunBusy { .. }
        )
    }
}

fn available(found: &Option<String>) -> String {
    found.as_ref().map_or_else(
        || "there is no key".to_owned(),
        |ids| format!("the available key is {ids}"),
    )
}
