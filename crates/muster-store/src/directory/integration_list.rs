//! Every integration of a workspace as the pages list them: how many employees it has, and how its last runs ended.

use crate::{
    db::{
        connection::Store,
        error::{StoreError, corrupt},
    },
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    decide::proposal::Counts,
    model::{
        ids::{IntegrationId, RunId},
        run::RunStatus,
        workspace::Workspace,
    },
};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationState {
    pub id: IntegrationId,
    pub name: String,
    /// Active and scheduled employees that it owns.
    pub employed: u64,
    /// When its last good run began.
    pub last_good: Option<(RunId, Timestamp)>,
    /// The newest last; at most [`RECENT`].
    pub recent: Vec<RecentRun>,
    /// The server showed another host key than the accepted one.
    pub is_paused: bool,
}

/// How one of the last runs ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecentRun {
    pub run: RunId,
    pub started: Timestamp,
    pub status: RunStatus,
    /// What became of its records.
    pub counts: Counts,
}

/// How many runs of each integration are listed.
const RECENT: i64 = 14;

/// Among so many runs of the workspace they are looked for.
const LOOKED_THROUGH: i64 = 2_000;

impl Store {
    pub fn integration_names(
        &self,
        workspace: &Workspace,
    ) -> Result<BTreeMap<IntegrationId, String>, StoreError> {
        self.read("list the integrations", |connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, name FROM integration WHERE workspace_id = ?1")?;
            statement.rows([workspace.id.0], |row| {
                Ok((IntegrationId(row.get("id")?), row.get("name")?))
            })
        })
    }

    pub fn integration_states(
        &self,
        workspace: &Workspace,
    ) -> Result<Vec<IntegrationState>, StoreError> {
        self.read("list the integrations", |connection| {
            let _snapshot = connection.snapshot()?;
            let mut statement = connection.prepare_cached(
                "SELECT id, integration_id, started_at, status, counts FROM (SELECT id, integration_id, started_at, \
                 status, counts, row_number() OVER (PARTITION BY integration_id ORDER BY id DESC) AS place FROM run \
                 WHERE workspace_id = ?1 AND integration_id IS NOT NULL \
                 AND id > (SELECT max(next_run) FROM workspace WHERE id = ?1) - ?2) AS latest \
                 WHERE place <= ?3 ORDER BY id",
            )?;
            let mut rows = statement.query((workspace.id.0, LOOKED_THROUGH, RECENT))?;
            let mut recent: BTreeMap<i64, Vec<RecentRun>> = BTreeMap::new();
            while let Some(row) = rows.next()? {
                let run = RunId(row.get("id")?);
                let integration: i64 = row.get("integration_id")?;
                let started = instant(row.get("started_at")?, "run", "started_at")?;
                let status = RunStatus::parse(&row.get::<String>("status")?)
                    .ok_or_else(|| corrupt("run", "status", run))?;
                let counts = serde_json::from_str(&row.get::<String>("counts")?)
                    .map_err(|_| corrupt("run", "counts", run))?;
                recent.entry(integration).or_default().push(RecentRun {
                    run,
                    started,
                    status,
                    counts,
                });
            }
            let mut statement = connection.prepare_cached(
                "SELECT integration.id, name, last_good_run, run.started_at, \
                 EXISTS (SELECT 1 FROM pause WHERE pause.workspace_id = integration.workspace_id \
                 AND pause.integration_id = integration.id) AS paused, \
                 (SELECT count(*) FROM roster WHERE roster.workspace_id = integration.workspace_id \
                 AND roster.integration_id = integration.id AND employed = 1) AS employed \
                 FROM integration LEFT JOIN run ON run.workspace_id = integration.workspace_id \
                 AND run.id = last_good_run WHERE integration.workspace_id = ?1 ORDER BY name",
            )?;
            statement.rows([workspace.id.0], |row| {
                let id: i64 = row.get("id")?;
                let good = row.get::<Option<i64>>("last_good_run")?.map(RunId);
                let at = row
                    .get::<Option<i64>>("started_at")?
                    .map(|at| instant(at, "run", "started_at"))
                    .transpose()?;
                Ok(IntegrationState {
                    id: IntegrationId(id),
                    name: row.get("name")?,
                    employed: row.get::<i64>("employed")?.unsigned_abs(),
                    last_good: good.zip(at),
                    recent: recent.remove(&id).unwrap_or_default(),
                    is_paused: row.get("paused")?,
                })
            })
        })
    }
}
