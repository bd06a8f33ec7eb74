//! What the database knows of the state of a workspace, for the decision which issues it has.

use super::delivery;
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, OptionalRow, Row},
    },
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    issue::{
        CredentialFacts, EndedRun, IntegrationFacts, PauseFacts, PausedBy, PendingPlan,
        WorkspaceFacts,
    },
    model::{
        ids::{IntegrationId, RunId, WorkspaceId},
        job::JobKind,
        plan::PlanId,
        run::{RunKind, RunStatus},
    },
};

/// How many runs of an integration are considered: five failed jobs with four attempts each, and some.
const MAX_RUNS: i64 = 24;

impl Store {
    /// The facts that issues of a workspace follow from, without the settings of its integrations.
    pub fn issue_facts(&self, workspace: WorkspaceId) -> Result<WorkspaceFacts, StoreError> {
        self.read("read the state of a workspace", |connection| {
            let _snapshot = connection.snapshot()?;
            let named: Vec<(IntegrationId, String)> = connection
                .prepare_cached(
                    "SELECT id, name FROM integration WHERE workspace_id = ?1 ORDER BY id",
                )?
                .rows([workspace.0], |row| {
                    Ok((IntegrationId(row.get("id")?), row.get("name")?))
                })?;
            let mut integrations = Vec::with_capacity(named.len());
            for (id, name) in named {
                integrations.push(IntegrationFacts {
                    next_slot: next_slot(connection, workspace, id)?,
                    pause: pause(connection, workspace, id)?,
                    runs: runs(connection, workspace, id)?,
                    delivery: delivery::state(connection, workspace, id)?,
                    credentials: credentials(connection, workspace, &name)?,
                    watch: None,
                    id,
                    name,
                });
            }
            let plans = plans(connection, workspace)?;
            Ok(WorkspaceFacts {
                integrations,
                plans,
            })
        })
    }
}

fn next_slot(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Option<Option<Timestamp>>, DbError> {
    let stored: Option<Option<i64>> = connection
        .prepare_cached(
            "SELECT next_slot FROM schedule WHERE workspace_id = ?1 AND kind = ?2 AND integration_id = ?3",
        )?
        .scalar((workspace.0, JobKind::Sync.as_str(), integration.0))
        .optional()?;
    stored
        .map(|slot| {
            slot.map(|slot| instant(slot, "schedule", "next_slot"))
                .transpose()
        })
        .transpose()
}

/// A changed host key comes first: until it is accepted, no run connects.
fn pause(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Option<PauseFacts>, DbError> {
    let host_key: Option<i64> = connection
        .prepare_cached("SELECT since FROM pause WHERE workspace_id = ?1 AND integration_id = ?2")?
        .scalar((workspace.0, integration.0))
        .optional()?;
    if let Some(since) = host_key {
        return Ok(Some(PauseFacts {
            by: PausedBy::HostKey,
            since: instant(since, "pause", "since")?,
        }));
    }
    connection
        .prepare_cached(
            "SELECT since, reason FROM schedule_pause WHERE workspace_id = ?1 AND integration_id = ?2",
        )?
        .query_row((workspace.0, integration.0), |row| {
            let since = instant(row.get("since")?, "schedule_pause", "since")?;
            let reason: String = row.get("reason")?;
            let reason = serde_json::from_str(&reason)
                .map_err(|_| corrupt("schedule_pause", "reason", integration))?;
            Ok(PauseFacts {
                by: PausedBy::Failures(reason),
                since,
            })
        })
        .optional()
}

fn runs(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Vec<EndedRun>, DbError> {
    connection
        .prepare_cached(
            "SELECT id, job_id, status, coalesce(finished_at, started_at) AS finished_at, error FROM run \
             WHERE workspace_id = ?1 AND integration_id = ?2 AND kind = ?3 AND status <> 'running' \
             ORDER BY id DESC LIMIT ?4",
        )?
        .rows(
            (workspace.0, integration.0, RunKind::Sync.as_str(), MAX_RUNS),
            ended_run,
        )
}

fn ended_run(row: Row<'_>) -> Result<EndedRun, DbError> {
    let run = RunId(row.get("id")?);
    let job = row.get("job_id")?;
    let status = RunStatus::parse(&row.get::<String>("status")?)
        .ok_or_else(|| corrupt("run", "status", run))?;
    let finished = instant(row.get("finished_at")?, "run", "finished_at")?;
    let error: Option<String> = row.get("error")?;
    Ok(EndedRun {
        run,
        job,
        status,
        finished,
        problem: error.and_then(|error| serde_json::from_str(&error).ok()),
    })
}

fn credentials(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: &str,
) -> Result<Vec<CredentialFacts>, DbError> {
    connection
        .prepare_cached(
            "SELECT name, expires_at FROM credential WHERE workspace_id = ?1 AND integration = ?2 \
             AND expires_at IS NOT NULL ORDER BY name",
        )?
        .rows((workspace.0, integration), |row| {
            Ok(CredentialFacts {
                setting: row.get("name")?,
                expires: instant(row.get("expires_at")?, "credential", "expires_at")?,
            })
        })
}

fn plans(connection: &Connection, workspace: WorkspaceId) -> Result<Vec<PendingPlan>, DbError> {
    connection
        .prepare_cached(
            "SELECT plan.run_id, plan.hash, plan.status, plan.integration_id, plan.created_at, plan.expires_at, \
             (SELECT count(*) FROM operation WHERE operation.workspace_id = plan.workspace_id \
             AND operation.run_id = plan.run_id AND operation.decision = 'open') AS pending, \
             (SELECT count(*) FROM operation WHERE operation.workspace_id = plan.workspace_id \
             AND operation.run_id = plan.run_id AND operation.decision = 'open' \
             AND operation.kind IN ('deactivate', 'delete')) AS removals \
             FROM plan WHERE plan.workspace_id = ?1 AND plan.status IN ('held', 'partly', 'saved') ORDER BY plan.run_id",
        )?
        .rows([workspace.0], |row| {
            let plan = PlanId {
                run: RunId(row.get("run_id")?),
                hash: row.get("hash")?,
            };
            let status: String = row.get("status")?;
            let integration: Option<i64> = row.get("integration_id")?;
            Ok(PendingPlan {
                plan,
                integration: integration.map(IntegrationId),
                is_held: status != "saved",
                created: instant(row.get("created_at")?, "plan", "created_at")?,
                expires: instant(row.get("expires_at")?, "plan", "expires_at")?,
                operations: row.get::<i64>("pending")?.unsigned_abs(),
                removals: row.get::<i64>("removals")?.unsigned_abs(),
            })
        })
}
