//! Holds the whole plan if an employee would get the address or id of one who departs: while removals are held,
//! that key is not free, so the other operations cannot be applied without them.

use super::{Evidence, Finding, Guard, acting};
use crate::{
    decide::proposal::Proposal,
    model::{
        field::{FieldNumber, canonical},
        plan::{Change, Changed},
        problem::shown,
    },
    read::normalise::fold_email,
};
use std::{borrow::Cow, collections::HashSet};

pub(super) fn finding(proposal: &Proposal) -> Option<Finding> {
    let mut passed = Vec::new();
    for field in [canonical::EMAIL, canonical::EXTERNAL_ID] {
        let folded = |value| {
            if field == canonical::EMAIL {
                fold_email(value)
            } else {
                Cow::Borrowed(value)
            }
        };
        let given_up: HashSet<_> = values(proposal, field, true, |change| change.old.as_deref())
            .map(folded)
            .collect();
        let drafts = &proposal.reading.drafts;
        let new = proposal
            .plan
            .creates
            .iter()
            .filter_map(|create| drafts.facts(create.draft).value(field));
        let wanted = values(proposal, field, false, |change| change.new.as_deref()).chain(new);
        passed.extend(wanted.filter(|value| given_up.contains(&folded(value))));
    }
    let value = shown(passed.first()?);
    let (count, of) = (passed.len() as u64, proposal.plan.len() as u64);
    Some(Finding::new(
        Guard::PassedOn,
        Evidence::PassedOn { value },
        count,
        of,
    ))
}

/// Values of a field in the changes of employees who depart, or of those who do not.
fn values<'p>(
    proposal: &'p Proposal,
    field: FieldNumber,
    departing: bool,
    value: impl Fn(&'p Change) -> Option<&'p str> + 'p,
) -> impl Iterator<Item = &'p str> {
    let operations =
        acting(proposal).filter(move |operation| operation.kind.is_removal() == departing);
    let changes = operations.flat_map(|operation| &operation.changes);
    changes
        .filter(move |change| change.what == Changed::Field(field))
        .filter_map(value)
}
