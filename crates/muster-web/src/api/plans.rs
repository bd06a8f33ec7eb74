//! Saved plans: their findings, their operations, and the causes that operations have in common.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        paging::{limit, page},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::model::{
    ids::RunId,
    plan::{OperationKind, PlanId},
    response::{self, Page},
    role::Role,
    workspace::Workspace,
};
use muster_store::{Cause, OperationsQuery, PlanStatus, StoredPlan};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Only the plans with this status: `held`, `partly`, `saved`, `approved`, `rejected`, `replaced` or `expired`.
    status: Option<String>,
    /// The cursor of the page before.
    after: Option<i64>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/plans";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_plans";
    const SUMMARY: &'static str = "The saved plans, newest first";
    type Path = NoPath;
    type Query = ListQuery;
    type Body = NoBody;
    type Answer = Page<response::Plan>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let limit = limit(sent.query.limit)?;
        let status = match &sent.query.status {
            None => None,
            Some(text) => Some(PlanStatus::parse(text).ok_or_else(|| {
                ApiProblem::invalid("status: plans have no such status".to_owned())
            })?),
        };
        let before = sent.query.after.map(RunId);
        let plans = call
            .app
            .store
            .plans_page(workspace.id, status, before, limit + 1)?;
        let cursor = |plan: &StoredPlan| plan.id.run.to_string();
        Ok(page(plans, limit, cursor, |plan| answer(call, &plan)).into())
    }
}

fn answer(call: &Call, plan: &StoredPlan) -> response::Plan {
    let sentences = call.app.web.sentences;
    let findings = plan.findings.iter();
    plan.answer(
        findings
            .map(|found| sentences.finding_answer(found))
            .collect(),
    )
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct PlanPath {
    /// The id, such as `12-3f9a2c1b`.
    pub(crate) plan: String,
}

/// The plan of an address.
pub(crate) fn found(
    call: &Call,
    workspace: &Workspace,
    id: &str,
) -> Result<StoredPlan, ApiProblem> {
    let id: PlanId = id.parse().map_err(|_| ApiProblem::not_found())?;
    let plan = call.app.store.plan(workspace.id, &id)?;
    plan.ok_or_else(ApiProblem::not_found)
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/plans/{plan}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_plan";
    const SUMMARY: &'static str = "One plan with the findings of the guards";
    type Path = PlanPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = response::Plan;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let plan = found(call, call.workspace()?, &sent.path.plan)?;
        Ok(answer(call, &plan).into())
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OperationsFilter {
    /// Only operations of this kind.
    kind: Option<OperationKind>,
    /// Only operations with this cause.
    cause: Option<String>,
    /// Only operations that are neither applied nor void.
    #[serde(default)]
    open: bool,
    /// The cursor of the page before.
    after: Option<i64>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

pub(crate) struct Operations;

impl Operation for Operations {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/plans/{plan}/operations";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_plan_operations";
    const SUMMARY: &'static str = "What a plan would do, operation by operation";
    type Path = PlanPath;
    type Query = OperationsFilter;
    type Body = NoBody;
    type Answer = Page<response::Operation>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let plan = found(call, workspace, &sent.path.plan)?;
        let limit = limit(sent.query.limit)?;
        let query = OperationsQuery {
            kind: sent.query.kind,
            cause: sent.query.cause.as_deref().map(cause).transpose()?,
            is_open: sent.query.open,
            after: sent.query.after.unwrap_or_default(),
            limit: limit + 1,
        };
        let operations = store.operations(workspace, plan.id.run, &query)?;
        let run = store.run(workspace.id, plan.id.run)?;
        let files = run.map(|run| store.files_of_origins(workspace.id, &run));
        let files = files.transpose()?.unwrap_or_default();
        Ok(page(
            operations,
            limit,
            |stored| stored.number.to_string(),
            |stored| stored.answer(&workspace.schema, &files),
        )
        .into())
    }
}

/// The cause with a name.
pub(crate) fn cause(name: &str) -> Result<Cause, ApiProblem> {
    Cause::parse(name)
        .ok_or_else(|| ApiProblem::invalid("cause: no cause has such a name".to_owned()))
}

pub(crate) struct Unusual;

impl Operation for Unusual {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/plans/{plan}/insight";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_plan_insight";
    const SUMMARY: &'static str =
        "What is unusual about a pending plan, and what most likely happened";
    type Path = PlanPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = response::PlanInsight;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let plan = found(call, workspace, &sent.path.plan)?;
        // What was decided needs no evidence.
        let integration = plan.integration.filter(|_| plan.status.is_open());
        let run = store.run(workspace.id, plan.id.run)?;
        let Some((integration, run)) = integration.zip(run) else {
            return Ok(response::PlanInsight::default().into());
        };
        let insight = store.plan_insight(workspace, &run, integration)?;
        let in_words = call.app.web.sentences.insight;
        Ok(in_words(&insight, &workspace.schema).into())
    }
}

pub(crate) struct Causes;

impl Operation for Causes {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/plans/{plan}/causes";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_plan_causes";
    const SUMMARY: &'static str =
        "The operations of a plan grouped by their cause, with three examples of each";
    type Path = PlanPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Vec<response::Cause>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let plan = found(call, workspace, &sent.path.plan)?;
        let run = store.run(workspace.id, plan.id.run)?;
        let files = run.map(|run| store.files_of_origins(workspace.id, &run));
        let files = files.transpose()?.unwrap_or_default();
        let causes = store.causes(workspace, plan.id.run)?.into_iter();
        let answers = causes.map(|count| {
            let (old, new) = count.change.unwrap_or_default();
            response::Cause {
                cause: count.cause.name(),
                kind: count.cause.kind,
                reason: count.cause.reason,
                held: count.cause.is_held,
                fields: count.cause.fields,
                old,
                new,
                operations: count.operations,
                open: count.open,
                examples: count
                    .examples
                    .iter()
                    .map(|stored| stored.answer(&workspace.schema, &files))
                    .collect(),
            }
        });
        Ok(answers.collect::<Vec<_>>().into())
    }
}
