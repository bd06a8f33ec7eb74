//! The personal data of an employee is erased permanently. The page first lists where it is; the name is typed to confirm.

use super::{changeable, frame, name, requested, status};
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{FieldError, Form},
        runs::decide::note_error,
    },
    respond::{self, Outcome},
    state::App,
    wording::number,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    response::Response,
};
use muster_core::model::{edit_request::EditRequest, employee::Employee};
use muster_store::StoreError;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/people/erase.html")]
struct ErasePage {
    frame: Frame,
    employee: String,
    /// What is typed to confirm.
    typed: String,
    places: Vec<(String, String)>,
    is_employed: bool,
    sent: Erasure,
    form: Form,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erasure {
    typed: String,
    note: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

/// What a person types to confirm: the id in the source, or the number in the directory.
fn key(employee: &Employee) -> String {
    match employee.external_id() {
        Some(id) => id.to_owned(),
        None => employee.id.to_string(),
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, employee)): Path<(String, i64)>,
) -> Response {
    respond::act(app, here, move |app, here| {
        match changeable(app, here, employee)? {
            Some(employee) => shown(app, here, &employee, Erasure::default(), Vec::new()),
            None => Ok(Outcome::NotFound),
        }
    })
    .await
}

pub(crate) async fn erase(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, employee)): Path<(String, i64)>,
    Body(sent): Body<Erasure>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(employee) = changeable(app, here, employee)? else {
            return Ok(Outcome::NotFound);
        };
        let mut errors: Vec<FieldError> = note_error(&sent.note, true).into_iter().collect();
        if sent.typed.trim() != key(&employee) {
            errors.push(FieldError::new("typed", "erase-typed-wrong"));
        }
        if !errors.is_empty() {
            return shown(app, here, &employee, sent, errors);
        }
        let request = EditRequest::Erase {
            employee: employee.id,
        };
        requested(app, here, &employee, None, request, &sent.note)
    })
    .await
}

fn shown(
    app: &App,
    here: &Here,
    employee: &Employee,
    sent: Erasure,
    errors: Vec<FieldError>,
) -> Result<Outcome, StoreError> {
    let title = Frame::words().v("erase-title", &name(employee));
    let places = app.store.personal_data(&here.workspace, employee.id)?;
    let page = ErasePage {
        frame: frame(app, here, employee, &title)?,
        employee: super::address(here, employee),
        typed: key(employee),
        places: places
            .into_iter()
            .map(|place| (place.what.to_owned(), number(place.count)))
            .collect(),
        is_employed: employee.status.is_employed(),
        sent,
        form: Form { errors },
    };
    let status = status(!page.form.errors.is_empty());
    Ok(Outcome::Page(status, page.render()))
}
