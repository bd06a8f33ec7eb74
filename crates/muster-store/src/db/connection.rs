//! The connection: the two ways of using the database, reading and writing.

use crate::{
    db::{
        dialect,
        error::{Committed, DbError, StoreError},
        sql::Connection,
    },
    secrets::{encryption::Keyring, secret},
};
use muster_core::model::run::DatabaseCheck;
use rusqlite::{
    OpenFlags,
    config::DbConfig,
    trace::{TraceEvent, TraceEventCodes},
};
use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long to wait for a lock of another process.
    pub busy: Duration,
    /// How long the check of the file may take when it is opened; none: the file is not checked. A check that takes
    /// longer is stopped, and the daily sweep checks the whole file.
    pub check: Option<Duration>,
    /// Refuses a file of 0 bytes: something that belongs to the database shows that it was not empty before.
    pub refuse_empty: bool,
    /// Told the text of every statement before it is run.
    pub statements: Option<fn(&str)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy: Duration::from_secs(10),
            check: Some(Duration::from_millis(200)),
            refuse_empty: false,
            statements: None,
        }
    }
}

/// The directory at rest.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Mutex<Connection>,
    pub(super) database: String,
    /// None: in memory.
    pub(super) path: Option<PathBuf>,
    pub(super) busy: Duration,
    pub(super) check: Mutex<Option<DatabaseCheck>>,
    pub(super) keyring: OnceLock<Keyring>,
}

/// Statements that are kept compiled.
const STATEMENTS: usize = 128;

impl Store {
    /// The ids of the master keys that encrypted values of the database want.
    pub fn wanted_keys(&self) -> Result<Vec<String>, StoreError> {
        self.read("look up the master keys", secret::wanted_keys)
    }

    /// Takes the master keys. Refused if the database wants one that is not among them.
    pub fn unlock(&self, keyring: Keyring) -> Result<(), StoreError> {
        let wanted = self.wanted_keys()?;
        if let Some(missing) = wanted.iter().find(|wanted| !keyring.has(wanted)) {
            return Err(keyring.lacks(missing));
        }
        // A second call changes nothing: values may be encrypted with the first keyring already.
        self.keyring.get_or_init(|| keyring);
        Ok(())
    }

    pub(crate) fn keyring(&self) -> Result<&Keyring, StoreError> {
        self.keyring.get().ok_or(StoreError::NoKey)
    }

    /// How far the file was checked; none: not at all.
    pub fn check(&self) -> Option<DatabaseCheck> {
        *self.check.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads. The connection is taken for as long as `work` lasts, so `work` must not call the store.
    pub(crate) fn read<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        work(&self.connection()).map_err(|error| self.named(error, attempted))
    }

    /// Writes in one transaction: all of it or nothing.
    pub(crate) fn write<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection();
        self.transact(&connection, work)
            .map_err(|error| self.named(error, attempted))
    }

    /// Writes like [`Store::write`] what may fill a directory in which nobody is yet.
    ///
    /// A write-ahead log would take every page of a first load twice. A rollback journal has next to nothing to
    /// remember of an empty database, so the pages are written once. What is confirmed is as safe, and
    /// a process that is killed leaves a journal that the next one rolls back. It needs the database to itself:
    /// while others have it open, the log is used as ever.
    pub(crate) fn write_load<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection();
        let done = (|| {
            let alone = is_without_people(&connection)? && leave_log(&connection, self.busy)?;
            let value = self.transact(&connection, work);
            if alone {
                // Another process may have begun to read meanwhile: then the next process that opens it brings the log back.
                let _ = connection.execute_batch(dialect::LOG);
            }
            value
        })();
        done.map_err(|error| self.named(error, attempted))
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn named(&self, error: DbError, attempted: &'static str) -> StoreError {
        error.at(&self.database, self.busy.as_secs_f64(), attempted)
    }

    fn transact<T>(
        &self,
        connection: &Connection,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let transaction = connection.begin()?;
        let before = progress(connection)?;
        let value = work(connection)?;
        let after = progress(connection)?;
        match transaction.commit() {
            Ok(()) => Ok(value),
            Err(error) => Err(DbError::Commit(error, self.committed(before, after))),
        }
    }

    /// Which state the database has after a commit that failed.
    fn committed(&self, before: Progress, after: Progress) -> Committed {
        // Another connection, because that of the failed commit may know less than the file.
        let read = || {
            let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            let connection = Connection::open(self.path.as_ref()?, flags).ok()?;
            connection.set_busy(self.busy).ok()?;
            progress(&connection).ok()
        };
        match read() {
            Some(now) if before != after && now == before => Committed::No,
            Some(now) if before != after && now == after => Committed::Yes,
            _ => Committed::Unknown,
        }
    }
}

/// What moves with nearly every transaction: revisions, numbers of runs, and how many runs are under way.
type Progress = (i64, i64);

fn progress(connection: &Connection) -> Result<Progress, DbError> {
    connection.query_row(
        "SELECT CAST(coalesce(sum(revision + next_run), 0) AS BIGINT) AS moved, \
         (SELECT count(*) FROM run WHERE status = 'running') AS running FROM workspace",
        [],
        |row| Ok((row.get("moved")?, row.get("running")?)),
    )
}

fn is_without_people(connection: &Connection) -> Result<bool, DbError> {
    connection.scalar("SELECT NOT EXISTS (SELECT 1 FROM employee)", [])
}

/// Changes to a rollback journal if nobody else has the database open; says whether it did.
fn leave_log(connection: &Connection, busy: Duration) -> Result<bool, DbError> {
    connection.set_busy(Duration::ZERO)?;
    let mode = connection.scalar::<String>(dialect::NO_LOG, []);
    connection.set_busy(busy)?;
    Ok(mode.is_ok_and(|mode| mode == "truncate"))
}

/// What every connection needs, also one that only reads.
pub(super) fn configure(connection: &mut Connection, options: Options) -> Result<(), DbError> {
    connection.set_busy(options.busy)?;
    let driver = connection.driver_mut();
    driver.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without it, a statement over a table with a partial index is parsed again for every other value bound to it.
    driver.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    if let Some(reported) = options.statements {
        driver.trace_v2(
            TraceEventCodes::SQLITE_TRACE_STMT,
            Some(move |event: TraceEvent<'_>| {
                if let TraceEvent::Stmt(_, text) = event {
                    reported(text);
                }
            }),
        )?;
    }
    connection.execute_batch(dialect::CONNECTION)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::migrate;
    use rusqlite::StatementStatus;

    #[test]
    fn a_statement_over_a_table_with_a_partial_index_is_parsed_once() {
        let mut connection = Connection::in_memory().unwrap();
        configure(&mut connection, Options::default()).unwrap();
        migrate::migrate(&connection).unwrap();
        let text =
            "SELECT value FROM pin WHERE workspace_id = ?1 AND employee_id = ?2 ORDER BY field";
        let mut statement = connection.driver().prepare(text).unwrap();
        for person in 1..=10 {
            assert!(
                statement
                    .query((1, person))
                    .unwrap()
                    .next()
                    .unwrap()
                    .is_none()
            );
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
