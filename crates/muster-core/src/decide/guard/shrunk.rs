//! Fewer records than in the last good run.

use super::{Evidence, Finding, Guard};
use crate::{decide::proposal::Proposal, read::roster::Roster, setup::policy::GuardLimits};

pub(super) fn finding(
    proposal: &Proposal,
    roster: &Roster,
    limits: &GuardLimits,
) -> Option<Finding> {
    // A second file with the same employees makes a delivery no larger, and taking it away no smaller.
    let before = roster
        .last_good
        .as_ref()?
        .records
        .saturating_sub(roster.last_superseded);
    let records = proposal.counts.read - proposal.counts.superseded;
    let lost = before.saturating_sub(records);
    let limit = limits.shrunk;
    limit.is_exceeded(lost, before).then(|| {
        Finding::new(
            Guard::Shrunk,
            Evidence::Shrunk { records, limit },
            lost,
            before,
        )
    })
}
