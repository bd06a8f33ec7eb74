//! XML where no JSON is asked for, as BambooHR answers.

use super::super::answer::Answer;
use serde_json::Value;

/// The same answer as XML.
pub(super) fn instead_of(answer: &Answer) -> Answer {
    let value: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    element("result", &value, &mut text);
    Answer::text(answer.status, "text/xml", text)
}

fn element(name: &str, value: &Value, text: &mut String) {
    text.push_str(&format!("<{name}>"));
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let is_name = key.starts_with(|first: char| first.is_ascii_alphabetic());
                element(if is_name { key } else { "field" }, member, text);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| element("row", item, text)),
        Value::Null => {}
        Value::String(words) => text.push_str(&escaped(words)),
        other => text.push_str(&other.to_string()),
    }
    text.push_str(&format!("</{name}>"));
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
