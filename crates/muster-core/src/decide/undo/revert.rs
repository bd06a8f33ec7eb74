//! The opposite of one employee's changes, as far as it can be applied.

use super::budgets;
use crate::{
    decide::propose::protected,
    model::{
        calendar::Calendar,
        code::Code,
        employee::{Employee, Status},
        field::{FieldNumber, Schema},
        pin::Pin,
        plan::{Change, Changed, Operation, OperationKind, Reason, Who},
        problem::{Problem, Severity, masked, shown, undo::Detail, undo::Remedy},
        workspace::Workspace,
    },
    read::{reading::Problems, roster::Roster},
};

/// What is given back to one employee.
pub(super) struct Revert<'e> {
    pub(super) employee: &'e Employee,
    pub(super) opposite: Vec<Change>,
}

impl Revert<'_> {
    /// The value that a field gets back; none: the field is not changed, or is cleared.
    pub(super) fn gives_back(&self, field: FieldNumber) -> Option<&str> {
        let change = self
            .opposite
            .iter()
            .find(|change| change.what == Changed::Field(field))?;
        change.new.as_deref()
    }

    /// The operation; none if nothing can be given back.
    pub(super) fn operation(self) -> Option<Operation> {
        let Self { employee, opposite } = self;
        let status = opposite
            .iter()
            .find(|change| change.what == Changed::Status);
        let kind = match status.and_then(|change| Status::parse(change.new.as_deref()?)) {
            Some(Status::Inactive) => OperationKind::Deactivate,
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
            origin: None,
            reason: Reason::Undo,
            changes: opposite,
            who: Who::of_employee(employee),
            held: None,
            fingerprint: None,
            takes_ownership: false,
        })
    }
}

/// The opposite changes; those that are left alone are listed.
pub(super) fn opposite(
    employee: &Employee,
    changes: impl Iterator<Item = Change>,
    workspace: &Workspace,
    roster: &Roster,
    calendar: Calendar,
    problems: &mut Problems,
) -> Vec<Change> {
    let mut opposite = Vec::new();
    for change in changes {
        if let Some(pin) = pin_on(employee, &change, calendar) {
            problems.push(pinned(employee, workspace, pin));
            continue;
        }
        if removes(&change) && employee.protected {
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
            problems.push(changed_since(employee, &workspace.schema, change.what, now));
            continue;
        }
        if change.old == change.new {
            continue;
        }
        if let (Changed::Field(field), true) = (change.what, change.reason != Reason::Undo) {
            let value = change.new.as_deref();
            budgets::note_granted(employee, field, value, workspace, problems);
        }
        opposite.push(Change {
            what: change.what,
            old: change.new,
            new: change.old,
            reason: Reason::Undo,
        });
    }
    opposite
}

/// The pin on the field of a change.
fn pin_on<'e>(employee: &'e Employee, change: &Change, calendar: Calendar) -> Option<&'e Pin> {
    let Changed::Field(field) = change.what else {
        return None;
    };
    employee.pin(field, calendar.today)
}

/// Whether undoing a change deactivates the employee.
fn removes(change: &Change) -> bool {
    let is_employed = |status: &Option<String>| {
        let status = status.as_deref().and_then(Status::parse);
        status.map(Status::is_employed)
    };
    change.what == Changed::Status
        && is_employed(&change.new) == Some(true)
        && is_employed(&change.old) == Some(false)
}

fn pinned(employee: &Employee, workspace: &Workspace, pin: &Pin) -> Problem {
    let mut problem = Problem::new(
        Code::UndoSkipped,
        Severity::Warning,
        Detail::Pinned {
            field: workspace.schema.key(pin.field).to_owned(),
            name: employee.name(),
            value: pin.value.as_deref().map(shown),
            author: shown(&pin.author),
            reason: shown(&pin.reason),
        },
        Remedy::Unpin,
    );
    problem.subject = employee.external_id().map(shown);
    problem
}

fn changed_since(
    employee: &Employee,
    schema: &Schema,
    what: Changed,
    now: Option<&str>,
) -> Problem {
    let is_masked = matches!(what, Changed::Field(field) if schema.is_masked(field));
    let text = |now| {
        if is_masked {
            masked(&shown(now))
        } else {
            shown(now)
        }
    };
    let mut problem = Problem::new(
        Code::UndoSkipped,
        Severity::Warning,
        Detail::ChangedSince {
            field: schema.changed(what).to_owned(),
            name: employee.name(),
            now: now.map(text),
        },
        Remedy::EditManually,
    );
    problem.subject = employee.external_id().map(shown);
    problem
}
