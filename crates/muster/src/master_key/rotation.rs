//! The key file while the master key is changed. At every instant the file opens whatever the database has: it has both
//! keys from before the first value is wrapped anew until after the last one was, and says so.

use super::{key_error, read_text, with_ending, write_beside};
use crate::error::CommandError;
use muster_store::KeyRing;
use std::{
    fs::{self, File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Stands in the file while it is under way.
const UNDER_WAY: &str = "# The master key is being changed; `muster key rotate` finishes it.\n";

/// A change of the master key that was begun.
pub(crate) struct Rotation {
    path: PathBuf,
    /// The new key first, then those that the file had.
    pub(crate) ring: KeyRing,
    /// The ids of the keys that the file had.
    pub(crate) old: Vec<String>,
    /// Whether an earlier one was interrupted, and this goes on with it.
    pub(crate) is_resumed: bool,
    /// Held until the end, so that two do not change the file at once.
    _lock: File,
}

/// A file of a key that was changed since.
pub(crate) struct OldKey {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
}

impl Rotation {
    /// Writes the new key into the file before those that it has, and keeps the file as it was beside. `new` is not asked
    /// where a change was interrupted: the key that it began with is in the file. None: there is no file.
    pub(crate) fn begin(
        path: &Path,
        new: impl FnOnce(Option<&KeyRing>, &KeyRing) -> Result<KeyRing, CommandError>,
    ) -> Result<Option<Self>, CommandError> {
        let Some((ring, text)) = read_text(path)? else {
            return Ok(None);
        };
        let lock = lock(path, &text)?;
        clear(path);
        let rotation = |ring: KeyRing, is_resumed| {
            let old = ring.ids().into_iter().skip(1).map(str::to_owned).collect();
            Self {
                path: path.to_owned(),
                ring,
                old,
                is_resumed,
                _lock: lock,
            }
        };
        if text.contains(UNDER_WAY) {
            new(Some(&ring.first_only()), &ring)?;
            return Ok(Some(rotation(ring, true)));
        }
        let both = ring.encrypting_with(&new(None, &ring)?);
        let failed = |error: std::io::Error| unwritten(path, &error);
        keep_old(path, &ring)?;
        replace(
            path,
            &Zeroizing::new(format!("{UNDER_WAY}{}", both.to_text().as_str())),
        )
        .map_err(failed)?;
        Ok(Some(rotation(both, false)))
    }

    /// Leaves only the new key in the file: nothing in the database wants another one.
    pub(crate) fn end(self) -> Result<(), CommandError> {
        replace(&self.path, &self.ring.first_only().to_text())
            .map_err(|error| unwritten(&self.path, &error))
    }
}

/// Whether a change was interrupted.
pub(crate) fn is_under_way(path: &Path) -> Result<bool, CommandError> {
    Ok(read_text(path)?.is_some_and(|(_, text)| text.contains(UNDER_WAY)))
}

/// The files of old keys beside a key file.
pub(crate) fn beside(path: &Path) -> Vec<OldKey> {
    let old = |(ending, path): (String, PathBuf)| {
        Some(OldKey {
            id: ending.strip_prefix("old-")?.to_owned(),
            path,
        })
    };
    let mut old: Vec<OldKey> = endings(path).into_iter().filter_map(old).collect();
    old.sort_by(|one, other| one.id.cmp(&other.id));
    old
}

/// Removes what a process left that was killed while it wrote.
fn clear(path: &Path) {
    let is_of_process = |ending: &str| ending.bytes().all(|byte| byte.is_ascii_digit());
    for (_, unfinished) in endings(path)
        .into_iter()
        .filter(|(ending, _)| is_of_process(ending))
    {
        let _ = fs::remove_file(unfinished);
    }
}

/// The files whose names are that of a file with a dot and an ending after it, by their endings.
fn endings(path: &Path) -> Vec<(String, PathBuf)> {
    let name = format!(
        "{}.",
        path.file_name().unwrap_or_default().to_string_lossy()
    );
    let entries = fs::read_dir(folder(path)).into_iter().flatten().flatten();
    let ending =
        |entry: fs::DirEntry| Some(entry.file_name().to_str()?.strip_prefix(&name)?.to_owned());
    entries
        .filter_map(ending)
        .map(|ending| (ending.clone(), with_ending(path, &ending)))
        .collect()
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Takes the file for this process alone. It ends with the process, however that ends.
fn lock(path: &Path, text: &str) -> Result<File, CommandError> {
    let busy = || {
        let message = format!(
            "another process is changing the master key in `{}`",
            path.display()
        );
        key_error(
            message,
            "wait until it has ended, and look with `muster key show`",
        )
    };
    let unreadable = |error: std::io::Error| unwritten(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(busy()),
        Err(TryLockError::Error(error)) => return Err(unreadable(error)),
    }
    // The lock may be of a file that another process has replaced meanwhile.
    match read_text(path)? {
        Some((_, now)) if now.as_str() == text => Ok(file),
        _ => Err(busy()),
    }
}

/// Keeps the file as it was, under the id of its key.
fn keep_old(path: &Path, ring: &KeyRing) -> Result<(), CommandError> {
    let old = with_ending(path, &format!("old-{}", ring.id()));
    match fs::hard_link(path, &old) {
        Ok(()) => Ok(()),
        // From an earlier time when this was the key: the same keys are as good.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let known = read_text(&old)?.map(|(known, _)| known);
            if known.is_some_and(|known| ring.ids().iter().all(|id| known.has(id))) {
                return Ok(());
            }
            let message = format!("`{}` is there already and has other keys", old.display());
            Err(key_error(
                message,
                "move it to where copies of keys are kept, and run again; nothing was changed",
            ))
        }
        Err(error) => Err(unwritten(&old, &error)),
    }
}

/// Puts a text in the place of a file, whole or not at all.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = write_beside(path, text)?;
    fs::rename(&beside, path).inspect_err(|_| drop(fs::remove_file(&beside)))?;
    // The name is on the disk once its folder is; not every system lets a folder be opened.
    if let Ok(folder) = File::open(folder(path)) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn unwritten(path: &Path, error: &std::io::Error) -> CommandError {
    let message = format!(
        "the master key file `{}` could not be written: {error}",
        path.display()
    );
    key_error(
        message,
        "make its folder writable and run `muster key rotate` again; everything can be opened as before",
    )
}
