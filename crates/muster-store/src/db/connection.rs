//! The connection: the two ways of using the database, reading and writing.

use crate::{
    db::{
        dialect,
        error::{Committed, DbError, StoreError},
        locks::Writes,
        place::{self, Place},
        postgres,
        readers::Readers,
        sql::Connection,
        writers::Writers,
    },
    secrets::{encryption::Keyring, secret},
};
use muster_core::model::{ids::WorkspaceId, run::DatabaseCheck};
use rusqlite::{
    config::DbConfig,
    trace::{TraceEvent, TraceEventCodes},
};
use std::{
    path::Path,
    sync::{Mutex, OnceLock, PoisonError},
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
    pub(super) writers: Writers,
    pub(super) readers: Readers,
    pub(super) database: String,
    pub(super) place: Place,
    pub(super) options: Options,
    pub(super) access: Access,
    pub(super) check: Mutex<Option<DatabaseCheck>>,
    pub(super) keyring: OnceLock<Keyring>,
}

/// Listens to what other processes say, until it is dropped.
#[derive(Debug)]
pub struct HearsOfJobs {
    _listening: postgres::Listening,
}

/// What may be done with the connection of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Write,
    Read,
    /// Reads one state of the database, which no other connection has.
    ReadOneState,
}

/// How often a transaction is attempted that others are in the way of.
const ATTEMPTS: usize = 5;

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

    /// The file; none: the database is in memory or on a server.
    pub fn path(&self) -> Option<&Path> {
        self.place.file()
    }

    /// Calls `heard` when a process has written jobs, until what is returned is dropped. A hint that can be lost: the queue
    /// has to be asked in any case. `None`: the database is not on a server.
    pub fn hear_of_jobs(&self, heard: impl Fn() + Send + Sync + 'static) -> Option<HearsOfJobs> {
        match &self.place {
            Place::Server(address) => {
                let listening = postgres::listen((**address).clone(), heard).ok()?;
                Some(HearsOfJobs {
                    _listening: listening,
                })
            }
            Place::Memory | Place::File(_) => None,
        }
    }

    /// The name of the database in messages. It has no password.
    pub fn shown(&self) -> &str {
        &self.database
    }

    /// Whether the database is on a server, whose administrator backs it up.
    pub fn is_on_server(&self) -> bool {
        matches!(self.place, Place::Server(_))
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
        if !self.readers.are_used() {
            return self.read_alone(attempted, work);
        }
        match self.readers.take(&self.place) {
            Ok(Some(connection)) => {
                let read = work(&connection);
                if read.is_ok() {
                    self.readers.give_back(connection);
                }
                read.map_err(|error| self.named(error, attempted))
            }
            Ok(None) => self.read_alone(attempted, work),
            Err(error) => Err(self.named(error, attempted)),
        }
    }

    /// Reads with a connection that writes: what needs to write beside the database, or is to wait for writes.
    pub(crate) fn read_alone<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        self.with_writer(work)
            .map_err(|error| self.named(error, attempted))
    }

    /// Reads with a connection that is opened for it, so that nothing else waits however long it takes.
    pub(crate) fn read_apart<T>(
        &self,
        attempted: &'static str,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        match self.readers.open(&self.place) {
            Ok(Some(connection)) => work(&connection).map_err(|error| self.named(error, attempted)),
            Ok(None) => self.read_alone(attempted, work),
            Err(error) => Err(self.named(error, attempted)),
        }
    }

    /// Writes in one transaction, beside which nothing else is written.
    pub(crate) fn write<T>(
        &self,
        attempted: &'static str,
        work: impl FnMut(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        self.write_parts(Writes::Everything, attempted, work)
    }

    /// Writes what belongs to a workspace in one transaction. On a server, other workspaces are written meanwhile.
    pub(crate) fn write_in<T>(
        &self,
        workspace: WorkspaceId,
        attempted: &'static str,
        work: impl FnMut(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let writes = match workspace {
            WorkspaceId::ALL => Writes::Everything,
            workspace => Writes::Workspace(workspace),
        };
        self.write_parts(writes, attempted, work)
    }

    /// Writes what workspaces share in one short transaction. On a server, workspaces are written meanwhile.
    pub(crate) fn write_shared<T>(
        &self,
        attempted: &'static str,
        work: impl FnMut(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        self.write_parts(Writes::Shared, attempted, work)
    }

    fn write_parts<T>(
        &self,
        writes: Writes,
        attempted: &'static str,
        mut work: impl FnMut(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        self.with_writer(|connection| self.transact(connection, writes, &mut work))
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
        workspace: WorkspaceId,
        attempted: &'static str,
        mut work: impl FnMut(&Connection) -> Result<T, DbError>,
    ) -> Result<T, StoreError> {
        let load = |connection: &Connection| {
            // Readers need the log.
            let alone = connection.is_file()
                && !self.readers.are_used()
                && is_without_people(connection)?
                && leave_log(connection, self.options.busy)?;
            let value = self.transact(connection, Writes::Workspace(workspace), &mut work);
            if alone {
                // Another process may have started reading. Then the next process that opens the
                // database switches back to the log.
                let _ = connection.execute_batch(dialect::LOG);
            }
            value
        };
        self.with_writer(load)
            .map_err(|error| self.named(error, attempted))
    }

    /// Works with a connection that writes. One that the server has ended is replaced.
    fn with_writer<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let open = || match &self.place {
            Place::Server(address) => {
                place::connect(address, self.access == Access::Read, self.options)
            }
            Place::Memory | Place::File(_) => Err(rusqlite::Error::InvalidQuery.into()),
        };
        self.writers.with(open, work)
    }

    pub(super) fn named(&self, error: DbError, attempted: &'static str) -> StoreError {
        error.at(&self.database, self.options.busy.as_secs_f64(), attempted)
    }

    /// Attempts a transaction again that the server ended because another one was in its way.
    fn transact<T>(
        &self,
        connection: &Connection,
        writes: Writes,
        work: &mut impl FnMut(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        for _ in 1..ATTEMPTS {
            match self.attempt(connection, writes, work) {
                Err(error) if error.is_conflict() => {}
                done => return done,
            }
        }
        self.attempt(connection, writes, work)
    }

    fn attempt<T>(
        &self,
        connection: &Connection,
        writes: Writes,
        work: &mut impl FnMut(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let transaction = connection.begin(writes)?;
        // A server is asked for the number of the transaction, which does not change.
        let before = match connection.is_file() {
            true => Some(progress(connection)?),
            false => None,
        };
        let value = work(connection)?;
        let after = progress(connection)?;
        let Err(error) = transaction.commit() else {
            return Ok(value);
        };
        match self.committed(before, after) {
            // The server was asked, and it is certain.
            Committed::Yes if !connection.is_file() => Ok(value),
            found => Err(DbError::Commit(Box::new(error), found)),
        }
    }

    /// The state of the database after a failed commit.
    fn committed(&self, before: Option<Progress>, after: Progress) -> Committed {
        // Uses a new connection, because the one of the failed commit may have outdated state.
        let read = || {
            let connection = Connection::open_to_write(self.place.file()?).ok()?;
            connection.set_busy(self.options.busy).ok()?;
            progress(&connection).ok()
        };
        if let (Place::Server(address), Progress::Transaction(number)) = (&self.place, &after) {
            return postgres::outcome(address, number, self.options.busy);
        }
        match (before, read()) {
            (Some(before), Some(now)) if before != after && now == before => Committed::No,
            (Some(before), Some(now)) if before != after && now == after => Committed::Yes,
            _ => Committed::Unknown,
        }
    }
}

/// The progress of the database.
#[derive(PartialEq, Eq)]
enum Progress {
    /// Values that almost every transaction changes: revisions and run numbers, and the number of active runs.
    Values(i64, i64),
    /// The number of the transaction, of which a server knows the outcome.
    Transaction(String),
}

fn progress(connection: &Connection) -> Result<Progress, DbError> {
    if let Some(session) = connection.session() {
        return Ok(Progress::Transaction(session.transaction()?));
    }
    connection.query_row(
        "SELECT CAST(coalesce(sum(revision + next_run), 0) AS BIGINT) AS moved, \
         (SELECT count(*) FROM run WHERE status = 'running') AS running FROM workspace",
        [],
        |row| Ok(Progress::Values(row.get("moved")?, row.get("running")?)),
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
    let Some(driver) = connection.driver_mut() else {
        return Ok(());
    };
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
        let mut statement = connection.driver().unwrap().prepare(text).unwrap();
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
