//! The custom fields that settings define or map, against those that the workspace has.

use super::{
    checked::{IntegrationSettings, NamedField},
    issue::{FieldKindIssue, SettingError, SettingIssue},
};
use crate::{
    model::field::{FieldDefinition, FieldOrigin, Schema},
    read::normalise::FieldKind,
    setup::suggestion::nearest,
};

/// The types that a field may have, as they are written.
pub const FIELD_KINDS: [&str; 9] = [
    "text",
    "long_text",
    "number",
    "date",
    "datetime",
    "boolean",
    "choice",
    "email",
    "phone",
];

/// The kind of a type as it is written.
pub fn field_kind(word: &str, choices: &[String]) -> Result<FieldKind, FieldKindIssue> {
    let kind = match word {
        "text" => FieldKind::Text,
        "long_text" => FieldKind::LongText,
        "number" => FieldKind::Number,
        "date" => FieldKind::Date,
        "datetime" => FieldKind::DateTime,
        "boolean" => FieldKind::Boolean,
        "choice" if choices.is_empty() => return Err(FieldKindIssue::NoChoices),
        "choice" => return Ok(FieldKind::Choice(choices.to_vec())),
        "email" => FieldKind::Email,
        "phone" => FieldKind::Phone,
        _ => {
            return Err(FieldKindIssue::UnknownKind {
                name: word.to_owned(),
            });
        }
    };
    if choices.is_empty() {
        Ok(kind)
    } else {
        Err(FieldKindIssue::ChoicesOf {
            name: word.to_owned(),
        })
    }
}

/// Whether a text can be the key of a field.
pub fn is_field_key(key: &str) -> bool {
    let slug = |character: char| {
        character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
    };
    !key.is_empty() && key.chars().all(slug)
}

impl IntegrationSettings {
    /// Settles what every named field is in a workspace that has these fields (none: there is no workspace yet). Gives
    /// the keys of text fields that are to be created because the settings ask for it.
    pub fn resolve(&mut self, schema: Option<&Schema>) -> Result<Vec<String>, Vec<SettingError>> {
        let empty = Schema::new([]);
        let schema = schema.unwrap_or(&empty);
        let (mut problems, mut created) = (Vec::new(), Vec::new());
        for named in &self.named {
            let key = &named.key;
            let issue = if let Some(number) = schema.formerly(key) {
                let new = schema.key(number);
                SettingIssue::RenamedField {
                    key: key.clone(),
                    new: new.to_owned(),
                }
            } else if named.is_defined || schema.find(key).is_some() {
                continue;
            } else if self.create_fields && is_field_key(key) {
                created.push(key.clone());
                continue;
            } else {
                self.unknown(named, schema)
            };
            problems.push(SettingError::new(&named.setting, issue));
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

    /// Leaves out what neither the workspace nor these settings know: an integration that is being set up is tested before all
    /// of its fields exist.
    pub fn drop_unknown_fields(&mut self, schema: &Schema) {
        let own = &self.own_fields;
        let is_known =
            |key: &str| schema.find(key).is_some() || own.iter().any(|field| field.key == key);
        self.mapping.retain(|mapping| is_known(&mapping.key));
    }

    /// The fields of the workspace with those that these settings define.
    pub fn schema(&self, schema: &Schema) -> Schema {
        let stored = schema.own().map(|(_, field)| field.clone());
        let new = self.own_fields.iter();
        let new = new
            .filter(|field| schema.find(&field.key).is_none())
            .cloned();
        Schema::new(stored.chain(new))
    }

    fn unknown(&self, named: &NamedField, schema: &Schema) -> SettingIssue {
        let keys = schema.iter().map(|(_, field)| field.key.as_str());
        let own = self.own_fields.iter().map(|field| field.key.as_str());
        SettingIssue::UnknownField {
            key: named.key.clone(),
            near: nearest(&named.key, keys.chain(own)).map(str::to_owned),
        }
    }

    /// The fields that the settings alone leave unknown.
    pub(super) fn unknown_alone(&self) -> Vec<SettingError> {
        self.clone().resolve(None).err().unwrap_or_default()
    }
}

fn not_mapped(key: &str) -> SettingError {
    let field = key.to_owned();
    SettingError::new("mapping", SettingIssue::RequiredNotMapped { field })
}
