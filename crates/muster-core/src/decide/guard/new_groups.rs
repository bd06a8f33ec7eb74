//! Many groups would be created (`unknown_group = "create"`): probably another column is mapped to the group.

use super::{Evidence, Finding, Guard};
use crate::{decide::proposal::Proposal, model::problem::shown, setup::integration::Setup};

/// How many new groups a finding names.
const MAX_GROUPS: usize = 20;

pub(super) fn finding(proposal: &Proposal, setup: &Setup) -> Option<Finding> {
    let new = &proposal.new_groups;
    let (count, of) = (new.len() as u64, setup.workspace.groups.len() as u64);
    let limit = setup.rules.policy.limits.new_groups;
    let names = || {
        new.iter()
            .take(MAX_GROUPS)
            .map(|name| shown(name))
            .collect()
    };
    limit.is_exceeded(count, of).then(|| {
        let groups = names();
        Finding::new(
            Guard::NewGroups,
            Evidence::NewGroups { groups, limit },
            count,
            of,
        )
    })
}
