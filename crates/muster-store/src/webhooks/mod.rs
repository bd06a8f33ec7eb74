//! Webhooks: receivers of events about employees, and the events on their way to them.

mod delivery;
pub(crate) mod outbox;
mod receiver;
mod replay;

pub use delivery::{ClaimedDelivery, EmployeeEvent};
pub use receiver::{NewWebhook, Webhook};
pub use replay::{DeadLetter, Replay};
