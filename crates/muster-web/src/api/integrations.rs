//! Integrations with their state, and the settings that they have and had. Secrets are never part of settings: these name
//! them.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        jobs::write,
        problem::ApiProblem,
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use muster_core::model::{
    ids::IntegrationId,
    job::JobKind,
    response::{self, ExportedIntegration, Integration, JobLine, LastGood, PauseReason, RecentRun},
    role::Role,
    workspace::Workspace,
};
use muster_store::{IntegrationState, NewJob, ScheduleState, SettingsVersion, StoredSettings};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_integrations";
    const SUMMARY: &'static str = "The integrations with their state and their next slot";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Vec<Integration>;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Vec<Integration>>, ApiProblem> {
        Ok(all(call, call.workspace()?)?.into())
    }
}

/// Every integration that has run or has settings, in order of their names.
fn all(call: &Call, workspace: &Workspace) -> Result<Vec<Integration>, ApiProblem> {
    let store = &call.app.store;
    let mut states: BTreeMap<String, IntegrationState> = store
        .integration_states(workspace)?
        .into_iter()
        .map(|state| (state.name.clone(), state))
        .collect();
    let settings: BTreeMap<String, StoredSettings> = store
        .integration_settings(workspace.id)?
        .into_iter()
        .map(|stored| (stored.integration.clone(), stored))
        .collect();
    let schedules = store.schedules()?;
    let names: BTreeSet<String> = states.keys().chain(settings.keys()).cloned().collect();
    let answers = names.into_iter().map(|name| {
        let state = states.remove(&name);
        let schedule = schedules.iter().find(|schedule| {
            schedule.workspace == workspace.id
                && schedule.kind == JobKind::Sync
                && schedule.integration == state.as_ref().map(|state| state.id)
                && state.is_some()
        });
        let active = settings.get(&name).map(|stored| stored.is_active);
        answer(name, state, active, schedule)
    });
    Ok(answers.collect())
}

fn answer(
    integration: String,
    state: Option<IntegrationState>,
    active: Option<bool>,
    schedule: Option<&ScheduleState>,
) -> Integration {
    let is_paused = schedule.is_some_and(|schedule| schedule.is_paused);
    let paused = match &state {
        Some(state) if state.is_paused => Some(PauseReason::HostKey),
        _ if is_paused => Some(PauseReason::Schedule),
        _ => None,
    };
    let last_good = state.as_ref().and_then(|state| state.last_good);
    let recent = state.iter().flat_map(|state| state.recent.iter().rev());
    Integration {
        integration,
        employees: state.as_ref().map_or(0, |state| state.employed),
        active,
        next_slot: schedule
            .and_then(|schedule| schedule.next_slot)
            .filter(|_| paused.is_none()),
        paused,
        last_good: last_good.map(|(run, started)| LastGood { run, started }),
        runs: recent
            .map(|run| RecentRun {
                run: run.run,
                started: run.started,
                status: run.status.into(),
                counts: run.counts,
            })
            .collect(),
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct IntegrationPath {
    integration: String,
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations/{integration}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_integration";
    const SUMMARY: &'static str = "One integration with its state and its next slot";
    type Path = IntegrationPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Integration;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Integration>, ApiProblem> {
        let all = all(call, call.workspace()?)?;
        let wanted = |one: &Integration| one.integration == sent.path.integration;
        let found = all.into_iter().find(wanted);
        Ok(found.ok_or_else(ApiProblem::not_found)?.into())
    }
}

pub(crate) struct Settings;

impl Operation for Settings {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations/{integration}/settings";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_integration_settings";
    const SUMMARY: &'static str = "The settings of an integration, without its secrets";
    type Path = IntegrationPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = ExportedIntegration;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let stored = call
            .app
            .store
            .settings_of(workspace.id, &sent.path.integration)?;
        let stored = stored.ok_or_else(ApiProblem::not_found)?;
        let version = stored.version;
        Ok(Answered::version(
            ExportedIntegration {
                integration: stored.integration,
                managed_by: stored.managed_by,
                version,
                changed_at: stored.changed_at,
                changed_by: stored.changed_by,
                settings: written(&stored.settings),
            },
            version,
        ))
    }
}

pub(crate) struct History;

impl Operation for History {
    const PATH: &'static str =
        "/api/v1/workspaces/{workspace}/integrations/{integration}/settings/history";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_integration_settings";
    const SUMMARY: &'static str = "Every version of the settings of an integration, newest first";
    type Path = IntegrationPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Vec<response::SettingsVersion>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let versions = call
            .app
            .store
            .settings_history(workspace.id, &sent.path.integration)?;
        if versions.is_empty() {
            return Err(ApiProblem::not_found());
        }
        let answer = |version: SettingsVersion| response::SettingsVersion {
            version: version.version,
            managed_by: version.managed_by,
            active: version.is_active,
            changed_at: version.changed_at,
            changed_by: version.changed_by,
            settings: version.settings.as_deref().map(written),
        };
        Ok(versions.into_iter().map(answer).collect::<Vec<_>>().into())
    }
}

/// Stored settings as the object that they are.
fn written(settings: &str) -> Value {
    serde_json::from_str(settings).unwrap_or_default()
}

pub(crate) struct Sync;

impl Operation for Sync {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations/{integration}/sync";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "sync_integration";
    const SUMMARY: &'static str =
        "Read the source of an integration now, and apply its plan unless it is held for review";
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    type Path = IntegrationPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = JobLine;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<JobLine>, ApiProblem> {
        let workspace = call.workspace()?;
        let integration = with_settings(call, &sent.path.integration)?;
        let job = NewJob {
            integration: Some(integration),
            dedupe_key: Some(format!("sync {}/{integration}", workspace.id.0)),
            ..write::new(workspace, JobKind::Sync)
        };
        write::accept(call, workspace, &job)
    }
}

/// Why an integration is paused.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pausing {
    /// Shown with the pause; it must not name employees.
    note: String,
}

impl Body for Pausing {}

pub(crate) struct Pause;

impl Operation for Pause {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations/{integration}/pause";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "pause_integration";
    const SUMMARY: &'static str =
        "Pause the schedule of an integration until a user or program resumes it";
    type Path = IntegrationPath;
    type Query = NoQuery;
    type Body = Pausing;
    type Answer = Integration;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Integration>, ApiProblem> {
        let note = write::note(Some(sent.body.note))?;
        let note = note.ok_or_else(|| ApiProblem::invalid("note: a reason is required"))?;
        set_pause(call, sent.path.integration, Some(&note))
    }
}

pub(crate) struct Resume;

impl Operation for Resume {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations/{integration}/resume";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "resume_integration";
    const SUMMARY: &'static str = "Run a paused integration by its schedule again";
    type Path = IntegrationPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = Integration;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Integration>, ApiProblem> {
        set_pause(call, sent.path.integration, None)
    }
}

/// An integration of the workspace that has stored settings.
pub(super) fn with_settings(call: &Call, name: &str) -> Result<IntegrationId, ApiProblem> {
    let (workspace, store) = (call.workspace()?, &call.app.store);
    if store.settings_of(workspace.id, name)?.is_none() {
        return Err(ApiProblem::not_found());
    }
    Ok(store.ensure_integration(workspace.id, name)?)
}

/// Pauses an integration for a reason, or resumes it.
fn set_pause(
    call: &Call,
    name: String,
    note: Option<&str>,
) -> Result<Answered<Integration>, ApiProblem> {
    let (workspace, store) = (call.workspace()?, &call.app.store);
    let integration = with_settings(call, &name)?;
    let (by, now) = (call.client.caller.actor().to_string(), call.app.now());
    match note {
        Some(note) => store.pause_integration(workspace.id, integration, &by, note, now)?,
        None => drop(store.resume_integration(workspace.id, integration, &by, now)?),
    }
    let found = all(call, workspace)?.into_iter();
    let mut found = found.filter(|one| one.integration == name);
    Ok(found.next().ok_or_else(ApiProblem::not_found)?.into())
}
