//! Files that are written as a whole or not at all.

use crate::db::error::{BackupFault, StoreError};
use jiff::Timestamp;
use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

/// A file under another name until it is complete. It is removed if it is dropped before.
pub(super) struct Unfinished(PathBuf);

impl Unfinished {
    /// Creates an empty file beside `file` that only its owner can read.
    pub(super) fn create(file: &Path) -> Result<Self, StoreError> {
        let path = with_ending(file, &format!(".{}.partial", std::process::id()));
        // A process with the same id may have been killed while it wrote.
        let _ = fs::remove_file(&path);
        private(&path).map_err(|error| unwritable(file, &error))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Gives the file its name. An existing file is replaced.
    pub(super) fn rename_to(self, file: &Path) -> Result<(), StoreError> {
        fs::rename(&self.0, file)
            .and_then(|()| synced(folder(file)))
            .map_err(|error| unwritable(file, &error))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for ending in ["", "-journal", "-wal", "-shm"] {
            let _ = fs::remove_file(with_ending(&self.0, ending));
        }
    }
}

/// Creates a file that only its owner can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Creates a folder that only its owner can read, unless it exists.
pub(super) fn private_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Whether an unfinished file is a day old, so that no process writes it.
pub(super) fn is_abandoned(file: &Path, now: Timestamp) -> bool {
    let modified = file.metadata().and_then(|metadata| metadata.modified());
    let modified = modified.ok().and_then(|at| Timestamp::try_from(at).ok());
    modified.is_some_and(|at| now.duration_since(at).as_hours() >= 24)
}

/// Copies a file into one that exists.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, OpenOptions::new().write(true).open(to)?);
    io::copy(&mut from, &mut to)?;
    to.sync_all()
}

/// Replaces the content of a file, or leaves it unchanged.
pub(super) fn replace(file: &Path, content: &[u8]) -> Result<(), StoreError> {
    let unfinished = Unfinished::create(file)?;
    OpenOptions::new()
        .write(true)
        .open(unfinished.path())
        .and_then(|mut opened| {
            opened.write_all(content)?;
            opened.sync_all()
        })
        .map_err(|error| unwritable(file, &error))?;
    unfinished.rename_to(file)
}

/// Writes what the system has in memory of a file or a folder to the disk.
pub(super) fn synced(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

pub(super) fn folder(file: &Path) -> &Path {
    file.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    PathBuf::from(name)
}

pub(super) fn is_sqlite(file: &Path) -> bool {
    let mut header = [0; 16];
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header == *b"SQLite format 3\0"
}

pub(super) fn refused(file: &Path, fault: BackupFault) -> StoreError {
    StoreError::Backup {
        file: file.display().to_string(),
        fault,
    }
}

pub(super) fn unwritable(file: &Path, error: &io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full {
            database: file.display().to_string(),
        },
        _ => refused(
            file,
            BackupFault::File {
                why: error.to_string(),
            },
        ),
    }
}
