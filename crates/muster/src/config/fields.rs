//! The workspace's own fields that an integration file defines or maps, against those that the workspace has.

use super::{ConfigProblem, IntegrationFile};
use muster_core::{
    model::field::{FieldDefinition, FieldOrigin, Schema},
    read::normalise::FieldKind,
    setup::suggestion::nearest,
};

/// The types that a field may have, as they are written.
pub(crate) const KINDS: [&str; 8] = [
    "text", "number", "date", "datetime", "boolean", "choice", "email", "phone",
];

/// A field that is not one of every workspace, where the file names it.
#[derive(Clone, Debug)]
pub(super) struct NamedField {
    pub(super) key: String,
    /// `fields.x` or `mapping.x`.
    pub(super) setting: String,
    pub(super) line: Option<usize>,
    /// The file itself says what it is.
    pub(super) is_defined: bool,
}

/// The kind of a type as it is written.
pub(crate) fn field_kind(word: &str, choices: &[String]) -> Result<FieldKind, String> {
    let kind = match word {
        "text" => FieldKind::Text,
        "number" => FieldKind::Number,
        "date" => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        "boolean" => FieldKind::Boolean,
        "choice" if choices.is_empty() => return Err("a choice has no values".to_owned()),
        "choice" => return Ok(FieldKind::Choice(choices.to_vec())),
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        _ => return Err(format!("`{word}` is not a type of field")),
    };
    if choices.is_empty() {
        Ok(kind)
    } else {
        Err(format!("a field of type {word} has no choices"))
    }
}

/// Whether a text can be the key of a field.
pub(crate) fn is_key(key: &str) -> bool {
    let slug = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
    };
    !key.is_empty() && key.chars().all(slug)
}

impl IntegrationFile {
    /// Settles what every named field is in a workspace that has these fields (none: there is no workspace yet). Gives
    /// the keys of text fields that are to be created because the integration asks for it.
    pub(crate) fn resolve(
        &mut self,
        schema: Option<&Schema>,
    ) -> Result<Vec<String>, Vec<ConfigProblem>> {
        let empty = Schema::new([]);
        let schema = schema.unwrap_or(&empty);
        let (mut problems, mut created) = (Vec::new(), Vec::new());
        for named in &self.named {
            let key = &named.key;
            let problem = if let Some(number) = schema.formerly(key) {
                let new = schema.key(number);
                ConfigProblem::new(
                    &named.setting,
                    format!("the field `{key}` is called `{new}` now"),
                    format!("write `{new}` instead"),
                )
            } else if named.is_defined || schema.find(key).is_some() {
                continue;
            } else if self.create_fields && is_key(key) {
                created.push(key.clone());
                continue;
            } else {
                self.unknown(named, schema)
            };
            problems.push(ConfigProblem {
                line: named.line,
                ..problem
            });
        }
        let stored = schema.own().map(|(_, field)| field);
        let stored = stored.filter(|field| !self.own_fields.iter().any(|own| own.key == field.key));
        let needed = stored
            .chain(&self.own_fields)
            .filter(|field| field.required);
        let unmapped =
            needed.filter(|field| !self.mapping.iter().any(|mapping| mapping.key == field.key));
        problems.extend(unmapped.map(|field| not_mapped(&field.key)));
        if !problems.is_empty() {
            return Err(problems);
        }
        self.own_fields
            .extend(created.iter().map(|key| FieldDefinition {
                key: key.clone(),
                kind: FieldKind::Text,
                origin: FieldOrigin::Custom,
                required: false,
            }));
        Ok(created)
    }

    fn unknown(&self, named: &NamedField, schema: &Schema) -> ConfigProblem {
        let keys = schema.iter().map(|(_, field)| field.key.as_str());
        let own = self.own_fields.iter().map(|field| field.key.as_str());
        let define = "define it under [fields], add it with `muster fields add`, or say `create_fields = true`";
        let advice = match nearest(&named.key, keys.chain(own)) {
            Some(near) => format!("did you mean `{near}`? Otherwise {define}"),
            None => define.to_owned(),
        };
        ConfigProblem::new(
            &named.setting,
            format!("there is no field `{}`", named.key),
            advice,
        )
    }

    /// The fields that the file alone leaves unknown.
    pub(super) fn unknown_alone(&self) -> Vec<ConfigProblem> {
        self.clone().resolve(None).err().unwrap_or_default()
    }
}

fn not_mapped(key: &str) -> ConfigProblem {
    ConfigProblem::new(
        "mapping",
        format!("nothing is mapped to `{key}`, which the workspace requires of every person"),
        format!("add `{key} = \"name of the column\"` under [mapping]"),
    )
}
