//! Reporting lines and companies.

use crate::model::{employee::Status, ids::EmployeeId};
use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::Serialize;

/// An employee in the reporting lines.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OrgMember {
    pub employee: EmployeeId,
    pub external_id: Option<String>,
    pub name: String,
    pub title: Option<String>,
    pub status: Status,
}

/// A line of the answer of `org`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OrgLine {
    #[serde(flatten)]
    pub member: OrgMember,
    pub depth: usize,
    /// Employees below that are not listed.
    pub hidden: usize,
    /// `none`, `linked`, `left`, `cleared`, `dangling` or `cycle`.
    pub link: &'static str,
    pub manager: Option<EmployeeId>,
}

/// The answer of `org --problems`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OrgProblems {
    /// Employees whose manager id no employee has.
    pub dangling: Vec<DanglingManager>,
    /// Reporting cycles.
    pub cycles: Vec<Vec<OrgMember>>,
}

/// An employee whose manager id no employee has.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DanglingManager {
    #[serde(flatten)]
    pub member: OrgMember,
    pub manager_external_id: Option<String>,
    pub since: Option<Timestamp>,
}

/// The answer of `companies`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Companies {
    pub companies: Vec<Company>,
    /// Companies that only employments name.
    pub not_listed: Vec<UnlistedCompany>,
}

/// A company of the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Company {
    pub external_id: String,
    pub short_name: String,
    pub full_name: Option<String>,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    pub valid_today: bool,
    /// Scheduled and active employees.
    pub people: u64,
}

/// A company that is not in the list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnlistedCompany {
    pub external_id: String,
    pub people: u64,
}
