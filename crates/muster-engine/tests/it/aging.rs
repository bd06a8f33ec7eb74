//! A month in the life of a company: after it the directory is the company.

use crate::{
    bamboohr::{DATASETS, REPORT},
    ground::{Ground, Plot},
    personio::{V1, V2},
    youserve::SECRET,
};
use jiff::{ToSpan, civil::Date, tz::TimeZone};
use muster_core::run::RunStatus;
use muster_engine::Mode;
use muster_testkit::emulator::{
    company::Company,
    person::{Person, Standing},
};
use std::collections::BTreeMap;

/// What the directory says of somebody who is employed: their name.
type People = BTreeMap<String, String>;

/// Everybody who is employed and selected, by address. Whoever has another status than the company gives them on its
/// present day is not in it.
fn employed(company: &Company, has_gate: bool) -> People {
    let comes = |person: &&Person| person.standing(company.today) != Standing::Inactive && (person.access || !has_gate);
    let one = |person: &Person| Some((person.email.clone()?, person.full_last_name()));
    company.people.iter().filter(comes).filter_map(one).collect()
}

fn in_directory(ground: &Ground) -> People {
    let all = ground.directory();
    let works = all.values().filter(|person| ["active", "scheduled"].contains(&person["status"].as_str()));
    works.map(|person| (person["email"].clone(), person["last_name"].clone())).collect()
}

/// The morning of a day.
fn morning(day: Date) -> jiff::Timestamp {
    day.at(8, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp()
}

#[track_caller]
fn a_month_passes(plot: Plot) {
    let mut ground = Ground::morning(plot);
    let has_gate = plot.gate.is_some();
    assert_eq!(in_directory(&ground), employed(&ground.emulator.company(), has_gate));
    for day in 1..=10 {
        ground.emulator.age(3);
        ground.now = morning(ground.emulator.company().today);
        let ended = ground.run(Mode::Apply);
        assert!(matches!(ended.status(), RunStatus::Applied | RunStatus::NothingToDo), "{day}: {}", ended.said);
        assert_eq!(ended.partial(), None, "{day}: {}", ended.said);
        ground.approve_held(&ended);
        // Who ends today leaves in the evening.
        let company = ground.emulator.company();
        let (directory, wanted) = (in_directory(&ground), employed(&company, has_gate));
        let wrong: Vec<_> = wanted.iter().filter(|(email, name)| directory.get(*email) != Some(*name)).collect();
        assert!(wrong.is_empty(), "day {day}: {wrong:?} work there; {}", ended.said);
        let gone: Vec<_> = directory.keys().filter(|email| !wanted.contains_key(*email)).collect();
        assert!(gone.is_empty(), "day {day}: {gone:?} do not work there; {}", ended.said);
    }
    let (first, last) = (jiff::civil::date(2026, 11, 2), ground.emulator.company().today);
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
