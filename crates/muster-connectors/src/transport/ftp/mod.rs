//! Files on an FTP server, in the clear or with TLS.
//!
//! Always binary. The modification time and size come from MLSD, or from SIZE and MDTM where a server does
//! not know it. Paths are never sent but for the folder: each command names a file in it.

mod data;
mod encryption;
mod facts;
mod listing;
mod session;

use super::{
    Entry, ErrorKind, FtpMode, Received, Scheme, SourceSettings, Transport, TransportError,
    home_folder::below_home,
    names::{Pattern, unsafe_name},
};
use async_trait::async_trait;
use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity,
        transport::{Attempt, Cause, Detail, Received as Arrived, Remedy, Target},
    },
};
use session::{Phases, Session};
use std::io::Write;
use suppaftp::{FtpError, Status};

/// A folder on an FTP server, or the one file in it that the location names.
pub(crate) struct FtpFolder {
    session: Session,
    settings: SourceSettings,
    one_file: Option<String>,
    /// The folder as messages show it.
    folder: Target,
    /// Whether the server knows MLSD and MLST; assumed until it says otherwise.
    knows_facts: bool,
    /// Whether the server may know extended passive mode; assumed likewise.
    knows_extended: bool,
    warnings: Vec<Problem>,
}

impl FtpFolder {
    pub(crate) async fn connect(settings: &SourceSettings) -> Result<Self, TransportError> {
        let path = settings.location.path.as_str();
        let below_home = below_home(path).filter(|_| !path.is_empty());
        let path = below_home.unwrap_or(path);
        let (folder, one_file) = match (&settings.pattern, path.rsplit_once('/')) {
            (Some(_), _) => (path, None),
            (None, Some((folder, name))) => (folder, Some(name.to_owned())),
            (None, None) => ("", Some(path.to_owned())),
        };
        if let Some(name) = &one_file {
            plain(name, settings)?;
        }
        let mut session = Session::open(settings).await?;
        let folder = if folder.is_empty() && below_home.is_none() {
            "/"
        } else {
            folder
        };
        // A login ends in the home folder.
        if !folder.is_empty() {
            let changed = session.stream.cwd(folder);
            let phases = Phases { settings };
            let on = settings.location.path_target(folder);
            phases
                .within(settings.limits.first_byte, (Attempt::Open, &on), changed)
                .await?;
        }
        let mut warnings = Vec::new();
        if settings.location.scheme == Scheme::Ftp {
            let server = settings.location.server();
            warnings.push(Problem::new(
                Code::TransportClear,
                Severity::Warning,
                Detail::Unencrypted { server },
                Remedy::UseEncryptedTransport,
            ));
        }
        let knows_extended = settings.ftp_mode == FtpMode::Passive;
        let folder = if folder.is_empty() { "/~/" } else { folder };
        Ok(Self {
            session,
            settings: settings.clone(),
            one_file,
            folder: settings.location.path_target(folder),
            knows_facts: true,
            knows_extended,
            warnings,
        })
    }
}

/// Refuses a name that could be read as something else than one file in the folder, before any command.
fn plain(name: &str, settings: &SourceSettings) -> Result<(), TransportError> {
    let Some(fault) = unsafe_name(name) else {
        return Ok(());
    };
    Err(TransportError::new(
        Code::NameRefused,
        ErrorKind::Refused,
        (Attempt::UseName, &settings.location.path_target(name)),
        Cause::Name(fault),
        Remedy::UsePlainName,
    ))
}

#[async_trait]
impl Transport for FtpFolder {
    async fn list(&mut self) -> Result<Vec<Entry>, TransportError> {
        if let Some(name) = self.one_file.clone() {
            return Ok(self.stat(&name).await?.into_iter().collect());
        }
        if let Some(entries) = self.list_facts().await? {
            return Ok(entries);
        }
        let pattern = self
            .settings
            .pattern
            .as_deref()
            .and_then(|pattern| Pattern::new(pattern).ok());
        let mut entries = Vec::new();
        let mut measured = 0;
        for entry in self.list_lines().await? {
            // Two commands for each file: only for those that will be read.
            let wanted = pattern
                .as_ref()
                .is_some_and(|pattern| pattern.matches(&entry.name));
            if wanted && measured <= self.settings.limits.names_considered {
                measured += 1;
                entries.push(self.measure(entry).await?);
            } else {
                entries.push(entry);
            }
        }
        Ok(entries)
    }

    async fn stat(&mut self, name: &str) -> Result<Option<Entry>, TransportError> {
        plain(name, &self.settings)?;
        if let Some(found) = self.stat_facts(name).await? {
            return Ok(found);
        }
        let listed = self
            .list_lines()
            .await?
            .into_iter()
            .find(|entry| entry.name == name);
        match listed {
            Some(entry) => Ok(Some(self.measure(entry).await?)),
            None => Ok(None),
        }
    }

    async fn fetch(
        &mut self,
        entry: &Entry,
        into: &mut (dyn Write + Send),
    ) -> Result<Received, TransportError> {
        plain(&entry.name, &self.settings)?;
        let settings = self.settings.clone();
        let on = settings.location.path_target(&entry.name);
        let attempted = (Attempt::Read, &on);
        let phases = Phases {
            settings: &settings,
        };
        let so_far = |bytes| Arrived {
            bytes,
            of: entry.bytes,
        };
        let mut incoming = match self
            .open(attempted, &format!("RETR {}", entry.name))
            .await?
        {
            Ok(incoming) => incoming,
            Err(FtpError::UnexpectedResponse(answer))
                if answer.status == Status::FileUnavailable =>
            {
                let cause = Cause::ListedThenRefused {
                    answer: phases.answer_text(&answer),
                    account: settings.account(),
                };
                return Err(TransportError::new(
                    Code::NoFile,
                    ErrorKind::NoFile,
                    attempted,
                    cause,
                    Remedy::CheckWhoRemoves,
                ));
            }
            Err(error) => return Err(phases.data_failed(attempted, &error)),
        };
        let mut buffer = vec![0; 1 << 16];
        let mut total = 0;
        loop {
            let broken = |why: String| {
                let cause = Cause::Closed {
                    received: Some(so_far(total)),
                    why: Some(why),
                };
                TransportError::unreachable(attempted, cause)
            };
            match self
                .next(&mut incoming, &mut buffer, attempted, total)
                .await?
            {
                Ok(0) => break,
                Ok(read) => {
                    into.write_all(&buffer[..read])
                        .map_err(|error| TransportError::not_kept(&entry.name, &error))?;
                    total += read as u64;
                }
                // Encryption that ends without its closing alert: the announced size proves the file, or nothing.
                Err(error)
                    if error.kind() == std::io::ErrorKind::UnexpectedEof
                        && entry.bytes == Some(total) =>
                {
                    break;
                }
                Err(error) => return Err(broken(error.to_string())),
            }
        }
        let finished = phases
            .limited(settings.limits.first_byte, attempted, incoming.finish())
            .await?;
        match finished {
            // What the server says at the end of a transfer does not say how long it was.
            Ok(()) => Ok(Received {
                bytes: total,
                is_framed: false,
            }),
            Err(error) => {
                let then = |cause| Cause::Incomplete {
                    received: so_far(total),
                    then: Some(Box::new(cause)),
                };
                Err(phases.failed(attempted, &error).with_cause(then).again())
            }
        }
    }

    /// What else the server says of the size: SIZE where MLST was asked, and the listing where SIZE was.
    async fn second_size(&mut self, name: &str) -> Result<Option<u64>, TransportError> {
        plain(name, &self.settings)?;
        if self.knows_facts {
            return Ok(self
                .number("SIZE", name)
                .await?
                .and_then(|text| text.parse().ok()));
        }
        let listed = self
            .list_lines()
            .await?
            .into_iter()
            .find(|entry| entry.name == name);
        Ok(listed.and_then(|entry| entry.bytes))
    }

    async fn remove(&mut self, name: &str) -> Result<(), TransportError> {
        plain(name, &self.settings)?;
        let phases = Phases {
            settings: &self.settings,
        };
        phases
            .within(
                self.settings.limits.first_byte,
                (Attempt::Delete, &self.settings.location.path_target(name)),
                self.session.stream.rm(name),
            )
            .await
    }

    async fn archive(
        &mut self,
        name: &str,
        folder: &str,
        target: &str,
    ) -> Result<(), TransportError> {
        plain(name, &self.settings)?;
        plain(target, &self.settings)?;
        let target = format!("{}/{target}", folder.trim_end_matches('/'));
        let limit = self.settings.limits.first_byte;
        let on = self.settings.location.path_target(name);
        let attempted = (Attempt::Archive, &on);
        let phases = Phases {
            settings: &self.settings,
        };
        // It mostly exists already, which servers tell in many ways; if it is not there, moving fails.
        let made = phases
            .limited(limit, attempted, self.session.stream.mkdir(folder))
            .await?;
        if let Err(error @ (FtpError::ConnectionError(_) | FtpError::SecureError(_))) = made {
            return Err(phases.failed(attempted, &error));
        }
        if self.number("SIZE", &target).await?.is_some() {
            return Err(TransportError::not_found(attempted, Cause::ArchiveHasFile));
        }
        let phases = Phases {
            settings: &self.settings,
        };
        phases
            .within(limit, attempted, self.session.stream.rename(name, &target))
            .await
    }

    fn take_warnings(&mut self) -> Vec<Problem> {
        let mut warnings = std::mem::take(&mut self.warnings);
        warnings.extend(self.session.other_host());
        warnings
    }
}
