//! Remembers, with the end of a run, whether its delivery was a new one and which columns it had.

use crate::{
    db::{
        error::{DbError, corrupt},
        sql::{Connection, OptionalRow},
    },
    directory::changes::json,
    runs::run::Ending,
};
use muster_core::{
    issue::{Delivered, DeliveryState},
    model::{
        ids::{IntegrationId, RunId, WorkspaceId},
        run::{RunKind, RunStatus},
    },
};

/// Notes the delivery of a run that read its source.
pub(crate) fn note(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    ending: &Ending<'_>,
) -> Result<(), DbError> {
    let is_read = matches!(
        ending.status,
        RunStatus::Applied | RunStatus::Held | RunStatus::NothingToDo
    );
    if !is_read || ending.files.is_empty() {
        return Ok(());
    }
    let Some(integration) = integration_of(connection, workspace, run)? else {
        return Ok(());
    };
    let previous = state(connection, workspace, integration)?;
    let problems = ending.problems.kept();
    let delivered = Delivered {
        run,
        content: &content(ending),
        at: ending.finished,
        problems,
        is_skipped: ending.status == RunStatus::NothingToDo && problems.is_empty(),
    };
    let next = DeliveryState::after(previous.as_ref(), &delivered);
    if previous.as_ref() != Some(&next) {
        connection
            .prepare_cached(
                "INSERT INTO delivery_state (workspace_id, integration_id, state) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (workspace_id, integration_id) DO UPDATE SET state = excluded.state",
            )?
            .execute((workspace.0, integration.0, json(&next)))?;
    }
    Ok(())
}

pub(super) fn state(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Option<DeliveryState>, DbError> {
    let stored: Option<String> = connection
        .prepare_cached(
            "SELECT state FROM delivery_state WHERE workspace_id = ?1 AND integration_id = ?2",
        )?
        .scalar((workspace.0, integration.0))
        .optional()?;
    stored
        .map(|text| {
            serde_json::from_str(&text).map_err(|_| corrupt("delivery_state", "state", integration))
        })
        .transpose()
}

/// The integration whose source a run reads.
fn integration_of(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
) -> Result<Option<IntegrationId>, DbError> {
    let found: Option<Option<i64>> = connection
        .prepare_cached(
            "SELECT integration_id FROM run WHERE workspace_id = ?1 AND id = ?2 AND kind = ?3",
        )?
        .scalar((workspace.0, run.0, RunKind::Sync.as_str()))
        .optional()?;
    Ok(found.flatten().map(IntegrationId))
}

/// Tells contents apart, whatever the names of the files.
fn content(ending: &Ending<'_>) -> String {
    let mut hashes: Vec<&str> = ending
        .files
        .iter()
        .map(|file| file.sha256.as_str())
        .collect();
    hashes.sort_unstable();
    let mut hasher = blake3::Hasher::new_derive_key("muster delivery content");
    for hash in hashes {
        hasher.update(hash.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().to_hex()[..32].to_owned()
}
