//! The connection: the two ways of using the database, reading and writing.

use crate::{
    db::{
        dialect,
        error::{Committed, DbError, StoreError},
        readers::Readers,
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
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

/// How a database is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long to wait for a lock of another process.
    pub busy: Duration,
    /// The time limit for checking the file when it is opened. `None` skips the check. A check that
    /// takes longer is stopped; the daily sweep checks the whole file.
    pub check: Option<Duration>,
    /// Refuses a file of 0 bytes, because a file that belongs to the database shows that it was not
    /// empty before.
    pub refuse_empty: bool,
    /// Called with the text of every statement before it runs.
    pub statements: Option<fn(&str)>,
    /// How many connections that only read stay open, so that reads do not wait for a write. 0: one connection does both, which
    /// is fastest for a process that does one thing.
    pub readers: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy: Duration::from_secs(10),
            check: Some(Duration::from_millis(200)),
            refuse_empty: false,
            statements: None,
            readers: 0,
        }
    }
}

/// The database of the directory.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Mutex<Connection>,
    pub(super) readers: Readers,
    pub(super) database: String,
    /// `None` for a database in memory.
    pub(super) path: Option<PathBuf>,
    pub(super) busy: Duration,
    pub(super) check: Mutex<Option<DatabaseCheck>>,
    pub(super) keyring: OnceLock<Keyring>,
}

/// The number of statements that stay compiled.
const STATEMENTS: usize = 128;

impl Store {
    /// The ids of the master keys with which values of the database are encrypted.
    pub fn wanted_keys(&self) -> Result<Vec<String>, StoreError> {
        self.read("look up the master keys", secret::wanted_keys)
    }

    /// Sets the master keys. Fails if the database needs a key that is not among them.
    pub fn unlock(&self, keyring: Keyring) -> Result<(), StoreError> {
        let wanted = self.wanted_keys()?;
        if let Some(missing) = wanted.iter().find(|wanted| !keyring.has(wanted)) {
            return Err(keyring.lacks(missing));
        }
        // Values may already be encrypted with the first keyring, so a second call changes nothing.
        self.keyring.get_or_init(|| keyring);
        Ok(())
    }

    /// The file; none: the database is in memory.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    pub(crate) fn keyring(&self) -> Result<&Keyring, StoreError> {
        self.keyring.get().ok_or(StoreError::NoKey)
    }

    /// How much of the file was checked. `None`: nothing.
    pub fn check(&self) -> Option<DatabaseCheck> {
        *self.check.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads. Waits for no write if the store has connections that only read; otherwise the connection is taken for as long
    /// as `work` lasts, so `work` must not call the store.
    pub(crate) fn read<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        match &self.path {
            Some(path) if self.readers.are_used() => self
                .readers
                .read(path, work)
                .map_err(|error| self.named(error, attempted)),
            _ => self.read_alone(attempted, work),
        }
    }

    /// Reads with the connection that writes: what needs to write beside the database, or is to wait for writes.
    pub(super) fn read_alone<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        work(&self.connection()).map_err(|error| self.named(error, attempted))
    }

    /// Reads with a connection that is opened for it, so that nothing else waits however long it takes.
    pub(crate) fn read_apart<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let Some(path) = &self.path else {
            return self.read_alone(attempted, work);
        };
        let connection = self.readers.open(path);
        connection
            .and_then(|connection| work(&connection))
            .map_err(|error| self.named(error, attempted))
    }

    /// Writes in one transaction.
    pub(crate) fn write<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection();
        self.transact(&connection, work)
            .map_err(|error| self.named(error, attempted))
    }

    /// Like [`Store::write`], for a transaction that may fill an empty directory.
    ///
    /// A write-ahead log would write every page of a first load twice. A rollback journal of an
    /// empty database is almost empty, so each page is written once. A commit is just as durable,
    /// and the next process rolls back the journal of a process that was killed. The journal needs
    /// exclusive access: while other processes use the database, the log is used.
    pub(crate) fn write_load<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection();
        let done = (|| {
            // Readers need the log.
            let alone = !self.readers.are_used()
                && is_without_people(&connection)?
                && leave_log(&connection, self.busy)?;
            let value = self.transact(&connection, work);
            if alone {
                // Another process may have started reading. Then the next process that opens the
                // database switches back to the log.
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

    /// The state of the database after a failed commit.
    fn committed(&self, before: Progress, after: Progress) -> Committed {
        // Uses a new connection, because the one of the failed commit may have outdated state.
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

/// Values that almost every transaction changes: revisions, run numbers and the number of active
/// runs.
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

/// Switches to a rollback journal if no other process uses the database. Returns whether it did.
fn leave_log(connection: &Connection, busy: Duration) -> Result<bool, DbError> {
    connection.set_busy(Duration::ZERO)?;
    let mode = connection.scalar::<String>(dialect::NO_LOG, []);
    connection.set_busy(busy)?;
    Ok(mode.is_ok_and(|mode| mode == "truncate"))
}

/// Configures every connection, including read-only ones.
pub(super) fn configure(connection: &mut Connection, options: Options) -> Result<(), DbError> {
    connection.set_busy(options.busy)?;
    let driver = connection.driver_mut();
    driver.set_prepared_statement_cache_capacity(STATEMENTS);
    // Without it, a statement on a table with a partial index is compiled again for each new value.
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
