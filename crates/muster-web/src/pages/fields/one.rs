//! One custom field: what uses it, another key for it, and how it is removed.

use super::{done, key_error, kind_text, root};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, segment},
        parts::{FieldError, Form, Link, field_name},
    },
    respond::{self, Outcome},
    state::App,
    wording::visible,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::field::{FieldNumber, FieldOrigin};
use muster_store::StoreError;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/fields/one.html")]
struct FieldPage {
    frame: Frame,
    page: String,
    back: String,
    key: String,
    sent: String,
    kind: String,
    uses: Vec<String>,
    /// What of it a removal loses; empty: nothing.
    lost: String,
    form: Form,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rename {
    key: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Removal {
    /// The values of employees are removed, too.
    #[serde(default)]
    and_values: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, key)): Path<(String, String)>,
) -> Response {
    respond::act(app, here, move |app, here| match find(here, &key) {
        Some(field) => shown(app, here, field, None, None),
        None => Ok(Outcome::NotFound),
    })
    .await
}

/// A custom field of the workspace.
fn find(here: &Here, key: &str) -> Option<FieldNumber> {
    let mut own = here.workspace.schema.own();
    let found = own.find(|(_, field)| field.key == key && field.origin == FieldOrigin::Custom);
    found.map(|(field, _)| field)
}

pub(crate) async fn rename(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, key)): Path<(String, String)>,
    Body(sent): Body<Rename>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(field) = find(here, &key) else {
            return Ok(Outcome::NotFound);
        };
        let new = sent.key.trim();
        let error = match key_error(new) {
            Some(error) => FieldError::new("key", error),
            None => {
                let note = format!("the field `{key}` was renamed to `{new}`");
                let renamed = done(app, here, &note, |edit| {
                    app.store.rename_field(&here.workspace, field, new, edit)
                })?;
                match renamed {
                    Ok(()) => return Ok(Outcome::To(format!("{}/{}", root(here), segment(new)))),
                    Err(text) => FieldError { field: "key", text },
                }
            }
        };
        shown(app, here, field, Some(new), Some(error))
    })
    .await
}

pub(crate) async fn remove(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, key)): Path<(String, String)>,
    Body(sent): Body<Removal>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(field) = find(here, &key) else {
            return Ok(Outcome::NotFound);
        };
        let and_values = !sent.and_values.is_empty();
        let note = format!("the field `{key}` was removed");
        let removed = done(app, here, &note, |edit| {
            let workspace = &here.workspace;
            app.store.remove_field(workspace, field, and_values, edit)
        })?;
        match removed {
            Ok(_) => Ok(Outcome::To(root(here))),
            Err(text) => {
                let error = FieldError {
                    field: "remove",
                    text,
                };
                shown(app, here, field, None, Some(error))
            }
        }
    })
    .await
}

fn shown(
    app: &App,
    here: &Here,
    field: FieldNumber,
    sent: Option<&str>,
    refused: Option<FieldError>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let schema = &here.workspace.schema;
    let Some(definition) = schema.get(field) else {
        return Ok(Outcome::NotFound);
    };
    let used = app.store.field_use(&here.workspace, field)?;
    let mut uses = vec![words.n("fields-use-people", used.people)];
    let names = [
        ("fields-use-integrations", &used.integrations),
        ("fields-use-groups", &used.smart_groups),
    ];
    for (key, names) in names {
        if !names.is_empty() {
            uses.push(words.v(key, &visible(&names.join(", "))));
        }
    }
    if !used.plans.is_empty() {
        uses.push(words.n("fields-use-plans", used.plans.len() as u64));
    }
    let title = field_name(words, schema, field);
    let crumbs = vec![
        Link::new(root(here), words.t("nav-fields")),
        Link::new("", title.clone()),
    ];
    let status = match refused {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let page = FieldPage {
        page: format!("{}/{}", root(here), segment(&definition.key)),
        back: root(here),
        key: definition.key.clone(),
        sent: sent.unwrap_or(&definition.key).to_owned(),
        kind: kind_text(words, definition),
        lost: match used.is_used() {
            true => words.n("fields-lost", used.people),
            false => String::new(),
        },
        uses,
        form: Form {
            errors: refused.into_iter().collect(),
        },
        frame: Frame::inside(app, here, Area::Fields, title, crumbs)?,
    };
    Ok(Outcome::Page(status, page.render()))
}
