//! Reporting lines and companies.

use crate::model::{company, employee::Status, ids::EmployeeId};
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

impl Companies {
    /// The companies as they are on a day; `people` has the number of employees by the id of the company.
    pub fn of(known: &[company::Company], people: &[(String, u64)], today: Date) -> Self {
        let people_of = |id: &str| {
            let found = people.iter().find(|(company, _)| company == id);
            found.map_or(0, |(_, people)| *people)
        };
        let is_listed = |id: &str| known.iter().any(|company| company.external_id == id);
        let companies = known.iter().map(|company| Company {
            external_id: company.external_id.clone(),
            short_name: company.short_name.clone(),
            full_name: company.full_name.clone(),
            valid_from: company.valid_from,
            valid_to: company.valid_to,
            valid_today: company.is_valid_on(today),
            people: people_of(&company.external_id),
        });
        let others = people.iter().filter(|(id, _)| !is_listed(id));
        Self {
            companies: companies.collect(),
            not_listed: others
                .map(|(id, people)| UnlistedCompany {
                    external_id: id.clone(),
                    people: *people,
                })
                .collect(),
        }
    }
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
