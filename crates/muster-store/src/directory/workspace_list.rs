//! Every workspace of the database as the installation page lists them.

use crate::{
    db::{connection::Store, error::StoreError},
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::ids::WorkspaceId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceState {
    pub id: WorkspaceId,
    pub name: String,
    pub employed: u64,
    pub integrations: u64,
    /// Plans that hold an integration up.
    pub held_plans: u64,
    /// Operations that wait for a decision of their own.
    pub decisions: u64,
    /// Integrations whose latest run failed, or whose delivery was refused.
    pub failing: u64,
    /// When the latest run that ended well began.
    pub last_good: Option<Timestamp>,
}

impl Store {
    /// All workspaces, in order of their names.
    pub fn workspace_states(&self) -> Result<Vec<WorkspaceState>, StoreError> {
        self.read("list the workspaces", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT workspace.id, workspace.name, workspace.employed, \
                 (SELECT count(*) FROM integration WHERE integration.workspace_id = workspace.id) AS integrations, \
                 (SELECT count(*) FROM plan WHERE plan.workspace_id = workspace.id \
                 AND plan.status IN ('held', 'partly')) AS held_plans, \
                 (SELECT count(*) FROM operation JOIN plan ON plan.workspace_id = operation.workspace_id \
                 AND plan.run_id = operation.run_id WHERE plan.workspace_id = workspace.id \
                 AND plan.status IN ('held', 'partly', 'saved') AND decision = 'open' AND held IS NOT NULL) AS decisions, \
                 (SELECT count(*) FROM integration JOIN run ON run.workspace_id = integration.workspace_id \
                 AND run.id = (SELECT max(latest.id) FROM run AS latest WHERE latest.workspace_id = integration.workspace_id \
                 AND latest.integration_id = integration.id) WHERE integration.workspace_id = workspace.id \
                 AND run.status IN ('failed', 'refused', 'interrupted')) AS failing, \
                 (SELECT max(run.started_at) FROM integration JOIN run ON run.workspace_id = integration.workspace_id \
                 AND run.id = integration.last_good_run WHERE integration.workspace_id = workspace.id) AS last_good \
                 FROM workspace ORDER BY workspace.name",
            )?;
            statement.rows([], |row| {
                let number = |column| Ok::<_, crate::db::error::DbError>(row.get::<i64>(column)?.unsigned_abs());
                Ok(WorkspaceState {
                    id: WorkspaceId(row.get("id")?),
                    name: row.get("name")?,
                    employed: number("employed")?,
                    integrations: number("integrations")?,
                    held_plans: number("held_plans")?,
                    decisions: number("decisions")?,
                    failing: number("failing")?,
                    last_good: row
                        .get::<Option<i64>>("last_good")?
                        .map(|at| instant(at, "run", "started_at"))
                        .transpose()?,
                })
            })
        })
    }
}
