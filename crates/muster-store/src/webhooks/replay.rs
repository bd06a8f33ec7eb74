//! Events that were given up, and sending events again.

use crate::{
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::Connection,
    },
    jobs::end::parsed,
};
use jiff::Timestamp;
use muster_core::{
    alert::SendFailure,
    model::{
        audit::{Act, Subject},
        event::EventKind,
        ids::{EmployeeId, WorkspaceId},
    },
};

/// An event that was not delivered, and is no longer attempted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    pub webhook: i64,
    pub event: i64,
    pub kind: EventKind,
    pub employee: EmployeeId,
    pub attempts: u32,
    pub failure: Option<SendFailure>,
}

/// What is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// What was given up.
    Dead,
    /// Every event of runs that began since then, also delivered ones.
    Since(Timestamp),
}

impl Store {
    /// The events of a workspace that were given up, the latest first.
    pub fn dead_letters(
        &self,
        workspace: WorkspaceId,
        limit: u32,
    ) -> Result<Vec<DeadLetter>, StoreError> {
        self.read("list undelivered events", |connection| {
            connection
                .prepare_cached(
                    "SELECT delivery.webhook_id, event.id, event.kind, event.employee_id, delivery.attempts, \
                     delivery.failure FROM webhook_delivery AS delivery JOIN webhook_event AS event \
                     ON event.workspace_id = delivery.workspace_id AND event.id = delivery.event_id \
                     WHERE delivery.workspace_id = ?1 AND delivery.state = 'dead' ORDER BY event.id DESC LIMIT ?2",
                )?
                .rows((workspace.0, i64::from(limit)), |row| {
                    let webhook = row.get("webhook_id")?;
                    let event: i64 = row.get("id")?;
                    let kind: String = row.get("kind")?;
                    let employee = EmployeeId(row.get("employee_id")?);
                    let attempts: i64 = row.get("attempts")?;
                    let failure: Option<String> = row.get("failure")?;
                    let read = |text: String| {
                        serde_json::from_str(&text)
                            .map_err(|_| corrupt("webhook_delivery", "failure", event))
                    };
                    Ok(DeadLetter {
                        webhook,
                        event,
                        kind: parsed(&kind, EventKind::parse, "webhook_event", "kind")?,
                        employee,
                        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
                        failure: failure.map(read).transpose()?,
                    })
                })
        })
    }

    /// Sends events to a receiver again. Returns their number.
    pub fn replay_events(
        &self,
        workspace: WorkspaceId,
        webhook: i64,
        replay: Replay,
        by: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let at = now.as_microsecond();
        self.write_shared("send events again", |connection| {
            let events = send_again(connection, workspace, webhook, replay, at)?;
            let subject = Subject::new("webhook", webhook);
            let entry = Entry::new(Act::WebhookReplayed, by, subject, now);
            append(connection, entry.within(workspace))?;
            Ok(events)
        })
    }

    /// Deletes events that were delivered or given up before an instant.
    pub fn forget_events(&self, before: Timestamp) -> Result<usize, StoreError> {
        self.write_shared("delete old events", |connection| {
            connection.execute(
                "DELETE FROM webhook_delivery WHERE state <> 'waiting' AND coalesce(ended_at, created_at, 0) < ?1",
                [before.as_microsecond()],
            )?;
            connection.execute(
                "DELETE FROM webhook_event WHERE NOT EXISTS (SELECT 1 FROM webhook_delivery AS delivery \
                 WHERE delivery.workspace_id = webhook_event.workspace_id AND delivery.event_id = webhook_event.id)",
                [],
            )
        })
    }
}

fn send_again(
    connection: &Connection,
    workspace: WorkspaceId,
    webhook: i64,
    replay: Replay,
    at: i64,
) -> Result<usize, DbError> {
    match replay {
        Replay::Dead => connection.execute(
            "UPDATE webhook_delivery SET state = 'waiting', attempts = 0, created_at = ?3, next_attempt_at = ?3, \
             ended_at = NULL WHERE workspace_id = ?1 AND webhook_id = ?2 AND state = 'dead'",
            (workspace.0, webhook, at),
        ),
        Replay::Since(since) => connection.execute(
            "INSERT INTO webhook_delivery (workspace_id, webhook_id, event_id, employee_id, state, attempts, \
             created_at, next_attempt_at) SELECT event.workspace_id, ?2, event.id, event.employee_id, 'waiting', 0, \
             ?3, ?3 FROM webhook_event AS event JOIN run ON run.workspace_id = event.workspace_id \
             AND run.id = event.run_id WHERE event.workspace_id = ?1 AND run.started_at >= ?4 \
             ON CONFLICT (workspace_id, webhook_id, event_id) DO UPDATE SET state = 'waiting', attempts = 0, \
             created_at = excluded.created_at, next_attempt_at = excluded.next_attempt_at, ended_at = NULL \
             WHERE webhook_delivery.state IN ('delivered', 'dead')",
            (workspace.0, webhook, at, since.as_microsecond()),
        ),
    }
}
