//! Issues of the machine: volumes that fill up, backups that are not made.

use super::{
    facts::{BackupFacts, InstallationFacts, VolumeFacts},
    kind::{Found, IssueDetail, IssueKey, IssueKind, Level},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Less free space is an issue, because a large first load needs about as much.
const LOW: u64 = 2 << 30;
/// With less, runs soon fail.
const CRITICAL: u64 = 512 << 20;

/// A daily backup may be late by a day.
const BACKUP_OLD: SignedDuration = SignedDuration::from_hours(48);
const BACKUP_CRITICAL: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The issues that the installation has. `open` are those that it had: space that hovers around the limit does not open and
/// end an issue again and again.
pub fn of_installation(
    facts: &InstallationFacts,
    open: &BTreeSet<IssueKey>,
    now: Timestamp,
) -> Vec<Found> {
    let volumes = facts.volumes.iter().filter_map(|volume| disk(volume, open));
    let backup = facts.backup.and_then(|facts| backup(facts, now));
    volumes.chain(backup).collect()
}

fn disk(facts: &VolumeFacts, open: &BTreeSet<IssueKey>) -> Option<Found> {
    let subject = facts.volume.as_str().to_owned();
    let is_open = open.contains(&IssueKey {
        kind: IssueKind::DiskLow,
        integration: None,
        subject: subject.clone(),
    });
    let limit = if is_open { LOW + LOW / 4 } else { LOW };
    (facts.free < limit).then(|| Found {
        integration: None,
        subject,
        level: level(facts.free < CRITICAL),
        detail: IssueDetail::DiskLow {
            volume: facts.volume,
            free: facts.free,
        },
    })
}

fn backup(facts: BackupFacts, now: Timestamp) -> Option<Found> {
    let age = now.duration_since(facts.last.unwrap_or(facts.since));
    (age > BACKUP_OLD).then(|| Found {
        integration: None,
        subject: String::new(),
        level: level(age > BACKUP_CRITICAL),
        detail: IssueDetail::BackupOld { last: facts.last },
    })
}

pub(super) fn level(is_critical: bool) -> Level {
    if is_critical {
        Level::Critical
    } else {
        Level::Warning
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issue::Volume;

    fn found(free: u64, is_open: bool) -> Option<Level> {
        let facts = InstallationFacts {
            volumes: vec![VolumeFacts {
                volume: Volume::Database,
                free,
            }],
            backup: None,
        };
        let key = IssueKey {
            kind: IssueKind::DiskLow,
            integration: None,
            subject: "database".to_owned(),
        };
        let open = is_open.then_some(key).into_iter().collect();
        let found = of_installation(&facts, &open, Timestamp::UNIX_EPOCH);
        found.first().map(|found| found.level)
    }

    /// D02.
    #[test]
    fn low_disk_is_an_issue_that_does_not_flap() {
        assert_eq!(found(3 << 30, false), None);
        assert_eq!(found(2 << 30, false), None);
        assert_eq!(found(LOW - 1, false), Some(Level::Warning));
        assert_eq!(found(100 << 20, false), Some(Level::Critical));
        assert_eq!(found(LOW + 1, true), Some(Level::Warning));
        assert_eq!(found(3 << 30, true), None);
    }

    #[test]
    fn backup_that_is_two_days_old_or_was_never_made_is_an_issue() {
        let now: Timestamp = "2026-05-10T00:00:00Z".parse().unwrap();
        let day = |days: i64| now - SignedDuration::from_hours(24 * days);
        let levels = |last: Option<i64>, since: i64| {
            let facts = InstallationFacts {
                volumes: Vec::new(),
                backup: Some(BackupFacts {
                    last: last.map(day),
                    since: day(since),
                }),
            };
            let found = of_installation(&facts, &BTreeSet::new(), now);
            found.first().map(|found| found.level)
        };
        assert_eq!(levels(Some(1), 90), None);
        assert_eq!(levels(Some(3), 90), Some(Level::Warning));
        assert_eq!(levels(Some(8), 90), Some(Level::Critical));
        assert_eq!(levels(None, 1), None);
        assert_eq!(levels(None, 3), Some(Level::Warning));
    }
}
