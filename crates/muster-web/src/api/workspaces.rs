//! Workspaces.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use muster_core::model::{response::WorkspaceSummary, role::Role};
use muster_store::WorkspaceState;

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
