//! Runs with their problems and what they changed.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        paging::{limit, page},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::model::{
    ids::{EmployeeId, RunId},
    plan::OperationKind,
    response::{self, EmployeeChange, Page, Problem},
    role::Role,
    run::{Run, RunStatus},
    workspace::Workspace,
};
use muster_store::{HistoryEntry, RunsQuery};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Only the runs of this integration.
    integration: Option<String>,
    /// Only the runs with this status.
    status: Option<Status>,
    /// The cursor of the page before.
    after: Option<i64>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

/// How a run ended.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RunStatusFilter")]
pub(crate) enum Status {
    Running,
    Applied,
    Held,
    NothingToDo,
    Refused,
    Failed,
    Interrupted,
}

impl Status {
    /// As stored: what answers call `held` has two.
    fn stored(self) -> &'static [RunStatus] {
        match self {
            Self::Running => &[RunStatus::Running],
            Self::Applied => &[RunStatus::Applied],
            Self::Held => &[RunStatus::Held, RunStatus::Planned],
            Self::NothingToDo => &[RunStatus::NothingToDo],
            Self::Refused => &[RunStatus::Refused],
            Self::Failed => &[RunStatus::Failed],
            Self::Interrupted => &[RunStatus::Interrupted],
        }
    }
}

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/runs";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_runs";
    const SUMMARY: &'static str = "The runs, newest first";
    type Path = NoPath;
    type Query = ListQuery;
    type Body = NoBody;
    type Answer = Page<response::Run>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let ListQuery {
            integration,
            status,
            after,
            limit: wanted,
        } = sent.query;
        let limit = limit(wanted)?;
        let integration = match integration {
            None => None,
            Some(name) => {
                let names = store.integration_names(workspace)?;
                let found = names.into_iter().find(|(_, known)| *known == name);
                Some(found.ok_or_else(ApiProblem::not_found)?.0)
            }
        };
        let query = RunsQuery {
            statuses: status.map_or(&[], Status::stored),
            is_waiting: false,
            integration,
            before: after.map(RunId),
            limit: limit + 1,
        };
        let mut runs = store.runs_page(workspace.id, &query)?;
        if let Some((last, first)) = runs.first().zip(runs.last()) {
            let mut files = store.files_of_runs(workspace.id, first.id, last.id)?;
            for run in &mut runs {
                run.files = files.remove(&run.id).unwrap_or_default();
            }
        }
        let sentences = call.app.web.sentences;
        let cursor = |run: &Run| run.id.to_string();
        Ok(page(runs, limit, cursor, |run| sentences.run_answer(&run)).into())
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct RunPath {
    pub(crate) run: i64,
}

pub(crate) fn found(call: &Call, workspace: &Workspace, run: i64) -> Result<Run, ApiProblem> {
    let run = call.app.store.run(workspace.id, RunId(run))?;
    run.ok_or_else(ApiProblem::not_found)
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/runs/{run}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_run";
    const SUMMARY: &'static str = "One run with its files and counts";
    type Path = RunPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = response::Run;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let run = found(call, call.workspace()?, sent.path.run)?;
        Ok(call.app.web.sentences.run_answer(&run).into())
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageQuery {
    /// The cursor of the page before.
    after: Option<i64>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

pub(crate) struct Problems;

impl Operation for Problems {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/runs/{run}/problems";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_run_problems";
    const SUMMARY: &'static str = "Rejected records and warnings of a run";
    type Path = RunPath;
    type Query = PageQuery;
    type Body = NoBody;
    type Answer = Page<Problem>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let run = found(call, workspace, sent.path.run)?;
        let limit = limit(sent.query.limit)?;
        let after = sent.query.after.unwrap_or(i64::MIN);
        let problems = call
            .app
            .store
            .problems_page(workspace.id, run.id, after, limit + 1)?;
        let sentences = call.app.web.sentences;
        Ok(page(
            problems,
            limit,
            |(number, _)| number.to_string(),
            |(_, problem)| sentences.problem_answer(&problem, &run.files),
        )
        .into())
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangesQuery {
    /// What was done to the employees.
    kind: OperationKind,
    /// The cursor of the page before.
    after: Option<i64>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

pub(crate) struct Changes;

impl Operation for Changes {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/runs/{run}/changes";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_run_changes";
    const SUMMARY: &'static str = "The employees that a run created, updated or deactivated";
    type Path = RunPath;
    type Query = ChangesQuery;
    type Body = NoBody;
    type Answer = Page<EmployeeChange>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let run = found(call, workspace, sent.path.run)?;
        let limit = limit(sent.query.limit)?;
        let after = EmployeeId(sent.query.after.unwrap_or_default());
        let kind = sent.query.kind;
        let changes = call
            .app
            .store
            .changes_page(workspace, run.id, kind, after, limit + 1)?;
        let limit = whole_employees(&changes, limit);
        Ok(page(
            changes,
            limit,
            |entry| entry.employee.to_string(),
            |entry| EmployeeChange {
                employee: entry.employee,
                entry: entry.answer(&workspace.schema),
            },
        )
        .into())
    }
}

/// How many entries of a page are shown: the cursor is an employee, so the changes of one are all on the same page.
fn whole_employees(changes: &[HistoryEntry], limit: u32) -> u32 {
    let Some(cut) = changes.get(limit as usize).map(|entry| entry.employee) else {
        return limit;
    };
    let whole = changes.iter().filter(|entry| entry.employee < cut).count();
    match u32::try_from(whole) {
        Ok(whole @ 1..) => whole,
        _ => limit,
    }
}
