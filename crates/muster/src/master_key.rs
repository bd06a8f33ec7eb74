//! The file of the master key: made at first use for nobody but its owner, refused when others may read it or
//! when it is not the one that the database was sealed with.

mod rotation;

pub(crate) use rotation::{Rotation, beside, is_under_way};

use crate::{arguments::Arguments, error::CommandError};
use muster_core::model::code::Code;
use muster_engine::RunError;
use muster_store::{KeyRing, Store, StoreError};
use std::{
    ffi::OsString,
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// What is done where there is no key file yet and none is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WhenMissing {
    Make,
    /// Nothing: the command only looks.
    Leave,
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
    if let Some(ring) = read(&path)? {
        return give(store, ring, &path);
    }
    refuse_missing(store, &path)?;
    if when_missing == WhenMissing::Leave {
        return Ok(());
    }
    let ring = KeyRing::generate()?;
    make(&path, &ring).map_err(|error| {
        let message = format!(
            "the master key could not be written to `{}`: {error}",
            path.display()
        );
        key_error(
            message,
            "make its folder writable, or name another file with --master-key",
        )
    })?;
    // Read back: another process may have been faster.
    let keyring_of_file = read(&path)?.unwrap_or_else(|| ring.clone());
    if keyring_of_file.id() == ring.id() {
        anstream::eprintln!(
            "made the master key {} in {}; keep a copy apart from the database: what is sealed cannot be read without it",
            ring.id(),
            path.display()
        );
    }
    Ok(store.unlock(keyring_of_file)?)
}

/// Gives the store the keys of a file.
pub(crate) fn give(store: &Store, ring: KeyRing, path: &Path) -> Result<(), CommandError> {
    store.unlock(ring).map_err(|error| named(error, path))
}

/// Refuses keys of which none is the one that the database wants.
pub(crate) fn refuse_wrong(store: &Store, ring: &KeyRing, path: &Path) -> Result<(), CommandError> {
    match store
        .wanted_keys()?
        .into_iter()
        .find(|wanted| !ring.has(wanted))
    {
        None => Ok(()),
        Some(wanted) => Err(named(
            StoreError::WrongKey {
                wanted,
                found: Some(ring.ids().join(", ")),
            },
            path,
        )),
    }
}

/// Refuses to go on without a key file if the database wants a key.
pub(crate) fn refuse_missing(store: &Store, path: &Path) -> Result<(), CommandError> {
    let Some(wanted) = store.wanted_keys()?.into_iter().next() else {
        return Ok(());
    };
    let message = format!(
        "the database was sealed with master key {wanted}, and there is no file `{}`",
        path.display()
    );
    let advice = "put the key file back from where its copy is kept, or name it with --master-key or \
        MUSTER_MASTER_KEY_FILE; nothing was changed";
    Err(key_error(message, advice))
}

/// Where the key is; none: the database is in memory and has its own.
pub(crate) fn path(arguments: &Arguments) -> Option<PathBuf> {
    let database = arguments
        .database
        .strip_prefix("sqlite:")
        .filter(|path| *path != ":memory:")?;
    let database = database.strip_prefix("//").unwrap_or(database);
    Some(
        arguments
            .master_key
            .clone()
            .unwrap_or_else(|| PathBuf::from(format!("{database}.key"))),
    )
}

/// The keys of a file; none: there is no file.
pub(crate) fn read(path: &Path) -> Result<Option<KeyRing>, CommandError> {
    Ok(read_text(path)?.map(|(ring, _)| ring))
}

fn read_text(path: &Path) -> Result<Option<(KeyRing, Zeroizing<String>)>, CommandError> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        key_error(
            format!("the master key file `{shown}` cannot be read: {error}"),
            "check path and permissions",
        )
    };
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if open_to_others(&metadata) {
        let message = format!(
            "the master key file `{shown}` can be read by other accounts, so it is not used"
        );
        return Err(key_error(message, format!("run `chmod 600 {shown}`")));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(unreadable)?);
    let ring = KeyRing::parse(&text).ok_or_else(|| {
        let message = format!("the file `{shown}` is not a master key, or it is damaged");
        key_error(
            message,
            "put the key file back from where its copy is kept; nothing was changed",
        )
    })?;
    Ok(Some((ring, text)))
}

/// Writes the file whole or not at all; one that is there already is left as it is.
fn make(path: &Path, ring: &KeyRing) -> std::io::Result<()> {
    let beside = write_beside(path, &ring.to_text())?;
    let linked = fs::hard_link(&beside, path);
    fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Writes a text for nobody but its owner into a file beside one, to the disk.
fn write_beside(path: &Path, text: &str) -> std::io::Result<PathBuf> {
    let beside = with_ending(path, &std::process::id().to_string());
    // What a process left that was killed and had the same number.
    let _ = fs::remove_file(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written.map(|()| beside)
}

/// The same path with a dot and an ending after it.
fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

fn named(error: StoreError, path: &Path) -> CommandError {
    match error {
        StoreError::WrongKey { wanted, found } => {
            let found = found.unwrap_or_default();
            let mut advice = "name the file of that key with --master-key or MUSTER_MASTER_KEY_FILE, or restore it from \
                its copy; nothing was changed"
                .to_owned();
            if let Some(old) = beside(path).into_iter().find(|old| old.id == wanted) {
                let (old, path) = (old.path.display(), path.display());
                advice = format!(
                    "the database is older than the key: name the key that it had, --master-key {old}, or copy the line \
                     of `{old}` to the end of `{path}`, so that both open it; nothing was changed"
                );
            }
            let message = format!(
                "the database was sealed with master key {wanted}, and the file `{}` has {found}",
                path.display()
            );
            key_error(message, advice)
        }
        other => other.into(),
    }
}

fn key_error(message: impl Into<String>, advice: impl Into<String>) -> CommandError {
    RunError::new(Code::MasterKey, message, advice).into()
}

#[cfg(unix)]
fn open_to_others(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn open_to_others(_: &fs::Metadata) -> bool {
    false
}
