//! One field would change for nearly everyone.

use super::{Evidence, Finding, Guard, acting};
use crate::{
    decide::proposal::Proposal,
    model::plan::{Changed, OperationKind},
    read::roster::Roster,
    setup::{integration::Setup, policy::GuardLimits},
};
use std::collections::BTreeMap;

pub(super) fn findings(
    proposal: &Proposal,
    setup: &Setup,
    roster: &Roster,
    limits: &GuardLimits,
) -> Vec<Finding> {
    let mut changed: BTreeMap<Changed, u64> = BTreeMap::new();
    for operation in acting(proposal).filter(|operation| operation.kind != OperationKind::Create) {
        let replaced = operation
            .changes
            .iter()
            .filter(|change| change.old.is_some());
        replaced.for_each(|change| *changed.entry(change.what).or_default() += 1);
    }
    let of = roster.employed();
    let limit = limits.field_changes;
    let over = changed
        .into_iter()
        .filter(|(_, count)| limit.is_exceeded(*count, of));
    over.filter_map(|(what, count)| {
        let Changed::Field(field) = what else {
            return None;
        };
        let field = setup.workspace.schema.key(field).to_owned();
        let evidence = Evidence::FieldChanges { field, limit };
        Some(Finding::new(Guard::FieldChanges, evidence, count, of))
    })
    .collect()
}
