//! Events are written in the transaction in which they happen, with a delivery to each receiver of the workspace.

use super::receiver::next_number;
use crate::{
    db::{
        error::DbError,
        sql::{Connection, OptionalRow},
    },
    directory::changes::json,
    runs::settle::{Following, Passage},
};
use muster_core::model::{
    event::{EventDetail, EventKind, employee_event},
    ids::{EmployeeId, RunId, WorkspaceId},
};

/// Whether events of a workspace are sent anywhere.
pub(crate) fn is_followed(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<bool, DbError> {
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM webhook WHERE workspace_id = ?1 AND disabled_at IS NULL)",
        )?
        .scalar([workspace.0])
}

/// Writes what happened to employees.
pub(crate) fn follow(following: &Following<'_>, passages: &[Passage]) -> Result<(), DbError> {
    let Following {
        connection,
        workspace,
        run,
        ..
    } = *following;
    if !is_followed(connection, workspace.id)? {
        return Ok(());
    }
    connection.lock_shared()?;
    for Passage { before, after, .. } in passages {
        if let Some((kind, detail)) = employee_event(before.as_ref(), after, &workspace.schema) {
            write(connection, workspace.id, run, after.id, kind, &detail)?;
        }
    }
    Ok(())
}

/// Writes one event.
pub(crate) fn write(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    employee: EmployeeId,
    kind: EventKind,
    detail: &EventDetail,
) -> Result<(), DbError> {
    connection.lock_shared()?;
    let webhooks: Vec<i64> = connection
        .prepare_cached(
            "SELECT id FROM webhook WHERE workspace_id = ?1 AND disabled_at IS NULL ORDER BY id",
        )?
        .values([workspace.0])?;
    let mut own = None;
    let mut values = None;
    for webhook in webhooks {
        let reverses = match kind {
            EventKind::MembershipAdded => Some(EventKind::MembershipRemoved),
            EventKind::BudgetGranted => Some(EventKind::BudgetEnded),
            _ => None,
        };
        if let Some(reversed) = reverses
            && recall_consequence(connection, workspace, webhook, employee, reversed, detail)?
        {
            continue;
        }
        let is_recalled =
            kind == EventKind::Reactivated && recall(connection, workspace, webhook, employee)?;
        let event = match is_recalled {
            false => match own {
                Some(event) => event,
                None => *own.insert(add(connection, workspace, run, employee, kind, detail)?),
            },
            // The receiver never heard of the departure: what remains is what else changed.
            true => match (remaining(detail), values) {
                (None, _) => continue,
                (Some(_), Some(event)) => event,
                (Some(rest), None) => *values.insert(add(
                    connection,
                    workspace,
                    run,
                    employee,
                    EventKind::Updated,
                    &rest,
                )?),
            },
        };
        connection
            .prepare_cached(
                "INSERT INTO webhook_delivery (workspace_id, webhook_id, event_id, employee_id, state, attempts) \
                 VALUES (?1, ?2, ?3, ?4, 'waiting', 0)",
            )?
            .execute((workspace.0, webhook, event, employee.0))?;
    }
    Ok(())
}

fn add(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    employee: EmployeeId,
    kind: EventKind,
    detail: &EventDetail,
) -> Result<i64, DbError> {
    let id = next_number(connection)?;
    connection
        .prepare_cached(
            "INSERT INTO webhook_event (workspace_id, id, employee_id, run_id, kind, detail) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute((
            workspace.0,
            id,
            employee.0,
            run.0,
            kind.as_str(),
            json(detail),
        ))?;
    Ok(id)
}

/// What changed beside the status and the end of the employment.
fn remaining(detail: &EventDetail) -> Option<EventDetail> {
    let EventDetail::Changed(keys) = detail else {
        return None;
    };
    let rest: Vec<String> = keys
        .iter()
        .filter(|key| !["status", "offboarding_date"].contains(&key.as_str()))
        .cloned()
        .collect();
    (!rest.is_empty()).then_some(EventDetail::Changed(rest))
}

/// Recalls the departure of an employee, if no attempt to deliver it was made.
fn recall(
    connection: &Connection,
    workspace: WorkspaceId,
    webhook: i64,
    employee: EmployeeId,
) -> Result<bool, DbError> {
    let waiting: Option<i64> = connection
        .prepare_cached(
            "SELECT delivery.event_id FROM webhook_delivery AS delivery JOIN webhook_event AS event \
             ON event.workspace_id = delivery.workspace_id AND event.id = delivery.event_id \
             WHERE delivery.workspace_id = ?1 AND delivery.webhook_id = ?2 AND delivery.employee_id = ?3 \
             AND delivery.state = 'waiting' AND delivery.attempts = 0 AND event.kind = 'employee.deactivated' \
             ORDER BY delivery.event_id DESC LIMIT 1",
        )?
        .scalar((workspace.0, webhook, employee.0))
        .optional()?;
    let Some(event) = waiting else {
        return Ok(false);
    };
    connection
        .prepare_cached(
            "UPDATE webhook_delivery SET state = 'recalled' \
             WHERE workspace_id = ?1 AND webhook_id = ?2 AND event_id = ?3",
        )?
        .execute((workspace.0, webhook, event))?;
    Ok(true)
}

/// Recalls what followed from a departure that was recalled: the receiver hears neither that a membership or a budget ended nor
/// that it is back.
fn recall_consequence(
    connection: &Connection,
    workspace: WorkspaceId,
    webhook: i64,
    employee: EmployeeId,
    kind: EventKind,
    detail: &EventDetail,
) -> Result<bool, DbError> {
    let recalled = connection
        .prepare_cached(
            "UPDATE webhook_delivery SET state = 'recalled' WHERE workspace_id = ?1 AND webhook_id = ?2 AND event_id = \
             (SELECT max(event.id) FROM webhook_delivery AS delivery JOIN webhook_event AS event \
             ON event.workspace_id = delivery.workspace_id AND event.id = delivery.event_id \
             WHERE delivery.workspace_id = ?1 AND delivery.webhook_id = ?2 AND delivery.employee_id = ?3 \
             AND delivery.state = 'waiting' AND delivery.attempts = 0 AND event.kind = ?4 AND event.detail = ?5 \
             AND EXISTS (SELECT 1 FROM webhook_delivery AS departure JOIN webhook_event AS departed \
             ON departed.workspace_id = departure.workspace_id AND departed.id = departure.event_id \
             WHERE departure.workspace_id = ?1 AND departure.webhook_id = ?2 AND departure.employee_id = ?3 \
             AND departure.state = 'recalled' AND departed.kind = 'employee.deactivated' \
             AND departed.run_id = event.run_id))",
        )?
        .execute((
            workspace.0,
            webhook,
            employee.0,
            kind.as_str(),
            json(detail),
        ))?;
    Ok(recalled > 0)
}
