//! Values as a terminal may show them: what comes from outside never moves the cursor or changes colours.

use crate::text;
use jiff::{Timestamp, tz::TimeZone};
use muster_core::model::{
    employment,
    field::canonical,
    origin::{self, DeliveredFile, Origin},
    plan::Changed,
};

/// A text from outside, with hidden characters as escapes.
pub(crate) fn safe(text: &str) -> String {
    origin::escaped(text)
}

/// A value, or that there is none.
pub(crate) fn value(text: Option<&str>) -> String {
    text.map_or_else(|| "(none)".to_owned(), safe)
}

/// A value of a field; employments are told one by one.
pub(crate) fn value_of(what: Changed, text: Option<&str>) -> String {
    let employments = text
        .filter(|_| what == Changed::Field(canonical::EMPLOYMENTS))
        .map(employment::read);
    match employments {
        Some(Ok(all)) => all
            .iter()
            .map(|one| safe(&text::employment::line(one)))
            .collect::<Vec<_>>()
            .join("; "),
        _ => value(text),
    }
}

/// `employees.csv:18`.
pub(crate) fn origin(origin: Origin, files: &[DeliveredFile]) -> String {
    origin.named(files)
}

/// An instant in UTC to the second.
pub(crate) fn moment(instant: Timestamp) -> String {
    instant
        .to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M:%S UTC")
        .to_string()
}

/// A number with the right form of its noun.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    if number == 1 {
        format!("1 {one}")
    } else {
        format!("{number} {many}")
    }
}
