//! Calendar days in one configured format, and instants.
//!
//! A year has exactly four digits, and parts without a separator between them have fixed widths, so that a
//! short year or a lost zero is never read as another day.

use crate::model::problem::value::Fault;
use jiff::{Timestamp, civil::Date};
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
    /// Empty: `YYYY-MM-DD`, which is read without looking at parts.
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// Four digits.
    Year,
    /// One or two digits, or two where no separator ends it.
    Month,
    /// The same.
    Day,
    Separator(char),
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
            shape: "YYYY-MM-DD".to_owned(),
            parts: Vec::new(),
        }
    }
}

impl DateFormat {
    /// Reads a format such as `DD-MM-YYYY`, `D/M/YYYY` or `%d-%m-%Y`. Two-digit years are not accepted.
    pub fn parse(shape: &str) -> Result<Self, String> {
        if shape == "YYYY-MM-DD" || shape == "%Y-%m-%d" {
            return Ok(Self::default());
        }
        let refused = || {
            format!("`{shape}` is not a date format; write year, month and day as in `DD-MM-YYYY`")
        };
        let mut parts = Vec::new();
        let mut rest = shape;
        while let Some(first) = rest.chars().next() {
            let names = [
                ("YYYY", Part::Year),
                ("%Y", Part::Year),
                ("MM", Part::Month),
                ("%m", Part::Month),
                ("M", Part::Month),
                ("DD", Part::Day),
                ("%d", Part::Day),
                ("D", Part::Day),
            ];
            let known = names
                .iter()
                .find_map(|(name, part)| Some((rest.strip_prefix(name)?, *part)));
            let (after, part) = match known {
                Some(found) => found,
                None if first.is_alphanumeric() || first == '%' => return Err(refused()),
                None => (&rest[first.len_utf8()..], Part::Separator(first)),
            };
            parts.push(part);
            rest = after;
        }
        let once = |wanted| parts.iter().filter(|part| **part == wanted).count() == 1;
        if !(once(Part::Year) && once(Part::Month) && once(Part::Day)) {
            return Err(refused());
        }
        Ok(Self {
            shape: shape.to_owned(),
            parts,
        })
    }

    /// The format as configured.
    pub fn shape(&self) -> &str {
        &self.shape
    }

    /// The canonical text of a day.
    pub fn read<'r>(&self, value: Cow<'r, str>) -> Result<Cow<'r, str>, Fault> {
        if self.parts.is_empty() {
            return match iso_day(&value) {
                Some(_) => Ok(value),
                None => Err(self.refuse(&value)),
            };
        }
        match self.numbers(&value).and_then(day_of) {
            Some(day) => Ok(Cow::Owned(day.to_string())),
            None => Err(self.refuse(&value)),
        }
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
        matches!(
            self.parts
                .iter()
                .find(|part| !matches!(part, Part::Separator(_))),
            Some(Part::Day | Part::Month)
        )
    }

    /// In which order of day and month a value is a date.
    pub fn order(&self, value: &str) -> Order {
        let Some((year, month, day)) = self.numbers(value) else {
            return Order::Any;
        };
        let configured = day_of((year, month, day)).is_some();
        let exchanged = day_of((year, day, month)).is_some();
        match (configured, exchanged) {
            (true, false) => Order::Configured,
            (false, true) => Order::Exchanged,
            _ => Order::Any,
        }
    }

    /// Year, month and day as written, whether or not there is such a day.
    fn numbers(&self, value: &str) -> Option<(i16, i8, i8)> {
        let mut rest = value;
        let (mut year, mut month, mut day) = (0, 0, 0);
        for (position, part) in self.parts.iter().enumerate() {
            let touches = |other: Option<&Part>| {
                other.is_some_and(|other| !matches!(other, Part::Separator(_)))
            };
            let is_fixed = touches(self.parts.get(position + 1))
                || position > 0 && touches(self.parts.get(position - 1));
            let least = if is_fixed { 2 } else { 1 };
            match part {
                Part::Year => year = digits(&mut rest, 4, 4)?,
                Part::Month => month = i8::try_from(digits(&mut rest, least, 2)?).ok()?,
                Part::Day => day = i8::try_from(digits(&mut rest, least, 2)?).ok()?,
                Part::Separator(separator) => rest = rest.strip_prefix(*separator)?,
            }
        }
        rest.is_empty().then_some((year, month, day))
    }

    fn refuse(&self, value: &str) -> Fault {
        let format = self.shape.clone();
        let has_form = if self.parts.is_empty() {
            iso_form(value)
        } else {
            self.numbers(value).is_some()
        };
        if has_form {
            Fault::NotADay { format }
        } else {
            Fault::DateFormat { format }
        }
    }
}

/// Takes digits off the front of a text.
fn digits(rest: &mut &str, least: usize, most: usize) -> Option<i16> {
    let length = rest
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    if length < least {
        return None;
    }
    let (number, after) = rest.split_at(length);
    *rest = after;
    number.parse().ok()
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
