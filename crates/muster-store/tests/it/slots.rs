//! Slots become jobs: each once, by however many processes, whatever the clock does.

use crate::ground::{Database, Ground, store};
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    model::{
        ids::{IntegrationId, WorkspaceId},
        job::{JobEnd, JobKind},
    },
    setup::schedule::{OverlapPolicy, Schedule},
};
use muster_store::{ClaimLimits, ScheduledWork, SlotOutcome, Store};
use std::{collections::BTreeSet, thread};

fn work(integration: i64, entry: &str) -> ScheduledWork {
    ScheduledWork {
        kind: JobKind::Sync,
        workspace: WorkspaceId(1),
        integration: Some(IntegrationId(integration)),
        schedule: Schedule {
            entries: vec![entry.parse().unwrap()],
            ..Schedule::default()
        },
        host: None,
        priority: 10,
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn decide(store: &Store, work: &[ScheduledWork], now: &str) -> Vec<SlotOutcome> {
    let decided = store.decide_slots(work, time(now)).unwrap();
    decided.into_iter().map(|(_, outcome)| outcome).collect()
}

fn is_started(outcomes: &[SlotOutcome]) -> bool {
    matches!(outcomes, [SlotOutcome::Started { .. }])
}

/// Ends everything that waits, as if a worker had done it.
fn finish_all(store: &Store) {
    for job in store
        .claim_jobs(
            "worker",
            ClaimLimits::default(),
            time("2026-05-04T00:00:00Z"),
        )
        .unwrap()
    {
        store
            .end_job(
                job.lease,
                JobEnd::Done,
                None,
                None,
                time("2026-05-04T00:00:00Z"),
            )
            .unwrap();
    }
}

#[test]
fn slot_starts_one_job_and_the_next_one_is_known() {
    let store = store();
    let daily = [work(1, "02:45 UTC")];
    assert_eq!(decide(&store, &daily, "2026-05-04T02:00:00Z"), []);
    let next = || store.schedules().unwrap()[0].next_slot;
    assert_eq!(next(), Some(time("2026-05-04T02:45:00Z")));
    assert_eq!(decide(&store, &daily, "2026-05-04T02:44:59Z"), []);
    assert!(is_started(&decide(&store, &daily, "2026-05-04T02:45:00Z")));
    assert_eq!(decide(&store, &daily, "2026-05-04T02:45:01Z"), []);
    assert_eq!(next(), Some(time("2026-05-05T02:45:00Z")));
    let job = &store.live_jobs(5).unwrap()[0];
    assert_eq!(job.slot, Some(time("2026-05-04T02:45:00Z")));
    finish_all(&store);
    let late = decide(&store, &daily, "2026-05-07T09:00:00Z");
    assert!(
        matches!(late[..], [SlotOutcome::Missed(missed), SlotOutcome::Started { is_late: true, .. }] if missed.count == 2),
        "{late:?}"
    );
}

#[test]
fn clock_set_back_starts_no_slot_twice() {
    let store = store();
    let daily = [work(1, "02:45 UTC")];
    decide(&store, &daily, "2026-05-04T02:00:00Z");
    assert!(is_started(&decide(&store, &daily, "2026-05-04T02:45:10Z")));
    finish_all(&store);
    for now in [
        "2026-05-04T01:45:11Z",
        "2026-05-04T02:45:00Z",
        "2026-05-04T02:46:00Z",
    ] {
        assert_eq!(decide(&store, &daily, now), [], "{now}");
    }
    assert!(is_started(&decide(&store, &daily, "2026-05-05T02:45:00Z")));
}

#[test]
fn clock_that_was_days_ahead_costs_no_slot_after_it_is_corrected() {
    let store = store();
    let daily = [work(1, "02:45 UTC")];
    decide(&store, &daily, "2026-05-04T02:50:00Z");
    assert_eq!(decide(&store, &daily, "2026-05-07T03:00:00Z").len(), 2);
    finish_all(&store);
    let mut started = Vec::new();
    for day in 4..=8 {
        let now = format!("2026-05-0{day}T02:45:00Z");
        let now = time(&now).max(time("2026-05-04T02:51:00Z")).to_string();
        started.push(is_started(&decide(&store, &daily, &now)));
        finish_all(&store);
    }
    assert_eq!(
        started,
        [false, true, true, false, true],
        "the 7th has run already"
    );
}

#[test]
fn slot_is_skipped_or_waits_while_its_integration_is_busy() {
    let store = store();
    let mut often = [work(1, "every 15m"), work(2, "every 15m")];
    often[1].schedule.overlap = OverlapPolicy::QueueOne;
    decide(&store, &often, "2026-05-04T02:00:00Z");
    decide(&store, &often, "2026-05-04T02:15:00Z");
    assert_eq!(
        store
            .claim_jobs(
                "worker",
                ClaimLimits::default(),
                time("2026-05-04T02:15:00Z")
            )
            .unwrap()
            .len(),
        2
    );
    let second = decide(&store, &often, "2026-05-04T02:30:00Z");
    assert!(
        matches!(
            second[..],
            [SlotOutcome::Skipped, SlotOutcome::Started { .. }]
        ),
        "{second:?}"
    );
    let third = decide(&store, &often, "2026-05-04T02:45:00Z");
    assert_eq!(third, [SlotOutcome::Skipped, SlotOutcome::Skipped]);
}

#[test]
fn changed_schedule_begins_at_the_change_and_a_removed_one_ends() {
    let store = store();
    decide(
        &store,
        &[work(1, "20:00 UTC"), work(2, "20:00 UTC")],
        "2026-05-04T12:00:00Z",
    );
    let changed = [work(1, "11:00 UTC")];
    assert_eq!(decide(&store, &changed, "2026-05-04T12:00:01Z"), []);
    let schedules = store.schedules().unwrap();
    assert_eq!(schedules.len(), 1);
    assert_eq!(schedules[0].next_slot, Some(time("2026-05-05T11:00:00Z")));
}

#[test]
fn p26_two_processes_start_each_slot_once() {
    let database = Database::new();
    let all: Vec<ScheduledWork> = (1..=20).map(|number| work(number, "every 5m")).collect();
    let first = database.open();
    first
        .decide_slots(&all, time("2026-05-04T00:00:00Z"))
        .unwrap();
    let started: Vec<BTreeSet<(i64, Timestamp)>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let store = database.open();
                    let mut started = BTreeSet::new();
                    for step in 1..=10i64 {
                        let now =
                            time("2026-05-04T00:00:00Z") + SignedDuration::from_secs(step * 100);
                        for (work, outcome) in store.decide_slots(&all, now).unwrap() {
                            if let SlotOutcome::Started { job, .. } = outcome {
                                started.insert((job, now));
                                let _ = work;
                            }
                        }
                        finish_all(&store);
                    }
                    started
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    let jobs: BTreeSet<i64> = started.iter().flatten().map(|(job, _)| *job).collect();
    assert_eq!(
        jobs.len(),
        started[0].len() + started[1].len(),
        "no job is of both"
    );
    let slots: Vec<_> = first
        .ended_jobs(1_000)
        .unwrap()
        .into_iter()
        .chain(first.live_jobs(1_000).unwrap())
        .map(|job| job.slot)
        .collect();
    let per_slot = |slot: &str| {
        slots
            .iter()
            .filter(|known| **known == Some(time(slot)))
            .count()
    };
    for slot in [
        "2026-05-04T00:05:00Z",
        "2026-05-04T00:10:00Z",
        "2026-05-04T00:15:00Z",
    ] {
        assert!(per_slot(slot) <= 20, "{slot}: {}", per_slot(slot));
    }
    assert!(slots.len() >= 20, "{}", slots.len());
}

/// Everything that the store is asked about slots.
pub(crate) fn story(ground: &Ground) {
    let (store, workspace) = (&ground.store, ground.workspace.id);
    let mut often = work(7, "every 5m");
    often.workspace = workspace;
    let often = [often];
    for now in [
        "2026-05-04T00:00:00Z",
        "2026-05-04T00:05:00Z",
        "2026-05-04T01:05:00Z",
    ] {
        decide(store, &often, now);
    }
    store.schedules().unwrap();
    store
        .decide_slots(&[], time("2026-05-04T02:00:00Z"))
        .unwrap();
}
