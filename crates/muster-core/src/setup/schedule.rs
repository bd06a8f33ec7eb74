//! When an integration runs: times of day, cron expressions or intervals, with their time zones, and the blackouts in
//! which it does not run.
//!
//! Which instants follow from it is decided in [`crate::schedule`].

mod blackout;
mod entry;

pub use blackout::{Blackout, BlackoutRange};
pub use entry::{Cron, ScheduleEntry, Timing};

use jiff::{SignedDuration, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// When an integration runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// Without entries, the integration runs on request only.
    pub entries: Vec<ScheduleEntry>,
    pub blackouts: Vec<Blackout>,
    pub overlap: OverlapPolicy,
    pub catch_up: CatchUpWindow,
}

/// What happens to a slot whose integration is still running an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverlapPolicy {
    /// The slot is recorded as skipped.
    #[default]
    Skip,
    /// One slot waits; further ones are skipped.
    QueueOne,
}

/// How late a slot may still run after it was missed, in whole hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CatchUpWindow {
    pub hours: u16,
}

impl CatchUpWindow {
    /// Older slots are not recorded.
    pub const MAX_HOURS: u16 = 31 * 24;

    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.hours))
    }
}

impl Default for CatchUpWindow {
    fn default() -> Self {
        Self { hours: 12 }
    }
}

/// Why a text is not part of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScheduleError {
    /// Neither a time of day, a cron expression nor an interval.
    Unreadable,
    UnknownZone(String),
    /// The interval is shorter than [`Timing::SHORTEST`] minutes or does not divide a day.
    Interval,
    Cron(String),
    /// The expression names a day that does not exist.
    NeverDue,
    /// The blackout ends before it begins.
    EmptyBlackout,
}

impl Schedule {
    /// Reads the entries of a schedule from texts; each text that cannot be read comes back with the reason.
    pub fn read<'t>(
        texts: impl IntoIterator<Item = &'t str>,
    ) -> (Vec<ScheduleEntry>, Vec<(&'t str, ScheduleError)>) {
        let (mut entries, mut errors) = (Vec::new(), Vec::new());
        for text in texts {
            match text.parse() {
                Ok(entry) => entries.push(entry),
                Err(error) => errors.push((text, error)),
            }
        }
        entries.sort_by_key(ScheduleEntry::order);
        (entries, errors)
    }
}

/// A zone of the time zone database, or `UTC`. Offsets and abbreviations are refused: they have no daylight saving.
fn zone(name: &str) -> Result<TimeZone, ScheduleError> {
    let unknown = || ScheduleError::UnknownZone(name.to_owned());
    if name == "UTC" {
        return Ok(TimeZone::UTC);
    }
    if !name.contains('/') {
        return Err(unknown());
    }
    TimeZone::get(name).map_err(|_| unknown())
}

fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// A value that is stored as its text.
macro_rules! stored_as_text {
    ($($name:ident),+) => {$(
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(|error| serde::de::Error::custom(format!("`{text}`: {error:?}")))
            }
        }
    )+};
}
use stored_as_text;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_schedule_is_read_back_as_it_was() {
        let text = r#"{"entries":["02:45 UTC","20:00 Europe/Amsterdam","every 15m","0 4 * * 1-5 Asia/Kathmandu"],"blackouts":["2026-12-24..2026-12-26 Europe/Amsterdam"],"overlap":"queue_one","catch_up":6}"#;
        let schedule: Schedule = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&schedule).unwrap(), text);
        let default: Schedule = serde_json::from_str("{}").unwrap();
        assert_eq!(default, Schedule::default());
        assert_eq!(default.catch_up.duration(), SignedDuration::from_hours(12));
    }

    #[test]
    fn unreadable_entries_are_returned_with_their_reasons() {
        let (entries, errors) = Schedule::read(["20:00 UTC", "2:45 UTC", "02:45 UTC", "04:00 CET"]);
        let shown: Vec<String> = entries.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["02:45 UTC", "20:00 UTC"]);
        assert_eq!(
            errors,
            [
                ("2:45 UTC", ScheduleError::Unreadable),
                ("04:00 CET", ScheduleError::UnknownZone("CET".to_owned())),
            ]
        );
    }
}
