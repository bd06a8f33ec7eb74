//! Many employees would get another address or external id.

use super::{Evidence, Finding, Guard, acting, field_changes::is_case_only, first_names};
use crate::{
    decide::proposal::Proposal,
    model::{
        field::canonical,
        plan::{Change, Changed, Operation},
    },
    read::roster::Roster,
    setup::policy::GuardLimits,
};

pub(super) fn finding(
    proposal: &Proposal,
    roster: &Roster,
    limits: &GuardLimits,
) -> Option<Finding> {
    let changes_key = |operation: &&Operation| operation.changes.iter().any(replaces_key);
    let changed: Vec<&Operation> = acting(proposal).filter(changes_key).collect();
    let (count, of) = (changed.len() as u64, roster.employed());
    let limit = limits.key_changes;
    limit.is_exceeded(count, of).then(|| Finding {
        people: first_names(&changed),
        ..Finding::new(Guard::KeyChanges, Evidence::KeyChanges { limit }, count, of)
    })
}

/// Whether a change replaces an address or an id; another case of the same address does not.
fn replaces_key(change: &Change) -> bool {
    let Changed::Field(field) = change.what else {
        return false;
    };
    let is_key = [canonical::EMAIL, canonical::EXTERNAL_ID].contains(&field);
    is_key && change.old.is_some() && !is_case_only(field, change)
}
