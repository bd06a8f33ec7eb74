//! BambooHR's menu: a read is held to the table of its scenarios.

use crate::{
    bamboohr::{LEAD, bamboohr, everything, started},
    bamboohr_table::{
        Case, MENU,
        Over::{Both, Datasets, Report},
        PEOPLE,
        Then::{Complete, Failed, Fewer, Partial, Rejected, Reported},
    },
    session::{Ground, cell, described, described_error},
};
use jiff::Timestamp;
use muster_core::{
    model::problem::Problem,
    read::record::{Record, Sink},
};
use muster_testkit::emulator::Product;
use std::collections::BTreeSet;

/// Why records are not used.
#[derive(Default)]
struct Unused(Vec<String>);

impl Sink for Unused {
    fn begin(&mut self, _: u16, _: &[String]) -> Result<(), Problem> {
        Ok(())
    }

    fn record(&mut self, _: Record<'_>) {}

    fn broken(&mut self, _: Record<'_>, problem: Problem) {
        self.0.push(described(&problem));
    }
}

/// Holds a read to a case; says what is wrong.
fn check(case: &Case, api: &str) -> Result<(), String> {
    let name = case.scenarios[0];
    let emulator = started(case.scenarios);
    let mut ground = Ground::patient();
    match name {
        // These are about time-outs.
        "slow-trickle" | "silence" => {
            ground = Ground::default();
            ground.network.limits.attempts = 1;
        }
        "rate-limited-date" | "throttled-503-date" => ground.now = machine_time(),
        _ => {}
    }
    let domain = if name.starts_with("wrong-domain") {
        "other"
    } else {
        "acme"
    };
    let connector = bamboohr(&emulator, &[("api", api), ("company_domain", domain)]);
    let read = ground.read(&*connector, &everything());
    assert!(
        emulator.writes().is_empty() && emulator.stranger_requests().is_empty(),
        "{name}"
    );
    let key = emulator.credential("api_key");
    let (records, extent) = match (read, case.then) {
        (Ok(read), Complete | Reported(_) | Fewer(_) | Rejected(_) | Partial(..)) => read,
        (Err(error), Failed(kind, words)) => {
            let text = described_error(&error);
            let is_right = error.kind == kind && text.contains(words);
            let is_safe = !text.contains(&key[..12]) && !text.contains("MGYzYzlhN2I1");
            return if is_right && is_safe {
                Ok(())
            } else {
                Err(format!("{name} over {api}: {:?} {text}", error.kind))
            };
        }
        (Ok((records, extent)), then) => {
            return Err(format!(
                "{name} over {api}: {} people, {extent:?}, not {then:?}",
                records.len()
            ));
        }
        (Err(error), then) => return Err(format!("{name} over {api}: {error}, not {then:?}")),
    };
    let reported: Vec<String> = extent.problems.iter().map(described).collect();
    let is_reported = |words: &str| reported.iter().any(|reported| reported.contains(words));
    let mut unused = Unused::default();
    records.pour(&mut unused).unwrap();
    let (people, partial) = (records.len(), extent.partial);
    let is_right = match case.then {
        Complete => {
            people == PEOPLE && partial.is_none() && reported.is_empty() && unused.0.is_empty()
        }
        Reported(words) => {
            people == PEOPLE && partial.is_none() && is_reported(words) && unused.0.is_empty()
        }
        Rejected(words) => {
            people == PEOPLE
                && partial.is_none()
                && unused.0.len() == 1
                && unused.0[0].contains(words)
        }
        Fewer(expected) => {
            people == expected && partial.is_none() && reported.is_empty() && unused.0.is_empty()
        }
        Partial(reason, expected, words) => {
            people == expected && partial == Some(reason) && is_reported(words)
        }
        Failed(..) => false,
    };
    let said = case
        .lead
        .iter()
        .map(|(column, expected)| (column, cell(&records, LEAD, column), expected));
    let wrong: Vec<_> = said
        .filter(|(_, said, expected)| said != *expected)
        .collect();
    if is_right && wrong.is_empty() {
        return Ok(());
    }
    let came = format!(
        "{people} people, {partial:?}, {reported:?}, {:?}, {wrong:?}",
        unused.0
    );
    Err(format!("{name} over {api}: {came}, not {:?}", case.then))
}

fn machine_time() -> Timestamp {
    #[allow(
        clippy::disallowed_methods,
        reason = "the emulator says until when to wait by this machine's clock"
    )]
    let now = Timestamp::now();
    now
}

fn check_all(first: usize) {
    let mut wrong = Vec::new();
    // Every other case, so that the two halves run side by side.
    for case in MENU.iter().skip(first).step_by(2) {
        let apis: &[&str] = match case.over {
            Report => &["report"],
            Datasets => &["datasets"],
            Both => &["report", "datasets"],
        };
        wrong.extend(apis.iter().filter_map(|api| check(case, api).err()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_scenario_of_the_menu_comes_out_as_the_table_says() {
    check_all(0);
}

#[test]
fn every_other_scenario_of_the_menu_comes_out_as_the_table_says() {
    check_all(1);
}

#[test]
fn the_table_has_every_scenario_of_the_menu() {
    let menu: BTreeSet<&str> = Product::BambooHr
        .scenarios()
        .iter()
        .map(|scenario| scenario.name)
        .collect();
    let bare = |case: &Case| case.scenarios[0].split(',').next().unwrap_or_default();
    let table: BTreeSet<&str> = MENU.iter().map(bare).collect();
    assert_eq!(table, menu);
}
