//! Sweeps and successions: reports of runs with something more.

use super::{GroupMoves, RunReport};
use crate::model::{ids::EmployeeId, plan::Who};
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `sweep`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SweepReport<Report = RunReport> {
    #[serde(flatten)]
    pub report: Report,
    /// Smart groups that were evaluated for today.
    pub smart_groups: Vec<GroupMoves>,
    /// Expired data that was deleted.
    pub removed: Removed,
}

/// How much expired data was deleted.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct Removed {
    pub deliveries: u64,
    pub problems: u64,
    pub operations: u64,
    pub changes: u64,
    pub secrets: u64,
}

/// The answer of `integration succeed`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SuccessionReport<Report = RunReport> {
    #[serde(flatten)]
    pub report: Report,
    pub succession: Option<Succession>,
}

/// Both sources side by side.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Succession {
    pub pairs: Vec<SuccessionPair>,
    pub only_old: Vec<Who>,
    pub only_new: Vec<Who>,
}

/// An employee in both sources.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SuccessionPair {
    pub employee: EmployeeId,
    pub name: String,
    pub external_id: ReplacedId,
    /// `email` or `names_and_birthday`.
    pub paired_by: &'static str,
    /// Fields with different values.
    pub differs: Vec<String>,
}

/// The external ids in both sources.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReplacedId {
    pub old: Option<String>,
    pub new: Option<String>,
}
