//! The note that makes a database file a backup: a table that only backups have. A file with the note is not opened as a
//! database, because erasures that were made after the backup would be missing from it.

use crate::db::{
    check, dialect,
    digest::{self, TableDigest},
    error::{BackupFault, DbError, StoreError},
    locks::Writes,
    migrate,
    sql::Connection,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

/// The table with the note.
const TABLE: &str = "backup";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupNote {
    pub made: Timestamp,
    /// The version of the program that made it.
    pub version: String,
    /// The schema of the database.
    pub schema: i64,
    /// The ids of the master keys that decrypt it.
    pub keys: Vec<String>,
    pub(crate) tables: BTreeMap<String, TableDigest>,
}

impl BackupNote {
    /// The number of rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.values().map(|table| table.rows).sum()
    }
}

/// Makes a copy of a database a backup, after checking it.
pub(crate) fn write(file: &Path, made: Timestamp, version: &str) -> Result<BackupNote, DbError> {
    let connection = Connection::open_to_write(file)?;
    connection.execute_batch(dialect::PLAIN_JOURNAL)?;
    check::whole(&connection, &file.display().to_string())?;
    let note = BackupNote {
        made,
        version: version.to_owned(),
        schema: migrate::found(&connection)?,
        keys: crate::secrets::secret::wanted_keys(&connection)?,
        tables: digest::tables(&connection, TABLE)?,
    };
    let transaction = connection.begin(Writes::Shared)?;
    connection.execute_batch(dialect::BACKUP_NOTE)?;
    let text = serde_json::to_string(&note).unwrap_or_default();
    connection.execute(dialect::BACKUP_NOTE_INSERT, [text])?;
    transaction.commit()?;
    Ok(note)
}

/// Reads the note of a backup and verifies that the file is still what was written.
pub(crate) fn read(file: &Path) -> Result<BackupNote, DbError> {
    let name = file.display().to_string();
    let refused = |fault| StoreError::Backup {
        file: name.clone(),
        fault,
    };
    let connection = Connection::open_to_read(file)?;
    if !exists(&connection)? {
        return Err(refused(BackupFault::NotABackup).into());
    }
    check::whole(&connection, &name)?;
    let text: String = connection.scalar(dialect::BACKUP_NOTE_READ, [])?;
    let note: BackupNote =
        serde_json::from_str(&text).map_err(|_| refused(BackupFault::NotABackup))?;
    migrate::refuse_newer(migrate::found(&connection)?)?;
    let found = digest::tables(&connection, TABLE)?;
    let names = note.tables.keys().chain(found.keys());
    for table in names {
        if note.tables.get(table) != found.get(table) {
            let table = table.clone();
            return Err(refused(BackupFault::Altered { table }).into());
        }
    }
    Ok(note)
}

/// Makes a backup a database again.
pub(crate) fn remove(file: &Path) -> Result<(), DbError> {
    let connection = Connection::open_to_write(file)?;
    connection.execute_batch(dialect::BACKUP_NOTE_DROP)
}

/// Fails if a file that is to be the database is a backup.
pub(super) fn refuse(connection: &Connection, database: &str) -> Result<(), DbError> {
    if exists(connection)? {
        return Err(StoreError::Backup {
            file: database.to_owned(),
            fault: BackupFault::IsABackup,
        }
        .into());
    }
    Ok(())
}

fn exists(connection: &Connection) -> Result<bool, DbError> {
    connection.scalar(dialect::HAS_BACKUP_NOTE, [])
}
