//! Asks YouServe for one human: its lists do not say how long they are.
//!
//! By code, the list of employees is filtered. By id, a record is asked for alone; that gives what is valid today
//! only, so of people who are to start it says nothing.

use super::{
    NAME, Rules,
    company::Companies,
    pages::{All, List, Lists, Single, advised},
    slice,
    wire::Record,
};
use crate::connector::{Absence, Answered, ConnectorError, Expected, Lookup, MISSING_KEY, Wanted};
use async_trait::async_trait;
use jiff::civil::Date;
use muster_core::model::{
    code::Code,
    problem::{
        api::{self, Access, Failure},
        shown,
    },
};
use std::collections::{BTreeSet, HashSet};

/// The most employees that one read looks up unless the setting says otherwise: two minutes at the published pace.
pub(super) const LIMIT: &str = "200";
/// How many humans are asked for whose employments are not on the list.
const SAMPLE: usize = 10;

/// Asks for people by what they are known by.
pub(super) struct Asking<'l> {
    lists: &'l Lists<'l>,
    by_code: bool,
    is_askable: bool,
    limit: usize,
}

impl<'l> Asking<'l> {
    pub(super) fn of(lists: &'l Lists<'l>, rules: Rules, wanted: &Wanted) -> Self {
        let column = match wanted.identity.as_slice() {
            [column] => column.as_str(),
            _ => "",
        };
        let by_code = column == "personCode" || (column == "external_id" && rules.by_code);
        Self {
            lists,
            by_code,
            is_askable: by_code || ["external_id", "id"].contains(&column),
            limit: rules.most_missing,
        }
    }

    fn key(&self) -> &'static str {
        if self.by_code { "personCode" } else { "id" }
    }

    /// What each employee on the list is known by, whichever of a human's records counts.
    pub(super) fn listed(&self, employees: &All) -> HashSet<String> {
        employees
            .items
            .iter()
            .filter_map(|it| slice::text(&it.says, self.key()))
            .collect()
    }

    /// How those are asked for who are missing.
    pub(super) fn absence(&self, employees: &All, today: Date) -> Absence<'_> {
        let is_valid = |it: &&Record| {
            slice::from(it).is_none_or(|day| day <= today)
                && slice::until(it).is_none_or(|day| day > today)
        };
        let known = employees
            .items
            .iter()
            .filter(is_valid)
            .find_map(|it| slice::text(&it.says, self.key()));
        Absence {
            vendor: NAME,
            list: api::List::Employees,
            lookup: self.is_askable.then_some(self),
            permit: match self.is_askable {
                true => Access::YouServeLookup,
                false => Access::YouServeMapping,
            },
            control: known.map(|external_id| Expected {
                external_id,
                has_started: true,
            }),
            limit: self.limit,
            raised_by: MISSING_KEY,
        }
    }
}

/// Employments that employees have and the list of employments has not: whether it has them when they are asked for.
pub(super) async fn check_employments(
    lists: &Lists<'_>,
    employments: &All,
    bereft: &[String],
) -> Result<(), ConnectorError> {
    if employments.items.is_empty() && !bereft.is_empty() {
        let employees = bereft.len() as u64;
        let empty = lists
            .broken_off(List::Employments, Failure::NoEmployments { employees })
            .coded(Code::ApiUnreconciled);
        return Err(advised(List::Employments, empty));
    }
    for code in sample(bereft) {
        let found = lists.of_code(List::Employments, code).await?;
        let is_lost = |it: &Record| {
            slice::text(&it.says, "personCode").as_ref() == Some(code)
                && slice::key(it).is_some()
                && !employments.has(it)
        };
        if found.iter().any(is_lost) {
            let failure = Failure::EmploymentsLost { code: shown(code) };
            return Err(lists
                .broken_off(List::Employments, failure)
                .coded(Code::ApiMissing));
        }
    }
    Ok(())
}

/// Refuses a list of companies that has none of those that employments name: it is empty, or of another customer. What is
/// known of the companies would be taken back.
pub(super) fn check_companies(
    lists: &Lists<'_>,
    companies: &Companies,
    employees: &All,
    employments: &All,
) -> Result<(), ConnectorError> {
    let within = employees.items.iter().flat_map(|it| &it.employments);
    let of_records = within.filter_map(|it| slice::text(it, "company"));
    let standalone = employments.items.iter();
    let of_list = standalone.filter_map(|it| slice::text(&it.says, "company"));
    let named: BTreeSet<String> = of_records.chain(of_list).collect();
    let Some(first) = named.first() else {
        return Ok(());
    };
    if named.iter().any(|name| companies.has(name)) {
        return Ok(());
    }
    let failure = Failure::NoCompanies {
        listed: companies.all.len() as u64,
        named: named.len() as u64,
        first: shown(first),
    };
    Err(lists
        .broken_off(List::Companies, failure)
        .coded(Code::ApiUnreconciled))
}

/// Some of them, from first to last: the same few, who never have any, would say nothing of the others.
pub(super) fn sample(codes: &[String]) -> impl Iterator<Item = &String> {
    codes.iter().step_by(codes.len().div_ceil(SAMPLE).max(1))
}

#[async_trait]
impl Lookup for Asking<'_> {
    async fn ask(&self, person: &Expected) -> Result<Answered, ConnectorError> {
        let asked = &person.external_id;
        if !self.by_code {
            return Ok(match self.lists.single(asked).await? {
                Single::There => Answered::There,
                Single::NotFound if person.has_started => Answered::Gone,
                Single::NotFound => Answered::Unsure,
                Single::Refused(failure) => Answered::Refused(api::Lookup::Failed(failure)),
            });
        }
        let found = self.lists.of_code(List::Employees, asked).await?;
        let is_asked = |it: &&Record| slice::text(&it.says, "personCode").as_ref() == Some(asked);
        Ok(match found.iter().find(is_asked) {
            Some(_) => Answered::There,
            None if found.is_empty() => Answered::Gone,
            None => Answered::Refused(api::Lookup::OtherEmployee),
        })
    }
}
