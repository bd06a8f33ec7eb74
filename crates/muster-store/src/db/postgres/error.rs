//! What the errors of a server mean for the store.

use crate::db::error::{Committed, StoreError};
use tokio_postgres::{Error, error::SqlState};

/// The class of the codes for a violated constraint.
const CONSTRAINT: &str = "23";

/// Whether a unique key is already in use, or another constraint is violated.
pub(crate) fn is_taken(error: &Error) -> bool {
    error
        .code()
        .is_some_and(|code| code.code().starts_with(CONSTRAINT))
}

/// Whether another process has the lock.
pub(crate) fn is_busy(error: &Error) -> bool {
    matches!(
        error.code(),
        Some(
            &SqlState::LOCK_NOT_AVAILABLE
                | &SqlState::T_R_SERIALIZATION_FAILURE
                | &SqlState::T_R_DEADLOCK_DETECTED
        )
    )
}

/// The error with the database and the attempted action.
pub(crate) fn named(
    error: Error,
    committed: Option<Committed>,
    database: &str,
    seconds: f64,
    attempted: &'static str,
) -> StoreError {
    let database = database.to_owned();
    let why = said(&error);
    if committed == Some(Committed::Unknown) {
        return StoreError::OutcomeUnknown {
            database,
            attempted,
            why,
        };
    }
    if is_busy(&error) {
        return StoreError::Busy { database, seconds };
    }
    match error.code() {
        Some(&SqlState::DISK_FULL) => StoreError::Full { database },
        Some(&SqlState::IO_ERROR) => StoreError::Disk {
            database,
            attempted,
            why,
        },
        Some(&SqlState::READ_ONLY_SQL_TRANSACTION | &SqlState::INSUFFICIENT_PRIVILEGE) => {
            StoreError::ReadOnly { database, why }
        }
        Some(&SqlState::DATA_CORRUPTED | &SqlState::INDEX_CORRUPTED) => StoreError::Damaged {
            database,
            check: why,
        },
        Some(code) if is_about_connecting(code) => StoreError::Unreachable { database, why },
        Some(_) => StoreError::Failed {
            attempted,
            source: why.into(),
        },
        None if is_about_a_value(&error) => StoreError::Failed {
            attempted,
            source: why.into(),
        },
        None => StoreError::Unreachable { database, why },
    }
}

/// The server refuses a connection, or ends it.
fn is_about_connecting(code: &SqlState) -> bool {
    /// Connections, authorization, databases that do not exist, resources, and interventions of an operator.
    const CLASSES: [&str; 5] = ["08", "28", "3D", "53", "57"];
    let is_cancelled = *code == SqlState::QUERY_CANCELED;
    !is_cancelled && CLASSES.iter().any(|class| code.code().starts_with(class))
}

/// A parameter or a column has another type than expected: a defect of this program.
fn is_about_a_value(error: &Error) -> bool {
    let text = error.to_string();
    [
        "error serializing",
        "error deserializing",
        "invalid column",
        "unexpected number",
    ]
    .iter()
    .any(|start| text.starts_with(start))
}

/// The message of the server, or that of the operating system.
fn said(error: &Error) -> String {
    if let Some(error) = error.as_db_error() {
        return error.message().to_owned();
    }
    match std::error::Error::source(error) {
        Some(source) => source.to_string(),
        None => error.to_string(),
    }
}
