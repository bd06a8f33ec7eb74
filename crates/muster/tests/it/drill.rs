//! `muster drill`: which guards hold a damaged delivery, with the settings as they are.

use crate::ground::{Answer, Ground};
use std::fs;

const INTEGRATION: &str = "workspace = { name = \"acme\", deliveries = \"everything\" }\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\n\
    pattern = \"*.csv\"\nsettle = \"0s\"\n[mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
    department = \"unit\"\noffboarding_date = \"leaves\"\n[policy]\nmissing = \"deactivate\"\n";

/// Settings under which no guard trips.
const OPEN: &str = "removals = { percent = 100.0, number = 1000 }\nremovals_number = 1000\nremovals_week = { percent = 100.0, number = 1000 }\n\
    key_changes = { percent = 100.0, number = 1000 }\nrejected = { percent = 100.0, number = 1000 }\nshrunk = { percent = 100.0, number = 1000 }\n\
    field_changes = { percent = 100.0, number = 1000 }\ncore_field_changes = { percent = 100.0, number = 1000 }\n";

fn file(employees: u32) -> String {
    let row = |id: u32| {
        let unit = ["Sales", "IT", "Care"][id as usize % 3];
        let (month, day) = (1 + id % 12, 1 + id % 28);
        format!(
            "E-{id},p{id}@acme.example,First{id},Last{id},{unit},19{}-{month:02}-{day:02},\n",
            60 + id % 40
        )
    };
    let rows: String = (1..=employees).map(row).collect();
    format!("id,email,first,last,unit,born,leaves\n{rows}")
}

/// Two deliveries, the second with one more employee.
fn ground(integration: &str) -> Ground {
    let mut ground = Ground::new(integration);
    ground.deliver("a.csv", file(40)).approve();
    ground.at("2026-05-05T02:45:00Z");
    ground.deliver("a.csv", file(41)).sync().is(0, "applied");
    ground.at("2026-05-06T02:45:00Z");
    ground
}

fn drill(ground: &Ground) -> Answer {
    ground.run(&["drill", "integration.toml"])
}

#[track_caller]
fn result(answer: &Answer, damage: &str) -> String {
    let all = answer.json["damages"].as_array().expect(&answer.text);
    let found = all.iter().find(|one| one["damage"] == damage);
    let found = found.expect(&answer.text);
    found["result"].as_str().unwrap().to_owned()
}

#[test]
fn drill_damages_the_last_delivery_in_ten_ways_and_says_what_holds_each() {
    let ground = ground(INTEGRATION);
    let answer = drill(&ground);
    assert_eq!(answer.code, 0, "{}", answer.text);
    assert_eq!(answer.json["records"], 41);
    assert_eq!(answer.json["employees"], 41);
    assert_eq!(answer.json["undamaged"], 0);
    assert_eq!(answer.json["drilled"], "2026-05-06T02:45:00Z");
    assert_eq!(answer.json["damages"].as_array().unwrap().len(), 10);
    for (damage, expected) in [
        ("empty", "refused"),
        ("halved", "held"),
        ("key_shifted", "held"),
        ("keys_exchanged", "held"),
        ("end_dates", "held"),
        ("other_delimiter", "refused"),
        ("earlier", "held"),
        ("duplicated", "harmless"),
    ] {
        assert_eq!(
            result(&answer, damage),
            expected,
            "{damage}: {}",
            answer.text
        );
    }
    for damage in ["one_group", "day_and_month_exchanged"] {
        assert_ne!(
            result(&answer, damage),
            "applied",
            "{damage}: {}",
            answer.text
        );
    }
    let all = answer.json["damages"].as_array().unwrap();
    let halved = all.iter().find(|one| one["damage"] == "halved").unwrap();
    assert_eq!(
        halved["employees"], 21,
        "half of them would leave: {halved}"
    );
    assert!(
        halved["guards"].to_string().contains("removals"),
        "{halved}"
    );
}

#[test]
fn drill_changes_neither_the_directory_nor_the_runs() {
    let ground = ground(INTEGRATION);
    let before = ["employees", "runs", "budgets", "issues"].map(|list| ground.run(&[list]).text);
    drill(&ground);
    let after = ["employees", "runs", "budgets", "issues"].map(|list| ground.run(&[list]).text);
    assert_eq!(before, after);
    ground.sync().is(0, "nothing_to_do");
}

#[test]
fn drill_fails_and_names_the_damage_that_the_settings_let_through() {
    let ground = ground(INTEGRATION);
    let text = format!("{INTEGRATION}[guard]\n{OPEN}");
    fs::write(ground.path("integration.toml"), text).unwrap();
    // The changed settings themselves would be held, which is no protection against later deliveries.
    ground.approve();
    let answer = drill(&ground);
    assert_eq!(answer.code, 1, "{}", answer.text);
    for (damage, expected) in [
        ("halved", "applied"),
        ("one_group", "applied"),
        // No limit lets everyone leave.
        ("end_dates", "held"),
        ("empty", "refused"),
    ] {
        assert_eq!(
            result(&answer, damage),
            expected,
            "{damage}: {}",
            answer.text
        );
    }
    let output = ground.output(&["drill", "integration.toml"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains(
            "! its second half is missing: applied without a review: it changes 21 employees"
        ),
        "{text}"
    );
    assert!(
        text.contains("nothing was changed") && text.contains("[guard]"),
        "{text}"
    );
}

#[test]
fn drill_without_an_archived_delivery_says_what_to_do() {
    let ground = Ground::new(INTEGRATION);
    let answer = drill(&ground);
    assert_ne!(answer.code, 0);
    answer.says("MUS-");
}

#[test]
fn damage_that_the_delivery_cannot_have_is_not_tried() {
    let mut ground = Ground::new(
        &INTEGRATION.replace("department = \"unit\"\noffboarding_date = \"leaves\"\n", ""),
    );
    ground.deliver("a.csv", file(12)).approve();
    ground.at("2026-05-05T02:45:00Z");
    let answer = drill(&ground);
    for damage in [
        "end_dates",
        "one_group",
        "day_and_month_exchanged",
        "earlier",
    ] {
        assert_eq!(
            result(&answer, damage),
            "not_possible",
            "{damage}: {}",
            answer.text
        );
    }
    assert_eq!(result(&answer, "halved"), "held", "{}", answer.text);
}
