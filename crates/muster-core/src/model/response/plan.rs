//! Saved plans.

use super::{Finding, Operation};
use crate::model::{
    company::CompanyEnd,
    ids::RunId,
    plan::{OperationKind, Reason},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// A saved plan without its operations.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Plan {
    /// The id, such as `12-3f9a2c1b`.
    pub plan: String,
    pub run: RunId,
    pub integration: Option<String>,
    /// `held`, `partly`, `saved`, `approved`, `rejected`, `replaced` or `expired`.
    pub status: String,
    pub created: Timestamp,
    pub expires: Timestamp,
    pub decided: Option<Timestamp>,
    pub decided_by: Option<String>,
    pub operations: u64,
    /// Operations that are pending.
    pub open: u64,
    pub findings: Vec<Finding>,
    pub companies: Vec<CompanyEnd>,
    pub new_groups: Vec<String>,
}

/// Operations of a plan with the same cause.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Cause {
    /// The name of the cause in this plan.
    pub cause: String,
    pub kind: OperationKind,
    pub reason: Reason,
    /// Whether the operations are held for a decision of their own.
    pub held: bool,
    /// The fields that change, for updates.
    pub fields: Vec<String>,
    /// The value before, if it is the same in every operation of the cause.
    pub old: Option<String>,
    /// The value after, if it is the same in every operation of the cause.
    pub new: Option<String>,
    pub operations: u64,
    /// Operations that are pending.
    pub open: u64,
    /// The first operations.
    pub examples: Vec<Operation>,
}
