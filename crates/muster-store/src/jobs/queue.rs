//! Jobs that are put into the queue.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
    jobs::{
        decision::{self, PlanDecision},
        lease::{database_now, next_job},
        request::{self, RequestedEdit},
    },
};
use jiff::Timestamp;
use muster_core::model::{
    ids::{IntegrationId, WorkspaceId},
    job::JobKind,
};

/// A job to be done.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub kind: JobKind,
    pub workspace: WorkspaceId,
    /// None: the whole workspace.
    pub integration: Option<IntegrationId>,
    /// The slot that it is for; none: a person asked for it.
    pub slot: Option<Timestamp>,
    /// Lower ones are done first.
    pub priority: i64,
    /// None: at once.
    pub run_at: Option<Timestamp>,
    pub max_attempts: u32,
    /// Host and port that it connects to; none: those of the schedule of its integration, if there is one.
    pub host: Option<String>,
    /// A second job with the same key is not added while the first waits or runs.
    pub dedupe_key: Option<String>,
    /// What it carries out, if it approves or rejects a plan.
    pub decision: Option<PlanDecision>,
    /// What it carries out, if it edits employees.
    pub request: Option<RequestedEdit>,
}

impl Store {
    /// Adds a job; none if one with the same key waits or runs already.
    pub fn enqueue(&self, job: &NewJob) -> Result<Option<i64>, StoreError> {
        self.write_shared("add a job", |connection| enqueue(connection, job))
    }
}

pub(crate) fn enqueue(connection: &Connection, job: &NewJob) -> Result<Option<i64>, DbError> {
    connection.lock_shared()?;
    if let Some(key) = &job.dedupe_key {
        let same: Option<i64> = connection
            .prepare_cached("SELECT id FROM job WHERE dedupe_key = ?1")?
            .scalar([key])
            .optional()?;
        if same.is_some() {
            return Ok(None);
        }
    }
    let now = database_now(connection)?;
    let id = next_job(connection)?;
    connection
        .prepare_cached(
            "INSERT INTO job (id, kind, workspace_id, integration_id, slot, priority, run_at, created_at, attempt, \
             max_attempts, host, dedupe_key, is_canceled, fence, plan_run_id, decision, request) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, coalesce(?10, (SELECT host FROM schedule \
             WHERE workspace_id = ?3 AND kind = ?2 AND integration_id = ?4)), ?11, 0, 0, ?12, ?13, ?14)",
        )?
        .execute((
            id,
            job.kind.as_str(),
            job.workspace.0,
            job.integration.map_or(0, |integration| integration.0),
            job.slot.map(Timestamp::as_microsecond),
            job.priority,
            job.run_at.map_or(now, Timestamp::as_microsecond),
            now,
            i64::from(job.max_attempts),
            &job.host,
            &job.dedupe_key,
            job.decision.as_ref().map(|decision| decision.plan.run.0),
            job.decision.as_ref().map(decision::written),
            job.request.as_ref().map(request::written),
        ))?;
    connection.note_jobs();
    Ok(Some(id))
}
