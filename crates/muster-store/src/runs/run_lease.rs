//! The lease of a run: taken when it begins, checked and ended in the transaction that ends the run.

use crate::{
    db::{
        error::{DbError, StoreError},
        sql::{Connection, OptionalRow},
    },
    jobs::{
        Lease, RunLease,
        end::{self, JobRow},
        lease, pause,
    },
    runs::run::{Ending, NewRun, end_early},
};
use jiff::Timestamp;
use muster_core::model::{
    ids::{IntegrationId, RunId, WorkspaceId},
    job::{JobEnd, JobKind},
    run::{RunKind, RunStatus},
};

/// The error that is recorded with an interrupted run.
const INTERRUPTED: &str =
    "the process ended during the run, or did not renew its lease; nothing was applied";

/// The lease of a new run.
pub(super) fn take(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    integration: Option<IntegrationId>,
    new: &NewRun<'_>,
) -> Result<Lease, DbError> {
    connection.lock_shared()?;
    match new.lease {
        RunLease::Held(lease) if lease::holds(connection, lease)? => Ok(lease),
        RunLease::Held(_) => Err(StoreError::RunEnded { run }.into()),
        RunLease::Taken { owner, length } => {
            if let Some(integration) = integration {
                refuse_second(connection, workspace, integration, run)?;
            }
            let kind = match new.kind {
                RunKind::Sync => JobKind::Sync,
                RunKind::Sweep => JobKind::Sweep,
                _ => JobKind::Command,
            };
            lease::take(connection, workspace, integration, kind, owner, length)
        }
    }
}

/// Refuses a run beside another of the same integration, or beside a worker that is about to begin one.
fn refuse_second(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
    run: RunId,
) -> Result<(), DbError> {
    let other = connection
        .prepare_cached(
            "SELECT run.id, run.process FROM job LEFT JOIN run ON run.workspace_id = job.workspace_id \
             AND run.job_id = job.id AND run.fence = job.fence \
             WHERE job.workspace_id = ?1 AND job.integration_id = ?2 AND job.lease_owner IS NOT NULL",
        )?
        .query_row((workspace.0, integration.0), |row| {
            Ok((
                row.get::<Option<i64>>("id")?,
                row.get::<Option<i64>>("process")?,
            ))
        })
        .optional()?;
    match other {
        Some((other, process)) => Err(StoreError::RunBusy {
            run: other.map_or(run, RunId),
            process: process.unwrap_or_default(),
        }
        .into()),
        None => Ok(()),
    }
}

/// The job of a run whose lease holds.
pub(super) fn job_of(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
) -> Result<Option<JobRow>, DbError> {
    let lease = connection
        .prepare_cached("SELECT job_id, fence FROM run WHERE workspace_id = ?1 AND id = ?2")?
        .query_row((workspace.0, run.0), |row| {
            Ok((
                row.get::<Option<i64>>("job_id")?,
                row.get::<Option<i64>>("fence")?,
            ))
        })
        .optional()?;
    match lease {
        Some((Some(job), Some(fence))) => end::leased(connection, Lease { job, fence }),
        _ => Ok(None),
    }
}

/// Ends the job of a run with it; refused if the lease is lost. The job of a failed run stays if another attempt is left:
/// its worker decides whether the error is worth one.
pub(super) fn end_job(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    ending: &Ending<'_>,
) -> Result<(), DbError> {
    // From here on, no other process can take the lease back.
    connection.lock_shared()?;
    let Some(job) = job_of(connection, workspace, run)? else {
        return Err(StoreError::RunEnded { run }.into());
    };
    let end = match ending.status {
        RunStatus::Applied | RunStatus::Held | RunStatus::NothingToDo | RunStatus::Planned => {
            JobEnd::Done
        }
        RunStatus::Failed | RunStatus::Refused | RunStatus::Interrupted | RunStatus::Running => {
            JobEnd::Failed
        }
    };
    if end == JobEnd::Done {
        pause::resume(connection, workspace, job.integration)?;
    } else if job.max_attempts > 1 {
        return Ok(());
    }
    end::move_to_history(connection, &job, end, None, Some(run), ending.finished)
}

pub(super) fn running(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Vec<RunId>, DbError> {
    connection
        .prepare_cached(
            "SELECT id FROM run WHERE workspace_id = ?1 AND status = 'running' ORDER BY id",
        )?
        .rows([workspace.0], |row| Ok(RunId(row.get("id")?)))
}

/// Takes back leases that expired, and ends runs without a lease.
pub(super) fn interrupt(
    connection: &Connection,
    workspace: WorkspaceId,
    now: Timestamp,
) -> Result<Vec<RunId>, DbError> {
    let mut interrupted: Vec<RunId> = lease::expire(connection, now)?
        .into_iter()
        .filter_map(|(of, run)| (of == workspace).then_some(run))
        .collect();
    for run in running(connection, workspace)? {
        if job_of(connection, workspace, run)?.is_none() {
            end_early(connection, workspace, run, now, INTERRUPTED)?;
            interrupted.push(run);
        }
    }
    Ok(interrupted)
}

/// Ends the run of a lease that is taken back.
pub(crate) fn interrupt_lease(
    connection: &Connection,
    job: &JobRow,
    now: Timestamp,
) -> Result<Option<RunId>, DbError> {
    let run: Option<i64> = connection
        .prepare_cached(
            "SELECT id FROM run WHERE workspace_id = ?1 AND job_id = ?2 AND fence = ?3 AND status = 'running'",
        )?
        .scalar((job.workspace.0, job.id, job.fence))
        .optional()?;
    let Some(run) = run.map(RunId) else {
        return Ok(None);
    };
    end_early(connection, job.workspace, run, now, INTERRUPTED)?;
    Ok(Some(run))
}
