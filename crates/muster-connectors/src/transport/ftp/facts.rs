//! What the server knows of files: their kind, size and modification time.
//!
//! MLSD and MLST tell it all; for servers that do not know them LIST, SIZE and MDTM are asked.

use super::{FtpFolder, listing, session::Phases};
use crate::transport::{Entry, EntryKind, TransportError, names::unsafe_name};
use muster_core::model::problem::transport::Attempt;
use suppaftp::{FtpError, Status};

impl FtpFolder {
    /// Every entry as MLSD tells it; none: the server does not know that command.
    pub(super) async fn list_facts(&mut self) -> Result<Option<Vec<Entry>>, TransportError> {
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
            Err(error) => Err(self.list_failed(&error)),
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
            Err(error) => Err(self.list_failed(&error)),
        }
    }

    /// Every entry as LIST tells it: names, kinds and sizes.
    pub(super) async fn list_lines(&mut self) -> Result<Vec<Entry>, TransportError> {
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
            Err(error) => Err(self.list_failed(&error)),
        }
    }

    /// Adds what SIZE and MDTM say to what LIST said.
    pub(super) async fn measure(&mut self, mut entry: Entry) -> Result<Entry, TransportError> {
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
    pub(super) async fn number(
        &mut self,
        command: &str,
        name: &str,
    ) -> Result<Option<String>, TransportError> {
        let asking = self
            .session
            .stream
            .custom_command(format!("{command} {name}"), &[Status::File]);
        let on = self.settings.location.path_target(name);
        let attempted = (Attempt::AskForSizeOrTime, &on);
        let phases = Phases {
            settings: &self.settings,
        };
        match phases
            .limited(self.settings.limits.first_byte, attempted, asking)
            .await?
        {
            Ok(answer) => {
                let text = String::from_utf8_lossy(&answer.body);
                Ok(text.trim().get(4..).map(|text| text.trim().to_owned()))
            }
            Err(FtpError::UnexpectedResponse(answer)) if answer.status != Status::NotAvailable => {
                Ok(None)
            }
            Err(error) => Err(phases.failed(attempted, &error)),
        }
    }

    /// One file as MLST tells it; the outer none: the server does not know that command.
    pub(super) async fn stat_facts(
        &mut self,
        name: &str,
    ) -> Result<Option<Option<Entry>>, TransportError> {
        if !self.knows_facts {
            return Ok(None);
        }
        let asking = self.session.stream.mlst(Some(name));
        let on = self.settings.location.path_target(name);
        let attempted = (Attempt::LookAt, &on);
        let phases = Phases {
            settings: &self.settings,
        };
        match phases
            .limited(self.settings.limits.first_byte, attempted, asking)
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
            Err(error) => Err(phases.failed(attempted, &error)),
        }
    }

    fn list_failed(&self, error: &FtpError) -> TransportError {
        Phases {
            settings: &self.settings,
        }
        .data_failed((Attempt::List, &self.folder), error)
    }
}

/// Whether a server does not know a command.
pub(super) fn unknown(status: Status) -> bool {
    matches!(
        status,
        Status::BadCommand
            | Status::BadArguments
            | Status::NotImplemented
            | Status::NotImplementedParameter
            | Status::Unknown
    )
}
