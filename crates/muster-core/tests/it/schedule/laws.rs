//! Laws of slots: exactly once, whatever the clock does and whenever it is looked at.

use super::{INTEGRATION, WORKSPACE, at, schedule};
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    schedule::due::{Position, Scheduled, due},
    setup::schedule::Schedule,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What a database would know of the slots of an integration.
struct Recorded {
    decided_through: Timestamp,
    started: BTreeSet<Timestamp>,
    twice: Vec<Timestamp>,
    early: Vec<Timestamp>,
    missed: u64,
}

impl Recorded {
    fn since(start: Timestamp) -> Self {
        Self {
            decided_through: start,
            started: BTreeSet::new(),
            twice: Vec::new(),
            early: Vec::new(),
            missed: 0,
        }
    }

    fn look(&mut self, now: Timestamp, schedule: &Schedule) {
        let from = self.decided_through.min(now);
        let position = Position {
            decided_through: self.decided_through,
            started: self.started.range(from..).copied().collect(),
        };
        let scheduled = Scheduled {
            workspace: WORKSPACE,
            integration: INTEGRATION,
            schedule,
            position: &position,
        };
        for decision in due(now, [scheduled]) {
            if let Some(start) = decision.start {
                if !self.started.insert(start.slot) {
                    self.twice.push(start.slot);
                }
                if start.slot > now {
                    self.early.push(start.slot);
                }
            }
            self.missed += decision.missed.map_or(0, |missed| missed.count);
            self.decided_through = decision.position.decided_through;
        }
        // A clock that was set back is noticed at the first look, whether or not something is due.
        if now < self.decided_through {
            self.decided_through = now;
        }
    }
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let entry = prop_oneof![
        Just("02:30 Europe/Amsterdam"),
        Just("00:00 America/Havana"),
        Just("02:15 Australia/Lord_Howe"),
        Just("04:00 Asia/Kathmandu"),
        Just("02:45 UTC"),
        Just("20:00 UTC"),
        Just("*/20 1-3 * * * Europe/Amsterdam"),
        Just("0 5 * * 1-5 America/Havana"),
        Just("every 3h"),
        Just("every 30m"),
    ];
    let blackout = prop_oneof![
        Just("22:00..04:00 Europe/Amsterdam"),
        Just("2025-03-29..2025-03-29 UTC"),
    ];
    let entries = proptest::collection::vec(entry, 1..4);
    let blackouts = proptest::collection::vec(blackout, 0..2);
    (entries, blackouts).prop_map(|(entries, blackouts)| schedule(&entries, &blackouts))
}

/// Days around which zones change their clocks.
fn starts() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        Just(at("2025-03-07T11:07:13Z")),
        Just(at("2025-03-28T23:59:59Z")),
        Just(at("2025-10-03T05:00:00Z")),
        Just(at("2025-10-25T00:00:00Z")),
    ]
}

/// Seconds by which the clock moves between two looks; most often a little forward.
fn steps() -> impl Strategy<Value = Vec<i64>> {
    let step = prop_oneof![
        6 => 1..900i64,
        2 => 900..40_000i64,
        1 => 40_000..400_000i64,
        2 => -4_000..0i64,
        1 => -260_000..-4_000i64,
    ];
    proptest::collection::vec(step, 1..60)
}

crate::for_every_seed! {
    cases: 16;

    #[test]
    fn no_slot_starts_twice_or_early_under_any_clock(schedule in schedules(), start in starts(), steps in steps()) {
        let (mut recorded, mut now) = (Recorded::since(start), start);
        for step in steps {
            now += SignedDuration::from_secs(step);
            recorded.look(now, &schedule);
        }
        prop_assert_eq!(recorded.twice, vec![]);
        prop_assert_eq!(recorded.early, vec![]);
        let slots: BTreeSet<Timestamp> = schedule
            .slots(start - SignedDuration::from_hours(24 * 60), start + SignedDuration::from_hours(24 * 120))
            .collect();
        prop_assert!(recorded.started.is_subset(&slots));
    }

    /// While the clock only moves forward, every slot is started or recorded as missed, and with frequent looks none is missed.
    #[test]
    fn every_slot_is_started_or_missed_once(
        schedule in schedules(),
        start in starts(),
        steps in proptest::collection::vec(1..30_000i64, 1..60),
        is_frequent in any::<bool>(),
    ) {
        let (mut recorded, mut now) = (Recorded::since(start), start);
        for step in steps {
            now += SignedDuration::from_secs(if is_frequent { step % 1_200 + 1 } else { step });
            recorded.look(now, &schedule);
        }
        let slots: BTreeSet<Timestamp> = schedule.slots(start, now).collect();
        prop_assert_eq!(recorded.started.len() as u64 + recorded.missed, slots.len() as u64);
        if is_frequent {
            prop_assert_eq!(recorded.started, slots);
        }
    }

    /// An hour in which the clock was wrong, in either direction, costs no slot and repeats none.
    #[test]
    fn corrected_clock_costs_no_slot(schedule in schedules(), start in starts(), wrong in -7_200..7_200i64) {
        let mut recorded = Recorded::since(start);
        for minute in (0..4_000i64).step_by(10) {
            let error = if (1_000..1_060).contains(&minute) { wrong } else { 0 };
            recorded.look(start + SignedDuration::from_secs(minute * 60 + error), &schedule);
        }
        let end = start + SignedDuration::from_secs(3_990 * 60);
        prop_assert_eq!(&recorded.twice, &vec![]);
        let slots: BTreeSet<Timestamp> = schedule.slots(start, end).collect();
        let lost: Vec<_> = slots.difference(&recorded.started).collect();
        // A jump over two slots runs the later one, and the earlier one is recorded.
        prop_assert!(lost.len() as u64 <= recorded.missed, "{lost:?}");
    }

    #[test]
    fn next_slot_is_the_first_of_the_slots(schedule in schedules(), start in starts(), offset in 0..400_000i64) {
        let after = start + SignedDuration::from_secs(offset);
        let slots: Vec<Timestamp> = schedule.slots(start, after + SignedDuration::from_hours(200)).collect();
        prop_assert!(slots.is_sorted_by(|one, next| one < next));
        prop_assert_eq!(schedule.next_slot(after), slots.into_iter().find(|slot| *slot > after));
    }
}
