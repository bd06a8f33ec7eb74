//! How many employees joined and left, run by run.

use crate::{
    db::{connection::Store, error::StoreError},
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::ids::WorkspaceId;

/// What one run did to the head count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadCountChange {
    pub at: Timestamp,
    /// Employees who were created or reactivated.
    pub joined: u64,
    /// Employees who were deactivated, or deleted as departures. Erasures of inactive employees do not count.
    pub left: u64,
}

impl Store {
    /// The runs that changed the head count since a time, the earliest first.
    pub fn head_count_changes(
        &self,
        workspace: WorkspaceId,
        since: Timestamp,
    ) -> Result<Vec<HeadCountChange>, StoreError> {
        self.read("count joiners and departures", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT started_at, created AS joined, 0 AS gone FROM run \
                 WHERE workspace_id = ?1 AND started_at >= ?2 AND created > 0 \
                 UNION ALL SELECT run.started_at, count(CASE WHEN change.kind = 'reactivate' THEN 1 END) AS joined, \
                 count(CASE WHEN change.kind <> 'reactivate' THEN 1 END) AS gone FROM run \
                 JOIN change ON change.workspace_id = run.workspace_id AND change.run_id = run.id \
                 WHERE run.workspace_id = ?1 AND run.started_at >= ?2 \
                 AND (change.kind IN ('reactivate', 'deactivate') OR change.kind = 'delete' AND change.reason <> 'erased') \
                 GROUP BY run.id, run.started_at ORDER BY 1",
            )?;
            statement.rows((workspace.0, since.as_microsecond()), |row| {
                Ok(HeadCountChange {
                    at: instant(row.get("started_at")?, "run", "started_at")?,
                    joined: row.get::<i64>("joined")?.unsigned_abs(),
                    left: row.get::<i64>("gone")?.unsigned_abs(),
                })
            })
        })
    }
}
