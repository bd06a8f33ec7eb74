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
    problem::{Problem, Severity, shown},
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
    let mut warnings = Vec::new();
    let entries = transport.list().await?;
    let files = matching(settings, &entries, &mut warnings)?;
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
    let mut warnings = Vec::new();
    let entries = transport.list().await?;
    let chosen = matching(settings, &entries, &mut warnings)?;
    if chosen.is_empty() {
        return Err(no_file(settings, &entries, &warnings));
    }
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
    warnings: &mut Vec<Problem>,
) -> Result<Vec<Entry>, TransportError> {
    let on = settings.location.to_string();
    let configuration = |why| {
        TransportError::new(
            Code::Configuration,
            ErrorKind::Configuration,
            "use the pattern for",
            &on,
            why,
            "correct `pattern` under [source]",
        )
    };
    let Some(pattern) = &settings.pattern else {
        // One file was asked for by its path: only that it is a plain file is checked.
        return match entries.first() {
            Some(entry) if entry.kind != super::EntryKind::File => {
                let why = "it is not a plain file";
                Err(TransportError::new(
                    Code::NameRefused,
                    ErrorKind::Refused,
                    "read",
                    &on,
                    why,
                    "name a plain file, or a folder with a `pattern`",
                ))
            }
            _ => Ok(entries.iter().take(1).cloned().collect()),
        };
    };
    let pattern = Pattern::new(pattern).map_err(configuration)?;
    let mut chosen = choose(entries, &pattern, warnings);
    let limit = settings.limits.names_considered;
    if chosen.len() > limit || entries.len() >= settings.limits.names_read {
        let why = format!(
            "the folder has {} names, {} of them matching; the limits are {} and {limit}",
            entries.len(),
            chosen.len(),
            settings.limits.names_read
        );
        return Err(TransportError::new(
            Code::TransportLimit,
            ErrorKind::Refused,
            "take the files of",
            &on,
            why,
            "remove old files from the folder, narrow the pattern, or raise `names` or `matching` under [source.limits]",
        ));
    }
    chosen.retain(|entry| !companion::is_name(&entry.name));
    Ok(chosen)
}

fn several(files: &[Fetched]) -> Problem {
    let names = files
        .iter()
        .take(10)
        .map(|file| format!("`{}`", shown(&file.file.name)))
        .collect::<Vec<_>>()
        .join(", ");
    Problem::new(
        Code::SeveralFiles,
        Severity::Warning,
        format!(
            "{} files match: {names}; all are read as one delivery, and the newest wins",
            files.len()
        ),
        "keep only one file in the folder at a time",
    )
}

fn weak_proof(fetched: &Fetched) -> Option<Problem> {
    let Fetched {
        file,
        entry,
        disputed,
        ..
    } = fetched;
    let name = shown(&file.name);
    let what = match (disputed, entry.bytes, entry.modified) {
        (Some(wrong), ..) => {
            format!(
                "the server says {wrong} bytes of `{name}` in one way and {} in another, as many as arrived",
                file.bytes
            )
        }
        (None, None, _) => format!("the server does not say the size of `{name}`"),
        (None, _, None) => format!("the server does not say the modification time of `{name}`"),
        _ => return None,
    };
    let message = format!("{what}, so less proves that it arrived whole");
    Some(Problem::new(
        Code::TransportWeak,
        Severity::Warning,
        message,
        "put a `.sha256` file beside it",
    ))
}
