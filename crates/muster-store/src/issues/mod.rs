//! Issues: the facts that they follow from, which are open, and what happened to each.

pub(crate) mod delivery;
mod evaluate;
mod facts;
mod list;
mod snooze;

pub use evaluate::ChangedIssue;
pub use list::{IssueHistoryEntry, StoredIssue};
