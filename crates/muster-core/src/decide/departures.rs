//! Departures and starts that no record causes: employees missing from a complete delivery, and dates that are due.

use crate::{
    decide::{candidates::Candidates, changes, propose::protected},
    model::{
        calendar::Calendar,
        employee::{Employee, Status},
        field::canonical,
        ids::{EmployeeId, IntegrationId},
        pin,
        plan::{Change, Changed, Operation, OperationKind, Plan, Reason, Who},
        problem::{Problem, lifecycle::UnconfirmedStart},
    },
    read::roster::Roster,
    setup::policy::{Missing, Policy},
};
use std::collections::{BTreeMap, HashSet};

/// What absence is judged by.
pub(crate) struct Absence<'a> {
    pub(crate) roster: &'a Roster,
    pub(crate) candidates: &'a Candidates,
    pub(crate) policy: &'a Policy,
    /// The same content once more is no further evidence.
    pub(crate) is_same_delivery: bool,
}

/// Removes employees that a complete delivery did not have. Returns who was missed, and in how many deliveries in a row.
pub(crate) fn missing(
    plan: &mut Plan,
    absence: &Absence<'_>,
    is_present: impl Fn(EmployeeId, usize) -> bool,
    problems: &mut Vec<Problem>,
) -> Vec<(EmployeeId, u16)> {
    let kind = match absence.policy.missing {
        Missing::Keep => return Vec::new(),
        Missing::Deactivate => OperationKind::Deactivate,
        Missing::Delete => OperationKind::Delete,
    };
    let mut missed = Vec::new();
    for (position, entry) in absence.roster.entries().iter().enumerate() {
        if is_present(entry.employee, position) {
            if entry.missed > 0 {
                missed.push((entry.employee, 0));
            }
            continue;
        }
        if !entry.employed {
            continue;
        }
        let times = if absence.is_same_delivery {
            entry.missed.max(1)
        } else {
            entry.missed.saturating_add(1)
        };
        let is_missing = times >= absence.policy.missing_runs.max(1);
        let Some(employee) = absence
            .candidates
            .get(entry.employee)
            .filter(|_| is_missing)
        else {
            if times != entry.missed {
                missed.push((entry.employee, times));
            }
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

/// Doubts about the start of scheduled employees.
type UnconfirmedStarts = BTreeMap<EmployeeId, UnconfirmedStart>;

/// The employees of an integration whose dates are due, whatever the delivery says of them.
pub(crate) struct Due<'a> {
    pub(crate) integration: Option<IntegrationId>,
    pub(crate) candidates: &'a Candidates,
    /// Employees whose record has decided on their dates.
    pub(crate) amended: &'a HashSet<EmployeeId>,
    pub(crate) unconfirmed: &'a UnconfirmedStarts,
    pub(crate) calendar: Calendar,
}

/// Adds what dates that are due do to the employees of an integration, beside what their records do.
pub(crate) fn due(plan: &mut Plan, due: &Due<'_>, problems: &mut Vec<Problem>) -> u64 {
    end_pins(plan, due.candidates, due.calendar);
    let planned: HashSet<_> = plan
        .operations
        .iter()
        .filter(|operation| operation.held.is_none())
        .filter_map(|operation| operation.employee)
        .collect();
    let employees = due.candidates.iter().filter(|employee| {
        employee.owner.is_some()
            && employee.owner == due.integration
            && !due.amended.contains(&employee.id)
            && !planned.contains(&employee.id)
    });
    add_due(plan, employees, due.unconfirmed, due.calendar, problems)
}

/// The same for every employee, whichever integration owns them.
pub(crate) fn due_of_all(
    plan: &mut Plan,
    candidates: &Candidates,
    unconfirmed: &UnconfirmedStarts,
    calendar: Calendar,
    problems: &mut Vec<Problem>,
) -> u64 {
    add_due(plan, candidates.iter(), unconfirmed, calendar, problems)
}

fn add_due<'e>(
    plan: &mut Plan,
    employees: impl Iterator<Item = &'e Employee>,
    unconfirmed: &UnconfirmedStarts,
    calendar: Calendar,
    problems: &mut Vec<Problem>,
) -> u64 {
    let mut count = 0;
    for employee in employees {
        let expired = pin::expired(employee, calendar.today, |_| false);
        let day = |field| employee.value(field).and_then(changes::day);
        let dates = (
            day(canonical::ONBOARDING_DATE),
            day(canonical::OFFBOARDING_DATE),
        );
        let next = changes::next_status(employee.status, dates.0, dates.1, calendar);
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
        if kind == OperationKind::Activate && unconfirmed.contains_key(&employee.id) {
            operation.held = Some(Reason::StartUnconfirmed);
            plan.operations.push(operation);
            plan.operations.extend(pins_end(employee, expired));
            continue;
        }
        operation.changes.extend(expired);
        plan.operations.push(operation);
        count += 1;
    }
    count
}

/// Operations that a date or absence causes end expired pins, like those that a record causes.
fn end_pins(plan: &mut Plan, candidates: &Candidates, calendar: Calendar) {
    let has_expired =
        |employee: &Employee| employee.pins.iter().any(|pin| !pin.holds(calendar.today));
    if !candidates.iter().any(has_expired) {
        return;
    }
    for operation in plan
        .operations
        .iter_mut()
        .filter(|operation| operation.kind != OperationKind::Delete)
    {
        let Some(employee) = operation.employee.and_then(|id| candidates.get(id)) else {
            continue;
        };
        let is_changed = |field| {
            operation
                .changes
                .iter()
                .any(|change| change.what == Changed::Field(field))
        };
        let expired = pin::expired(employee, calendar.today, is_changed);
        operation.changes.extend(expired);
    }
}

/// The expired pins of an employee without another operation.
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

/// An employee leaves. The fingerprint is dropped, so that their next record is looked at in full.
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
        origin: None,
        reason,
        changes: vec![Change {
            what: Changed::Status,
            old: Some(employee.status.as_str().to_owned()),
            new: Some(status.as_str().to_owned()),
            reason,
        }],
        who: Who::of_employee(employee),
        held: None,
        fingerprint: None,
        takes_ownership: false,
    }
}
