//! The slots of a schedule: the instants at which its integration is to run.

use super::instant;
use crate::setup::schedule::{Blackout, BlackoutRange, Cron, Schedule, ScheduleEntry, Timing};
use jiff::{Timestamp, ToSpan, civil::Time, tz::TimeZone};

/// How many blackouts or repeated local times are passed over in the search for a slot.
const MAX_STEPS: usize = 4_000;

impl Schedule {
    /// The first slot after an instant; none: there is no entry, or blackouts cover all slots of the years ahead.
    pub fn next_slot(&self, after: Timestamp) -> Option<Timestamp> {
        let mut after = after;
        for _ in 0..MAX_STEPS {
            let slot = self
                .entries
                .iter()
                .filter_map(|entry| entry.next_after(after))
                .min()?;
            match self
                .blackouts
                .iter()
                .find_map(|blackout| blackout.end(slot))
            {
                None => return Some(slot),
                Some(end) => after = slot.max(instant::just_before(end)?),
            }
        }
        None
    }

    /// The slots after an instant, up to and including another.
    pub fn slots(
        &self,
        after: Timestamp,
        through: Timestamp,
    ) -> impl Iterator<Item = Timestamp> + '_ {
        let mut last = after;
        std::iter::from_fn(move || {
            last = self.next_slot(last)?;
            Some(last)
        })
        .take_while(move |slot| *slot <= through)
    }
}

impl ScheduleEntry {
    fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        match &self.timing {
            Timing::TimeOfDay(time) => next_time_of_day(*time, &self.zone, after),
            Timing::Cron(cron) => next_of_cron(cron, &self.zone, after),
            Timing::Interval(minutes) => {
                let length = i64::from(*minutes) * 60;
                let passed = after.as_second().div_euclid(length);
                Timestamp::from_second((passed + 1) * length).ok()
            }
        }
    }
}

fn next_time_of_day(time: Time, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let first = zone.to_datetime(after).date();
    // An earlier day is not asked: its time has an earlier instant.
    (0..4).find_map(|days| {
        let local = first.checked_add(days.days()).ok()?.to_datetime(time);
        instant::of(local, zone).filter(|slot| *slot > after)
    })
}

fn next_of_cron(cron: &Cron, zone: &TimeZone, after: Timestamp) -> Option<Timestamp> {
    let as_utc = |local| TimeZone::UTC.to_timestamp(local).ok();
    let mut local = as_utc(zone.to_datetime(after))?;
    for _ in 0..MAX_STEPS {
        local = cron.next_after(local)?;
        let slot = instant::of(TimeZone::UTC.to_datetime(local), zone)?;
        if slot > after {
            return Some(slot);
        }
    }
    None
}

impl Blackout {
    /// The end of the blackout that an instant falls into.
    fn end(&self, slot: Timestamp) -> Option<Timestamp> {
        let Some((from, until)) = self.range.once() else {
            return self.end_of_hours(slot);
        };
        let (from, until) = (
            instant::of(from, &self.zone)?,
            instant::of(until, &self.zone)?,
        );
        (from <= slot && slot < until).then_some(until)
    }

    fn end_of_hours(&self, slot: Timestamp) -> Option<Timestamp> {
        let BlackoutRange::Hours { from, until } = self.range else {
            return None;
        };
        let local = self.zone.to_datetime(slot);
        let time = local.time();
        let (is_inside, ends_tomorrow) = if from < until {
            (from <= time && time < until, false)
        } else {
            (time >= from || time < until, time >= from)
        };
        if !is_inside {
            return None;
        }
        let day = local
            .date()
            .checked_add(i64::from(ends_tomorrow).days())
            .ok()?;
        let end = instant::of(day.to_datetime(until), &self.zone)?;
        // In an hour that is repeated, the end may lie before the slot.
        Some(end.max(slot))
    }
}
