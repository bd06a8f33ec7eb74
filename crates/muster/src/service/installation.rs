//! The state of the machine: the free space of the volumes that Muster writes to.

use jiff::Timestamp;
use muster_core::issue::{BackupFacts, InstallationFacts, Volume, VolumeFacts};
use std::path::{Path, PathBuf};

/// Where the installation writes.
#[derive(Debug)]
pub(crate) struct Installation {
    pub(crate) database: Option<PathBuf>,
    /// Where the daily backups go; none: there are none.
    pub(crate) backups: Option<PathBuf>,
    /// Since when the service runs.
    pub(crate) since: Timestamp,
}

impl Installation {
    /// What is known of the machine. A volume that cannot be asked is not judged.
    pub(crate) fn facts(&self) -> InstallationFacts {
        let folder = |path: &PathBuf| match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => ".".into(),
        };
        let database = self.database.as_ref();
        let database = database.map(|path| (Volume::Database, folder(path)));
        let temporary = (Volume::TemporaryFiles, std::env::temp_dir());
        let mut volumes: Vec<(u64, VolumeFacts)> = Vec::new();
        for (volume, folder) in database.into_iter().chain([temporary]) {
            let Some((id, free)) = free(&folder) else {
                continue;
            };
            // One volume that holds both is one issue.
            if volumes.iter().all(|(known, _)| *known != id) {
                volumes.push((id, VolumeFacts { volume, free }));
            }
        }
        InstallationFacts {
            volumes: volumes.into_iter().map(|(_, facts)| facts).collect(),
            backup: self.backups.as_deref().map(|folder| BackupFacts {
                last: newest(folder),
                since: self.since,
            }),
        }
    }
}

/// When the newest file of a folder was written.
fn newest(folder: &Path) -> Option<Timestamp> {
    let entries = std::fs::read_dir(folder).ok()?;
    let written = entries.filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok());
    Timestamp::try_from(written.max()?).ok()
}

/// The id of the volume of a folder, and the bytes that this user may still write to it.
fn free(folder: &Path) -> Option<(u64, u64)> {
    let found = rustix::fs::statvfs(folder).ok()?;
    // Some virtual file systems have no size, and no limit.
    (found.f_blocks > 0).then(|| (found.f_fsid, found.f_bavail.saturating_mul(found.f_frsize)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(database: &str, backups: Option<&Path>) -> InstallationFacts {
        let installation = Installation {
            database: Some(database.into()),
            backups: backups.map(Path::to_owned),
            since: Timestamp::UNIX_EPOCH,
        };
        installation.facts()
    }

    #[test]
    fn free_space_is_read_and_a_missing_folder_is_not_judged() {
        let here = facts("muster.db", None);
        assert_eq!(here.volumes[0].volume, Volume::Database);
        assert!(here.volumes[0].free > 0 && here.backup.is_none());
        let gone = facts("/no/such/folder/muster.db", None);
        let volumes = gone.volumes.iter().map(|found| found.volume);
        assert!(volumes.eq([Volume::TemporaryFiles]));
    }

    #[test]
    fn newest_backup_counts_and_a_missing_folder_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let last = |folder: &Path| facts("muster.db", Some(folder)).backup.unwrap().last;
        assert_eq!(last(folder.path()), None);
        std::fs::write(folder.path().join("muster-1.db"), "backup").unwrap();
        assert!(last(folder.path()) > Some(Timestamp::UNIX_EPOCH));
        assert_eq!(last(&folder.path().join("gone")), None);
    }
}
