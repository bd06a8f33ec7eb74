//! Fetching files: where they are, who may read them, and how it is proved that they arrived whole.
//!
//! Each kind of server is one implementation of [`Transport`]; what must hold for all of them (which names
//! are taken, when a file is at rest, what proves a transfer) is written once, in `arrival`.

mod arrival;
mod attempt;
mod error;
mod file;
mod ftp;
mod home_folder;
mod https;
mod names;
mod no_file;
mod settings;
mod sftp;

pub use crate::net::{address_policy::NetworkPolicy, address_range::AddressRange};
pub use arrival::{Delivery, Fetched, Look, Progress, finish, look};
pub use attempt::fetch;
pub use error::{ErrorKind, TransportError};
pub use muster_core::setup::source::{After, FtpMode, FtpTls, Location, Scheme, TransportLimits};
pub use settings::{Credentials, Retry, SourceSettings};
pub use sftp::{SshAlgorithms, ssh_algorithms};

use crate::net::connection_limit::{self, MAX_CONNECTIONS, NoneFree};
use async_trait::async_trait;
use jiff::Timestamp;
use muster_core::model::problem::{Problem, transport::Attempt};
use std::{
    io::Write,
    ops::{Deref, DerefMut},
};
use tokio::sync::OwnedSemaphorePermit;

/// What a server lists under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name as listed. It is data: it never becomes a local path.
    pub name: String,
    pub kind: EntryKind,
    /// Size in bytes, where the server says.
    pub bytes: Option<u64>,
    /// Modification time in UTC, where the server says.
    pub modified: Option<Timestamp>,
}

/// What stands behind a listed name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A plain file: the only kind that is opened.
    File,
    Folder,
    Link,
    /// A pipe, a device or anything else.
    Special,
}

/// What a transfer brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) bytes: u64,
    /// Whether the protocol itself shows that this is all: a stated length, or an end that is marked.
    pub(crate) is_framed: bool,
}

/// One connection to one kind of server, logged in.
#[async_trait]
pub(crate) trait Transport: Send {
    /// Everything in the folder, or the one file that the location names. Ends at the limit of names.
    async fn list(&mut self) -> Result<Vec<Entry>, TransportError>;

    /// One file as it is now; none if it is gone.
    async fn stat(&mut self, name: &str) -> Result<Option<Entry>, TransportError>;

    /// Writes a whole file to `into`, which refuses what is over a limit.
    async fn fetch(
        &mut self,
        entry: &Entry,
        into: &mut (dyn Write + Send),
    ) -> Result<Received, TransportError>;

    /// What the server says of a file's size when it is asked in another way; none: there is none.
    async fn second_size(&mut self, _name: &str) -> Result<Option<u64>, TransportError> {
        Ok(None)
    }

    /// Removes a file that was applied.
    async fn remove(&mut self, name: &str) -> Result<(), TransportError>;

    /// Moves a file that was applied into a folder beside it, under another name there if `target` is another one. A file
    /// that the folder has is never replaced.
    async fn archive(
        &mut self,
        name: &str,
        folder: &str,
        target: &str,
    ) -> Result<(), TransportError>;

    /// Fingerprint of the server's host key, where there is one.
    fn host_key(&self) -> Option<String> {
        None
    }

    /// What should be said about the connection.
    fn take_warnings(&mut self) -> Vec<Problem> {
        Vec::new()
    }
}

/// A transport, which counts among the connections to the same server.
pub(crate) struct Connected {
    transport: Box<dyn Transport>,
    _counted: Option<OwnedSemaphorePermit>,
}

impl Deref for Connected {
    type Target = dyn Transport;

    fn deref(&self) -> &Self::Target {
        self.transport.as_ref()
    }
}

impl DerefMut for Connected {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.transport.as_mut()
    }
}

/// Connects and logs in, when the server has a connection free.
pub(crate) async fn connect(settings: &SourceSettings) -> Result<Connected, TransportError> {
    let permit = match settings.location.scheme {
        Scheme::File => None,
        _ => Some(reserve(settings).await?),
    };
    let transport: Box<dyn Transport> = match settings.location.scheme {
        Scheme::File => Box::new(file::LocalFolder::new(settings)),
        Scheme::Sftp => Box::new(sftp::SftpFolder::connect(settings).await?),
        Scheme::Ftp | Scheme::Ftps => Box::new(ftp::FtpFolder::connect(settings).await?),
        Scheme::Https => Box::new(https::HttpsFile::connect(settings)?),
    };
    Ok(Connected {
        transport,
        _counted: permit,
    })
}

/// Waits for one of the connections that the server gets, as long as a whole delivery may take.
async fn reserve(settings: &SourceSettings) -> Result<OwnedSemaphorePermit, TransportError> {
    let (location, limit) = (&settings.location, settings.limits.whole);
    let taken = connection_limit::take(&location.host, location.port, limit).await;
    taken.map_err(|NoneFree| {
        let attempt = Attempt::GetConnection(MAX_CONNECTIONS);
        TransportError::timed_out((attempt, &location.server_target()), limit.as_secs())
    })
}
