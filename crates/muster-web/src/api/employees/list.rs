//! The list of employees: searched, filtered, page by page, now or at the end of a past day.

use crate::{
    api::{
        endpoint::{Answered, Call, NoBody, NoPath, Operation, Sent},
        paging::{limit, page},
        problem::ApiProblem,
    },
    routes::Right,
};
use jiff::{Timestamp, civil::Date};
use muster_core::model::{
    calendar::end_of_day,
    employee::{Employee, Status},
    field::{Schema, canonical},
    ids::{EmployeeId, IntegrationId},
    response::{ListedEmployee, Page},
    role::Role,
    workspace::Workspace,
};
use muster_store::{HistoryEntry, PeopleQuery, rewind};
use schemars::JsonSchema;
use serde::Deserialize;
use std::{collections::BTreeMap, sync::Arc};

/// How many employees are rewound for one page of a past day.
const MAX_REWOUND: u32 = 2_000;

/// How many employees are read at once for a past day.
const BATCH: u32 = 200;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    /// Part of a name, an external id, an e-mail address or a phone number.
    search: Option<String>,
    /// The exact e-mail address, also a former one.
    email: Option<String>,
    /// Only employees with this status; erased ones are only listed on request.
    status: Option<Status>,
    /// Only employees that this integration owns.
    integration: Option<String>,
    /// The directory at the end of this day, such as `2026-05-31`.
    as_of: Option<Date>,
    /// The cursor of the page before.
    after: Option<i64>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

type Listed = ListedEmployee<Employee, SharedSchema>;

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/employees";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_employees";
    const SUMMARY: &'static str = "The employees, in order of their numbers";
    type Path = NoPath;
    type Query = ListQuery;
    type Body = NoBody;
    type Answer = Page<Listed>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let query = sent.query;
        let limit = limit(query.limit)?;
        let owner = match &query.integration {
            None => None,
            Some(name) => Some(integration(call, workspace, name)?),
        };
        let found = match (&query.email, query.as_of) {
            (Some(email), None) => addressed(call, workspace, email, &query, owner)?,
            (Some(_), Some(_)) => {
                let why = "as_of: an address is looked up in the present directory only";
                return Err(ApiProblem::invalid(why.to_owned()));
            }
            (None, Some(day)) => return past(call, workspace, day, &query, owner, limit),
            (None, None) => {
                let wanted = PeopleQuery {
                    search: query.search.as_deref(),
                    status: query.status,
                    owner,
                    group: None,
                    after: query.after.map(EmployeeId),
                    limit: limit + 1,
                };
                call.app.store.people_page(workspace, &wanted)?
            }
        };
        Ok(listed(workspace, found, limit).into())
    }
}

/// The schema of a workspace, for as long as an answer is written.
#[derive(Clone)]
pub(crate) struct SharedSchema(Arc<Workspace>);

impl std::borrow::Borrow<Schema> for SharedSchema {
    fn borrow(&self) -> &Schema {
        &self.0.schema
    }
}

pub(super) fn answer(workspace: &Arc<Workspace>, employee: Employee) -> Listed {
    ListedEmployee {
        employee,
        schema: SharedSchema(Arc::clone(workspace)),
    }
}

fn listed(workspace: &Arc<Workspace>, found: Vec<Employee>, limit: u32) -> Page<Listed> {
    let cursor = |employee: &Employee| employee.id.to_string();
    page(found, limit, cursor, |employee| answer(workspace, employee))
}

fn integration(
    call: &Call,
    workspace: &Workspace,
    name: &str,
) -> Result<IntegrationId, ApiProblem> {
    let names = call.app.store.integration_names(workspace)?;
    let found = names.into_iter().find(|(_, known)| known == name);
    Ok(found.ok_or_else(ApiProblem::not_found)?.0)
}

/// The employees who have an address, or had it.
fn addressed(
    call: &Call,
    workspace: &Workspace,
    email: &str,
    query: &ListQuery,
    owner: Option<IntegrationId>,
) -> Result<Vec<Employee>, ApiProblem> {
    let store = &call.app.store;
    let mut found = store.employees_by_emails(workspace, &[email.trim()])?;
    let former = store.formerly_addressed(workspace, email)?;
    found.extend(store.employees_by_ids(workspace, &former)?);
    found.sort_by_key(|employee| employee.id);
    found.dedup_by_key(|employee| employee.id);
    found.retain(|employee| {
        let is_after = query.after.is_none_or(|after| employee.id.0 > after);
        is_after && is_wanted(employee, query, owner)
    });
    Ok(found)
}

/// Whether the filters of a list select an employee.
fn is_wanted(employee: &Employee, query: &ListQuery, owner: Option<IntegrationId>) -> bool {
    let has_status = match query.status {
        Some(status) => employee.status == status,
        None => employee.status != Status::Erased,
    };
    let is_owned = owner.is_none() || employee.owner == owner;
    let is_found = query.search.as_deref().is_none_or(|search| {
        let searched = [canonical::EXTERNAL_ID, canonical::EMAIL, canonical::PHONE];
        let values = searched.iter().filter_map(|field| employee.value(*field));
        let text = values.fold(employee.name(), |text, value| text + " " + value);
        let small = search.trim().to_ascii_lowercase();
        text.to_ascii_lowercase().contains(&small)
    });
    has_status && is_owned && is_found
}

/// A page of the directory as it was at the end of a day: later changes are reversed, and only then filtered.
fn past(
    call: &Call,
    workspace: &Arc<Workspace>,
    day: Date,
    query: &ListQuery,
    owner: Option<IntegrationId>,
    limit: u32,
) -> Result<Answered<Page<Listed>>, ApiProblem> {
    let store = &call.app.store;
    let end = end_of_day(day, &workspace.settings)
        .ok_or_else(|| ApiProblem::invalid("as_of: use a day of this century".to_owned()))?;
    if store
        .forgotten_through(workspace)?
        .is_some_and(|through| end < through)
    {
        let why = "as_of: the history of that day was deleted at the end of its retention period";
        return Err(ApiProblem::invalid(why.to_owned()));
    }
    let (mut found, mut after, mut read) = (Vec::new(), query.after.unwrap_or_default(), 0);
    while found.len() <= limit as usize && read < MAX_REWOUND {
        let batch = PeopleQuery {
            search: None,
            status: None,
            owner: None,
            group: None,
            after: Some(EmployeeId(after)),
            limit: BATCH,
        };
        let people = store.people_page(workspace, &batch)?;
        let Some((first, last)) = people.first().zip(people.last()) else {
            return Ok(listed(workspace, found, limit).into());
        };
        let later = later(call, workspace, end, first.id, last.id)?;
        after = last.id.0;
        read += BATCH;
        let then = people.iter().filter_map(|employee| {
            rewind(employee, later.get(&employee.id).map_or(&[], Vec::as_slice))
        });
        found.extend(then.filter(|employee| is_wanted(employee, query, owner)));
    }
    let mut page = listed(workspace, found, limit);
    // What was read without being selected is not read again.
    page.next = page.next.or_else(|| Some(after.to_string()));
    Ok(page.into())
}

/// The changes of some employees after an instant, newest first.
fn later(
    call: &Call,
    workspace: &Workspace,
    after: Timestamp,
    first: EmployeeId,
    last: EmployeeId,
) -> Result<BTreeMap<EmployeeId, Vec<HistoryEntry>>, ApiProblem> {
    let mut later: BTreeMap<EmployeeId, Vec<HistoryEntry>> = BTreeMap::new();
    let entries = call
        .app
        .store
        .history_since_of(workspace, after, first, last)?;
    for entry in entries {
        later.entry(entry.employee).or_default().push(entry);
    }
    Ok(later)
}
