//! Version 2: persons page by page, and for each person their employments.

use super::{
    columns::{BIRTHDAY, is_salary, permit},
    v1::{unidentified, unreadable},
    wire::{Attributes, PageV2},
};
use crate::{
    connector::{Collected, ConnectorError, ErrorKind, Extent, Offered, Records, Step, Value, Wanted, deliver},
    http::{Api, Bearer, Call, query_value},
};
use muster_core::{
    code::Code,
    problem::{Problem, Severity, shown},
    reading::PartialReason,
    record::Sink,
};
use reqwest::StatusCode;
use serde_json::Value as Json;
use std::collections::HashSet;

mod department;
pub(super) mod employment;
mod person;

use department::Departments;
use person::Columns;

/// Persons on a page: the most that Personio gives.
const PAGE: &str = "50";
const PERSONS: &str = "v2/persons";

pub(super) async fn read(
    api: &Api<'_>,
    bearer: &Bearer<'_>,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    if let Some(salary) = wanted.columns.iter().find(|column| is_salary(column)) {
        let why = format!("`{salary}` is a salary, which is never read");
        return Err(ConnectorError::setting("mapping", why, "take it out of the mapping"));
    }
    let pages = Pages { api, bearer };
    let mut persons = pages.all(PERSONS, "the persons").await?;
    if persons.is_repeated || persons.is_shifted {
        persons = pages.all(PERSONS, "the persons").await?;
    }
    let mut reader = Reader {
        pages,
        columns: Columns::new(&wanted.columns),
        departments: Departments::default(),
        records: Records::new(&wanted.columns),
        is_changed: persons.is_shifted,
    };
    for person in &persons.items {
        reader.add(person).await?;
    }
    let partial = match (persons.is_repeated, reader.is_changed) {
        (true, _) => Some(PartialReason::Truncated),
        (false, true) => Some(PartialReason::ChangedWhileReading),
        (false, false) => None,
    };
    let mut problems: Vec<Problem> = partial.map(|_| unreconciled(persons.is_repeated)).into_iter().collect();
    problems.extend(reader.departments.into_problem());
    let collected = Collected {
        records: reader.records,
        announced: None,
        partial,
        problems,
        endpoint: "GET /v2/persons",
        bytes: api.bytes(),
        permit: &permit,
    };
    deliver(collected, wanted, sink)
}

/// What the first page of persons, and the first person's employments, have.
pub(super) async fn offered(api: &Api<'_>, bearer: &Bearer<'_>) -> Result<Vec<Offered>, ConnectorError> {
    let pages = Pages { api, bearer };
    let page = pages.page(PERSONS, "the persons", 1, None).await?;
    let mut offered: Vec<Offered> = Vec::new();
    let mut offer = |column: &str, label: Option<&str>| {
        if !offered.iter().any(|known| known.column == column) {
            offered.push(Offered { column: column.to_owned(), label: label.map(str::to_owned) });
        }
    };
    let persons = page.data.unwrap_or_default();
    for person in &persons {
        person.keys().filter(|key| person::is_plain(key)).for_each(|key| offer(key, None));
        for custom in person::custom(person) {
            let text = |key: &str| custom.get(key).and_then(Json::as_str);
            if let Some(column) = text("global_id").or(text("id")) {
                offer(column, text("label"));
            }
        }
    }
    if let Some(id) = persons.first().and_then(person::id) {
        for employment in pages.all(&employments(&id), "the employments of a person").await?.items {
            employment::COLUMNS.iter().filter(|column| employment::has(&employment, column)).for_each(|column| {
                offer(column, None);
            });
        }
    }
    Ok(offered)
}

fn employments(id: &str) -> String {
    // An id is data; as a part of a path it must stay one part.
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("{PERSONS}/{id}/employments")
}

/// Reads persons one after another.
struct Reader<'r> {
    pages: Pages<'r>,
    columns: Columns,
    departments: Departments,
    records: Records,
    /// People came, went or moved between two requests.
    is_changed: bool,
}

impl Reader<'_> {
    async fn add(&mut self, person: &Attributes) -> Result<(), ConnectorError> {
        let Some(id) = person::id(person) else {
            self.records.put_unknown(unidentified());
            return Ok(());
        };
        let mut employments_of = Vec::new();
        if self.columns.needs_employments {
            match self.pages.all(&employments(&id), "the employments of a person").await {
                Ok(all) => employments_of = all.items,
                Err(error) if is_gone(&error) => {
                    self.is_changed = true;
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        let chosen = employment::choose(&employments_of, self.pages.api.session.today);
        let mut values = self.columns.values(person, chosen.as_ref());
        if let Some(position) = self.columns.department
            && let Value::Text(unit) = &values[position]
        {
            values[position] = Value::Text(self.departments.name(&self.pages, unit).await?);
        }
        let broken = values.iter().position(|value| *value == Value::Unreadable);
        let problem = broken.map(|position| unreadable(&self.records.columns()[position], &id));
        self.records.put(&id, &values, problem);
        (self.pages.api.session.progress)(Step::Read(self.records.len() as u64));
        Ok(())
    }
}

fn is_gone(error: &ConnectorError) -> bool {
    error.kind == ErrorKind::Refused && error.why.contains(StatusCode::NOT_FOUND.as_str())
}

/// Everything that a list has.
struct All {
    items: Vec<Attributes>,
    /// A link led to a page that was read already, or a page brought nobody new.
    is_repeated: bool,
    /// Somebody stood on two pages: people moved between them, and others may have been passed over.
    is_shifted: bool,
}

/// Reads lists of version 2 by cursor.
#[derive(Clone, Copy)]
struct Pages<'p> {
    api: &'p Api<'p>,
    bearer: &'p Bearer<'p>,
}

impl Pages<'_> {
    /// Reads a list to its end. The same item on two pages is kept twice: the later one is newer.
    async fn all(&self, path: &str, what: &str) -> Result<All, ConnectorError> {
        let mut all = All { items: Vec::new(), is_repeated: false, is_shifted: false };
        let (mut cursors, mut ids) = (HashSet::new(), HashSet::new());
        let mut cursor: Option<String> = None;
        for number in 1..=self.api.session.network.limits.pages {
            let page = self.page(path, what, number, cursor.as_deref()).await?;
            let items = page.data.unwrap_or_default();
            let fresh = items.iter().filter(|item| person::id(item).is_none_or(|id| ids.insert(id))).count();
            let is_stale = fresh == 0 && !items.is_empty();
            all.is_shifted |= fresh < items.len();
            all.items.extend(items);
            let next = page.meta.and_then(|meta| meta.links).and_then(|links| links.next).and_then(|next| next.href);
            let Some(next) = next.filter(|next| !next.trim().is_empty()) else { return Ok(all) };
            let link = self.api.base.link(&format!("read {what} after page {number} at"), &next)?;
            // Other lists are named in some links, and filters are left out: only the cursor counts.
            let Some(found) = query_value(&link, "cursor") else { return Ok(all) };
            if is_stale || !cursors.insert(found.clone()) {
                all.is_repeated = true;
                return Ok(all);
            }
            cursor = Some(found);
        }
        let call = self.call(path, what, 0, None);
        let advice = "raise the limit if the account really is that large";
        Err(self.api.error(ErrorKind::Refused, &call, "the pages never end", advice).coded(Code::ApiLimit))
    }

    async fn page(&self, path: &str, what: &str, number: u64, cursor: Option<&str>) -> Result<PageV2, ConnectorError> {
        let call = self.call(path, what, number, cursor);
        let answer = self.bearer.ask(self.api, &call).await?;
        if !answer.status.is_success() {
            return Err(self.api.refusal(&call, &answer, ADVICE));
        }
        let page: PageV2 = answer.json(self.api, &call)?;
        if page.data.is_none() {
            return Err(self.api.answered(ErrorKind::Malformed, &call, &answer, "the answer has no `_data`", ADVICE));
        }
        Ok(page)
    }

    fn call(&self, path: &str, what: &str, number: u64, cursor: Option<&str>) -> Call {
        let mut url = self.api.base.join(path);
        url.query_pairs_mut().append_pair("limit", PAGE);
        if let Some(cursor) = cursor {
            url.query_pairs_mut().append_pair("cursor", cursor);
        }
        Call::get(format!("read page {number} of {what} at"), url)
    }

    /// One object, for look-ups; any refusal is `None`.
    async fn find(&self, path: &str, kind: &str) -> Result<Option<Json>, ConnectorError> {
        let mut url = self.api.base.join(path);
        url.query_pairs_mut().append_pair("type", kind);
        let call = Call::get("look up a department at", url);
        match self.bearer.ask(self.api, &call).await {
            Ok(answer) if answer.status.is_success() => answer.json(self.api, &call).map(Some),
            Ok(_) => Ok(None),
            Err(error) if error.kind == ErrorKind::Forbidden => Ok(None),
            Err(error) => Err(error),
        }
    }
}

const ADVICE: &str = "run again later; if it stays so, ask Personio's support with the request id";

fn unreconciled(is_repeated: bool) -> Problem {
    let message = if is_repeated {
        "the link to the next page leads to a page that was read already; nobody departs in this run"
    } else {
        "people came, went or moved between pages while they were read; nobody departs in this run"
    };
    let advice = "wait for the next run; if it stays so, ask Personio's support";
    let code = if is_repeated { Code::ApiLink } else { Code::ApiUnreconciled };
    Problem::new(code, Severity::Warning, message, advice)
}

/// The warning for departments that stay ids.
fn unnamed(unit: &str) -> Problem {
    let message = format!("the name of department `{}` could not be looked up; departments stay ids", shown(unit));
    let advice = "give the credential the right to read organisation units, or map `group` to another attribute";
    let mut problem = Problem::new(Code::ApiLookup, Severity::Warning, message, advice);
    problem.field = Some("department".to_owned());
    problem
}

/// Whether a custom attribute is the one that a column means: by key, mark or name.
fn is_meant(custom: &Json, column: &str) -> bool {
    let is = |key: &str| custom.get(key).and_then(Json::as_str).is_some_and(|text| text.trim() == column.trim());
    is("id") || is("global_id") || (column != BIRTHDAY && is("label"))
}
