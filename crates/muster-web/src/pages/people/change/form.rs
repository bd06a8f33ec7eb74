//! The forms: values, a pinned value, a departure. Each says who manages what before it is changed.

use super::{
    changeable, confirm, frame,
    identity::{self, IdentityForm},
    name, status,
};
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{FieldError, Form, Link, field_name},
        runs::verdict::sentence,
        sent::Sent,
    },
    respond::{self, Outcome},
    state::App,
    texts::{Argument, Words},
    wording::visible,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, RawForm, State},
    response::Response,
};
use jiff::civil::Date;
use muster_core::model::{
    calendar::Calendar,
    edit_request::ManualEdit,
    employee::Employee,
    field::{FieldNumber, Schema, canonical},
};
use muster_core::read::normalise::FieldKind;
use muster_store::StoreError;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Values,
    Pin,
    Unpin,
    Deactivate,
    Protect,
    Unprotect,
    Link,
    Unlink,
    Merge,
}

impl Change {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "edit" => Self::Values,
            "pin" => Self::Pin,
            "unpin" => Self::Unpin,
            "deactivate" => Self::Deactivate,
            "protect" => Self::Protect,
            "unprotect" => Self::Unprotect,
            "link" => Self::Link,
            "unlink" => Self::Unlink,
            "merge" => Self::Merge,
            _ => return None,
        })
    }

    fn title(self) -> &'static str {
        match self {
            Self::Values => "change-edit",
            Self::Pin => "change-pin",
            Self::Unpin => "change-unpin",
            Self::Deactivate => "change-deactivate",
            Self::Protect => "change-protect",
            Self::Unprotect => "change-unprotect",
            Self::Link => "change-link",
            Self::Unlink => "change-unlink",
            Self::Merge => "change-merge",
        }
    }

    /// What a person reads before they fill the form in.
    fn text(self) -> &'static str {
        match self {
            Self::Values => "change-edit-text",
            Self::Pin => "change-pin-text",
            Self::Unpin => "change-unpin-text",
            Self::Deactivate => "change-deactivate-text",
            Self::Protect => "change-protect-text",
            Self::Unprotect => "change-unprotect-text",
            Self::Link => "change-link-text",
            Self::Unlink => "change-unlink-text",
            Self::Merge => "change-merge-text",
        }
    }
}

#[derive(Template)]
#[template(path = "pages/people/change.html")]
struct ChangePage {
    frame: Frame,
    employee: String,
    text: String,
    change: String,
    form: Form,
    /// Values that can be edited, and values that a source delivers.
    inputs: Vec<Input>,
    delivered: Vec<Delivered>,
    pin: Option<PinForm>,
    /// Of a departure.
    on: Option<String>,
    identity: Option<IdentityForm>,
}

/// A value that can be edited.
struct Input {
    id: String,
    key: String,
    name: String,
    value: String,
    /// It may have several lines.
    is_long: bool,
}

/// A value that the next delivery would overwrite.
struct Delivered {
    name: String,
    value: String,
    /// Where it is pinned instead; none: it cannot be.
    pin: Option<Link>,
}

struct PinForm {
    field: String,
    name: String,
    value: String,
    /// It may have several lines.
    is_long: bool,
    until: String,
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    field: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, employee, change)): Path<(String, i64, String)>,
    Query(wanted): Query<Wanted>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(employee) = changeable(app, here, employee)? else {
            return Ok(Outcome::NotFound);
        };
        let Some(change) = Change::parse(&change) else {
            return Ok(Outcome::NotFound);
        };
        let sent = Sent::with("field", wanted.field);
        if matches!(change, Change::Pin | Change::Unpin) && sent.field(here).is_none() {
            return Ok(Outcome::NotFound);
        }
        match change {
            // There is nothing to fill in.
            Change::Unpin | Change::Protect | Change::Unprotect => {
                previewed(app, here, &employee, change, &sent)
            }
            _ => shown(app, here, &employee, change, &sent, None),
        }
    })
    .await
}

impl Sent {
    /// The field that is pinned.
    fn field(&self, here: &Here) -> Option<FieldNumber> {
        let field = here.workspace.schema.find(self.get("field")?)?;
        is_single(field).then_some(field)
    }

    fn day(&self, name: &str) -> Result<Option<Date>, FieldError> {
        let text = self.get(name).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        let day = text.parse().map(Some);
        day.map_err(|_| FieldError::new("day", "change-day-wrong"))
    }
}

/// Whether a field has one value that a person can type.
fn is_single(field: FieldNumber) -> bool {
    field != canonical::EMPLOYMENTS
}

fn is_long(schema: &Schema, field: FieldNumber) -> bool {
    let field = schema.get(field);
    field.is_some_and(|field| field.kind == FieldKind::LongText)
}

/// The forms lead here; the answer says what would change, or what is wrong.
pub(crate) async fn preview(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, employee, change)): Path<(String, i64, String)>,
    RawForm(form): RawForm,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(employee) = changeable(app, here, employee)? else {
            return Ok(Outcome::NotFound);
        };
        let Some(change) = Change::parse(&change) else {
            return Ok(Outcome::NotFound);
        };
        previewed(app, here, &employee, change, &Sent::parse(&form))
    })
    .await
}

/// What an edit would change, or the form with the reason why it is refused.
fn previewed(
    app: &App,
    here: &Here,
    employee: &Employee,
    change: Change,
    sent: &Sent,
) -> Result<Outcome, StoreError> {
    let wanted = match identity::edit(app, here, employee, change, sent)? {
        Ok(None) => edit(here, employee, change, sent),
        Ok(Some(edit)) => Ok(edit),
        Err(refused) => Err(refused),
    };
    let refused = match wanted {
        Ok(edit) => match confirm::operations(app, here, &edit)? {
            Ok(operations) => {
                return confirm::shown(app, here, employee, &edit, operations, None);
            }
            Err(refused) => FieldError {
                field: "form",
                text: refused,
            },
        },
        Err(refused) => refused,
    };
    shown(app, here, employee, change, sent, Some(refused))
}

/// The edit that a form asks for.
fn edit(
    here: &Here,
    employee: &Employee,
    change: Change,
    sent: &Sent,
) -> Result<ManualEdit, FieldError> {
    let id = employee.id;
    let schema = &here.workspace.schema;
    let pinned = || {
        let field = sent.field(here);
        let field = field.ok_or_else(|| FieldError::new("form", "change-nothing"))?;
        Ok(schema.key(field).to_owned())
    };
    Ok(match change {
        Change::Values => {
            let mut values = BTreeMap::new();
            for (field, definition) in schema.iter().filter(|(field, _)| is_single(*field)) {
                let now = employee.value(field).unwrap_or_default();
                if let Some(value) = sent.get(&format!("value.{}", definition.key))
                    && value != now
                {
                    values.insert(definition.key.clone(), value.to_owned());
                }
            }
            if values.is_empty() {
                return Err(FieldError::new("form", "change-nothing"));
            }
            ManualEdit::Edit {
                employee: id,
                values,
            }
        }
        Change::Pin => ManualEdit::Pin {
            employee: id,
            field: pinned()?,
            value: sent.get("value").unwrap_or_default().to_owned(),
            until: sent.day("until")?,
        },
        Change::Unpin => ManualEdit::Unpin {
            employee: id,
            field: pinned()?,
        },
        Change::Deactivate => ManualEdit::Deactivate {
            employee: id,
            on: sent.day("on")?,
        },
        Change::Protect | Change::Unprotect => ManualEdit::Protect {
            employee: id,
            protected: change == Change::Protect,
        },
        // Theirs are made from the directory.
        Change::Link | Change::Unlink | Change::Merge => {
            return Err(FieldError::new("form", "change-nothing"));
        }
    })
}

fn shown(
    app: &App,
    here: &Here,
    employee: &Employee,
    change: Change,
    sent: &Sent,
    refused: Option<FieldError>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let title = words.v(change.title(), &name(employee));
    let (owner, delivered) = delivered(app, here, employee)?;
    let page = ChangePage {
        frame: frame(app, here, employee, &title)?,
        employee: super::address(here, employee),
        text: match (change, &owner) {
            (Change::Values, Some(owner)) => words.v("change-edit-owned", &visible(owner)),
            _ => words.t(change.text()),
        },
        inputs: match change {
            Change::Values => inputs(words, here, employee, sent, &delivered),
            _ => Vec::new(),
        },
        delivered: match change {
            Change::Values => held_by_source(words, here, employee, &delivered),
            _ => Vec::new(),
        },
        pin: match change {
            Change::Pin => sent.field(here).map(|field| PinForm {
                field: here.workspace.schema.key(field).to_owned(),
                name: field_name(words, &here.workspace.schema, field),
                value: match sent.get("value") {
                    Some(value) => value.to_owned(),
                    None => employee.value(field).unwrap_or_default().to_owned(),
                },
                is_long: is_long(&here.workspace.schema, field),
                until: sent.get("until").unwrap_or_default().to_owned(),
            }),
            _ => None,
        },
        on: (change == Change::Deactivate).then(|| {
            let today = Calendar::at(app.now(), &here.workspace.settings).today;
            let sent = sent.get("on").map(str::to_owned);
            sent.unwrap_or_else(|| today.to_string())
        }),
        identity: IdentityForm::of(app, here, employee, change, sent)?,
        change: here
            .visit
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned(),
        form: Form {
            errors: refused.into_iter().collect(),
        },
    };
    let status = status(!page.form.errors.is_empty());
    Ok(Outcome::Page(status, page.render()))
}

/// The integration of an employee, and the fields that its deliveries fill.
fn delivered(
    app: &App,
    here: &Here,
    employee: &Employee,
) -> Result<(Option<String>, BTreeSet<FieldNumber>), StoreError> {
    let Some(owner) = employee.owner else {
        return Ok((None, BTreeSet::new()));
    };
    let (name, fields) = app.store.mapped_fields(&here.workspace, owner)?;
    Ok((Some(name), fields.unwrap_or_default().into_iter().collect()))
}

fn inputs(
    words: &Words,
    here: &Here,
    employee: &Employee,
    sent: &Sent,
    delivered: &BTreeSet<FieldNumber>,
) -> Vec<Input> {
    let schema = &here.workspace.schema;
    let fields = schema.iter();
    let fields = fields.filter(|(field, _)| is_single(*field) && !delivered.contains(field));
    let input =
        |(field, definition): (FieldNumber, &muster_core::model::field::FieldDefinition)| {
            let key = format!("value.{}", definition.key);
            let value = match sent.get(&key) {
                Some(value) => value.to_owned(),
                None => employee.value(field).unwrap_or_default().to_owned(),
            };
            Input {
                id: format!("field-{}", field.0),
                name: field_name(words, schema, field),
                is_long: is_long(schema, field),
                key,
                value,
            }
        };
    fields.map(input).collect()
}

fn held_by_source(
    words: &Words,
    here: &Here,
    employee: &Employee,
    delivered: &BTreeSet<FieldNumber>,
) -> Vec<Delivered> {
    let schema = &here.workspace.schema;
    let fields = schema.iter();
    let fields = fields.filter(|(field, _)| is_single(*field) && delivered.contains(field));
    let row = |(field, definition): (FieldNumber, &muster_core::model::field::FieldDefinition)| {
        let name = field_name(words, schema, field);
        let address = super::address(here, employee);
        let href = format!("{address}/change/pin?field={}", definition.key);
        let text = words.with("change-pin-field", &[("field", Argument::Text(&name))]);
        Delivered {
            value: employee.value(field).map(visible).unwrap_or_default(),
            // The id matches records to employees.
            pin: (field != canonical::EXTERNAL_ID).then(|| Link::new(href, text)),
            name,
        }
    };
    fields.map(row).collect()
}

/// Why an edit is refused, as a sentence.
pub(crate) fn refusal(message: &str, help: &str) -> String {
    match help {
        "" => visible(&sentence(message.to_owned())),
        help => {
            let (message, help) = (sentence(message.to_owned()), sentence(help.to_owned()));
            visible(&format!("{message}. {help}."))
        }
    }
}
