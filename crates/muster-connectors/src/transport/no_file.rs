//! Why no file was found: what was looked for, and what is there instead.

use super::{Entry, ErrorKind, Scheme, SourceSettings, TransportError, names::is_temporary};
use muster_core::model::{
    code::Code,
    problem::{
        shown,
        transport::{Attempt, Cause, Remedy, Skipped},
    },
};

/// How many names are listed.
const MAX_LISTED: usize = 5;
/// How many skipped names are listed.
const MAX_SKIPPED: usize = 10;

/// Names that were skipped are listed: one of them may be the file that was looked for.
pub(super) fn no_file(
    settings: &SourceSettings,
    entries: &[Entry],
    skipped: Vec<Skipped>,
) -> TransportError {
    let is_unfinished = entries.iter().any(|entry| is_temporary(&entry.name));
    let is_ftp = matches!(settings.location.scheme, Scheme::Ftp | Scheme::Ftps);
    let (cause, remedy) = match &settings.pattern {
        None => (Cause::Missing, Remedy::CheckUrl),
        // Some FTP servers list a folder that may not be read as one with nothing in it.
        Some(_) if entries.is_empty() && is_ftp => {
            let account = settings.account();
            (
                Cause::NothingVisible { account },
                Remedy::CheckUploadAndAccess,
            )
        }
        Some(_) if entries.is_empty() => (Cause::EmptyFolder, Remedy::CheckUpload),
        Some(pattern) if skipped.is_empty() => {
            let names = entries.iter().take(MAX_LISTED);
            let cause = Cause::NoMatch {
                pattern: pattern.clone(),
                names: names
                    .map(|entry| settings.listed_name(&entry.name))
                    .collect(),
                more: entries.len().saturating_sub(MAX_LISTED),
            };
            let remedy = if is_unfinished {
                Remedy::WaitForRename
            } else {
                Remedy::CheckUpload
            };
            (cause, remedy)
        }
        Some(pattern) => {
            let pattern = shown(pattern);
            let skipped = skipped.into_iter().take(MAX_SKIPPED).collect();
            (Cause::OnlySkipped { pattern, skipped }, Remedy::CheckUpload)
        }
    };
    TransportError::new(
        Code::NoFile,
        ErrorKind::NoFile,
        (Attempt::Find, &settings.location.target()),
        cause,
        remedy,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{EntryKind, Location};
    use std::path::Path;

    fn why(names: &[&str]) -> (Cause, Remedy) {
        let mut settings = SourceSettings::new(Location::parse("file:in", Path::new("")).unwrap());
        settings.pattern = Some("*.csv".to_owned());
        let entry = |name: &&str| Entry {
            name: (*name).to_owned(),
            kind: EntryKind::File,
            bytes: None,
            modified: None,
        };
        let error = no_file(
            &settings,
            &names.iter().map(entry).collect::<Vec<_>>(),
            Vec::new(),
        );
        (error.failure.cause, error.remedy)
    }

    #[test]
    fn t13_what_is_there_instead_is_reported() {
        let listed = |names: &[&str], more| Cause::NoMatch {
            pattern: "*.csv".to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            more,
        };
        assert_eq!(why(&[]), (Cause::EmptyFolder, Remedy::CheckUpload));
        assert_eq!(
            why(&["staff\u{1b}.txt"]),
            (listed(&["staff\\u{001B}.txt"], 0), Remedy::CheckUpload)
        );
        assert_eq!(
            why(&["a", "b", "c", "d", "e", "f", "g"]).0,
            listed(&["a", "b", "c", "d", "e"], 2)
        );
        assert_eq!(why(&["staff.csv.part"]).1, Remedy::WaitForRename);
    }
}
