//! Guards on departures, whatever the way: in one run, and over seven days.

use super::{Evidence, Finding, Guard, acting, first_names};
use crate::{
    decide::proposal::Proposal,
    model::plan::{Operation, Reason},
    read::roster::Roster,
    setup::policy::GuardLimits,
};
use std::cmp::Reverse;

/// `employed` is the number of employees that the run could remove.
pub(crate) fn findings(
    proposal: &Proposal,
    limits: &GuardLimits,
    roster: &Roster,
    employed: u64,
) -> Vec<Finding> {
    let removed: Vec<&Operation> = acting(proposal)
        .filter(|operation| operation.kind.is_removal())
        .collect();
    let count = removed.len() as u64;
    let mut findings = Vec::new();
    let everybody = count > 0 && count >= employed;
    if everybody || count > limits.removals_number || limits.removals.is_exceeded(count, employed) {
        let (deselected, rules) = deselected(proposal, &removed);
        let evidence = Evidence::Removals {
            limit: limits.removals,
            at_most: limits.removals_number,
            deselected,
            rules,
        };
        findings.push(Finding {
            people: first_names(&removed),
            ..Finding::new(Guard::Removals, evidence, count, employed)
        });
    }
    let earlier = roster.removed_this_week;
    let (week, before) = (count + earlier, roster.workspace_employed + earlier);
    if count > 0 && limits.removals_week.is_exceeded(week, before) {
        let evidence = Evidence::RemovalsWeek {
            now: count,
            earlier,
            limit: limits.removals_week,
        };
        findings.push(Finding {
            people: first_names(&removed),
            ..Finding::new(Guard::RemovalsWeek, evidence, week, before)
        });
    }
    findings
}

/// How many of the departures are for the selection, and the rules that records fail, most failed first.
fn deselected(proposal: &Proposal, removed: &[&Operation]) -> (u64, Vec<(String, u64)>) {
    let count = removed
        .iter()
        .filter(|operation| operation.reason == Reason::Deselected)
        .count() as u64;
    if count == 0 {
        return (0, Vec::new());
    }
    let rules = proposal.reading.left_out.iter();
    let mut rules: Vec<_> = rules
        .map(|(column, records)| (column.clone(), *records))
        .collect();
    rules.sort_by_key(|(_, records)| Reverse(*records));
    (count, rules)
}
