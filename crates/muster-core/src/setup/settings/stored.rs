//! Settings as they are stored: JSON with a version, without what is not set; and how two of them differ.

use super::raw::RawSettings;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The version of the form in which settings are stored.
pub const FORM: i64 = 1;

/// The settings as JSON. Equal settings give equal JSON.
pub fn to_json(settings: &RawSettings) -> Value {
    let value = serde_json::to_value(settings).unwrap_or_default();
    pruned(value).unwrap_or_else(|| Value::Object(Map::new()))
}

/// Reads what [`to_json`] wrote.
pub fn from_json(text: &str) -> Result<RawSettings, serde_json::Error> {
    serde_json::from_str(text)
}

/// A value without what is not set in it.
fn pruned(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Object(map) => {
            let set = map
                .into_iter()
                .filter_map(|(key, value)| Some((key, pruned(value)?)));
            let set: Map<String, Value> = set.collect();
            (!set.is_empty()).then_some(Value::Object(set))
        }
        Value::Array(list) => {
            let kept = list.into_iter().filter_map(pruned);
            Some(Value::Array(kept.collect()))
        }
        other => Some(other),
    }
}

/// One setting that differs between two versions of the settings of an integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Difference {
    /// The setting, such as `source.url`.
    pub setting: String,
    /// None: it was not set, or its value is not shown.
    pub old: Option<String>,
    /// None: it is not set any more, or its value is not shown.
    pub new: Option<String>,
    /// Whether the values are not shown, because they may be secret.
    pub hidden: bool,
}

/// How two settings differ, setting by setting. Values that may hold a secret are hidden.
pub fn difference(old: Option<&RawSettings>, new: Option<&RawSettings>) -> Vec<Difference> {
    let flat = |settings: Option<&RawSettings>| {
        let mut found = BTreeMap::new();
        if let Some(settings) = settings {
            flatten("", &to_json(settings), &mut found);
        }
        found
    };
    let (old, new) = (flat(old), flat(new));
    let keys: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differs = keys
        .into_iter()
        .filter(|key| old.get(*key) != new.get(*key));
    differs
        .map(|key| {
            let hidden = may_be_secret(key, old.get(key)) || may_be_secret(key, new.get(key));
            let value =
                |values: &BTreeMap<String, String>| values.get(key).filter(|_| !hidden).cloned();
            Difference {
                setting: key.clone(),
                old: value(&old),
                new: value(&new),
                hidden,
            }
        })
        .collect()
}

/// A command may have a secret among its words, and a URL in its query.
fn may_be_secret(setting: &str, value: Option<&String>) -> bool {
    let is_command = setting.ends_with(".command")
        && (setting.starts_with("credentials.") || setting.starts_with("source."));
    is_command || (setting == "source.url" && value.is_some_and(|url| url.contains('?')))
}

fn flatten(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let below = |key: &str| match (path, key) {
        ("", ANSWERS) => "source".to_owned(),
        ("", key) => key.to_owned(),
        (path, key) => format!("{path}.{key}"),
    };
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                flatten(&below(key), value, found);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (position, value) in list.iter().enumerate() {
                flatten(&below(&(position + 1).to_string()), value, found);
            }
        }
        Value::Array(list) => {
            let items: Vec<String> = list.iter().map(text).collect();
            found.insert(path.to_owned(), items.join(", "));
        }
        scalar => {
            found.insert(path.to_owned(), text(scalar));
        }
    }
}

/// Where the answers to a connector's form are in the JSON: no setting can have this name.
pub(super) const ANSWERS: &str = "source.connector";

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test ends with a panic")]
mod tests {
    use super::*;

    fn settings(text: &str) -> RawSettings {
        from_json(text).unwrap()
    }

    const SHORT: &str = r#"{"mapping":{"birthday":false,"email":"E-mail","title":{"column":"Job","required":true}},"name":"hr","source":{"url":"sftp://h.example/in"},"workspace":"acme"}"#;

    #[test]
    fn what_is_not_set_is_not_stored_and_short_forms_stay_short() {
        let json = to_json(&settings(SHORT));
        let title = json["mapping"]["title"].as_object().unwrap();
        assert_eq!(title["column"], "Job");
        assert_eq!(json["mapping"]["email"], "E-mail");
        assert_eq!(json["mapping"]["birthday"], false);
        assert_eq!(json["workspace"], "acme");
        let source = json["source"].as_object().unwrap();
        assert_eq!(source.keys().collect::<Vec<_>>(), ["url"]);
        for absent in ["policy", "guard", "credentials", "company", "select"] {
            assert!(json.get(absent).is_none(), "{absent}: {json}");
        }
        let again = settings(&json.to_string());
        assert_eq!(again, settings(SHORT), "stored settings are read back");
        assert_eq!(to_json(&again), json);
    }

    #[test]
    fn a_difference_names_each_setting_once_with_both_values() {
        let (old, new) = (
            settings(SHORT),
            settings(
                r#"{"mapping":{"birthday":"Born","email":"E-mail","title":{"column":"Job","required":true}},"name":"hr","policy":{"match":["external_id","email"]},"source":{"pattern":"*.csv"},"workspace":"acme"}"#,
            ),
        );
        let found: Vec<_> = difference(Some(&old), Some(&new))
            .into_iter()
            .map(|one| (one.setting, one.old, one.new))
            .collect();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            found,
            [
                ("mapping.birthday".to_owned(), some("false"), some("Born")),
                ("policy.match".to_owned(), None, some("external_id, email")),
                ("source.pattern".to_owned(), None, some("*.csv")),
                ("source.url".to_owned(), some("sftp://h.example/in"), None),
            ]
        );
        assert!(difference(Some(&old), Some(&old)).is_empty());
        assert!(difference(None, Some(&old)).len() >= 6);
    }

    #[test]
    fn a_difference_hides_what_may_hold_a_secret() {
        let with = |url: &str, command: &str| {
            settings(&format!(
                r#"{{"source":{{"url":"{url}"}},"credentials":{{"user":"ann","password":{{"command":"{command}"}}}}}}"#
            ))
        };
        let old = with("https://h.example/x.csv?token=canary-1", "pass canary-2");
        let new = with("https://h.example/y.csv", "pass canary-3");
        let found = difference(Some(&old), Some(&new));
        assert!(!format!("{found:?}").contains("canary"), "{found:?}");
        let hidden: Vec<_> = found
            .iter()
            .map(|one| (one.setting.as_str(), one.hidden))
            .collect();
        assert_eq!(
            hidden,
            [("credentials.password.command", true), ("source.url", true)]
        );
    }
}
