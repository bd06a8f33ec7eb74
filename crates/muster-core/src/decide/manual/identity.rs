//! Who is who, decided by a person: link an employee to a record of a source, unlink them, or merge two
//! employees who are one person.
//!
//! Each is a plan like any other: it is previewed, settled in one transaction, kept in the history and undone
//! by `undo`.

use super::{EditContext, Refused, check, finish};
use crate::{
    decide::{
        departures::removal,
        proposal::{Counts, Proposal},
    },
    model::{
        code::Code,
        employee::{Employee, Status},
        facts::Facts,
        field::{FieldNumber, canonical},
        plan::{Change, Changed, OperationKind, Plan, Reason},
        problem::{
            Problem, Severity,
            identity::{Detail, Remedy},
            shown,
        },
    },
    read::reading::Problems,
};

/// Attaches an employee to the record with an external id; `integration` manages them from now on if it is given.
pub fn link(
    employee: &Employee,
    external_id: &str,
    integration: Option<&str>,
    managed_by: Option<&str>,
    context: &EditContext<'_>,
) -> Result<Proposal, Refused> {
    let mut problems = is_there(employee);
    let holder = context.candidates.by_external_id(external_id);
    problems.extend(
        holder
            .filter(|holder| holder.id != employee.id)
            .map(|holder| {
                refused(
                    Code::MatchConflict,
                    Detail::IdOfAnother {
                        id: shown(external_id),
                        holder: holder.name(),
                        number: holder.id.0,
                    },
                    Remedy::Merge {
                        survivor: employee.id.0,
                        duplicate: holder.id.0,
                    },
                )
            }),
    );
    let id = change(
        Changed::Field(canonical::EXTERNAL_ID),
        employee.external_id(),
        Some(external_id),
        Reason::Linked,
    );
    let owner =
        integration.and_then(|new| change(Changed::Owner, managed_by, Some(new), Reason::Linked));
    let changes = id.into_iter().chain(owner).collect();
    finish(employee, changes, Reason::Linked, context, problems)
}

/// Detaches an employee from their source: no external id, and managed manually from now on. With
/// `free_address`, an inactive employee also gives up their address, so that a new employee can have it.
pub fn unlink(
    employee: &Employee,
    managed_by: Option<&str>,
    free_address: bool,
    context: &EditContext<'_>,
) -> Result<Proposal, Refused> {
    let mut problems = is_there(employee);
    let gives_up = free_address && employee.value(canonical::EMAIL).is_some();
    if problems.is_empty() && employee.external_id().is_none() && managed_by.is_none() && !gives_up
    {
        problems.push(refused(
            Code::EditRefused,
            Detail::NotLinked {
                name: employee.name(),
            },
            Remedy::Nothing,
        ));
    }
    if free_address && employee.status.is_employed() {
        problems.push(refused(
            Code::EditRefused,
            Detail::AddressInUse {
                name: employee.name(),
            },
            Remedy::DeactivateFirst,
        ));
    }
    if gives_up {
        problems.extend(pinned(employee, canonical::EMAIL, context));
    }
    let reason = Reason::Unlinked;
    let cleared = |field| change(Changed::Field(field), employee.value(field), None, reason);
    let changes = cleared(canonical::EXTERNAL_ID)
        .into_iter()
        .chain(change(Changed::Owner, managed_by, None, reason))
        .chain(cleared(canonical::EMAIL).filter(|_| gives_up))
        .collect();
    finish(employee, changes, reason, context, problems)
}

/// Merges `duplicate` into `survivor`, who keeps the history of both.
///
/// The survivor keeps every value that they have and gets the others from the duplicate; of external id (with the
/// integration that manages it) and address, those in `take` come from the duplicate in any case. The duplicate
/// becomes inactive, without external id and address.
pub fn merge(
    survivor: (&Employee, Option<&str>),
    duplicate: (&Employee, Option<&str>),
    take: &[FieldNumber],
    context: &EditContext<'_>,
) -> Result<Proposal, Refused> {
    let ((survivor, managed_by), (duplicate, duplicate_managed_by)) = (survivor, duplicate);
    let mut problems = is_there(survivor);
    problems.extend(is_there(duplicate));
    if survivor.id == duplicate.id {
        problems.push(refused(
            Code::EditRefused,
            Detail::SameEmployee {
                name: survivor.name(),
            },
            Remedy::NameAnother,
        ));
    }
    if duplicate.protected {
        problems.push(check::is_protected(duplicate));
    }
    let gained = gained(survivor, duplicate, take);
    for (field, _) in &gained {
        problems.extend(pinned(survivor, *field, context));
    }
    let has_id = gained
        .iter()
        .any(|(field, _)| *field == canonical::EXTERNAL_ID);
    let owner = (has_id && managed_by != duplicate_managed_by)
        .then(|| {
            change(
                Changed::Owner,
                managed_by,
                duplicate_managed_by,
                Reason::Merged,
            )
        })
        .flatten();
    let values = gained.iter().filter_map(|(field, value)| {
        change(
            Changed::Field(*field),
            survivor.value(*field),
            Some(value),
            Reason::Merged,
        )
    });
    let changes = values.chain(owner).collect();
    let mut proposal = finish(survivor, changes, Reason::Merged, context, problems)?;
    let leaves = retire(duplicate, duplicate_managed_by);
    let mut counts: Counts = proposal.counts;
    counts.add(leaves.kind);
    let mut operations = std::mem::take(&mut proposal.plan.operations);
    operations.push(leaves);
    operations.sort_by_key(|operation| operation.employee);
    let plan = Plan {
        creates: Vec::new(),
        operations,
    };
    let mut merged = Proposal::of_plan(plan, counts, Problems::default(), context.revision);
    merged.problems = proposal.problems;
    Ok(merged)
}

/// What the survivor gets from the duplicate.
fn gained<'d>(
    survivor: &Employee,
    duplicate: &'d Employee,
    take: &[FieldNumber],
) -> Vec<(FieldNumber, &'d str)> {
    let dates = [canonical::ONBOARDING_DATE, canonical::OFFBOARDING_DATE];
    let values = duplicate.facts.as_ref().iter();
    values
        .filter_map(|(field, fact)| Some((field, fact.value()?)))
        // Two employments do not add up: the dates of the survivor decide who works here.
        .filter(|(field, _)| !dates.contains(field))
        .filter(|(field, _)| take.contains(field) || survivor.value(*field).is_none())
        .collect()
}

/// The duplicate leaves and gives up what only one employee may have.
fn retire(duplicate: &Employee, managed_by: Option<&str>) -> crate::model::plan::Operation {
    let cleared = |field| {
        change(
            Changed::Field(field),
            duplicate.value(field),
            None,
            Reason::MergedInto,
        )
    };
    let keys = cleared(canonical::EXTERNAL_ID)
        .into_iter()
        .chain(cleared(canonical::EMAIL))
        .chain(change(Changed::Owner, managed_by, None, Reason::MergedInto));
    let mut operation = removal(duplicate, OperationKind::Deactivate, Reason::MergedInto);
    if !duplicate.status.is_employed() {
        operation.kind = OperationKind::Update;
        operation.changes.clear();
    }
    operation.changes.extend(keys);
    operation
}

fn change(what: Changed, old: Option<&str>, new: Option<&str>, reason: Reason) -> Option<Change> {
    (old != new).then(|| Change {
        what,
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
        reason,
    })
}

fn is_there(employee: &Employee) -> Refused {
    let erased = employee.status == Status::Erased;
    erased
        .then(|| {
            refused(
                Code::EditRefused,
                Detail::Erased {
                    number: employee.id.0,
                },
                Remedy::Nothing,
            )
        })
        .into_iter()
        .collect()
}

fn pinned(employee: &Employee, field: FieldNumber, context: &EditContext<'_>) -> Option<Problem> {
    employee.pin(field, context.calendar.today)?;
    let field = context.workspace.schema.key(field);
    Some(refused(
        Code::Pinned,
        Detail::FieldPinned {
            name: employee.name(),
            field: field.to_owned(),
        },
        Remedy::Unpin {
            field: field.to_owned(),
        },
    ))
}

fn refused(code: Code, detail: Detail, remedy: Remedy) -> Problem {
    Problem::new(code, Severity::Rejected, detail, remedy)
}

/// The facts of a link, for looking up who has the id.
pub fn id_facts(external_id: &str) -> Facts {
    Facts::of_values([(canonical::EXTERNAL_ID, external_id)])
}
