//! Columns to fields: [mapping] and [fields] of an integration file.

use super::{
    MappingByKey,
    check::Checker,
    fields::{KINDS, NamedField, field_kind, is_key},
    raw::{RawField, RawFile, RawMapping},
};
use muster_core::{
    derive::budget::same_budget,
    model::field::{FieldDefinition, FieldOrigin, Schema, budget_key},
    read::normalise::{CountryNumbers, DateFormat, DecimalMark, FieldKind},
    setup::mapping::{BlankPolicy, InvalidPolicy, Source},
};

impl Checker<'_> {
    pub(super) fn own_fields(&mut self, raw: &RawFile) -> Vec<FieldDefinition> {
        let canonical = Schema::new([]);
        let mut fields = Vec::new();
        let slug = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        };
        for (key, field) in raw.fields.iter().flatten() {
            let at = format!("fields.{key}");
            if canonical.find(key).is_some() {
                self.problem(
                    &at,
                    "every workspace has this field already",
                    "take it out of [fields]",
                );
            } else if !is_key(key) {
                self.problem(
                    &at,
                    "a field's key has small letters, digits and `_` only",
                    "rename it, as in `cost_centre`",
                );
            } else if budget_key(key).is_some() {
                self.problem(
                    &at,
                    "the key is that of a budget, which needs no definition",
                    "take it out of [fields]",
                );
            }
            fields.push(self.own_field(key, &at, &field.0));
        }
        let mapped = || raw.mapping.iter().flatten().map(|(key, _)| key);
        if let Some((one, other)) = same_budget(mapped().map(String::as_str)) {
            let message = format!("it sets the same budget of a person as `{one}`");
            self.problem(
                &format!("mapping.{other}"),
                message,
                "keep one of them; both can read several columns",
            );
        }
        for key in mapped() {
            if canonical.find(key).is_none()
                && !fields.iter().any(|field| field.key == *key)
                && key.chars().all(slug)
                && budget_key(key).is_some()
            {
                let kind = FieldKind::Decimal;
                fields.push(FieldDefinition {
                    key: key.clone(),
                    kind,
                    origin: FieldOrigin::Budget,
                    required: false,
                });
            }
        }
        fields
    }

    fn own_field(&mut self, key: &str, at: &str, raw: &RawField) -> FieldDefinition {
        let words: Vec<(&str, &str)> = KINDS.iter().map(|word| (*word, *word)).collect();
        let word = self.word(at, Some(&raw.kind), &words);
        let kind = field_kind(word, raw.choices.as_deref().unwrap_or_default()).unwrap_or_else(|why| {
            let advice = "choices belong to `type = \"choice\"`, as in `choices = [\"S\", \"M\", \"L\"]`";
            self.problem(at, why, advice);
            FieldKind::Text
        });
        FieldDefinition {
            key: key.to_owned(),
            kind,
            origin: FieldOrigin::Custom,
            required: raw.required,
        }
    }

    pub(super) fn mapping(&mut self, raw: &RawFile) -> Vec<MappingByKey> {
        let mut entries = Vec::new();
        for (key, mapping) in raw.mapping.iter().flatten() {
            let at = format!("mapping.{key}");
            entries.extend(self.field_mapping(key, &at, &mapping.0));
        }
        for needed in ["email", "first_name", "last_name"] {
            if raw
                .mapping
                .as_ref()
                .is_none_or(|mapping| !mapping.contains_key(needed))
            {
                let message = format!("nothing is mapped to `{needed}`, which every person needs");
                self.problem(
                    &format!("mapping.{needed}"),
                    message,
                    format!("add `{needed} = \"name of the column\"` under [mapping]"),
                );
            }
        }
        entries
    }

    fn field_mapping(&mut self, key: &str, at: &str, raw: &RawMapping) -> Option<MappingByKey> {
        if raw.left_out {
            self.problem(
                at,
                "no preset maps this field, so there is nothing to leave out",
                "remove the line",
            );
            return None;
        }
        let source = match (&raw.column, &raw.first_of, &raw.join, &raw.constant) {
            (Some(column), None, None, None) => Source::Column(column.clone()),
            (None, Some(columns), None, None) if !columns.is_empty() => {
                Source::FirstOf(columns.clone())
            }
            (None, None, Some(columns), None) if !columns.is_empty() => Source::Join {
                columns: columns.clone(),
                with: raw.with.clone().unwrap_or_else(|| " ".to_owned()),
            },
            (None, None, None, Some(value)) => Source::Constant(value.clone()),
            _ => {
                self.problem(
                    at,
                    "it needs exactly one of `column`, `first_of`, `join` and `constant`",
                    "keep one of them",
                );
                return None;
            }
        };
        if let Some(Err(why)) = raw.format.as_deref().map(DateFormat::parse) {
            self.problem(at, why, "write the format as in `DD-MM-YYYY`");
        }
        let blanks = [("keep", BlankPolicy::Keep), ("clear", BlankPolicy::Clear)];
        let decimals = [(".", DecimalMark::Point), (",", DecimalMark::Comma)];
        let digits = [
            ("calling", CountryNumbers::Calling),
            ("iso", CountryNumbers::Iso),
        ];
        let invalids = [
            ("drop", InvalidPolicy::Drop),
            ("reject", InvalidPolicy::Reject),
        ];
        Some(MappingByKey {
            key: key.to_owned(),
            source,
            values: raw.values.clone(),
            format: raw.format.clone(),
            blank: raw
                .blank
                .as_deref()
                .map(|word| self.word(at, Some(word), &blanks)),
            invalid: raw
                .invalid
                .as_deref()
                .map(|word| self.word(at, Some(word), &invalids)),
            required: raw.required,
            no_date: raw.no_date.clone(),
            decimal: self.word(at, raw.decimal.as_deref(), &decimals),
            volatile: raw.volatile,
            digits: raw
                .digits
                .as_deref()
                .map(|word| self.word(at, Some(word), &digits)),
        })
    }
}

/// The fields that are not those of every workspace, where the file names them.
pub(super) fn named(raw: &RawFile, own: &[FieldDefinition]) -> Vec<NamedField> {
    let canonical = Schema::new([]);
    let fields = raw.fields.iter().flatten().map(|(key, _)| ("fields", key));
    let mapped = raw
        .mapping
        .iter()
        .flatten()
        .map(|(key, _)| ("mapping", key));
    fields
        .chain(mapped)
        .filter(|(_, key)| canonical.find(key).is_none())
        .map(|(section, key)| NamedField {
            key: key.clone(),
            setting: format!("{section}.{key}"),
            line: None,
            is_defined: own.iter().any(|field| field.key == *key),
        })
        .collect()
}
