//! The master key, usually in a file. It is created on first use and readable only by its owner. A file is refused if other
//! accounts can read it, or if the database was encrypted with another key.

mod outside;
mod rotation;

pub(crate) use outside::{OutsideKey, outside};
pub(crate) use rotation::{Rotation, is_under_way, old_keys};

use crate::{arguments::Arguments, error::CommandError};
use muster_core::model::code::Code;
use muster_store::{Keyring, Store, StoreError};
use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// What to do if there is no key file and the database needs none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenMissing {
    Create,
    /// For commands that only read.
    Continue,
    /// Creates it without a word, for a database that is removed at the end.
    CreateSilently,
}

/// Gives the store its master key.
pub(crate) fn unlock(
    store: &Store,
    arguments: &Arguments,
    when_missing: WhenMissing,
) -> Result<(), CommandError> {
    let Some(path) = path(arguments) else {
        return Ok(());
    };
    if let Some(key) = outside(arguments)? {
        return key.give(store);
    }
    if let Some(keyring) = read(&path)? {
        return give(store, keyring, &path);
    }
    refuse_missing(store, &path)?;
    if when_missing == WhenMissing::Continue {
        return Ok(());
    }
    let keyring = Keyring::generate()?;
    create(&path, &keyring).map_err(|error| {
        let message = format!(
            "the master key could not be written to `{}`: {error}",
            path.display()
        );
        key_error(
            message,
            "make its folder writable, or choose another file with --master-key",
        )
    })?;
    // Another process may have created the file first.
    let keyring_of_file = read(&path)?.unwrap_or_else(|| keyring.clone());
    if keyring_of_file.id() == keyring.id() && when_missing == WhenMissing::Create {
        anstream::eprintln!(
            "created the master key {} in {}; keep a copy separate from the database: encrypted data cannot be read without it",
            keyring.id(),
            path.display()
        );
    }
    Ok(store.unlock(keyring_of_file)?)
}

/// Gives the store the keys of a file.
pub(crate) fn give(store: &Store, keyring: Keyring, path: &Path) -> Result<(), CommandError> {
    store
        .unlock(keyring)
        .map_err(|error| with_path(error, path))
}

/// Refuses a keyring that lacks a key that the database needs.
pub(crate) fn refuse_wrong(
    store: &Store,
    keyring: &Keyring,
    path: &Path,
) -> Result<(), CommandError> {
    match store
        .wanted_keys()?
        .into_iter()
        .find(|wanted| !keyring.has(wanted))
    {
        None => Ok(()),
        Some(wanted) => Err(with_path(
            StoreError::WrongKey {
                wanted,
                found: Some(keyring.ids().join(", ")),
            },
            path,
        )),
    }
}

/// Fails if there is no key file and the database needs a key.
pub(crate) fn refuse_missing(store: &Store, path: &Path) -> Result<(), CommandError> {
    let Some(wanted) = store.wanted_keys()?.into_iter().next() else {
        return Ok(());
    };
    let message = format!(
        "the database is encrypted with master key {wanted}, and there is no file `{}`",
        path.display()
    );
    let help = "restore the key file from its copy, or give its path with --master-key or \
        MUSTER_MASTER_KEY_FILE; nothing was changed";
    Err(key_error(message, help))
}

/// The path of the key file, or `None` for a database in memory, which has a key of its own. The key of a file is beside it,
/// and that of a database on a server is in the folder in which Muster is started.
pub(crate) fn path(arguments: &Arguments) -> Option<PathBuf> {
    let given = arguments.master_key.clone();
    match arguments.database.strip_prefix("sqlite:") {
        Some(":memory:") => None,
        Some(database) => {
            let database = database.strip_prefix("//").unwrap_or(database);
            Some(given.unwrap_or_else(|| PathBuf::from(format!("{database}.key"))))
        }
        None => Some(given.unwrap_or_else(|| PathBuf::from("muster.key"))),
    }
}

/// The keys of a file, or `None` if there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<Keyring>, CommandError> {
    Ok(read_text(path)?.map(|(keyring, _)| keyring))
}

fn read_text(path: &Path) -> Result<Option<(Keyring, Zeroizing<String>)>, CommandError> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        key_error(
            format!("the master key file `{shown}` cannot be read: {error}"),
            "check its path and permissions",
        )
    };
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if is_readable_by_others(&metadata) {
        let message = format!(
            "the master key file `{shown}` can be read by other accounts, so it was refused"
        );
        return Err(key_error(message, format!("run `chmod 600 {shown}`")));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(unreadable)?);
    let keyring = Keyring::parse(&text).ok_or_else(|| {
        let message = format!("the file `{shown}` is not a master key, or it is damaged");
        key_error(
            message,
            "restore the key file from its copy; nothing was changed",
        )
    })?;
    Ok(Some((keyring, text)))
}

/// Writes the whole file or nothing. An existing file is unchanged.
fn create(path: &Path, keyring: &Keyring) -> std::io::Result<()> {
    let temporary = write_temporary(path, &keyring.to_text())?;
    let linked = fs::hard_link(&temporary, path);
    fs::remove_file(&temporary)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Writes a file next to `path` that only its owner can read, and flushes it to the disk.
fn write_temporary(path: &Path, text: &str) -> std::io::Result<PathBuf> {
    let temporary = with_ending(path, &std::process::id().to_string());
    // A process with the same id may have been killed while it wrote.
    let _ = fs::remove_file(&temporary);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map(|()| temporary)
}

/// The same path with a dot and an ending after it.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

fn with_path(error: StoreError, path: &Path) -> CommandError {
    match error {
        StoreError::WrongKey { wanted, found } => {
            let found = found.unwrap_or_default();
            let mut help = "give the path of the file with that key with --master-key or MUSTER_MASTER_KEY_FILE, or restore \
                it from its copy; nothing was changed"
                .to_owned();
            if let Some(old) = old_keys(path).into_iter().find(|old| old.id == wanted) {
                let (old, path) = (old.path.display(), path.display());
                help = format!(
                    "the database is older than the key: use its earlier key with --master-key {old}, or append the line \
                     in `{old}` to `{path}`, so that the file has both keys; nothing was changed"
                );
            }
            let message = format!(
                "the database is encrypted with master key {wanted}, and the file `{}` contains {found}",
                path.display()
            );
            key_error(message, help)
        }
        other => other.into(),
    }
}

fn key_error(message: impl Into<String>, help: impl Into<String>) -> CommandError {
    CommandError::new(Code::MasterKey, message, help)
}

#[cfg(unix)]
fn is_readable_by_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_readable_by_others(_: &fs::Metadata) -> bool {
    false
}
