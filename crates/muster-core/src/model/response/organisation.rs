//! Reporting lines and companies.

use crate::{
    derive::reporting_lines::{Branch, Member, Organisation},
    model::{company, employee::Status, ids::EmployeeId},
};
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

impl From<&Member> for OrgMember {
    fn from(member: &Member) -> Self {
        Self {
            employee: member.id,
            external_id: member.external_id.clone(),
            name: member.name.clone(),
            title: member.title.clone(),
            status: member.status,
        }
    }
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

impl OrgLine {
    pub fn of(organisation: &Organisation, branch: &Branch) -> Self {
        let link = organisation.link(branch.member);
        let manager = link.manager();
        Self {
            member: organisation.member(branch.member).into(),
            depth: branch.depth,
            hidden: branch.hidden,
            link: link.as_str(),
            manager: manager.map(|manager| organisation.member(manager).id),
        }
    }
}

/// The answer of `org --problems`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OrgProblems {
    /// Employees whose manager id no employee has, those with the oldest ids of managers first.
    pub dangling: Vec<DanglingManager>,
    /// How many more there are, which are not listed.
    pub more_dangling: u64,
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

impl DanglingManager {
    /// `since`: when the employee got the present manager id.
    pub fn new(member: &Member, since: Option<Timestamp>) -> Self {
        Self {
            member: member.into(),
            manager_external_id: member.manager.clone(),
            since,
        }
    }
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
