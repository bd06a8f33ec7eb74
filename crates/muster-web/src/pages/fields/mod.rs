//! What is known about a person in a workspace: custom fields, which are added, renamed and removed here, and the fields that
//! every workspace has.

pub(crate) mod list;
pub(crate) mod one;

use crate::{
    access::Here,
    pages::{frame::workspace_path, people::change::form::refusal},
    state::App,
    texts::Words,
    wording::visible,
};
use muster_core::{
    model::{
        field::{FieldDefinition, FieldOrigin, budget_key},
        problem::{Problem, Severity},
    },
    read::normalise::FieldKind,
    setup::settings::is_field_key,
};
use muster_store::{ManualEdit, StoreError};

fn root(here: &Here) -> String {
    workspace_path(&here.workspace.name) + "/fields"
}

/// What is wrong with the key of a field.
fn key_error(key: &str) -> Option<&'static str> {
    if budget_key(key).is_some() {
        return Some("fields-key-budget");
    }
    (!is_field_key(key)).then_some("fields-key-invalid")
}

/// Does something to a field for the user. What the directory refuses is a sentence.
fn done<T>(
    app: &App,
    here: &Here,
    note: &str,
    work: impl FnOnce(&ManualEdit<'_>) -> Result<T, StoreError>,
) -> Result<Result<T, String>, StoreError> {
    let edit = ManualEdit {
        actor: Some(&here.session.user.email),
        note: Some(note),
        process: i64::from(std::process::id()),
        now: app.now(),
    };
    match work(&edit) {
        Ok(done) => Ok(Ok(done)),
        Err(error @ (StoreError::FieldInUse { .. } | StoreError::Contradiction { .. })) => {
            let (detail, remedy) = (error.detail(), error.remedy());
            let problem = Problem::new(error.code(), Severity::Refused, detail, remedy);
            let said = (app.web.sentences.problem)(&problem);
            Ok(Err(refusal(&said.message, &said.help)))
        }
        Err(error) => Err(error),
    }
}

/// The type of a field in words.
fn kind_text(words: &Words, field: &FieldDefinition) -> String {
    if field.origin == FieldOrigin::Budget {
        return words.t("field-kind-budget");
    }
    match &field.kind {
        FieldKind::Choice(choices) => {
            words.v("field-kind-choice-of", &visible(&choices.join(", ")))
        }
        FieldKind::Text => words.t("field-kind-text"),
        FieldKind::LongText => words.t("field-kind-long-text"),
        FieldKind::Email => words.t("field-kind-email"),
        FieldKind::Phone => words.t("field-kind-phone"),
        FieldKind::Date => words.t("field-kind-date"),
        FieldKind::DateTime => words.t("field-kind-datetime"),
        FieldKind::Number | FieldKind::Decimal => words.t("field-kind-number"),
        FieldKind::Boolean => words.t("field-kind-boolean"),
        FieldKind::Language => words.t("field-language"),
        FieldKind::Country => words.t("field-country"),
        FieldKind::Group => words.t("field-group"),
        FieldKind::Employments => words.t("field-employments"),
    }
}
