//! Fetching files: where they are, who may read them, and how it is proved that they arrived whole.
//!
//! Each kind of server is one implementation of [`Transport`]; what must hold for all of them (which names
//! are taken, when a file is at rest, what proves a transfer) is written once, in `arrival`.

mod arrival;
mod attempt;
mod error;
mod file;
mod ftp;
mod https;
mod location;
mod names;
mod settings;
mod sftp;
pub(crate) mod tls;

pub use arrival::{Delivery, Fetched, Look, Progress, finish, look};
pub use attempt::fetch;
pub use error::{ErrorKind, TransportError};
pub use location::{Location, Scheme};
pub use settings::{After, Credentials, FtpMode, Retry, SourceSettings, TransportLimits};
pub use sftp::{SshAlgorithms, ssh_algorithms};

use async_trait::async_trait;
use jiff::Timestamp;
use muster_core::problem::Problem;
use std::io::Write;

/// What a server lists under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The name as listed. It is data: it never becomes a local path.
    pub name: String,
    /// What it is.
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
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a device or anything else.
    Special,
}

/// One connection to one kind of server, logged in.
#[async_trait]
pub(crate) trait Transport: Send {
    /// Everything in the folder, or the one file that the location names. Ends at the limit of names.
    async fn list(&mut self) -> Result<Vec<Entry>, TransportError>;

    /// One file as it is now; none if it is gone.
    async fn stat(&mut self, name: &str) -> Result<Option<Entry>, TransportError>;

    /// Writes a whole file to `into` and gives the number of bytes. `into` refuses what is over a limit.
    async fn fetch(&mut self, entry: &Entry, into: &mut (dyn Write + Send)) -> Result<u64, TransportError>;

    /// Removes a file that was applied.
    async fn remove(&mut self, name: &str) -> Result<(), TransportError>;

    /// Moves a file that was applied into a folder beside it.
    async fn archive(&mut self, name: &str, folder: &str) -> Result<(), TransportError>;

    /// Fingerprint of the server's host key, where there is one.
    fn host_key(&self) -> Option<String> {
        None
    }

    /// What should be said about the connection.
    fn take_warnings(&mut self) -> Vec<Problem> {
        Vec::new()
    }
}

/// Connects and logs in.
pub(crate) async fn connect(settings: &SourceSettings) -> Result<Box<dyn Transport>, TransportError> {
    match settings.location.scheme {
        Scheme::File => Ok(Box::new(file::LocalFolder::new(settings))),
        Scheme::Sftp => Ok(Box::new(sftp::SftpFolder::connect(settings).await?)),
        Scheme::Ftp | Scheme::Ftps => Ok(Box::new(ftp::FtpFolder::connect(settings).await?)),
        Scheme::Https => Ok(Box::new(https::HttpsFile::connect(settings)?)),
    }
}
