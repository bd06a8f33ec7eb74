//! Past deliveries under today's rules, and what changed settings would do.

use crate::ground::Ground;
use muster_testkit::emulator::{Emulator, Options, Product};
use std::fs;

const INTEGRATION: &str = "workspace = { name = \"acme\", deliveries = \"everything\" }\nname = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\n\
    settle = \"0s\"\n[mapping]\nexternal_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
    title = \"title\"\noffboarding_date = \"leaves\"\n[policy]\nmissing = \"deactivate\"\n";

fn row(id: u32, title: &str, leaves: &str) -> String {
    format!("E-{id},p{id}@acme.example,First{id},Last,{title},{leaves},Role {id}\n")
}

fn file(rows: &[String]) -> String {
    format!("id,email,first,last,title,leaves,role\n{}", rows.concat())
}

/// Three weeks: joiners, a change, an employee who leaves by date, an employee who is missing.
fn three_weeks() -> Ground {
    let mut ground = Ground::new(INTEGRATION);
    let clerks =
        |ids: std::ops::RangeInclusive<u32>| ids.map(|id| row(id, "Clerk", "")).collect::<Vec<_>>();
    ground.deliver("a.csv", file(&clerks(1..=20)));
    let held = ground.sync();
    let plan = held.json["plan"].as_str().unwrap().to_owned();
    assert_eq!(ground.run(&["approve", &plan]).code, 0);
    let mut rows = clerks(1..=21);
    rows[1] = row(2, "Lead", "");
    rows[2] = row(3, "Clerk", "2026-05-12");
    ground
        .at("2026-05-11T02:45:00Z")
        .deliver("a.csv", file(&rows))
        .sync()
        .is(0, "applied");
    ground
        .at("2026-05-12T23:30:00Z")
        .run(&["sweep"])
        .is(0, "applied");
    rows.remove(3);
    ground
        .at("2026-05-18T02:45:00Z")
        .deliver("a.csv", file(&rows))
        .sync()
        .is(0, "applied");
    ground
}

fn edit(ground: &Ground, from: &str, to: &str) {
    let text = fs::read_to_string(ground.path("integration.toml")).unwrap();
    assert!(text.contains(from));
    fs::write(ground.path("integration.toml"), text.replace(from, to)).unwrap();
}

#[test]
fn replay_with_the_same_rules_has_no_differences() {
    let ground = three_weeks();
    for from in ["1", "2026-05-05", "2026-05-18"] {
        let replay = ground.run(&["replay", "integration.toml", "--from", from]);
        assert_eq!(
            (replay.code, replay.json["different"].clone()),
            (0, serde_json::json!(0)),
            "{}",
            replay.text
        );
        assert_eq!(replay.json["people"], 21);
    }
    assert_eq!(
        ground
            .run(&["replay", "integration.toml", "--from", "1"])
            .json["deliveries"],
        3
    );
}

#[test]
fn replay_lists_differences_and_changes_nothing() {
    let ground = three_weeks();
    let before = ground.run(&["employees"]).text;
    edit(&ground, "title = \"title\"", "title = \"role\"");
    edit(&ground, "missing = \"deactivate\"", "missing = \"keep\"");
    let replay = ground.run(&["replay", "integration.toml", "--from", "1"]);
    assert_eq!(
        replay.json["fields"],
        serde_json::json!({ "status": 1, "title": 21 }),
        "{}",
        replay.text
    );
    let of = |id: &str| {
        let all = replay.json["differences"].as_array().unwrap();
        all.iter()
            .find(|found| found["is"]["external_id"] == id)
            .unwrap()["changes"]
            .clone()
    };
    assert_eq!(
        of("E-2"),
        serde_json::json!([{ "field": "title", "is": "Lead", "would_be": "Role 2" }])
    );
    assert_eq!(
        of("E-4")[0],
        serde_json::json!({ "field": "status", "is": "inactive", "would_be": "active" })
    );
    // From the last delivery on, what earlier ones did stands.
    let last = ground.run(&["replay", "integration.toml", "--from", "2026-05-18"]);
    assert_eq!(last.json["fields"]["title"], 20, "{}", last.text);
    assert_eq!(ground.run(&["employees"]).text, before);
    let text = String::from_utf8(
        ground
            .output(&["replay", "integration.toml", "--from", "1"])
            .stdout,
    )
    .unwrap();
    assert!(
        text.contains("21 of 21 employees would differ") && text.contains("~ First1 Last (E-1)"),
        "{text}"
    );
}

#[test]
fn replay_with_another_selection_lists_employees_who_would_not_exist() {
    let ground = three_weeks();
    edit(
        &ground,
        "[policy]",
        "[[select]]\ncolumn = \"role\"\nnot_equals = \"Role 21\"\n[policy]",
    );
    let text = String::from_utf8(
        ground
            .output(&["replay", "integration.toml", "--from", "1"])
            .stdout,
    )
    .unwrap();
    assert!(
        text.contains("- First21 Last (E-21) would not exist"),
        "{text}"
    );
    assert!(text.contains("1 of 21 employees"), "{text}");
}

#[test]
fn departures_that_a_sweep_applied_are_no_difference_in_a_replay() {
    let mut ground = Ground::new(INTEGRATION);
    let mut rows: Vec<_> = (1..=20).map(|id| row(id, "Clerk", "")).collect();
    rows[2] = row(3, "Clerk", "2026-05-12");
    ground.deliver("a.csv", file(&rows)).approve();
    // Nothing is delivered after the sweep, so that it alone deactivates.
    ground
        .at("2026-05-12T23:30:00Z")
        .run(&["sweep"])
        .is(0, "applied");
    assert_eq!(ground.person("E-3")["status"], "inactive");
    let replay = ground.run(&["replay", "integration.toml", "--from", "1"]);
    assert_eq!(
        (&replay.json["different"], &replay.json["deliveries"]),
        (&0.into(), &1.into()),
        "{}",
        replay.text
    );
}

#[test]
fn replay_from_before_the_kept_history_is_refused() {
    let mut ground = three_weeks();
    edit(
        &ground,
        "\"everything\"",
        "\"everything\", retention = { history = \"1 day\" }",
    );
    ground.at("2026-05-19T02:45:00Z").sync();
    ground.run(&["sweep"]);
    let before = ground.run(&["employees"]).text;
    let replay = ground.run(&["replay", "integration.toml", "--from", "1"]);
    replay.says("the history of run 1 was deleted at the end of its retention period");
    assert_eq!(replay.code, 1, "{}", replay.text);
    assert_eq!(ground.run(&["employees"]).text, before);
    // What was kept can be replayed.
    let later = ground.run(&["replay", "integration.toml", "--from", "2026-05-18"]);
    assert_eq!((later.code, &later.json["different"]), (0, &0.into()));
}

#[test]
fn undone_changes_are_no_difference_in_a_replay() {
    let ground = three_weeks();
    let run = ground.run(&["explain", "E-2"]).json["history"][1]["run"].to_string();
    ground.run(&["undo", &run, "--approve"]).is(0, "applied");
    assert_eq!(ground.person("E-2")["title"], "Clerk");
    let replay = ground.run(&["replay", "integration.toml", "--from", "1"]);
    assert!(!replay.text.contains("\"Lead\""), "{}", replay.text);
}

#[test]
fn a_replay_without_its_delivery_says_so() {
    let ground = three_weeks();
    ground
        .run(&["replay", "integration.toml", "--from", "2"])
        .says("run 2 read no delivery");
    ground
        .run(&["replay", "integration.toml", "--from", "2030-01-01"])
        .says("has read no delivery since then");
    assert_eq!(
        ground
            .run(&["replay", "integration.toml", "--from", "soon"])
            .code,
        2
    );
}

#[test]
fn profile_lists_changes_by_field_for_a_changed_mapping() {
    let ground = three_weeks();
    edit(
        &ground,
        "title = \"title\"",
        "title = \"role\"\njob_function = { constant = \"Staff\" }",
    );
    // The source is not needed.
    fs::remove_dir_all(ground.path("inbox")).unwrap();
    let profile = ground.run(&["profile", "integration.toml"]).json["profile"].clone();
    assert_eq!(profile["people"], 20);
    let title = profile["fields"]
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["field"] == "title")
        .unwrap();
    assert_eq!(
        (
            title["people"].clone(),
            title["first"].as_array().unwrap().len()
        ),
        (20.into(), 3)
    );
    assert_eq!(
        title["first"][1],
        serde_json::json!({ "who": "First2 Last (E-2)", "old": "Lead", "new": "Role 2" })
    );
    let runs = ground.run(&["runs"]).json.as_array().unwrap().len();
    ground.run(&["profile", "integration.toml"]);
    assert_eq!(
        ground.run(&["runs"]).json.as_array().unwrap().len(),
        runs,
        "it is no run"
    );
}

#[test]
fn profile_counts_employees_that_are_not_selected_and_no_pin_that_is_released() {
    let ground = three_weeks();
    let pinned = ground.run(&["pin", "E-2", "title", "Role 2", "--reason", "promised"]);
    assert_eq!(pinned.code, 0, "{}", pinned.text);
    edit(&ground, "title = \"title\"", "title = \"role\"");
    let of = |profile: &serde_json::Value, field: &str| {
        let fields = profile["fields"].as_array().unwrap().iter();
        fields
            .filter(|one| one["field"] == field)
            .map(|one| one["people"].as_u64().unwrap())
            .sum::<u64>()
    };
    let profile = ground.run(&["profile", "integration.toml"]).json["profile"].clone();
    assert_eq!(
        of(&profile, "title"),
        19,
        "E-2 has that title by hand already: {profile}"
    );
    edit(&ground, "title = \"role\"", "title = \"title\"");
    edit(
        &ground,
        "[policy]",
        "[[select]]\ncolumn = \"title\"\nequals = \"Clerk\"\n[policy]",
    );
    let answer = ground.run(&["profile", "integration.toml"]);
    let profile = &answer.json["profile"];
    assert_eq!(
        (of(profile, "status"), &profile["removed"]),
        (1, &1.into()),
        "E-2, the lead: {}",
        answer.text
    );
    let held = ground.sync();
    held.is(3, "held").says("setup_changed");
    assert_eq!(held.json["guard"]["profile"]["removed"], 1, "{}", held.text);
}

#[test]
fn profile_shows_what_another_matching_does() {
    let ground = three_weeks();
    let file = fs::read_to_string(ground.path("inbox/a.csv")).unwrap();
    ground
        .deliver("a.csv", file.replace("E-1,", "X-1,"))
        .sync()
        .is(3, "held")
        .counts(&[("held", 1), ("updated", 0), ("missing", 0)])
        .says("\"held\": \"new_external_id\"");
    edit(&ground, "[policy]", "[policy]\nmatch = [\"email\"]");
    let answer = ground.run(&["profile", "integration.toml"]);
    let example = &answer.json["profile"]["fields"][0];
    assert_eq!(
        (&example["field"], &example["first"][0]["new"]),
        (&"external_id".into(), &"X-1".into()),
        "{}",
        answer.text
    );
    let held = ground.sync();
    held.is(3, "held").says("setup_changed");
    assert_eq!(
        held.json["guard"]["profile"]["fields"][0]["field"], "external_id",
        "{}",
        held.text
    );
}

#[test]
fn m20_a_plan_under_changed_settings_is_held_with_its_profile() {
    let ground = three_weeks();
    edit(&ground, "title = \"title\"", "title = \"role\"");
    let held = ground.sync();
    held.is(3, "held").says("setup_changed");
    assert_eq!(
        held.json["guard"]["profile"]["fields"][0]["field"], "title",
        "{}",
        held.text
    );
    let text = String::from_utf8(ground.output(&["plan", "integration.toml"]).stdout).unwrap();
    assert!(
        text.contains("title: 20 employees") && text.contains("First2 Last (E-2): Lead -> Role 2"),
        "{text}"
    );
    ground.approve();
    let calm = ground.sync();
    assert_eq!(calm.json["guard"]["profile"], serde_json::Value::Null);
}

#[test]
fn replay_of_an_hr_system_needs_no_credentials_and_no_requests() {
    let options = Options {
        people: Some(40),
        speed: 1_000.0,
        ..Options::default()
    };
    let emulator = Emulator::start(Product::BambooHr, &options).unwrap();
    let text = format!(
        "workspace = \"acme\"\nname = \"hr\"\n[source]\nconnector = \"bamboohr\"\nbase_url = \"{}\"\n\
         company_domain = \"acme\"\napi_key = {{ file = \"api_key\" }}\n",
        emulator.url()
    );
    let mut ground = Ground::new(&text);
    ground
        .at("2026-11-02T08:00:00Z")
        .secret("api_key", &emulator.credential("api_key"));
    let sync = ["sync", "integration.toml", "--any-host", "--approve"];
    ground.run(&sync).is(0, "applied");
    fs::remove_file(ground.path("api_key")).unwrap();
    ground.run(&sync).says("api_key").says("MUS-CONFIGURATION");
    let asked = emulator.requests().len();
    let replay = ["replay", "integration.toml", "--from", "1", "--any-host"];
    assert_eq!(
        ground.run(&replay).json["different"],
        0,
        "{}",
        ground.run(&replay).text
    );
    fs::write(
        ground.path("integration.toml"),
        text + "[mapping]\ntitle = \"department\"\njob_function = \"nickname\"\n",
    )
    .unwrap();
    let replayed = ground.run(&replay);
    assert!(
        replayed.json["fields"]["title"].as_u64().unwrap() > 10,
        "{}",
        replayed.text
    );
    assert_eq!(replayed.json["unread"], serde_json::json!(["nickname"]));
    let profile = ground.output(&["profile", "integration.toml", "--any-host"]);
    let said = String::from_utf8(profile.stdout).unwrap();
    assert!(
        said.contains("title: ") && said.contains("`nickname` was not read at the time"),
        "{said}"
    );
    assert_eq!(emulator.requests().len(), asked, "the system was not asked");
}
