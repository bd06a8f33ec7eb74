//! Stories of what was: undo, the history of every change, and the directory of a past day.

use crate::sync::{ground, people};
use std::fs;

#[test]
fn undo_restores_the_old_values() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=3)).approve();
    let changed = ground
        .deliver(
            "a.csv",
            people(1..=3).replace("First2,Last,Clerk", "First2,Last,Lead"),
        )
        .sync();
    let run = &changed.run_id();
    assert_eq!(ground.person("E-2")["title"], "Lead");
    let undone = ground.run(&["undo", run]);
    assert_eq!(undone.is(0, "applied").json["counts"]["updated"], 1);
    assert_eq!(ground.person("E-2")["title"], "Clerk");
    ground
        .run(&["explain", "E-2", "title"])
        .says("undo")
        .says("Lead");
}

#[test]
fn undo_skips_and_lists_values_that_were_edited_since() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=3)).approve();
    let titled =
        |title: &str| people(1..=3).replace("First2,Last,Clerk", &format!("First2,Last,{title}"));
    let run = ground.deliver("a.csv", titled("Lead")).sync().run_id();
    ground
        .deliver("a.csv", titled("Chief"))
        .sync()
        .is(0, "applied");
    let undone = ground.run(&["undo", &run]);
    undone
        .is(0, "nothing_to_do")
        .says("MUS-UNDO-SKIPPED")
        .says("is now `Chief`; it was not restored");
    assert_eq!(ground.person("E-2")["title"], "Chief");
}

#[test]
fn undo_and_past_days_without_history_are_refused() {
    let mut ground = ground();
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    let kept = settings.replace(
        "\"acme\"",
        "{ name = \"acme\", retention = { history = \"1 day\" } }",
    );
    assert_ne!(kept, settings);
    fs::write(ground.path("integration.toml"), kept).unwrap();
    ground.deliver("a.csv", people(1..=3)).approve();
    let run = ground
        .deliver(
            "a.csv",
            people(1..=3).replace("First2,Last,Clerk", "First2,Last,Lead"),
        )
        .sync();
    ground.at("2026-05-09T02:45:00Z").run(&["sweep"]);
    let undone = ground.run(&["undo", &run.run_id()]);
    assert_eq!(
        undone
            .says("were deleted at the end of the retention period")
            .code,
        2
    );
    assert_eq!(
        ground
            .run(&["employees", "--as-of", "2026-05-04"])
            .says("cannot be shown")
            .code,
        2
    );
    assert_eq!(ground.person("E-2")["title"], "Lead");
}

#[test]
fn every_change_keeps_its_values_run_integration_line_rule_and_who_approved() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=3)).approve();
    ground.deliver(
        "a.csv",
        people(1..=3).replace("First2,Last,Clerk", "First2,Last,Lead"),
    );
    let plan = ground.run(&["plan", "integration.toml"]).json["plan"].clone();
    let approved = ground.run(&["approve", plan.as_str().unwrap()]).run_id();
    let history = ground.run(&["explain", "E-2"]).json["history"].clone();
    let entry = &history[1];
    let change = serde_json::json!([{ "field": "title", "old": "Clerk", "new": "Lead", "reason": "record" }]);
    assert_eq!(entry["changes"], change, "{history}");
    assert_eq!(entry["run"].to_string(), approved);
    let keys =
        ["integration", "file", "line", "reason", "approved_by"].map(|key| entry[key].to_string());
    assert_eq!(
        keys,
        [
            "\"hr\"",
            "\"a.csv\"",
            "3",
            "\"same_external_id\"",
            "\"eva (command line)\""
        ]
    );
    ground.run(&["undo", &approved]).is(0, "applied");
    let undone = ground.run(&["explain", "E-2"]).json["history"][2].clone();
    assert_eq!(
        (&undone["reason"], &undone["by"]),
        (&"undo".into(), &"eva (command line)".into()),
        "{undone}"
    );
}

#[test]
fn the_directory_is_shown_as_of_a_past_day() {
    let mut ground = ground();
    ground.deliver("a.csv", people(1..=2)).approve();
    ground
        .at("2026-05-06T02:45:00Z")
        .deliver(
            "a.csv",
            people(1..=3).replace("First2,Last,Clerk", "First2,Last,Lead"),
        )
        .sync();
    let then = ground.run(&["employees", "--as-of", "2026-05-05"]).json;
    assert_eq!(then.as_array().unwrap().len(), 2);
    assert_eq!(then[1]["title"], "Clerk");
    assert_eq!(ground.run(&["employees"]).json.as_array().unwrap().len(), 3);
}
