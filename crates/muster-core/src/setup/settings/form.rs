//! What a person fills into the form of a source, as settings. Secrets are not part of it: settings say that they are stored.

use super::{
    raw::RawSettings,
    stored::{ANSWERS, from_json, to_json},
};
use crate::setup::listing::{Listing, Setting, SettingKind};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The setting that moves files after reading; `source.after` says what happens to them otherwise.
const ARCHIVE: &str = "source.after.archive";

/// What was filled in, by the whole name of each setting, such as `source.url`. Settings without an answer stay as they are.
pub type Answers = BTreeMap<String, String>;

/// Settings with the answers of a form. An empty answer is the default. None: an answer has a form that no setting has.
pub fn fill_in(
    settings: &RawSettings,
    listing: &Listing,
    answers: &Answers,
) -> Option<RawSettings> {
    let mut json = to_json(settings);
    for setting in listing.settings {
        let name = listing.path(setting);
        let Some(answer) = answers.get(&name).map(|answer| answer.trim()) else {
            continue;
        };
        if name == ARCHIVE && answer.is_empty() {
            continue;
        }
        let value = match answer {
            "" => Value::Null,
            answer if setting.default == Some(answer) => Value::Null,
            _ if setting.is_secret() => json!({ "stored": true }),
            answer if setting.kind == SettingKind::Flag && listing.section.is_empty() => {
                json!(answer == "true")
            }
            answer => json!(answer),
        };
        set(&mut json, &keys(listing, setting), value);
    }
    from_json(&json.to_string()).ok()
}

/// What a form shows of settings: the answer of each setting that has one, and is no secret.
pub fn answers(settings: &RawSettings, listing: &Listing) -> Answers {
    let json = to_json(settings);
    let shown = listing
        .settings
        .iter()
        .filter(|setting| !setting.is_secret());
    let answer = |setting: &Setting| {
        let mut at = &json;
        for key in keys(listing, setting) {
            at = at.get(key)?;
        }
        let text = match at {
            Value::String(text) => text.clone(),
            Value::Bool(flag) => flag.to_string(),
            _ => return None,
        };
        Some((listing.path(setting), text))
    };
    shown.filter_map(answer).collect()
}

/// Where a setting is in the JSON.
fn keys<'k>(listing: &Listing, setting: &'k Setting) -> Vec<&'k str> {
    match listing.section {
        "" => setting.key.split('.').collect(),
        _ => vec![ANSWERS, setting.key],
    }
}

fn set(json: &mut Value, keys: &[&str], value: Value) {
    let Some((last, path)) = keys.split_last() else {
        return;
    };
    let mut at = json;
    for key in path {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Some(map) = at.as_object_mut() else {
            return;
        };
        at = map.entry(*key).or_insert_with(|| Value::Object(Map::new()));
    }
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    if let Some(map) = at.as_object_mut() {
        match value {
            Value::Null => map.remove(*last),
            value => map.insert((*last).to_owned(), value),
        };
    }
}
