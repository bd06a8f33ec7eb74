//! Ranges in which an integration does not run: days, a span of time, or hours of every day.

use super::{ScheduleError, entry::time_of_day, stored_as_text, zone, zone_name};
use jiff::{
    ToSpan,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use std::{fmt, str::FromStr};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blackout {
    pub range: BlackoutRange,
    pub zone: TimeZone,
}

/// The end of a range is not part of it, except for days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlackoutRange {
    Days {
        first: Date,
        last: Date,
    },
    Span {
        from: DateTime,
        until: DateTime,
    },
    /// Every day; `until` is on the next day if it is earlier than `from`.
    Hours {
        from: Time,
        until: Time,
    },
}

impl BlackoutRange {
    /// The local times of the range; none: it returns every day.
    pub(crate) fn once(self) -> Option<(DateTime, DateTime)> {
        match self {
            Self::Days { first, last } => {
                let end = last.checked_add(1.day()).unwrap_or(last);
                Some((first.at(0, 0, 0, 0), end.at(0, 0, 0, 0)))
            }
            Self::Span { from, until } => Some((from, until)),
            Self::Hours { .. } => None,
        }
    }

    fn parse(from: &str, until: &str) -> Result<Self, ScheduleError> {
        let range = if from.contains('T') {
            Self::Span {
                from: minute(from)?,
                until: minute(until)?,
            }
        } else if from.contains(':') {
            let (from, until) = (time_of_day(from)?, time_of_day(until)?);
            if from == until {
                return Err(ScheduleError::EmptyBlackout);
            }
            return Ok(Self::Hours { from, until });
        } else {
            Self::Days {
                first: day(from)?,
                last: day(until)?,
            }
        };
        match range.once() {
            Some((from, until)) if from >= until => Err(ScheduleError::EmptyBlackout),
            _ => Ok(range),
        }
    }
}

fn day(text: &str) -> Result<Date, ScheduleError> {
    let day: Date = text.parse().map_err(|_| ScheduleError::Unreadable)?;
    // The parser takes other forms, too.
    (day.to_string() == text)
        .then_some(day)
        .ok_or(ScheduleError::Unreadable)
}

/// `2026-12-31T22:00`
fn minute(text: &str) -> Result<DateTime, ScheduleError> {
    let (date, time) = text.split_once('T').ok_or(ScheduleError::Unreadable)?;
    Ok(day(date)?.to_datetime(time_of_day(time)?))
}

impl FromStr for Blackout {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let (range, name) = text.split_once(' ').ok_or(ScheduleError::Unreadable)?;
        let (from, until) = range.split_once("..").ok_or(ScheduleError::Unreadable)?;
        Ok(Self {
            range: BlackoutRange::parse(from, until)?,
            zone: zone(name)?,
        })
    }
}

impl fmt::Display for Blackout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: Time| format!("{:02}:{:02}", time.hour(), time.minute());
        let minute = |at: DateTime| format!("{}T{}", at.date(), time(at.time()));
        match self.range {
            BlackoutRange::Days { first, last } => write!(f, "{first}..{last}")?,
            BlackoutRange::Span { from, until } => {
                write!(f, "{}..{}", minute(from), minute(until))?
            }
            BlackoutRange::Hours { from, until } => write!(f, "{}..{}", time(from), time(until))?,
        }
        write!(f, " {}", zone_name(&self.zone))
    }
}

stored_as_text!(Blackout);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blackout_is_shown_as_it_is_written() {
        for text in [
            "2026-12-24..2026-12-26 Europe/Amsterdam",
            "2026-12-24..2026-12-24 UTC",
            "2026-12-31T22:00..2027-01-01T06:00 UTC",
            "22:00..06:00 Europe/Amsterdam",
        ] {
            let blackout: Result<Blackout, _> = text.parse();
            assert_eq!(
                blackout.map(|blackout| blackout.to_string()).as_deref(),
                Ok(text)
            );
        }
    }

    #[test]
    fn empty_and_unreadable_blackouts_are_refused() {
        for (text, reason) in [
            ("2026-12-26..2026-12-24 UTC", ScheduleError::EmptyBlackout),
            (
                "2026-12-24T06:00..2026-12-24T06:00 UTC",
                ScheduleError::EmptyBlackout,
            ),
            ("06:00..06:00 UTC", ScheduleError::EmptyBlackout),
            ("2026-12-24 UTC", ScheduleError::Unreadable),
            ("2026-12-24..06:00 UTC", ScheduleError::Unreadable),
            ("20261224..20261226 UTC", ScheduleError::Unreadable),
            ("2026-12-24..2026-12-26", ScheduleError::Unreadable),
            (
                "2026-12-24..2026-12-26 CET",
                ScheduleError::UnknownZone("CET".to_owned()),
            ),
        ] {
            assert_eq!(text.parse::<Blackout>(), Err(reason), "{text}");
        }
    }
}
