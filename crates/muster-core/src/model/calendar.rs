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

    /// A calendar on which the offboarding hour of `today` has not come yet.
    pub fn on(today: Date) -> Self {
        Self {
            today,
            offboarded_through: today.checked_sub(1.day()).unwrap_or(today),
        }
    }
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
