//! Problems of joining, leaving and protection.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The employee would be deactivated, but is protected.
    Protected {
        /// Their display name.
        name: String,
    },
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Remove the protection if the employee has really left.
    Unprotect,
}
