//! What a run changed, in parts: how many changes of each kind, and one page of one kind.

use crate::{
    db::{
        connection::Store,
        error::{StoreError, corrupt},
    },
    directory::history::{self, HistoryEntry},
};
use muster_core::model::{
    ids::{EmployeeId, RunId},
    plan::OperationKind,
    workspace::Workspace,
};
use std::collections::BTreeMap;

impl Store {
    /// How many changes of each kind a run made.
    pub fn change_counts(
        &self,
        workspace: &Workspace,
        run: RunId,
    ) -> Result<BTreeMap<OperationKind, u64>, StoreError> {
        self.read("count the changes of the run", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT kind, count(*) AS changes FROM change WHERE workspace_id = ?1 AND run_id = ?2 GROUP BY kind \
                 UNION ALL SELECT 'create' AS kind, created AS changes FROM run \
                 WHERE workspace_id = ?1 AND id = ?2 AND created > 0",
            )?;
            statement.rows((workspace.id.0, run.0), |row| {
                let kind = OperationKind::parse(&row.get::<String>("kind")?)
                    .ok_or_else(|| corrupt("change", "kind", run))?;
                Ok((kind, row.get::<i64>("changes")?.unsigned_abs()))
            })
        })
    }

    /// The next changes of one kind that a run made, in order of the employees.
    pub fn changes_page(
        &self,
        workspace: &Workspace,
        run: RunId,
        kind: OperationKind,
        after: EmployeeId,
        limit: u32,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read("read what the run changed", |connection| {
            let limit = i64::from(limit);
            if kind == OperationKind::Create {
                let text = history::created_text(
                    "WHERE person.workspace_id = ?1 AND run.id = ?2 AND person.id > ?3 \
                     AND person.id >= coalesce(run.first_created, 0) \
                     AND person.id < coalesce(run.first_created, 0) + run.created ORDER BY person.id LIMIT ?4",
                );
                let key = (workspace.id.0, run.0, after.0, limit);
                return history::select(connection, workspace, &text, key);
            }
            let text = history::changes_text(
                "WHERE change.workspace_id = ?1 AND change.run_id = ?2 AND change.kind = ?3 \
                 AND change.employee_id > ?4 ORDER BY change.employee_id, change.number LIMIT ?5",
            );
            let key = (workspace.id.0, run.0, kind.as_str(), after.0, limit);
            history::select(connection, workspace, &text, key)
        })
    }
}
