//! Deletions always need approval of the names: they cannot be undone.

use super::{Evidence, Finding, Guard, acting, first_names};
use crate::{
    decide::proposal::Proposal,
    model::plan::{Operation, OperationKind},
};

pub(super) fn finding(proposal: &Proposal, employed: u64) -> Option<Finding> {
    let deleted: Vec<&Operation> = acting(proposal)
        .filter(|operation| operation.kind == OperationKind::Delete)
        .collect();
    (!deleted.is_empty()).then(|| Finding {
        people: first_names(&deleted),
        ..Finding::new(
            Guard::Deletions,
            Evidence::Deletions,
            deleted.len() as u64,
            employed,
        )
    })
}
