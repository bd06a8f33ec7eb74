//! Waits until a file is no longer being written.
//!
//! A file is at rest when it is older than `settle`, when a `.done` or `.ok` file lies beside it, or when it
//! is the same before and after waiting for the rest of `settle` (which needs no common clock).

use super::{Entry, Progress, SourceSettings, Transport, TransportError};
use crate::transport::ErrorKind;
use jiff::Timestamp;
use muster_core::model::{
    code::Code,
    problem::transport::{Attempt, Cause, Change, Remedy},
};
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
        Some(later) => Err(not_settled(settings, &entry, &later)),
        None => Err(gone(settings, &entry)),
    }
}

/// What is different about a file when it is looked at again.
fn difference(before: &Entry, now: &Entry) -> Change {
    if before.kind != now.kind {
        Change::NoLongerPlain
    } else if before.bytes != now.bytes {
        Change::Size {
            before: before.bytes,
            now: now.bytes,
        }
    } else {
        Change::Time {
            before: before.modified,
            now: now.modified,
        }
    }
}

pub(super) fn not_settled(
    settings: &SourceSettings,
    before: &Entry,
    now: &Entry,
) -> TransportError {
    let on = settings.location.path_target(&before.name);
    TransportError::new(
        Code::NotSettled,
        ErrorKind::NotSettled,
        (Attempt::Read, &on),
        Cause::Changed(difference(before, now)),
        Remedy::WaitForUpload,
    )
    .again()
}

pub(in crate::transport) fn gone(settings: &SourceSettings, entry: &Entry) -> TransportError {
    let on = settings.location.path_target(&entry.name);
    TransportError::new(
        Code::NoFile,
        ErrorKind::NoFile,
        (Attempt::Read, &on),
        Cause::ListedThenGone,
        Remedy::CheckWhoRemoves,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::EntryKind;

    #[test]
    fn file_that_changed_says_what_changed() {
        let entry = |bytes, seconds| Entry {
            name: "a.csv".to_owned(),
            kind: EntryKind::File,
            bytes: Some(bytes),
            modified: Timestamp::from_second(seconds).ok(),
        };
        let (before, now) = (Some(7), Some(9));
        assert_eq!(
            difference(&entry(7, 0), &entry(9, 1)),
            Change::Size { before, now }
        );
        let (before, now) = (
            Timestamp::from_second(0).ok(),
            Timestamp::from_second(1).ok(),
        );
        assert_eq!(
            difference(&entry(7, 0), &entry(7, 1)),
            Change::Time { before, now }
        );
    }
}
