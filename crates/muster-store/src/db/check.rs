//! Checks of the whole database file.

use crate::db::{
    connection::Store,
    dialect,
    error::{DbError, StoreError},
    sql::Connection,
};
use muster_core::model::run::DatabaseCheck;
use rusqlite::ErrorCode;
use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

/// The check looks at the time after this many steps of the database.
const STEPS: i32 = 10_000;

impl Store {
    /// Checks every page of the file without a time limit. An error means that the file is damaged. The files of a server are
    /// for its administrator to check.
    pub fn check_whole(&self) -> Result<(), StoreError> {
        if self.is_on_server() {
            return Ok(());
        }
        self.read("check the database", |connection| {
            whole(connection, &self.database)
        })?;
        *self.check.lock().unwrap_or_else(PoisonError::into_inner) = Some(DatabaseCheck::Whole);
        Ok(())
    }
}

/// Checks the file for at most the given time. Returns whether the check was complete.
pub(super) fn within(
    connection: &mut Connection,
    time: Duration,
    database: &str,
) -> Result<DatabaseCheck, DbError> {
    let began = Instant::now();
    if let Some(driver) = connection.driver_mut() {
        driver.progress_handler(STEPS, Some(move || began.elapsed() > time))?;
    }
    let checked = whole(connection, database);
    if let Some(driver) = connection.driver_mut() {
        driver.progress_handler(0, None::<fn() -> bool>)?;
    }
    match checked {
        Ok(()) => Ok(DatabaseCheck::Whole),
        Err(DbError::Sql(error))
            if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) =>
        {
            Ok(DatabaseCheck::Partial)
        }
        Err(error) => Err(error),
    }
}

pub(super) fn whole(connection: &Connection, database: &str) -> Result<(), DbError> {
    let answer: String = connection.scalar(dialect::CHECK, [])?;
    if answer == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged {
        database: database.to_owned(),
        check: answer.replace('\n', " "),
    }
    .into())
}
