//! Workspaces.

use crate::{
    api::{
        access::WORKSPACES,
        endpoint::{Answered, Body, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::{ApiProblem, ProblemKind},
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use muster_core::model::{
    response::{WorkspaceChanged, WorkspaceSummary},
    role::Role,
    workspace::is_plain_name,
};
use muster_store::{WorkspaceDeletion, WorkspaceState};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces";
    const RIGHT: Right = Right::SignedIn;
    const NAME: &'static str = "list_workspaces";
    const SUMMARY: &'static str = "The workspaces in which the user or token has a role";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Vec<WorkspaceSummary>;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let states = call.app.store.workspace_states()?;
        let visible = states.into_iter().filter_map(|state| {
            let role = call.client.caller.role(&state.name)?;
            Some(summary(state, role))
        });
        Ok(visible.collect::<Vec<_>>().into())
    }
}

/// A workspace to create.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewWorkspace {
    /// Letters of the English alphabet, digits, `-`, `_` and `.`.
    workspace: String,
}

impl Body for NewWorkspace {}

/// The longest name of a workspace.
const MAX_NAME: usize = 60;

pub(crate) struct Create;

impl Operation for Create {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces";
    const RIGHT: Right = Right::Administrator;
    const NAME: &'static str = "create_workspace";
    const SUMMARY: &'static str = "Create an empty workspace";
    const STATUS: StatusCode = StatusCode::CREATED;
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NewWorkspace;
    type Answer = WorkspaceChanged;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let name = sent.body.workspace;
        if name.len() > MAX_NAME || !is_plain_name(&name) {
            return Err(ApiProblem::invalid(
                "workspace: expected at most 60 letters of the English alphabet, digits, `-`, `_` or `.`",
            ));
        }
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|_| ApiProblem::unavailable())?;
        let (by, now) = (call.client.caller.actor().to_string(), call.app.now());
        let created = call.app.store.create_workspace(&name, key, &by, now)?;
        let created = created.ok_or(ProblemKind::Conflict)?;
        let location = format!("{WORKSPACES}{}", created.name);
        let answer = WorkspaceChanged {
            status: "created",
            workspace: created.name,
        };
        Ok(Answered::at(answer, location))
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeletionQuery {
    /// The name of the workspace once more.
    confirm: String,
}

pub(crate) struct Delete;

impl Operation for Delete {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "delete_workspace";
    const SUMMARY: &'static str = "Delete a workspace with everything in it, permanently";
    type Path = NoPath;
    type Query = DeletionQuery;
    type Body = NoBody;
    type Answer = WorkspaceChanged;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        if sent.query.confirm != workspace.name {
            return Err(ApiProblem::invalid(
                "confirm: expected the name of the workspace; nothing was deleted",
            ));
        }
        let (by, now) = (call.client.caller.actor().to_string(), call.app.now());
        match call.app.store.delete_workspace(workspace, &by, now)? {
            WorkspaceDeletion::Deleted { .. } => Ok(WorkspaceChanged {
                status: "deleted",
                workspace: workspace.name.clone(),
            }
            .into()),
            WorkspaceDeletion::Busy => Err(ProblemKind::Conflict.into()),
            WorkspaceDeletion::Unknown => Err(ApiProblem::not_found()),
        }
    }
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_workspace";
    const SUMMARY: &'static str = "One workspace with what needs attention";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = WorkspaceSummary;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let states = call.app.store.workspace_states()?;
        let state = states.into_iter().find(|state| state.id == workspace.id);
        let role = call.client.caller.role(&workspace.name);
        let (state, role) = state.zip(role).ok_or_else(ApiProblem::not_found)?;
        Ok(summary(state, role).into())
    }
}

fn summary(state: WorkspaceState, role: Role) -> WorkspaceSummary {
    WorkspaceSummary {
        workspace: state.name,
        role,
        employees: state.employed,
        integrations: state.integrations,
        held_plans: state.held_plans,
        held_operations: state.decisions,
        failing: state.failing,
        last_good: state.last_good,
    }
}
