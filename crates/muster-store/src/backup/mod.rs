//! Backups of the database: made while it is in use, and restored as a whole. Each backup is one file with a note of its
//! content. The list of erasures is kept beside the database and beside its backups, so that an employee who was erased after
//! a backup is erased again when it is restored.

mod copy;
mod erasures;
mod files;
mod restore;

pub use copy::CopiedTable;
pub use erasures::{ErasureEntry, ErasureList, ErasureMatch};
pub use restore::{Restoration, Restored};

use crate::db::{
    BackupNote,
    connection::Store,
    dialect,
    error::{AddressFault, BackupFault, StoreError},
    note,
};
use files::{Unfinished, folder, private_folder, refused, synced, unwritable};
use jiff::Timestamp;
use std::path::{Path, PathBuf};

/// How backups of a database are named: `muster-2026-05-04T013000Z.db`.
struct BackupName(String);

const STAMP: &str = "%Y-%m-%dT%H%M%SZ";

impl BackupName {
    fn named(&self, made: Timestamp) -> String {
        format!("{}-{}.db", self.0, made.strftime(STAMP))
    }

    fn stamp<'f>(&self, file: &'f str) -> Option<&'f str> {
        file.strip_prefix(&self.0)?.strip_prefix('-')
    }

    fn is_one(&self, file: &str) -> bool {
        let stamp = self.stamp(file).and_then(|rest| rest.strip_suffix(".db"));
        stamp.is_some_and(|stamp| jiff::civil::DateTime::strptime(STAMP, stamp).is_ok())
    }

    fn is_unfinished(&self, file: &str) -> bool {
        self.stamp(file)
            .is_some_and(|rest| rest.contains(".db.") && rest.contains(".partial"))
    }
}

impl Store {
    /// Writes a backup to a new file. Other reads and writes do not wait for it. Unless it returns a note, the file does not
    /// exist afterwards.
    pub fn back_up(&self, file: &Path, now: Timestamp) -> Result<BackupNote, StoreError> {
        self.refuse_server()?;
        if self.path().is_none() {
            return Err(StoreError::Address {
                named: "`sqlite::memory:`".to_owned(),
                why: AddressFault::MemoryBackup,
            });
        }
        if file.exists() {
            return Err(refused(file, BackupFault::Exists));
        }
        let unfinished = Unfinished::create(file)?;
        self.read_apart("copy the database", |connection| {
            connection.execute(dialect::COPY, [unfinished.path().display().to_string()])?;
            Ok(())
        })?;
        let written = note::write(unfinished.path(), now, env!("CARGO_PKG_VERSION"))
            .map_err(|error| error.at(&file.display().to_string(), 0.0, "write the backup"))?;
        synced(unfinished.path()).map_err(|error| unwritable(file, &error))?;
        unfinished.rename_to(file)?;
        self.copy_erasures_to(folder(file))?;
        Ok(written)
    }

    /// Writes a backup into a folder, which is created if it does not exist. The name says when the backup was made.
    pub fn back_up_into(
        &self,
        folder: &Path,
        now: Timestamp,
    ) -> Result<(PathBuf, BackupNote), StoreError> {
        let name = self.backup_name().named(now);
        private_folder(folder).map_err(|error| unwritable(folder, &error))?;
        let file = folder.join(name);
        let note = self.back_up(&file, now)?;
        Ok((file, note))
    }

    /// Removes the oldest backups of a folder except so many, and what killed processes left there. Files with other names
    /// are not touched. Returns the removed backups.
    pub fn remove_backups(
        &self,
        folder: &Path,
        retained: usize,
        now: Timestamp,
    ) -> Result<Vec<PathBuf>, StoreError> {
        let name = self.backup_name();
        let failed = |error: std::io::Error| unwritable(folder, &error);
        let mut backups = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let Some(file) = path.file_name().and_then(|file| file.to_str()) else {
                continue;
            };
            if name.is_one(file) {
                backups.push(path);
            } else if name.is_unfinished(file) && files::is_abandoned(&path, now) {
                let _ = std::fs::remove_file(&path);
            }
        }
        backups.sort();
        backups.truncate(backups.len().saturating_sub(retained.max(1)));
        for old in &backups {
            std::fs::remove_file(old).map_err(failed)?;
        }
        Ok(backups)
    }

    fn backup_name(&self) -> BackupName {
        let stem = self.path().and_then(|path| path.file_stem());
        BackupName(stem.map_or_else(
            || "muster".to_owned(),
            |stem| stem.to_string_lossy().into_owned(),
        ))
    }
}

/// Reads what a backup says of itself, after verifying that it is still what was written.
pub fn read_backup(file: &Path) -> Result<BackupNote, StoreError> {
    if let Err(error) = std::fs::File::open(file) {
        return Err(unwritable(file, &error));
    }
    note::read(file).map_err(|error| {
        match error.at(&file.display().to_string(), 0.0, "read the backup") {
            // A file of another program.
            StoreError::Damaged { .. } if !files::is_sqlite(file) => {
                refused(file, BackupFault::NotABackup)
            }
            error => error,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_backups_of_the_database_are_recognised_by_name() {
        let name = BackupName("muster".to_owned());
        let made = name.named("2026-05-04T01:30:00Z".parse().unwrap());
        assert_eq!(made, "muster-2026-05-04T013000Z.db");
        assert!(name.is_one(&made));
        for other in [
            "muster.db",
            "muster-before-upgrade.db",
            "muster-2026-05-04T013000Z.db.key",
            "other-2026-05-04T013000Z.db",
            "muster-2026-05-04T013000Z.db.17.partial",
        ] {
            assert!(!name.is_one(other), "{other}");
        }
        assert!(name.is_unfinished("muster-2026-05-04T013000Z.db.17.partial"));
        assert!(name.is_unfinished("muster-2026-05-04T013000Z.db.17.partial-journal"));
        assert!(!name.is_unfinished(&made));
    }
}
