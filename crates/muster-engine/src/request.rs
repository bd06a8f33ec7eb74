//! A manual edit that a person or a program asked for, carried out in their name.

use crate::{
    erase::erase,
    manual::{Edit, EditError, edit_manually, preview_edit, protect},
    outcome::{Deps, Outcome, RunError},
    repair::repair,
    sync::Mode,
    undo::undo,
};
use muster_core::{
    decide::proposal::Proposal,
    model::{
        edit_request::{EditRequest, ManualEdit},
        employee::Employee,
        field::FieldNumber,
        ids::EmployeeId,
        workspace::Workspace,
    },
};
use muster_store::{RequestedEdit, StoreError, VoidCause};
use std::collections::BTreeMap;

/// What an edit did.
#[derive(Debug)]
pub(crate) enum Edited {
    /// A run that was applied or held.
    Run(Box<Outcome>),
    /// An erasure, whose run has ended.
    Erased,
    /// Something that is no run of its own.
    Done,
}

/// Carries an edit out.
pub(crate) fn perform(
    workspace: &Workspace,
    requested: &RequestedEdit,
    deps: &Deps,
) -> Result<Edited, EditError> {
    let deps = &Deps {
        actor: requested.actor.clone(),
        ..deps.clone()
    };
    let note = requested.note.as_deref();
    refuse_changed(workspace, requested, deps)?;
    match &requested.request {
        EditRequest::Manual(ManualEdit::Protect {
            employee,
            protected,
        }) => {
            person(workspace, *employee, deps)?;
            protect(workspace, *employee, *protected, note, deps).map_err(run_error)?;
            Ok(Edited::Done)
        }
        EditRequest::Manual(edit) => {
            let outcome = with_edit(workspace, edit, |edit| {
                edit_manually(workspace, edit, note, deps)
            })?;
            Ok(Edited::Run(Box::new(outcome)))
        }
        EditRequest::Undo { run, plan_only } => {
            let mode = if *plan_only {
                Mode::PlanOnly
            } else {
                Mode::Apply
            };
            let outcome = undo(workspace, *run, mode, note, deps).map_err(run_error)?;
            Ok(Edited::Run(Box::new(outcome)))
        }
        EditRequest::Repair { run, records } => {
            let outcome = repair(workspace, *run, records, note, deps)?;
            Ok(Edited::Run(Box::new(outcome)))
        }
        EditRequest::Erase { employee } => {
            let employee = person(workspace, *employee, deps)?;
            let why = note.unwrap_or_default();
            erase(workspace, &employee, why, deps).map_err(run_error)?;
            Ok(Edited::Erased)
        }
    }
}

/// What a manual edit would change. A protection changes no value.
pub fn preview(
    workspace: &Workspace,
    edit: &ManualEdit,
    deps: &Deps,
) -> Result<Proposal, EditError> {
    with_edit(workspace, edit, |edit| preview_edit(workspace, edit, deps))
}

fn run_error(error: RunError) -> EditError {
    EditError::Run(Box::new(error))
}

/// Calls `act` with the edit of a request, with its fields by number.
fn with_edit<T>(
    workspace: &Workspace,
    edit: &ManualEdit,
    act: impl FnOnce(Edit<'_>) -> Result<T, EditError>,
) -> Result<T, EditError> {
    let values =
        |given: &BTreeMap<String, String>| -> Result<Vec<(FieldNumber, String)>, EditError> {
            given
                .iter()
                .map(|(key, value)| Ok((field(workspace, key)?, value.clone())))
                .collect()
        };
    let given;
    match edit {
        ManualEdit::Create { values: wanted } => {
            given = values(wanted)?;
            act(Edit::Create(&borrowed(&given)))
        }
        ManualEdit::Edit {
            employee,
            values: wanted,
        } => {
            given = values(wanted)?;
            act(Edit::Edit(*employee, &borrowed(&given)))
        }
        ManualEdit::Deactivate { employee, on } => act(Edit::Deactivate(*employee, *on)),
        ManualEdit::Pin {
            employee,
            field: key,
            value,
            until,
        } => act(Edit::Pin(
            *employee,
            (field(workspace, key)?, value),
            *until,
        )),
        ManualEdit::Unpin {
            employee,
            field: key,
        } => act(Edit::Unpin(*employee, field(workspace, key)?)),
        ManualEdit::Link {
            employee,
            external_id,
            integration,
        } => act(Edit::Link(*employee, external_id, integration.as_deref())),
        ManualEdit::Unlink {
            employee,
            free_address,
        } => act(Edit::Unlink(*employee, *free_address)),
        ManualEdit::Merge {
            survivor,
            duplicate,
            take,
        } => {
            let take: Vec<FieldNumber> = take
                .iter()
                .map(|key| field(workspace, key))
                .collect::<Result<_, _>>()?;
            act(Edit::Merge(*survivor, *duplicate, &take))
        }
        ManualEdit::Protect { .. } => Err(void(VoidCause::NoPreview)),
    }
}

fn borrowed(given: &[(FieldNumber, String)]) -> Vec<(FieldNumber, &str)> {
    let pairs = given.iter();
    pairs
        .map(|(field, value)| (*field, value.as_str()))
        .collect()
}

fn field(workspace: &Workspace, key: &str) -> Result<FieldNumber, EditError> {
    let found = workspace.schema.find(key);
    found.ok_or_else(|| {
        void(VoidCause::NoField {
            key: key.to_owned(),
        })
    })
}

fn person(workspace: &Workspace, id: EmployeeId, deps: &Deps) -> Result<Employee, EditError> {
    let found = deps.store.employees_by_ids(workspace, &[id])?.pop();
    found.ok_or_else(|| void(VoidCause::NoEmployee { employee: id }))
}

/// Refuses to change an employee who is not as the author saw them.
fn refuse_changed(
    workspace: &Workspace,
    requested: &RequestedEdit,
    deps: &Deps,
) -> Result<(), EditError> {
    let first = requested.request.employees().first().copied();
    let (Some(expected), Some(id)) = (requested.revision, first) else {
        return Ok(());
    };
    if person(workspace, id, deps)?.revision == expected {
        return Ok(());
    }
    Err(void(VoidCause::EmployeeChanged { employee: id }))
}

fn void(why: VoidCause) -> EditError {
    StoreError::Void { why }.into()
}
