//! What a change would do to an employee, and the button that has it done.

use super::{changeable, form::refusal, frame, name, requested, status};
use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{DiffRow, FieldError, Form, changed_name, field_name, shown as shown_value},
        runs::decide::note_error,
    },
    respond::{self, Outcome},
    state::App,
    wording::visible,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    response::Response,
};
use muster_core::model::{
    edit_request::{EditRequest, ManualEdit},
    employee::Employee,
    plan::Changed,
    response::Operation,
};
use muster_store::StoreError;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/people/confirm.html")]
struct ConfirmPage {
    frame: Frame,
    employee: String,
    /// The edit, as the form sends it back.
    edit: String,
    revision: i64,
    lines: Vec<String>,
    changes: Vec<DiffRow>,
    /// Whether a user loses access.
    departs: bool,
    needs_note: bool,
    note: String,
    form: Form,
    button: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmed {
    edit: String,
    revision: i64,
    note: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

/// What an edit would change, or why it is refused.
pub(super) fn operations(
    app: &App,
    here: &Here,
    edit: &ManualEdit,
) -> Result<Result<Vec<Operation>, String>, StoreError> {
    if matches!(edit, ManualEdit::Protect { .. }) {
        return Ok(Ok(Vec::new()));
    }
    match (app.web.preview)(&here.workspace, edit) {
        Ok(operations) => Ok(Ok(operations)),
        Err(Some(problem)) => Ok(Err(refusal(&problem.message, &problem.help))),
        Err(None) => Err(StoreError::NoKey),
    }
}

pub(super) fn shown(
    app: &App,
    here: &Here,
    employee: &Employee,
    edit: &ManualEdit,
    operations: Vec<Operation>,
    sent: Option<(&str, FieldError)>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let key = match edit {
        ManualEdit::Pin { .. } => "change-pin",
        ManualEdit::Unpin { .. } => "change-unpin",
        ManualEdit::Deactivate { .. } => "change-deactivate",
        ManualEdit::Protect {
            protected: true, ..
        } => "change-protect",
        ManualEdit::Protect { .. } => "change-unprotect",
        ManualEdit::Link { .. } => "change-link",
        ManualEdit::Unlink { .. } => "change-unlink",
        ManualEdit::Merge { .. } => "change-merge",
        _ => "change-edit",
    };
    let departs = operations
        .iter()
        .any(|operation| operation.kind.is_removal());
    let title = words.v(key, &name(employee));
    let (note, error) = match sent {
        Some((note, error)) => (note.to_owned(), Some(error)),
        None => (String::new(), None),
    };
    let page = ConfirmPage {
        frame: frame(app, here, employee, &title)?,
        employee: super::address(here, employee),
        edit: serde_json::to_string(edit).unwrap_or_default(),
        revision: employee.revision,
        lines: lines(here, edit, departs),
        changes: operations
            .iter()
            .flat_map(|operation| rows(here, operation))
            .collect(),
        departs,
        needs_note: matches!(edit, ManualEdit::Pin { .. }),
        note,
        button: words.t(match edit {
            ManualEdit::Pin { .. } => "change-pin-button",
            ManualEdit::Unpin { .. } => "change-unpin-button",
            ManualEdit::Deactivate { .. } => "change-deactivate-button",
            ManualEdit::Protect {
                protected: true, ..
            } => "change-protect-button",
            ManualEdit::Protect { .. } => "change-unprotect-button",
            ManualEdit::Link { .. } => "change-link-button",
            ManualEdit::Unlink { .. } => "change-unlink-button",
            ManualEdit::Merge { .. } => "change-merge-button",
            _ => "change-edit-button",
        }),
        form: Form {
            errors: error.into_iter().collect(),
        },
    };
    let status = status(!page.form.errors.is_empty());
    Ok(Outcome::Page(status, page.render()))
}

/// What is said about a change beside its values.
fn lines(here: &Here, edit: &ManualEdit, departs: bool) -> Vec<String> {
    let words = Frame::words();
    let field = |key: &str| {
        let schema = &here.workspace.schema;
        let field = schema.find(key);
        field.map_or_else(|| visible(key), |field| field_name(words, schema, field))
    };
    let mut lines = match edit {
        ManualEdit::Pin {
            field: key, until, ..
        } => vec![match until {
            Some(until) => words.with(
                "change-pinned-until",
                &[
                    ("field", crate::texts::Argument::Text(&field(key))),
                    ("until", crate::texts::Argument::Text(&until.to_string())),
                ],
            ),
            None => words.v("change-pinned", &field(key)),
        }],
        ManualEdit::Unpin { field: key, .. } => vec![words.v("change-unpinned", &field(key))],
        ManualEdit::Protect {
            protected: true, ..
        } => vec![words.t("change-protect-text")],
        ManualEdit::Protect { .. } => vec![words.t("change-unprotect-text")],
        ManualEdit::Merge { .. } => vec![words.t("change-merged")],
        ManualEdit::Unlink { .. } => vec![words.t("change-unlinked")],
        ManualEdit::Deactivate { .. } if !departs => vec![words.t("change-departs-later")],
        _ => Vec::new(),
    };
    if departs {
        lines.push(words.t("change-departs"));
    }
    lines
}

/// The values of an operation, before and after.
pub(crate) fn rows(here: &Here, operation: &Operation) -> Vec<DiffRow> {
    let (words, schema) = (Frame::words(), &here.workspace.schema);
    let rows = operation.changes.iter().map(|change| {
        let what = match schema.find(&change.field) {
            Some(field) => Changed::Field(field),
            None if change.field == "status" => Changed::Status,
            None => Changed::Owner,
        };
        DiffRow {
            field: changed_name(words, schema, what),
            old: shown_value(words, what, change.old.as_deref()),
            new: shown_value(words, what, change.new.as_deref()),
        }
    });
    rows.collect()
}

pub(crate) async fn confirm(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, employee)): Path<(String, i64)>,
    Body(sent): Body<Confirmed>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(employee) = changeable(app, here, employee)? else {
            return Ok(Outcome::NotFound);
        };
        let read: Option<ManualEdit> = serde_json::from_str(&sent.edit).ok();
        let Some(edit) = read.filter(|edit| is_of_page(here, edit, &employee)) else {
            return Ok(Outcome::NotFound);
        };
        let needs_note = matches!(edit, ManualEdit::Pin { .. });
        let error = match note_error(&sent.note, needs_note) {
            None if sent.revision != employee.revision => {
                Some(FieldError::new("form", "change-outdated"))
            }
            error => error,
        };
        match error {
            Some(error) => {
                let operations = operations(app, here, &edit)?.unwrap_or_default();
                let sent = Some((sent.note.as_str(), error));
                shown(app, here, &employee, &edit, operations, sent)
            }
            None => {
                let request = EditRequest::Manual(edit);
                let revision = Some(sent.revision);
                requested(app, here, &employee, revision, request, &sent.note)
            }
        }
    })
    .await
}

/// Whether an edit is one of those that the forms make, for this employee and fields of the workspace.
fn is_of_page(here: &Here, edit: &ManualEdit, employee: &Employee) -> bool {
    let is_offered = matches!(
        edit,
        ManualEdit::Edit { .. }
            | ManualEdit::Deactivate { .. }
            | ManualEdit::Pin { .. }
            | ManualEdit::Unpin { .. }
            | ManualEdit::Protect { .. }
            | ManualEdit::Link { .. }
            | ManualEdit::Unlink { .. }
            | ManualEdit::Merge { .. }
    );
    let mut fields = edit.fields().into_iter();
    is_offered
        && edit.employees().first() == Some(&employee.id)
        && fields.all(|key| here.workspace.schema.find(key).is_some())
}
