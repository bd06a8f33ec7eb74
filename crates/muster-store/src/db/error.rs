//! What can go wrong with the database, with the stable code and the next step of each.
//!
//! A missing row is no error (`Ok(None)`), and nothing here is retried: the caller decides that.

pub use muster_core::model::problem::store::Inconsistency;
use muster_core::model::{
    code::Code,
    ids::RunId,
    problem::store::{Detail, FieldUse, Remedy},
};
use rusqlite::ErrorCode;
use std::{fmt, fs, io, path::Path};
use thiserror::Error;

/// Why the database did not do what was asked. Whatever was begun is undone.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process holds the lock.
    #[error("the database `{database}` was locked by another process for more than {seconds} s")]
    Busy {
        database: String,
        /// How long was waited.
        seconds: f64,
    },
    /// No space is left.
    #[error("no space is left for the database `{database}`; it is as it was before")]
    Full { database: String },
    /// The disk failed.
    #[error(
        "the disk failed under the database `{database}`, so this program could not {attempted}: {why}"
    )]
    Disk {
        database: String,
        attempted: &'static str,
        /// What the database said.
        why: String,
    },
    /// The disk failed while a change was being confirmed.
    #[error(
        "the disk failed while a change of the database `{database}` was being confirmed ({attempted}: {why}), so the \
         database may have the state before or after the change; {found}"
    )]
    Unconfirmed {
        database: String,
        attempted: &'static str,
        /// What the database said.
        why: String,
        /// Which state it has, read back.
        found: Committed,
    },
    /// The file cannot be opened or written.
    #[error("the database `{database}` cannot be written: {why}")]
    ReadOnly {
        database: String,
        /// What the system said.
        why: String,
    },
    /// The file is not what was written.
    #[error("the database `{database}` is damaged: {check}")]
    Damaged {
        database: String,
        /// What the check said.
        check: String,
    },
    /// Parts of the database contradict each other.
    #[error("parts of the database contradict each other: {0:?}")]
    Inconsistent(Inconsistency),
    /// A newer program changed the schema.
    #[error("the database has schema {found}, and this program knows schemas up to {known}")]
    Newer { found: i64, known: i64 },
    /// The directory changed between deciding and settling, or the run was settled already.
    #[error("the directory moved from revision {expected} to {found} while the run was deciding")]
    Moved {
        /// What the proposal rests on.
        expected: i64,
        found: i64,
    },
    /// The run has ended already, so it cannot be settled again.
    #[error("run {run} has ended already")]
    RunEnded { run: RunId },
    /// A plan can no longer be decided on.
    #[error("the plan is void: {why}")]
    Void {
        /// What stands against it.
        why: String,
    },
    /// Some operations of a plan cannot be applied without others; the plan goes on waiting.
    #[error("nothing of the plan was applied: {why}")]
    Choice {
        /// What stands against it.
        why: String,
    },
    /// The integration runs already.
    #[error("run {run} of the same integration is under way in process {process}")]
    RunBusy { run: RunId, process: i64 },
    /// What was named as the database cannot be one.
    #[error("{named} cannot be the database: {why}")]
    Address {
        /// What was named, without what may be secret in it.
        named: String,
        /// What stands against it.
        why: &'static str,
    },
    /// A setting contradicts what is stored.
    #[error("{why}")]
    Contradiction { why: String },
    /// The settings of an integration changed since they were compared.
    #[error("the settings of `{integration}` changed from version {expected} to {found}")]
    SettingsMoved {
        integration: String,
        /// 0: there were none.
        expected: i64,
        found: i64,
    },
    /// A field cannot be removed without losing something.
    #[error("the field `{key}` is in use: {used:?}")]
    FieldInUse {
        key: String,
        /// What it is used for.
        used: Box<FieldUse>,
    },
    /// The database was encrypted with another master key than those at hand, or there is none.
    #[error("the database was encrypted with master key {wanted}, and {}", at_hand(.found))]
    WrongKey {
        /// The id of the key that is needed.
        wanted: String,
        /// The ids of the keys at hand; none: there is no key.
        found: Option<String>,
    },
    /// Something needs a master key, and there is none.
    #[error("there is no master key")]
    NoKey,
    /// Something that was encrypted cannot be opened.
    #[error("{what} cannot be opened: it was changed or is damaged")]
    Undecryptable { what: String },
    /// A stored value that this program never writes.
    #[error("`{table}.{column}` of row {row} has a value that was never written by this program")]
    Corrupt {
        table: &'static str,
        column: &'static str,
        row: String,
    },
    /// Anything else that SQLite refuses.
    #[error("could not {attempted}: {source}")]
    Failed {
        attempted: &'static str,
        /// What the database said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Whether a commit that failed has taken effect, as far as could be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    Yes,
    No,
    Unknown,
}

impl fmt::Display for Committed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Yes => "read back, it has the state after the change",
            Self::No => "read back, it has the state before: nothing was changed",
            Self::Unknown => "it could not be read back",
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
            Self::Damaged { .. } | Self::Inconsistent(_) | Self::Corrupt { .. } => {
                Code::StoreDamaged
            }
            Self::Newer { .. } => Code::StoreNewer,
            Self::Moved { .. } => Code::PlanMoved,
            Self::Void { .. } => Code::PlanVoid,
            Self::Choice { .. } => Code::PlanChoice,
            Self::RunBusy { .. } => Code::RunBusy,
            Self::Address { .. } | Self::Contradiction { .. } | Self::SettingsMoved { .. } => {
                Code::Configuration
            }
            Self::FieldInUse { .. } => Code::FieldInUse,
            Self::WrongKey { .. } | Self::NoKey => Code::MasterKey,
            Self::Undecryptable { .. } => Code::Undecryptable,
            Self::RunEnded { .. } | Self::Failed { .. } => Code::StoreFailed,
        }
    }

    /// What is wrong, as data.
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
            Self::RunBusy { run, process } => Detail::RunBusy {
                run: *run,
                process: *process,
            },
            Self::Address { named, why } => Detail::Address {
                named: named.clone(),
                why: (*why).to_owned(),
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
            Self::Failed { attempted, source } => Detail::Failed {
                attempted: (*attempted).to_owned(),
                why: source.to_string(),
            },
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> Remedy {
        match self {
            Self::Busy { .. } => Remedy::WaitForProcess,
            Self::Full { .. } => Remedy::FreeSpace,
            Self::Disk { .. } | Self::Unconfirmed { .. } => Remedy::CheckDisk,
            Self::ReadOnly { .. } => Remedy::MakeWritable,
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
            Self::RunBusy { run, .. } => Remedy::WaitOrAbandon { run: *run },
            Self::FieldInUse { used, .. } if !used.plans.is_empty() => Remedy::DecidePlan,
            Self::FieldInUse { used, .. } if !used.smart_groups.is_empty() => {
                Remedy::ChangeSmartGroups
            }
            Self::FieldInUse { .. } => Remedy::RemoveWithValues,
            Self::Address { .. } => Remedy::WriteAddress,
            Self::Contradiction { .. } => Remedy::ChangeSetting,
            Self::SettingsMoved { .. } => Remedy::CompareAgain,
            Self::Failed { .. } => Remedy::ReportIfRepeated,
        }
    }

    /// Whether the same call may succeed later without anybody doing anything.
    pub fn is_worth_a_retry(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. } | Self::Moved { .. } | Self::RunBusy { .. }
        )
    }
}

fn at_hand(found: &Option<String>) -> String {
    found.as_ref().map_or_else(
        || "there is no key at hand".to_owned(),
        |ids| format!("the key at hand is {ids}"),
    )
}

/// What a piece of SQL inside this crate fails with, before the boundary names the database.
#[derive(Debug)]
pub(crate) enum DbError {
    Sql(rusqlite::Error),
    /// The commit failed.
    Commit(rusqlite::Error, Committed),
    Store(StoreError),
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for DbError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl DbError {
    /// Whether a unique key is taken.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self, Self::Sql(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation))
    }

    /// Whether another process has the lock.
    pub(crate) fn is_busy(&self) -> bool {
        let Self::Sql(error) = self else { return false };
        matches!(
            error.sqlite_error_code(),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
        )
    }

    /// The error as the caller of the crate sees it.
    pub(crate) fn at(self, database: &str, seconds: f64, attempted: &'static str) -> StoreError {
        let (error, committed) = match self {
            Self::Store(error) => return error,
            Self::Sql(error) => (error, None),
            Self::Commit(error, committed) => (error, Some(committed)),
        };
        let code = error.sqlite_error_code();
        let database = database.to_owned();
        // SQLite tells a full disk from a failing one only where it writes pages.
        if matches!(
            code,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen)
        ) && is_full(&database)
        {
            return StoreError::Full { database };
        }
        if let (Some(ErrorCode::SystemIoFailure), Some(found)) = (code, committed) {
            return StoreError::Unconfirmed {
                database,
                attempted,
                why: error.to_string(),
                found,
            };
        }
        match code {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                StoreError::Busy { database, seconds }
            }
            Some(ErrorCode::DiskFull) => StoreError::Full { database },
            Some(ErrorCode::SystemIoFailure) => StoreError::Disk {
                database,
                attempted,
                why: error.to_string(),
            },
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::ReadOnly {
                    database,
                    why: error.to_string(),
                }
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged {
                database,
                check: error.to_string(),
            },
            // A value that this program never writes.
            _ if matches!(
                error,
                rusqlite::Error::InvalidColumnType(..)
                    | rusqlite::Error::FromSqlConversionFailure(..)
                    | rusqlite::Error::IntegralValueOutOfRange(..)
            ) =>
            {
                StoreError::Damaged {
                    database,
                    check: error.to_string(),
                }
            }
            _ => StoreError::Failed {
                attempted,
                source: Box::new(error),
            },
        }
    }
}

/// Whether the disk of the database has no space: a small file is written beside it and removed.
fn is_full(database: &str) -> bool {
    let probe = format!("{database}.space-{}", std::process::id());
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)
        .and_then(|mut file| {
            io::Write::write_all(&mut file, &[0; PROBE])?;
            file.sync_all()
        });
    if Path::new(&probe).exists() {
        let _ = fs::remove_file(&probe);
    }
    written.is_err_and(|error| {
        matches!(
            error.kind(),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        )
    })
}

/// Bytes that are written to see whether a disk has space.
const PROBE: usize = 256 << 10;

/// A stored value that this program never writes.
pub(crate) fn corrupt(table: &'static str, column: &'static str, row: impl ToString) -> DbError {
    DbError::Store(StoreError::Corrupt {
        table,
        column,
        row: row.to_string(),
    })
}
