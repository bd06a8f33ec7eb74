//! Decisions on plans. A job carries them out, as it does for decisions in the browser.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoQuery, Operation, Sent},
        jobs::write,
        plans::{PlanPath, cause, found},
        problem::{ApiProblem, ProblemKind},
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use muster_core::model::{
    job::JobKind, plan::OperationKind, response::JobLine, role::Role, workspace::Workspace,
};
use muster_store::{Choice, DecisionState, NewJob, OperationsQuery, PlanDecision, StoredPlan};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Which operations are approved; none of these: all that are pending.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    /// Only the operations with these numbers.
    operations: Option<BTreeSet<i64>>,
    /// Only operations of these kinds.
    kinds: Option<Vec<OperationKind>>,
    /// Only operations with this cause.
    cause: Option<String>,
    /// Why. It is required if employees are deactivated or deleted.
    note: Option<String>,
}

impl Body for Approval {}

pub(crate) struct Approve;

impl Operation for Approve {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/plans/{plan}/approve";
    const RIGHT: Right = Right::Workspace(Role::Approver);
    const NAME: &'static str = "approve_plan";
    const SUMMARY: &'static str = "Approve a plan, or a part of it, exactly as shown";
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    type Path = PlanPath;
    type Query = NoQuery;
    type Body = Approval;
    type Answer = JobLine;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<JobLine>, ApiProblem> {
        let workspace = call.workspace()?;
        let plan = undecided(call, workspace, &sent.path.plan)?;
        if plan.expires <= call.app.now() {
            return Err(ProblemKind::Conflict.into());
        }
        let approver = call.client.caller.actor().to_string();
        let run = plan.id.run;
        let store = &call.app.store;
        if store
            .requester_who_approves(workspace.id, run, &approver)?
            .is_some()
        {
            return Err(ProblemKind::FourEyes.into());
        }
        let note = write::note(sent.body.note.clone())?;
        let choice = choice(call, workspace, &plan, &sent.body)?;
        if note.is_none() && has_departures(call, workspace, &plan, &choice)? {
            let why =
                "note: a reason is required, because employees would be deactivated or deleted";
            return Err(ApiProblem::invalid(why));
        }
        let job = decision(call, workspace, JobKind::Approve, &plan, choice, note);
        write::accept(call, workspace, &job)
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rejection {
    /// Why.
    note: String,
}

impl Body for Rejection {}

pub(crate) struct Reject;

impl Operation for Reject {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/plans/{plan}/reject";
    const RIGHT: Right = Right::Workspace(Role::Approver);
    const NAME: &'static str = "reject_plan";
    const SUMMARY: &'static str = "Reject a plan; the next run creates a new one";
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    type Path = PlanPath;
    type Query = NoQuery;
    type Body = Rejection;
    type Answer = JobLine;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<JobLine>, ApiProblem> {
        let workspace = call.workspace()?;
        let plan = undecided(call, workspace, &sent.path.plan)?;
        let note = write::note(Some(sent.body.note))?;
        if note.is_none() {
            return Err(ApiProblem::invalid("note: a reason is required"));
        }
        let job = decision(call, workspace, JobKind::Reject, &plan, Choice::All, note);
        write::accept(call, workspace, &job)
    }
}

/// A plan on which a decision is possible now.
fn undecided(call: &Call, workspace: &Workspace, id: &str) -> Result<StoredPlan, ApiProblem> {
    let plan = found(call, workspace, id)?;
    // The same request again is answered with its job, whatever has become of the plan meanwhile.
    if call.marks.idempotency_key.is_some() {
        return Ok(plan);
    }
    let latest = call.app.store.plan_decision(workspace.id, plan.id.run)?;
    let is_pending = latest.is_some_and(|latest| latest.state == DecisionState::Pending);
    if is_pending || !plan.status.is_open() {
        return Err(ProblemKind::Conflict.into());
    }
    Ok(plan)
}

fn choice(
    call: &Call,
    workspace: &Workspace,
    plan: &StoredPlan,
    sent: &Approval,
) -> Result<Choice, ApiProblem> {
    let choice = match (&sent.operations, &sent.kinds, &sent.cause) {
        (None, None, None) => Choice::All,
        (Some(numbers), None, None) => Choice::Numbers(numbers.clone()),
        (None, Some(kinds), None) => Choice::Kinds(kinds.clone()),
        (None, None, Some(name)) => {
            let query = OperationsQuery {
                cause: Some(cause(name)?),
                is_open: true,
                limit: u32::MAX,
                ..OperationsQuery::default()
            };
            let chosen = call.app.store.operations(workspace, plan.id.run, &query)?;
            Choice::Numbers(chosen.iter().map(|stored| stored.number).collect())
        }
        _ => {
            let why = "expected one of `operations`, `kinds` and `cause`, or none of the three";
            return Err(ApiProblem::invalid(why));
        }
    };
    let is_empty = match &choice {
        Choice::All => false,
        Choice::Kinds(kinds) => kinds.is_empty(),
        Choice::Numbers(numbers) => numbers.is_empty(),
    };
    if is_empty {
        return Err(ApiProblem::invalid("nothing that is pending was chosen"));
    }
    Ok(choice)
}

/// Whether a choice deactivates or deletes employees.
fn has_departures(
    call: &Call,
    workspace: &Workspace,
    plan: &StoredPlan,
    choice: &Choice,
) -> Result<bool, ApiProblem> {
    for kind in [OperationKind::Deactivate, OperationKind::Delete] {
        let query = OperationsQuery {
            kind: Some(kind),
            is_open: true,
            limit: u32::MAX,
            ..OperationsQuery::default()
        };
        let departures = call.app.store.operations(workspace, plan.id.run, &query)?;
        let is_chosen = |number: i64| match choice {
            Choice::All => true,
            Choice::Kinds(kinds) => kinds.contains(&kind),
            Choice::Numbers(numbers) => numbers.contains(&number),
        };
        if departures.iter().any(|stored| is_chosen(stored.number)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn decision(
    call: &Call,
    workspace: &Workspace,
    kind: JobKind,
    plan: &StoredPlan,
    choice: Choice,
    note: Option<String>,
) -> NewJob {
    NewJob {
        dedupe_key: Some(format!("plan {}/{}", workspace.id.0, plan.id.run)),
        decision: Some(PlanDecision {
            plan: plan.id.clone(),
            choice,
            note: note.unwrap_or_default(),
            actor: call.client.caller.actor(),
        }),
        ..write::new(workspace, kind)
    }
}
