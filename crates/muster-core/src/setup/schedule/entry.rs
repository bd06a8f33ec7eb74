//! One entry of a schedule: `02:45 UTC`, `0 4 * * 1-5 Europe/Amsterdam` or `every 15m`.

use super::{ScheduleError, stored_as_text, zone, zone_name};
use jiff::{Timestamp, civil::Time, tz::TimeZone};
use std::{fmt, str::FromStr};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleEntry {
    pub timing: Timing,
    /// Always UTC for intervals.
    pub zone: TimeZone,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Timing {
    TimeOfDay(Time),
    Cron(Cron),
    /// So many minutes, counted from midnight in UTC.
    Interval(u16),
}

impl Timing {
    /// The shortest interval, in minutes.
    pub const SHORTEST: u16 = 5;
    const DAY: u16 = 24 * 60;
}

/// A cron expression of five fields. It is evaluated on local times; which instants these are is decided in
/// [`crate::schedule`], because cron itself leaves out a day whose time falls into a daylight saving gap.
#[derive(Clone)]
pub struct Cron {
    fields: String,
    parsed: cronexpr::Crontab,
}

impl Cron {
    fn parse(fields: &str) -> Result<Self, ScheduleError> {
        // The crate understands more than five fields of digits, names and `* , - / L W #`; `H` needs a value that there is none for.
        let parsed = cronexpr::parse_crontab(&format!("{fields} UTC"))
            .map_err(|error| ScheduleError::Cron(error.to_string()))?;
        let cron = Self {
            fields: fields.to_owned(),
            parsed,
        };
        // Four years are searched. From 2020 on they include a leap day.
        let from = Timestamp::from_second(1_577_836_800).unwrap_or_default();
        cron.next_after(from).ok_or(ScheduleError::NeverDue)?;
        Ok(cron)
    }

    /// The next local time after another; both are written as if they were in UTC.
    pub(crate) fn next_after(&self, local: Timestamp) -> Option<Timestamp> {
        Some(self.parsed.find_next(local).ok()?.timestamp())
    }
}

impl fmt::Debug for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cron").field(&self.fields).finish()
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for Cron {}

impl ScheduleEntry {
    /// Times of day first, in their order.
    pub(super) fn order(&self) -> (u8, Option<Time>) {
        match self.timing {
            Timing::TimeOfDay(time) => (0, Some(time)),
            Timing::Cron(_) => (1, None),
            Timing::Interval(_) => (2, None),
        }
    }
}

impl FromStr for ScheduleEntry {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let words: Vec<&str> = text.split(' ').collect();
        match words.as_slice() {
            ["every", interval] => Ok(Self {
                timing: Timing::Interval(minutes(interval)?),
                zone: TimeZone::UTC,
            }),
            [time, name] => Ok(Self {
                timing: Timing::TimeOfDay(time_of_day(time)?),
                zone: zone(name)?,
            }),
            [fields @ .., name] if fields.len() == 5 => {
                let zone = zone(name)?;
                Ok(Self {
                    timing: Timing::Cron(Cron::parse(&fields.join(" "))?),
                    zone,
                })
            }
            _ => Err(ScheduleError::Unreadable),
        }
    }
}

impl fmt::Display for ScheduleEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = zone_name(&self.zone);
        match &self.timing {
            Timing::TimeOfDay(time) => {
                write!(f, "{:02}:{:02} {zone}", time.hour(), time.minute())
            }
            Timing::Cron(cron) => write!(f, "{} {zone}", cron.fields),
            Timing::Interval(minutes) if minutes % 60 == 0 => write!(f, "every {}h", minutes / 60),
            Timing::Interval(minutes) => write!(f, "every {minutes}m"),
        }
    }
}

stored_as_text!(ScheduleEntry);

/// `HH:MM` and nothing else.
pub(super) fn time_of_day(text: &str) -> Result<Time, ScheduleError> {
    let number = |digits: &str| {
        let is_plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| digits.parse::<i8>().ok()).flatten()
    };
    text.split_once(':')
        .and_then(|(hour, minute)| Time::new(number(hour)?, number(minute)?, 0, 0).ok())
        .ok_or(ScheduleError::Unreadable)
}

/// `15m` or `2h`.
fn minutes(text: &str) -> Result<u16, ScheduleError> {
    let (number, factor) = match (text.strip_suffix('m'), text.strip_suffix('h')) {
        (Some(minutes), _) => (minutes, 1),
        (_, Some(hours)) => (hours, 60),
        _ => return Err(ScheduleError::Unreadable),
    };
    if number.is_empty() || number.len() > 4 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ScheduleError::Unreadable);
    }
    let minutes = number.parse::<u16>().unwrap_or(0).saturating_mul(factor);
    if minutes < Timing::SHORTEST || Timing::DAY.checked_rem(minutes) != Some(0) {
        return Err(ScheduleError::Interval);
    }
    Ok(minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entry_is_shown_as_it_is_written() {
        for text in [
            "00:00 UTC",
            "02:45 UTC",
            "23:59 Europe/Amsterdam",
            "every 15m",
            "every 2h",
            "every 24h",
            "*/5 * * * * UTC",
            "0 4 * * 1-5 Asia/Kathmandu",
            "30 6 1,15 * MON America/Havana",
            "0 0 29 2 * UTC",
        ] {
            let entry: Result<ScheduleEntry, _> = text.parse();
            assert_eq!(entry.map(|entry| entry.to_string()).as_deref(), Ok(text));
        }
    }

    #[test]
    fn what_is_no_entry_is_refused_with_its_reason() {
        let zone = |name: &str| ScheduleError::UnknownZone(name.to_owned());
        for (text, reason) in [
            ("", ScheduleError::Unreadable),
            ("UTC", ScheduleError::Unreadable),
            ("2:45 UTC", ScheduleError::Unreadable),
            ("02:45", ScheduleError::Unreadable),
            ("02:45  UTC", ScheduleError::Unreadable),
            ("24:00 UTC", ScheduleError::Unreadable),
            ("02:60 UTC", ScheduleError::Unreadable),
            ("+2:45 UTC", ScheduleError::Unreadable),
            ("02:45:00 UTC", ScheduleError::Unreadable),
            ("02:45 CET", zone("CET")),
            ("02:45 +01:00", zone("+01:00")),
            ("02:45 Europe/Atlantis", zone("Europe/Atlantis")),
            ("every 15", ScheduleError::Unreadable),
            ("every -15m", ScheduleError::Unreadable),
            ("every 0m", ScheduleError::Interval),
            ("every 4m", ScheduleError::Interval),
            ("every 7m", ScheduleError::Interval),
            ("every 25h", ScheduleError::Interval),
            ("every 9999h", ScheduleError::Interval),
            ("0 4 * * UTC", ScheduleError::Unreadable),
            ("0 4 * * * * UTC", ScheduleError::Unreadable),
            ("0 0 30 2 * UTC", ScheduleError::NeverDue),
            ("0 0 31 4,6,9,11 * UTC", ScheduleError::NeverDue),
        ] {
            assert_eq!(text.parse::<ScheduleEntry>(), Err(reason), "{text}");
        }
        for text in ["60 4 * * * UTC", "H 4 * * * UTC", "0 4 * * 8 UTC"] {
            let parsed = text.parse::<ScheduleEntry>();
            assert!(
                matches!(parsed, Err(ScheduleError::Cron(_))),
                "{text}: {parsed:?}"
            );
        }
    }
}
