//! Calendar days in one configured form, and instants.

use super::Invalid;
use crate::model::{code::Code, problem::shown};
use jiff::{Timestamp, civil::Date};
use std::borrow::Cow;

/// How dates are written in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateFormat {
    shape: String,
    strftime: Option<String>,
}

impl Default for DateFormat {
    /// `YYYY-MM-DD`.
    fn default() -> Self {
        Self {
            shape: "YYYY-MM-DD".to_owned(),
            strftime: None,
        }
    }
}

impl DateFormat {
    /// Reads a format such as `DD-MM-YYYY`, `D/M/YYYY` or `%d-%m-%Y`. Two-digit years are not taken.
    pub fn parse(shape: &str) -> Result<Self, String> {
        if shape == "YYYY-MM-DD" || shape == "%Y-%m-%d" {
            return Ok(Self::default());
        }
        let strftime = if shape.contains('%') {
            shape.to_owned()
        } else {
            let long = shape
                .replace("YYYY", "%Y")
                .replace("MM", "%m")
                .replace("DD", "%d");
            if long.contains('M') {
                long.replace('M', "%m").replace('D', "%d")
            } else {
                long.replace('D', "%d")
            }
        };
        let once = |part: &str| strftime.matches(part).count() == 1;
        if !(once("%Y") && once("%m") && once("%d"))
            || strftime.replace(['%'], "").len() + 3 != strftime.len()
        {
            return Err(format!(
                "`{shape}` is not a date format; write year, month and day as in `DD-MM-YYYY`"
            ));
        }
        Ok(Self {
            shape: shape.to_owned(),
            strftime: Some(strftime),
        })
    }

    /// The canonical text of a day.
    pub fn read<'r>(&self, value: Cow<'r, str>) -> Result<Cow<'r, str>, Invalid> {
        let day = match &self.strftime {
            None => iso_day(&value),
            Some(format) => Date::strptime(format, value.as_ref()).ok(),
        };
        match day {
            Some(_) if self.strftime.is_none() => Ok(value),
            Some(day) if (1..=9999).contains(&day.year()) => Ok(Cow::Owned(day.to_string())),
            _ => Err(self.refuse(&value)),
        }
    }

    fn refuse(&self, value: &str) -> Invalid {
        let looks_iso = value.len() == 10 && value.as_bytes()[4] == b'-';
        let what = if self.strftime.is_none()
            && looks_iso
            && value.bytes().all(|b| b.is_ascii_digit() || b == b'-')
        {
            "is not a day of the calendar"
        } else {
            "is not a date in the configured format"
        };
        Invalid::new(
            Code::ValueDate,
            format!("`{}` {what}", shown(value)),
            format!(
                "write dates as `{}`, or set the format of the column in the mapping",
                self.shape
            ),
        )
    }
}

/// A real day written with exactly four, two and two digits.
pub fn iso_day(value: &str) -> Option<Date> {
    let bytes = value.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    if bytes.len() != 10
        || bytes[4] != b'-'
        || bytes[7] != b'-'
        || !digits(0..4)
        || !digits(5..7)
        || !digits(8..10)
    {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .fold(0i16, |sum, b| sum * 10 + i16::from(b - b'0'))
    };
    let (year, month, day) = (number(0..4), number(5..7) as i8, number(8..10) as i8);
    (year > 0).then_some(())?;
    Date::new(year, month, day).ok()
}

/// The calendar day of an API's date or date-time: its first ten characters, never converted through UTC.
pub fn calendar_day(raw: &str) -> Result<Cow<'_, str>, Invalid> {
    DateFormat::default().read(Cow::Borrowed(raw.get(..10).unwrap_or(raw)))
}

/// An instant in RFC 3339, given in UTC.
pub(super) fn date_time(value: &str) -> Result<String, Invalid> {
    value
        .parse::<Timestamp>()
        .map(|instant| instant.to_string())
        .map_err(|_| {
            Invalid::new(
                Code::ValueDateTime,
                format!("`{}` is not a date and time with an offset", shown(value)),
                "write it as in `2026-05-01T08:00:00+02:00`",
            )
        })
}
