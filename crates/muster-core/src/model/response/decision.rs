//! Decisions on saved plans.

use super::Run;
use crate::model::company::CompanyEnd;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `approve`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Approval {
    #[serde(flatten)]
    pub run: Run,
    /// Operations of the plan that are still pending.
    pub waiting: u64,
    /// Operations that became void, because another operation for the same employee was approved.
    pub void: Vec<i64>,
    /// Companies that got another last day.
    pub companies: Vec<CompanyEnd>,
}

/// The answer of `reject`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Rejection {
    pub plan: String,
    /// Always `rejected`.
    pub status: &'static str,
}
