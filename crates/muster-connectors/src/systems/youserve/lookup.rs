//! Asks YouServe for one human: its lists do not say how long they are.
//!
//! By code, the list of employees is filtered. By id, a record is asked for alone; that gives what is valid today
//! only, so of people who are to start it says nothing.

use super::{
    NAME, Rules,
    pages::{All, List, Lists, advised},
    slice,
    wire::Record,
};
use crate::connector::{Absence, Answered, ConnectorError, Expected, Lookup, MISSING_KEY, Wanted};
use async_trait::async_trait;
use jiff::civil::Date;
use muster_core::model::{code::Code, problem::shown};
use reqwest::StatusCode;
use std::collections::HashSet;

/// Most people whom one read asks for unless the setting says otherwise: two minutes at the published pace.
pub(super) const LIMIT: &str = "200";
/// How many humans are asked for whose employments are not on the list.
const SAMPLE: usize = 10;
const PERMIT: &str = "ask YouServe's support why the application may read the list of employees but nobody by id or personCode";
const MAPPING: &str = "take `external_id` from the column `external_id`, `id` or `personCode`";

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

    /// What everybody on the list is known by, whichever of a human's records counts.
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
            list: "the list of employees",
            lookup: self.is_askable.then_some(self),
            permit: if self.is_askable { PERMIT } else { MAPPING },
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
        let why = format!(
            "the list is empty, although {} employees have employments",
            bereft.len()
        );
        let empty = lists
            .broken_off(List::Employments, &why)
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
            let why = format!(
                "the list has ended early: it does not have employments of personCode `{}` that are there when asked for",
                shown(code)
            );
            return Err(lists
                .broken_off(List::Employments, &why)
                .coded(Code::ApiMissing));
        }
    }
    Ok(())
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
            let status = self.lists.single(asked).await?;
            return Ok(match status {
                status if status.is_success() => Answered::There,
                StatusCode::NOT_FOUND if person.has_started => Answered::Gone,
                StatusCode::NOT_FOUND => Answered::Unsure,
                status => {
                    Answered::Refused(format!("it answers {status} when one person is asked for"))
                }
            });
        }
        let found = self.lists.of_code(List::Employees, asked).await?;
        let is_asked = |it: &&Record| slice::text(&it.says, "personCode").as_ref() == Some(asked);
        Ok(match found.iter().find(is_asked) {
            Some(_) => Answered::There,
            None if found.is_empty() => Answered::Gone,
            None => Answered::Refused(
                "it answers with other people than the one who is asked for".to_owned(),
            ),
        })
    }
}
