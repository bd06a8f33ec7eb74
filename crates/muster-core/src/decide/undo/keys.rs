//! Addresses and external ids that cannot be given back, because another employee has them now.

use super::revert::Revert;
use crate::{
    decide::candidates::Candidates,
    model::{
        code::Code,
        employee::Employee,
        field::{FieldNumber, canonical},
        ids::EmployeeId,
        plan::{Change, Changed},
        problem::{Problem, Severity, shown, undo::Detail, undo::Remedy},
        workspace::Workspace,
    },
    read::{normalise::fold_email, reading::Problems},
};

/// The external ids, and the addresses, that an undo of these changes would give back.
pub fn wanted(changes: &[(EmployeeId, Vec<Change>)]) -> (Vec<&str>, Vec<&str>) {
    let old = |field| {
        let changes = changes.iter().flat_map(|(_, changes)| changes);
        changes
            .filter(move |change| change.what == Changed::Field(field))
            .filter_map(|change| change.old.as_deref())
            .collect()
    };
    (old(canonical::EXTERNAL_ID), old(canonical::EMAIL))
}

/// Removes and lists the changes that give back a key which another employee keeps. That one change is left alone can
/// keep a key from the next, so it is repeated until nothing more is removed.
pub(super) fn leave_taken(
    reverts: &mut [Revert<'_>],
    candidates: &Candidates,
    workspace: &Workspace,
    problems: &mut Problems,
) {
    for field in [canonical::EXTERNAL_ID, canonical::EMAIL] {
        while let Some((at, holder)) = first_taken(reverts, field, candidates) {
            let revert = &mut reverts[at];
            let value = revert.gives_back(field).map(shown).unwrap_or_default();
            problems.push(taken(revert.employee, field, value, holder, workspace));
            revert
                .opposite
                .retain(|change| change.what != Changed::Field(field));
        }
    }
}

/// The first employee who would get a key back that another keeps, and that other.
fn first_taken<'k>(
    reverts: &[Revert<'_>],
    field: FieldNumber,
    candidates: &'k Candidates,
) -> Option<(usize, &'k Employee)> {
    reverts.iter().enumerate().find_map(|(at, revert)| {
        let value = revert.gives_back(field)?;
        let holder = if field == canonical::EMAIL {
            candidates.by_email(value)?
        } else {
            candidates.by_external_id(value)?
        };
        let is_given_up = reverts
            .iter()
            .filter(|other| other.employee.id == holder.id)
            .flat_map(|other| &other.opposite)
            .any(|change| change.what == Changed::Field(field) && !is_same(field, change, value));
        (holder.id != revert.employee.id && !is_given_up).then_some((at, holder))
    })
}

/// Whether a change gives its employee this key.
fn is_same(field: FieldNumber, change: &Change, value: &str) -> bool {
    let Some(new) = change.new.as_deref() else {
        return false;
    };
    if field == canonical::EMAIL {
        fold_email(new) == fold_email(value)
    } else {
        new == value
    }
}

fn taken(
    employee: &Employee,
    field: FieldNumber,
    value: String,
    holder: &Employee,
    workspace: &Workspace,
) -> Problem {
    let mut problem = Problem::new(
        Code::UndoSkipped,
        Severity::Warning,
        Detail::KeyTaken {
            field: workspace.schema.key(field).to_owned(),
            name: employee.name(),
            value,
            holder: holder.name(),
        },
        Remedy::FreeKey,
    );
    problem.subject = employee.external_id().map(shown);
    problem
}
