//! The number of entries of a roster and their checksum, to verify that the roster is the one that
//! the last run stored.
//!
//! A page of the file that was lost or overwritten by another looks valid. A plan based on such a
//! roster would deactivate employees by mistake, so a run fails if the checksum differs.

use crate::db::error::{DbError, Inconsistency, StoreError};
use crate::db::sql::{Connection, OptionalRow};
use muster_core::{
    model::ids::{IntegrationId, WorkspaceId},
    read::roster::Fingerprint,
};

/// One entry of a roster, as its checksum covers it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'e> {
    pub(crate) employee: i64,
    pub(crate) fingerprint: Option<&'e Fingerprint>,
    pub(crate) missed: i64,
    pub(crate) employed: bool,
}

/// The sum over the entries of a roster, in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RosterSum {
    pub(crate) entries: i64,
    pub(crate) checksum: i64,
}

impl RosterSum {
    pub(crate) fn add(&mut self, entry: &Entry<'_>) {
        self.entries = self.entries.wrapping_add(1);
        self.checksum = self.checksum.wrapping_add(hash(entry));
    }

    pub(crate) fn remove(&mut self, entry: &Entry<'_>) {
        self.entries = self.entries.wrapping_sub(1);
        self.checksum = self.checksum.wrapping_sub(hash(entry));
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            entries: self.entries.wrapping_add(other.entries),
            checksum: self.checksum.wrapping_add(other.checksum),
        }
    }

    /// Fails if the roster is not the one that the last run stored. Version 0.1.0 stored no
    /// checksum.
    pub(crate) fn refuse_other(
        self,
        connection: &Connection,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<(), DbError> {
        match stored(connection, workspace, integration)? {
            Some(expected) if expected != self => {
                Err(StoreError::Inconsistent(Inconsistency::Roster {
                    expected: expected.entries,
                    found: self.entries,
                })
                .into())
            }
            _ => Ok(()),
        }
    }
}

/// The checksum of the last run. `None`: it has not been computed yet.
pub(super) fn stored(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Option<RosterSum>, DbError> {
    connection
        .prepare_cached(
            "SELECT roster_entries, roster_checksum FROM integration WHERE workspace_id = ?1 AND id = ?2 \
             AND roster_entries IS NOT NULL AND roster_checksum IS NOT NULL",
        )?
        .query_row((workspace.0, integration.0), |row| {
            Ok(RosterSum {
                entries: row.get("roster_entries")?,
                checksum: row.get("roster_checksum")?,
            })
        })
        .optional()
}

fn hash(entry: &Entry<'_>) -> i64 {
    let [first, second] = entry.fingerprint.map_or([0, 0], |bytes| {
        let (first, second) = bytes.split_at(8);
        [first, second].map(|half| half.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
    });
    let flags = (entry.missed as u64) << 2
        | u64::from(entry.employed) << 1
        | u64::from(entry.fingerprint.is_some());
    let parts = [entry.employee as u64, first, second, flags];
    parts
        .into_iter()
        .fold(0x9E37_79B9_7F4A_7C15, |hash, part| mix(hash ^ part)) as i64
}

/// Spreads every bit over the whole word (the finisher of SplitMix64).
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksum_covers_every_part_of_an_entry_and_no_order() {
        let entry = |employee, fingerprint, missed, employed| Entry {
            employee,
            fingerprint,
            missed,
            employed,
        };
        let (one, other) = ([1; 16], [2; 16]);
        let sum = |entries: &[Entry<'_>]| {
            let mut sum = RosterSum::default();
            entries.iter().for_each(|entry| sum.add(entry));
            sum
        };
        let base = [entry(1, Some(&one), 0, true), entry(2, None, 1, false)];
        let expected = sum(&base);
        assert_eq!(sum(&[base[1], base[0]]), expected);
        for changed in [
            entry(3, Some(&one), 0, true),
            entry(1, Some(&other), 0, true),
            entry(1, None, 0, true),
            entry(1, Some(&one), 1, true),
            entry(1, Some(&one), 0, false),
        ] {
            assert_ne!(sum(&[changed, base[1]]), expected, "{changed:?}");
        }
        let mut taken = sum(&[base[0], base[1], base[1]]);
        taken.remove(&base[1]);
        assert_eq!(taken, expected);
    }
}
