//! Integrations that failed repeatedly do not run by their schedule until a person has looked.

use crate::{
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, OptionalRow},
    },
    jobs::end::parsed,
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    model::{
        audit::{Act, Subject},
        ids::{IntegrationId, WorkspaceId},
        job::JobEnd,
    },
    schedule::failure::{Finished, JobResult, PauseReason, pause},
};

/// Why and since when an integration does not run by its schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulePause {
    pub since: Timestamp,
    pub reason: PauseReason,
    /// The user or program that paused it, and why.
    pub by: Option<String>,
    pub note: Option<String>,
}

/// How many finished jobs are looked at.
const MAX_LOOK_BACK: i64 = 100;

impl Store {
    /// Pauses the schedule of an integration if its last jobs ask for it. Returns the reason if it is paused by this.
    pub fn pause_schedule(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        max_failures: u32,
        now: Timestamp,
    ) -> Result<Option<PauseReason>, StoreError> {
        self.write_shared("pause a schedule", |connection| {
            let Some(reason) = pause(&finished(connection, workspace, integration)?, max_failures)
            else {
                return Ok(None);
            };
            let text = serde_json::to_string(&reason).unwrap_or_default();
            let paused = connection.execute(
                "INSERT INTO schedule_pause (workspace_id, integration_id, since, reason) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (workspace_id, integration_id) DO NOTHING",
                (workspace.0, integration.0, now.as_microsecond(), text),
            )?;
            Ok((paused > 0).then_some(reason))
        })
    }

    pub fn schedule_pause(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<SchedulePause>, StoreError> {
        self.read("look up whether a schedule is paused", |connection| {
            let found = connection
                .prepare_cached(
                    "SELECT since, reason, paused_by, note FROM schedule_pause WHERE workspace_id = ?1 AND integration_id = ?2",
                )?
                .query_row((workspace.0, integration.0), |row| {
                    Ok((
                        row.get("since")?,
                        row.get::<String>("reason")?,
                        row.get("paused_by")?,
                        row.get("note")?,
                    ))
                })
                .optional()?;
            let Some((since, reason, by, note)) = found else {
                return Ok(None);
            };
            Ok(Some(SchedulePause {
                since: instant(since, "schedule_pause", "since")?,
                reason: serde_json::from_str(&reason)
                    .map_err(|_| corrupt("schedule_pause", "reason", integration))?,
                by,
                note,
            }))
        })
    }
}

impl Store {
    /// Pauses the schedule of an integration in the name of a user. Runs that are asked for are not affected.
    pub fn pause_integration(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        by: &str,
        note: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("pause the integration", |connection| {
            let reason = serde_json::to_string(&PauseReason::Requested).unwrap_or_default();
            connection.execute(
                "INSERT INTO schedule_pause (workspace_id, integration_id, since, reason, paused_by, note) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (workspace_id, integration_id) DO UPDATE \
                 SET since = excluded.since, reason = excluded.reason, paused_by = excluded.paused_by, note = excluded.note",
                (
                    workspace.0,
                    integration.0,
                    now.as_microsecond(),
                    reason,
                    by,
                    note,
                ),
            )?;
            append(connection, entry(Act::IntegrationPaused, workspace, integration, by, now))
        })
    }

    /// Ends the pause of a schedule, whatever its reason. False: it is not paused.
    pub fn resume_integration(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write("resume the integration", |connection| {
            let resumed = connection.execute(
                "DELETE FROM schedule_pause WHERE workspace_id = ?1 AND integration_id = ?2",
                (workspace.0, integration.0),
            )?;
            if resumed == 0 {
                return Ok(false);
            }
            append(
                connection,
                entry(Act::IntegrationResumed, workspace, integration, by, now),
            )?;
            Ok(true)
        })
    }
}

fn entry(
    act: Act,
    workspace: WorkspaceId,
    integration: IntegrationId,
    by: &str,
    now: Timestamp,
) -> Entry<'_> {
    Entry::new(act, by, Subject::new("integration", integration), now).within(workspace)
}

/// Ends the pause of an integration that succeeded, unless a user paused it.
pub(crate) fn resume(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: i64,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "DELETE FROM schedule_pause WHERE workspace_id = ?1 AND integration_id = ?2 AND paused_by IS NULL",
        )?
        .execute((workspace.0, integration))?;
    Ok(())
}

/// The last jobs of an integration, newest first.
fn finished(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Vec<Finished>, DbError> {
    connection
        .prepare_cached(
            "SELECT coalesce(slot, finished_at) AS slot, result FROM job_history \
             WHERE workspace_id = ?1 AND integration_id = ?2 AND result <> 'canceled' \
             ORDER BY finished_at DESC, id DESC LIMIT ?3",
        )?
        .rows((workspace.0, integration.0, MAX_LOOK_BACK), |row| {
            let result: String = row.get("result")?;
            Ok(Finished {
                slot: instant(row.get("slot")?, "job_history", "slot")?,
                result: match parsed(&result, JobEnd::parse, "job_history", "result")? {
                    JobEnd::Done | JobEnd::Canceled => JobResult::Done,
                    JobEnd::CredentialsRefused => JobResult::CredentialsRefused,
                    JobEnd::Failed | JobEnd::Lost => JobResult::Failed,
                },
            })
        })
}
