//! The employees of the list as a CSV file, with the columns of `muster employees --format csv`: every field by its key.

use super::list::{Filter, query};
use crate::{
    access::Here,
    csv::{BYTE_ORDER_MARK, write_row},
    respond::{self, Refusal},
    state::App,
};
use axum::{
    Extension,
    extract::{Query, State},
    response::Response,
};
use muster_core::model::{employee::Employee, field::FieldNumber, ids::EmployeeId};
use muster_store::{PeopleQuery, StoreError};
use std::collections::BTreeMap;

/// Employees that are read at once.
const PAGE: u32 = 1_000;

pub(crate) async fn csv(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Query(filter): Query<Filter>,
) -> Response {
    let (visit, reader) = (here.visit.clone(), app.clone());
    let name = format!("people-{}.csv", here.workspace.name);
    let read = respond::blocking(move || {
        let (text, employees) = reader.snapshot(|app| read(app, &here, &filter))?;
        let (by, now) = (&here.session.user.email, reader.now());
        let store = &reader.store;
        store.record_employees_download(here.workspace.id, employees, by, now)?;
        Ok(text)
    });
    match read.await {
        Ok(text) => respond::download(&name, "text/csv; charset=utf-8", text),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

/// The file, and how many employees are in it.
fn read(app: &App, here: &Here, filter: &Filter) -> Result<(String, u64), StoreError> {
    let schema = &here.workspace.schema;
    let mut text = String::from(BYTE_ORDER_MARK);
    let keys = schema.iter().map(|(_, field)| field.key.as_str());
    write_row(
        &mut text,
        ["employee", "status"].into_iter().chain(keys),
        ',',
    );
    let search = filter.search();
    let (mut after, mut employees) = (None, 0);
    loop {
        let query = PeopleQuery {
            after,
            limit: PAGE,
            ..query(filter, &search)
        };
        let people = app.store.people_page(&here.workspace, &query)?;
        for person in &people {
            write_person(&mut text, person, schema.iter().map(|(field, _)| field));
        }
        employees += people.len() as u64;
        after = people.last().map(|person| person.id);
        if people.len() < PAGE as usize {
            return Ok((text, employees));
        }
    }
}

fn write_person(text: &mut String, person: &Employee, fields: impl Iterator<Item = FieldNumber>) {
    let values: BTreeMap<FieldNumber, &str> = person
        .facts
        .as_ref()
        .iter()
        .filter_map(|(field, fact)| Some((field, fact.value()?)))
        .collect();
    let EmployeeId(id) = person.id;
    let id = id.to_string();
    let first = [id.as_str(), person.status.as_str()].into_iter();
    let values = fields.map(|field| values.get(&field).copied().unwrap_or_default());
    write_row(text, first.chain(values), ',');
}
