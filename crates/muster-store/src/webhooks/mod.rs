//! Webhooks: receivers of events about employees, and the events on their way to them.

mod delivery;
mod list;
pub(crate) mod outbox;
mod receiver;
mod replay;

pub use delivery::{ClaimedDelivery, EmployeeEvent};
pub use list::EventDelivery;
pub use receiver::{NewWebhook, Webhook};
pub use replay::{DeadLetter, Replay};
