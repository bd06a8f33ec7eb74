//! An error as a driver reports it, and what it means for the store.

use crate::db::{
    error::{Committed, StoreError},
    postgres,
};
use rusqlite::ErrorCode;
use std::{fs, io, path::Path};

/// An error of a statement, before the database and the attempted action are added.
#[derive(Debug)]
pub(crate) enum DbError {
    Sql(rusqlite::Error),
    Server(tokio_postgres::Error),
    /// The commit failed.
    Commit(Box<DbError>, Committed),
    Store(StoreError),
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

impl From<StoreError> for DbError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl DbError {
    /// Whether a unique key is already in use.
    pub(crate) fn is_taken(&self) -> bool {
        match self {
            Self::Sql(error) => error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation),
            Self::Server(error) => postgres::is_taken(error),
            Self::Commit(..) | Self::Store(_) => false,
        }
    }

    /// Whether another process has the lock.
    pub(crate) fn is_busy(&self) -> bool {
        match self {
            Self::Sql(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            ),
            Self::Server(error) => postgres::is_busy(error),
            Self::Commit(..) | Self::Store(_) => false,
        }
    }

    /// Whether the server ended the transaction because of another one, so that the same may succeed now.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Server(error) => postgres::is_conflict(error),
            Self::Commit(error, Committed::No) => error.is_conflict(),
            Self::Sql(_) | Self::Commit(..) | Self::Store(_) => false,
        }
    }

    /// The error with the database and the attempted action.
    pub(crate) fn at(self, database: &str, seconds: f64, attempted: &'static str) -> StoreError {
        self.of_commit(None, database, seconds, attempted)
    }

    fn of_commit(
        self,
        committed: Option<Committed>,
        database: &str,
        seconds: f64,
        attempted: &'static str,
    ) -> StoreError {
        let error = match self {
            Self::Store(error) => return error,
            Self::Commit(error, found) => {
                return error.of_commit(Some(found), database, seconds, attempted);
            }
            Self::Server(error) => {
                return postgres::named(error, committed, database, seconds, attempted);
            }
            Self::Sql(error) => error,
        };
        let code = error.sqlite_error_code();
        let database = database.to_owned();
        // SQLite distinguishes a full disk from a failing one only when it writes pages.
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
            // A value that no version of this program writes.
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

/// Whether the disk of the database is full. Writes a small file next to the database and removes
/// it.
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

/// The number of bytes written to check for free space.
const PROBE: usize = 256 << 10;

/// A stored value that no version of this program writes.
pub(crate) fn corrupt(table: &'static str, column: &'static str, row: impl ToString) -> DbError {
    DbError::Store(StoreError::Corrupt {
        table,
        column,
        row: row.to_string(),
    })
}
