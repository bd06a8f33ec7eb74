//! Connections that only read. Several can be used at once, and while the store writes.

use crate::db::{connection::Options, error::DbError, place::Place, sql::Connection};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Connections that nobody uses just now.
#[derive(Debug)]
pub(super) struct Idle {
    connections: Mutex<Vec<Connection>>,
    /// How many stay open.
    kept: usize,
}

impl Idle {
    pub(super) fn new(kept: usize) -> Self {
        Self {
            connections: Mutex::default(),
            kept,
        }
    }

    /// One that is not lost.
    pub(super) fn take(&self) -> Option<Connection> {
        let mut connections = self.connections();
        std::iter::from_fn(|| connections.pop()).find(|connection| !connection.is_lost())
    }

    pub(super) fn give_back(&self, connection: Connection) {
        let mut connections = self.connections();
        if connections.len() < self.kept && !connection.is_lost() {
            connections.push(connection);
        }
    }

    fn connections(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connections that only read.
#[derive(Debug)]
pub(super) struct Readers {
    idle: Idle,
    options: Options,
}

impl Readers {
    pub(super) fn new(options: Options) -> Self {
        Self {
            idle: Idle::new(options.readers),
            options,
        }
    }

    /// Whether reads have connections of their own.
    pub(super) fn are_used(&self) -> bool {
        self.options.readers > 0
    }

    /// An idle connection, or another one: a reader does not wait. `None`: the database has one connection only.
    pub(super) fn take(&self, place: &Place) -> Result<Option<Connection>, DbError> {
        match self.idle.take() {
            Some(connection) => Ok(Some(connection)),
            None => self.open(place),
        }
    }

    /// Keeps a connection for later. One that failed is not given back.
    pub(super) fn give_back(&self, connection: Connection) {
        self.idle.give_back(connection);
    }

    pub(super) fn open(&self, place: &Place) -> Result<Option<Connection>, DbError> {
        place.open_reader(self.options)
    }
}
