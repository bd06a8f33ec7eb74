//! Slices of time: the same record as it was, is and will be.

use super::wire::Record;
use crate::{
    connector::Value,
    systems::{attributes::Attributes, leniency},
};
use jiff::civil::Date;

/// What tells one slice of one record from every other; none: it has no id.
pub(super) fn key(record: &Record) -> Option<String> {
    Some(format!(
        "{}\n{}",
        text(&record.says, "id")?,
        text(&record.says, "validFrom").unwrap_or_default()
    ))
}

/// The text of a property, if it has one.
pub(super) fn text(item: &Attributes, key: &str) -> Option<String> {
    match leniency::scalar(item.get(key)?) {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The yes or no of a property, if it has one.
pub(super) fn flag(item: &Attributes, key: &str) -> Option<bool> {
    match text(item, key)?.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}

/// The day of a property, if it has one.
pub(super) fn day(item: &Attributes, key: &str) -> Option<Date> {
    match leniency::day(item.get(key)?) {
        Value::Text(text) => text.parse().ok(),
        _ => None,
    }
}

/// First valid day; none: since ever.
pub(super) fn from(record: &Record) -> Option<Date> {
    day(&record.says, "validFrom")
}

/// First day on which it is no longer valid; none: open.
pub(super) fn until(record: &Record) -> Option<Date> {
    day(&record.says, "validUntil").filter(|day| day.year() < 9999)
}

/// The slice that is valid on a day, else the next one, else the last one. Of several that are valid the one that
/// began last counts, then the one that came last.
pub(super) fn choose<'s>(slices: &[&'s Record], today: Date) -> Option<&'s Record> {
    let valid = |it: &&&Record| {
        from(it).is_none_or(|day| day <= today) && until(it).is_none_or(|day| day > today)
    };
    let current = slices.iter().filter(valid).max_by_key(|it| from(it));
    let next = || {
        slices
            .iter()
            .filter(|it| from(it).is_some_and(|day| day > today))
            .min_by_key(|it| from(it))
    };
    let past = || slices.iter().max_by_key(|it| (until(it), from(it)));
    current.or_else(next).or_else(past).copied()
}
