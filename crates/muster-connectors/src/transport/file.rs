//! Files on this machine.

use super::{Entry, EntryKind, Received, SourceSettings, Transport, TransportError};
use async_trait::async_trait;
use jiff::Timestamp;
use muster_core::model::problem::transport::{Attempt, Cause, Target, shown_path};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// A folder on this machine, or the one file in it that the location names.
pub(crate) struct LocalFolder {
    folder: PathBuf,
    one_file: Option<String>,
    names_read: usize,
}

impl LocalFolder {
    pub(crate) fn new(settings: &SourceSettings) -> Self {
        let path = Path::new(&settings.location.path);
        let names_read = settings.limits.names_read;
        if settings.pattern.is_some() {
            return Self {
                folder: path.to_owned(),
                one_file: None,
                names_read,
            };
        }
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        Self {
            folder: path.parent().unwrap_or(Path::new("")).to_owned(),
            one_file: name,
            names_read,
        }
    }

    /// Opens a listed file where it is, so that it need not be copied.
    pub(crate) fn open(&self, name: &str) -> Result<File, TransportError> {
        File::open(self.folder.join(name)).map_err(|error| self.failed(Attempt::Open, name, &error))
    }

    fn failed(&self, attempt: Attempt, name: &str, error: &io::Error) -> TransportError {
        let path = match (name, self.folder.as_os_str().is_empty()) {
            ("", true) => PathBuf::from("."),
            ("", false) => self.folder.clone(),
            _ => self.folder.join(name),
        };
        let cause = match error.kind() {
            io::ErrorKind::NotFound => Cause::Missing,
            io::ErrorKind::PermissionDenied => Cause::NoPermission,
            io::ErrorKind::AlreadyExists => Cause::ArchiveHasFile,
            _ => Cause::System {
                why: error.to_string(),
            },
        };
        let on = Target::Local(shown_path(&path.to_string_lossy()));
        TransportError::not_found((attempt, &on), cause)
    }
}

fn entry(name: String, metadata: &fs::Metadata) -> Entry {
    let kind = match metadata.file_type() {
        kind if kind.is_file() => EntryKind::File,
        kind if kind.is_dir() => EntryKind::Folder,
        kind if kind.is_symlink() => EntryKind::Link,
        _ => EntryKind::Special,
    };
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| Timestamp::try_from(time).ok());
    Entry {
        name,
        kind,
        bytes: Some(metadata.len()),
        modified,
    }
}

#[async_trait]
impl Transport for LocalFolder {
    async fn list(&mut self) -> Result<Vec<Entry>, TransportError> {
        if let Some(name) = self.one_file.clone() {
            return Ok(self.stat(&name).await?.into_iter().collect());
        }
        let mut entries = Vec::new();
        for found in fs::read_dir(&self.folder)
            .map_err(|error| self.failed(Attempt::List, "", &error))?
            .take(self.names_read)
        {
            let found = found.map_err(|error| self.failed(Attempt::List, "", &error))?;
            let name = found.file_name().to_string_lossy().into_owned();
            // A file may go between listing and looking; then it was never there.
            if let Ok(metadata) = found.path().symlink_metadata() {
                entries.push(entry(name, &metadata));
            }
        }
        Ok(entries)
    }

    async fn stat(&mut self, name: &str) -> Result<Option<Entry>, TransportError> {
        match self.folder.join(name).symlink_metadata() {
            Ok(metadata) => Ok(Some(entry(name.to_owned(), &metadata))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(Attempt::LookAt, name, &error)),
        }
    }

    async fn fetch(
        &mut self,
        entry: &Entry,
        into: &mut (dyn Write + Send),
    ) -> Result<Received, TransportError> {
        let mut file = self.open(&entry.name)?;
        let mut buffer = vec![0; 1 << 18];
        let mut total = 0;
        loop {
            let read = match file.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read.map_err(|error| self.failed(Attempt::Read, &entry.name, &error))?,
            };
            if read == 0 {
                return Ok(Received {
                    bytes: total,
                    is_framed: true,
                });
            }
            into.write_all(&buffer[..read])
                .map_err(|error| self.failed(Attempt::Read, &entry.name, &error))?;
            total += read as u64;
        }
    }

    async fn remove(&mut self, name: &str) -> Result<(), TransportError> {
        fs::remove_file(self.folder.join(name))
            .map_err(|error| self.failed(Attempt::Delete, name, &error))
    }

    async fn archive(
        &mut self,
        name: &str,
        folder: &str,
        target: &str,
    ) -> Result<(), TransportError> {
        let folder = self.folder.join(folder);
        fs::create_dir_all(&folder)
            .map_err(|error| self.failed(Attempt::MakeFolder, name, &error))?;
        let target = folder.join(target);
        if target.exists() {
            let error = io::ErrorKind::AlreadyExists.into();
            return Err(self.failed(Attempt::Archive, name, &error));
        }
        fs::rename(self.folder.join(name), target)
            .map_err(|error| self.failed(Attempt::Archive, name, &error))
    }
}
