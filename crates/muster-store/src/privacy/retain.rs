//! Removes what a workspace keeps only for a time.

use crate::db::sql::Connection;
use crate::db::{
    connection::Store,
    error::{DbError, StoreError},
};
use jiff::Timestamp;
use muster_core::model::workspace::Workspace;
use serde::Serialize;

/// How many of each were removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    pub deliveries: u64,
    pub problems: u64,
    pub operations: u64,
    pub changes: u64,
    /// Secrets that had expired.
    pub secrets: u64,
}

/// Runs that began before an instant.
const OLD: &str = "run_id IN (SELECT id FROM run WHERE run.workspace_id = ?1 AND started_at < ?2)";

impl Store {
    /// Removes what is older than the workspace's settings say.
    pub fn retain(&self, workspace: &Workspace, now: Timestamp) -> Result<Swept, StoreError> {
        let retention = &workspace.settings.retention;
        self.write_in(workspace.id, "delete expired data", |connection| {
            let remove = |cutoff: Option<Timestamp>, text: &str| -> Result<u64, DbError> {
                let Some(cutoff) = cutoff else { return Ok(0) };
                Ok(connection.execute(text, (workspace.id.0, cutoff.as_microsecond()))? as u64)
            };
            let deliveries = deliveries(connection, workspace, retention.deliveries.cutoff(now))?;
            let problems = remove(
                retention.problems.cutoff(now),
                &format!("DELETE FROM problem WHERE workspace_id = ?1 AND {OLD}"),
            )?;
            let decided = "workspace_id = ?1 AND status NOT IN ('held', 'partly', 'saved') AND created_at < ?2";
            let operations = remove(
                retention.plans.cutoff(now),
                &format!(
                    "DELETE FROM operation WHERE workspace_id = ?1 \
                     AND run_id IN (SELECT run_id FROM plan WHERE {decided})"
                ),
            )?;
            remove(
                retention.plans.cutoff(now),
                &format!("UPDATE plan SET findings = '[]' WHERE {decided} AND findings <> '[]'"),
            )?;
            let cutoff = retention.history.cutoff(now);
            let changes = remove(cutoff, &format!("DELETE FROM change WHERE workspace_id = ?1 AND {OLD}"))?;
            if changes > 0 {
                remove(
                    cutoff,
                    "INSERT INTO forgotten (workspace_id, what, through) VALUES (?1, 'history', ?2) \
                     ON CONFLICT (workspace_id, what) DO UPDATE SET through = excluded.through",
                )?;
            }
            let secrets = remove(Some(now), "DELETE FROM secret WHERE workspace_id = ?1 AND expires_at < ?2")?;
            Ok(Swept { deliveries, problems, operations, changes, secrets })
        })
    }
}

/// Files that no run since the cutoff has read.
fn deliveries(
    connection: &Connection,
    workspace: &Workspace,
    cutoff: Option<Timestamp>,
) -> Result<u64, DbError> {
    let Some(cutoff) = cutoff else { return Ok(0) };
    let removed = connection.execute(
        "DELETE FROM content WHERE workspace_id = ?1 AND NOT EXISTS (SELECT 1 FROM run_file \
         JOIN run ON run.workspace_id = run_file.workspace_id AND run.id = run_file.run_id \
         WHERE run_file.workspace_id = ?1 AND run_file.sha256 = content.sha256 AND run.started_at >= ?2)",
        (workspace.id.0, cutoff.as_microsecond()),
    )?;
    if removed > 0 {
        connection.execute(
            "DELETE FROM content_chunk WHERE workspace_id = ?1 AND NOT EXISTS (SELECT 1 FROM content \
             WHERE content.workspace_id = ?1 AND content.sha256 = content_chunk.sha256)",
            [workspace.id.0],
        )?;
    }
    Ok(removed as u64)
}
