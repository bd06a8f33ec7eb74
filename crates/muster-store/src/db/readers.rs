//! Connections that only read, beside the one that writes: in the write-ahead log a reader sees the last committed state, and
//! waits for no transaction.

use crate::db::{
    connection::{Options, configure},
    error::DbError,
    sql::Connection,
};
use rusqlite::OpenFlags;
use std::{
    path::Path,
    sync::{Mutex, PoisonError},
};

/// Idle connections that only read.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Mutex<Vec<Connection>>,
    options: Options,
}

impl Readers {
    pub(super) fn new(options: Options) -> Self {
        Self {
            idle: Mutex::default(),
            options,
        }
    }

    /// Whether reads have connections of their own.
    pub(super) fn are_used(&self) -> bool {
        self.options.readers > 0
    }

    /// Reads with a connection of its own. A reader that finds none idle opens another: it does not wait.
    pub(super) fn read<T>(
        &self,
        path: &Path,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        let connection = self.take(path)?;
        let read = work(&connection);
        // A connection that failed is not used again.
        if read.is_ok() {
            self.give_back(connection);
        }
        read
    }

    pub(super) fn take(&self, path: &Path) -> Result<Connection, DbError> {
        match self.idle().pop() {
            Some(connection) => Ok(connection),
            None => self.open(path),
        }
    }

    pub(super) fn give_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if idle.len() < self.options.readers {
            idle.push(connection);
        }
    }

    pub(super) fn open(&self, path: &Path) -> Result<Connection, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open(path, flags)?;
        configure(&mut connection, self.options)?;
        Ok(connection)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
