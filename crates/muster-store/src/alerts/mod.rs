//! Alerts: channels, what is to be reported to them, and the alerts that wait, were sent or failed.

mod channel;
mod compose;
pub(crate) mod item;
mod mail_server;
mod outbox;

pub use channel::{AlertChannel, ChannelKind, NewChannel};
pub use mail_server::{MailSecurity, MailServer};
pub use outbox::{AlertState, ClaimedAlert, ListedAlert, ReportedItem};
