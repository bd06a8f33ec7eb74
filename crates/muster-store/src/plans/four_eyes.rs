//! Four eyes: a setting of a workspace under which the requester of a plan may not approve it. The rule is checked in the
//! transaction that applies the plan.

use crate::{
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
};
use jiff::Timestamp;
use muster_core::{
    decide::four_eyes::approving_requester,
    model::{
        actor::Actor,
        audit::{Act, Subject},
        ids::{RunId, WorkspaceId},
    },
};
use serde_json::json;

impl Store {
    /// Whether the requester of a plan may not approve it.
    pub fn four_eyes(&self, workspace: WorkspaceId) -> Result<bool, StoreError> {
        self.read("read the setting of approvals", |connection| {
            is_on(connection, workspace)
        })
    }

    /// Sets whether the requester of a plan may not approve it. False: it was so already.
    pub fn set_four_eyes(
        &self,
        workspace: WorkspaceId,
        is_required: bool,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_in(workspace, "set the setting of approvals", |connection| {
            if is_on(connection, workspace)? == is_required {
                return Ok(false);
            }
            connection.execute(
                "UPDATE workspace SET four_eyes = ?2 WHERE id = ?1",
                (workspace.0, i64::from(is_required)),
            )?;
            let subject = Subject::new("workspace", workspace);
            let entry = Entry::new(Act::FourEyesChanged, by, subject, now).within(workspace);
            let of = |is: bool| Some(json!({ "four_eyes": is }));
            append(connection, entry.values(of(!is_required), of(is_required)))?;
            Ok(true)
        })
    }

    /// The requester of the plan of a run, if this approver may not approve it; none: the approver may.
    pub fn requester_who_approves(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        approver: &str,
    ) -> Result<Option<String>, StoreError> {
        self.read("look up who may approve", |connection| {
            requester_who_approves(connection, workspace, run, Some(approver))
        })
    }
}

fn is_on(connection: &Connection, workspace: WorkspaceId) -> Result<bool, DbError> {
    let is_on: i64 = connection.scalar(
        "SELECT four_eyes FROM workspace WHERE id = ?1",
        [workspace.0],
    )?;
    Ok(is_on != 0)
}

/// Refuses an approval by the requester.
pub(super) fn refuse_requester(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    approver: Option<&str>,
) -> Result<(), DbError> {
    match requester_who_approves(connection, workspace, run, approver)? {
        Some(requester) => Err(StoreError::FourEyes { requester }.into()),
        None => Ok(()),
    }
}

fn requester_who_approves(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    approver: Option<&str>,
) -> Result<Option<String>, DbError> {
    if !is_on(connection, workspace)? {
        return Ok(None);
    }
    let approver = approver.map_or(Actor::CommandLine(None), Actor::parse);
    let approver = with_owners(connection, workspace, vec![approver])?;
    let requesters = requesters(connection, workspace, run)?;
    let requesters = with_owners(connection, workspace, requesters)?;
    let found = approving_requester(&requesters, &approver);
    Ok(found.map(Actor::to_string))
}

/// Who started the run, and who changed the settings that it used, or changed them since.
fn requesters(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
) -> Result<Vec<Actor>, DbError> {
    let key = (workspace.0, run.0);
    let started: Option<Option<String>> = connection
        .prepare_cached("SELECT actor FROM run WHERE workspace_id = ?1 AND id = ?2")?
        .scalar(key)
        .optional()?;
    let text = "SELECT h.changed_by FROM run JOIN integration ON integration.workspace_id = run.workspace_id \
        AND integration.id = run.integration_id JOIN integration_settings_history AS h \
        ON h.workspace_id = run.workspace_id AND h.integration = integration.name \
        WHERE run.workspace_id = ?1 AND run.id = ?2 AND h.changed_by IS NOT NULL AND h.version >= coalesce(\
        (SELECT max(used.version) FROM integration_settings_history AS used WHERE used.workspace_id = run.workspace_id \
        AND used.integration = integration.name AND used.changed_at <= run.started_at), 0)";
    let changed: Vec<String> = connection.prepare_cached(text)?.values(key)?;
    let all = started.flatten().into_iter().chain(changed);
    Ok(all.map(|actor| Actor::parse(&actor)).collect())
}

/// The actors, and those who created the tokens among them.
fn with_owners(
    connection: &Connection,
    workspace: WorkspaceId,
    mut actors: Vec<Actor>,
) -> Result<Vec<Actor>, DbError> {
    let mut owners = Vec::new();
    for actor in &actors {
        let Actor::Token(name) = actor else {
            continue;
        };
        let owner: Option<String> = connection
            .prepare_cached(
                "SELECT created_by FROM api_token WHERE workspace_id = ?1 AND name = ?2",
            )?
            .scalar((workspace.0, name))
            .optional()?;
        owners.extend(owner.map(|owner| Actor::parse(&owner)));
    }
    actors.append(&mut owners);
    Ok(actors)
}
