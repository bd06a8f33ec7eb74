//! Departures and arrivals that no record causes: people missing from a complete delivery, and dates that
//! came due.

use crate::{
    decide::{
        amend,
        known::Known,
        propose::{protected, who},
    },
    model::{
        calendar::Calendar,
        employee::{Employee, Status},
        field::canonical,
        ids::{EmployeeId, IntegrationId},
        pin,
        plan::{Change, Changed, Operation, OperationKind, Plan, Reason},
        problem::Problem,
    },
    read::roster::Roster,
    setup::policy::{Missing, Policy},
};
use std::collections::HashSet;

/// Removes people whom a complete delivery did not have. Gives who was missed, and how often in a row.
pub(crate) fn missing(
    plan: &mut Plan,
    roster: &Roster,
    known: &Known,
    policy: &Policy,
    is_present: impl Fn(EmployeeId, usize) -> bool,
    problems: &mut Vec<Problem>,
) -> Vec<(EmployeeId, u16)> {
    let kind = match policy.missing {
        Missing::Keep => return Vec::new(),
        Missing::Deactivate => OperationKind::Deactivate,
        Missing::Delete => OperationKind::Delete,
    };
    let mut missed = Vec::new();
    for (position, entry) in roster.entries().iter().enumerate() {
        if is_present(entry.employee, position) {
            if entry.missed > 0 {
                missed.push((entry.employee, 0));
            }
            continue;
        }
        if !entry.employed {
            continue;
        }
        let times = entry.missed.saturating_add(1);
        let Some(employee) = known
            .get(entry.employee)
            .filter(|_| times >= policy.missing_runs.max(1))
        else {
            missed.push((entry.employee, times));
            continue;
        };
        if employee.protected {
            problems.push(protected(employee));
        } else {
            plan.operations
                .push(removal(employee, kind, Reason::Missing));
        }
    }
    missed
}

/// Adds what dates that came due do to people of an integration whom no record of the delivery concerns.
pub(crate) fn due(
    plan: &mut Plan,
    integration: Option<IntegrationId>,
    known: &Known,
    concerned: &HashSet<EmployeeId>,
    calendar: Calendar,
    problems: &mut Vec<Problem>,
) -> u64 {
    end_pins(plan, known, calendar);
    let planned: HashSet<_> = plan
        .operations
        .iter()
        .filter_map(|operation| operation.employee)
        .collect();
    let people = known.iter().filter(|employee| {
        employee.owner.is_some()
            && employee.owner == integration
            && !concerned.contains(&employee.id)
            && !planned.contains(&employee.id)
    });
    add_due(plan, people, calendar, problems)
}

/// The same for everybody, whoever owns them.
pub(crate) fn due_of_all(
    plan: &mut Plan,
    known: &Known,
    calendar: Calendar,
    problems: &mut Vec<Problem>,
) -> u64 {
    add_due(plan, known.iter(), calendar, problems)
}

fn add_due<'e>(
    plan: &mut Plan,
    people: impl Iterator<Item = &'e Employee>,
    calendar: Calendar,
    problems: &mut Vec<Problem>,
) -> u64 {
    let mut count = 0;
    for employee in people {
        let expired = pin::expired(employee, calendar.today, |_| false);
        let day = |field| employee.value(field).and_then(amend::day);
        let dates = (
            day(canonical::ONBOARDING_DATE),
            day(canonical::OFFBOARDING_DATE),
        );
        let next = amend::next_status(employee.status, dates.0, dates.1, calendar);
        let (status, Some(reason)) = next else {
            plan.operations.extend(pins_end(employee, expired));
            continue;
        };
        if !employee.status.is_employed() {
            plan.operations.extend(pins_end(employee, expired));
            continue;
        }
        if status == Status::Inactive && employee.protected {
            problems.push(protected(employee));
            plan.operations.extend(pins_end(employee, expired));
            continue;
        }
        let kind = if status == Status::Inactive {
            OperationKind::Deactivate
        } else {
            OperationKind::Activate
        };
        let mut operation = status_operation(employee, kind, status, reason);
        operation.changes.extend(expired);
        plan.operations.push(operation);
        count += 1;
    }
    count
}

/// Operations of people who leave end the pins whose last day is over, like those that a record causes.
fn end_pins(plan: &mut Plan, known: &Known, calendar: Calendar) {
    let has_expired =
        |employee: &Employee| employee.pins.iter().any(|pin| !pin.holds(calendar.today));
    if !known.iter().any(has_expired) {
        return;
    }
    for operation in plan
        .operations
        .iter_mut()
        .filter(|operation| operation.kind != OperationKind::Delete)
    {
        let Some(employee) = operation.employee.and_then(|id| known.get(id)) else {
            continue;
        };
        let told = |field| {
            operation
                .changes
                .iter()
                .any(|change| change.what == Changed::Field(field))
        };
        let expired = pin::expired(employee, calendar.today, told);
        operation.changes.extend(expired);
    }
}

/// Pins whose last day is over, of somebody of whom no record speaks.
fn pins_end(employee: &Employee, changes: Vec<Change>) -> Option<Operation> {
    (!changes.is_empty()).then(|| Operation {
        changes,
        ..status_operation(
            employee,
            OperationKind::Update,
            employee.status,
            Reason::PinExpired,
        )
    })
}

/// A person leaves. The fingerprint goes, so that a record of theirs is looked at in full again.
pub(crate) fn removal(employee: &Employee, kind: OperationKind, reason: Reason) -> Operation {
    let status = if kind == OperationKind::Delete {
        Status::Erased
    } else {
        Status::Inactive
    };
    Operation {
        fingerprint: None,
        ..status_operation(employee, kind, status, reason)
    }
}

fn status_operation(
    employee: &Employee,
    kind: OperationKind,
    status: Status,
    reason: Reason,
) -> Operation {
    Operation {
        kind,
        employee: Some(employee.id),
        revision: employee.revision,
        draft: None,
        place: None,
        reason,
        changes: vec![Change {
            what: Changed::Status,
            old: Some(employee.status.as_str().to_owned()),
            new: Some(status.as_str().to_owned()),
            reason,
        }],
        who: who(employee),
        held: None,
        fingerprint: None,
        takes_ownership: false,
    }
}
