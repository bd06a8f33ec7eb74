//! Writes what is to be reported, in the transaction in which it happened: it is neither lost nor reported twice.

use super::channel::{AlertChannel, next_number, of_workspace};
use crate::{
    db::{
        error::DbError,
        sql::{Connection, OptionalRow},
    },
    directory::changes::json,
    issues::ChangedIssue,
    runs::run::{Effect, Ending},
};
use jiff::Timestamp;
use muster_core::{
    alert::{AlertItem, is_alerted},
    model::{
        ids::{IntegrationId, RunId, WorkspaceId},
        run::{RunKind, RunStatus},
    },
};

/// Writes that an issue changed.
pub(crate) fn note_issue(
    connection: &Connection,
    changed: &ChangedIssue,
    integration: Option<IntegrationId>,
    is_snoozed: bool,
    now: Timestamp,
) -> Result<(), DbError> {
    if !is_alerted(changed.event, is_snoozed) {
        return Ok(());
    }
    let channels = of_workspace(connection, changed.workspace)?;
    let item = AlertItem::Issue {
        issue: changed.issue,
        event: changed.event,
        level: changed.level,
        integration,
        detail: changed.detail.clone(),
        at: now,
    };
    write(connection, changed.workspace, &channels, &item)
}

/// Writes that a run changed employees.
pub(crate) fn note_run(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    ending: &Ending<'_>,
    effect: Effect<'_>,
) -> Result<(), DbError> {
    if ending.status != RunStatus::Applied {
        return Ok(());
    }
    let mut channels = of_workspace(connection, workspace)?;
    channels.retain(|channel| channel.has_digest);
    if channels.is_empty() {
        return Ok(());
    }
    let found: Option<(String, Option<i64>)> = connection
        .prepare_cached("SELECT kind, integration_id FROM run WHERE workspace_id = ?1 AND id = ?2")?
        .query_row((workspace.0, run.0), |row| {
            Ok((row.get("kind")?, row.get("integration_id")?))
        })
        .optional()?;
    let Some((kind, integration)) = found else {
        return Ok(());
    };
    let counts = ending.counts;
    let item = AlertItem::Run {
        run,
        kind: RunKind::parse(&kind).unwrap_or(RunKind::Sync),
        integration: integration.map(IntegrationId),
        created: effect.created.unsigned_abs(),
        updated: counts.updated + counts.reactivated,
        removed: counts.deactivated.max(effect.removed.unsigned_abs()),
        rejected: counts.rejected,
        held: counts.held,
        at: ending.finished,
    };
    write(connection, workspace, &channels, &item)
}

fn write(
    connection: &Connection,
    workspace: WorkspaceId,
    channels: &[AlertChannel],
    item: &AlertItem,
) -> Result<(), DbError> {
    for channel in channels {
        let number = next_number(connection)?;
        connection
            .prepare_cached(
                "INSERT INTO alert_item (workspace_id, channel_id, number, content) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute((workspace.0, channel.id, number, json(item)))?;
    }
    Ok(())
}
