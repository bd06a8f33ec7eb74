//! The files beside a file: `NAME.done` and `NAME.ok` say that it is complete, `NAME.sha256` has its checksum.
//!
//! In a folder they are in the listing; beside a single file they are asked for by name. On a web server
//! that is done only where the integration says so, because servers answer any name with some page.

use super::{Entry, Fetched, SourceSettings, Transport, TransportError};
use crate::transport::{EntryKind, ErrorKind, Scheme, names::unsafe_name};
use muster_core::model::{
    code::Code,
    problem::transport::{Attempt, Cause, Remedy},
};
use std::io::{self, Write};

const MARKS: [&str; 2] = [".done", ".ok"];
const CHECKSUM: &str = ".sha256";
/// A checksum with the name of its file is shorter.
const MAX_CHECKSUM_BYTES: u64 = 4_096;

/// What lies beside one file.
pub(super) struct Companions {
    entries: Vec<Entry>,
    /// Those that are not older than the file.
    current: Vec<Entry>,
    /// Whether they were asked for by name: some servers have an answer for every name.
    is_asked_for: bool,
}

pub(super) fn is_name(name: &str) -> bool {
    MARKS
        .iter()
        .chain([&CHECKSUM])
        .any(|ending| name.ends_with(ending))
}

/// Looks for the files beside one; `listed` is the whole folder, or the file alone.
pub(super) async fn find(
    transport: &mut dyn Transport,
    settings: &SourceSettings,
    file: &Entry,
    listed: &[Entry],
) -> Result<Companions, TransportError> {
    let is_in_folder = settings.pattern.is_some();
    let mut companions = Companions {
        entries: Vec::new(),
        current: Vec::new(),
        is_asked_for: !is_in_folder,
    };
    if settings.location.scheme == Scheme::Https && !settings.markers {
        return Ok(companions);
    }
    for ending in MARKS.into_iter().chain([CHECKSUM]) {
        let name = format!("{}{ending}", file.name);
        let listed = listed.iter().find(|entry| entry.name == name).cloned();
        if unsafe_name(&name).is_some() || is_in_folder && listed.is_none() {
            continue;
        }
        // Some listings have no times, and they decide.
        let found = match listed.filter(|entry| entry.modified.is_some()) {
            Some(entry) => Some(entry),
            None => match transport.stat(&name).await {
                Err(error) if error.retry => return Err(error),
                found => found.unwrap_or_default(),
            },
        };
        if let Some(entry) = found.filter(|entry| entry.kind == EntryKind::File) {
            companions.add(entry, file);
        }
    }
    Ok(companions)
}

impl Companions {
    fn add(&mut self, entry: Entry, file: &Entry) {
        let is_older = match (entry.modified, file.modified) {
            (Some(entry), Some(file)) => entry < file,
            _ => false,
        };
        if !is_older {
            self.current.push(entry.clone());
        }
        self.entries.push(entry);
    }

    /// Whether a marker says that the file is complete.
    pub(super) fn mark(&self) -> bool {
        let is_mark = |entry: &Entry| MARKS.iter().any(|ending| entry.name.ends_with(ending));
        self.current.iter().any(is_mark)
    }

    /// All of them, also those that are older than the file.
    pub(super) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Compares the file with its checksum. False: there is none.
    pub(super) async fn verify(
        &self,
        transport: &mut dyn Transport,
        settings: &SourceSettings,
        fetched: &Fetched,
    ) -> Result<bool, TransportError> {
        let checksum = self
            .current
            .iter()
            .find(|entry| entry.name.ends_with(CHECKSUM));
        let Some(entry) = checksum else {
            return Ok(false);
        };
        let on = settings.location.path_target(&fetched.file.name);
        let refused = |kind, cause, remedy| {
            TransportError::new(Code::Checksum, kind, (Attempt::Verify, &on), cause, remedy)
        };
        let file = settings.listed_name(&entry.name);
        let no_checksum = || {
            let cause = Cause::NoChecksum { file: file.clone() };
            refused(ErrorKind::Refused, cause, Remedy::WriteChecksum)
        };
        let mut text = Short::default();
        let read = transport.fetch(entry, &mut text).await;
        if let Err(error) = read
            && !text.is_too_long
        {
            return if self.is_asked_for && !error.retry {
                Ok(false)
            } else {
                Err(error)
            };
        }
        let Some(wanted) = text.sha256() else {
            return if self.is_asked_for {
                Ok(false)
            } else {
                Err(no_checksum())
            };
        };
        if wanted == fetched.file.sha256 {
            return Ok(true);
        }
        let cause = Cause::Checksum {
            found: fetched.file.sha256.clone(),
            stated: wanted,
            file,
        };
        Err(refused(ErrorKind::NotSettled, cause, Remedy::UploadBoth))
    }
}

/// The beginning of a checksum file.
#[derive(Default)]
struct Short {
    bytes: Vec<u8>,
    is_too_long: bool,
}

impl Short {
    /// The first word of 64 hexadecimal digits.
    fn sha256(&self) -> Option<String> {
        if self.is_too_long {
            return None;
        }
        let text = String::from_utf8_lossy(&self.bytes).to_ascii_lowercase();
        let is_sha256 =
            |word: &&str| word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        text.trim_start_matches('\u{FEFF}')
            .split_whitespace()
            .find(is_sha256)
            .map(str::to_owned)
    }
}

impl Write for Short {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + buffer.len() > MAX_CHECKSUM_BYTES as usize {
            self.is_too_long = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(buffer);
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_is_the_first_word_of_64_hexadecimal_digits() {
        let digits = "0123456789ABCDEF".repeat(4);
        for (text, is_found) in [
            (format!("{digits}\n"), true),
            (format!("{digits}  staff.csv\r\n"), true),
            (format!("SHA256 (staff.csv) = {digits}"), true),
            (format!("{digits}0"), false),
            ("<html>Not found</html>".to_owned(), false),
            (String::new(), false),
        ] {
            let mut short = Short::default();
            short.write_all(text.as_bytes()).unwrap();
            let wanted = is_found.then(|| digits.to_ascii_lowercase());
            assert_eq!(short.sha256(), wanted, "{text}");
        }
        let mut short = Short::default();
        assert!(short.write_all(&[b'a'; 5_000]).is_err() && short.sha256().is_none());
    }
}
