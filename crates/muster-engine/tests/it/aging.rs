//! A month in the life of a company: after it the directory is the company, in every field.

use crate::{
    bamboohr::{DATASETS, REPORT},
    expected::differences,
    harness::{Harness, SystemSetup},
    personio::{V1, V2},
    youserve::SECRET,
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use muster_core::model::run::RunStatus;
use muster_engine::Mode;

/// An hour of a day.
fn at(day: Date, hour: i8) -> Timestamp {
    day.at(hour, 0, 0, 0)
        .to_zoned(TimeZone::UTC)
        .unwrap()
        .timestamp()
}

/// The morning of a day.
pub(crate) fn morning(day: Date) -> Timestamp {
    at(day, 8)
}

/// In the evenings of three days people leave whose last day it was; on the next morning the source is read.
fn three_days_pass(harness: &mut Harness) {
    for _ in 0..3 {
        harness.now = at(harness.emulator.company().today, 23);
        harness.sweep();
        harness.emulator.age(1);
    }
    harness.now = at(harness.emulator.company().today, 8);
}

#[track_caller]
fn a_month_passes(setup: SystemSetup) {
    let setup = SystemSetup {
        has_budgets: true,
        ..setup
    };
    let mut harness = Harness::after_first_run(setup);
    assert_eq!(differences(&harness), [""; 0]);
    for day in 1..=10 {
        three_days_pass(&mut harness);
        let ended = harness.run(Mode::Apply);
        assert!(
            matches!(ended.status(), RunStatus::Applied | RunStatus::NothingToDo),
            "{day}: {}",
            ended.said
        );
        assert_eq!(ended.partial(), None, "{day}: {}", ended.said);
        harness.approve_held(&ended);
        assert_eq!(differences(&harness), [""; 0], "{day}: {}", ended.said);
    }
    let (first, last) = (
        jiff::civil::date(2026, 11, 2),
        harness.emulator.company().today,
    );
    assert_eq!(last, first.saturating_add(30.days()));
}

#[test]
fn a_month_of_personio_version_1() {
    a_month_passes(V1);
}

#[test]
fn a_month_of_personio_version_2() {
    a_month_passes(V2);
}

#[test]
fn a_month_of_bamboohrs_report() {
    a_month_passes(REPORT);
}

#[test]
fn a_month_of_bamboohrs_datasets() {
    a_month_passes(DATASETS);
}

#[test]
fn a_month_of_youserve() {
    a_month_passes(SECRET);
}
