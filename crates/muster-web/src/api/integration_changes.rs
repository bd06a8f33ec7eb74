//! Programs create, change, test and remove integrations, and store their secrets. Whoever uses the API does not run this machine:
//! their settings are checked for what would reach into it, and the network policy applies when they connect.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        integrations::with_settings,
        jobs::write,
        problem::{ApiProblem, ProblemKind},
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use muster_core::{
    model::{
        job::JobKind,
        response::{ExportedIntegration, JobLine},
        role::Role,
        workspace::Workspace,
    },
    setup::settings::{
        FORM, IntegrationSettings, RawSettings, RawWorkspace, SecretReference, SettingError, Short,
        check, check_remote, from_json, to_json,
    },
};
use muster_store::{NewCredential, NewJob, SettingsChange, StoreError, StoredSettings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest name of an integration.
const MAX_NAME: usize = 60;

/// The longest secret, in bytes: a private key is shorter.
const MAX_SECRET: usize = 16 * 1024;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewIntegration {
    /// Letters, digits, hyphens, underscores and dots; at most 60.
    integration: String,
    /// The settings as `get_integration_settings` shows them; `name` and `workspace` follow from the address.
    settings: Map<String, Value>,
    /// Whether it runs by its schedule; false if it is absent.
    #[serde(default)]
    active: bool,
}

impl Body for NewIntegration {}

pub(crate) struct Create;

impl Operation for Create {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "create_integration";
    const SUMMARY: &'static str =
        "Create an integration; its secrets are stored afterwards, each at an address of its own";
    const STATUS: StatusCode = StatusCode::CREATED;
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NewIntegration;
    type Answer = ExportedIntegration;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        call.refuse_idempotency_key()?;
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let NewIntegration {
            integration: name,
            settings,
            active,
        } = sent.body;
        if name.len() > MAX_NAME {
            let why = format!("integration: expected at most {MAX_NAME} characters");
            return Err(ApiProblem::invalid(why));
        }
        let is_taken = store.settings_of(workspace.id, &name)?.is_some()
            || store.integration(workspace.id, &name)?.is_some();
        if is_taken {
            return Err(ProblemKind::Conflict.into());
        }
        let (raw, _) = checked(call, workspace, &name, Value::Object(settings))?;
        let stored = write_settings(call, workspace, &name, &raw, (0, active), &[])?;
        let segment = crate::pages::frame::segment(&name);
        let path = call.path_in_workspace(&format!("/integrations/{segment}"));
        Ok(Answered::at(exported(stored), path))
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangedIntegration {
    /// A merge patch (RFC 7396) of the settings: what is absent stays, and null removes a setting.
    settings: Option<Map<String, Value>>,
    /// Whether it runs by its schedule.
    active: Option<bool>,
}

impl Body for ChangedIntegration {}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct IntegrationPath {
    integration: String,
}

pub(crate) struct Update;

impl Operation for Update {
    const METHOD: Method = Method::PATCH;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations/{integration}";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "update_integration";
    const SUMMARY: &'static str = "Change settings of an integration that no file manages; another host, port, protocol or user removes its secrets";
    type Path = IntegrationPath;
    type Query = NoQuery;
    type Body = ChangedIntegration;
    type Answer = ExportedIntegration;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let name = sent.path.integration;
        let stored = changeable(call, workspace, &name)?;
        let before: Value = serde_json::from_str(&stored.settings).unwrap_or_default();
        let mut wanted = before.clone();
        for (key, value) in sent.body.settings.unwrap_or_default() {
            merge(&mut wanted, key, value);
        }
        let (raw, settings) = checked(call, workspace, &name, wanted)?;
        let catalogue = call.app.web.setup.catalogue;
        let old = from_json(&stored.settings).ok();
        let old = old.and_then(|old| check(&old, catalogue).ok());
        let dropped = match settings.sends_elsewhere(old.as_ref(), catalogue) {
            true => secrets(store.credentials(workspace.id)?, &name),
            false => Vec::new(),
        };
        let active = sent.body.active.unwrap_or(stored.is_active);
        let version = stored.version;
        let stored = write_settings(call, workspace, &name, &raw, (version, active), &dropped)?;
        let version = stored.version;
        Ok(Answered::version(exported(stored), version))
    }
}

/// What became of an integration or of one of its secrets.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ChangeAnswer {
    /// `removed` or `stored`.
    status: &'static str,
    integration: String,
}

pub(crate) struct Remove;

impl Operation for Remove {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations/{integration}";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "remove_integration";
    const SUMMARY: &'static str =
        "Remove an integration with its secrets; its employees and its history stay";
    type Path = IntegrationPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = ChangeAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let integration = sent.path.integration;
        let stored = changeable(call, workspace, &integration)?;
        let change = SettingsChange {
            integration: &integration,
            expected: stored.version,
            form: FORM,
            settings: None,
            managed_by: None,
            is_active: false,
            dropped_credentials: &[],
        };
        commit(call, workspace, &change)?;
        let status = "removed";
        Ok(ChangeAnswer {
            status,
            integration,
        }
        .into())
    }
}

pub(crate) struct Test;

impl Operation for Test {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/integrations/{integration}/test";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "test_integration";
    const SUMMARY: &'static str =
        "Test the connection of an integration; the job says why it failed. Nothing is changed";
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
            max_attempts: 1,
            dedupe_key: Some(format!("test {}/{integration}", workspace.id.0)),
            ..write::new(workspace, JobKind::Test)
        };
        write::accept(call, workspace, &job)
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct SecretPath {
    integration: String,
    /// The setting, such as `credentials.password` or `source.client_secret`.
    setting: String,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSecret {
    /// The secret itself. It is encrypted and never shown.
    value: String,
}

impl Body for NewSecret {}

pub(crate) struct StoreSecret;

impl Operation for StoreSecret {
    const METHOD: Method = Method::PUT;
    const PATH: &'static str =
        "/api/v1/workspaces/{workspace}/integrations/{integration}/secrets/{setting}";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "store_integration_secret";
    const SUMMARY: &'static str =
        "Store a secret that the settings refer to with `{\"stored\": true}`";
    type Path = SecretPath;
    type Query = NoQuery;
    type Body = NewSecret;
    type Answer = ChangeAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let SecretPath {
            integration,
            setting,
        } = sent.path;
        let stored = store.settings_of(workspace.id, &integration)?;
        let stored = stored.ok_or_else(ApiProblem::not_found)?;
        let raw = from_json(&stored.settings).map_err(|_| ApiProblem::unavailable())?;
        let settings =
            check(&raw, call.app.web.setup.catalogue).map_err(|found| refused(call, &found))?;
        let is_wanted = settings
            .secrets()
            .iter()
            .any(|(name, reference)| *name == setting && **reference == SecretReference::Stored);
        if !is_wanted {
            let why = "setting: expected a setting that is `{\"stored\": true}`";
            return Err(ApiProblem::invalid(why));
        }
        let value = sent.body.value;
        if value.is_empty() || value.len() > MAX_SECRET {
            let why = format!("value: expected 1 to {MAX_SECRET} bytes");
            return Err(ApiProblem::invalid(why));
        }
        let new = NewCredential {
            integration: &integration,
            name: &setting,
            value: value.as_bytes(),
            expires: None,
        };
        let by = call.client.caller.actor().to_string();
        store.set_credential(workspace.id, &new, Some(&by), call.app.now())?;
        let status = "stored";
        Ok(ChangeAnswer {
            status,
            integration,
        }
        .into())
    }
}

pub(crate) struct RemoveSecret;

impl Operation for RemoveSecret {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str =
        "/api/v1/workspaces/{workspace}/integrations/{integration}/secrets/{setting}";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "remove_integration_secret";
    const SUMMARY: &'static str = "Remove a stored secret of an integration";
    type Path = SecretPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = ChangeAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let SecretPath {
            integration,
            setting,
        } = sent.path;
        let by = call.client.caller.actor().to_string();
        let now = call.app.now();
        if !store.remove_credential(workspace.id, &integration, &setting, &by, now)? {
            return Err(ApiProblem::not_found());
        }
        let status = "removed";
        Ok(ChangeAnswer {
            status,
            integration,
        }
        .into())
    }
}

/// The settings of an integration that no file manages.
fn changeable(
    call: &Call,
    workspace: &Workspace,
    name: &str,
) -> Result<StoredSettings, ApiProblem> {
    let stored = call.app.store.settings_of(workspace.id, name)?;
    let stored = stored.ok_or_else(ApiProblem::not_found)?;
    if stored.managed_by.is_some() {
        return Err(ProblemKind::Conflict.into());
    }
    match call.expected_version()? {
        Some(version) if version != stored.version => Err(ProblemKind::Changed.into()),
        _ => Ok(stored),
    }
}

/// Settings from outside, checked as a whole.
fn checked(
    call: &Call,
    workspace: &Workspace,
    name: &str,
    mut json: Value,
) -> Result<(RawSettings, IntegrationSettings), ApiProblem> {
    if let Some(map) = json.as_object_mut() {
        // They follow from the address.
        map.remove("name");
        map.remove("workspace");
    }
    let mut raw: RawSettings = from_json(&json.to_string())
        .map_err(|error| ApiProblem::invalid(format!("settings: {error}")))?;
    raw.name = Some(name.to_owned());
    raw.workspace = Some(Short(RawWorkspace {
        name: workspace.name.clone(),
        ..RawWorkspace::default()
    }));
    let remote = check_remote(&raw);
    if !remote.is_empty() {
        return Err(refused(call, &remote));
    }
    let catalogue = call.app.web.setup.catalogue;
    let settings = check(&raw, catalogue).map_err(|found| refused(call, &found))?;
    let resolved = settings.clone().resolve(Some(&workspace.schema));
    resolved.map_err(|found| refused(call, &found))?;
    Ok((raw, settings))
}

/// Every problem with its setting.
fn refused(call: &Call, problems: &[SettingError]) -> ApiProblem {
    let said = problems.iter().map(|problem| {
        let message = (call.app.web.setup.problem)(problem).message;
        format!("settings.{}: {message}", problem.setting)
    });
    ApiProblem::invalid(said.collect::<Vec<_>>().join("; "))
}

/// A merge patch of one member (RFC 7396).
fn merge(target: &mut Value, key: String, patch: Value) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(map) = target.as_object_mut() else {
        return;
    };
    match patch {
        Value::Null => {
            map.remove(&key);
        }
        Value::Object(patch) => {
            let inner = map.entry(key).or_insert(Value::Null);
            if !inner.is_object() {
                *inner = Value::Object(Map::new());
            }
            for (key, value) in patch {
                merge(inner, key, value);
            }
        }
        value => {
            map.insert(key, value);
        }
    }
}

fn secrets(stored: Vec<muster_store::StoredCredential>, integration: &str) -> Vec<String> {
    let of_this = stored
        .into_iter()
        .filter(|one| one.integration == integration);
    of_this.map(|one| one.name).collect()
}

fn write_settings(
    call: &Call,
    workspace: &Workspace,
    name: &str,
    raw: &RawSettings,
    (expected, is_active): (i64, bool),
    dropped: &[String],
) -> Result<StoredSettings, ApiProblem> {
    let text = to_json(raw).to_string();
    // First the restriction, so that no moment is without it.
    call.app.store.restrict(workspace.id, name)?;
    let change = SettingsChange {
        integration: name,
        expected,
        form: FORM,
        settings: Some(&text),
        managed_by: None,
        is_active,
        dropped_credentials: dropped,
    };
    commit(call, workspace, &change)?;
    let stored = call.app.store.settings_of(workspace.id, name)?;
    stored.ok_or_else(ApiProblem::not_found)
}

fn commit(
    call: &Call,
    workspace: &Workspace,
    change: &SettingsChange<'_>,
) -> Result<(), ApiProblem> {
    let by = call.client.caller.actor().to_string();
    let now = call.app.now();
    let store = &call.app.store;
    match store.change_settings(workspace.id, &[*change], Some(&by), now) {
        Ok(()) => Ok(()),
        Err(StoreError::SettingsMoved { .. }) => Err(ProblemKind::Changed.into()),
        Err(StoreError::SettingsManaged { .. }) => Err(ProblemKind::Conflict.into()),
        Err(error) => Err(error.into()),
    }
}

fn exported(stored: StoredSettings) -> ExportedIntegration {
    ExportedIntegration {
        integration: stored.integration,
        managed_by: stored.managed_by,
        version: stored.version,
        changed_at: stored.changed_at,
        changed_by: stored.changed_by,
        settings: serde_json::from_str(&stored.settings).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merge_patch_changes_members_and_null_removes_them() {
        let mut target =
            json!({ "source": { "url": "sftp://a", "pattern": "*.csv" }, "preset": "alleo" });
        let patch = json!({ "source": { "pattern": null, "settle": "0s" }, "preset": null, "schedule": ["02:45 UTC"] });
        for (key, value) in patch.as_object().unwrap().clone() {
            merge(&mut target, key, value);
        }
        assert_eq!(
            target,
            json!({ "source": { "url": "sftp://a", "settle": "0s" }, "schedule": ["02:45 UTC"] })
        );
    }
}
