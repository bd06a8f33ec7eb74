//! The key file during a key rotation. The file can decrypt the database at every moment: it contains both keys until the
//! last value is re-encrypted, and says so.

use super::{key_error, read_text, with_ending, write_temporary};
use crate::error::CommandError;
use muster_store::Keyring;
use std::{
    fs::{self, File, TryLockError},
    io::ErrorKind,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// The first line of the file during a rotation. Files of version 0.1.0 have the same line.
const UNDER_WAY: &str = "# The master key is being changed; `muster key rotate` finishes it.\n";

/// A rotation that has begun.
pub(crate) struct Rotation {
    path: PathBuf,
    /// The new key first, then those that the file had.
    pub(crate) keyring: Keyring,
    /// The ids of the keys that the file had.
    pub(crate) old: Vec<String>,
    /// Whether this continues a rotation that was interrupted.
    pub(crate) is_resumed: bool,
    /// Held until the end, so that two processes do not change the file at once.
    _lock: File,
}

/// The file of an earlier key.
pub(crate) struct OldKey {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
}

impl Rotation {
    /// Copies the file under the id of its key, then adds the new key as its first one. After an interruption, `new` gets
    /// the key that the rotation began with. `None` if there is no file.
    pub(crate) fn begin(
        path: &Path,
        new: impl FnOnce(Option<&Keyring>, &Keyring) -> Result<Keyring, CommandError>,
    ) -> Result<Option<Self>, CommandError> {
        let Some((keyring, text)) = read_text(path)? else {
            return Ok(None);
        };
        let lock = lock(path, &text)?;
        clear(path);
        let rotation = |keyring: Keyring, is_resumed| {
            let old = keyring
                .ids()
                .into_iter()
                .skip(1)
                .map(str::to_owned)
                .collect();
            Self {
                path: path.to_owned(),
                keyring,
                old,
                is_resumed,
                _lock: lock,
            }
        };
        if text.contains(UNDER_WAY) {
            new(Some(&keyring.first_only()), &keyring)?;
            return Ok(Some(rotation(keyring, true)));
        }
        let both = keyring.encrypting_with(&new(None, &keyring)?);
        let failed = |error: std::io::Error| unwritten(path, &error);
        keep_old(path, &keyring)?;
        replace(
            path,
            &Zeroizing::new(format!("{UNDER_WAY}{}", both.to_text().as_str())),
        )
        .map_err(failed)?;
        Ok(Some(rotation(both, false)))
    }

    /// Removes the other keys from the file, because the database no longer needs them.
    pub(crate) fn end(self) -> Result<(), CommandError> {
        replace(&self.path, &self.keyring.first_only().to_text())
            .map_err(|error| unwritten(&self.path, &error))
    }
}

/// Whether a rotation was interrupted.
pub(crate) fn is_under_way(path: &Path) -> Result<bool, CommandError> {
    Ok(read_text(path)?.is_some_and(|(_, text)| text.contains(UNDER_WAY)))
}

/// The files of earlier keys next to a key file.
pub(crate) fn old_keys(path: &Path) -> Vec<OldKey> {
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

/// Removes the temporary files of processes that were killed.
fn clear(path: &Path) {
    let is_of_process = |ending: &str| ending.bytes().all(|byte| byte.is_ascii_digit());
    for (_, unfinished) in endings(path)
        .into_iter()
        .filter(|(ending, _)| is_of_process(ending))
    {
        let _ = fs::remove_file(unfinished);
    }
}

/// The files named like `path` with a dot and an ending, by their endings.
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

/// Locks the file. The operating system releases the lock when the process ends.
fn lock(path: &Path, text: &str) -> Result<File, CommandError> {
    let busy = || {
        let message = format!(
            "another process is rotating the master key in `{}`",
            path.display()
        );
        key_error(
            message,
            "wait until it has ended, then check with `muster key show`",
        )
    };
    let unreadable = |error: std::io::Error| unwritten(path, &error);
    let file = File::open(path).map_err(unreadable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(busy()),
        Err(TryLockError::Error(error)) => return Err(unreadable(error)),
    }
    // Another process may have replaced the file before it was locked.
    match read_text(path)? {
        Some((_, now)) if now.as_str() == text => Ok(file),
        _ => Err(busy()),
    }
}

/// Keeps a copy of the file, named after the id of its key.
fn keep_old(path: &Path, keyring: &Keyring) -> Result<(), CommandError> {
    let old = with_ending(path, &format!("old-{}", keyring.id()));
    match fs::hard_link(path, &old) {
        Ok(()) => Ok(()),
        // The same key was in use before; its file already has these keys.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let known = read_text(&old)?.map(|(known, _)| known);
            if known.is_some_and(|known| keyring.ids().iter().all(|id| known.has(id))) {
                return Ok(());
            }
            let message = format!("`{}` already exists and contains other keys", old.display());
            Err(key_error(
                message,
                "move it to another folder and run the command again; nothing was changed",
            ))
        }
        Err(error) => Err(unwritten(&old, &error)),
    }
}

/// Replaces a file by the whole text, or leaves it unchanged.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let temporary = write_temporary(path, text)?;
    fs::rename(&temporary, path).inspect_err(|_| drop(fs::remove_file(&temporary)))?;
    // A new name is durable once its folder is flushed. Not every system can open a folder.
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
        "make its folder writable and run `muster key rotate` again; all data can still be decrypted",
    )
}
