//! Whether an installation is in order.

use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `doctor`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DoctorAnswer {
    /// The worst result of the checks: `ok`, `warning` or `failed`.
    pub status: &'static str,
    pub checks: Vec<DoctorCheck>,
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DoctorCheck {
    /// What was checked: `configuration`, `certificate`, `database`, `master_key`, `disk`, `backups`, `clock`, `time_zones`,
    /// `integrations`, `credentials`, `queue` or `issues`.
    pub check: &'static str,
    /// `ok`, `warning` or `failed`.
    pub result: &'static str,
    /// What was found.
    pub message: String,
    /// The next step; none: nothing is to be done.
    pub help: Option<String>,
}
