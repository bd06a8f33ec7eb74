//! Connections that write. A file has one of them; a server is written to through as many as there are transactions at once.

use crate::db::{error::DbError, readers::Idle, sql::Connection};
use std::sync::{Mutex, PoisonError};

/// How many connections to a server stay open while nothing is written.
const KEPT: usize = 4;

#[derive(Debug)]
pub(super) enum Writers {
    One(Mutex<Connection>),
    Several(Idle),
}

impl Writers {
    pub(super) fn one(connection: Connection) -> Self {
        Self::One(Mutex::new(connection))
    }

    pub(super) fn several(connection: Connection) -> Self {
        let idle = Idle::new(KEPT);
        idle.give_back(connection);
        Self::Several(idle)
    }

    /// Works with a connection that nothing else uses meanwhile: the one of a file, for which others wait, or an idle one or
    /// a new one to a server.
    pub(super) fn with<T>(
        &self,
        open: impl FnOnce() -> Result<Connection, DbError>,
        work: impl FnOnce(&Connection) -> Result<T, DbError>,
    ) -> Result<T, DbError> {
        match self {
            Self::One(connection) => {
                work(&connection.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Self::Several(idle) => {
                let connection = idle.take().map_or_else(open, Ok)?;
                let done = work(&connection);
                idle.give_back(connection);
                done
            }
        }
    }

    /// The one connection, when nothing else uses it any more.
    pub(super) fn into_one(self) -> Option<Connection> {
        match self {
            Self::One(connection) => Some(
                connection
                    .into_inner()
                    .unwrap_or_else(PoisonError::into_inner),
            ),
            Self::Several(_) => None,
        }
    }
}
