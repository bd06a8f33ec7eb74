//! Why no file was found: what was looked for, and what is there instead.

use super::{Entry, ErrorKind, Scheme, SourceSettings, TransportError, names::is_temporary};
use muster_core::model::{
    code::Code,
    problem::{Problem, shown},
};

/// How many names are told.
const MAX_LISTED: usize = 5;

/// Names that were skipped are told: one of them may be the file that was looked for.
pub(super) fn no_file(
    settings: &SourceSettings,
    entries: &[Entry],
    skipped: &[Problem],
) -> TransportError {
    let uploaded = "check that the export was uploaded and is named as agreed; nobody is deactivated because of this";
    let unfinished = entries.iter().any(|entry| is_temporary(&entry.name));
    let (why, advice) = match &settings.pattern {
        None => (
            "it does not exist".to_owned(),
            "check the path in the URL; nobody is deactivated because of this",
        ),
        // Some FTP servers list a folder that may not be read as one with nothing in it.
        Some(_)
            if entries.is_empty()
                && matches!(settings.location.scheme, Scheme::Ftp | Scheme::Ftps) =>
        {
            (
                format!(
                    "the account `{}` sees no name in it: it is empty, or the account may not list it",
                    shown(settings.credentials.user.as_deref().unwrap_or("anonymous"))
                ),
                "check that the export was uploaded and that the account may list the folder; nobody is deactivated because of this",
            )
        }
        Some(_) if entries.is_empty() => ("there is nothing in it".to_owned(), uploaded),
        Some(pattern) if skipped.is_empty() => (
            format!(
                "no name in it matches `{pattern}`; there {}",
                there(entries)
            ),
            if unfinished {
                "names as of uploads under way are passed over: wait until the upload is finished, or rename the file; \
                 nobody is deactivated because of this"
            } else {
                uploaded
            },
        ),
        Some(pattern) => (
            format!(
                "no name in it is that of a plain file that matches `{pattern}`; {}",
                skipped
                    .iter()
                    .take(10)
                    .map(|problem| problem.message.as_str())
                    .collect::<Vec<_>>()
                    .join("; ")
            ),
            uploaded,
        ),
    };
    TransportError::new(
        Code::NoFile,
        ErrorKind::NoFile,
        "find a file at",
        &settings.location.to_string(),
        why,
        advice,
    )
}

fn there(entries: &[Entry]) -> String {
    let mut names: Vec<String> = entries
        .iter()
        .take(MAX_LISTED)
        .map(|entry| format!("`{}`", shown(&entry.name)))
        .collect();
    if let Some(more) = entries
        .len()
        .checked_sub(MAX_LISTED)
        .filter(|more| *more > 0)
    {
        names.push(format!("{more} more"));
    }
    let verb = if entries.len() == 1 { "is" } else { "are" };
    format!("{verb} {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::{EntryKind, Location};
    use std::path::Path;

    fn why(names: &[&str]) -> String {
        let mut settings = SourceSettings::new(Location::parse("file:in", Path::new("")).unwrap());
        settings.pattern = Some("*.csv".to_owned());
        let entry = |name: &&str| Entry {
            name: (*name).to_owned(),
            kind: EntryKind::File,
            bytes: None,
            modified: None,
        };
        let error = no_file(&settings, &names.iter().map(entry).collect::<Vec<_>>(), &[]);
        format!("{}; {}", error.why, error.advice)
    }

    #[test]
    fn t13_what_is_there_instead_is_reported() {
        assert!(why(&[]).starts_with("there is nothing in it; check that the export was uploaded"));
        assert!(
            why(&["staff\u{1b}.txt"])
                .starts_with("no name in it matches `*.csv`; there is `staff\\u{001B}.txt`; ")
        );
        let many = why(&["a", "b", "c", "d", "e", "f", "g"]);
        assert!(
            many.contains("there are `a`, `b`, `c`, `d`, `e`, 2 more; "),
            "{many}"
        );
        assert!(why(&["staff.csv.part"]).contains("wait until the upload is finished"));
    }
}
