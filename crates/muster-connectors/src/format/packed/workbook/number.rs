//! The text of a number cell.

use super::styles::Look;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

/// The day with the number 0: days after 1900-02-28, days before it, and of workbooks that begin in 1904.
const DAY_0: [Date; 3] = [
    Date::constant(1899, 12, 30),
    Date::constant(1899, 12, 31),
    Date::constant(1904, 1, 1),
];

/// In front of a value that is not what the sheet shows, so that no field accepts it.
pub(super) const LOST: char = char::REPLACEMENT_CHARACTER;

/// Numbers from here on have lost digits.
const MAX_WHOLE: f64 = 1e15;

/// The text of a number.
pub(super) fn text(stored: &str, look: Look, begins_in_1904: bool) -> String {
    let Ok(number) = stored.trim().parse::<f64>() else {
        return format!("{LOST}{stored}");
    };
    match look {
        Look::Date => day(number, begins_in_1904).unwrap_or_else(|| format!("{LOST}{stored}")),
        Look::Padded => format!("{LOST}{stored}"),
        Look::Plain if !number.is_finite() || number.abs() >= MAX_WHOLE => {
            format!("{LOST}{stored}")
        }
        // Also without the digits that binary fractions add: 0.1 + 0.2 is stored as 0.30000000000000004.
        Look::Plain => {
            let rounded = format!("{number:.10}");
            let rounded = rounded.trim_end_matches('0').trim_end_matches('.');
            if rounded == "-0" { "0" } else { rounded }.to_owned()
        }
    }
}

/// The day, with the time if there is one; a time without a day alone.
fn day(number: f64, begins_in_1904: bool) -> Option<String> {
    if !(0.0..3_000_000.0).contains(&number) {
        return None;
    }
    let seconds = (number * 86_400.0).round() as i64;
    let (days, seconds) = (seconds / 86_400, seconds % 86_400);
    let midnight = Date::constant(2000, 1, 1).at(0, 0, 0, 0);
    let time = midnight.checked_add(seconds.seconds()).ok()?.time();
    if days == 0 && !begins_in_1904 {
        return Some(time.strftime("%H:%M:%S").to_string());
    }
    // Excel counts a 29 February 1900, which never was.
    let zero = match (begins_in_1904, days) {
        (true, _) => DAY_0[2],
        (false, 60) => return Some("1900-02-29".to_owned()),
        (false, ..60) => DAY_0[1],
        (false, _) => DAY_0[0],
    };
    let date = zero.checked_add(days.days()).ok()?;
    if seconds == 0 {
        return Some(date.to_string());
    }
    let at: DateTime = date.to_datetime(time);
    Some(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}
