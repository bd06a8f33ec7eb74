//! The end of a job: it moves to the history, waits for another attempt, or is given back.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, OptionalRow, Row},
    },
    jobs::lease::{Lease, database_now},
    runs::run_lease::interrupt_lease,
};
use jiff::{SignedDuration, Timestamp};
use muster_core::model::{
    code::Code,
    ids::{RunId, WorkspaceId},
    job::JobEnd,
};

/// A job that is leased.
#[derive(Clone, Debug)]
pub(crate) struct JobRow {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) workspace: WorkspaceId,
    pub(crate) integration: i64,
    pub(crate) slot: Option<i64>,
    pub(crate) created_at: i64,
    pub(crate) attempt: i64,
    pub(crate) max_attempts: i64,
    pub(crate) lease_owner: Option<String>,
    pub(crate) fence: i64,
}

impl JobRow {
    pub(crate) fn read(row: Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            id: row.get("id")?,
            kind: row.get("kind")?,
            workspace: WorkspaceId(row.get("workspace_id")?),
            integration: row.get("integration_id")?,
            slot: row.get("slot")?,
            created_at: row.get("created_at")?,
            attempt: row.get("attempt")?,
            max_attempts: row.get("max_attempts")?,
            lease_owner: row.get("lease_owner")?,
            fence: row.get("fence")?,
        })
    }
}

/// The job of a lease that still holds.
pub(crate) fn leased(connection: &Connection, lease: Lease) -> Result<Option<JobRow>, DbError> {
    connection
        .prepare_cached(
            "SELECT id, kind, workspace_id, integration_id, slot, created_at, attempt, max_attempts, lease_owner, fence \
             FROM job WHERE id = ?1 AND fence = ?2 AND lease_owner IS NOT NULL",
        )?
        .query_row((lease.job, lease.fence), JobRow::read)
        .optional()
}

/// Moves a job to the history, in the transaction that ends it.
pub(crate) fn move_to_history(
    connection: &Connection,
    job: &JobRow,
    end: JobEnd,
    code: Option<Code>,
    run: Option<RunId>,
    now: Timestamp,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "INSERT INTO job_history (id, kind, workspace_id, integration_id, slot, created_at, finished_at, attempt, \
             lease_owner, result, code, run_id, plan_run_id, decision) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, \
             ?11, ?12, plan_run_id, decision FROM job WHERE id = ?1",
        )?
        .execute((
            job.id,
            &job.kind,
            job.workspace.0,
            job.integration,
            job.slot,
            job.created_at,
            now.as_microsecond(),
            job.attempt,
            &job.lease_owner,
            end.as_str(),
            code.map(Code::as_str),
            run.map(|run| run.0),
        ))?;
    connection
        .prepare_cached("DELETE FROM job WHERE id = ?1")?
        .execute([job.id])?;
    Ok(())
}

impl Store {
    /// Ends a job whose run has not ended it. False: the lease was lost.
    pub fn end_job(
        &self,
        lease: Lease,
        end: JobEnd,
        code: Option<Code>,
        run: Option<RunId>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("end a job", |connection| {
            let Some(job) = leased(connection, lease)? else {
                return Ok(false);
            };
            move_to_history(connection, &job, end, code, run, now)?;
            Ok(true)
        })
    }

    /// Ends a job whose run is stopped where it is. False: the lease was lost.
    pub fn stop_job(&self, lease: Lease, end: JobEnd, now: Timestamp) -> Result<bool, StoreError> {
        self.write_shared("stop a job", |connection| {
            let Some(job) = leased(connection, lease)? else {
                return Ok(false);
            };
            let run = interrupt_lease(connection, &job, now)?;
            move_to_history(connection, &job, end, None, run, now)?;
            Ok(true)
        })
    }

    /// Lets a job wait for another attempt. False: the lease was lost.
    pub fn retry_job(
        &self,
        lease: Lease,
        wait: SignedDuration,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_shared("schedule another attempt of a job", |connection| {
            if let Some(job) = leased(connection, lease)? {
                interrupt_lease(connection, &job, now)?;
            }
            let run_at =
                database_now(connection)? + i64::try_from(wait.as_micros()).unwrap_or_default();
            set_waiting(connection, lease, Some(run_at), 0)
        })
    }

    /// Releases the jobs that an owner did not finish, as if it had not claimed them.
    pub fn release_jobs_of(&self, owner: &str, now: Timestamp) -> Result<usize, StoreError> {
        self.write_shared("release jobs", |connection| {
            let jobs: Vec<JobRow> = connection
                .prepare_cached(
                    "SELECT id, kind, workspace_id, integration_id, slot, created_at, attempt, max_attempts, lease_owner, \
                     fence FROM job WHERE lease_owner = ?1 ORDER BY id",
                )?
                .rows([owner], JobRow::read)?;
            for job in &jobs {
                interrupt_lease(connection, job, now)?;
                let lease = Lease {
                    job: job.id,
                    fence: job.fence,
                };
                set_waiting(connection, lease, None, 1)?;
            }
            Ok(jobs.len())
        })
    }

    /// Asks for a job to be canceled. One that waits ends at once; one that runs is stopped by its worker.
    /// False: there is no such job.
    pub fn cancel_job(&self, job: i64, now: Timestamp) -> Result<bool, StoreError> {
        self.write_shared("cancel a job", |connection| {
            let found = connection
                .prepare_cached(
                    "SELECT id, kind, workspace_id, integration_id, slot, created_at, attempt, max_attempts, lease_owner, \
                     fence FROM job WHERE id = ?1",
                )?
                .query_row([job], JobRow::read)
                .optional()?;
            let Some(found) = found else { return Ok(false) };
            if found.lease_owner.is_none() {
                move_to_history(connection, &found, JobEnd::Canceled, None, None, now)?;
            } else {
                connection.execute("UPDATE job SET is_canceled = 1 WHERE id = ?1", [job])?;
            }
            Ok(true)
        })
    }
}

fn set_waiting(
    connection: &Connection,
    lease: Lease,
    run_at: Option<i64>,
    attempts_back: i64,
) -> Result<bool, DbError> {
    let set = connection
        .prepare_cached(
            "UPDATE job SET lease_owner = NULL, lease_until = NULL, run_at = coalesce(?3, run_at), attempt = attempt - ?4 \
             WHERE id = ?1 AND fence = ?2 AND lease_owner IS NOT NULL",
        )?
        .execute((lease.job, lease.fence, run_at, attempts_back))?;
    Ok(set > 0)
}

/// Reads a kind or an end that was stored.
pub(crate) fn parsed<T>(
    text: &str,
    parse: fn(&str) -> Option<T>,
    table: &'static str,
    column: &'static str,
) -> Result<T, DbError> {
    parse(text).ok_or_else(|| corrupt(table, column, text))
}
