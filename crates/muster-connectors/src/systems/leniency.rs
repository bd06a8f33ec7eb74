//! The many forms in which HR systems write one value: numbers as text, nothing as `""` or `[]`, lists as text.

use crate::connector::Value;
use serde::Deserialize;
use serde_json::{Number, Value as Json};

/// The longest run of digits that a number keeps exactly when it is not a whole number of 64 bits.
const EXACT: f64 = 1e15;

/// A number from 0 on that may come as text, with decimals, or as something else that is no number.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct Lenient(Json);

impl Lenient {
    pub(crate) fn number(&self) -> Option<u64> {
        if let Some(number) = self.0.as_u64() {
            return Some(number);
        }
        let text = self.0.as_str().map(str::trim);
        if let Some(number) = text.and_then(|text| text.parse().ok()) {
            return Some(number);
        }
        let number = self.0.as_f64().or_else(|| text?.parse().ok())?;
        // Decimals are cut off; a larger number than there is counts as the largest.
        (number.is_finite() && number >= 0.0).then_some(number as u64)
    }
}

/// A value as text: of an object its name, of a list all of it.
pub(crate) fn text(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Text(flag.to_string()),
        Json::Number(number) => self::number(number),
        Json::String(text) => Value::of(text.as_str()),
        Json::Array(items) => list(items),
        Json::Object(_) => named(value, "name"),
    }
}

/// A date: the calendar day is in the first ten characters, whatever the zone.
pub(crate) fn day(value: &Json) -> Value {
    match value {
        Json::String(text) => match text.split_at_checked(10) {
            Some((day, rest)) if rest.starts_with(['T', ' ']) && day.is_ascii() => {
                Value::Text(day.to_owned())
            }
            _ => Value::of(text.as_str()),
        },
        Json::Null => Value::Null,
        _ => Value::Unreadable,
    }
}

/// Tags: a list, text with commas, or text that is a list in JSON.
pub(crate) fn tags(value: &Json) -> Value {
    if let Json::String(text) = value
        && text.starts_with('[')
        && let Ok(Json::Array(items)) = serde_json::from_str(text)
    {
        return list(&items);
    }
    text(value)
}

/// One attribute of an object that stands for something else: a department's name, a supervisor's id. Each may
/// be plain, within `attributes`, or in an envelope of its own. `""` and `[]` stand for nothing.
pub(crate) fn named(value: &Json, what: &str) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::String(text) if text.is_empty() => Value::Null,
        Json::Array(items) if items.is_empty() => Value::Null,
        Json::Object(object) => {
            let inner = object.get("attributes").unwrap_or(value);
            match inner.get(what) {
                Some(Json::Object(envelope)) => {
                    envelope.get("value").map_or(Value::Unreadable, scalar)
                }
                Some(plain) => scalar(plain),
                None => Value::Unreadable,
            }
        }
        Json::String(_) | Json::Array(_) | Json::Bool(_) | Json::Number(_) => Value::Unreadable,
    }
}

/// A text, number or yes/no, or nothing.
pub(crate) fn scalar(value: &Json) -> Value {
    match value {
        Json::Array(_) | Json::Object(_) => Value::Unreadable,
        other => text(other),
    }
}

fn list(items: &[Json]) -> Value {
    let mut texts = Vec::new();
    for item in items {
        match text(item) {
            Value::Text(text) => texts.push(text),
            Value::Null | Value::Absent => {}
            Value::Unreadable => return Value::Unreadable,
        }
    }
    Value::of(texts.join(", "))
}

fn number(number: &Number) -> Value {
    match number.as_f64() {
        // Digits are lost already.
        Some(float) if number.is_f64() && float.abs() >= EXACT => Value::Unreadable,
        _ => Value::Text(number.to_string()),
    }
}
