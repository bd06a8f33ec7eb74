//! A month in the life of a company: after it the directory is the company, in every field.

use crate::{
    bamboohr::{DATASETS, REPORT},
    ground::{Ground, Plot},
    personio::{V1, V2},
    truth::differences,
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
fn three_days_pass(ground: &mut Ground) {
    for _ in 0..3 {
        ground.now = at(ground.emulator.company().today, 23);
        ground.sweep();
        ground.emulator.age(1);
    }
    ground.now = at(ground.emulator.company().today, 8);
}

#[track_caller]
fn a_month_passes(plot: Plot) {
    let plot = Plot {
        has_budgets: true,
        ..plot
    };
    let mut ground = Ground::morning(plot);
    assert_eq!(differences(&ground), [""; 0]);
    for day in 1..=10 {
        three_days_pass(&mut ground);
        let ended = ground.run(Mode::Apply);
        assert!(
            matches!(ended.status(), RunStatus::Applied | RunStatus::NothingToDo),
            "{day}: {}",
            ended.said
        );
        assert_eq!(ended.partial(), None, "{day}: {}", ended.said);
        ground.approve_held(&ended);
        assert_eq!(differences(&ground), [""; 0], "{day}: {}", ended.said);
    }
    let (first, last) = (
        jiff::civil::date(2026, 11, 2),
        ground.emulator.company().today,
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
