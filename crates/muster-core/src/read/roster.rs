//! What a run needs to know of the directory before it reads: an index, not the people.
//!
//! For each person that the integration owns: number, fingerprint of what it last said, and whether
//! they are employed. A record whose fingerprint stands here needs no further look.

use crate::{
    model::{
        ids::{EmployeeId, IntegrationId, RunId},
        problem::lifecycle::UnconfirmedStart,
    },
    privacy::tombstone::Tombstones,
    read::reading::FieldFill,
};
use hashbrown::HashTable;
use std::{collections::BTreeMap, sync::OnceLock};

/// How many people after the last one are looked at before the index is asked.
const NEAR: u32 = 8;

/// 128 bits over the mapped raw values of a record, salted with mapping, rules and policy.
pub type Fingerprint = [u8; 16];

/// One person that the integration owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    pub employee: EmployeeId,
    /// What the integration last said of them; none: look in full.
    pub fingerprint: Option<Fingerprint>,
    /// Complete deliveries in a row that did not have them.
    pub missed: u16,
    /// Scheduled or active.
    pub employed: bool,
}

/// The people of one integration and what guards compare with.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    entries: Vec<RosterEntry>,
    /// Made when a record is first not where it was expected.
    by_fingerprint: OnceLock<HashTable<u32>>,
    /// The integration; none before its first run.
    pub integration: Option<IntegrationId>,
    /// What the integrations of the workspace are called.
    pub names: BTreeMap<IntegrationId, String>,
    /// Grows with every settled change of the workspace; a proposal names the revision it rests on.
    pub revision: i64,
    /// All employees of the workspace, of any owner and status except erased.
    pub workspace_people: u64,
    /// Scheduled and active people of the workspace.
    pub workspace_employed: u64,
    /// People removed from the workspace in the last seven days.
    pub removed_this_week: u64,
    /// The last run that was applied or had nothing to do.
    pub last_good: Option<LastGood>,
    /// How many of its records a newer file of the same delivery had too, or its own file twice.
    pub last_superseded: u64,
    /// A plan of this integration that waits for a person.
    pub held_by: Option<RunId>,
    /// Scheduled employees of the workspace whose start is doubted.
    pub unconfirmed_starts: BTreeMap<EmployeeId, UnconfirmedStart>,
    /// Onboarding dates of active employees that are ignored because they lay ahead when they came.
    pub ignored_starts: BTreeMap<EmployeeId, String>,
    /// People whose values were removed for good and who must not come back.
    pub tombstones: Tombstones,
}

/// What the last good run of an integration saw.
#[derive(Clone, Debug, PartialEq)]
pub struct LastGood {
    pub run: RunId,
    pub records: u64,
    /// Version of mapping, matching and selection it used.
    pub setup: String,
    /// Fill of each mapped field.
    pub fills: Vec<FieldFill>,
    /// Whether its files ended with a line break; `None`: that is not known. Read from the files of the run.
    pub final_line_break: Option<bool>,
}

impl Roster {
    /// Takes the people. `entries` are in ascending order of employee.
    pub fn new(entries: Vec<RosterEntry>) -> Self {
        Self {
            entries,
            ..Self::default()
        }
    }

    /// The people in ascending order of employee.
    pub fn entries(&self) -> &[RosterEntry] {
        &self.entries
    }

    /// Position of the employee whose last record had exactly this content.
    ///
    /// Sources export in the same order every day: the people from `expected` on are looked at first, which spares
    /// a look into an index that no processor cache holds.
    pub fn unchanged(&self, fingerprint: &Fingerprint, expected: u32) -> Option<u32> {
        let said = |position: u32| {
            self.entries
                .get(position as usize)
                .is_some_and(|entry| entry.fingerprint.as_ref() == Some(fingerprint))
        };
        let mut near = expected..expected.saturating_add(NEAR);
        near.find(|position| said(*position)).or_else(|| {
            let index = self.by_fingerprint.get_or_init(|| index(&self.entries));
            index
                .find(hash(fingerprint), |position| said(*position))
                .copied()
        })
    }

    /// Position of a person; none if the integration does not own them.
    pub fn position(&self, employee: EmployeeId) -> Option<usize> {
        self.entries
            .binary_search_by_key(&employee, |entry| entry.employee)
            .ok()
    }

    /// How many people of the integration are scheduled or active.
    pub fn employed(&self) -> u64 {
        self.entries.iter().filter(|entry| entry.employed).count() as u64
    }
}

fn index(entries: &[RosterEntry]) -> HashTable<u32> {
    let mut index = HashTable::with_capacity(entries.len());
    for (entry, position) in entries.iter().zip(0u32..) {
        if let Some(fingerprint) = &entry.fingerprint {
            index.insert_unique(hash(fingerprint), position, |other| {
                entries[*other as usize]
                    .fingerprint
                    .as_ref()
                    .map_or(0, hash)
            });
        }
    }
    index
}

/// A fingerprint is uniform already: its first half is its hash.
fn hash(fingerprint: &Fingerprint) -> u64 {
    let mut half = [0; 8];
    half.copy_from_slice(&fingerprint[..8]);
    u64::from_le_bytes(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(number: u8) -> Fingerprint {
        [number; 16]
    }

    fn roster() -> Roster {
        let entry = |number: u8| RosterEntry {
            employee: EmployeeId(i64::from(number)),
            fingerprint: (number != 7).then(|| said(number)),
            missed: 0,
            employed: true,
        };
        Roster::new((1..=100).map(entry).collect())
    }

    #[test]
    fn the_order_of_the_last_delivery_is_a_hint_and_no_more() {
        let roster = roster();
        for expected in [0, 1, 41, 42, 99, 100, u32::MAX] {
            for number in (1..=100).filter(|number| *number != 7) {
                assert_eq!(
                    roster.unchanged(&said(number), expected),
                    Some(u32::from(number) - 1),
                    "{number}"
                );
            }
            assert_eq!(
                roster.unchanged(&said(7), expected),
                None,
                "nothing is known of what they said"
            );
            assert_eq!(
                roster.unchanged(&said(101), expected),
                None,
                "nobody said this"
            );
        }
    }

    #[test]
    fn an_order_that_is_kept_needs_no_index() {
        let roster = roster();
        let mut expected = 0;
        for number in (1..=100).filter(|number| *number != 7) {
            expected = roster.unchanged(&said(number), expected).unwrap() + 1;
        }
        assert!(roster.by_fingerprint.get().is_none());
    }
}
