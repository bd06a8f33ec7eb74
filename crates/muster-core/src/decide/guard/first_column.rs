//! The first of several source columns is withheld or gone, and the other columns say something else than what is
//! stored: stored values stay, but newcomers would get the fallback, and the rest may rest on the same mistake.

use super::{Evidence, Finding, Guard, finding::MAX_NAMES};
use crate::{
    decide::proposal::Proposal, model::plan::Who, read::roster::Roster, setup::integration::Setup,
};

pub(super) fn finding(
    proposal: &Proposal,
    kept: &[Who],
    setup: &Setup,
    roster: &Roster,
) -> Option<Finding> {
    if kept.is_empty() {
        return None;
    }
    let schema = &setup.workspace.schema;
    let withheld = proposal.reading.withheld_first.iter();
    let evidence = Evidence::FirstColumn {
        fields: withheld
            .map(|field| schema.key(*field).to_owned())
            .collect(),
    };
    let count = kept.len() as u64;
    let mut finding = Finding::new(Guard::FirstColumn, evidence, count, roster.employed());
    finding.people = kept.iter().take(MAX_NAMES).map(Who::to_string).collect();
    Some(finding)
}
