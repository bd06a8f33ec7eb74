//! The opposite of what a run did, as a plan: through the same guard, approval and transaction as any other.
//!
//! Left alone and listed: values that changed again since, pinned values, protected employees, one-off budgets that
//! were granted, keys that another employee has now, and erased employees, who are never brought back.

mod budgets;
mod keys;
mod revert;

use crate::{
    decide::{
        candidates::Candidates,
        departures, guard,
        proposal::{Counts, Proposal},
        propose::protected,
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::Status,
        ids::EmployeeId,
        plan::{Change, Changed, OperationKind, Plan, Reason},
        problem::{Problem, Severity, undo::Detail, undo::Remedy},
        workspace::Workspace,
    },
    read::{reading::Problems, roster::Roster},
    setup::policy::OnGuard,
};
use revert::Revert;
use std::collections::BTreeMap;

/// Created employees are deactivated, and changed values get their old ones back. `known` has the employees of the
/// run and, found with [`wanted_keys`], those who have an address or id that would be given back.
pub fn propose(
    created: &[EmployeeId],
    changes: &[(EmployeeId, Vec<Change>)],
    candidates: &Candidates,
    roster: &Roster,
    workspace: &Workspace,
    calendar: Calendar,
) -> Proposal {
    let mut plan = Plan::default();
    let mut problems = Problems::default();
    let created = created.iter().filter_map(|id| candidates.get(*id));
    for employee in created.filter(|employee| employee.status.is_employed()) {
        if employee.protected {
            problems.push(protected(employee));
            continue;
        }
        let removal = departures::removal(employee, OperationKind::Deactivate, Reason::Undo);
        plan.operations.push(removal);
        budgets::note_granted_of_all_fields(employee, workspace, &mut problems);
    }
    let mut reverts = Vec::new();
    for (id, changes) in combined(changes) {
        let Some(employee) = candidates.get(id) else {
            continue;
        };
        if employee.status == Status::Erased {
            problems.push(erased(id));
            continue;
        }
        let changes = changes.into_values();
        let opposite = revert::opposite(
            employee,
            changes,
            workspace,
            roster,
            calendar,
            &mut problems,
        );
        reverts.push(Revert { employee, opposite });
    }
    keys::leave_taken(&mut reverts, candidates, workspace, &mut problems);
    let operations = reverts.into_iter().filter_map(Revert::operation);
    plan.operations.extend(operations);
    plan.operations.sort_by_key(|operation| operation.employee);
    let mut counts = Counts::default();
    plan.operations
        .iter()
        .for_each(|operation| counts.add(operation.kind));
    let mut proposal = Proposal::of_plan(plan, counts, problems, roster.revision);
    proposal.findings = guard::removals_in_workspace(&proposal, roster);
    proposal.verdict = guard::verdict(&proposal, OnGuard::HoldAll);
    proposal
}

pub use keys::wanted as wanted_keys;

/// One change for each value: from the first old value to the last new one of the run's operations.
fn combined(
    changes: &[(EmployeeId, Vec<Change>)],
) -> BTreeMap<EmployeeId, BTreeMap<Changed, Change>> {
    let mut by_employee: BTreeMap<EmployeeId, BTreeMap<Changed, Change>> = BTreeMap::new();
    for (employee, changes) in changes {
        // Of an erased employee no change is left, and they are listed nevertheless.
        let all = by_employee.entry(*employee).or_default();
        for change in changes {
            all.entry(change.what)
                .and_modify(|first| first.new.clone_from(&change.new))
                .or_insert_with(|| change.clone());
        }
    }
    by_employee
}

fn erased(employee: EmployeeId) -> Problem {
    Problem::new(
        Code::UndoSkipped,
        Severity::Warning,
        Detail::Erased { employee },
        Remedy::None,
    )
}
