//! When a file may be read, and what proves that it arrived whole. The same for every transport.
//!
//! `companion` finds the markers and checksums beside a file, `rest` waits until it stands still, `transfer`
//! reads it and proves it, `finish` archives or deletes it when it was applied.

mod companion;
mod finish;
mod rest;
mod transfer;

pub use finish::finish;
pub(super) use rest::gone;

use super::{
    Entry, ErrorKind, Scheme, SourceSettings, Transport, TransportError, connect,
    names::{Pattern, choose},
    no_file::no_file,
};
use jiff::Timestamp;
use muster_core::model::{
    code::Code,
    origin::DeliveredFile,
    problem::{
        Problem, Severity, shown,
        transport::{Attempt, Cause, Detail, Remedy, Skipped},
    },
};
use std::{fs::File, time::Duration};

/// What happens while files are fetched.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'p> {
    /// Waiting for a file to stand still.
    Settling {
        /// Name of the file.
        name: &'p str,
        wait: Duration,
    },
    Bytes {
        /// Name of the file.
        name: &'p str,
        read: u64,
        /// In all, where the server says.
        of: Option<u64>,
    },
    /// An attempt failed and is made again.
    Retrying {
        error: &'p TransportError,
        /// How long until the next.
        wait: Duration,
    },
}

/// A file that arrived whole.
#[derive(Debug)]
pub struct Fetched {
    /// Name, size, time and hash, as kept with the run.
    pub file: DeliveredFile,
    /// Its bytes, from the beginning: the original for a local file, else an unnamed temporary copy.
    pub content: File,
    /// Whether anything proves that all of it arrived: a stated size, the end of a framed answer or a checksum.
    pub is_proven: bool,
    entry: Entry,
    /// What lies beside it: markers and a checksum.
    companions: Vec<Entry>,
    /// The size that the server announced, where it is another than that of what arrived.
    disputed: Option<u64>,
}

/// Everything that one look at a source brought.
#[derive(Debug)]
pub struct Delivery {
    /// The files, newest first.
    pub files: Vec<Fetched>,
    /// What should be said.
    pub warnings: Vec<Problem>,
}

/// What a source lists, without fetching anything.
#[derive(Debug)]
pub struct Look {
    /// Matching files, newest first.
    pub files: Vec<Entry>,
    /// How many names there are in all.
    pub listed: usize,
    /// Fingerprint of the server's host key, where there is one.
    pub host_key: Option<String>,
    /// What should be said.
    pub warnings: Vec<Problem>,
}

/// Connects and lists; changes and fetches nothing.
pub async fn look(settings: &SourceSettings) -> Result<Look, TransportError> {
    let mut transport = connect(settings).await?;
    let mut skipped = Vec::new();
    let entries = transport.list().await?;
    let files = matching(settings, &entries, &mut skipped)?;
    let mut warnings = skipped_names(skipped);
    warnings.extend(transport.take_warnings());
    Ok(Look {
        files,
        listed: entries.len(),
        host_key: transport.host_key(),
        warnings,
    })
}

/// One attempt to fetch every matching file whole.
pub(super) async fn fetch_once(
    settings: &SourceSettings,
    now: &(dyn Fn() -> Timestamp + Sync),
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Delivery, TransportError> {
    let mut transport = connect(settings).await?;
    let mut skipped = Vec::new();
    let entries = transport.list().await?;
    let chosen = matching(settings, &entries, &mut skipped)?;
    if chosen.is_empty() {
        return Err(no_file(settings, &entries, skipped));
    }
    let mut warnings = skipped_names(skipped);
    let mut files = Vec::new();
    for entry in chosen {
        let transport: &mut dyn Transport = &mut *transport;
        let companions = companion::find(transport, settings, &entry, &entries).await?;
        let entry = rest::wait(
            transport,
            settings,
            entry,
            companions.mark(),
            now(),
            progress,
        )
        .await?;
        let mut fetched = transfer::read(transport, settings, entry, progress).await?;
        fetched.is_proven |= companions.verify(transport, settings, &fetched).await?;
        fetched.companions = companions.into_entries();
        warnings.extend(weak_proof(&fetched));
        files.push(fetched);
    }
    if files.len() > 1 {
        warnings.push(several(&files));
    }
    warnings.extend(transport.take_warnings());
    Ok(Delivery { files, warnings })
}

impl Fetched {
    /// Whether a local file is still what was read; copies cannot change.
    pub fn is_still(&self, settings: &SourceSettings) -> bool {
        if settings.location.scheme != Scheme::File {
            return true;
        }
        self.content.metadata().is_ok_and(|metadata| {
            let modified = metadata
                .modified()
                .ok()
                .and_then(|time| Timestamp::try_from(time).ok());
            Some(metadata.len()) == self.entry.bytes && modified == self.entry.modified
        })
    }
}

fn matching(
    settings: &SourceSettings,
    entries: &[Entry],
    skipped: &mut Vec<Skipped>,
) -> Result<Vec<Entry>, TransportError> {
    let on = settings.location.target();
    let Some(pattern) = &settings.pattern else {
        // One file was asked for by its path: only that it is a plain file is checked.
        return match entries.first() {
            Some(entry) if entry.kind != super::EntryKind::File => Err(TransportError::new(
                Code::NameRefused,
                ErrorKind::Refused,
                (Attempt::Read, &on),
                Cause::NotAPlainFile,
                Remedy::NameFile,
            )),
            _ => Ok(entries.iter().take(1).cloned().collect()),
        };
    };
    let pattern = Pattern::new(pattern).map_err(|why| {
        let pattern = shown(pattern);
        TransportError::new(
            Code::Configuration,
            ErrorKind::Configuration,
            (Attempt::UsePattern, &on),
            Cause::Pattern { pattern, why },
            Remedy::CorrectPattern,
        )
    })?;
    let mut chosen = choose(entries, &pattern, settings, skipped);
    let limit = settings.limits.names_considered;
    if chosen.len() > limit || entries.len() >= settings.limits.names_read {
        let cause = Cause::TooManyNames {
            names: entries.len(),
            names_limit: settings.limits.names_read,
            matching: chosen.len(),
            matching_limit: limit,
        };
        return Err(TransportError::new(
            Code::TransportLimit,
            ErrorKind::Refused,
            (Attempt::ChooseFiles, &on),
            cause,
            Remedy::RemoveFilesOrRaiseLimits,
        ));
    }
    chosen.retain(|entry| !companion::is_name(&entry.name));
    Ok(chosen)
}

fn skipped_names(skipped: Vec<Skipped>) -> Vec<Problem> {
    let problem = |skipped| {
        Problem::new(
            Code::NameRefused,
            Severity::Warning,
            Detail::Skipped(skipped),
            Remedy::ReplaceName,
        )
    };
    skipped.into_iter().map(problem).collect()
}

fn several(files: &[Fetched]) -> Problem {
    let names = files.iter().take(10);
    let detail = Detail::SeveralFiles {
        count: files.len(),
        names: names.map(|file| shown(&file.file.name)).collect(),
    };
    Problem::new(
        Code::SeveralFiles,
        Severity::Warning,
        detail,
        Remedy::KeepOneFile,
    )
}

fn weak_proof(fetched: &Fetched) -> Option<Problem> {
    let received = fetched.file.bytes;
    let file = shown(&fetched.file.name);
    let entry = &fetched.entry;
    let detail = match (fetched.disputed, entry.bytes, entry.modified) {
        (Some(stated), ..) => Detail::TwoSizes {
            file,
            stated,
            received,
        },
        (None, None, _) => Detail::NoSize { file },
        (None, _, None) => Detail::NoTime { file },
        _ => return None,
    };
    Some(Problem::new(
        Code::TransportWeak,
        Severity::Warning,
        detail,
        Remedy::ProvideChecksum,
    ))
}
