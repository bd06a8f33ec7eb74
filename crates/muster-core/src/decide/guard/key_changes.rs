//! Many employees would get another address or external id.

use super::{Evidence, Finding, Guard, acting, first_names};
use crate::{
    decide::proposal::Proposal,
    model::{
        field::canonical,
        plan::{Changed, Operation},
    },
    read::roster::Roster,
    setup::policy::GuardLimits,
};

const KEYS: [Changed; 2] = [
    Changed::Field(canonical::EMAIL),
    Changed::Field(canonical::EXTERNAL_ID),
];

pub(super) fn finding(
    proposal: &Proposal,
    roster: &Roster,
    limits: &GuardLimits,
) -> Option<Finding> {
    let changes_key = |operation: &&Operation| {
        operation
            .changes
            .iter()
            .any(|change| KEYS.contains(&change.what) && change.old.is_some())
    };
    let changed: Vec<&Operation> = acting(proposal).filter(changes_key).collect();
    let (count, of) = (changed.len() as u64, roster.employed());
    let limit = limits.key_changes;
    limit.is_exceeded(count, of).then(|| Finding {
        people: first_names(&changed),
        ..Finding::new(Guard::KeyChanges, Evidence::KeyChanges { limit }, count, of)
    })
}
