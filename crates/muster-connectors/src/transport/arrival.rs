//! When a file may be read, and what proves that it arrived whole. The same for every transport.
//!
//! A file is at rest when it is older than `settle`, when a `.done` or `.ok` file stands beside it, or when
//! it was the same before and after waiting for the rest of `settle` (which needs no common clock). Size and
//! modification time must be the same before and after reading.

use super::{
    After, Entry, ErrorKind, Scheme, SourceSettings, Transport, TransportError, connect,
    file::LocalFolder,
    names::{Pattern, choose, unsafe_name},
    no_file::no_file,
};
use jiff::Timestamp;
use muster_core::model::{
    code::Code,
    origin::DeliveredFile,
    problem::{Problem, Severity, shown},
};
use sha2::{Digest, Sha256};
use std::{
    fs::File,
    io::{self, Seek, SeekFrom, Write},
    time::Duration,
};

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
    entry: Entry,
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
        let entry = rest(&mut *transport, settings, entry, &entries, now(), progress).await?;
        let fetched = transfer(&mut *transport, settings, entry, progress).await?;
        verify_checksum(&mut *transport, settings, &fetched, &entries).await?;
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

/// After a delivery was applied in full: archives or deletes exactly its files, if they are still the same.
/// What could not be done is told; the directory is right either way.
pub async fn finish(settings: &SourceSettings, files: &[Fetched]) -> Vec<Problem> {
    if settings.after == After::Leave {
        return Vec::new();
    }
    let told = |name: &str, why: String| {
        let message = format!(
            "`{}` was applied, but could not be cleared away: {why}",
            shown(name)
        );
        Problem::new(
            Code::TransportAfter,
            Severity::Warning,
            message,
            "move or delete it by hand; reading it again changes nothing",
        )
    };
    let mut transport = match connect(settings).await {
        Ok(transport) => transport,
        Err(error) => {
            return files
                .iter()
                .map(|fetched| told(&fetched.file.name, error.to_string()))
                .collect();
        }
    };
    let mut problems = Vec::new();
    for Fetched { entry, .. } in files {
        let name = &entry.name;
        let done = match transport.stat(name).await {
            Ok(Some(now)) if now == *entry => match &settings.after {
                After::Archive(folder) => transport.archive(name, folder).await,
                After::Delete => transport.remove(name).await,
                After::Leave => Ok(()),
            },
            Ok(Some(_)) => {
                problems.push(told(
                    name,
                    "it was replaced meanwhile and is left for the next run".to_owned(),
                ));
                continue;
            }
            Ok(None) => continue,
            Err(error) => Err(error),
        };
        problems.extend(done.err().map(|error| told(name, error.to_string())));
    }
    problems
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
            "clear the folder out, or narrow the pattern",
        ));
    }
    chosen.retain(|entry| !is_companion(&entry.name));
    Ok(chosen)
}

fn is_companion(name: &str) -> bool {
    [".done", ".ok", ".sha256"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// Waits until a file stands still and gives it as it is then.
async fn rest(
    transport: &mut dyn Transport,
    settings: &SourceSettings,
    entry: Entry,
    entries: &[Entry],
    now: Timestamp,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Entry, TransportError> {
    let marked = [".done", ".ok"].iter().any(|ending| {
        let marker = format!("{}{ending}", entry.name);
        entries.iter().any(|entry| entry.name == marker)
    });
    let age = entry.modified.map(|modified| now.duration_since(modified));
    let age = age
        .and_then(|age| Duration::try_from(age).ok())
        .unwrap_or_default();
    if marked || age >= settings.settle {
        return Ok(entry);
    }
    let wait = settings.settle - age;
    progress(Progress::Settling {
        name: &entry.name,
        wait,
    });
    tokio::time::sleep(wait).await;
    match transport.stat(&entry.name).await? {
        Some(later) if later == entry => Ok(entry),
        Some(later) => Err(not_settled(&entry, &later)),
        None => Err(gone(&entry)),
    }
}

fn size(entry: &Entry) -> String {
    entry.bytes.map_or("an unknown size".to_owned(), |bytes| {
        format!("{bytes} bytes")
    })
}

fn not_settled(before: &Entry, after: &Entry) -> TransportError {
    let why = format!(
        "it changed meanwhile: {} before, {} now",
        size(before),
        size(after)
    );
    let on = format!("`{}`", shown(&before.name));
    let advice =
        "wait until the upload is finished; uploading under another name and renaming avoids this";
    let error = TransportError::new(
        Code::NotSettled,
        ErrorKind::NotSettled,
        "read",
        &on,
        why,
        advice,
    );
    TransportError {
        retry: true,
        ..error
    }
}

/// A server that sends something all the time, but never comes to an end.
fn too_slow(on: &str, bytes: u64, whole: Duration) -> TransportError {
    let seconds = whole.as_secs();
    let rate = bytes / seconds.max(1);
    let why =
        format!("only {bytes} bytes arrived within the limit of {seconds} s, {rate} a second");
    TransportError {
        why,
        ..TransportError::timed_out("read", on, seconds)
    }
}

fn gone(entry: &Entry) -> TransportError {
    let on = format!("`{}`", shown(&entry.name));
    let advice = "check who clears the folder; the next run looks again";
    TransportError::new(
        Code::NoFile,
        ErrorKind::NoFile,
        "read",
        &on,
        "it was listed and is gone now",
        advice,
    )
}

/// Hashes and counts what passes through, and refuses what is over the limit.
struct Proof<'p> {
    into: &'p mut (dyn Write + Send),
    hash: Sha256,
    bytes: u64,
    limit: u64,
    name: &'p str,
    of: Option<u64>,
    progress: &'p mut (dyn FnMut(Progress<'_>) + Send),
}

impl Write for Proof<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.bytes += buffer.len() as u64;
        if self.bytes > self.limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("it is larger than {} bytes", self.limit),
            ));
        }
        self.hash.update(buffer);
        self.into.write_all(buffer)?;
        (self.progress)(Progress::Bytes {
            name: self.name,
            read: self.bytes,
            of: self.of,
        });
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

/// Reads a file whole and proves it: size as announced, size and time the same before and after.
async fn transfer(
    transport: &mut dyn Transport,
    settings: &SourceSettings,
    entry: Entry,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Fetched, TransportError> {
    let on = format!(
        "`{}` from {}",
        shown(&entry.name),
        settings.location.server()
    );
    let local =
        |error: io::Error| TransportError::unreachable("keep a copy of", &on, error.to_string());
    let too_large = |bytes: u64| {
        let why = format!(
            "it has {bytes} bytes; the limit is {}",
            settings.limits.file_bytes
        );
        TransportError::new(
            Code::CsvLimit,
            ErrorKind::Refused,
            "read",
            &on,
            why,
            "raise `file` under [source.limits] if that is right",
        )
    };
    if let Some(bytes) = entry
        .bytes
        .filter(|bytes| *bytes > settings.limits.file_bytes)
    {
        return Err(too_large(bytes));
    }
    let in_place = settings.location.scheme == Scheme::File;
    let mut nowhere = io::sink();
    let mut copy = if in_place {
        LocalFolder::new(settings).open(&entry.name)?
    } else {
        tempfile::tempfile().map_err(local)?
    };
    let into: &mut (dyn Write + Send) = if in_place { &mut nowhere } else { &mut copy };
    let mut proof = Proof {
        into,
        hash: Sha256::new(),
        bytes: 0,
        limit: settings.limits.file_bytes,
        name: &entry.name,
        of: entry.bytes,
        progress,
    };
    let whole = settings.limits.whole;
    let fetched = tokio::time::timeout(whole, transport.fetch(&entry, &mut proof)).await;
    let bytes = proof.bytes;
    let sha256 = hexadecimal(&proof.hash.finalize());
    if bytes > settings.limits.file_bytes {
        return Err(too_large(bytes));
    }
    fetched.map_err(|_| too_slow(&on, bytes, whole))??;
    let disputed = entry.bytes.filter(|wanted| *wanted != bytes);
    if let Some(wanted) = disputed
        && transport.second_size(&entry.name).await? != Some(bytes)
    {
        let why = format!("got {bytes} of {wanted} bytes");
        let advice = "nothing of it was used; the next run fetches it again";
        let error = TransportError::new(
            Code::TransferIncomplete,
            ErrorKind::NotSettled,
            "read",
            &on,
            why,
            advice,
        );
        return Err(TransportError {
            retry: true,
            ..error
        });
    }
    match transport.stat(&entry.name).await? {
        Some(after) if after == entry => {}
        Some(after) => return Err(not_settled(&entry, &after)),
        None => return Err(gone(&entry)),
    }
    // The size that agrees must still do so: the file may have grown to it and on.
    if disputed.is_some() {
        let still = Entry {
            bytes: transport.second_size(&entry.name).await?,
            ..entry.clone()
        };
        if still.bytes != Some(bytes) {
            return Err(not_settled(
                &Entry {
                    bytes: Some(bytes),
                    ..still.clone()
                },
                &still,
            ));
        }
    }
    copy.seek(SeekFrom::Start(0)).map_err(local)?;
    let file = DeliveredFile {
        name: entry.name.clone(),
        bytes,
        modified: entry.modified,
        sha256,
    };
    Ok(Fetched {
        file,
        content: copy,
        entry,
        disputed,
    })
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Compares a file with the `NAME.sha256` beside it, if there is one.
async fn verify_checksum(
    transport: &mut dyn Transport,
    settings: &SourceSettings,
    fetched: &Fetched,
    entries: &[Entry],
) -> Result<(), TransportError> {
    let name = format!("{}.sha256", fetched.file.name);
    let Some(entry) = entries.iter().find(|entry| entry.name == name) else {
        return Ok(());
    };
    let on = format!(
        "`{}` from {}",
        shown(&fetched.file.name),
        settings.location.server()
    );
    if unsafe_name(&name).is_some() || entry.bytes.is_some_and(|bytes| bytes > 4_096) {
        let why = "its checksum file is not one";
        return Err(TransportError::new(
            Code::Checksum,
            ErrorKind::Refused,
            "verify",
            &on,
            why,
            "write the SHA-256 of the file into it, or remove it",
        ));
    }
    let mut text = Vec::new();
    transport.fetch(entry, &mut text).await?;
    let text = String::from_utf8_lossy(&text);
    let wanted = text
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if wanted == fetched.file.sha256 {
        return Ok(());
    }
    let why = format!(
        "its SHA-256 is {}, the file `{}` says `{}`",
        fetched.file.sha256,
        shown(&name),
        shown(&wanted)
    );
    Err(TransportError::new(
        Code::Checksum,
        ErrorKind::NotSettled,
        "verify",
        &on,
        why,
        "upload file and checksum again",
    ))
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
