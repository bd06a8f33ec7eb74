//! What to do about a problem: a closed list, from which each front end makes its own instruction.

use super::{identity, lifecycle, undo};
use serde::{Deserialize, Serialize};

/// The next step for the person who can solve a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Joining, leaving and protection.
    Lifecycle(lifecycle::Remedy),
    /// Linking, unlinking, merging, succession.
    Identity(identity::Remedy),
    /// Undoing a run.
    Undo(undo::Remedy),
}

impl From<lifecycle::Remedy> for Remedy {
    fn from(remedy: lifecycle::Remedy) -> Self {
        Self::Lifecycle(remedy)
    }
}

impl From<identity::Remedy> for Remedy {
    fn from(remedy: identity::Remedy) -> Self {
        Self::Identity(remedy)
    }
}

impl From<undo::Remedy> for Remedy {
    fn from(remedy: undo::Remedy) -> Self {
        Self::Undo(remedy)
    }
}
