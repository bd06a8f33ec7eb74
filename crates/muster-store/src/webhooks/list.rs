//! The events of one receiver with what became of each.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::Row,
    },
    jobs::end::parsed,
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    alert::SendFailure,
    model::{
        event::{DeliveryState, EventKind},
        ids::{EmployeeId, WorkspaceId},
    },
};

/// An event on its way to one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventDelivery {
    pub event: i64,
    pub kind: EventKind,
    pub employee: EmployeeId,
    pub state: DeliveryState,
    pub attempts: u32,
    /// While it waits.
    pub next_attempt: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// Of the last attempt.
    pub failure: Option<SendFailure>,
}

impl Store {
    /// The events of a receiver before an event (none: from the latest on), the latest first.
    pub fn deliveries(
        &self,
        workspace: WorkspaceId,
        webhook: i64,
        state: Option<DeliveryState>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<EventDelivery>, StoreError> {
        self.read("list the events of a webhook", |connection| {
            connection
                .prepare_cached(
                    "SELECT event.id, event.kind, event.employee_id, delivery.state, delivery.attempts, \
                     delivery.next_attempt_at, delivery.ended_at, delivery.failure FROM webhook_delivery AS delivery \
                     JOIN webhook_event AS event ON event.workspace_id = delivery.workspace_id \
                     AND event.id = delivery.event_id WHERE delivery.workspace_id = ?1 AND delivery.webhook_id = ?2 \
                     AND delivery.event_id < ?3 AND (CAST(?4 AS TEXT) IS NULL OR delivery.state = ?4) \
                     ORDER BY delivery.event_id DESC LIMIT ?5",
                )?
                .rows(
                    (
                        workspace.0,
                        webhook,
                        before.unwrap_or(i64::MAX),
                        state.map(DeliveryState::as_str),
                        i64::from(limit),
                    ),
                    delivery,
                )
        })
    }
}

fn delivery(row: Row<'_>) -> Result<EventDelivery, DbError> {
    let event: i64 = row.get("id")?;
    let kind: String = row.get("kind")?;
    let employee = EmployeeId(row.get("employee_id")?);
    let state: String = row.get("state")?;
    let attempts: i64 = row.get("attempts")?;
    let next: Option<i64> = row.get("next_attempt_at")?;
    let ended: Option<i64> = row.get("ended_at")?;
    let failure: Option<String> = row.get("failure")?;
    let state = parsed(&state, DeliveryState::parse, "webhook_delivery", "state")?;
    let at = |at: Option<i64>, column| {
        at.map(|at| instant(at, "webhook_delivery", column))
            .transpose()
    };
    let read = |text: String| {
        serde_json::from_str(&text).map_err(|_| corrupt("webhook_delivery", "failure", event))
    };
    Ok(EventDelivery {
        event,
        kind: parsed(&kind, EventKind::parse, "webhook_event", "kind")?,
        employee,
        state,
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        next_attempt: at(next, "next_attempt_at")?.filter(|_| state == DeliveryState::Waiting),
        ended: at(ended, "ended_at")?,
        failure: failure.map(read).transpose()?,
    })
}
