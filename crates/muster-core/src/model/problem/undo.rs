//! Problems of undoing a run: what it leaves alone.

use crate::model::ids::EmployeeId;
use serde::{Deserialize, Serialize};

/// What is left alone, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The value changed again after the run.
    ChangedSince {
        /// Key of the field, or `status`.
        field: String,
        /// Display name of the employee.
        name: String,
        /// The value now, masked if it is personal; none: blank.
        now: Option<String>,
    },
    /// The field is pinned.
    Pinned {
        field: String,
        name: String,
        /// The pinned value; none: blank.
        value: Option<String>,
        author: String,
        /// Why the author pinned it.
        reason: String,
    },
    /// Another employee has the address or id now.
    KeyTaken {
        field: String,
        name: String,
        value: String,
        /// Display name of the employee who has it.
        holder: String,
    },
    /// A one-off budget that was granted.
    OneOffGranted {
        field: String,
        name: String,
        amount: String,
    },
    /// The employee was erased after the run.
    Erased { employee: EmployeeId },
    /// The company has another last day since.
    CompanyEnd { company: String },
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Nothing can be done.
    None,
    /// Edit the employee manually.
    EditManually,
    /// Remove the pin first.
    Unpin,
    /// Give the other employee another address or id first.
    FreeKey,
    /// Take the amount back where it was paid.
    TakeBackOutside,
    /// Correct the list of companies.
    CorrectCompanyList,
}
