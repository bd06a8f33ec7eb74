//! What is wrong, as typed arguments: one enum per area, each in its own file.

use super::{identity, lifecycle, undo};
use serde::{Deserialize, Serialize};

/// The arguments of a problem's code. Stored as JSON with the problem, so a published variant never
/// changes its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Joining, leaving and protection.
    Lifecycle(lifecycle::Detail),
    /// Linking, unlinking, merging, succession.
    Identity(identity::Detail),
    /// Undoing a run.
    Undo(undo::Detail),
}

impl From<lifecycle::Detail> for Detail {
    fn from(detail: lifecycle::Detail) -> Self {
        Self::Lifecycle(detail)
    }
}

impl From<identity::Detail> for Detail {
    fn from(detail: identity::Detail) -> Self {
        Self::Identity(detail)
    }
}

impl From<undo::Detail> for Detail {
    fn from(detail: undo::Detail) -> Self {
        Self::Undo(detail)
    }
}
