//! Waits until a file is no longer being written.
//!
//! A file is at rest when it is older than `settle`, when a `.done` or `.ok` file lies beside it, or when it
//! is the same before and after waiting for the rest of `settle` (which needs no common clock).

use super::{Entry, Progress, SourceSettings, Transport, TransportError};
use crate::transport::ErrorKind;
use jiff::Timestamp;
use muster_core::model::{code::Code, problem::shown};
use std::time::Duration;

/// Waits until the file stands still, unless a marker says that it is complete, and gives it as it is then.
pub(super) async fn wait(
    transport: &mut dyn Transport,
    settings: &SourceSettings,
    entry: Entry,
    is_marked: bool,
    now: Timestamp,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Entry, TransportError> {
    let age = entry.modified.map(|modified| now.duration_since(modified));
    let age = age
        .and_then(|age| Duration::try_from(age).ok())
        .unwrap_or_default();
    if is_marked || age >= settings.settle {
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

fn time(entry: &Entry) -> String {
    entry
        .modified
        .map_or("an unknown time".to_owned(), |time| time.to_string())
}

/// What is different about a file when it is looked at again.
fn difference(before: &Entry, after: &Entry) -> String {
    if before.kind != after.kind {
        "it is no longer a plain file".to_owned()
    } else if before.bytes != after.bytes {
        format!("{} before, {} now", size(before), size(after))
    } else {
        format!(
            "its modification time changed from {} to {}, with the same size",
            time(before),
            time(after)
        )
    }
}

pub(super) fn not_settled(before: &Entry, after: &Entry) -> TransportError {
    let why = format!("it changed meanwhile: {}", difference(before, after));
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

pub(in crate::transport) fn gone(entry: &Entry) -> TransportError {
    let on = format!("`{}`", shown(&entry.name));
    let advice = "check who removes files from the folder; the next run tries again";
    TransportError::new(
        Code::NoFile,
        ErrorKind::NoFile,
        "read",
        &on,
        "it was listed and no longer exists",
        advice,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::EntryKind;

    #[track_caller]
    fn check(bytes: (u64, u64), seconds: (i64, i64), wanted: &str) {
        let entry = |bytes, seconds| Entry {
            name: "a.csv".to_owned(),
            kind: EntryKind::File,
            bytes: Some(bytes),
            modified: Timestamp::from_second(seconds).ok(),
        };
        let error = not_settled(&entry(bytes.0, seconds.0), &entry(bytes.1, seconds.1));
        assert_eq!(error.why, wanted);
    }

    #[test]
    fn file_that_changed_says_what_changed() {
        check(
            (7, 9),
            (0, 1),
            "it changed meanwhile: 7 bytes before, 9 bytes now",
        );
        check(
            (7, 7),
            (0, 1),
            "it changed meanwhile: its modification time changed from 1970-01-01T00:00:00Z to \
             1970-01-01T00:00:01Z, with the same size",
        );
    }
}
