//! Slots and what is due, as a table of cases: daylight saving, lost days, clock steps and downtime.

mod laws;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use muster_core::schedule::due::Overlap;
use muster_core::{
    model::ids::{IntegrationId, WorkspaceId},
    schedule::{
        due::{Decision, DueSlot, MissedSlots, Position, Scheduled, due},
        jitter::jitter,
    },
    setup::schedule::{OverlapPolicy, Schedule},
};
use std::collections::BTreeSet;

const WORKSPACE: WorkspaceId = WorkspaceId(1);
const INTEGRATION: IntegrationId = IntegrationId(1);

pub(crate) fn schedule(entries: &[&str], blackouts: &[&str]) -> Schedule {
    Schedule {
        entries: entries.iter().map(|text| text.parse().unwrap()).collect(),
        blackouts: blackouts.iter().map(|text| text.parse().unwrap()).collect(),
        ..Schedule::default()
    }
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The slots of a time, in local time of a zone with the offset.
fn local(schedule: &Schedule, zone: &str, from: &str, through: &str) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    schedule
        .slots(at(from), at(through))
        .map(|slot| {
            slot.to_zoned(zone.clone())
                .strftime("%d %H:%M %:z")
                .to_string()
        })
        .collect()
}

#[test]
fn slots_follow_local_time_through_gaps_and_repeated_hours() {
    for (name, entries, zone, from, through, expected) in [
        (
            "Amsterdam, clock forward: 02:30 does not exist on the 30th",
            &["02:30 Europe/Amsterdam"][..],
            "Europe/Amsterdam",
            "2025-03-28T12:00Z",
            "2025-03-31T12:00Z",
            &["29 02:30 +01:00", "30 03:00 +02:00", "31 02:30 +02:00"][..],
        ),
        (
            "Amsterdam, clock back: 02:30 exists twice on the 26th",
            &["02:30 Europe/Amsterdam"],
            "Europe/Amsterdam",
            "2025-10-25T12:00Z",
            "2025-10-27T12:00Z",
            &["26 02:30 +02:00", "27 02:30 +01:00"],
        ),
        (
            "Amsterdam, the same as a cron expression",
            &["30 2 * * * Europe/Amsterdam"],
            "Europe/Amsterdam",
            "2025-03-29T12:00Z",
            "2025-03-31T12:00Z",
            &["30 03:00 +02:00", "31 02:30 +02:00"],
        ),
        (
            "Amsterdam, every half hour over the gap: what falls into it is one slot",
            &["*/30 * * * * Europe/Amsterdam"],
            "Europe/Amsterdam",
            "2025-03-30T00:15Z",
            "2025-03-30T02:00Z",
            &[
                "30 01:30 +01:00",
                "30 03:00 +02:00",
                "30 03:30 +02:00",
                "30 04:00 +02:00",
            ],
        ),
        (
            "Amsterdam, an interval does not notice",
            &["every 1h"],
            "Europe/Amsterdam",
            "2025-10-25T23:30Z",
            "2025-10-26T02:00Z",
            &["26 02:00 +02:00", "26 02:00 +01:00", "26 03:00 +01:00"],
        ),
        (
            "Lord Howe, half an hour forward: 02:15 does not exist",
            &["02:15 Australia/Lord_Howe"],
            "Australia/Lord_Howe",
            "2025-10-04T12:00Z",
            "2025-10-06T12:00Z",
            &["05 02:30 +11:00", "06 02:15 +11:00"],
        ),
        (
            "Lord Howe, half an hour back: 01:45 exists twice",
            &["01:45 Australia/Lord_Howe"],
            "Australia/Lord_Howe",
            "2025-04-05T03:00Z",
            "2025-04-06T20:00Z",
            &["06 01:45 +11:00", "07 01:45 +10:30"],
        ),
        (
            "Havana, the day begins at 01:00",
            &[
                "00:00 America/Havana",
                "00:59 America/Havana",
                "01:30 America/Havana",
            ],
            "America/Havana",
            "2025-03-09T04:00Z",
            "2025-03-10T04:00Z",
            &["09 01:00 -04:00", "09 01:30 -04:00", "10 00:00 -04:00"],
        ),
        (
            "Apia, the 30th does not exist: its slots are one at the begin of the 31st",
            &["04:00 Pacific/Apia", "16:00 Pacific/Apia"],
            "Pacific/Apia",
            "2011-12-29T15:00Z",
            "2011-12-31T12:00Z",
            &[
                "29 16:00 -10:00",
                "31 00:00 +14:00",
                "31 04:00 +14:00",
                "31 16:00 +14:00",
                "01 04:00 +14:00",
            ][..4],
        ),
        (
            "Santiago, the day begins at 01:00",
            &["00:30 America/Santiago"],
            "America/Santiago",
            "2025-09-06T00:00Z",
            "2025-09-08T12:00Z",
            &["06 00:30 -04:00", "07 01:00 -03:00", "08 00:30 -03:00"],
        ),
        (
            "Troll, two hours forward",
            &["02:15 Antarctica/Troll"],
            "Antarctica/Troll",
            "2025-03-29T00:00Z",
            "2025-03-31T12:00Z",
            &["29 02:15 +00:00", "30 03:00 +02:00", "31 02:15 +02:00"],
        ),
        (
            "Casablanca, the clock goes forward after Ramadan",
            &["02:30 Africa/Casablanca"],
            "Africa/Casablanca",
            "2025-04-05T00:00Z",
            "2025-04-07T12:00Z",
            &["05 02:30 +00:00", "06 03:00 +01:00", "07 02:30 +01:00"],
        ),
        (
            "Kwajalein, the 21st does not exist",
            &["04:00 Pacific/Kwajalein"],
            "Pacific/Kwajalein",
            "1993-08-20T12:00Z",
            "1993-08-21T18:00Z",
            &["20 04:00 -12:00", "22 00:00 +12:00", "22 04:00 +12:00"],
        ),
        (
            "Kathmandu, 45 minutes off the hour",
            &["04:00 Asia/Kathmandu"],
            "UTC",
            "2025-06-01T00:00Z",
            "2025-06-03T00:00Z",
            &["01 22:15 +00:00", "02 22:15 +00:00"],
        ),
        (
            "a leap day",
            &["0 4 29 2 * UTC"],
            "UTC",
            "2025-01-01T00:00Z",
            "2029-01-01T00:00Z",
            &["29 04:00 +00:00"],
        ),
        (
            "the preset of Alleo, and the same time twice",
            &["02:45 UTC", "20:00 UTC", "22:00 Europe/Amsterdam"],
            "UTC",
            "2025-07-01T00:00Z",
            "2025-07-02T12:00Z",
            &["01 02:45 +00:00", "01 20:00 +00:00", "02 02:45 +00:00"],
        ),
        (
            "the preset of Actimo",
            &["04:00 UTC"],
            "UTC",
            "2025-07-01T04:00Z",
            "2025-07-02T04:00Z",
            &["02 04:00 +00:00"],
        ),
    ] {
        assert_eq!(
            local(&schedule(entries, &[]), zone, from, through),
            expected,
            "{name}"
        );
    }
}

#[test]
fn slots_in_a_blackout_do_not_exist_and_the_first_one_after_it_does() {
    for (name, entries, blackout, expected) in [
        (
            "days",
            &["04:00 Europe/Amsterdam"][..],
            "2025-12-24..2025-12-26 Europe/Amsterdam",
            &["23 04:00 +01:00", "27 04:00 +01:00"][..],
        ),
        (
            "a span",
            &["every 12h"],
            "2025-12-23T12:00..2025-12-27T00:00 UTC",
            &["23 01:00 +01:00", "27 01:00 +01:00"],
        ),
        (
            "hours over midnight",
            &["every 3h"],
            "19:00..04:00 Europe/Amsterdam",
            &[
                "23 04:00 +01:00",
                "23 07:00 +01:00",
                "23 10:00 +01:00",
                "23 13:00 +01:00",
                "23 16:00 +01:00",
                "24 04:00 +01:00",
            ],
        ),
    ] {
        let schedule = schedule(entries, &[blackout]);
        let slots = local(
            &schedule,
            "Europe/Amsterdam",
            "2025-12-22T23:00Z",
            "2025-12-27T04:00Z",
        );
        assert_eq!(slots[..expected.len()], *expected, "{name}");
    }
}

#[test]
fn schedule_whose_slots_are_all_in_blackouts_has_no_next_slot() {
    let never = schedule(&["04:00 UTC"], &["00:00..12:00 UTC"]);
    assert_eq!(never.next_slot(at("2025-01-01T00:00Z")), None);
    assert_eq!(Schedule::default().next_slot(at("2025-01-01T00:00Z")), None);
}

fn position(through: &str, started: &[&str]) -> Position {
    Position {
        decided_through: at(through),
        started: started.iter().copied().map(at).collect(),
    }
}

fn decided(now: &str, schedule: &Schedule, position: &Position) -> Option<Decision> {
    let scheduled = Scheduled {
        workspace: WORKSPACE,
        integration: INTEGRATION,
        schedule,
        position,
    };
    due(at(now), [scheduled]).pop()
}

#[test]
fn due_slots_over_downtime_and_clock_steps() {
    let twice_a_day = schedule(&["02:45 UTC", "20:00 UTC"], &[]);
    let missed = |first: &str, last: &str, count| {
        Some(MissedSlots {
            first: at(first),
            last: at(last),
            count,
        })
    };
    for (name, now, before, start, is_late, expected_missed) in [
        (
            "on time",
            "2025-06-02T02:45:00Z",
            position("2025-06-02T02:44:59Z", &[]),
            Some("2025-06-02T02:45Z"),
            false,
            None,
        ),
        (
            "down over a slot",
            "2025-06-02T09:00Z",
            position("2025-06-02T01:00Z", &[]),
            Some("2025-06-02T02:45Z"),
            true,
            None,
        ),
        (
            "down over a slot for longer than the catch-up window",
            "2025-06-02T14:45:01Z",
            position("2025-06-02T01:00Z", &[]),
            None,
            false,
            missed("2025-06-02T02:45Z", "2025-06-02T02:45Z", 1),
        ),
        (
            "down for a week: one late run",
            "2025-06-09T09:00Z",
            position("2025-06-02T01:00Z", &[]),
            Some("2025-06-09T02:45Z"),
            true,
            missed("2025-06-02T02:45Z", "2025-06-08T20:00Z", 14),
        ),
        (
            "clock forward three days",
            "2025-06-05T03:00Z",
            position("2025-06-02T03:00Z", &[]),
            Some("2025-06-05T02:45Z"),
            true,
            missed("2025-06-02T20:00Z", "2025-06-04T20:00Z", 5),
        ),
        (
            "clock forward eleven hours: within the catch-up window",
            "2025-06-02T13:00Z",
            position("2025-06-02T02:00Z", &[]),
            Some("2025-06-02T02:45Z"),
            true,
            None,
        ),
        (
            "down over two slots: the later one runs",
            "2025-06-02T21:00Z",
            position("2025-06-02T01:00Z", &[]),
            Some("2025-06-02T20:00Z"),
            true,
            missed("2025-06-02T02:45Z", "2025-06-02T02:45Z", 1),
        ),
        (
            "down for a year: slots of the last 31 days are recorded",
            "2025-06-02T02:00Z",
            position("2024-06-02T02:00Z", &[]),
            Some("2025-06-01T20:00Z"),
            true,
            missed("2025-05-02T02:45Z", "2025-06-01T02:45Z", 61),
        ),
    ] {
        let decision = decided(now, &twice_a_day, &before).unwrap();
        let jitter = jitter(WORKSPACE, INTEGRATION);
        let expected = start.map(|slot| DueSlot {
            slot: at(slot),
            run_at: at(if is_late { now } else { slot }) + jitter,
            is_late,
        });
        assert_eq!(decision.start, expected, "{name}");
        assert_eq!(decision.missed, expected_missed, "{name}");
        assert_eq!(decision.position.decided_through, at(now), "{name}");
        assert_eq!(
            decided(now, &twice_a_day, &decision.position),
            None,
            "{name}, again"
        );
    }
    let before = position("2025-06-02T02:46Z", &[]);
    assert_eq!(decided("2025-06-02T19:59:59Z", &twice_a_day, &before), None);
}

/// The clock is set back by an hour right after a slot: the slot is not started again when its time comes again.
#[test]
fn clock_that_steps_back_starts_no_slot_twice_and_loses_none() {
    let daily = schedule(&["02:45 UTC", "03:15 UTC"], &[]);
    let first = decided(
        "2025-06-02T02:45Z",
        &daily,
        &position("2025-06-02T02:00Z", &[]),
    )
    .unwrap();
    assert_eq!(first.start.unwrap().slot, at("2025-06-02T02:45Z"));
    let started: BTreeSet<Timestamp> = [at("2025-06-02T02:45Z")].into();
    let back = Position {
        started,
        ..first.position
    };
    assert_eq!(decided("2025-06-02T01:46Z", &daily, &back), None);
    assert_eq!(decided("2025-06-02T02:50Z", &daily, &back), None);
    let next = decided("2025-06-02T03:15Z", &daily, &back).unwrap();
    assert_eq!(next.start.unwrap().slot, at("2025-06-02T03:15Z"));
    assert_eq!(next.missed, None);
}

/// After a clock was wrong by three days, the slots of these days run at their times.
#[test]
fn slots_recorded_as_missed_in_the_future_run_when_their_time_comes() {
    let daily = schedule(&["02:45 UTC"], &[]);
    let wrong = decided(
        "2025-06-05T03:00Z",
        &daily,
        &position("2025-06-02T03:00Z", &[]),
    )
    .unwrap();
    assert_eq!(wrong.start.unwrap().slot, at("2025-06-05T02:45Z"));
    let corrected = position("2025-06-05T03:00Z", &["2025-06-05T02:45Z"]);
    let slots: Vec<_> = [
        "2025-06-03T02:45Z",
        "2025-06-04T02:45Z",
        "2025-06-05T02:45Z",
        "2025-06-06T02:45Z",
    ]
    .into_iter()
    .scan(
        position("2025-06-02T03:00Z", &["2025-06-05T02:45Z"]),
        |position, now| {
            let decision = decided(now, &daily, position);
            if let Some(decision) = &decision {
                position.decided_through = decision.position.decided_through;
            }
            Some(decision.and_then(|decision| decision.start).is_some())
        },
    )
    .collect();
    assert_eq!(slots, [true, true, false, true]);
    assert!(decided("2025-06-03T02:45Z", &daily, &corrected).is_none());
}

#[test]
fn late_runs_of_many_integrations_are_spread() {
    let daily = schedule(&["02:45 UTC"], &[]);
    let position = position("2025-06-02T01:00Z", &[]);
    let scheduled = (1..=100).map(|integration| Scheduled {
        workspace: WORKSPACE,
        integration: IntegrationId(integration),
        schedule: &daily,
        position: &position,
    });
    let now = at("2025-06-02T09:00Z");
    let starts: BTreeSet<Timestamp> = due(now, scheduled)
        .into_iter()
        .map(|decision| decision.start.unwrap().run_at)
        .collect();
    assert!(starts.len() > 90, "{}", starts.len());
    assert!(
        starts
            .iter()
            .all(|start| start.duration_since(now) <= SignedDuration::from_mins(1))
    );
}

#[test]
fn overlapping_slot_is_skipped_or_one_waits() {
    use OverlapPolicy::{QueueOne, Skip};
    for (policy, running, waiting, expected) in [
        (Skip, 0, 0, Overlap::Start),
        (Skip, 1, 0, Overlap::Skip),
        (Skip, 0, 1, Overlap::Skip),
        (QueueOne, 0, 0, Overlap::Start),
        (QueueOne, 1, 0, Overlap::Start),
        (QueueOne, 1, 1, Overlap::Skip),
        (QueueOne, 0, 1, Overlap::Skip),
    ] {
        assert_eq!(
            policy.decide(running, waiting),
            expected,
            "{policy:?} {running} {waiting}"
        );
    }
}
