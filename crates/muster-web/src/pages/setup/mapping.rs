//! Between the form of the mapping and the settings: which column goes to which field, and with which conversions.

use super::conversions;
use crate::pages::sent::Sent;
use muster_core::setup::{
    listing::Catalogue,
    settings::{RawField, RawMapping, RawSettings, Short, is_field_key},
    suggestion::Suggestion,
};
use std::collections::{BTreeMap, BTreeSet};

/// From this confidence on, a suggestion is taken until a person decides.
const LIKELY: f64 = 0.7;

/// The choice of a new custom field.
pub(super) const NEW: &str = "+";

/// What a column goes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Chosen {
    /// The key of the field; empty: the column is not used.
    pub(super) field: String,
    pub(super) mapping: RawMapping,
    /// How sure a suggestion is, from 0 to 1; none: a person or a preset has chosen.
    pub(super) confidence: Option<f64>,
}

/// What each column goes to now: as chosen, else as the preset or the connector has it, else as its name and values suggest.
pub(super) fn chosen(
    raw: &RawSettings,
    filled: &RawSettings,
    columns: &[String],
    suggestions: &[Suggestion],
) -> Vec<Chosen> {
    let mapping = filled.mapping.clone().unwrap_or_default();
    let mut used = BTreeSet::new();
    let mut chosen = vec![Chosen::default(); columns.len()];
    for (key, entry) in &mapping {
        let entry = &entry.0;
        let first = entry.first_of.iter().flatten();
        let mut named = entry.column.iter().chain(first);
        let at = named.find_map(|name| columns.iter().position(|column| column == name));
        let Some(at) = at else { continue };
        if chosen[at].field.is_empty() {
            used.insert(key.clone());
            chosen[at] = Chosen {
                field: key.clone(),
                mapping: entry.clone(),
                confidence: None,
            };
        }
    }
    if raw.mapping.is_some() {
        return chosen;
    }
    for suggestion in suggestions {
        let at = columns
            .iter()
            .position(|column| *column == suggestion.column);
        let (Some(at), Some(field)) = (at, &suggestion.field) else {
            continue;
        };
        let is_free = chosen[at].field.is_empty() && !used.contains(field);
        if suggestion.confidence < LIKELY || !is_free {
            continue;
        }
        used.insert(field.clone());
        chosen[at] = Chosen {
            field: field.clone(),
            mapping: RawMapping {
                column: Some(suggestion.column.clone()),
                format: suggestion.format.clone(),
                ..RawMapping::default()
            },
            confidence: Some(suggestion.confidence),
        };
    }
    chosen
}

/// What is wrong with the row of a column, as the key of its text.
pub(super) type RowErrors = BTreeMap<usize, &'static str>;

/// The settings with the mapping of a form. What a preset or a connector maps and the form does not is left out.
pub(super) fn mapped(
    raw: &RawSettings,
    filled: &RawSettings,
    columns: &[String],
    sent: &Sent,
    catalogue: &Catalogue,
) -> Result<RawSettings, RowErrors> {
    let before = filled.mapping.clone().unwrap_or_default();
    let mut mapping: BTreeMap<String, Short<RawMapping>> = BTreeMap::new();
    let mut fields = raw.fields.clone().unwrap_or_default();
    let mut errors = RowErrors::new();
    for (at, column) in columns.iter().enumerate() {
        let input = |name: &str| sent.text(&format!("{name}.{at}"));
        let key = match input("field") {
            "" => continue,
            NEW => {
                let key = field_key(input("new"));
                if !is_field_key(&key) {
                    errors.insert(at, "setup-field-name-missing");
                    continue;
                }
                let kind = match input("kind") {
                    "" => "text",
                    kind => kind,
                };
                fields.insert(
                    key.clone(),
                    Short(RawField {
                        kind: kind.to_owned(),
                        ..RawField::default()
                    }),
                );
                key
            }
            key => key.to_owned(),
        };
        let known = before.get(&key).map(|known| known.0.clone());
        let mut entry = from_column(known.unwrap_or_default(), column);
        if let Err(error) = conversions::apply(sent, at, &mut entry) {
            errors.insert(at, error);
        }
        if mapping.insert(key, Short(entry)).is_some() {
            errors.insert(at, "setup-field-twice");
        }
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    // What is put together of several columns, or is the same for everybody, is not in the form.
    for (key, entry) in &before {
        let is_composed = entry.0.join.is_some() || entry.0.constant.is_some();
        if is_composed && !mapping.contains_key(key) {
            mapping.insert(key.clone(), entry.clone());
        }
    }
    let preset = raw
        .preset
        .as_deref()
        .and_then(|name| catalogue.preset(name));
    let system = raw.source.connector.as_deref();
    let system = system.and_then(|id| catalogue.system(id));
    let defaults = [
        preset.and_then(|preset| preset.mapping.as_ref()),
        system.and_then(|system| system.defaults.mapping.as_ref()),
    ];
    for key in defaults.into_iter().flatten().flat_map(BTreeMap::keys) {
        let left_out = RawMapping {
            left_out: true,
            ..RawMapping::default()
        };
        mapping.entry(key.clone()).or_insert(Short(left_out));
    }
    fields.retain(|key, _| mapping.contains_key(key));
    Ok(RawSettings {
        mapping: Some(mapping),
        fields: (!fields.is_empty()).then_some(fields),
        ..raw.clone()
    })
}

/// A mapping that reads a column. The columns that are read where this one is blank stay.
fn from_column(known: RawMapping, column: &str) -> RawMapping {
    let mut alternatives = known.first_of.iter().flatten();
    if known.column.is_none() && alternatives.any(|one| one == column) {
        return known;
    }
    RawMapping {
        column: Some(column.to_owned()),
        first_of: None,
        join: None,
        with: None,
        constant: None,
        ..known
    }
}

/// `Contract hours` as a key: `contract_hours`.
fn field_key(name: &str) -> String {
    let key = name.trim().to_lowercase();
    let key = key.chars().map(|c| match c {
        'a'..='z' | '0'..='9' => c,
        _ => '_',
    });
    let key: String = key.collect();
    key.trim_matches('_').to_owned()
}

/// Values that are renamed, one on each line: `M = Male`.
pub(super) fn renamed(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter_map(|line| line.split_once('='));
    lines
        .map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned()))
        .filter(|(from, _)| !from.is_empty())
        .collect()
}

/// The same as a person writes it.
pub(super) fn written(values: &BTreeMap<String, String>) -> String {
    let lines = values.iter().map(|(from, to)| format!("{from} = {to}"));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::setup::{
        listing::Preset,
        settings::{from_json, to_json},
        suggestion::suggest,
    };

    fn texts(list: &[&str]) -> Vec<String> {
        list.iter().map(|text| (*text).to_owned()).collect()
    }

    fn catalogue() -> Catalogue {
        let settings =
            from_json(r#"{"mapping":{"email":{"first_of":["mail","E-mail"]},"birthday":"born"}}"#);
        Catalogue {
            presets: vec![Preset {
                name: "alleo".to_owned(),
                settings: settings.unwrap(),
            }],
            ..Catalogue::default()
        }
    }

    fn raw(json: &str) -> (RawSettings, RawSettings) {
        let raw = from_json(json).unwrap();
        let filled = super::super::filled(&raw, &catalogue());
        (raw, filled)
    }

    #[test]
    fn columns_of_the_preset_are_taken_and_the_others_are_suggested_until_a_person_has_chosen() {
        let columns = texts(&["E-mail", "Voornaam", "Salaris"]);
        let rows = vec![texts(&["ann@acme.example", "Ann", "3000"])];
        let suggestions = suggest(&columns, &rows, &[]);
        let (new, filled) = raw(r#"{"preset":"alleo"}"#);
        let found = chosen(&new, &filled, &columns, &suggestions);
        let fields: Vec<&str> = found.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["email", "first_name", ""]);
        assert!(found[0].confidence.is_none() && found[1].confidence.is_some());
        let (saved, filled) = raw(r#"{"preset":"alleo","mapping":{"title":"Salaris"}}"#);
        let found = chosen(&saved, &filled, &columns, &suggestions);
        let fields: Vec<&str> = found.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["email", "", "title"]);
    }

    #[test]
    fn form_becomes_a_mapping_with_conversions_and_leaves_out_what_the_preset_maps_beside_it() {
        let columns = texts(&["E-mail", "Start", "Uren"]);
        let (new, filled) = raw(r#"{"preset":"alleo"}"#);
        let sent = Sent::parse(
            b"field.0=email&field.1=onboarding_date&format.1=DD-MM-YYYY&blank.1=clear\
              &field.2=%2B&new.2=Contract+hours&kind.2=number&decimal.2=%2C&values.2=full+%3D+40%0Ahalf%3D20",
        );
        let mapped = mapped(&new, &filled, &columns, &sent, &catalogue()).unwrap();
        assert_eq!(
            to_json(&mapped).to_string(),
            r#"{"fields":{"contract_hours":"number"},"mapping":{"birthday":false,"contract_hours":{"column":"Uren","decimal":",","values":{"full":"40","half":"20"}},"email":{"first_of":["mail","E-mail"]},"onboarding_date":{"blank":"clear","column":"Start","format":"DD-MM-YYYY"}},"preset":"alleo"}"#
        );
    }

    #[test]
    fn columns_that_stand_in_for_a_blank_one_stay_until_another_column_is_chosen() {
        let columns = texts(&["mail", "E-mail", "Adres"]);
        let (new, filled) = raw(r#"{"preset":"alleo"}"#);
        let shown = chosen(&new, &filled, &columns, &[]);
        assert_eq!(shown[0].field, "email");
        let unchanged = Sent::parse(b"field.0=email&field.1=&field.2=&format.0=&blank.0=clear");
        let saved = mapped(&new, &filled, &columns, &unchanged, &catalogue()).unwrap();
        assert_eq!(
            to_json(&saved)["mapping"]["email"].to_string(),
            r#"{"blank":"clear","first_of":["mail","E-mail"]}"#
        );
        let other = Sent::parse(b"field.0=&field.1=&field.2=email");
        let saved = mapped(&new, &filled, &columns, &other, &catalogue()).unwrap();
        assert_eq!(to_json(&saved)["mapping"]["email"], "Adres");
    }

    #[test]
    fn field_that_two_columns_go_to_and_a_new_field_without_a_name_are_errors_of_their_rows() {
        let columns = texts(&["a", "b", "c"]);
        let (new, filled) = raw("{}");
        let sent = Sent::parse(b"field.0=email&field.1=email&field.2=%2B&new.2=+!+");
        let errors = mapped(&new, &filled, &columns, &sent, &catalogue()).unwrap_err();
        assert_eq!(
            errors.into_iter().collect::<Vec<_>>(),
            [(1, "setup-field-twice"), (2, "setup-field-name-missing")]
        );
    }
}
