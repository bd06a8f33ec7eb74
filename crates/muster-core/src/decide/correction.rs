//! Corrected records of an earlier delivery: of all its records, only they cause operations. The others are matched as well,
//! so that a corrected record that contradicts one of them is rejected like in any delivery.

use crate::{
    decide::proposal::Counts,
    model::origin::Origin,
    read::reading::{Completeness, PartialReason, Reading},
};
use std::collections::BTreeSet;

impl Reading {
    /// Whether a record may cause operations.
    pub(crate) fn may_act(&self, record: Origin) -> bool {
        self.corrected.is_empty() || self.corrected.contains(&record)
    }

    /// The same delivery after some of its records were corrected: the other records are only compared with them.
    #[must_use]
    pub fn with_corrections(self, corrected: BTreeSet<Origin>) -> Self {
        Self {
            completeness: Completeness::Partial(PartialReason::Corrected),
            in_doubt: BTreeSet::new(),
            corrected,
            ..self
        }
    }
}

/// The counts of a reading before its drafts are decided; of one with corrections, only the corrected records count.
pub(crate) fn counts(reading: &Reading) -> Counts {
    if reading.corrected.is_empty() {
        return Counts {
            read: reading.read,
            superseded: reading.superseded,
            rejected: reading.unreadable,
            ..Counts::default()
        };
    }
    let is_corrected = |origin| reading.corrected.contains(origin);
    let drafts = reading.drafts.iter();
    let drafted = drafts
        .filter(|(_, draft)| is_corrected(&draft.origin))
        .count() as u64;
    // A correction can make a record what the last run knew.
    let seen = reading.seen.iter().flatten();
    let unchanged = seen.filter(|origin| is_corrected(origin)).count() as u64;
    Counts {
        read: drafted + unchanged,
        unchanged,
        ..Counts::default()
    }
}
