//! A sentinel would be broken: an assertion of the administrator about the number of employees or about one of them.

use super::{Evidence, Finding, Guard, acting, first_names};
use crate::{
    decide::proposal::Proposal,
    model::plan::{Operation, OperationKind, Who},
    read::{normalise::fold_email, roster::Roster},
    setup::{policy::GuardLimits, sentinel::Sentinel},
};

pub(super) fn findings<'a>(
    proposal: &'a Proposal,
    roster: &'a Roster,
    limits: &'a GuardLimits,
) -> impl Iterator<Item = Finding> + 'a {
    let sentinels = limits.sentinels.iter();
    sentinels.filter_map(|text| finding(proposal, roster, &Sentinel::parse(text)?))
}

fn finding(proposal: &Proposal, roster: &Roster, sentinel: &Sentinel) -> Option<Finding> {
    let of = roster.employed();
    let found = |count, people| Finding {
        people,
        ..Finding::new(
            Guard::Sentinel,
            Evidence::Sentinel {
                sentinel: sentinel.to_string(),
                is_headcount: matches!(sentinel, Sentinel::Headcount { .. }),
            },
            count,
            of,
        )
    };
    let operations: Vec<&Operation> = match sentinel {
        Sentinel::Headcount { at_least, at_most } => {
            let after = headcount(proposal, of);
            let is_kept = (*at_least..=*at_most).contains(&after);
            return (!is_kept).then(|| found(after, Vec::new()));
        }
        Sentinel::NeverDeactivated { employee } => acting(proposal)
            .filter(|operation| operation.kind.is_removal() && is_named(&operation.who, employee))
            .collect(),
        Sentinel::NeverChanged { employee } => acting(proposal)
            .filter(|operation| is_named(&operation.who, employee))
            .collect(),
    };
    let count = operations.len() as u64;
    (count > 0).then(|| found(count, first_names(&operations)))
}

/// Employees of the integration after the plan.
fn headcount(proposal: &Proposal, before: u64) -> u64 {
    let (mut added, mut removed) = (proposal.plan.creates.len() as u64, 0);
    for operation in acting(proposal) {
        match operation.kind {
            OperationKind::Reactivate => added += 1,
            kind if kind.is_removal() => removed += 1,
            _ => {}
        }
    }
    (before + added).saturating_sub(removed)
}

fn is_named(who: &Who, employee: &str) -> bool {
    let email = who.email.as_deref();
    who.external_id.as_deref() == Some(employee)
        || email.is_some_and(|email| fold_email(email) == fold_email(employee))
}
