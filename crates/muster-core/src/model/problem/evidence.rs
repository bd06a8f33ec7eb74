//! Warnings of guards: what looks wrong about a delivery without holding it.

use crate::model::ids::RunId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What looks wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The delivery has the content of an earlier one, and another took effect since.
    OldContent {
        /// The run that read the same content.
        run: RunId,
        /// When that run began.
        at: Timestamp,
    },
    /// Managers form a cycle, or an employee is their own manager.
    ReportingCycle {
        /// The first external ids along the cycle, from its newest member.
        path: Vec<String>,
        /// How many more there are.
        more: u64,
    },
    /// A company is on no list, and employees are employed in it.
    CompanyUnlisted {
        id: String,
        short_name: String,
        employees: u64,
    },
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Deliver the newest file, unless a corrected one was put back.
    DeliverNewest,
    /// Correct the manager of one of them in the source.
    CorrectManager,
    /// Put the company back into its list, or move its employees.
    ListCompany,
}
