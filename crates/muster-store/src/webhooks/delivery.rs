//! Deliveries are claimed when they are due, and in order for each employee: while an event waits, no later one of the same
//! employee is sent to the same receiver.

use super::receiver::{Webhook, active};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, Row},
    },
    directory::changes::json,
    jobs::end::parsed,
    runs::record::instant,
};
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    alert::{SendFailure, SendRetry},
    model::{
        event::{EventDetail, EventKind},
        ids::{EmployeeId, RunId},
    },
};

/// Something that happened to an employee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployeeEvent {
    /// Unique in the database, and the same in every delivery.
    pub id: i64,
    pub kind: EventKind,
    pub employee: EmployeeId,
    pub run: RunId,
    pub detail: EventDetail,
    /// When its run ended.
    pub at: Timestamp,
}

/// A delivery that is to be attempted now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedDelivery {
    pub webhook: Webhook,
    pub event: EmployeeEvent,
    /// The number of this attempt, from 1.
    pub attempt: u32,
    /// When it first was to be sent.
    pub created: Timestamp,
}

/// A process that claimed a delivery and does not say what became of it has ended.
const CLAIM: SignedDuration = SignedDuration::from_mins(5);

/// How many deliveries to one receiver are claimed at a time.
const MAX_CLAIMED: i64 = 20;

const NEW: &str = "state = 'waiting' AND next_attempt_at IS NULL";

impl Store {
    /// Claims deliveries that are due. Those that are new wait from now on, if they are departures.
    pub fn claim_deliveries(&self, now: Timestamp) -> Result<Vec<ClaimedDelivery>, StoreError> {
        let at = now.as_microsecond();
        let has_work = self.read("look for events to send", |connection| {
            let text = format!(
                "SELECT EXISTS (SELECT 1 FROM webhook_delivery WHERE {NEW}) \
                 OR EXISTS (SELECT 1 FROM webhook_delivery WHERE state = 'waiting' AND next_attempt_at <= ?1)"
            );
            connection.prepare_cached(&text)?.scalar::<bool>([at])
        })?;
        if !has_work {
            return Ok(Vec::new());
        }
        self.write_shared("claim events to send", |connection| {
            admit(connection, at)?;
            let mut claimed = Vec::new();
            for webhook in active(connection)? {
                claimed.extend(claim(connection, &webhook, now)?);
            }
            Ok(claimed)
        })
    }

    /// Writes that an event was delivered.
    pub fn event_delivered(
        &self,
        claimed: &ClaimedDelivery,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = key(claimed);
        self.write_shared("record a delivered event", |connection| {
            connection.execute(
                "UPDATE webhook_delivery SET state = 'delivered', ended_at = ?4, failure = NULL \
                 WHERE workspace_id = ?1 AND webhook_id = ?2 AND event_id = ?3",
                (key.0, key.1, key.2, now.as_microsecond()),
            )?;
            Ok(())
        })
    }

    /// Writes why an event was not delivered, and when it is attempted again; none: it is dead.
    pub fn event_failed(
        &self,
        claimed: &ClaimedDelivery,
        failure: &SendFailure,
        next: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let key = key(claimed);
        self.write_shared("record an event that was not delivered", |connection| {
            let failed = json(failure);
            match next {
                Some(next) => connection.execute(
                    "UPDATE webhook_delivery SET next_attempt_at = ?4, failure = ?5 \
                     WHERE workspace_id = ?1 AND webhook_id = ?2 AND event_id = ?3",
                    (key.0, key.1, key.2, next.as_microsecond(), failed),
                )?,
                None => connection.execute(
                    "UPDATE webhook_delivery SET state = 'dead', ended_at = ?4, failure = ?5 \
                     WHERE workspace_id = ?1 AND webhook_id = ?2 AND event_id = ?3",
                    (key.0, key.1, key.2, now.as_microsecond(), failed),
                )?,
            };
            if failure.retry == SendRetry::Gone {
                connection.execute(
                    "UPDATE webhook SET disabled_at = ?3 WHERE workspace_id = ?1 AND id = ?2",
                    (key.0, key.1, now.as_microsecond()),
                )?;
            }
            Ok(())
        })
    }
}

fn key(claimed: &ClaimedDelivery) -> (i64, i64, i64) {
    (
        claimed.webhook.workspace.0,
        claimed.webhook.id,
        claimed.event.id,
    )
}

/// Gives new deliveries their first attempt: departures after the wait of their receiver, everything else at once.
fn admit(connection: &Connection, now: i64) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "UPDATE webhook_delivery SET created_at = ?1, next_attempt_at = ?1 + CASE WHEN EXISTS \
             (SELECT 1 FROM webhook_event AS event WHERE event.workspace_id = webhook_delivery.workspace_id \
             AND event.id = webhook_delivery.event_id AND event.kind = 'employee.deactivated') \
             THEN (SELECT departure_wait * 1000000 FROM webhook WHERE webhook.workspace_id = webhook_delivery.workspace_id \
             AND webhook.id = webhook_delivery.webhook_id) ELSE 0 END \
             WHERE state = 'waiting' AND next_attempt_at IS NULL",
        )?
        .execute([now])?;
    Ok(())
}

fn claim(
    connection: &Connection,
    webhook: &Webhook,
    now: Timestamp,
) -> Result<Vec<ClaimedDelivery>, DbError> {
    let (workspace, id) = (webhook.workspace.0, webhook.id);
    let due: Vec<ClaimedDelivery> = connection
        .prepare_cached(
            "SELECT event.id, event.kind, event.employee_id, event.run_id, event.detail, \
             coalesce(run.finished_at, run.started_at) AS happened_at, delivery.attempts, delivery.created_at \
             FROM webhook_delivery AS delivery JOIN webhook_event AS event \
             ON event.workspace_id = delivery.workspace_id AND event.id = delivery.event_id \
             LEFT JOIN run ON run.workspace_id = event.workspace_id AND run.id = event.run_id \
             WHERE delivery.workspace_id = ?1 AND delivery.webhook_id = ?2 AND delivery.state = 'waiting' \
             AND delivery.next_attempt_at <= ?3 AND NOT EXISTS (SELECT 1 FROM webhook_delivery AS earlier \
             WHERE earlier.workspace_id = ?1 AND earlier.webhook_id = ?2 AND earlier.state = 'waiting' \
             AND earlier.employee_id = delivery.employee_id AND earlier.event_id < delivery.event_id) \
             ORDER BY event.id LIMIT ?4",
        )?
        .rows(
            (workspace, id, now.as_microsecond(), MAX_CLAIMED),
            |row| delivery(webhook, now, row),
        )?;
    let until = now.checked_add(CLAIM).unwrap_or(now);
    for one in &due {
        connection
            .prepare_cached(
                "UPDATE webhook_delivery SET attempts = attempts + 1, next_attempt_at = ?4 \
                 WHERE workspace_id = ?1 AND webhook_id = ?2 AND event_id = ?3",
            )?
            .execute((workspace, id, one.event.id, until.as_microsecond()))?;
    }
    Ok(due)
}

fn delivery(webhook: &Webhook, now: Timestamp, row: Row<'_>) -> Result<ClaimedDelivery, DbError> {
    let id: i64 = row.get("id")?;
    let kind: String = row.get("kind")?;
    let employee = EmployeeId(row.get("employee_id")?);
    let run = RunId(row.get("run_id")?);
    let detail: String = row.get("detail")?;
    let happened: Option<i64> = row.get("happened_at")?;
    let attempts: i64 = row.get("attempts")?;
    let created: Option<i64> = row.get("created_at")?;
    let at = |at: Option<i64>| at.map_or(Ok(now), |at| instant(at, "webhook_event", "happened_at"));
    Ok(ClaimedDelivery {
        webhook: webhook.clone(),
        event: EmployeeEvent {
            id,
            kind: parsed(&kind, EventKind::parse, "webhook_event", "kind")?,
            employee,
            run,
            detail: serde_json::from_str(&detail)
                .map_err(|_| corrupt("webhook_event", "detail", id))?,
            at: at(happened)?,
        },
        attempt: u32::try_from(attempts + 1).unwrap_or(u32::MAX),
        created: at(created)?,
    })
}
