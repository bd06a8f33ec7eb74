//! Version 2: persons page by page, and for each person their employments.

use super::{
    columns::{BIRTHDAY, permit_v2},
    lookup::ById,
    v1::VENDOR,
};
use crate::{
    connector::{
        Collected, ConnectorError, Extent, Offered, Records, Step, UnconfirmedAbsence, Value,
        Wanted, deliver, missing, unidentified, unreadable,
    },
    http::{Api, Bearer},
    systems::{
        attributes::Attributes,
        salary::{self, is_salary},
    },
};
use muster_core::{
    model::{
        code::Code,
        problem::{
            Problem, Severity,
            api::{Detail, List, Remedy, Shape},
        },
    },
    read::{reading::PartialReason, record::Sink},
};
use serde_json::Value as Json;

pub(super) mod employment;
mod pages;
mod person;
mod unit;

use pages::{All, Pages};
use person::Columns;
pub(super) use person::is_part;
use unit::Units;

const PERSONS: &str = "v2/persons";

pub(super) async fn read(
    api: &Api<'_>,
    bearer: &Bearer<'_>,
    limit: usize,
    wanted: &Wanted,
    sink: &mut (dyn Sink + Send),
) -> Result<Extent, ConnectorError> {
    salary::check(&wanted.columns)?;
    let pages = Pages { api, bearer };
    let mut persons = pages.all(PERSONS, List::Persons).await?;
    let mut is_changed = false;
    if persons.is_repeated || persons.is_shifted || persons.is_hollow {
        persons = pages.all(PERSONS, List::Persons).await?;
    } else if persons.pages > 1 {
        // No total says whether an employee was passed over while pages moved: two equal readings do.
        let again = pages.all(PERSONS, List::Persons).await?;
        is_changed = again.differs(&persons);
        persons = again;
    }
    let mut reader = Reader {
        pages,
        columns: Columns::new(&wanted.columns),
        units: Units::default(),
        records: Records::new(&wanted.columns),
        is_changed: is_changed || persons.is_shifted,
    };
    for person in &persons.items {
        reader.add(person).await?;
    }
    let mut shortfall = shortfall(&persons, reader.is_changed);
    if shortfall.is_none() {
        let missing = missing(&reader.records, wanted, api.session, |_| false);
        let by_id = ById {
            api,
            bearer,
            path: PERSONS,
            list: List::Persons,
            limit,
        };
        let absence = by_id.absence(wanted, reader.records.first_id().map(str::to_owned));
        shortfall = absence
            .confirm(&missing, wanted, &mut reader.records)
            .await?
            .map(UnconfirmedAbsence::shortfall);
    }
    let partial = shortfall.as_ref().map(|(reason, _)| *reason);
    let mut problems: Vec<Problem> = shortfall.map(|(_, problem)| problem).into_iter().collect();
    problems.extend(reader.units.into_problem());
    problems.extend(api.notices());
    let collected = Collected {
        records: reader.records,
        announced: None,
        partial,
        problems,
        endpoint: "GET /v2/persons",
        bytes: api.bytes(),
        permit: &permit_v2,
    };
    deliver(collected, wanted, sink)
}

/// What the first page of persons, and the first person's employments, have.
pub(super) async fn offered(
    api: &Api<'_>,
    bearer: &Bearer<'_>,
) -> Result<Vec<Offered>, ConnectorError> {
    let pages = Pages { api, bearer };
    let mut offered: Vec<Offered> = Vec::new();
    let mut offer = |column: &str, label: Option<&str>| {
        if !offered.iter().any(|known| known.column == column) {
            offered.push(Offered {
                column: column.to_owned(),
                label: label.map(str::to_owned),
            });
        }
    };
    let persons = pages.first(PERSONS, List::Persons).await?;
    for person in &persons {
        person
            .keys()
            .filter(|key| person::is_plain(key))
            .for_each(|key| offer(key, None));
        for custom in person::custom(person) {
            let text = |key: &str| custom.get(key).and_then(Json::as_str);
            let is_paid = ["id", "global_id", "label"]
                .into_iter()
                .filter_map(text)
                .any(is_salary);
            if let Some(column) = text("global_id").or(text("id")).filter(|_| !is_paid) {
                offer(column, text("label"));
            }
        }
    }
    if let Some(id) = persons.first().and_then(person::id) {
        for employment in pages.all(&employments(&id), List::Employments).await?.items {
            employment::COLUMNS
                .iter()
                .filter(|column| employment::has(&employment, column))
                .for_each(|column| {
                    offer(column, None);
                });
        }
    }
    Ok(offered)
}

fn employments(id: &str) -> String {
    format!("{PERSONS}/{id}/employments")
}

/// Reads persons one after another.
struct Reader<'r> {
    pages: Pages<'r>,
    columns: Columns,
    units: Units,
    records: Records,
    /// People came, went or moved between two requests.
    is_changed: bool,
}

impl Reader<'_> {
    async fn add(&mut self, person: &Attributes) -> Result<(), ConnectorError> {
        let Some(id) = person::id(person) else {
            self.records.put_unknown(unidentified(VENDOR));
            return Ok(());
        };
        let mut employments_of = Vec::new();
        if self.columns.needs_employments {
            let all = self.pages.all(&employments(&id), List::Employments).await?;
            self.is_changed |= all.is_missing || all.is_repeated;
            if all.is_missing {
                return Ok(());
            }
            employments_of = all.items;
        }
        let chosen = employment::choose(&employments_of, self.pages.api.session.today);
        let mut values = self.columns.values(person, chosen.as_ref());
        for (position, kind) in &self.columns.units {
            if let Value::Text(unit) = &values[*position] {
                // Without a name the value is absent: an id in its place would rename the unit.
                let name = self.units.name(&self.pages, kind, unit).await?;
                values[*position] = name.map_or(Value::Absent, Value::Text);
            }
        }
        let broken = values.iter().position(|value| *value == Value::Unreadable);
        let problem =
            broken.map(|position| unreadable(VENDOR, &self.records.columns()[position], &id));
        self.records.put(&id, &values, problem);
        (self.pages.api.session.progress)(Step::Read(self.records.len() as u64));
        Ok(())
    }
}

/// Why it is not certain that all employees were read, and what is reported of it.
fn shortfall(persons: &All, is_changed: bool) -> Option<(PartialReason, Problem)> {
    let (reason, code, shape) = if persons.is_repeated {
        (PartialReason::Truncated, Code::ApiLink, Shape::Repeated)
    } else if persons.is_hollow {
        (PartialReason::Truncated, Code::ApiLink, Shape::EmptyEnd)
    } else if is_changed {
        let reason = PartialReason::ChangedWhileReading;
        (reason, Code::ApiUnreconciled, Shape::Changed)
    } else {
        return None;
    };
    let detail = Detail::NotWhole {
        of: List::Persons,
        shape,
    };
    let remedy = Remedy::WaitForNextRun {
        system: VENDOR.to_owned(),
    };
    let problem = Problem::new(code, Severity::Warning, detail, remedy);
    Some((reason, problem))
}

/// Whether a custom attribute is the one that a column means: by key, mark or name.
fn is_meant(custom: &Json, column: &str) -> bool {
    let is = |key: &str| {
        custom
            .get(key)
            .and_then(Json::as_str)
            .is_some_and(|text| text.trim() == column.trim())
    };
    let is_paid = || {
        custom
            .get("label")
            .and_then(Json::as_str)
            .is_some_and(is_salary)
    };
    (is("id") || is("global_id") || (column != BIRTHDAY && is("label"))) && !is_paid()
}
