//! Many records of the delivery are rejected.

use super::{Evidence, Finding, Guard};
use crate::{decide::proposal::Proposal, setup::policy::GuardLimits};

pub(super) fn finding(proposal: &Proposal, limits: &GuardLimits) -> Option<Finding> {
    let (count, of) = (proposal.counts.rejected, proposal.counts.read);
    let limit = limits.rejected;
    limit
        .is_exceeded(count, of)
        .then(|| Finding::new(Guard::Rejected, Evidence::Rejected { limit }, count, of))
}
