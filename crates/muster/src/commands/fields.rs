//! `muster fields`: custom fields.

use super::{manual, print_json, say};
use crate::{
    arguments::{Arguments, FieldsCommand},
    error::CommandError,
    show::{count, safe, table},
    wiring::Wiring,
};
use muster_core::{
    model::{
        field::{FieldDefinition, FieldNumber, FieldOrigin, budget_key},
        response::{self, CustomField, FieldAdded, FieldRemoved, FieldRenamed},
        workspace::Workspace,
    },
    read::normalise::FieldKind,
    setup::settings::{FIELD_KINDS, field_kind, is_field_key},
};
use muster_store::FieldUse;
use serde::Serialize;
use std::process::ExitCode;

pub(super) fn run(
    arguments: &Arguments,
    act: Option<&FieldsCommand>,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let fields = FieldCommands {
        arguments,
        wiring,
        workspace,
    };
    match act {
        None => fields.list(),
        Some(FieldsCommand::Add {
            key,
            kind,
            required,
            choice,
        }) => fields.add(key, kind, *required, choice),
        Some(FieldsCommand::Rename { old, new }) => fields.rename(old, new),
        Some(FieldsCommand::Remove { key, and_values }) => fields.remove(key, *and_values),
    }
}

struct FieldCommands<'a> {
    arguments: &'a Arguments,
    wiring: Wiring,
    workspace: Workspace,
}

impl FieldCommands<'_> {
    fn list(&self) -> Result<ExitCode, CommandError> {
        let mut fields = Vec::new();
        for (number, field) in self.workspace.schema.own() {
            fields.push((field, self.wiring.store.field_use(&self.workspace, number)?));
        }
        if self.arguments.json {
            let answer = |(field, used): &(&FieldDefinition, FieldUse)| {
                CustomField::new(field, used.people, &used.integrations, &used.smart_groups)
            };
            print_json(&fields.iter().map(answer).collect::<Vec<_>>());
            return Ok(ExitCode::SUCCESS);
        }
        if fields.is_empty() {
            say(
                "the workspace has no custom fields\n  help: run `muster fields add KEY TYPE` to add one",
            );
            return Ok(ExitCode::SUCCESS);
        }
        let row = |(field, used): &(&FieldDefinition, FieldUse)| {
            let kind = match choices(&field.kind) {
                Some(choices) => format!("choice of {}", choices.join(", ")),
                None if field.origin == FieldOrigin::Budget => "budget".to_owned(),
                None => field.kind.name().to_owned(),
            };
            let needed = if field.required { "required" } else { "" };
            vec![
                field.key.clone(),
                kind,
                needed.to_owned(),
                used.people.to_string(),
                used.integrations.join(", "),
            ]
        };
        say(table(
            &["field", "type", "", "employees", "mapped by"],
            fields.iter().map(row),
        ));
        Ok(ExitCode::SUCCESS)
    }

    fn add(
        &self,
        key: &str,
        kind: &str,
        required: bool,
        choices: &[String],
    ) -> Result<ExitCode, CommandError> {
        check_key(key)?;
        let kind = field_kind(kind, choices).map_err(|issue| {
            CommandError::usage(
                crate::text::settings::field_kind(&issue),
                format!(
                    "use one of {}; for a choice, add --choice for each value",
                    FIELD_KINDS.join(", ")
                ),
            )
        })?;
        let is_new = self.workspace.schema.find(key).is_none();
        let field = FieldDefinition {
            key: key.to_owned(),
            kind,
            origin: FieldOrigin::Custom,
            required,
        };
        let note = format!(
            "the field `{key}` was {}",
            if is_new { "added" } else { "changed" }
        );
        let now = self.wiring.store.add_field(
            &self.workspace,
            &field,
            &self.wiring.manual_edit(&note),
        )?;
        let used = now
            .schema
            .find(key)
            .map(|number| self.wiring.store.field_use(&now, number))
            .transpose()?;
        let people = used.unwrap_or_default().people;
        let all = self
            .wiring
            .store
            .roster(self.workspace.id, None, self.wiring.now())?
            .workspace_people;
        self.answer(
            &note,
            FieldAdded {
                field: key.to_owned(),
                created: is_new,
                people,
                without: all - people.min(all),
            },
        );
        if required && people < all && !self.arguments.json {
            let without = count(all - people.min(all), "employee has", "employees have");
            say(format!(
                "  {without} no value in it yet; from now on, a record without a value is rejected"
            ));
            say(format!(
                "  help: map it in every integration of the workspace, for example `{key} = \"column\"`"
            ));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn rename(&self, old: &str, new: &str) -> Result<ExitCode, CommandError> {
        let number = self.own(old)?;
        check_key(new)?;
        let used = self.wiring.store.field_use(&self.workspace, number)?;
        let note = format!("the field `{old}` was renamed to `{new}`");
        self.wiring.store.rename_field(
            &self.workspace,
            number,
            new,
            &self.wiring.manual_edit(&note),
        )?;
        self.answer(
            &note,
            FieldRenamed {
                field: new.to_owned(),
                formerly: old.to_owned(),
                people: used.people,
            },
        );
        if !self.arguments.json {
            say(format!(
                "  {} with their history",
                count(used.people, "value is kept", "values are kept")
            ));
            for group in &used.smart_groups {
                say(format!(
                    "  the rule of the smart group `{}` uses the new key",
                    safe(group)
                ));
            }
            say(format!(
                "  help: replace `{old}` by `{new}` in integration files and groups files; files with the old key are refused"
            ));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn remove(&self, key: &str, and_values: bool) -> Result<ExitCode, CommandError> {
        let number = self.own(key)?;
        let note = format!("the field `{key}` was removed");
        let done = self.wiring.manual_edit(&note);
        let used = self
            .wiring
            .store
            .remove_field(&self.workspace, number, and_values, &done)?;
        self.answer(
            &note,
            FieldRemoved {
                field: key.to_owned(),
                removed: true,
                lost: response::FieldUse {
                    people: used.people,
                    pins: used.pins,
                    changes: used.changes,
                    integrations: used.integrations.clone(),
                },
            },
        );
        if used.is_used() && !self.arguments.json {
            say(format!(
                "  until now: {}",
                crate::text::store::field_use(&used)
            ));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// A custom field by its key.
    fn own(&self, key: &str) -> Result<FieldNumber, CommandError> {
        let number = manual::field(&self.workspace, key)?;
        match self.workspace.schema.get(number).map(|field| field.origin) {
            Some(FieldOrigin::Custom) => Ok(number),
            Some(FieldOrigin::Budget) => Err(CommandError::usage(
                format!("`{key}` is a budget field, and its key defines the budget"),
                format!(
                    "to end the budget for all employees, map `{key} = {{ constant = \"0\" }}` and sync; then map another key"
                ),
            )),
            _ => Err(CommandError::usage(
                format!("`{key}` is a standard field"),
                "only custom fields can be renamed or removed; run `muster fields` to list them",
            )),
        }
    }

    fn answer(&self, sentence: &str, answer: impl Serialize) {
        if self.arguments.json {
            print_json(&answer);
        } else {
            say(sentence);
        }
    }
}

fn check_key(key: &str) -> Result<(), CommandError> {
    if budget_key(key).is_some() {
        let message = format!("`{key}` is the key of a budget, and budgets need no definition");
        return Err(CommandError::usage(
            message,
            "map it in an integration file, or use another key",
        ));
    }
    if is_field_key(key) {
        return Ok(());
    }
    let message = format!(
        "`{}` is not a valid key: a key has only lower-case letters, digits and `_`",
        safe(key)
    );
    Err(CommandError::usage(message, "use a key like `cost_centre`"))
}

fn choices(kind: &FieldKind) -> Option<&Vec<String>> {
    match kind {
        FieldKind::Choice(choices) => Some(choices),
        _ => None,
    }
}
