//! The state of the machine: the free space of the volumes that Muster writes to.

use muster_core::issue::{InstallationFacts, Volume, VolumeFacts};
use std::path::Path;

/// What is known of the machine. A volume that cannot be asked is not judged.
pub(crate) fn installation(database: Option<&Path>) -> InstallationFacts {
    let folder = |path: &Path| match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => ".".into(),
    };
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
        backup: None,
    }
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

    #[test]
    fn free_space_is_read_and_a_missing_folder_is_not_judged() {
        let here = installation(Some(Path::new("muster.db")));
        assert_eq!(here.volumes[0].volume, Volume::Database);
        assert!(here.volumes[0].free > 0);
        let gone = installation(Some(Path::new("/no/such/folder/muster.db")));
        let volumes = gone.volumes.iter();
        assert!(
            volumes
                .map(|found| found.volume)
                .eq([Volume::TemporaryFiles])
        );
    }
}
