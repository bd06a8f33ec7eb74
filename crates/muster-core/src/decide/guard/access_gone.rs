//! A date that decides access, which the last good run had, is in no record: joiners would be active at once, or
//! leavers would stay.

use super::{Evidence, Finding, Guard};
use crate::{
    decide::proposal::Proposal,
    read::{missing_columns, reading::FieldFill, roster::Roster},
    setup::integration::Setup,
};

pub(super) fn findings(proposal: &Proposal, setup: &Setup, roster: &Roster) -> Vec<Finding> {
    // Without a record that could be used, nothing is known of the columns; that is reported already.
    let counts = &proposal.counts;
    let is_any_used = counts.read > counts.rejected + counts.superseded;
    let Some(last) = roster.last_good.as_ref().filter(|_| is_any_used) else {
        return Vec::new();
    };
    let gone = proposal.fills.iter().filter(|now| {
        let field = setup.workspace.schema.find_stored(&now.field);
        now.absent && now.filled > 0 && field.is_some_and(missing_columns::decides_access)
    });
    gone.filter_map(|now| {
        let had = |before: &&FieldFill| before.field == now.field && !before.absent;
        let before = last.fills.iter().find(had)?;
        let evidence = Evidence::AccessGone {
            field: now.field.clone(),
            run: last.run,
        };
        Some(Finding::new(
            Guard::Fill,
            evidence,
            before.filled,
            last.records,
        ))
    })
    .collect()
}
