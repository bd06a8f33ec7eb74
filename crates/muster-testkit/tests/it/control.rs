//! The control endpoint, and the journal of what was asked.

use crate::client::{get, personio, post, start};
use muster_testkit::emulator::{Product, Switch};
use serde_json::json;

#[test]
fn scenarios_are_switched_by_name_while_it_runs() {
    let emulator = start(Product::Personio);
    let bearer = personio::bearer(&emulator);
    let control =
        |body: serde_json::Value| post(&emulator, "/_control/scenario", &[], &body.to_string());
    assert_eq!(
        control(json!({"name": "server-502", "times": 2, "after": 1})).status,
        200
    );
    let statuses: Vec<u16> = (0..5)
        .map(|_| personio::page(&emulator, &bearer, "limit=1").status)
        .collect();
    assert_eq!(statuses, [200, 502, 502, 200, 200]);

    assert_eq!(
        control(
            json!({"name": "server-500", "times": 9, "on": "/v1/company/employees/attributes"})
        )
        .status,
        200
    );
    assert_eq!(personio::page(&emulator, &bearer, "limit=1").status, 200);
    let attributes = get(
        &emulator,
        "/v1/company/employees/attributes",
        &[("Authorization", &bearer)],
    );
    assert_eq!(attributes.status, 500);

    assert_eq!(control(json!({"name": "plain"})).status, 200);
    assert_eq!(
        get(
            &emulator,
            "/v1/company/employees/attributes",
            &[("Authorization", &bearer)]
        )
        .status,
        200
    );
    assert_eq!(control(json!({"name": "no-such-thing"})).status, 404);
    assert_eq!(
        control(json!({"name": "server-500", "speed": 3})).status,
        400
    );
}

#[test]
fn the_overview_and_the_list_name_what_there_is() {
    let emulator = start(Product::BambooHr);
    emulator.scenario("bool-real").unwrap();
    let overview = get(&emulator, "/_control", &[]).json();
    assert_eq!(overview["people"], 114);
    assert_eq!(overview["scenarios"][0]["name"], "bool-real");
    assert_eq!(overview["credentials"]["company_domain"], "acme");
    let list = get(&emulator, "/_control/scenarios", &[]).json();
    assert!(
        list.as_array()
            .unwrap()
            .iter()
            .any(|scenario| scenario["name"] == "bool-real" && scenario["menu"] == 4)
    );
    assert_eq!(get(&emulator, "/_control/nothing", &[]).status, 404);
}

#[test]
fn a_day_changes_who_is_there() {
    let emulator = start(Product::Personio);
    let bearer = personio::bearer(&emulator);
    let first = personio::page(&emulator, &bearer, "limit=100").json();
    let aged = post(&emulator, "/_control/day", &[], "{\"days\":30}").json();
    assert_eq!(aged["today"], "2026-12-02");
    let later = personio::page(&emulator, &bearer, "limit=100").json();
    assert!(
        later["metadata"]["total_elements"].as_u64() > first["metadata"]["total_elements"].as_u64()
    );
    assert_ne!(first["data"], later["data"]);
    assert_eq!(
        get(&emulator, "/_control/people", &[])
            .json()
            .as_array()
            .unwrap()
            .len(),
        emulator.company().people.len()
    );
    assert_eq!(
        post(&emulator, "/_control/day", &[], "{\"days\":99999}").status,
        400
    );
    assert_eq!(emulator.company().today.to_string(), "2026-12-02");
}

#[test]
fn the_journal_says_what_came_and_forgets_on_request() {
    let emulator = start(Product::Personio);
    let bearer = personio::bearer(&emulator);
    emulator
        .switch(&Switch::new("server-503").times(1))
        .unwrap();
    personio::page(&emulator, &bearer, "limit=2&offset=4");
    personio::page(&emulator, &bearer, "limit=2");
    let changed = post(
        &emulator,
        "/v1/company/employees",
        &[("Authorization", &bearer)],
        "{\"first_name\":\"X\"}",
    );
    assert_eq!(changed.status, 405);
    let asked = emulator.requests();
    let seen: Vec<_> = asked
        .iter()
        .map(|it| (it.method.as_str(), it.path.as_str(), it.status))
        .collect();
    let list = "/v1/company/employees";
    assert_eq!(
        seen,
        [
            ("POST", "/v1/auth", 200),
            ("GET", list, 503),
            ("GET", list, 200),
            ("POST", list, 405)
        ]
    );
    assert_eq!(asked[1].query, "limit=2&offset=4");
    assert_eq!(asked[1].scenarios, ["server-503"]);
    assert_eq!(asked[1].header("authorization"), Some(bearer.as_str()));
    assert_eq!(asked[3].body, "{\"first_name\":\"X\"}");
    assert!(
        asked
            .windows(2)
            .all(|two| two[0].at <= two[1].at && two[0].connection < two[1].connection)
    );
    assert_eq!(emulator.token_requests().len(), 1);
    assert_eq!(
        emulator.writes().len(),
        1,
        "a request for a token or for data is no write"
    );
    assert_eq!(
        get(&emulator, "/_control/requests", &[])
            .json()
            .as_array()
            .unwrap()
            .len(),
        4
    );
    emulator.forget();
    assert!(emulator.requests().is_empty());
}

#[test]
fn switches_are_read_from_a_line() {
    let switch = Switch::parse("server-503,times=3,after=6,on=/v1/company").unwrap();
    assert_eq!(
        (switch.name.as_str(), switch.times, switch.after),
        ("server-503", Some(3), Some(6))
    );
    assert_eq!(switch.on.as_deref(), Some("/v1/company"));
    assert!(Switch::parse("server-503,times=many").is_err());
    assert!(Switch::parse("server-503,colour=red").is_err());
}
