//! The opposite of what a run did, as a plan: through the same guard, approval and transaction as any other.

use crate::{
    decide::{
        depart, guard,
        known::Known,
        proposal::{Counts, Proposal},
        propose::{protected, who},
    },
    derive::budget::{self, BudgetKind},
    model::{
        calendar::Calendar,
        code::Code,
        employee::{Employee, Status},
        field::{FieldNumber, Schema},
        ids::EmployeeId,
        pin::Pin,
        plan::{Change, Changed, Operation, OperationKind, Plan, Reason},
        problem::{Problem, Severity, masked, shown},
        workspace::Workspace,
    },
    read::{reading::Problems, roster::Roster},
    setup::policy::{GuardLimits, OnGuard},
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
    calendar: Calendar,
) -> Proposal {
    let mut plan = Plan::default();
    let mut problems = Problems::default();
    for employee in created
        .iter()
        .filter_map(|id| known.get(*id))
        .filter(|employee| employee.status.is_employed())
    {
        if employee.protected {
            problems.push(protected(employee));
        } else {
            plan.operations.push(depart::removal(
                employee,
                OperationKind::Deactivate,
                Reason::Undo,
            ));
            let fields = workspace
                .schema
                .own()
                .map(|(field, _)| (field, employee.value(field)));
            fields
                .for_each(|(field, value)| kept(employee, field, value, workspace, &mut problems));
        }
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
            plan.operations.extend(revert(
                employee,
                changes.into_values(),
                workspace,
                roster,
                calendar,
                &mut problems,
            ));
        }
    }
    plan.operations.sort_by_key(|operation| operation.employee);
    let mut counts = Counts::default();
    plan.operations
        .iter()
        .for_each(|operation| counts.add(operation.kind));
    let mut proposal = Proposal::of_plan(plan, counts, problems, roster.revision);
    proposal.findings = guard::removal_findings(
        &proposal,
        &GuardLimits::default(),
        roster,
        roster.workspace_employed,
    );
    proposal.verdict = guard::verdict(&proposal, OnGuard::HoldAll);
    proposal
}

fn revert(
    employee: &Employee,
    changes: impl Iterator<Item = Change>,
    workspace: &Workspace,
    roster: &Roster,
    calendar: Calendar,
    problems: &mut Problems,
) -> Option<Operation> {
    let mut opposite = Vec::new();
    for change in changes {
        if let Some(pin) = pin_on(employee, &change, calendar) {
            problems.push(pinned(employee, workspace, pin));
            continue;
        }
        if leaves(&change) && employee.protected {
            problems.push(protected(employee));
            continue;
        }
        let now = match change.what {
            Changed::Status => Some(employee.status.as_str()),
            Changed::Field(field) => employee.value(field),
            Changed::Owner => employee
                .owner
                .and_then(|owner| roster.names.get(&owner))
                .map(String::as_str),
        };
        if now != change.new.as_deref() {
            problems.push(skipped(employee, &workspace.schema, change.what, now));
        } else if change.old != change.new {
            if let (Changed::Field(field), true) = (change.what, change.reason != Reason::Undo) {
                kept(employee, field, change.new.as_deref(), workspace, problems);
            }
            opposite.push(Change {
                what: change.what,
                old: change.new,
                new: change.old,
                reason: Reason::Undo,
            });
        }
    }
    let status = opposite
        .iter()
        .find(|change| change.what == Changed::Status);
    let kind = match status.and_then(|change| Status::parse(change.new.as_deref()?)) {
        Some(Status::Inactive | Status::Erased) => OperationKind::Deactivate,
        Some(Status::Active | Status::Scheduled) if !employee.status.is_employed() => {
            OperationKind::Reactivate
        }
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

/// The pin that holds the field of a change.
fn pin_on<'e>(employee: &'e Employee, change: &Change, calendar: Calendar) -> Option<&'e Pin> {
    let Changed::Field(field) = change.what else {
        return None;
    };
    employee.pin(field, calendar.today)
}

/// Whether taking a change back removes the person.
fn leaves(change: &Change) -> bool {
    let then = |status: &Option<String>| status.as_deref().and_then(Status::parse);
    change.what == Changed::Status
        && then(&change.new).is_some_and(Status::is_employed)
        && then(&change.old).is_some_and(|status| !status.is_employed())
}

fn pinned(employee: &Employee, workspace: &Workspace, pin: &Pin) -> Problem {
    let field = workspace.schema.key(pin.field);
    let value = pin
        .value
        .as_deref()
        .map_or("blank".to_owned(), |value| format!("`{}`", shown(value)));
    let mut problem = Problem::new(
        Code::UndoSkipped,
        Severity::Warning,
        format!(
            "`{field}` of {} is pinned to {value} by {}, because \"{}\"; it is left alone",
            employee.name(),
            shown(&pin.author),
            shown(&pin.reason)
        ),
        "take the pin off with `muster unpin` first if the old value is wanted",
    );
    problem.subject = employee.external_id().map(shown);
    problem
}

/// Warns that a one-off budget stays granted: what a person was given once is not taken back. Who has not begun was
/// given nothing yet.
fn kept(
    employee: &Employee,
    field: FieldNumber,
    value: Option<&str>,
    workspace: &Workspace,
    problems: &mut Problems,
) {
    if employee.status == Status::Scheduled {
        return;
    }
    let is_one_off = budget::budgets(&workspace.schema)
        .any(|(budget, kind, _)| budget == field && kind == BudgetKind::OneOff);
    let Some(amount) = value
        .and_then(budget::amount)
        .filter(|amount| is_one_off && !amount.is_zero())
    else {
        return;
    };
    let key = workspace.schema.key(field);
    let mut problem = Problem::new(
        Code::BudgetKept,
        Severity::Warning,
        format!(
            "`{key}` of {} is {}, and stays granted once",
            employee.name(),
            budget::shown(amount)
        ),
        "take it back outside of the directory if it was wrong; the same value grants nothing again",
    );
    problem.field = Some(key.to_owned());
    problem.subject = employee.external_id().map(shown);
    problems.push(problem);
}

fn skipped(employee: &Employee, schema: &Schema, what: Changed, now: Option<&str>) -> Problem {
    let is_masked = matches!(what, Changed::Field(field) if schema.is_masked(field));
    let text = |now| {
        if is_masked {
            masked(&shown(now))
        } else {
            shown(now)
        }
    };
    let now = now.map_or("blank".to_owned(), |now| format!("`{}`", text(now)));
    let field = schema.changed(what);
    let mut problem = Problem::new(
        Code::UndoSkipped,
        Severity::Warning,
        format!(
            "`{field}` of {} was changed again since and is {now} now; it is left alone",
            employee.name()
        ),
        "change it by hand if that is wrong",
    );
    problem.subject = employee.external_id().map(shown);
    problem
}
