//! Sends events about employees to webhooks: at least once, in order for each employee, and repeated for a day.

use crate::{alerts::next_attempt, clock::Clock, outcome::RunError, worker::blocking};
use jiff::Timestamp;
use muster_connectors::outgoing::{Message, Receiver, SigningSecret, post};
use muster_core::{
    alert::{SendCause, SendFailure},
    model::{
        employee::Status,
        event::{EventDetail, EventKind},
        workspace::Workspace,
    },
};
use muster_store::{ClaimedDelivery, Store, StoreError};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use tokio::task::JoinSet;

/// What became of an attempt to deliver an event.
#[derive(Clone, Debug)]
pub struct DeliveryReport {
    pub webhook: i64,
    pub event: i64,
    /// None: it was delivered.
    pub failure: Option<SendFailure>,
    /// Whether it is attempted again.
    pub is_retried: bool,
}

/// How often it is looked for more in one go.
const MAX_ROUNDS: usize = 50;

/// Sends every event that is due. Returns what became of each attempt.
pub async fn send_events(
    store: &Arc<Store>,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<DeliveryReport>, RunError> {
    let mut reports = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let (claiming, now) = (Arc::clone(store), clock.now());
        let claimed = blocking(move || claiming.claim_deliveries(now)).await?;
        if claimed.is_empty() {
            break;
        }
        let mut sending: JoinSet<Result<DeliveryReport, RunError>> = JoinSet::new();
        for delivery in claimed {
            let (store, clock) = (Arc::clone(store), Arc::clone(clock));
            sending.spawn(async move { send(&store, &clock, delivery).await });
        }
        while let Some(sent) = sending.join_next().await {
            // A delivery that ended by a panic is claimed again later.
            if let Ok(report) = sent {
                reports.push(report?);
            }
        }
    }
    Ok(reports)
}

async fn send(
    store: &Arc<Store>,
    clock: &Arc<dyn Clock>,
    delivery: ClaimedDelivery,
) -> Result<DeliveryReport, RunError> {
    let now = clock.now();
    let (reading, asked) = (Arc::clone(store), delivery.clone());
    let prepared = blocking(move || prepare(&reading, &asked, now)).await?;
    let sent = match prepared {
        Some((receiver, message)) => post(&receiver, &message).await,
        None => Err(SendFailure::later(SendCause::NoSecret)),
    };
    let (writing, now) = (Arc::clone(store), clock.now());
    blocking(move || {
        let (webhook, event) = (delivery.webhook.id, delivery.event.id);
        let Err(failure) = sent else {
            writing.event_delivered(&delivery, now)?;
            return Ok::<_, StoreError>(DeliveryReport {
                webhook,
                event,
                failure: None,
                is_retried: false,
            });
        };
        let next = next_attempt(&failure, delivery.attempt, event, delivery.created, now);
        writing.event_failed(&delivery, &failure, next, now)?;
        Ok(DeliveryReport {
            webhook,
            event,
            failure: Some(failure),
            is_retried: next.is_some(),
        })
    })
    .await
}

fn prepare(
    store: &Store,
    delivery: &ClaimedDelivery,
    now: Timestamp,
) -> Result<Option<(Receiver, Message)>, StoreError> {
    let webhook = &delivery.webhook;
    let secret = store.webhook_secret(webhook.workspace, webhook.id)?;
    let workspace = store.workspace_by_id(webhook.workspace)?;
    let (Some(secret), Some(workspace)) = (secret, workspace) else {
        return Ok(None);
    };
    let receiver = Receiver {
        url: webhook.url.clone(),
        secret: SigningSecret::from_bytes(&secret),
        allows_internal: webhook.allows_internal,
        ca_certificate: webhook.ca_certificate.clone(),
    };
    let message = Message {
        id: format!("evt_{}", delivery.event.id),
        seconds: now.as_second(),
        body: body(store, &workspace, delivery)?.to_string(),
    };
    Ok(Some((receiver, message)))
}

/// The values are those of now, not of when it happened: an erased employee has none, whatever waits.
fn body(
    store: &Store,
    workspace: &Workspace,
    delivery: &ClaimedDelivery,
) -> Result<Value, StoreError> {
    let event = &delivery.event;
    let mut data = Map::new();
    data.insert("workspace".to_owned(), workspace.name.clone().into());
    data.insert("employee".to_owned(), event.employee.0.into());
    data.insert("run".to_owned(), event.run.0.into());
    match &event.detail {
        EventDetail::Changed(keys) if event.kind == EventKind::Erased => drop(keys.len()),
        EventDetail::Changed(keys) => {
            data.insert("changed".to_owned(), keys.clone().into());
        }
        EventDetail::Group(group) => {
            let name = store.smart_group_name(workspace.id, *group)?;
            data.insert("group".to_owned(), name.into());
        }
        EventDetail::Budget { kind, category } => {
            data.insert(
                "budget".to_owned(),
                json!({ "kind": kind, "category": category }),
            );
        }
    }
    let found = store.employees_by_ids(workspace, &[event.employee])?;
    let current = found
        .first()
        .filter(|employee| employee.status != Status::Erased);
    data.insert(
        "status".to_owned(),
        current
            .map_or(Status::Erased, |employee| employee.status)
            .as_str()
            .into(),
    );
    let values = current.map(|employee| {
        let facts = employee.facts.as_ref();
        let values = facts.iter().filter_map(|(field, fact)| {
            let key = workspace.schema.key(field).to_owned();
            Some((key, Value::from(fact.value()?)))
        });
        Value::Object(values.collect())
    });
    data.insert("values".to_owned(), values.unwrap_or(Value::Null));
    Ok(json!({ "type": event.kind, "timestamp": event.at, "data": data }))
}
