//! One employee: the values, why they are what they are, and what happened before.

use super::list::{SharedSchema, answer};
use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
    state::App,
};
use muster_core::model::{
    employee::Employee,
    ids::EmployeeId,
    plan::Changed,
    response::{self, Explanation, ListedEmployee},
    role::Role,
    workspace::Workspace,
};
use muster_store::StoreError;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct EmployeePath {
    /// The number of the employee.
    pub(super) employee: i64,
}

pub(super) fn found(call: &Call, workspace: &Workspace, id: i64) -> Result<Employee, ApiProblem> {
    let people = call
        .app
        .store
        .employees_by_ids(workspace, &[EmployeeId(id)])?;
    people.into_iter().next().ok_or_else(ApiProblem::not_found)
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/employees/{employee}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_employee";
    const SUMMARY: &'static str = "One employee with every value";
    type Path = EmployeePath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = ListedEmployee<Employee, SharedSchema>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let employee = found(call, workspace, sent.path.employee)?;
        let revision = employee.revision;
        Ok(Answered::version(answer(workspace, employee), revision))
    }
}

pub(crate) struct History;

impl Operation for History {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/employees/{employee}/history";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_employee_history";
    const SUMMARY: &'static str =
        "What happened to an employee, and to those who were merged into them, oldest first";
    type Path = EmployeePath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Vec<response::HistoryEntry>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let employee = found(call, workspace, sent.path.employee)?;
        let history = call.app.store.history_with_merged(workspace, employee.id)?;
        let answers = history.iter().map(|entry| entry.answer(&workspace.schema));
        Ok(answers.collect::<Vec<_>>().into())
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExplainQuery {
    /// Only the history of this field, such as `email` or `status`.
    field: Option<String>,
}

pub(crate) struct Explain;

impl Operation for Explain {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/employees/{employee}/explain";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "explain_employee";
    const SUMMARY: &'static str = "Why an employee has the values that they have";
    type Path = EmployeePath;
    type Query = ExplainQuery;
    type Body = NoBody;
    type Answer = Explanation;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Explanation>, ApiProblem> {
        let workspace = call.workspace()?;
        let employee = found(call, workspace, sent.path.employee)?;
        let wanted = match sent.query.field.as_deref() {
            None => None,
            Some("status") => Some(Changed::Status),
            Some(key) => Some(Changed::Field(workspace.schema.find(key).ok_or_else(
                || ApiProblem::invalid("field: the workspace has no such field".to_owned()),
            )?)),
        };
        Ok(explanation(call, &call.app, workspace, &employee, wanted)?.into())
    }
}

/// Why an employee has these values, read from the state of the database that `app` has.
pub(super) fn explanation(
    call: &Call,
    app: &App,
    workspace: &Workspace,
    employee: &Employee,
    wanted: Option<Changed>,
) -> Result<Explanation, StoreError> {
    let explained = app.store.explained(workspace, employee)?;
    let today = call.today(workspace);
    let sentences = app.web.sentences;
    Ok(
        explained.answer(workspace, employee, wanted, today, |problem| {
            sentences.problem_answer(problem, &[])
        }),
    )
}
