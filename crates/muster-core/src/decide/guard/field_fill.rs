//! A field that most records had is blank in nearly all of them, or has the same value in each.

use super::{Evidence, Finding, Guard};
use crate::{decide::proposal::Proposal, read::roster::Roster, setup::policy::GuardLimits};

pub(super) fn findings(proposal: &Proposal, roster: &Roster, limits: &GuardLimits) -> Vec<Finding> {
    let Some(last) = &roster.last_good else {
        return Vec::new();
    };
    let read = proposal.counts.read;
    let mut findings = Vec::new();
    // A column that is gone altogether is reported as that, and changes nothing.
    for now in proposal.fills.iter().filter(|now| !now.absent) {
        let Some(before) = last.fills.iter().find(|before| before.field == now.field) else {
            continue;
        };
        let field = now.field.clone();
        let was = percent(before.filled, last.records);
        if was >= limits.fill_from && percent(now.filled, read) < limits.fill_to {
            let evidence = Evidence::Fill {
                field,
                filled_before: before.filled,
                records_before: last.records,
            };
            findings.push(Finding::new(Guard::Fill, evidence, now.filled, read));
        } else if before.varied && !now.varied && now.filled > limits.field_changes.number {
            let evidence = Evidence::OneValue { field };
            findings.push(Finding::new(Guard::OneValue, evidence, now.filled, read));
        }
    }
    findings
}

fn percent(filled: u64, of: u64) -> f64 {
    if of == 0 {
        0.0
    } else {
        filled as f64 * 100.0 / of as f64
    }
}
