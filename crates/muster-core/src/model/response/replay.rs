//! What other rules would have done, or would do.

use crate::{
    decide::{profile::Profile, proposal::Counts},
    model::{
        code::Code,
        ids::{EmployeeId, RunId},
    },
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The answer of `replay`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Replay {
    /// The run of the first delivery.
    pub from: RunId,
    pub at: Timestamp,
    /// Deliveries that were processed again.
    pub deliveries: u64,
    /// Runs whose delivery is not archived.
    pub lost: Vec<RunId>,
    pub refused: Vec<RefusedDelivery>,
    /// Columns that the rules use and that were not read at the time.
    pub unread: Vec<String>,
    pub people: u64,
    /// Employees that would differ.
    pub different: u64,
    /// How many employees differ, by field.
    pub fields: BTreeMap<String, u64>,
    /// The first thousand.
    pub differences: Vec<Difference>,
}

/// A delivery that the rules refuse.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RefusedDelivery {
    pub run: RunId,
    #[schemars(with = "String")]
    pub code: Code,
    pub message: String,
}

/// An employee that would differ.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Difference {
    pub employee: Option<EmployeeId>,
    /// Null: the employee would exist only in the replay.
    pub is: Option<Identity>,
    /// Null: the employee would not exist.
    pub would_be: Option<Identity>,
    pub changes: Vec<FieldDifference>,
}

/// How an employee is identified.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Identity {
    pub external_id: Option<String>,
    pub email: String,
    pub name: String,
}

/// A field that would differ.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldDifference {
    pub field: String,
    pub is: Option<String>,
    pub would_be: Option<String>,
}

/// The answer of `profile`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ProfileAnswer {
    /// The run whose archived delivery was read.
    pub run: RunId,
    pub at: Timestamp,
    pub counts: Counts,
    /// Columns that the rules use and that were not read at the time.
    pub unread: Vec<String>,
    pub profile: Profile,
}

/// The answer of `drill`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DrillReport {
    /// The run whose archived delivery was damaged.
    pub run: RunId,
    pub at: Timestamp,
    /// When the drill was made.
    pub drilled: Timestamp,
    pub records: u64,
    /// Employees of the integration.
    pub employees: u64,
    /// Employees that the undamaged delivery would change.
    pub undamaged: u64,
    /// Whether no damaged delivery would be applied without a review.
    pub is_passed: bool,
    pub damages: Vec<DrilledDamage>,
}

/// What a damaged delivery would do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DrilledDamage {
    /// For example `halved`.
    pub damage: &'static str,
    pub result: DrillResult,
    /// Why the delivery is refused.
    pub refused: Option<DrillRefusal>,
    /// The guards that trip.
    pub guards: Vec<String>,
    /// Operations that are held one by one.
    pub held: u64,
    /// Records that are rejected.
    pub rejected: u64,
    /// Employees that would be changed if nothing were held.
    pub employees: u64,
    /// Employees that would be changed without a review.
    pub applied: u64,
}

/// How a damaged delivery ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DrillResult {
    /// The delivery cannot be damaged like this.
    NotPossible,
    Refused,
    /// A guard holds the plan, or single operations are held.
    Held,
    /// It changes no more employees than the undamaged delivery.
    Harmless,
    /// It would be applied without a review.
    Applied,
}

/// Why a damaged delivery is refused.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DrillRefusal {
    #[schemars(with = "String")]
    pub code: Code,
    pub message: String,
}
