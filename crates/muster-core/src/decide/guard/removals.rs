//! Guards on departures, whatever the way: in one run, and over seven days.

use super::{Evidence, Finding, Guard, acting, first_names};
use crate::{
    decide::{candidates::Candidates, proposal::Proposal},
    model::{
        field::canonical,
        ids::EmployeeId,
        plan::{Changed, Operation, OperationKind, Plan, Reason},
    },
    read::roster::Roster,
    setup::policy::GuardLimits,
};
use std::{cmp::Reverse, collections::BTreeSet};

/// The findings on a plan that no integration delivered, with the limits that a workspace has.
pub(crate) fn in_workspace(proposal: &Proposal, roster: &Roster) -> Vec<Finding> {
    let employed = roster.workspace_employed;
    let mut findings = findings(proposal, &GuardLimits::default(), roster, employed);
    findings
        .iter_mut()
        .for_each(|finding| finding.settings.clear());
    findings
}

/// `employed` is the number of employees that the run could remove.
pub(super) fn findings(
    proposal: &Proposal,
    limits: &GuardLimits,
    roster: &Roster,
    employed: u64,
) -> Vec<Finding> {
    let removed: Vec<&Operation> = acting(proposal)
        .filter(|operation| operation.kind.is_removal() && !is_expected(proposal, operation))
        .collect();
    let count = removed.len() as u64;
    let mut findings = Vec::new();
    let everybody = count > 0 && count >= employed;
    if everybody || count > limits.removals_number || limits.removals.is_exceeded(count, employed) {
        let (deselected, rules) = deselected(proposal, &removed);
        let evidence = Evidence::Removals {
            limit: limits.removals,
            at_most: limits.removals_number,
            missing: for_reason(&removed, Reason::Missing),
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

/// Whether an employee leaves on an end date that was stored more than a week ago.
fn is_expected(proposal: &Proposal, operation: &Operation) -> bool {
    let employee = operation.employee;
    employee.is_some_and(|employee| proposal.announced.contains(&employee))
}

/// The employees who leave on an end date that an applied plan stored more than a week ago: contracts that end on one
/// day, or the days of an outage, are no evidence against the delivery.
pub(crate) fn announced(plan: &Plan, candidates: &Candidates) -> BTreeSet<EmployeeId> {
    let end_date = Changed::Field(canonical::OFFBOARDING_DATE);
    let is_stored = |operation: &&Operation| {
        operation.held.is_none()
            && operation.kind == OperationKind::Deactivate
            && operation.reason == Reason::OffboardingDate
            && operation
                .changes
                .iter()
                .all(|change| change.what != end_date)
    };
    let employees = plan.operations.iter().filter(is_stored);
    employees
        .filter_map(|operation| operation.employee)
        .filter(|employee| candidates.is_announced(*employee))
        .collect()
}

/// How many of the departures are for the selection, and the rules that records fail, most failed first.
fn deselected(proposal: &Proposal, removed: &[&Operation]) -> (u64, Vec<(String, u64)>) {
    let count = for_reason(removed, Reason::Deselected);
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

fn for_reason(removed: &[&Operation], reason: Reason) -> u64 {
    removed
        .iter()
        .filter(|operation| operation.reason == reason)
        .count() as u64
}
