//! All fields of a workspace, and a form for a new custom field.

use super::{done, key_error, kind_text, root};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, segment},
        parts::{FieldError, Form, Link, field_name},
    },
    respond::{self, Outcome},
    state::App,
    wording::{number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, State},
    http::StatusCode,
    response::Response,
};
use muster_core::{
    model::{
        field::{FieldDefinition, FieldNumber, FieldOrigin},
        role::Role,
    },
    setup::settings::{FIELD_KINDS, field_kind},
};
use muster_store::StoreError;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/fields/list.html")]
struct FieldsPage {
    frame: Frame,
    root: String,
    custom: Vec<FieldRow>,
    standard: Vec<FieldRow>,
    /// Types of new fields; none: not for this user.
    kinds: Vec<(&'static str, String)>,
    form: Form,
    sent: NewField,
}

struct FieldRow {
    name: String,
    key: String,
    kind: String,
    is_required: bool,
    people: String,
    sources: String,
    /// None: not for this user.
    edit: Option<String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewField {
    key: String,
    kind: String,
    /// One on each line.
    choices: String,
    #[serde(default)]
    required: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| {
        read(app, here, NewField::default(), None).map(Some)
    })
    .await
}

pub(crate) async fn add(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Body(sent): Body<NewField>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let refused = match definition(here, &sent) {
            Ok(field) => {
                let note = format!("the field `{}` was added", field.key);
                let added = done(app, here, &note, |edit| {
                    app.store.add_field(&here.workspace, &field, edit)
                })?;
                match added {
                    Ok(_) => return Ok(Outcome::To(root(here))),
                    Err(text) => FieldError { field: "key", text },
                }
            }
            Err(error) => error,
        };
        let page = read(app, here, sent, Some(refused))?;
        Ok(Outcome::Page(
            StatusCode::UNPROCESSABLE_ENTITY,
            page.render(),
        ))
    })
    .await
}

fn definition(here: &Here, sent: &NewField) -> Result<FieldDefinition, FieldError> {
    let key = sent.key.trim();
    if let Some(error) = key_error(key) {
        return Err(FieldError::new("key", error));
    }
    if here.workspace.schema.find(key).is_some() {
        return Err(FieldError::new("key", "fields-key-used"));
    }
    let choices = sent.choices.lines().map(str::trim);
    let choices: Vec<String> = choices
        .filter(|choice| !choice.is_empty())
        .map(str::to_owned)
        .collect();
    let kind = field_kind(&sent.kind, &choices);
    let kind = kind.map_err(|_| match sent.kind == "choice" {
        true => FieldError::new("choices", "fields-choices-missing"),
        false => FieldError::new("choices", "fields-choices-of-others"),
    })?;
    Ok(FieldDefinition {
        key: key.to_owned(),
        kind,
        origin: FieldOrigin::Custom,
        required: !sent.required.is_empty(),
    })
}

fn read(
    app: &App,
    here: &Here,
    sent: NewField,
    refused: Option<FieldError>,
) -> Result<FieldsPage, StoreError> {
    let words = Frame::words();
    let schema = &here.workspace.schema;
    let row = |(field, definition): (FieldNumber, &FieldDefinition)| FieldRow {
        name: field_name(words, schema, field),
        key: definition.key.clone(),
        kind: kind_text(words, definition),
        is_required: definition.required,
        people: String::new(),
        sources: String::new(),
        edit: None,
    };
    let mut custom = Vec::new();
    for (field, definition) in schema.own() {
        let used = app.store.field_use(&here.workspace, field)?;
        let can_edit = here.role >= Role::Admin && definition.origin == FieldOrigin::Custom;
        custom.push(FieldRow {
            people: number(used.people),
            sources: visible(&used.integrations.join(", ")),
            edit: can_edit.then(|| format!("{}/{}", root(here), segment(&definition.key))),
            ..row((field, definition))
        });
    }
    let standard = schema.iter();
    let standard = standard.filter(|(field, _)| schema.own().all(|(own, _)| own != *field));
    let kinds = match here.role {
        Role::Admin => FIELD_KINDS.to_vec(),
        _ => Vec::new(),
    };
    let title = words.t("nav-fields");
    let crumbs = vec![Link::new("", title.clone())];
    Ok(FieldsPage {
        root: root(here),
        custom,
        standard: standard.map(row).collect(),
        kinds: kinds
            .into_iter()
            .map(|kind| (kind, words.t(kind_key(kind))))
            .collect(),
        form: Form {
            errors: refused.into_iter().collect(),
        },
        sent,
        frame: Frame::inside(app, here, Area::Fields, title, crumbs)?,
    })
}

fn kind_key(kind: &str) -> &'static str {
    match kind {
        "long_text" => "field-kind-long-text",
        "number" => "field-kind-number",
        "date" => "field-kind-date",
        "datetime" => "field-kind-datetime",
        "boolean" => "field-kind-boolean",
        "choice" => "field-kind-choice",
        "email" => "field-kind-email",
        "phone" => "field-kind-phone",
        _ => "field-kind-text",
    }
}
