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
    is_conflict(error) || error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE)
}

/// Whether two transactions were in the way of each other, and the server ended this one.
pub(crate) fn is_conflict(error: &Error) -> bool {
    matches!(
        error.code(),
        Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED)
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

#[cfg(test)]
mod tests {
    use crate::{
        Options, Store,
        db::error::{DbError, StoreError},
    };
    use muster_testkit::postgresql::Postgresql;

    #[test]
    fn transaction_in_the_way_of_another_is_attempted_again_at_most_five_times_d12() {
        let server = Postgresql::start();
        let store = Store::open(&server.url("postgres"), Options::default()).unwrap();
        let after = |failures: usize, code: &str| {
            let mut attempts = 0;
            let done = store.write_shared("try", |connection| -> Result<(), DbError> {
                attempts += 1;
                match attempts > failures {
                    true => Ok(()),
                    false => connection.execute_batch(&format!(
                        "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$"
                    )),
                }
            });
            (attempts, done)
        };
        for code in ["40001", "40P01"] {
            let (attempts, done) = after(4, code);
            assert_eq!((attempts, done.is_ok()), (5, true), "{code}");
            let (attempts, done) = after(5, code);
            assert!(matches!(done, Err(StoreError::Busy { .. })), "{done:?}");
            assert_eq!(attempts, 5, "{code}");
        }
        let limit = store.write_shared("look", |connection| {
            let text = "SELECT current_setting('idle_in_transaction_session_timeout')";
            connection.scalar::<String>(text, [])
        });
        assert_eq!(limit.unwrap(), "30s");
        // What is wrong stays wrong.
        assert_eq!(after(1, "23505").0, 1);
    }
}
