//! The settings of an integration in words, and every version of them with its author. Secrets are not part of settings: these
//! name them.

use crate::{
    access::Here,
    pages::{
        frame::Frame,
        parts::{DiffRow, field_name},
    },
    state::App,
    wording::{Times, visible},
};
use muster_core::model::field::Schema;
use muster_store::{SettingsVersion, StoreError};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many versions are shown.
const MAX_VERSIONS: usize = 10;

pub(crate) struct SettingsView {
    /// Who manages them: a file that is applied again, or the database.
    pub(crate) managed: String,
    pub(crate) settings: Vec<(String, String)>,
    /// Fields, and the columns that they are read from.
    pub(crate) mapping: Vec<(String, String)>,
    pub(crate) versions: Vec<Version>,
    pub(crate) older: String,
}

pub(crate) struct Version {
    pub(crate) title: String,
    pub(crate) at: String,
    pub(crate) exact: String,
    pub(crate) by: String,
    pub(crate) changes: Vec<DiffRow>,
}

/// None: the integration runs from a file, and its settings are not stored.
pub(crate) fn read(
    app: &App,
    here: &Here,
    integration: &str,
    times: &Times,
) -> Result<Option<SettingsView>, StoreError> {
    let words = Frame::words();
    let Some(stored) = app.store.settings_of(here.workspace.id, integration)? else {
        return Ok(None);
    };
    let history = app.store.settings_history(here.workspace.id, integration)?;
    let schema = &here.workspace.schema;
    let (mapping, settings): (Vec<_>, Vec<_>) = flat(&stored.settings)
        .into_iter()
        .partition(|(path, _)| path.starts_with(MAPPING));
    let named = |pairs: Vec<(String, String)>| -> Vec<(String, String)> {
        let pairs = pairs.into_iter();
        pairs
            .map(|(path, value)| (name(schema, &path), visible(&value)))
            .collect()
    };
    Ok(Some(SettingsView {
        managed: match &stored.managed_by {
            Some(file) => words.v("settings-managed", &visible(file)),
            None => words.t("settings-stored"),
        },
        settings: named(settings),
        mapping: named(mapping),
        versions: versions(schema, &history, times),
        older: match history.len().saturating_sub(MAX_VERSIONS) {
            0 => String::new(),
            older => words.n("settings-older", older as u64),
        },
    }))
}

/// The versions with what each changed, newest first, as the history is.
fn versions(schema: &Schema, history: &[SettingsVersion], times: &Times) -> Vec<Version> {
    let words = Frame::words();
    let versions = history.iter().enumerate().take(MAX_VERSIONS);
    let version = |(at, version): (usize, &SettingsVersion)| {
        let before = history.get(at + 1);
        let key = match (
            &version.settings,
            before.is_some_and(|one| one.settings.is_some()),
        ) {
            (None, _) => "settings-removed",
            (Some(_), false) => "settings-first",
            (Some(_), true) => "settings-changed",
        };
        let text = |version: Option<&SettingsVersion>| {
            let text = version.and_then(|version| version.settings.as_deref());
            flat(text.unwrap_or("{}"))
        };
        Version {
            title: words.t(key),
            at: times.moment(version.changed_at),
            exact: times.exact(version.changed_at),
            by: version
                .changed_by
                .as_deref()
                .map(visible)
                .unwrap_or_default(),
            changes: match key {
                "settings-changed" => changes(schema, &text(before), &text(Some(version))),
                _ => Vec::new(),
            },
        }
    };
    versions.map(version).collect()
}

fn changes(
    schema: &Schema,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
) -> Vec<DiffRow> {
    let mut paths: Vec<&String> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    let differs = |path: &&String| before.get(*path) != after.get(*path);
    let row = |path: &String| DiffRow {
        field: name(schema, path),
        old: before.get(path).map(|value| visible(value)),
        new: after.get(path).map(|value| visible(value)),
    };
    paths.into_iter().filter(differs).map(row).collect()
}

const MAPPING: &str = "mapping.";

/// Every setting by its path; lists of plain values are one value.
fn flat(settings: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let settings: Value = serde_json::from_str(settings).unwrap_or_default();
    if let Value::Object(parts) = settings {
        // The integration and its workspace are what the page is about.
        for (key, value) in parts
            .iter()
            .filter(|(key, _)| *key != "name" && *key != "workspace")
        {
            add(&mut found, key.clone(), value);
        }
    }
    found
}

fn add(found: &mut BTreeMap<String, String>, path: String, value: &Value) {
    match value {
        Value::Object(parts) => {
            for (key, value) in parts {
                add(found, format!("{path}.{key}"), value);
            }
        }
        Value::Array(values) if values.iter().any(Value::is_object) => {
            for (at, value) in values.iter().enumerate() {
                add(found, format!("{path}.{}", at + 1), value);
            }
        }
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(plain).collect();
            found.insert(path, values.join(", "));
        }
        value => {
            found.insert(path, plain(value));
        }
    }
}

fn plain(value: &Value) -> String {
    let words = Frame::words();
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => words.t("settings-yes"),
        Value::Bool(false) => words.t("settings-no"),
        value => value.to_string(),
    }
}

/// The settings that most integrations have.
const NAMED: [(&str, &str); 9] = [
    ("source.url", "setting-url"),
    ("source.pattern", "setting-pattern"),
    ("source.expect", "setting-expect"),
    ("source.settle", "setting-settle"),
    ("source.connector", "setting-connector"),
    ("schedule", "setting-schedule"),
    ("policy.missing", "setting-missing"),
    ("policy.approve", "setting-approve"),
    ("credentials.user", "setting-user"),
];

/// `Guard: removals: percent` for those without a name of their own.
fn name(schema: &Schema, path: &str) -> String {
    let words = Frame::words();
    if let Some((_, key)) = NAMED.iter().find(|(of, _)| *of == path) {
        return words.t(key);
    }
    if let Some(field) = path.strip_prefix(MAPPING).and_then(|key| schema.find(key)) {
        return field_name(words, schema, field);
    }
    let text = visible(&path.replace('_', " ").replace('.', ": "));
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_named_and_changes_are_between_versions() {
        let schema = Schema::new([]);
        let old = flat(
            r#"{"name":"a","source":{"url":"file:a"},"schedule":["02:45 UTC","14:00 UTC"],"mapping":{"email":"mail"}}"#,
        );
        let new = flat(
            r#"{"name":"a","source":{"url":"file:b"},"guard":{"removals":{"percent":5}},"fields":[{"key":"x","required":true}]}"#,
        );
        let rows: Vec<(String, Option<String>, Option<String>)> = changes(&schema, &old, &new)
            .into_iter()
            .map(|row| (row.field, row.old, row.new))
            .collect();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            rows,
            [
                ("Fields: 1: key".to_owned(), None, text("x")),
                ("Fields: 1: required".to_owned(), None, text("yes")),
                ("Guard: removals: percent".to_owned(), None, text("5")),
                ("E-mail".to_owned(), text("mail"), None),
                ("Schedule".to_owned(), text("02:45 UTC, 14:00 UTC"), None),
                ("Address".to_owned(), text("file:a"), text("file:b")),
            ]
        );
    }

    #[test]
    fn settings_that_cannot_be_read_are_none() {
        assert_eq!(flat("not json"), BTreeMap::new());
        assert_eq!(flat("[1]"), BTreeMap::new());
    }
}
