//! Files on an SSH server.
//!
//! Opens nothing but the names that it is given, and follows no link.

mod algorithms;
mod key;
mod login;
mod offer;
mod packets;
mod read;
mod session;

pub use algorithms::{SshAlgorithms, ssh_algorithms};

use super::{
    Entry, EntryKind, ErrorKind, Received, SourceSettings, Transport, TransportError,
    arrival::gone, home_folder::below_home,
};
use async_trait::async_trait;
use jiff::Timestamp;
use login::Login;
use muster_core::model::{
    code::Code,
    problem::{
        Problem,
        transport::{Attempt, Cause, Remedy, Target, shown_path},
    },
};
use packets::{Packets, TooLarge};
use russh::{ChannelMsg, client::Handle};
use russh_sftp::{
    client::{Config, RawSftpSession, error::Error},
    extensions::LIMITS,
    protocol::{File, FileAttributes, OpenFlags, StatusCode},
};
use session::Identity;
use std::{future::Future, io::Write};

/// A folder on an SSH server, or the one file in it that the location names.
pub(crate) struct SftpFolder {
    /// Ends the connection when it goes.
    _handle: Handle<Identity>,
    sftp: RawSftpSession,
    /// Bytes of one read.
    piece: u32,
    folder: String,
    one_file: Option<String>,
    /// `user@host:port`.
    server: String,
    settings: SourceSettings,
    too_large: TooLarge,
    fingerprint: String,
    warnings: Vec<Problem>,
}

impl SftpFolder {
    pub(crate) async fn connect(settings: &SourceSettings) -> Result<Self, TransportError> {
        // Invalid credentials are reported without a connection.
        let login = Login::new(settings)?;
        let mut connection = session::open(settings).await?;
        login.run(&mut connection).await?;
        let first_byte = settings.limits.first_byte;
        let failure = Failure {
            settings,
            on: Target::Server(login.server.clone()),
            too_large: TooLarge::default(),
        };
        let opened = tokio::time::timeout(first_byte, subsystem(&connection.handle, &failure));
        let seconds = first_byte.as_secs();
        let (sftp, piece) = opened.await.map_err(|_| {
            TransportError::timed_out((Attempt::StartFileTransfer, &failure.on), seconds)
        })??;
        let (folder, one_file) = split(&settings.location.path, settings.pattern.is_some());
        Ok(Self {
            _handle: connection.handle,
            sftp,
            piece,
            folder,
            one_file,
            server: login.server,
            settings: settings.clone(),
            too_large: failure.too_large,
            fingerprint: connection.fingerprint,
            warnings: connection.warnings,
        })
    }

    fn path(&self, name: &str) -> String {
        join(&self.folder, name)
    }

    /// A file or folder as messages show it, with account and server.
    fn target(&self, path: &str) -> Target {
        // What is relative to the home folder is shown as in a URL.
        let path = match path.strip_prefix("./") {
            _ if path == "." => "/~/",
            Some(below) => below,
            None => path,
        };
        Target::Path {
            path: shown_path(path),
            server: self.server.clone(),
        }
    }

    fn failure(&self, path: &str) -> Failure<'_> {
        Failure {
            settings: &self.settings,
            on: self.target(path),
            too_large: self.too_large.clone(),
        }
    }

    /// Waits for an answer of the server, but not longer than the limit.
    async fn answer<T>(
        &self,
        attempt: Attempt,
        path: &str,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, TransportError> {
        let limit = self.settings.limits.first_byte;
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.failure(path).of(attempt, &error)),
            Err(_) => Err(TransportError::timed_out(
                (attempt, &self.target(path)),
                limit.as_secs(),
            )),
        }
    }

    async fn attributes(
        &self,
        attempt: Attempt,
        path: &str,
    ) -> Result<Option<FileAttributes>, TransportError> {
        let found = async {
            match self.sftp.lstat(path).await {
                Ok(found) => Ok(Some(found.attrs)),
                Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => {
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        };
        self.answer(attempt, path, found).await
    }

    async fn list_folder(&self) -> Result<Vec<Entry>, TransportError> {
        let folder = &self.folder;
        let handle = self
            .answer(Attempt::List, folder, self.sftp.opendir(folder))
            .await?
            .handle;
        let mut entries = Vec::new();
        while entries.len() < self.settings.limits.names_read {
            let batch = async {
                match self.sftp.readdir(&handle).await {
                    Ok(names) => Ok(names.files),
                    Err(Error::Status(status)) if status.status_code == StatusCode::Eof => {
                        Ok(Vec::new())
                    }
                    Err(error) => Err(error),
                }
            };
            let batch = self.answer(Attempt::List, folder, batch).await?;
            if batch.is_empty() {
                break;
            }
            let real = batch
                .into_iter()
                .filter(|file| file.filename != "." && file.filename != "..");
            entries.extend(real.map(listed));
        }
        entries.truncate(self.settings.limits.names_read);
        self.answer(Attempt::List, folder, self.sftp.close(handle))
            .await?;
        Ok(entries)
    }
}

#[async_trait]
impl Transport for SftpFolder {
    async fn list(&mut self) -> Result<Vec<Entry>, TransportError> {
        match self.one_file.clone() {
            Some(name) => Ok(self.stat(&name).await?.into_iter().collect()),
            None => self.list_folder().await,
        }
    }

    async fn stat(&mut self, name: &str) -> Result<Option<Entry>, TransportError> {
        let found = self.attributes(Attempt::LookAt, &self.path(name)).await?;
        Ok(found.map(|attributes| entry(name.to_owned(), "", &attributes)))
    }

    async fn fetch(
        &mut self,
        entry: &Entry,
        into: &mut (dyn Write + Send),
    ) -> Result<Received, TransportError> {
        let path = self.path(&entry.name);
        let opening = async {
            let flags = OpenFlags::READ;
            match self.sftp.open(&path, flags, FileAttributes::empty()).await {
                Ok(opened) => Ok(Some(opened.handle)),
                Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => {
                    Ok(None)
                }
                Err(error) => Err(error),
            }
        };
        let Some(handle) = self.answer(Attempt::Open, &path, opening).await? else {
            return Err(gone(&self.settings, entry));
        };
        let bytes = read::whole(
            &self.sftp,
            &handle,
            self.piece,
            (&entry.name, entry.bytes),
            &self.failure(&path),
            into,
        )
        .await?;
        self.answer(Attempt::Close, &path, self.sftp.close(handle))
            .await?;
        // A server says where its file ends, but that may be where an upload has come to.
        Ok(Received {
            bytes,
            is_framed: false,
        })
    }

    async fn remove(&mut self, name: &str) -> Result<(), TransportError> {
        let path = self.path(name);
        self.answer(Attempt::Delete, &path, self.sftp.remove(&path))
            .await
            .map(drop)
    }

    async fn archive(
        &mut self,
        name: &str,
        folder: &str,
        target: &str,
    ) -> Result<(), TransportError> {
        let folder = if folder.starts_with('/') {
            folder.to_owned()
        } else {
            self.path(folder)
        };
        if self.attributes(Attempt::LookAt, &folder).await?.is_none() {
            self.answer(
                Attempt::MakeFolder,
                &folder,
                self.sftp.mkdir(&folder, FileAttributes::empty()),
            )
            .await?;
        }
        let target = join(&folder, target);
        if self.attributes(Attempt::LookAt, &target).await?.is_some() {
            let on = self.target(&self.path(name));
            return Err(TransportError::not_found(
                (Attempt::Archive, &on),
                Cause::ArchiveHasFile,
            ));
        }
        let path = self.path(name);
        self.answer(Attempt::Archive, &path, self.sftp.rename(&path, target))
            .await
            .map(drop)
    }

    fn host_key(&self) -> Option<String> {
        Some(self.fingerprint.clone())
    }

    fn take_warnings(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.warnings)
    }
}

/// Starts the file transfer service of a server that let us in, and gives how many bytes it sends for one read.
async fn subsystem(
    handle: &Handle<Identity>,
    failure: &Failure<'_>,
) -> Result<(RawSftpSession, u32), TransportError> {
    let refused = |cause| {
        TransportError::new(
            Code::TransportAnswer,
            ErrorKind::Refused,
            (START, &failure.on),
            cause,
            Remedy::AllowSftp,
        )
    };
    let broken = || TransportError::unreachable((START, &failure.on), CLOSED);
    let mut channel = match handle.channel_open_session().await {
        Ok(channel) => channel,
        Err(russh::Error::ChannelOpenFailure(_)) => {
            return Err(refused(Cause::NoChannel));
        }
        Err(_) => return Err(broken()),
    };
    if channel.request_subsystem(true, "sftp").await.is_err() {
        return Err(broken());
    }
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => break,
            Some(ChannelMsg::Failure | ChannelMsg::Close | ChannelMsg::Eof) => {
                return Err(refused(Cause::NoSftp));
            }
            // A server that refuses says so; this one is gone.
            None => return Err(broken()),
            Some(_) => {}
        }
    }
    // The library measures each read from when it was asked for, also while it waits behind others;
    // our own limits are between two answers.
    let config = Config {
        request_timeout_secs: failure.settings.limits.whole.as_secs().saturating_add(60),
        max_packet_len: packets::MAX_BYTES,
        ..Config::default()
    };
    let stream = Packets::new(channel.into_stream(), failure.too_large.clone());
    let sftp = RawSftpSession::new_with_config(stream, config);
    let version = sftp
        .init()
        .await
        .map_err(|error| failure.of(START, &error))?;
    if !version.extensions.contains_key(LIMITS) {
        return Ok((sftp, read::PIECE));
    }
    match sftp.limits().await {
        Ok(limits) => Ok((sftp, read::piece(limits.max_read_len))),
        Err(Error::Status(_)) => Ok((sftp, read::PIECE)),
        Err(error) => Err(failure.of(START, &error)),
    }
}

const START: Attempt = Attempt::StartFileTransfer;
/// A connection that ended while nothing was read.
const CLOSED: Cause = Cause::Closed {
    received: None,
    why: None,
};

/// What must be known to say why the server did not do what it was asked to.
struct Failure<'s> {
    settings: &'s SourceSettings,
    /// The account and server, or a file there.
    on: Target,
    too_large: TooLarge,
}

impl Failure<'_> {
    fn of(&self, attempt: Attempt, error: &Error) -> TransportError {
        let attempted = (attempt, &self.on);
        let Error::Status(status) = error else {
            return self.broken(attempt, error);
        };
        match status.status_code {
            StatusCode::NoSuchFile => TransportError::not_found(attempted, Cause::Missing),
            StatusCode::PermissionDenied => {
                TransportError::not_found(attempted, Cause::NoPermission)
            }
            StatusCode::ConnectionLost | StatusCode::NoConnection => {
                TransportError::unreachable(attempted, CLOSED)
            }
            _ => {
                let answer = self.settings.server_text(&status.error_message);
                let account = None;
                TransportError::not_found(attempted, Cause::Answer { answer, account })
            }
        }
    }

    fn broken(&self, attempt: Attempt, error: &Error) -> TransportError {
        let attempted = (attempt, &self.on);
        if let Some(bytes) = self.too_large.bytes() {
            let cause = Cause::PacketTooLarge {
                bytes: u64::from(bytes),
                limit: u64::from(packets::MAX_BYTES),
            };
            return TransportError::unreachable(attempted, cause);
        }
        let Error::Limited(why) = error else {
            return TransportError::unreachable(attempted, CLOSED);
        };
        TransportError::new(
            Code::TransportLimit,
            ErrorKind::Refused,
            attempted,
            Cause::OverStatedLimit { why: why.clone() },
            Remedy::CheckServer,
        )
    }
}

fn listed(file: File) -> Entry {
    entry(file.filename, &file.longname, &file.attrs)
}

fn entry(name: String, longname: &str, attributes: &FileAttributes) -> Entry {
    let kind = match attributes.permissions.map(|mode| mode & 0o170_000) {
        Some(0o100_000) => EntryKind::File,
        Some(0o040_000) => EntryKind::Folder,
        Some(0o120_000) => EntryKind::Link,
        // Permissions without a type, or none: the line for people often tells.
        Some(0) | None => match longname.bytes().next() {
            Some(b'-') | None => EntryKind::File,
            Some(b'd') => EntryKind::Folder,
            Some(b'l') => EntryKind::Link,
            Some(_) => EntryKind::Special,
        },
        Some(_) => EntryKind::Special,
    };
    let modified = attributes
        .mtime
        .and_then(|seconds| Timestamp::from_second(i64::from(seconds)).ok());
    Entry {
        name,
        kind,
        bytes: attributes.size,
        modified,
    }
}

/// The folder, and the one file in it that is meant. Paths that begin with `/~/` are relative to the home folder.
fn split(path: &str, is_folder: bool) -> (String, Option<String>) {
    if let Some(path) = below_home(path) {
        let (folder, name) = match path.rsplit_once('/') {
            _ if is_folder => (path, None),
            Some((folder, name)) => (folder, Some(name.to_owned())),
            None => ("", Some(path.to_owned())),
        };
        let folder = if folder.is_empty() { "." } else { folder };
        return (folder.to_owned(), name);
    }
    if is_folder {
        return (path.to_owned(), None);
    }
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    (
        if folder.is_empty() {
            "/".to_owned()
        } else {
            folder.to_owned()
        },
        Some(name.to_owned()),
    )
}

fn join(folder: &str, name: &str) -> String {
    if folder.ends_with('/') {
        format!("{folder}{name}")
    } else {
        format!("{folder}/{name}")
    }
}
