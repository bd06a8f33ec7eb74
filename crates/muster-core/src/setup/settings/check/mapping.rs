//! Columns to fields: the mapping and the custom fields.

use super::{
    super::{
        checked::{MappingByKey, NamedField},
        fields::{FIELD_KINDS, field_kind, is_field_key},
        raw::{RawField, RawMapping, RawSettings},
    },
    Checker, SettingIssue,
};
use crate::{
    derive::budget::same_budget,
    model::field::{FieldDefinition, FieldOrigin, Schema, budget_key},
    read::normalise::{CountryNumbers, DateFormat, DecimalMark, FieldKind},
    setup::mapping::{BlankPolicy, InvalidPolicy, ManagerKey, Source},
};
use regex::Regex;

/// The first years that a year of two digits can be set to mean.
const CENTURIES: std::ops::RangeInclusive<i16> = 1900..=2100;

/// A mapping of the manager by address: it sets the field of the manager's external id.
const MANAGER_EMAIL: &str = "manager_email";
const MANAGER_ID: &str = "manager_external_id";

impl Checker<'_> {
    pub(super) fn own_fields(&mut self, raw: &RawSettings) -> Vec<FieldDefinition> {
        let canonical = Schema::new([]);
        let mut fields = Vec::new();
        let slug = |character: char| {
            character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_'
        };
        for (key, field) in raw.fields.iter().flatten() {
            let at = format!("fields.{key}");
            if canonical.find(key).is_some() || key == MANAGER_EMAIL {
                self.problem(&at, SettingIssue::StandardField);
            } else if !is_field_key(key) {
                self.problem(&at, SettingIssue::NotAFieldKey);
            } else if budget_key(key).is_some() {
                self.problem(&at, SettingIssue::BudgetField);
            }
            fields.push(self.own_field(key, &at, &field.0));
        }
        let mapped = || raw.mapping.iter().flatten().map(|(key, _)| key);
        if let Some((one, other)) = same_budget(mapped().map(String::as_str)) {
            let setting = format!("mapping.{other}");
            let other = one.to_owned();
            self.problem(&setting, SettingIssue::SameBudget { other });
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
        let words: Vec<(&str, &str)> = FIELD_KINDS.iter().map(|word| (*word, *word)).collect();
        let word = self.word(at, Some(&raw.kind), &words);
        let choices = raw.choices.as_deref().unwrap_or_default();
        let kind = field_kind(word, choices).unwrap_or_else(|issue| {
            self.problem(at, SettingIssue::FieldKind(issue));
            FieldKind::Text
        });
        FieldDefinition {
            key: key.to_owned(),
            kind,
            origin: FieldOrigin::Custom,
            required: raw.required,
        }
    }

    pub(super) fn mapping(&mut self, raw: &RawSettings) -> Vec<MappingByKey> {
        let mut entries = Vec::new();
        for (key, mapping) in raw.mapping.iter().flatten() {
            let at = format!("mapping.{key}");
            entries.extend(self.field_mapping(key, &at, &mapping.0));
        }
        let is_mapped = |key: &str| {
            raw.mapping
                .iter()
                .flatten()
                .any(|(mapped, _)| mapped == key)
        };
        if is_mapped(MANAGER_EMAIL) && is_mapped(MANAGER_ID) {
            self.problem("mapping.manager_email", SettingIssue::SeveralManagers);
        }
        for needed in ["email", "first_name", "last_name"] {
            if raw
                .mapping
                .as_ref()
                .is_none_or(|mapping| !mapping.contains_key(needed))
            {
                let field = needed.to_owned();
                self.problem(
                    &format!("mapping.{needed}"),
                    SettingIssue::NotMapped { field },
                );
            }
        }
        entries
    }

    fn field_mapping(&mut self, key: &str, at: &str, raw: &RawMapping) -> Option<MappingByKey> {
        if raw.left_out {
            self.problem(at, SettingIssue::NothingToLeaveOut);
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
                self.problem(at, SettingIssue::ValueSource);
                return None;
            }
        };
        self.date_formats(at, raw);
        if let Some(pattern) = &raw.extract
            && Regex::new(pattern).map_or(true, |pattern| pattern.captures_len() != 2)
        {
            let pattern = pattern.clone();
            self.problem(at, SettingIssue::Extract { pattern });
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
        let (key, manager) = match key {
            MANAGER_EMAIL => (MANAGER_ID, ManagerKey::Email),
            key => (key, ManagerKey::ExternalId),
        };
        Some(MappingByKey {
            key: key.to_owned(),
            manager,
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
            formats: raw.formats.clone(),
            century: raw.century,
            extract: raw.extract.clone(),
        })
    }

    fn date_formats(&mut self, at: &str, raw: &RawMapping) {
        if raw.format.is_some() && !raw.formats.is_empty() {
            self.problem(at, SettingIssue::FormatAndFormats);
        }
        if let Some(first) = raw.century.filter(|first| !CENTURIES.contains(first)) {
            self.problem(at, SettingIssue::Century { first });
        }
        for shape in raw.format.iter().chain(&raw.formats) {
            if let Err(why) = DateFormat::new(&[shape], raw.century) {
                self.problem(at, SettingIssue::DateFormat { why });
            }
        }
    }
}

/// The fields that are not standard fields, where the settings name them.
pub(super) fn named(raw: &RawSettings, own: &[FieldDefinition]) -> Vec<NamedField> {
    let canonical = Schema::new([]);
    let fields = raw.fields.iter().flatten().map(|(key, _)| ("fields", key));
    let mapped = raw
        .mapping
        .iter()
        .flatten()
        .map(|(key, _)| ("mapping", key));
    fields
        .chain(mapped)
        .filter(|(_, key)| canonical.find(key).is_none() && *key != MANAGER_EMAIL)
        .map(|(section, key)| NamedField {
            key: key.clone(),
            setting: format!("{section}.{key}"),
            is_defined: own.iter().any(|field| field.key == *key),
        })
        .collect()
}
