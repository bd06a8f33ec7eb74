//! YouServe against its emulator: every scenario of its menu, by the table.

use crate::{
    session::{Ground, Read, connector, described, described_error},
    youserve_menu::{Outcome, Row, TABLE},
};
use jiff::Timestamp;
use muster_connectors::connector::{Connector, NetworkLimits, Wanted};
use muster_testkit::emulator::{Emulator, Options, Product, Switch, scenario::Scope};
use std::{sync::Mutex, thread, time::Duration};

/// The default mapping, its rules, and the columns that tests look at.
pub(crate) fn everything() -> Wanted {
    let columns = [
        "external_id",
        "id",
        "personCode",
        "emailAddresses.business",
        "emailAddresses.private",
        "knownAs",
        "firstNames",
        "initials",
        "lastName",
        "dateOfBirth",
        "employments.originalHireDate",
        "employments.hireDate",
        "employments",
        "isActive",
        "deceased",
    ];
    crate::session::wanted(
        &columns,
        &[
            "external_id",
            "emailAddresses.business",
            "lastName",
            "employments",
            "isActive",
            "deceased",
        ],
    )
}

pub(crate) fn started(scenarios: &[&str]) -> Emulator {
    // Limits pass quickly, since the waits of these tests take no time.
    let options = Options {
        speed: 500.0,
        ..Options::default()
    };
    let emulator = Emulator::start(Product::YouServe, &options).unwrap();
    scenarios
        .iter()
        .for_each(|scenario| emulator.switch(&Switch::parse(scenario).unwrap()).unwrap());
    emulator
}

/// A connector to an emulator, with other settings than the usual ones.
pub(crate) fn youserve(emulator: &Emulator, more: &[(&str, &str)]) -> Box<dyn Connector> {
    let (url, client) = (emulator.url(), emulator.credential("client_id"));
    let (secret, key) = (
        emulator.credential("client_secret"),
        emulator.credential("private_key"),
    );
    let mut plain = vec![("base_url", url.as_str()), ("client_id", client.as_str())];
    plain.extend_from_slice(more);
    connector(
        "youserve",
        &plain,
        &[("client_secret", &secret), ("private_key", &key)],
    )
}

const PATIENT: Duration = Duration::from_secs(30);

/// Short limits, and the real time: the emulator compares signed tokens with its clock.
pub(crate) fn ground() -> Ground {
    let mut ground = Ground::default();
    #[allow(
        clippy::disallowed_methods,
        reason = "a test is the wiring of what it tests"
    )]
    let now = Timestamp::now();
    ground.now = now;
    ground.network.limits = NetworkLimits {
        connect: Duration::from_secs(2),
        between_bytes: Duration::from_millis(800),
        whole: Duration::from_secs(3),
        attempts: 3,
        ..ground.network.limits
    };
    ground
}

pub(crate) fn read(emulator: &Emulator, more: &[(&str, &str)]) -> Read {
    let read = ground().read(&*youserve(emulator, more), &everything());
    assert!(emulator.writes().is_empty() && emulator.stranger_requests().is_empty());
    read
}

/// What is wrong with a row; none: it is as the table says.
fn check(row: &Row) -> Option<String> {
    let emulator = started(&[row.scenario]);
    let mut more = vec![("login", row.login)];
    if !row.tenant.is_empty() {
        more.push(("tenant", row.tenant));
    }
    let mut ground = ground();
    match row.scenario {
        // These are about time-outs; a busy machine must not decide how the others end.
        "slow-trickle" | "silence" => ground.network.limits.attempts = 2,
        _ => {
            let limits = &mut ground.network.limits;
            (limits.between_bytes, limits.whole) = (PATIENT, PATIENT);
        }
    }
    let result = ground.read(&*youserve(&emulator, &more), &everything());
    let is_foul = !emulator.writes().is_empty() || !emulator.stranger_requests().is_empty();
    let (outcome, said) = match result {
        Ok((records, extent)) => {
            let said: Vec<String> = extent.problems.iter().map(described).collect();
            let outcome = extent
                .partial
                .map_or(Outcome::Complete(records.len()), Outcome::Partial);
            (outcome, said.join("\n"))
        }
        Err(error) => (Outcome::Failed(error.kind), described_error(&error)),
    };
    let tells = ["client_secret", "private_key"]
        .iter()
        .any(|secret| said.contains(&emulator.credential(secret)));
    let is_said = if row.says.is_empty() {
        said.is_empty() || matches!(outcome, Outcome::Failed(_))
    } else {
        said.contains(row.says)
    };
    let name = format!("{} {} {} {}", row.menu, row.scenario, row.login, row.tenant);
    (outcome != row.outcome || !is_said || is_foul || tells)
        .then(|| format!("{name}: {outcome:?}, not {:?}: {said}", row.outcome))
}

#[test]
fn every_scenario_of_the_menu_ends_as_the_table_says() {
    let (next, wrong) = (Mutex::new(TABLE.iter()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let row = next.lock().unwrap().next();
                    let Some(row) = row else { return };
                    let found = check(row);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_has_every_scenario_under_its_number() {
    for scenario in Product::YouServe.scenarios() {
        let is_it = |row: &&Row| row.scenario.split(',').next() == Some(scenario.name);
        let rows: Vec<&Row> = TABLE.iter().filter(is_it).collect();
        assert!(
            !rows.is_empty() || scenario.scope == Scope::Always,
            "{} is not in the table",
            scenario.name
        );
        assert!(
            scenario.name == "plain" || rows.iter().all(|row| row.menu == scenario.menu),
            "{} has number {}",
            scenario.name,
            scenario.menu
        );
    }
}
