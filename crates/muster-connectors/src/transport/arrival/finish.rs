//! Archives or deletes files that were applied in full, with the markers beside them.

use super::{Fetched, SourceSettings, Transport, TransportError, connect};
use crate::transport::After;
use muster_core::model::{
    code::Code,
    origin::DeliveredFile,
    problem::{
        Problem, Severity,
        transport::{Cause, Detail, NotCleared, Remedy},
    },
};

/// After a delivery was applied in full: archives or deletes exactly its files, if they are still the same,
/// and their markers. What fails is a warning, because the directory is right either way.
pub async fn finish(settings: &SourceSettings, files: &[Fetched]) -> Vec<Problem> {
    if settings.after == After::Leave {
        return Vec::new();
    }
    let reported = |name: &str, cause: NotCleared| {
        let file = settings.listed_name(name);
        Problem::new(
            Code::TransportAfter,
            Severity::Warning,
            Detail::NotCleared { file, cause },
            Remedy::ArchiveManually,
        )
    };
    let failed =
        |name: &str, error: TransportError| reported(name, NotCleared::Failed(error.failure));
    let mut transport = match connect(settings).await {
        Ok(transport) => transport,
        Err(error) => {
            return files
                .iter()
                .map(|fetched| failed(&fetched.file.name, error.clone()))
                .collect();
        }
    };
    let mut problems = Vec::new();
    for fetched in files {
        let name = &fetched.entry.name;
        match transport.stat(name).await {
            Ok(Some(now)) if now == fetched.entry => {}
            Ok(Some(_)) => {
                problems.push(reported(name, NotCleared::Replaced));
                continue;
            }
            Ok(None) => continue,
            Err(error) => {
                problems.push(failed(name, error));
                continue;
            }
        }
        if let Err((name, error)) = clear(&mut *transport, settings, fetched).await {
            problems.push(failed(name, error));
        }
    }
    problems
}

/// Clears a file, then what lies beside it: a marker without its file is ignored, a file without its marker is not. Says
/// which of them could not be cleared.
async fn clear<'f>(
    transport: &mut dyn Transport,
    settings: &SourceSettings,
    fetched: &'f Fetched,
) -> Result<(), (&'f str, TransportError)> {
    let name = fetched.entry.name.as_str();
    let companions = || fetched.companions.iter().map(|entry| entry.name.as_str());
    match &settings.after {
        After::Leave => {}
        After::Delete => {
            for name in [name].into_iter().chain(companions()) {
                let removed = transport.remove(name).await;
                removed.map_err(|error| (name, error))?;
            }
        }
        After::Archive(folder) => {
            let target = archive(transport, folder, fetched)
                .await
                .map_err(|error| (name, error))?;
            for companion in companions() {
                let ending = companion.strip_prefix(name).unwrap_or(companion);
                let target = format!("{target}{ending}");
                let moved = transport.archive(companion, folder, &target).await;
                moved.map_err(|error| (companion, error))?;
            }
        }
    }
    Ok(())
}

/// Moves a file into the archive, and gives its name there: its own, or with the time of the file if the archive has one
/// of that name, as it has every day where a source overwrites one file.
async fn archive(
    transport: &mut dyn Transport,
    folder: &str,
    fetched: &Fetched,
) -> Result<String, TransportError> {
    let name = &fetched.entry.name;
    let mut targets = targets(name, &fetched.file).into_iter().peekable();
    while let Some(target) = targets.next() {
        match transport.archive(name, folder, &target).await {
            Err(error)
                if error.failure.cause == Cause::ArchiveHasFile && targets.peek().is_some() => {}
            moved => return moved.map(|()| target),
        }
    }
    Ok(name.clone())
}

/// The names that a file may get in the archive, in order of preference.
fn targets(name: &str, file: &DeliveredFile) -> Vec<String> {
    let dot = name.char_indices().skip(1).find(|(_, c)| *c == '.');
    let (stem, ending) = name.split_at(dot.map_or(name.len(), |(at, _)| at));
    let time = file
        .modified
        .map(|time| time.strftime("%Y%m%dT%H%M%SZ").to_string());
    let mark = time.unwrap_or_else(|| file.sha256.chars().take(16).collect());
    let marked = format!("{stem}-{mark}{ending}");
    let numbered = (2..=9).map(|number| format!("{stem}-{mark}-{number}{ending}"));
    [name.to_owned(), marked]
        .into_iter()
        .chain(numbered)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(modified: Option<&str>) -> DeliveredFile {
        DeliveredFile {
            name: "a".to_owned(),
            bytes: 3,
            modified: modified.map(|time| time.parse().unwrap()),
            sha256: "3fa9c1d2e4b5a6978899aabbccddeeff".to_owned(),
            final_line_break: None,
        }
    }

    #[test]
    fn a_name_in_the_archive_has_the_time_of_the_file_or_its_digest() {
        let at = file(Some("2026-05-04T02:45:10.25Z"));
        for (name, second) in [
            ("staff.csv", "staff-20260504T024510Z.csv"),
            ("staff.csv.gz", "staff-20260504T024510Z.csv.gz"),
            ("staff", "staff-20260504T024510Z"),
            (".staff", ".staff-20260504T024510Z"),
        ] {
            let targets = targets(name, &at);
            assert_eq!(targets[..2], [name, second]);
            assert_eq!(targets.len(), 10);
        }
        assert_eq!(
            targets("staff.csv", &file(None))[1..3],
            ["staff-3fa9c1d2e4b5a697.csv", "staff-3fa9c1d2e4b5a697-2.csv"]
        );
    }
}
