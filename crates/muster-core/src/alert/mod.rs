//! Alerts: what leaves the installation when an issue changes or a run has changed something, and when it is sent.
//!
//! Writing the words and sending them is not done here.

mod group;
mod item;
mod retry;
mod send;

pub use group::{AlertGroup, PendingItem, due_groups};
pub use item::{AlertItem, is_alerted};
pub use retry::{GIVEN_UP_AFTER, wait_before_retry};
pub use send::{SendCause, SendFailure, SendRetry};
