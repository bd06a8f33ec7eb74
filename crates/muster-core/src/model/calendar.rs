//! What day it is for a workspace. Decisions take a [`Calendar`]; nothing in this crate asks a clock.

use crate::model::workspace::{OffboardingHour, WorkspaceSettings};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

/// The days that decisions depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Today in the workspace's time zone.
    pub today: Date,
    /// The last offboarding date whose hour has come: people with this date or an earlier one are due.
    pub offboarded_through: Date,
}

impl Calendar {
    /// The days at an instant. An unknown time zone counts as UTC: configuration is checked before.
    pub fn at(now: Timestamp, settings: &WorkspaceSettings) -> Self {
        let zone = TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC);
        let today = now.to_zoned(zone).date();
        let before = |day: Date| day.checked_sub(1.day()).unwrap_or(day);
        let offboarded_through = match settings.offboarding {
            OffboardingHour::EndOfDay => before(today),
            OffboardingHour::Utc(hour) => {
                let utc = now.to_zoned(TimeZone::UTC);
                let reached = utc.hour() >= i8::try_from(hour).unwrap_or(23);
                if reached {
                    utc.date()
                } else {
                    before(utc.date())
                }
            }
        };
        Self {
            today,
            offboarded_through,
        }
    }

    /// Whether an employment that ends on a day has ended: the offboarding hour of that day has come.
    pub fn has_ended(&self, offboarding: Date) -> bool {
        offboarding <= self.offboarded_through
    }

    /// A calendar on which the offboarding hour of `today` has not come yet.
    pub fn on(today: Date) -> Self {
        Self {
            today,
            offboarded_through: today.checked_sub(1.day()).unwrap_or(today),
        }
    }
}

/// The last instant of a day in the workspace's time zone; none: the day has no end that can be written.
///
/// An instant exactly at midnight belongs to the next day; changes are kept to the microsecond.
pub fn end_of_day(day: Date, settings: &WorkspaceSettings) -> Option<Timestamp> {
    let zone = TimeZone::get(&settings.time_zone).unwrap_or(TimeZone::UTC);
    let end = day.tomorrow().ok()?.to_zoned(zone).ok()?.timestamp();
    Some(end.checked_sub(1.microsecond()).unwrap_or(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn at(now: &str) -> Calendar {
        Calendar::at(now.parse().unwrap(), &WorkspaceSettings::default())
    }

    #[test]
    fn offboarding_is_due_at_23_utc_of_its_day() {
        assert_eq!(
            at("2026-05-01T22:59:59Z").offboarded_through,
            date(2026, 4, 30)
        );
        assert_eq!(
            at("2026-05-01T23:00:00Z").offboarded_through,
            date(2026, 5, 1)
        );
    }

    #[test]
    fn the_hour_in_utc_counts_on_the_calendar_day_also_east_and_west_of_utc() {
        // In Tokyo it is 2 May from 15:00 UTC of 1 May on; in Los Angeles 1 May ends at 07:00 UTC of 2 May.
        for (zone, hour) in [
            ("Asia/Tokyo", 23),
            ("Pacific/Auckland", 23),
            ("Europe/Amsterdam", 23),
            ("America/Los_Angeles", 23),
            ("Asia/Tokyo", 6),
        ] {
            let settings = WorkspaceSettings {
                time_zone: zone.to_owned(),
                offboarding: OffboardingHour::Utc(hour),
                ..WorkspaceSettings::default()
            };
            let ended = |now: String| {
                Calendar::at(now.parse().unwrap(), &settings).has_ended(date(2026, 5, 1))
            };
            assert!(
                !ended(format!("2026-05-01T{:02}:59:59Z", hour - 1)),
                "{zone}"
            );
            assert!(ended(format!("2026-05-01T{hour:02}:00:00Z")), "{zone}");
            assert!(ended("2026-05-02T00:00:00Z".to_owned()), "{zone}");
        }
    }

    /// P28.
    #[test]
    fn end_of_day_follows_the_time_zone() {
        let settings = WorkspaceSettings {
            time_zone: "Europe/Amsterdam".to_owned(),
            offboarding: OffboardingHour::EndOfDay,
            ..WorkspaceSettings::default()
        };
        let late = Calendar::at("2026-05-01T22:30:00Z".parse().unwrap(), &settings);
        assert_eq!(
            (late.today, late.offboarded_through),
            (date(2026, 5, 2), date(2026, 5, 1))
        );
    }
}
