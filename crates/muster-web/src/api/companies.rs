//! Companies and granted budgets.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::{
    derive::budget::{Month, Totals},
    model::{
        ids::EmployeeId,
        response::{Companies, Grant, MonthAnswer, Total},
        role::Role,
    },
};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/companies";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_companies";
    const SUMMARY: &'static str = "Companies with their dates and number of employees";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Companies;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Companies>, ApiProblem> {
        let workspace = call.workspace()?;
        let people = call.app.store.people_by_company(workspace.id)?;
        Ok(Companies::of(&workspace.companies, &people, call.today(workspace)).into())
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GrantsQuery {
    /// Only the grants of this employee.
    employee: Option<i64>,
}

/// How many grants an answer has at most.
const MAX_GRANTS: usize = 100_000;

/// Refuses an answer that has grown too long.
fn refuse_long(grants: &[Grant]) -> Result<(), ApiProblem> {
    if grants.len() <= MAX_GRANTS {
        return Ok(());
    }
    Err(ApiProblem::invalid(format!(
        "employee: there are more than {MAX_GRANTS} grants; ask for those of one employee"
    )))
}

pub(crate) struct Grants;

impl Operation for Grants {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/budgets";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_budgets";
    const SUMMARY: &'static str = "Granted budgets with their dates and reasons";
    type Path = NoPath;
    type Query = GrantsQuery;
    type Body = NoBody;
    type Answer = Vec<Grant>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Vec<Grant>>, ApiProblem> {
        let workspace = call.workspace()?;
        let (today, mut grants) = (call.today(workspace), Vec::new());
        let employee = sent.query.employee.map(EmployeeId);
        call.app
            .store
            .grants_of(workspace.id, employee, today, &mut |found| {
                grants.push(found.answer(today));
                grants.len() <= MAX_GRANTS
            })?;
        refuse_long(&grants)?;
        Ok(grants.into())
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct MonthPath {
    /// Such as `2026-05`.
    month: String,
}

pub(crate) struct Due;

impl Operation for Due {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/budgets/{month}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_budgets_of_month";
    const SUMMARY: &'static str = "What is due in a month, with totals";
    type Path = MonthPath;
    type Query = GrantsQuery;
    type Body = NoBody;
    type Answer = MonthAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<MonthAnswer>, ApiProblem> {
        let workspace = call.workspace()?;
        let month: Month = sent
            .path
            .month
            .parse()
            .map_err(|_| ApiProblem::not_found())?;
        let (today, mut entries, mut totals) =
            (call.today(workspace), Vec::new(), Totals::default());
        let employee = sent.query.employee.map(EmployeeId);
        call.app
            .store
            .due_in_month(workspace.id, employee, month, &mut |found| {
                totals.add(&found.grant);
                entries.push(found.answer(today));
                entries.len() <= MAX_GRANTS
            })?;
        refuse_long(&entries)?;
        Ok(MonthAnswer {
            month: month.to_string(),
            entries,
            totals: Total::all(&totals),
        }
        .into())
    }
}
