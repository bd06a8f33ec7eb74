//! Webhooks: receivers of events, and what could not be delivered.

use crate::model::{
    event::{DeliveryState, EventKind},
    ids::EmployeeId,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `webhooks list`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WebhookList {
    pub webhooks: Vec<WebhookLine>,
    /// Events that are no longer attempted, the latest first.
    pub dead: Vec<DeadLetterLine>,
}

/// A receiver of events.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WebhookLine {
    pub webhook: i64,
    pub url: String,
    pub is_paused: bool,
    /// When its receiver refused all further messages.
    pub disabled: Option<Timestamp>,
    /// In seconds.
    pub departure_wait: u32,
    /// How many events wait, and how many could not be delivered.
    pub waiting: u64,
    pub dead: u64,
}

/// An event that could not be delivered.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeadLetterLine {
    pub webhook: i64,
    pub event: i64,
    pub kind: EventKind,
    pub employee: EmployeeId,
    pub attempts: u32,
    /// Why the last attempt failed.
    pub failure: Option<String>,
}

/// An event on its way to a webhook, and what became of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeliveryLine {
    pub event: i64,
    pub kind: EventKind,
    pub employee: EmployeeId,
    pub state: DeliveryState,
    pub attempts: u32,
    /// While it waits.
    pub next_attempt: Option<Timestamp>,
    /// When it was delivered or given up.
    pub ended: Option<Timestamp>,
    /// Why the last attempt failed.
    pub failure: Option<String>,
}

/// The answer of a command that changes a webhook.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WebhookAnswer {
    /// `added`, `paused`, `resumed`, `replayed` or `removed`.
    pub status: String,
    pub webhook: i64,
    /// With what messages are signed. It is shown once.
    pub secret: Option<String>,
    /// How many events are sent again.
    pub events: Option<u64>,
}
