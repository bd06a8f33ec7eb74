//! What the rest of the store uses of the database: statements with parameters, and rows whose
//! columns are read by name. Types of the drivers stay in this folder.

use crate::db::{
    dialect,
    error::DbError,
    locks::Writes,
    parameters::check,
    postgres::{Bound, Session},
    statement::{Compiled, Places},
};
pub(crate) use crate::db::{
    parameters::{Params, params_from_iter},
    statement::{Column, OptionalRow, Row, Statement},
};
pub(crate) use rusqlite::types::{FromSql, ToSql, Value};
use rusqlite::{OpenFlags, TransactionBehavior};
use std::{cell::Cell, path::Path, time::Duration};

/// One connection to a database.
#[derive(Debug)]
pub(crate) struct Connection(Driver);

#[derive(Debug)]
enum Driver {
    Sqlite(rusqlite::Connection),
    Postgres {
        session: Session,
        /// How long to wait for a lock of another process.
        busy: Cell<Duration>,
    },
}

impl Connection {
    pub(super) fn open(path: &Path, flags: OpenFlags) -> Result<Self, DbError> {
        let connection = rusqlite::Connection::open_with_flags(path, flags)?;
        Ok(Self(Driver::Sqlite(connection)))
    }

    /// Opens an existing file.
    pub(crate) fn open_to_write(path: &Path) -> Result<Self, DbError> {
        Self::open(
            path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
    }

    pub(crate) fn open_to_read(path: &Path) -> Result<Self, DbError> {
        Self::open(
            path,
            OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
    }

    pub(super) fn in_memory() -> Result<Self, DbError> {
        let connection = rusqlite::Connection::open_in_memory()?;
        Ok(Self(Driver::Sqlite(connection)))
    }

    /// Connects to a server.
    pub(super) fn connect(session: Session, busy: Duration) -> Self {
        let busy = Cell::new(busy);
        Self(Driver::Postgres { session, busy })
    }

    /// The driver of a file; none: the database is on a server.
    pub(super) fn driver(&self) -> Option<&rusqlite::Connection> {
        match &self.0 {
            Driver::Sqlite(connection) => Some(connection),
            Driver::Postgres { .. } => None,
        }
    }

    pub(super) fn driver_mut(&mut self) -> Option<&mut rusqlite::Connection> {
        match &mut self.0 {
            Driver::Sqlite(connection) => Some(connection),
            Driver::Postgres { .. } => None,
        }
    }

    pub(super) fn session(&self) -> Option<&Session> {
        match &self.0 {
            Driver::Sqlite(_) => None,
            Driver::Postgres { session, .. } => Some(session),
        }
    }

    /// Whether the connection to a server was lost.
    pub(super) fn is_lost(&self) -> bool {
        self.session().is_some_and(Session::is_lost)
    }

    /// Whether the database is a file or in memory, and not on a server.
    pub(crate) fn is_file(&self) -> bool {
        self.driver().is_some()
    }

    /// A database in memory with the whole schema, for tests of statements.
    #[cfg(test)]
    pub(crate) fn migrated() -> Self {
        let connection = Self::in_memory().unwrap();
        crate::db::migrate::migrate(&connection).unwrap();
        connection
    }

    /// The query plan of a statement, one line for each step, for tests.
    #[cfg(test)]
    pub(crate) fn explain(&self, text: &str, parameters: impl Params) -> Vec<String> {
        self.prepare_cached(&format!("EXPLAIN QUERY PLAN {text}"))
            .unwrap()
            .rows(parameters, |row| row.get("detail"))
            .unwrap()
    }

    pub(super) fn set_busy(&self, wait: Duration) -> Result<(), DbError> {
        match &self.0 {
            Driver::Sqlite(connection) => connection.busy_timeout(wait)?,
            Driver::Postgres { busy, .. } => busy.set(wait),
        }
        Ok(())
    }

    /// Until the guard is dropped, all reads see the same state of the database. Within a transaction they already do.
    pub(crate) fn snapshot(&self) -> Result<Snapshot<'_>, DbError> {
        Ok(Snapshot {
            _transaction: match &self.0 {
                Driver::Sqlite(connection) if connection.is_autocommit() => {
                    Some(Transaction::Sqlite(connection.unchecked_transaction()?))
                }
                Driver::Postgres { session, .. } if !session.is_in_transaction() => {
                    session.begin_snapshot()?;
                    Some(Transaction::of(session))
                }
                _ => None,
            },
        })
    }

    /// Begins to read one state: that of the first statement after it.
    pub(super) fn begin_reading(&self) -> Result<(), DbError> {
        match &self.0 {
            Driver::Sqlite(connection) => Ok(connection.execute_batch(dialect::SNAPSHOT)?),
            Driver::Postgres { session, .. } => session.begin_snapshot(),
        }
    }

    pub(super) fn end_reading(&self) -> Result<(), DbError> {
        match &self.0 {
            Driver::Sqlite(connection) => Ok(connection.execute_batch(dialect::SNAPSHOT_END)?),
            Driver::Postgres { session, .. } => session.roll_back(),
        }
    }

    /// A write transaction. It is rolled back if it is dropped without a commit.
    pub(super) fn begin(&self, writes: Writes) -> Result<Transaction<'_>, DbError> {
        match &self.0 {
            Driver::Sqlite(connection) => Ok(Transaction::Sqlite(
                rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?,
            )),
            Driver::Postgres { session, busy } => {
                session.begin(writes, busy.get())?;
                Ok(Transaction::of(session))
            }
        }
    }

    /// Waits, in a transaction that writes what belongs to a workspace, until no other changes what workspaces share. Needed
    /// before that is read in order to change it.
    pub(crate) fn lock_shared(&self) -> Result<(), DbError> {
        self.session().map_or(Ok(()), Session::lock_shared)
    }

    /// Tells processes that wait for jobs, when the transaction is committed.
    pub(crate) fn note_jobs(&self) {
        if let Some(session) = self.session() {
            session.note_jobs();
        }
    }

    /// Until the guard is dropped, statements that are run with bound parameters are sent to a server without waiting for their
    /// answers: one of them that fails is reported by a later statement.
    pub(crate) fn send_ahead(&self) -> SendsAhead<'_> {
        SendsAhead(self.session().inspect(|session| session.set_ahead(true)))
    }

    /// Waits until a server has answered what was sent ahead.
    pub(crate) fn await_answers(&self) -> Result<(), DbError> {
        self.session().map_or(Ok(()), Session::complete)
    }

    /// A point of the transaction to which it returns after a statement that failed. SQLite needs none: a statement that
    /// failed has changed nothing, and the transaction continues.
    pub(crate) fn set_savepoint(&self) -> Result<(), DbError> {
        self.session()
            .map_or(Ok(()), |session| session.run("SAVEPOINT attempt"))
    }

    pub(crate) fn return_to_savepoint(&self) -> Result<(), DbError> {
        self.session().map_or(Ok(()), Session::return_to_savepoint)
    }

    /// A statement that stays compiled for later calls.
    pub(crate) fn prepare_cached(&self, text: &str) -> Result<Statement<'_>, DbError> {
        Ok(Statement::of(match &self.0 {
            Driver::Sqlite(connection) => Compiled::Sqlite(connection.prepare_cached(text)?),
            Driver::Postgres { session, .. } => {
                Compiled::Postgres(session.prepare(text)?, Bound::default())
            }
        }))
    }

    /// Runs a statement once. Returns the number of changed rows.
    pub(crate) fn execute(&self, text: &str, parameters: impl Params) -> Result<usize, DbError> {
        match &self.0 {
            Driver::Sqlite(connection) => {
                let mut statement = connection.prepare(text)?;
                let values = parameters.bind_to(&mut Places(&mut statement))?;
                check(values, statement.parameter_count())?;
                Ok(statement.raw_execute()?)
            }
            Driver::Postgres { .. } => self.prepare_cached(text)?.execute(parameters),
        }
    }

    /// Runs several statements without parameters.
    pub(crate) fn execute_batch(&self, text: &str) -> Result<(), DbError> {
        match &self.0 {
            Driver::Sqlite(connection) => Ok(connection.execute_batch(text)?),
            Driver::Postgres { session, .. } => session.batch(text),
        }
    }

    /// Runs a statement once and returns its only row.
    pub(crate) fn query_row<T>(
        &self,
        text: &str,
        parameters: impl Params,
        read: impl FnOnce(Row<'_>) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        self.prepare_cached(text)?.query_row(parameters, read)
    }

    /// Runs a statement once and returns its only value.
    pub(crate) fn scalar<T: FromSql>(
        &self,
        text: &str,
        parameters: impl Params,
    ) -> Result<T, DbError> {
        self.prepare_cached(text)?.scalar(parameters)
    }
}

/// Statements are sent ahead.
pub(crate) struct SendsAhead<'c>(Option<&'c Session>);

impl Drop for SendsAhead<'_> {
    fn drop(&mut self) {
        self.0.inspect(|session| session.set_ahead(false));
    }
}

/// Keeps a read transaction open.
pub(crate) struct Snapshot<'c> {
    _transaction: Option<Transaction<'c>>,
}

/// A transaction, which is rolled back if it is dropped without a commit.
pub(super) enum Transaction<'c> {
    Sqlite(rusqlite::Transaction<'c>),
    Postgres(OnServer<'c>),
}

/// `None`: it has ended.
pub(super) struct OnServer<'c>(Option<&'c Session>);

impl<'c> Transaction<'c> {
    fn of(session: &'c Session) -> Self {
        Self::Postgres(OnServer(Some(session)))
    }

    pub(super) fn commit(self) -> Result<(), DbError> {
        match self {
            Self::Sqlite(transaction) => Ok(transaction.commit()?),
            Self::Postgres(mut transaction) => {
                let Some(session) = transaction.0 else {
                    return Ok(());
                };
                session.commit()?;
                transaction.0 = None;
                Ok(())
            }
        }
    }
}

impl Drop for OnServer<'_> {
    fn drop(&mut self) {
        if let Some(session) = self.0 {
            // A connection that was lost no longer has a transaction.
            let _ = session.roll_back();
        }
    }
}
