//! Where a database is, and how further connections to it are opened.

use crate::db::{
    connection::{Options, configure},
    error::DbError,
    postgres::{Address, Session},
    sql::Connection,
};
use rusqlite::OpenFlags;
use std::path::{Path, PathBuf};

/// Where a database is.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A database in memory has one connection.
    Memory,
    File(PathBuf),
    Server(Box<Address>),
}

impl Place {
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Memory | Self::Server(_) => None,
        }
    }

    /// The name of the database in messages. It has no password.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Memory => ":memory:".to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Server(address) => address.shown().to_owned(),
        }
    }

    /// Another connection that only reads. `None`: there can be no other.
    pub(super) fn open_reader(&self, options: Options) -> Result<Option<Connection>, DbError> {
        match self {
            Self::Memory => Ok(None),
            Self::File(path) => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let mut connection = Connection::open(path, flags)?;
                configure(&mut connection, options)?;
                Ok(Some(connection))
            }
            Self::Server(address) => connect(address, true, options).map(Some),
        }
    }
}

/// A connection to a server.
pub(super) fn connect(
    address: &Address,
    is_read_only: bool,
    options: Options,
) -> Result<Connection, DbError> {
    let session = Session::open(address, is_read_only, options.statements)?;
    Ok(Connection::connect(session, options.busy))
}
