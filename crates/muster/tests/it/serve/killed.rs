//! `kill -9` at many instants of a service that is busy: the old state or the new one, an honest record, each slot once.

use super::{
    Service, many,
    passing::{daily, number, pass_a_day, query, start_now},
    wait_for,
};
use crate::ground::{Ground, PLAIN};
use std::{
    collections::BTreeSet,
    fs, thread,
    time::{Duration, Instant},
};

const EMPLOYEES: u32 = 400;

fn instants() -> u32 {
    let is_full = std::env::vars().any(|(name, _)| name == "MUSTER_FULL_TESTS");
    if is_full { 200 } else { 12 }
}

/// The last names that there are.
fn last_names(ground: &Ground) -> BTreeSet<String> {
    let employees = ground.run(&["employees"]).json;
    let employees = employees.as_array().unwrap();
    assert_eq!(employees.len(), EMPLOYEES as usize);
    let name = |employee: &serde_json::Value| employee["last_name"].as_str().unwrap().to_owned();
    employees.iter().map(name).collect()
}

/// A directory whose integration is due once a day, and a service that has decided its slots so far.
fn scheduled() -> Ground {
    let ground = Ground::new(PLAIN);
    fs::create_dir(ground.path("conf")).unwrap();
    // Every employee has another name on the next day.
    let limit = "[guard]\ncore_field_changes = { percent = 100.0, number = 100 }";
    let file = PLAIN
        .replace("file:inbox", "file:../inbox")
        .replace("[guard]", limit)
        .replacen("[source]", &(daily() + "[source]"), 1);
    fs::write(ground.path("conf/people.toml"), file).unwrap();
    let applied = ground.run(&["apply", "conf"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
    ground.deliver("a.csv", many(EMPLOYEES, "Last"));
    ground
        .run(&["sync", "people", "--approve"])
        .is(0, "applied");
    let service = Service::start(&ground.path(""));
    wait_for("the schedule is known", || {
        query(&ground, "SELECT 1 FROM schedule WHERE integration_id > 0").pop()
    });
    service.stop();
    ground
}

/// The next day with another delivery: a service that works until nothing is left to do. How long it took.
fn work_through(ground: &Ground, name: &str) -> Duration {
    pass_a_day(ground);
    ground.deliver("a.csv", many(EMPLOYEES, name));
    let began = Instant::now();
    let service = Service::start(&ground.path(""));
    wait_for("all slots are decided and all jobs end", || {
        start_now(ground);
        let open = "SELECT (SELECT count(*) FROM job WHERE integration_id > 0) + (SELECT count(*) FROM schedule \
                    WHERE integration_id > 0 AND next_slot <= unixepoch() * 1000000)";
        (number(ground, open) == 0).then_some(())
    });
    let took = began.elapsed();
    service.stop();
    took
}

/// The next day with another delivery: a service that is killed some time after its start.
fn work_until_killed(ground: &Ground, name: &str, after: Duration) {
    pass_a_day(ground);
    ground.deliver("a.csv", many(EMPLOYEES, name));
    let began = Instant::now();
    let mut service = Service::start(&ground.path(""));
    while began.elapsed() < after {
        start_now(ground);
        thread::sleep(Duration::from_millis(5));
    }
    service.process.kill().unwrap();
    service.process.wait().unwrap();
}

#[test]
fn d01_p01_p26_service_killed_at_any_instant_loses_no_slot_and_starts_none_twice() {
    let ground = scheduled();
    // The instants are spread over what a day takes on this machine.
    let day = work_through(&ground, "First");
    let mut state = BTreeSet::from(["First".to_owned()]);
    assert_eq!(last_names(&ground), state);
    let applied = "SELECT count(*) FROM run WHERE status = 'applied'";
    for at in 1..=instants() {
        let name = format!("Last{at}");
        let before = number(&ground, applied);
        work_until_killed(&ground, &name, day * at / instants());
        let is_recorded = number(&ground, applied) != before;
        if is_recorded {
            state = BTreeSet::from([name]);
        }
        assert_eq!(last_names(&ground), state, "{is_recorded} at {at}");
    }
    // A slot is skipped while the job of a killed service waits; the one of the day after is not.
    work_through(&ground, "Rest");
    work_through(&ground, "Final");
    assert_eq!(last_names(&ground), BTreeSet::from(["Final".to_owned()]));

    let fates = "SELECT sum(CASE state WHEN 'missed' THEN missed ELSE 1 END) FROM slot WHERE integration_id > 0";
    let days = i64::from(instants() + 3);
    assert_eq!(number(&ground, fates), days, "each slot has one fate");
    let jobs = "SELECT count(*), count(DISTINCT slot), (SELECT count(*) FROM slot WHERE integration_id > 0 AND \
                state = 'started') FROM job_history WHERE integration_id > 0 AND slot IS NOT NULL";
    let jobs = query(&ground, jobs).remove(0);
    let jobs: BTreeSet<&str> = jobs.split('|').collect();
    assert_eq!(jobs.len(), 1, "a slot that started has one job: {jobs:?}");
    let others =
        "SELECT count(*) FROM run WHERE status NOT IN ('applied', 'nothing_to_do', 'interrupted')";
    assert_eq!(number(&ground, others), 0);
    let verified = ground.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text);
}
