//! Manual edits, undoing a run, and erasing personal data. A job carries each out.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        jobs::write,
        problem::{ApiProblem, ProblemKind},
        runs,
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use muster_core::model::{
    edit_request::{EditRequest, ManualEdit},
    employee::Employee,
    ids::{EmployeeId, RunId},
    response::{DataLocation, EditPreview, JobLine, UndoPreview},
    role::Role,
    workspace::Workspace,
};
use muster_store::RequestedEdit;
use schemars::JsonSchema;
use serde::Deserialize;

/// A manual edit with its reason.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequestedManualEdit {
    edit: ManualEdit,
    /// Why. A pin requires it.
    note: Option<String>,
}

impl Body for RequestedManualEdit {}

pub(crate) struct Perform;

impl Operation for Perform {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/edits";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "edit_employee";
    const SUMMARY: &'static str =
        "Edit, create, deactivate, pin, protect, link, unlink or merge employees";
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    type Path = NoPath;
    type Query = NoQuery;
    type Body = RequestedManualEdit;
    type Answer = JobLine;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<JobLine>, ApiProblem> {
        let workspace = call.workspace()?;
        let RequestedManualEdit { edit, note } = sent.body;
        let note = write::note(note)?;
        check_fields(workspace, &edit)?;
        if matches!(edit, ManualEdit::Pin { .. }) && note.is_none() {
            return Err(ApiProblem::invalid("note: a pin requires a reason"));
        }
        requested(call, workspace, EditRequest::Manual(edit), note)
    }
}

pub(crate) struct Preview;

impl Operation for Preview {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/edits/preview";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "preview_edit";
    const SUMMARY: &'static str = "What a manual edit would change; nothing is changed";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = RequestedManualEdit;
    type Answer = EditPreview;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<EditPreview>, ApiProblem> {
        let workspace = call.workspace()?;
        let edit = sent.body.edit;
        check_fields(workspace, &edit)?;
        for id in edit.employees() {
            found(call, workspace, id)?;
        }
        let previewed = (call.app.web.preview)(workspace, &edit);
        let operations = previewed?;
        Ok(EditPreview { operations }.into())
    }
}

fn found(call: &Call, workspace: &Workspace, id: EmployeeId) -> Result<Employee, ApiProblem> {
    let people = call.app.store.employees_by_ids(workspace, &[id])?;
    people.into_iter().next().ok_or_else(ApiProblem::not_found)
}

/// Refuses fields that the workspace does not have.
fn check_fields(workspace: &Workspace, edit: &ManualEdit) -> Result<(), ApiProblem> {
    let unknown = edit
        .fields()
        .into_iter()
        .find(|key| workspace.schema.find(key).is_none());
    match unknown {
        None => Ok(()),
        Some(key) => Err(ApiProblem::invalid(format!(
            "the workspace has no field `{key}`"
        ))),
    }
}

/// Writes the job of an edit, if the employee is still as the client saw them.
fn requested(
    call: &Call,
    workspace: &Workspace,
    request: EditRequest,
    note: Option<String>,
) -> Result<Answered<JobLine>, ApiProblem> {
    let mut revision = None;
    for id in request.employees() {
        let employee = found(call, workspace, id)?;
        if revision.is_none()
            && let Some(expected) = call.expected_version()?
        {
            if employee.revision != expected {
                return Err(ProblemKind::Changed.into());
            }
            revision = Some(expected);
        }
    }
    let edit = RequestedEdit {
        request,
        revision,
        note,
        actor: call.client.caller.actor(),
    };
    write::accept(call, workspace, &write::edit(workspace, edit))
}

/// How a run is undone.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Undoing {
    /// Whether the plan is only saved, so that it can be read and approved.
    #[serde(default)]
    plan_only: bool,
    /// Why.
    note: Option<String>,
}

impl Body for Undoing {}

pub(crate) struct Undo;

impl Operation for Undo {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/runs/{run}/undo";
    const RIGHT: Right = Right::Workspace(Role::Approver);
    const NAME: &'static str = "undo_run";
    const SUMMARY: &'static str =
        "Restore what a run changed, or save the plan of it; guards apply as for every run";
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    type Path = runs::RunPath;
    type Query = NoQuery;
    type Body = Undoing;
    type Answer = JobLine;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<JobLine>, ApiProblem> {
        let workspace = call.workspace()?;
        let run = undoable(call, workspace, sent.path.run)?;
        let request = EditRequest::Undo {
            run,
            plan_only: sent.body.plan_only,
        };
        requested(call, workspace, request, write::note(sent.body.note)?)
    }
}

pub(crate) struct PreviewUndo;

impl Operation for PreviewUndo {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/runs/{run}/undo/preview";
    const RIGHT: Right = Right::Workspace(Role::Approver);
    const NAME: &'static str = "preview_undo";
    const SUMMARY: &'static str = "What undoing a run would change; nothing is changed";
    type Path = runs::RunPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = UndoPreview;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<UndoPreview>, ApiProblem> {
        let workspace = call.workspace()?;
        let run = undoable(call, workspace, sent.path.run)?;
        let previewed = (call.app.web.preview_undo)(workspace, run)?;
        let sentences = call.app.web.sentences;
        let findings = previewed.findings.iter();
        let problems = previewed.problems.iter();
        Ok(UndoPreview {
            operations: previewed.operations,
            problems: problems
                .map(|problem| sentences.problem_answer(problem, &[]))
                .collect(),
            findings: findings
                .map(|finding| sentences.finding_answer(finding))
                .collect(),
        }
        .into())
    }
}

/// A run whose changes are still known.
fn undoable(call: &Call, workspace: &Workspace, run: i64) -> Result<RunId, ApiProblem> {
    let run = runs::found(call, workspace, run)?;
    let forgotten = call.app.store.forgotten_through(workspace)?;
    if forgotten.is_some_and(|through| run.started < through) {
        return Err(ApiProblem::conflict(
            "the changes of the run were deleted at the end of the retention period of history",
        ));
    }
    Ok(run.id)
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct ErasurePath {
    /// The number of the employee.
    employee: i64,
}

pub(crate) struct PersonalData;

impl Operation for PersonalData {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/employees/{employee}/personal-data";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "list_personal_data";
    const SUMMARY: &'static str =
        "Where personal data of an employee is, which an erasure would remove";
    type Path = ErasurePath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Vec<DataLocation>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let employee = found(call, workspace, EmployeeId(sent.path.employee))?;
        let places = call.app.store.personal_data(workspace, employee.id)?;
        let places = places.into_iter().map(|place| DataLocation {
            what: place.what.to_owned(),
            count: place.count,
        });
        Ok(places.collect::<Vec<_>>().into())
    }
}

/// Why personal data is erased.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasure {
    /// The reason to record; it must not name the employee.
    note: String,
}

impl Body for Erasure {}

pub(crate) struct Erase;

impl Operation for Erase {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/employees/{employee}/erase";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "erase_employee";
    const SUMMARY: &'static str = "Erase the personal data of an employee permanently";
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    type Path = ErasurePath;
    type Query = NoQuery;
    type Body = Erasure;
    type Answer = JobLine;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<JobLine>, ApiProblem> {
        let workspace = call.workspace()?;
        let note = write::note(Some(sent.body.note))?;
        if note.is_none() {
            return Err(ApiProblem::invalid("note: a reason is required"));
        }
        let request = EditRequest::Erase {
            employee: EmployeeId(sent.path.employee),
        };
        requested(call, workspace, request, note)
    }
}
