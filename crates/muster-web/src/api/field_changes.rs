//! Programs add, rename and remove custom fields. What is in use is never lost without a word.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use muster_core::{
    model::{
        field::{FieldDefinition, FieldNumber, FieldOrigin, budget_key},
        problem::{Problem, Severity},
        response::{FieldAdded, FieldRemoved, FieldRenamed, FieldUse},
        role::Role,
        workspace::Workspace,
    },
    setup::settings::{FIELD_KINDS, field_kind, is_field_key},
};
use muster_store::{ManualEdit, StoreError};
use schemars::JsonSchema;
use serde::Deserialize;

/// A custom field to add.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewField {
    /// Lower-case letters, digits and `_`.
    key: String,
    /// `text`, `long_text`, `number`, `date`, `datetime`, `boolean`, `choice`, `email` or `phone`.
    #[serde(rename = "type")]
    kind: String,
    /// The values of a choice.
    #[serde(default)]
    choices: Vec<String>,
    /// Whether records without a value are rejected.
    #[serde(default)]
    required: bool,
}

impl Body for NewField {}

pub(crate) struct Add;

impl Operation for Add {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/fields";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "add_custom_field";
    const SUMMARY: &'static str =
        "Add a custom field, or change the settings of one of the same type";
    const STATUS: StatusCode = StatusCode::CREATED;
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NewField;
    type Answer = FieldAdded;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let NewField {
            key,
            kind,
            choices,
            required,
        } = sent.body;
        check_key(&key)?;
        let kind = field_kind(&kind, &choices).map_err(|_| {
            ApiProblem::invalid(format!(
                "type: expected one of {}; `choices` are for the type choice, which needs at least one",
                FIELD_KINDS.join(", ")
            ))
        })?;
        let created = workspace.schema.find(&key).is_none();
        let field = FieldDefinition {
            key,
            kind,
            origin: FieldOrigin::Custom,
            required,
        };
        let key = &field.key;
        let what = if created { "added" } else { "changed" };
        let note = format!("the field `{key}` was {what}");
        let changed = done(call, &note, |edit| store.add_field(workspace, &field, edit))?;
        let people = match changed.schema.find(key) {
            Some(number) => store.field_use(&changed, number)?.people,
            None => 0,
        };
        let roster = store.roster(workspace.id, None, call.app.now())?;
        let path = call.path_in_workspace("/fields");
        let answer = FieldAdded {
            field: key.clone(),
            created,
            people,
            without: roster.workspace_people.saturating_sub(people),
        };
        Ok(Answered::at(answer, path))
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct FieldPath {
    /// The key of the field.
    field: String,
}

/// Another key of a field.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewKey {
    /// Lower-case letters, digits and `_`.
    key: String,
}

impl Body for NewKey {}

pub(crate) struct Rename;

impl Operation for Rename {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/fields/{field}/rename";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "rename_custom_field";
    const SUMMARY: &'static str = "Rename a custom field; values and history are kept, and the rules of smart groups use the new key";
    type Path = FieldPath;
    type Query = NoQuery;
    type Body = NewKey;
    type Answer = FieldRenamed;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let (old, new) = (sent.path.field, sent.body.key);
        let number = custom(workspace, &old)?;
        check_key(&new)?;
        let people = store.field_use(workspace, number)?.people;
        let note = format!("the field `{old}` was renamed to `{new}`");
        done(call, &note, |edit| {
            store.rename_field(workspace, number, &new, edit)
        })?;
        Ok(FieldRenamed {
            field: new,
            formerly: old,
            people,
        }
        .into())
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RemovalQuery {
    /// Whether the values and pins of employees are removed with the field. Without it, a field in use is not removed.
    #[serde(default)]
    and_values: bool,
}

pub(crate) struct Remove;

impl Operation for Remove {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/fields/{field}";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "remove_custom_field";
    const SUMMARY: &'static str = "Remove a custom field; refused while something uses it";
    type Path = FieldPath;
    type Query = RemovalQuery;
    type Body = NoBody;
    type Answer = FieldRemoved;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let key = sent.path.field;
        let number = custom(workspace, &key)?;
        let note = format!("the field `{key}` was removed");
        let and_values = sent.query.and_values;
        let used = done(call, &note, |edit| {
            store.remove_field(workspace, number, and_values, edit)
        })?;
        Ok(FieldRemoved {
            field: key,
            removed: true,
            lost: FieldUse {
                people: used.people,
                pins: used.pins,
                changes: used.changes,
                integrations: used.integrations,
            },
        }
        .into())
    }
}

fn check_key(key: &str) -> Result<(), ApiProblem> {
    if budget_key(key).is_some() {
        return Err(ApiProblem::invalid(
            "key: this is the key of a budget, and budgets need no definition",
        ));
    }
    match is_field_key(key) {
        true => Ok(()),
        false => Err(ApiProblem::invalid(
            "key: expected lower-case letters, digits and `_`, such as `cost_centre`",
        )),
    }
}

/// A custom field by its key; the others can be neither renamed nor removed.
fn custom(workspace: &Workspace, key: &str) -> Result<FieldNumber, ApiProblem> {
    let mut own = workspace.schema.own();
    let found = own.find(|(_, field)| field.key == key && field.origin == FieldOrigin::Custom);
    found
        .map(|(number, _)| number)
        .ok_or_else(ApiProblem::not_found)
}

/// Does something to a field in the name of the client. What the directory refuses is a rule.
fn done<T>(
    call: &Call,
    note: &str,
    work: impl FnOnce(&ManualEdit<'_>) -> Result<T, StoreError>,
) -> Result<T, ApiProblem> {
    let by = call.client.caller.actor().to_string();
    let edit = ManualEdit {
        actor: Some(&by),
        note: Some(note),
        process: i64::from(std::process::id()),
        now: call.app.now(),
    };
    work(&edit).map_err(|error| match error {
        StoreError::FieldInUse { .. } | StoreError::Contradiction { .. } => {
            let (detail, remedy) = (error.detail(), error.remedy());
            let problem = Problem::new(error.code(), Severity::Refused, detail, remedy);
            let said = (call.app.web.sentences.problem)(&problem);
            ApiProblem::refused(error.code(), said.message, said.help)
        }
        error => error.into(),
    })
}
