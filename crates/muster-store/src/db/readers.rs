//! Connections that only read. Several can be used at once, and while the store writes.

use crate::db::{connection::Options, error::DbError, place::Place, sql::Connection};
use std::sync::{Mutex, PoisonError};

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

    /// An idle connection, or another one: a reader does not wait. `None`: the database has one connection only.
    pub(super) fn take(&self, place: &Place) -> Result<Option<Connection>, DbError> {
        loop {
            match self.idle().pop() {
                Some(connection) if connection.is_lost() => {}
                Some(connection) => return Ok(Some(connection)),
                None => return self.open(place),
            }
        }
    }

    /// Keeps a connection for later. One that failed is not given back.
    pub(super) fn give_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if idle.len() < self.options.readers {
            idle.push(connection);
        }
    }

    pub(super) fn open(&self, place: &Place) -> Result<Option<Connection>, DbError> {
        place.open_reader(self.options)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
