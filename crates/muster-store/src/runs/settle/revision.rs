//! What settling changes beside people: the revision and the roster of those who did not change.

use super::{Settlement, creation::People};
use crate::{
    db::{error::DbError, sql::Connection},
    directory::start_note,
};
use muster_core::model::ids::{RunId, WorkspaceId};

pub(crate) fn revision(connection: &Connection, workspace: WorkspaceId) -> Result<i64, DbError> {
    connection
        .prepare_cached("SELECT revision FROM workspace WHERE id = ?1")?
        .scalar([workspace.0])
}

/// Whether a run has not ended, and has its lease.
pub(crate) fn is_running(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
) -> Result<bool, DbError> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM run JOIN job ON job.id = run.job_id AND job.fence = run.fence AND job.lease_owner IS NOT NULL \
             WHERE run.workspace_id = ?1 AND run.id = ?2 AND run.status = 'running')")?
        .scalar((workspace.0, run.0))
}

/// Moves the revision on if something changed; says which it is now.
pub(crate) fn count(
    connection: &Connection,
    workspace: WorkspaceId,
    moved: bool,
) -> Result<i64, DbError> {
    connection
        .prepare_cached(
            "UPDATE workspace SET revision = revision + ?2 WHERE id = ?1 RETURNING revision",
        )?
        .scalar((workspace.0, i64::from(moved)))
}

/// Notes with a run which revision the workspace has at its end: changes are read in this order.
pub(crate) fn note(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "UPDATE run SET revision = (SELECT revision FROM workspace WHERE id = ?1) WHERE workspace_id = ?1 AND id = ?2",
        )?
        .execute((workspace.0, run.0))?;
    Ok(())
}

/// New fingerprints of employees who did not change, and in how many deliveries others were missing.
pub(super) fn refresh(
    people: &mut People<'_, '_>,
    settlement: &Settlement<'_>,
) -> Result<(), DbError> {
    let Some(integration) = settlement.integration else {
        return Ok(());
    };
    let _sends = people.connection.send_ahead();
    let refreshed = settlement.proposal.refreshed.iter().map(|(one, _)| *one);
    let missed = settlement.proposal.missed.iter().map(|(one, _)| *one);
    let entries = refreshed.chain(missed).map(|one| (integration, one));
    people.rosters.look_up(entries.collect())?;
    for (employee, new) in &settlement.proposal.refreshed {
        people
            .rosters
            .set_fingerprint(integration, *employee, Some(new))?;
    }
    for (employee, times) in &settlement.proposal.missed {
        people.rosters.set_missed(integration, *employee, *times)?;
    }
    people.connection.await_answers()?;
    start_note::write(people.connection, people.workspace.id, settlement.proposal)
}
