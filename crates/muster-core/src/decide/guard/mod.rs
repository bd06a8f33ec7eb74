//! Guards: evidence that a delivery is wrong, found before anything is written (directory rule 7).
//!
//! Each guard is one file. It looks at a proposal and gives findings: data that a front end words. Guards that
//! need more of the directory than a proposal has (`older_file`, `old_content`, `budgets`)
//! are called by the engine, which loads that data and decides nothing.
//!
//! To add a guard: a variant of [`Guard`], its file here, one line in [`findings`], a variant of [`Evidence`] with
//! its wording in the binary, and a test of the same name. The reference page is generated.

mod access_gone;
mod approval;
pub mod budgets;
mod deletions;
mod field_changes;
mod field_fill;
mod finding;
mod first_column;
mod key_changes;
mod new_groups;
pub mod old_content;
pub mod older_file;
mod passed_on;
mod rejected;
mod removals;
mod sentinel;
mod setting;
mod shrunk;

pub use finding::{Evidence, Finding, Guard};
pub(crate) use removals::{announced, in_workspace as removals_in_workspace};
pub use setting::GuardSetting;

use crate::{
    decide::proposal::{Proposal, Verdict},
    model::plan::{Operation, Who},
    read::{
        reading::{Completeness, PartialReason},
        roster::Roster,
    },
    setup::{
        integration::Setup,
        policy::{Coverage, OnGuard},
    },
};

/// All findings on a delivery's plan, in the order of the rules. `kept` are the employees with a value that stays because
/// the first column of its field is withheld.
pub(crate) fn findings(
    proposal: &Proposal,
    kept: &[Who],
    setup: &Setup,
    roster: &Roster,
) -> Vec<Finding> {
    let limits = &setup.rules.policy.limits;
    if proposal.plan.is_empty() {
        // Applying nothing cannot go wrong, but a delivery whose records are all rejected does not say that everything
        // is as before. If a selection column is withheld from all of them, that is reported already, and a person who
        // decides on an empty plan could not give it back.
        if proposal.reading.completeness == Completeness::Partial(PartialReason::AttributeWithheld)
        {
            return Vec::new();
        }
        // If a date of access is gone, the next delivery would bring joiners without it.
        return rejected::finding(proposal, limits)
            .into_iter()
            .chain(access_gone::findings(proposal, setup, roster))
            .collect();
    }
    let mut findings = removals::findings(proposal, limits, roster, roster.employed());
    findings.extend(deletions::finding(proposal, roster.employed()));
    if !findings.is_empty() && setup.rules.policy.on_guard == OnGuard::HoldRemovals {
        findings.extend(passed_on::finding(proposal));
    }
    // A delivery of changes is not comparable with the one before, and neither are corrected records.
    let has_everyone =
        setup.rules.policy.coverage == Coverage::Everyone && proposal.reading.corrected.is_empty();
    if has_everyone {
        findings.extend(shrunk::finding(proposal, roster, limits));
    }
    findings.extend(key_changes::finding(proposal, roster, limits));
    findings.extend(rejected::finding(proposal, limits));
    if has_everyone {
        findings.extend(field_fill::findings(proposal, roster, limits));
    }
    findings.extend(access_gone::findings(proposal, setup, roster));
    findings.extend(first_column::finding(proposal, kept, setup, roster));
    findings.extend(field_changes::findings(proposal, setup, roster, limits));
    findings.extend(new_groups::finding(proposal, setup));
    findings.extend(sentinel::findings(proposal, roster, limits));
    findings.extend(approval::findings(setup, roster));
    findings
}

/// Whether the plan may be applied with its findings.
pub(crate) fn verdict(proposal: &Proposal, on_guard: OnGuard) -> Verdict {
    if proposal.findings.is_empty() {
        return Verdict::Go;
    }
    let only_removals = proposal
        .findings
        .iter()
        .all(|finding| finding.guard.concerns_removals());
    if only_removals && on_guard == OnGuard::HoldRemovals {
        Verdict::HoldRemovals
    } else {
        Verdict::Hold
    }
}

/// Operations that would be applied without a decision: single held records are not among them.
pub(super) fn acting(proposal: &Proposal) -> impl Iterator<Item = &Operation> {
    proposal
        .plan
        .operations
        .iter()
        .filter(|operation| operation.held.is_none())
}

/// The first employees of a finding, as lists name them.
fn first_names(operations: &[&Operation]) -> Vec<String> {
    operations
        .iter()
        .take(finding::MAX_NAMES)
        .map(|operation| operation.who.to_string())
        .collect()
}
