//! Files on an FTP server, in the clear or with TLS.
//!
//! Always binary. The modification time and size come from MLSD, or from SIZE and MDTM where a server does
//! not know it. Paths are never sent but for the folder: each command names a file in it.

mod encryption;
mod listing;
mod session;

use super::{
    Entry, EntryKind, ErrorKind, FtpMode, Received, Scheme, SourceSettings, Transport,
    TransportError,
    home_folder::below_home,
    names::{Pattern, unsafe_name},
};
use crate::http;
use async_trait::async_trait;
use muster_core::model::{
    code::Code,
    problem::{Problem, Severity, shown},
};
use session::{Phases, Session};
use std::{io::Write, sync::PoisonError};
use suppaftp::{
    FtpError, FtpResult, Mode, Status,
    tokio::{AsyncRustlsStream, TransferStream},
};
use tokio::io::AsyncReadExt;

/// Bytes of a listing that are read for each name allowed.
const LISTING_BYTES_PER_NAME: usize = 1_024;

/// A folder on an FTP server, or the one file in it that the location names.
pub(crate) struct FtpFolder {
    session: Session,
    settings: SourceSettings,
    one_file: Option<String>,
    /// What is attempted where the folder is listed.
    listing: String,
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
            let attempted = format!("open the folder `{}` at", shown(folder));
            phases
                .within(settings.limits.first_byte, &attempted, changed)
                .await?;
        }
        let mut warnings = Vec::new();
        if settings.location.scheme == Scheme::Ftp {
            let message = format!(
                "the password and all data travel in the clear to {}; anyone on the way can read them",
                settings.location.server()
            );
            let advice = "use `sftp:` or `ftps:` if the server offers it";
            warnings.push(Problem::new(
                Code::TransportClear,
                Severity::Warning,
                message,
                advice,
            ));
        }
        let knows_extended = settings.ftp_mode == FtpMode::Passive;
        let folder = if folder.is_empty() { "/~/" } else { folder };
        let listing = format!("list the folder `{}` at", shown(folder));
        Ok(Self {
            session,
            settings: settings.clone(),
            one_file,
            listing,
            knows_facts: true,
            knows_extended,
            warnings,
        })
    }

    /// Opens a data connection for a command: extended passive mode first, the older one if it is refused.
    async fn open(
        &mut self,
        attempted: &str,
        command: &str,
    ) -> Result<FtpResult<Incoming>, TransportError> {
        let expected = [Status::AboutToSend, Status::AlreadyOpen];
        let limit = self.settings.limits.first_byte;
        loop {
            self.session
                .data
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .announced = false;
            let phases = Phases {
                settings: &self.settings,
            };
            let opening = self.session.stream.custom_data_command(command, &expected);
            let opened = phases.limited(limit, attempted, opening).await;
            let opened = opened.map_err(|error| phases.on_data(error))?;
            let announced = self
                .session
                .data
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .announced;
            match opened {
                Err(FtpError::UnexpectedResponse(answer))
                    if self.knows_extended && !announced && unknown(answer.status) =>
                {
                    self.knows_extended = false;
                    self.session.stream.set_mode(Mode::Passive);
                }
                other => return Ok(other.map(|(_, stream)| stream)),
            }
        }
    }

    /// The next bytes of a data connection; none at its end.
    async fn next(
        &self,
        incoming: &mut Incoming,
        buffer: &mut [u8],
        attempted: &str,
        total: u64,
    ) -> Result<std::io::Result<usize>, TransportError> {
        let limits = &self.settings.limits;
        let limit = if total == 0 {
            limits.first_byte
        } else {
            limits.between_bytes
        };
        Phases {
            settings: &self.settings,
        }
        .limited(limit, attempted, incoming.read(buffer))
        .await
    }

    /// The lines that a listing command sends; no more than the limits allow.
    async fn lines(&mut self, command: &str) -> Result<FtpResult<Vec<String>>, TransportError> {
        let attempted = self.listing.clone();
        let phases = Phases {
            settings: &self.settings.clone(),
        };
        let limits = &phases.settings.limits;
        let mut incoming = match self.open(&attempted, command).await? {
            Ok(incoming) => incoming,
            Err(error) => return Ok(Err(error)),
        };
        let mut text = Vec::new();
        let mut buffer = vec![0; 1 << 14];
        loop {
            let read = self
                .next(&mut incoming, &mut buffer, &attempted, text.len() as u64)
                .await?;
            let read = read.map_err(|error| {
                phases.data_failed(&attempted, &FtpError::ConnectionError(error))
            })?;
            if read == 0 {
                break;
            }
            text.extend_from_slice(&buffer[..read]);
            if text.len() > limits.names_read.saturating_mul(LISTING_BYTES_PER_NAME) {
                let why = format!(
                    "the listing is longer than {} names can be",
                    limits.names_read
                );
                let on = self.settings.location.server();
                let advice = "clear the folder out, or name a folder with fewer files";
                return Err(TransportError::new(
                    Code::TransportLimit,
                    ErrorKind::Refused,
                    &attempted,
                    &on,
                    why,
                    advice,
                ));
            }
        }
        phases
            .within(limits.first_byte, &attempted, incoming.finish())
            .await?;
        let text = String::from_utf8_lossy(&text);
        let lines = text
            .split('\n')
            .map(|line| line.strip_suffix('\r').unwrap_or(line));
        Ok(Ok(lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()))
    }

    /// Every entry as MLSD tells it; none: the server does not know that command.
    async fn list_facts(&mut self) -> Result<Option<Vec<Entry>>, TransportError> {
        if !self.knows_facts {
            return Ok(None);
        }
        match self.lines("MLSD").await? {
            Ok(lines) => {
                let limit = self.settings.limits.names_read;
                let mut entries: Vec<Entry> = lines
                    .iter()
                    .filter_map(|line| listing::facts(line))
                    .take(limit)
                    .collect();
                self.unmask(&mut entries).await?;
                Ok(Some(entries))
            }
            Err(FtpError::UnexpectedResponse(answer)) if unknown(answer.status) => {
                self.knows_facts = false;
                Ok(None)
            }
            Err(error) => Err(self.data_failed(&self.listing, &error)),
        }
    }

    /// Finds out what empty files are: some servers give pipes and devices out as such, and reading one hangs.
    async fn unmask(&mut self, entries: &mut [Entry]) -> Result<(), TransportError> {
        let empty = |entry: &Entry| entry.kind == EntryKind::File && entry.bytes == Some(0);
        if !entries.iter().any(empty) {
            return Ok(());
        }
        match self.lines("LIST").await? {
            Ok(lines) => {
                for special in lines.iter().filter_map(|line| listing::line(line)) {
                    let same = entries
                        .iter_mut()
                        .find(|entry| empty(entry) && entry.name == special.name);
                    if let Some(entry) = same.filter(|_| special.kind == EntryKind::Special) {
                        entry.kind = EntryKind::Special;
                    }
                }
                Ok(())
            }
            Err(FtpError::UnexpectedResponse(answer)) if answer.status != Status::NotAvailable => {
                Ok(())
            }
            Err(error) => Err(self.data_failed(&self.listing, &error)),
        }
    }

    /// Every entry as LIST tells it: names, kinds and sizes.
    async fn list_lines(&mut self) -> Result<Vec<Entry>, TransportError> {
        match self.lines("LIST").await? {
            Ok(lines) => {
                let limit = self.settings.limits.names_read;
                Ok(lines
                    .iter()
                    .filter_map(|line| listing::line(line))
                    .take(limit)
                    .collect())
            }
            // Some servers say so of an empty folder.
            Err(FtpError::UnexpectedResponse(answer))
                if matches!(
                    answer.status,
                    Status::FileUnavailable | Status::RequestFileActionIgnored
                ) =>
            {
                Ok(Vec::new())
            }
            Err(error) => Err(self.data_failed(&self.listing, &error)),
        }
    }

    /// Adds what SIZE and MDTM say to what LIST said.
    async fn measure(&mut self, mut entry: Entry) -> Result<Entry, TransportError> {
        if entry.kind == EntryKind::File && unsafe_name(&entry.name).is_none() {
            entry.bytes = self
                .number("SIZE", &entry.name)
                .await?
                .and_then(|text| text.parse().ok())
                .or(entry.bytes);
            entry.modified = self
                .number("MDTM", &entry.name)
                .await?
                .and_then(|text| listing::time(&text));
        }
        Ok(entry)
    }

    /// What a command answers about a file; none: it is unknown or fails.
    async fn number(
        &mut self,
        command: &str,
        name: &str,
    ) -> Result<Option<String>, TransportError> {
        let asking = self
            .session
            .stream
            .custom_command(format!("{command} {name}"), &[Status::File]);
        let attempted = format!("ask for {command} of `{}` at", shown(name));
        let phases = Phases {
            settings: &self.settings,
        };
        match phases
            .limited(self.settings.limits.first_byte, &attempted, asking)
            .await?
        {
            Ok(answer) => {
                let text = String::from_utf8_lossy(&answer.body);
                Ok(text.trim().get(4..).map(|text| text.trim().to_owned()))
            }
            Err(FtpError::UnexpectedResponse(answer)) if answer.status != Status::NotAvailable => {
                Ok(None)
            }
            Err(error) => Err(phases.failed(&attempted, &error)),
        }
    }

    /// One file as MLST tells it; the outer none: the server does not know that command.
    async fn stat_facts(&mut self, name: &str) -> Result<Option<Option<Entry>>, TransportError> {
        if !self.knows_facts {
            return Ok(None);
        }
        let asking = self.session.stream.mlst(Some(name));
        let attempted = format!("look at `{}` at", shown(name));
        let phases = Phases {
            settings: &self.settings,
        };
        match phases
            .limited(self.settings.limits.first_byte, &attempted, asking)
            .await?
        {
            Ok(line) => {
                let mut entry = listing::facts(&line).map(|entry| Entry {
                    name: name.to_owned(),
                    ..entry
                });
                self.unmask(entry.as_mut_slice()).await?;
                Ok(Some(entry))
            }
            Err(FtpError::UnexpectedResponse(answer))
                if answer.status == Status::FileUnavailable =>
            {
                Ok(Some(None))
            }
            Err(FtpError::UnexpectedResponse(answer)) if unknown(answer.status) => {
                self.knows_facts = false;
                Ok(None)
            }
            Err(error) => Err(phases.failed(&attempted, &error)),
        }
    }

    fn data_failed(&self, attempted: &str, error: &FtpError) -> TransportError {
        Phases {
            settings: &self.settings,
        }
        .data_failed(attempted, error)
    }
}

/// A data connection that a command opened.
type Incoming = TransferStream<AsyncRustlsStream>;

/// Whether a server does not know a command.
fn unknown(status: Status) -> bool {
    matches!(
        status,
        Status::BadCommand
            | Status::BadArguments
            | Status::NotImplemented
            | Status::NotImplementedParameter
            | Status::Unknown
    )
}

/// Refuses a name that could be read as something else than one file in the folder, before any command.
fn plain(name: &str, settings: &SourceSettings) -> Result<(), TransportError> {
    let Some(why) = unsafe_name(name) else {
        return Ok(());
    };
    let on = format!("`{}` on {}", shown(name), settings.location.server());
    let advice = "give it a plain file name";
    Err(TransportError::new(
        Code::NameRefused,
        ErrorKind::Refused,
        "use the name",
        &on,
        why,
        advice,
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
        let attempted = format!("read `{}` from", shown(&entry.name));
        let settings = self.settings.clone();
        let phases = Phases {
            settings: &settings,
        };
        let of = entry
            .bytes
            .map_or(String::new(), |bytes| format!(" of {bytes}"));
        let mut incoming = match self
            .open(&attempted, &format!("RETR {}", entry.name))
            .await?
        {
            Ok(incoming) => incoming,
            Err(FtpError::UnexpectedResponse(answer))
                if answer.status == Status::FileUnavailable =>
            {
                let (answer, account) = (phases.said(&answer), phases.account());
                let why = format!(
                    "it was listed, but the server answers {answer} to the account `{account}`"
                );
                let advice = "check who clears the folder, and that the account may read the file";
                let on = settings.location.server();
                return Err(TransportError::new(
                    Code::NoFile,
                    ErrorKind::NoFile,
                    &attempted,
                    &on,
                    why,
                    advice,
                ));
            }
            Err(error) => return Err(phases.data_failed(&attempted, &error)),
        };
        let mut buffer = vec![0; 1 << 16];
        let mut total = 0;
        loop {
            let broken = |why: String| {
                let why = format!("the connection broke after {total}{of} bytes: {why}");
                TransportError::unreachable(&attempted, &settings.location.server(), why)
            };
            match self
                .next(&mut incoming, &mut buffer, &attempted, total)
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
                Err(error) => return Err(broken(http::in_words(&error.to_string()))),
            }
        }
        let finished = phases
            .limited(settings.limits.first_byte, &attempted, incoming.finish())
            .await?;
        match finished {
            // What the server says at the end of a transfer does not say how long it was.
            Ok(()) => Ok(Received {
                bytes: total,
                is_framed: false,
            }),
            Err(error) => {
                let error = phases.failed(&attempted, &error);
                Err(TransportError {
                    why: format!("got {total}{of} bytes, then: {}", error.why),
                    retry: true,
                    ..error
                })
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
                "delete the file at",
                self.session.stream.rm(name),
            )
            .await
    }

    async fn archive(&mut self, name: &str, folder: &str) -> Result<(), TransportError> {
        plain(name, &self.settings)?;
        let target = format!("{}/{name}", folder.trim_end_matches('/'));
        let limit = self.settings.limits.first_byte;
        let attempted = format!("archive `{}` at", shown(name));
        let phases = Phases {
            settings: &self.settings,
        };
        // It mostly exists already, which servers tell in many ways; if it is not there, moving fails.
        let made = phases
            .limited(limit, &attempted, self.session.stream.mkdir(folder))
            .await?;
        if let Err(error @ (FtpError::ConnectionError(_) | FtpError::SecureError(_))) = made {
            return Err(phases.failed(&attempted, &error));
        }
        if self.number("SIZE", &target).await?.is_some() {
            let why = "the archive has a file of this name already";
            return Err(TransportError::not_found(
                &attempted,
                &self.settings.location.server(),
                why,
            ));
        }
        let phases = Phases {
            settings: &self.settings,
        };
        phases
            .within(limit, &attempted, self.session.stream.rename(name, &target))
            .await
    }

    fn take_warnings(&mut self) -> Vec<Problem> {
        let mut warnings = std::mem::take(&mut self.warnings);
        warnings.extend(self.session.other_host());
        warnings
    }
}
