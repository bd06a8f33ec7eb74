//! Calendar days in the configured formats, and instants.
//!
//! A year has exactly four digits, or two with a stated century, and parts without a separator between them have fixed
//! widths, so that a short year or a lost zero is never read as another day.

mod month;
mod pattern;

use crate::model::problem::value::Fault;
use jiff::{Timestamp, civil::Date};
use pattern::{ISO, Pattern};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The first day that is taken for a date.
const FIRST: &str = "1900-01-01";
/// The last day that is taken for a date.
const LAST: &str = "2200-12-31";
/// Days that HR systems store where employment has no end.
const NEVER: [&str; 2] = ["9999-12-31", "2999-12-31"];

/// How dates are written in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFormat {
    shape: String,
    /// In order of preference. A pattern without parts is `YYYY-MM-DD`, which is read without looking at parts.
    patterns: Vec<Pattern>,
}

/// Why a text is not a format of dates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateFormatFault {
    /// It does not have one year, one month and one day, or something else is in it.
    NotAFormat { format: String },
    /// A year of two digits, without the first year that it can mean.
    ShortYear { format: String },
}

/// In which order of day and month a value is a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Only as configured.
    Configured,
    /// Only with day and month exchanged.
    Exchanged,
    /// Both ways, or neither.
    Any,
}

impl Default for DateFormat {
    /// `YYYY-MM-DD`.
    fn default() -> Self {
        Self {
            shape: ISO.to_owned(),
            patterns: vec![Pattern::default()],
        }
    }
}

impl DateFormat {
    /// Reads a format such as `DD-MM-YYYY`, `D MMM YYYY` or `%d-%m-%Y`. A year of two digits is refused.
    pub fn parse(shape: &str) -> Result<Self, DateFormatFault> {
        Self::new(&[shape], None)
    }

    /// Reads formats in order of preference; `century` is the first year that two digits can mean.
    pub fn new(shapes: &[&str], century: Option<i16>) -> Result<Self, DateFormatFault> {
        let patterns: Result<Vec<Pattern>, DateFormatFault> = shapes
            .iter()
            .map(|shape| Pattern::parse(shape, century))
            .collect();
        let patterns = patterns?;
        if patterns.is_empty() {
            return Ok(Self::default());
        }
        Ok(Self {
            shape: shapes.join("` or `"),
            patterns,
        })
    }

    /// The format as configured.
    pub fn shape(&self) -> &str {
        &self.shape
    }

    /// The canonical text of a day: what the first format makes of it that can read it.
    pub fn read<'r>(&self, value: Cow<'r, str>) -> Result<Cow<'r, str>, Fault> {
        for pattern in &self.patterns {
            if pattern.is_iso() {
                if iso_day(&value).is_some() {
                    return Ok(value);
                }
            } else if let Some(day) = pattern.numbers(&value).and_then(day_of) {
                return Ok(Cow::Owned(day.to_string()));
            }
        }
        Err(self.refuse(&value))
    }

    /// The same for a day in the life of an employee, which is not before 1900; `latest`: an earlier last day.
    pub fn read_plausible<'r>(
        &self,
        value: Cow<'r, str>,
        latest: Option<Date>,
    ) -> Result<Cow<'r, str>, Fault> {
        let day = self.read(value)?;
        // Canonical days compare as text.
        if day.as_ref() < FIRST || day.as_ref() > LAST {
            return Err(Fault::DateOutOfRange);
        }
        match latest {
            Some(latest) if iso_day(&day).is_some_and(|day| day > latest) => {
                Err(Fault::BirthdayInFuture)
            }
            _ => Ok(day),
        }
    }

    /// Whether an offboarding date is one of the days that mean "no end".
    pub fn is_never(&self, value: &str) -> bool {
        self.read(Cow::Borrowed(value.trim()))
            .is_ok_and(|day| NEVER.contains(&day.as_ref()))
    }

    /// Whether day and month come first, so that an export in the other order may go unnoticed.
    pub fn can_be_exchanged(&self) -> bool {
        self.patterns.iter().any(Pattern::can_be_exchanged)
    }

    /// In which order of day and month a value is a date.
    pub fn order(&self, value: &str) -> Order {
        let exchangeable = |pattern: &&Pattern| pattern.can_be_exchanged();
        let patterns = self.patterns.iter().filter(exchangeable);
        let numbers: Vec<_> = patterns
            .filter_map(|pattern| pattern.numbers(value))
            .collect();
        let configured = numbers.iter().any(|numbers| day_of(*numbers).is_some());
        let exchanged = numbers
            .iter()
            .any(|(year, month, day)| day_of((*year, *day, *month)).is_some());
        match (configured, exchanged) {
            (true, false) => Order::Configured,
            (false, true) => Order::Exchanged,
            _ => Order::Any,
        }
    }

    fn refuse(&self, value: &str) -> Fault {
        let format = self.shape.clone();
        let has_form = |pattern: &Pattern| match pattern.is_iso() {
            true => iso_form(value),
            false => pattern.numbers(value).is_some(),
        };
        if self.patterns.iter().any(has_form) {
            Fault::NotADay { format }
        } else {
            Fault::DateFormat { format }
        }
    }
}

fn day_of((year, month, day): (i16, i8, i8)) -> Option<Date> {
    (year > 0).then(|| Date::new(year, month, day).ok())?
}

/// Four, two and two digits with hyphens between them.
fn iso_form(value: &str) -> bool {
    let bytes = value.as_bytes();
    bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// A real day written with exactly four, two and two digits.
pub fn iso_day(value: &str) -> Option<Date> {
    if !iso_form(value) {
        return None;
    }
    let bytes = value.as_bytes();
    let number = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .fold(0i16, |sum, b| sum * 10 + i16::from(b - b'0'))
    };
    day_of((number(0..4), number(5..7) as i8, number(8..10) as i8))
}

/// Whether a canonical day is another day of the calendar with day and month exchanged.
pub(crate) fn reads_both_ways(canonical: &str) -> bool {
    iso_day(canonical).is_some_and(|day| day.day() <= 12 && day.day() != day.month())
}

/// The calendar day of an API's date or date-time: its first ten characters, never converted through UTC.
pub fn calendar_day(raw: &str) -> Result<Cow<'_, str>, Fault> {
    DateFormat::default().read(Cow::Borrowed(raw.get(..10).unwrap_or(raw)))
}

/// An instant in RFC 3339, given in UTC.
pub(super) fn date_time(value: &str) -> Result<String, Fault> {
    value
        .parse::<Timestamp>()
        .map(|instant| instant.to_string())
        .map_err(|_| Fault::DateTime)
}
