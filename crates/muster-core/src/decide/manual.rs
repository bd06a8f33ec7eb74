//! Manual edits: create, edit, deactivate, pin and unpin. Each becomes a plan of one
//! operation, settled like any other; what may not be is refused with every reason at once.

mod check;
mod identity;
mod values;

pub use identity::{id_facts, link, merge, unlink};
pub use values::read;

use crate::{
    decide::{
        candidates::Candidates,
        changes::{day, first_status, kind_of, next_status},
        departures::removal,
        proposal::{Counts, Proposal},
    },
    model::{
        calendar::Calendar,
        code::Code,
        employee::{Employee, Status},
        facts::Facts,
        field::{FieldNumber, canonical},
        pin::{self, Pin},
        plan::{Change, Changed, Operation, OperationKind, Plan, Reason, Who},
        problem::{
            Problem, Severity,
            edit::{Detail, Remedy},
            shown,
        },
        workspace::Workspace,
    },
    read::reading::Problems,
};
use check::{Refused, refuse};
use jiff::civil::Date;

/// The directory around an act by hand.
#[derive(Clone, Copy, Debug)]
pub struct EditContext<'a> {
    pub workspace: &'a Workspace,
    /// The people who have one of the keys that are given out.
    pub candidates: &'a Candidates,
    /// The days that matter.
    pub calendar: Calendar,
    /// The workspace's revision that all of this had.
    pub revision: i64,
}

/// What the owner of a person says of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ownership {
    /// Name of the integration; none: nobody owns the person.
    pub integration: Option<String>,
    /// The fields that it maps; none: not known, so every field counts as its own.
    pub fields: Option<Vec<FieldNumber>>,
}

impl Ownership {
    /// The integration that would overwrite an edit of this field.
    fn owner_of(&self, field: FieldNumber) -> Option<&str> {
        let mapped = self
            .fields
            .as_ref()
            .is_none_or(|fields| fields.contains(&field));
        self.integration.as_deref().filter(|_| mapped)
    }
}

/// A new person, owned by nobody: the first integration that delivers them takes them over.
pub fn create(facts: &Facts, around: &EditContext<'_>) -> Result<Proposal, Refused> {
    let mut problems = check::required(facts, around.workspace);
    problems.extend(check::keys(facts, None, around.candidates));
    problems.extend(check::date_order(
        facts.value(canonical::ONBOARDING_DATE),
        facts.value(canonical::OFFBOARDING_DATE),
    ));
    let status = first_status(facts.as_ref(), around.calendar);
    let Some(status) = status.filter(|_| problems.is_empty()) else {
        let left = refuse(Detail::EndPassed, Remedy::OmitDate);
        problems.extend(status.is_none().then_some(left));
        return Err(problems);
    };
    let set = |what, new: &str| Change {
        what,
        old: None,
        new: Some(new.to_owned()),
        reason: Reason::ManualEdit,
    };
    let values = facts
        .as_ref()
        .iter()
        .filter_map(|(field, fact)| Some(set(Changed::Field(field), fact.value()?)));
    let operation = Operation {
        kind: OperationKind::Create,
        employee: None,
        revision: 0,
        draft: None,
        origin: None,
        reason: Reason::ManualEdit,
        changes: std::iter::once(set(Changed::Status, status.as_str()))
            .chain(values)
            .collect(),
        who: Who::of_record(facts.as_ref()),
        held: None,
        fingerprint: None,
        takes_ownership: false,
    };
    Ok(proposal(operation, around))
}

/// Other values for a person, in fields that no integration decides.
pub fn edit(
    employee: &Employee,
    facts: &Facts,
    ownership: &Ownership,
    around: &EditContext<'_>,
) -> Result<Proposal, Refused> {
    let mut problems = check::exists(employee);
    problems.extend(check::keys(facts, Some(employee), around.candidates));
    let mut changes = Vec::new();
    for (field, fact) in facts.as_ref().iter() {
        let old = employee.value(field);
        if old == fact.value() {
            continue;
        }
        let key = around.workspace.schema.key(field);
        if let Some(pin) = employee.pin(field, around.calendar.today) {
            problems.push(check::is_pinned(employee, key, pin));
        } else if let Some(owner) = ownership.owner_of(field) {
            problems.push(check::is_owned(employee, key, fact.value(), owner));
        }
        changes.push(Change {
            what: Changed::Field(field),
            old: old.map(str::to_owned),
            new: fact.value().map(str::to_owned),
            reason: Reason::ManualEdit,
        });
    }
    finish(employee, changes, Reason::ManualEdit, around, problems)
}

/// A person leaves on a day: at once if it has come, else by the sweep of that day.
pub fn deactivate(
    employee: &Employee,
    on: Date,
    ownership: &Ownership,
    around: &EditContext<'_>,
) -> Result<Proposal, Refused> {
    let mut problems = check::exists(employee);
    if !employee.status.is_employed() && problems.is_empty() {
        let name = employee.name();
        problems.push(refuse(Detail::AlreadyInactive { name }, Remedy::Nothing));
    }
    if let Some(owner) = &ownership.integration {
        problems.push(check::is_owned(
            employee,
            "offboarding_date",
            Some(&on.to_string()),
            owner,
        ));
    }
    if let Some(pin) = employee.pin(canonical::OFFBOARDING_DATE, around.calendar.today) {
        problems.push(check::is_pinned(employee, "offboarding_date", pin));
    }
    let end = Change {
        what: Changed::Field(canonical::OFFBOARDING_DATE),
        old: employee
            .value(canonical::OFFBOARDING_DATE)
            .map(str::to_owned),
        new: Some(on.to_string()),
        reason: Reason::ManualEdit,
    };
    if end.old == end.new && on <= around.calendar.today {
        // The day is stored already, and only its hour has not come.
        problems.extend(employee.protected.then(|| check::is_protected(employee)));
        let leaves = removal(employee, OperationKind::Deactivate, Reason::ManualEdit);
        return if problems.is_empty() {
            Ok(proposal(leaves, around))
        } else {
            Err(problems)
        };
    }
    let mut changes = if end.old == end.new {
        Vec::new()
    } else {
        vec![end]
    };
    // Who has not begun and leaves before does not begin: their first day goes.
    let ahead = employee
        .value(canonical::ONBOARDING_DATE)
        .filter(|first| day(first).is_some_and(|first| first > on));
    if let Some(first) =
        ahead.filter(|_| employee.status == Status::Scheduled && on <= around.calendar.today)
    {
        if let Some(pin) = employee.pin(canonical::ONBOARDING_DATE, around.calendar.today) {
            problems.push(check::is_pinned(employee, "onboarding_date", pin));
        }
        changes.push(Change {
            what: Changed::Field(canonical::ONBOARDING_DATE),
            old: Some(first.to_owned()),
            new: None,
            reason: Reason::ManualEdit,
        });
    }
    // Somebody says so today: the hour of the sweep is not waited for.
    let through = around
        .calendar
        .offboarded_through
        .max(around.calendar.today);
    let calendar = Calendar {
        offboarded_through: through,
        ..around.calendar
    };
    finish(
        employee,
        changes,
        Reason::ManualEdit,
        &EditContext {
            calendar,
            ..*around
        },
        problems,
    )
}

/// A field is held at a value from now on.
pub fn pin(employee: &Employee, pin: Pin, around: &EditContext<'_>) -> Result<Proposal, Refused> {
    let mut problems = check::exists(employee);
    problems.extend(check::may_be_pinned(employee, &pin, around));
    let facts = Facts::of_values(pin.value.as_deref().map(|value| (pin.field, value)));
    problems.extend(check::keys(&facts, Some(employee), around.candidates));
    let change = Change {
        what: Changed::Field(pin.field),
        old: employee.value(pin.field).map(str::to_owned),
        new: pin.value.clone(),
        reason: Reason::Pinned,
    };
    let mut proposal = finish(employee, vec![change], Reason::Pinned, around, problems)?;
    proposal.new_pins.push((employee.id, pin));
    Ok(proposal)
}

/// A field is held no longer; its value stays until the source says another.
pub fn unpin(
    employee: &Employee,
    field: FieldNumber,
    around: &EditContext<'_>,
) -> Result<Proposal, Refused> {
    if !employee.pins.iter().any(|pin| pin.field == field) {
        let key = around.workspace.schema.key(field);
        let detail = Detail::NotPinned {
            field: key.to_owned(),
            name: employee.name(),
        };
        return Err(vec![Problem {
            code: Code::PinRefused,
            ..refuse(detail, Remedy::ListPins)
        }]);
    }
    let change = pin::ended(employee, field, Reason::Unpinned);
    finish(employee, vec![change], Reason::Unpinned, around, Vec::new())
}

/// Decides what the changes do to the person's status, and refuses if anything stands against them.
fn finish(
    employee: &Employee,
    mut changes: Vec<Change>,
    reason: Reason,
    around: &EditContext<'_>,
    mut problems: Refused,
) -> Result<Proposal, Refused> {
    let change_of = |field| {
        changes
            .iter()
            .find(|change| change.what == Changed::Field(field))
    };
    let after = |field| match change_of(field) {
        Some(change) => change.new.clone(),
        None => employee.value(field).map(str::to_owned),
    };
    let (onboarding, offboarding) = (
        after(canonical::ONBOARDING_DATE),
        after(canonical::OFFBOARDING_DATE),
    );
    let moves = |field| change_of(field).is_some_and(|change| change.old != change.new);
    let dates_move = moves(canonical::ONBOARDING_DATE) || moves(canonical::OFFBOARDING_DATE);
    let mut status = employee.status;
    if dates_move {
        problems.extend(check::date_order(
            onboarding.as_deref(),
            offboarding.as_deref(),
        ));
        let (onboarding, offboarding) = (
            onboarding.as_deref().and_then(day),
            offboarding.as_deref().and_then(day),
        );
        if employee.status == Status::Active
            && onboarding.is_some_and(|day| day > around.calendar.today)
        {
            problems.push(check::is_active_already(employee));
        }
        status = next_status(employee.status, onboarding, offboarding, around.calendar).0;
    }
    let kind = kind_of(employee.status, status, !changes.is_empty());
    if kind.is_some_and(OperationKind::is_removal) && employee.protected {
        problems.push(check::is_protected(employee));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let Some(kind) = kind else {
        return Ok(Proposal::of_plan(
            Plan::default(),
            Counts::default(),
            Problems::default(),
            around.revision,
        ));
    };
    if status != employee.status {
        let (old, new) = (employee.status.as_str(), status.as_str());
        changes.push(Change {
            what: Changed::Status,
            old: Some(old.to_owned()),
            new: Some(new.to_owned()),
            reason,
        });
    }
    let operation = Operation {
        kind,
        employee: Some(employee.id),
        revision: employee.revision,
        draft: None,
        origin: None,
        reason,
        changes,
        who: Who::of_employee(employee),
        held: None,
        // An edit by hand clears it: the next delivery is looked at in full.
        fingerprint: None,
        takes_ownership: false,
    };
    Ok(proposal(operation, around))
}

fn proposal(operation: Operation, around: &EditContext<'_>) -> Proposal {
    let mut counts = Counts {
        read: 1,
        ..Counts::default()
    };
    *match operation.kind {
        OperationKind::Create => &mut counts.created,
        OperationKind::Update | OperationKind::Activate => &mut counts.updated,
        OperationKind::Reactivate => &mut counts.reactivated,
        OperationKind::Deactivate | OperationKind::Delete => &mut counts.deactivated,
    } += 1;
    let plan = Plan {
        creates: Vec::new(),
        operations: vec![operation],
    };
    Proposal::of_plan(plan, counts, Problems::default(), around.revision)
}
