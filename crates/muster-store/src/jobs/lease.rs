//! The right to do a job until a time. Times are those of the database, because workers may have other clocks.

use crate::{
    db::{
        connection::Store,
        dialect::NOW,
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
    jobs::end::{JobRow, move_to_history},
    runs::run_lease::interrupt_lease,
};
use muster_core::model::{
    ids::{IntegrationId, RunId, WorkspaceId},
    job::{JobEnd, JobKind},
};
use std::time::Duration;

/// A lease on a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lease {
    pub job: i64,
    /// Grows with every lease of the job.
    pub fence: i64,
}

impl Lease {
    /// How long a lease lasts unless it is renewed.
    pub const LENGTH: Duration = Duration::from_secs(30);
    /// How often it is renewed.
    pub const RENEWED_EVERY: Duration = Duration::from_secs(10);
}

/// The lease under which a run works.
#[derive(Clone, Copy, Debug)]
pub enum RunLease<'a> {
    /// Of a job that was claimed.
    Held(Lease),
    /// A new job, which ends with the run.
    Taken { owner: &'a str, length: Duration },
}

/// The time of the database, in microseconds.
pub(crate) fn database_now(connection: &Connection) -> Result<i64, DbError> {
    connection.scalar(NOW.sqlite, [])
}

pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX / 4)
}

impl Store {
    /// Renews a lease. False: it was lost, and nothing that is done under it can be committed.
    pub fn renew_lease(&self, lease: Lease, length: Duration) -> Result<bool, StoreError> {
        self.write_shared("renew a lease", |connection| {
            let until = database_now(connection)? + micros(length);
            let renewed = connection
                .prepare_cached(
                    "UPDATE job SET lease_until = ?3 WHERE id = ?1 AND fence = ?2 AND lease_owner IS NOT NULL",
                )?
                .execute((lease.job, lease.fence, until))?;
            Ok(renewed > 0)
        })
    }

    /// Whether the job is to be canceled. A lease that was lost counts as canceled.
    pub fn is_canceled(&self, lease: Lease) -> Result<bool, StoreError> {
        self.read("look up a job", |connection| {
            let canceled: Option<bool> = connection
                .prepare_cached(
                    "SELECT is_canceled FROM job WHERE id = ?1 AND fence = ?2 AND lease_owner IS NOT NULL",
                )?
                .scalar((lease.job, lease.fence))
                .optional()?;
            Ok(canceled.unwrap_or(true))
        })
    }
}

/// Takes a new lease on a new job, for a run that was not queued.
pub(crate) fn take(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: Option<IntegrationId>,
    kind: JobKind,
    owner: &str,
    length: Duration,
) -> Result<Lease, DbError> {
    let now = database_now(connection)?;
    let job = next_job(connection)?;
    connection.execute(
        "INSERT INTO job (id, kind, workspace_id, integration_id, priority, run_at, created_at, attempt, max_attempts, \
         is_canceled, lease_owner, lease_until, fence) VALUES (?1, ?2, ?3, ?4, 0, ?5, ?5, 1, 1, 0, ?6, ?7, 1)",
        (
            job,
            kind.as_str(),
            workspace.0,
            integration.map_or(0, |integration| integration.0),
            now,
            owner,
            now + micros(length),
        ),
    )?;
    Ok(Lease { job, fence: 1 })
}

pub(crate) fn next_job(connection: &Connection) -> Result<i64, DbError> {
    connection.lock_shared()?;
    let text = "UPDATE job_number SET next_job = next_job + 1 WHERE id = 1 RETURNING next_job - 1";
    connection.prepare_cached(text)?.scalar([])
}

/// Whether a lease still holds. One that ran out does until another worker claims the job.
pub(crate) fn holds(connection: &Connection, lease: Lease) -> Result<bool, DbError> {
    let job: Option<i64> = connection
        .prepare_cached(
            "SELECT id FROM job WHERE id = ?1 AND fence = ?2 AND lease_owner IS NOT NULL",
        )?
        .scalar((lease.job, lease.fence))
        .optional()?;
    Ok(job.is_some())
}

/// Takes leases back that ran out: their runs are interrupted, and their jobs wait again or end.
/// Returns the runs.
pub(crate) fn expire(
    connection: &Connection,
    now: jiff::Timestamp,
) -> Result<Vec<(WorkspaceId, RunId)>, DbError> {
    connection.lock_shared()?;
    let database_now = database_now(connection)?;
    let jobs: Vec<JobRow> = connection
        .prepare_cached(
            "SELECT id, kind, workspace_id, integration_id, slot, created_at, attempt, max_attempts, lease_owner, fence \
             FROM job WHERE lease_owner IS NOT NULL AND lease_until <= ?1 ORDER BY id",
        )?
        .rows([database_now], JobRow::read)?;
    let mut runs = Vec::new();
    for job in jobs {
        let run = interrupt_lease(connection, &job, now)?;
        runs.extend(run.map(|run| (job.workspace, run)));
        if job.attempt >= job.max_attempts {
            move_to_history(connection, &job, JobEnd::Lost, None, run, now)?;
        } else {
            connection.execute(
                "UPDATE job SET lease_owner = NULL, lease_until = NULL WHERE id = ?1",
                [job.id],
            )?;
        }
    }
    Ok(runs)
}
