//! The opposite of what a run did, as a plan: through the same guard, approval and transaction as any other.

use crate::{
    code::Code,
    depart,
    employee::{Employee, Status},
    field::Schema,
    guard,
    ids::EmployeeId,
    known::Known,
    plan::{Change, Changed, Operation, OperationKind, Plan, Reason},
    policy::{GuardLimits, OnGuard},
    problem::{Problem, Severity, masked, shown},
    proposal::{Counts, Proposal},
    propose::who,
    reading::Problems,
    roster::Roster,
    workspace::Workspace,
};
use std::collections::BTreeMap;

/// Decides what undoing does: created people are deactivated, changed values get their old ones back. What
/// somebody changed since is left alone and listed.
pub fn propose(
    created: &[EmployeeId],
    changes: &[(EmployeeId, Vec<Change>)],
    known: &Known,
    roster: &Roster,
    workspace: &Workspace,
) -> Proposal {
    let mut plan = Plan::default();
    let mut problems = Problems::default();
    for employee in created.iter().filter_map(|id| known.get(*id)).filter(|employee| employee.status.is_employed()) {
        plan.operations.push(depart::removal(employee, OperationKind::Deactivate, Reason::Undo));
    }
    // Several operations of one run on one person: from the first old value to the last new one.
    let mut by_person: BTreeMap<EmployeeId, BTreeMap<Changed, Change>> = BTreeMap::new();
    for (employee, changes) in changes {
        for change in changes {
            let all = by_person.entry(*employee).or_default();
            all.entry(change.what)
                .and_modify(|first| first.new.clone_from(&change.new))
                .or_insert_with(|| change.clone());
        }
    }
    for (id, changes) in by_person {
        if let Some(employee) = known.get(id) {
            plan.operations.extend(revert(employee, changes.into_values(), workspace, &mut problems));
        }
    }
    plan.operations.sort_by_key(|operation| operation.employee);
    let mut proposal = Proposal::of_plan(plan, Counts::default(), problems, roster.revision);
    proposal.findings = guard::removal_findings(&proposal, &GuardLimits::default(), roster, roster.workspace_employed);
    proposal.verdict = guard::verdict(&proposal, OnGuard::HoldAll);
    proposal
}

fn revert(
    employee: &Employee,
    changes: impl Iterator<Item = Change>,
    workspace: &Workspace,
    problems: &mut Problems,
) -> Option<Operation> {
    let mut opposite = Vec::new();
    for change in changes {
        let now = match change.what {
            Changed::Status => Some(employee.status.as_str()),
            Changed::Field(field) => employee.value(field),
        };
        if now != change.new.as_deref() {
            problems.push(skipped(employee, &workspace.schema, change.what, now));
        } else if change.old != change.new {
            opposite.push(Change { what: change.what, old: change.new, new: change.old, reason: Reason::Undo });
        }
    }
    let status = opposite.iter().find(|change| change.what == Changed::Status);
    let kind = match status.and_then(|change| Status::parse(change.new.as_deref()?)) {
        Some(Status::Inactive | Status::Erased) => OperationKind::Deactivate,
        Some(Status::Active | Status::Scheduled) if !employee.status.is_employed() => OperationKind::Reactivate,
        _ => OperationKind::Update,
    };
    (!opposite.is_empty()).then(|| Operation {
        kind,
        employee: Some(employee.id),
        revision: employee.revision,
        draft: None,
        place: None,
        reason: Reason::Undo,
        changes: opposite,
        who: who(employee),
        held: None,
        fingerprint: None,
        takes_ownership: false,
    })
}

fn skipped(employee: &Employee, schema: &Schema, what: Changed, now: Option<&str>) -> Problem {
    let is_masked = matches!(what, Changed::Field(field) if schema.is_masked(field));
    let text = |now| if is_masked { masked(&shown(now)) } else { shown(now) };
    let now = now.map_or("blank".to_owned(), |now| format!("`{}`", text(now)));
    let field = schema.changed(what);
    let mut problem = Problem::new(
        Code::UndoSkipped,
        Severity::Warning,
        format!("`{field}` of {} was changed again since and is {now} now; it is left alone", employee.name()),
        "change it by hand if that is wrong",
    );
    problem.subject = employee.external_id().map(shown);
    problem
}
