//! Puts a backup in the place of a database. Everything is prepared in a copy; the database is replaced by one change of a
//! name, so that a process that is killed leaves the old database or the new one.

use super::{
    files::{Unfinished, copy, folder, refused, synced, unwritable, with_ending},
    read_backup,
};
use crate::db::{
    BackupNote,
    connection::{Options, Store},
    dialect,
    error::{AddressFault, BackupFault, StoreError},
    note, open,
    sql::Connection,
};
use jiff::Timestamp;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// A backup that is being restored.
pub struct Restoration {
    pub note: BackupNote,
    unfinished: Unfinished,
    target: PathBuf,
}

/// A database that was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The former database under its new name. `None`: there was none.
    pub replaced: Option<PathBuf>,
}

impl Restoration {
    /// Verifies a backup and copies it next to the database that it will be. Fails if that exists and is not to be replaced.
    pub fn begin(backup: &Path, url: &str, is_replaced: bool) -> Result<Self, StoreError> {
        let Some(target) = open::path_of(url)? else {
            return Err(StoreError::Address {
                named: "`sqlite::memory:`".to_owned(),
                why: AddressFault::MemoryRestore,
            });
        };
        if target.exists() && !is_replaced {
            return Err(refused(&target, BackupFault::Replaces));
        }
        let note = read_backup(backup)?;
        let unfinished = Unfinished::create(&target)?;
        copy(backup, unfinished.path()).map_err(|error| unwritable(&target, &error))?;
        note::remove(unfinished.path())
            .map_err(|error| error.at(&target.display().to_string(), 0.0, "restore the backup"))?;
        Ok(Self {
            note,
            unfinished,
            target,
        })
    }

    /// The database that the backup will replace, or that it will be.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Opens the copy, which migrates it. Nobody is signed in to a restored database: whoever lost access after the backup
    /// does not have it again.
    pub fn open(&self) -> Result<Store, StoreError> {
        let url = format!("sqlite:{}", self.unfinished.path().display());
        let store = Store::open(&url, Options::default())?;
        store.write("end the sessions", |connection| {
            connection.execute("DELETE FROM account_session", [])?;
            connection.execute("DELETE FROM account_link", [])?;
            Ok(())
        })?;
        Ok(store)
    }

    /// Puts the copy in the place of the database. The copy must be closed.
    pub fn complete(self, now: Timestamp) -> Result<Restored, StoreError> {
        let target = self.target.display().to_string();
        let failed = |error: io::Error| unwritable(&self.target, &error);
        one_file(self.unfinished.path())
            .map_err(|error| error.at(&target, 0.0, "restore the backup"))?;
        synced(self.unfinished.path()).map_err(failed)?;
        if !self.target.exists() {
            self.unfinished.rename_to(&self.target)?;
            return Ok(Restored { replaced: None });
        }
        // Held until the names are changed, so that no process writes to the old database.
        let _lock = lock(&self.target)?;
        let stamp = now.strftime("%Y-%m-%dT%H%M%SZ");
        let replaced = with_ending(&self.target, &format!(".replaced-{stamp}"));
        if replaced.exists() {
            return Err(refused(&replaced, BackupFault::Exists));
        }
        fs::hard_link(&self.target, &replaced)
            .or_else(|_| fs::copy(&self.target, &replaced).map(drop))
            .map_err(failed)?;
        // A log of the old database must not be read with the new one. Only a damaged database still has one.
        for ending in ["-wal", "-shm", "-journal"] {
            let beside = with_ending(&self.target, ending);
            if beside.exists() {
                fs::rename(&beside, with_ending(&replaced, ending)).map_err(failed)?;
            }
        }
        synced(folder(&self.target)).map_err(failed)?;
        self.unfinished.rename_to(&self.target)?;
        Ok(Restored {
            replaced: Some(replaced),
        })
    }
}

/// Moves the log into the file.
fn one_file(path: &Path) -> Result<(), crate::db::error::DbError> {
    Connection::open_to_write(path)?.execute_batch(dialect::PLAIN_JOURNAL)
}

/// Locks a database against every other process. A damaged one, which cannot be opened, is not locked.
fn lock(target: &Path) -> Result<Option<Connection>, StoreError> {
    let Ok(connection) = Connection::open_to_write(target) else {
        return Ok(None);
    };
    let in_use = || refused(target, BackupFault::InUse);
    let mode = connection.scalar::<String>(dialect::PLAIN_JOURNAL, []);
    match mode {
        Ok(mode) if mode == "delete" => {}
        Ok(_) => return Err(in_use()),
        Err(error) if error.is_busy() => return Err(in_use()),
        Err(_) => return Ok(None),
    }
    match connection.execute_batch(dialect::EXCLUSIVE) {
        Ok(()) => Ok(Some(connection)),
        Err(error) if error.is_busy() => Err(in_use()),
        Err(_) => Ok(None),
    }
}
