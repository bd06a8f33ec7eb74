//! Jobs as people and metrics see them.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, Params, Row},
    },
    jobs::{end::parsed, lease::database_now},
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::{
    ids::{RunId, WorkspaceId},
    job::{JobEnd, JobKind},
};
use std::time::Duration;

/// A job that waits, runs or has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedJob {
    pub id: i64,
    pub kind: JobKind,
    pub workspace: WorkspaceId,
    /// The name of the integration; none: the whole workspace.
    pub integration: Option<String>,
    pub slot: Option<Timestamp>,
    pub attempt: i64,
    pub status: JobStatus,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// It starts at this time, or as soon as a worker has room.
    Waiting(Timestamp),
    Running {
        owner: String,
        lease_until: Timestamp,
    },
    Ended {
        at: Timestamp,
        end: JobEnd,
        /// The code of the error.
        code: Option<String>,
        run: Option<RunId>,
    },
}

/// The queue in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueState {
    /// Jobs that are due and wait.
    pub waiting: u64,
    pub running: u64,
    /// For how long the oldest of them has been due.
    pub oldest_waiting: Duration,
    /// The time since the last backup of a service.
    pub backup_age: Option<Duration>,
}

const LIVE: &str = "SELECT job.id, job.kind, job.workspace_id, integration.name AS integration, job.slot, job.attempt, \
    job.run_at, job.lease_owner, job.lease_until FROM job LEFT JOIN integration \
    ON integration.workspace_id = job.workspace_id AND integration.id = job.integration_id";

const LIVE_ORDER: &str =
    "ORDER BY job.lease_owner IS NULL, job.priority, job.run_at, job.id LIMIT ?1";

const ENDED: &str = "SELECT job.id, job.kind, job.workspace_id, integration.name AS integration, job.slot, job.attempt, \
    job.finished_at, job.result, job.code, job.run_id FROM job_history AS job LEFT JOIN integration \
    ON integration.workspace_id = job.workspace_id AND integration.id = job.integration_id";

impl Store {
    /// Jobs that run or wait.
    pub fn live_jobs(&self, limit: u32) -> Result<Vec<ListedJob>, StoreError> {
        self.read("list the jobs", |connection| {
            live(connection, LIVE_ORDER, [i64::from(limit)])
        })
    }

    /// Jobs of a workspace that run or wait.
    pub fn live_jobs_of(
        &self,
        workspace: WorkspaceId,
        limit: u32,
    ) -> Result<Vec<ListedJob>, StoreError> {
        self.read("list the jobs", |connection| {
            let condition = format!("WHERE job.workspace_id = ?2 {LIVE_ORDER}");
            live(connection, &condition, (i64::from(limit), workspace.0))
        })
    }

    /// Jobs that ended, the latest first.
    pub fn ended_jobs(&self, limit: u32) -> Result<Vec<ListedJob>, StoreError> {
        self.read("list the jobs", |connection| {
            ended(
                connection,
                "ORDER BY job.id DESC LIMIT ?1",
                [i64::from(limit)],
            )
        })
    }

    /// Jobs of a workspace that ended, the latest first.
    pub fn ended_jobs_of(
        &self,
        workspace: WorkspaceId,
        limit: u32,
    ) -> Result<Vec<ListedJob>, StoreError> {
        self.read("list the jobs", |connection| {
            let condition = "WHERE job.workspace_id = ?2 ORDER BY job.id DESC LIMIT ?1";
            ended(connection, condition, (i64::from(limit), workspace.0))
        })
    }

    /// One job of a workspace, whether it waits, runs or has ended.
    pub fn job(&self, workspace: WorkspaceId, job: i64) -> Result<Option<ListedJob>, StoreError> {
        self.read("look the job up", |connection| {
            // One state: a job that ends meanwhile is in neither, or in both.
            let _snapshot = connection.snapshot()?;
            let condition = "WHERE job.workspace_id = ?1 AND job.id = ?2";
            let mut found = live(connection, condition, (workspace.0, job))?;
            if found.is_empty() {
                found = ended(connection, condition, (workspace.0, job))?;
            }
            Ok(found.pop())
        })
    }

    pub fn queue_state(&self) -> Result<QueueState, StoreError> {
        self.read("count the jobs", |connection| {
            let now = database_now(connection)?;
            state(connection, now)
        })
    }

    /// Deletes what is known of jobs and slots from before a time, except decisions: they belong to their plans. Slots are kept long enough to be decided once.
    pub fn forget_jobs(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write_shared("delete ended jobs", |connection| {
            let before = before.as_microsecond();
            let jobs = connection.execute(
                "DELETE FROM job_history WHERE finished_at < ?1 AND decision IS NULL",
                [before],
            )?;
            let slots = connection.execute(
                "DELETE FROM slot WHERE slot < ?1 AND decided_at < ?1",
                [before],
            )?;
            Ok(jobs + slots)
        })
    }
}

fn live(
    connection: &Connection,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<ListedJob>, DbError> {
    connection
        .prepare_cached(&format!("{LIVE} {condition}"))?
        .rows(parameters, |row| {
            let owner: Option<String> = row.get("lease_owner")?;
            let until: Option<i64> = row.get("lease_until")?;
            let status = match owner {
                Some(owner) => JobStatus::Running {
                    owner,
                    lease_until: instant(until.unwrap_or_default(), "job", "lease_until")?,
                },
                None => JobStatus::Waiting(instant(row.get("run_at")?, "job", "run_at")?),
            };
            listed(&row, status)
        })
}

fn ended(
    connection: &Connection,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<ListedJob>, DbError> {
    connection
        .prepare_cached(&format!("{ENDED} {condition}"))?
        .rows(parameters, |row| {
            let result: String = row.get("result")?;
            let status = JobStatus::Ended {
                at: instant(row.get("finished_at")?, "job_history", "finished_at")?,
                end: parsed(&result, JobEnd::parse, "job_history", "result")?,
                code: row.get("code")?,
                run: row.get::<Option<i64>>("run_id")?.map(RunId),
            };
            listed(&row, status)
        })
}

fn state(connection: &Connection, now: i64) -> Result<QueueState, DbError> {
    connection.query_row(
        "SELECT (SELECT count(*) FROM job WHERE lease_owner IS NULL AND run_at <= ?1) AS waiting, \
         (SELECT count(*) FROM job WHERE lease_owner IS NOT NULL) AS running, \
         (SELECT coalesce(min(run_at), ?1) FROM job WHERE lease_owner IS NULL AND run_at <= ?1) AS oldest, \
         (SELECT finished_at FROM job_history WHERE workspace_id = 0 AND integration_id = 0 AND kind = 'backup' \
         AND result = 'done' ORDER BY finished_at DESC LIMIT 1) AS backup",
        [now],
        |row| {
            let oldest: i64 = row.get("oldest")?;
            let backup: Option<i64> = row.get("backup")?;
            let since = |at: i64| Duration::from_micros((now - at).max(0).unsigned_abs());
            Ok(QueueState {
                waiting: row.get::<i64>("waiting")?.unsigned_abs(),
                running: row.get::<i64>("running")?.unsigned_abs(),
                oldest_waiting: since(oldest),
                backup_age: backup.map(since),
            })
        },
    )
}

fn listed(row: &Row<'_>, status: JobStatus) -> Result<ListedJob, DbError> {
    let kind: String = row.get("kind")?;
    let slot: Option<i64> = row.get("slot")?;
    Ok(ListedJob {
        id: row.get("id")?,
        kind: parsed(&kind, JobKind::parse, "job", "kind")?,
        workspace: WorkspaceId(row.get("workspace_id")?),
        integration: row.get("integration")?,
        slot: slot.map(|slot| instant(slot, "job", "slot")).transpose()?,
        attempt: row.get("attempt")?,
        status,
    })
}
