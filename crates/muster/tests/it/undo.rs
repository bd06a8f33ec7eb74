//! Undo through the whole program: erased employees, keys that passed on, and the preview; and deletions, which
//! cannot be undone and are always reviewed.

use crate::{
    ground::{Answer, Ground},
    sync::{ground, people},
};
use std::fs;

fn run_of(answer: &Answer) -> String {
    answer.run_id()
}

/// Ten employees, of whom E-2 got another title; the run that did it.
fn titled(ground: &Ground) -> String {
    ground.deliver("a.csv", people(1..=10)).approve();
    let lead = people(1..=10).replace("First2,Last,Clerk", "First2,Last,Lead");
    let changed = ground.deliver("a.csv", lead).sync();
    run_of(changed.is(0, "applied"))
}

fn with_policy(policy: &str) -> Ground {
    let ground = ground();
    let path = ground.path("integration.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let changed = settings.replace("missing = \"deactivate\"", policy);
    assert_ne!(changed, settings);
    fs::write(path, changed).unwrap();
    ground
}

fn active(ground: &Ground) -> usize {
    let employees = ground.run(&["employees"]).json;
    let employees = employees.as_array().unwrap().iter();
    employees.filter(|one| one["status"] == "active").count()
}

#[test]
fn undo_of_any_earlier_run_never_revives_an_erased_employee() {
    let ground = ground();
    let changed = titled(&ground);
    let erased = run_of(ground.run(&["erase", "E-2", "--yes"]).is(0, "applied"));
    for run in [&changed, &erased] {
        let undone = ground.run(&["undo", run, "--approve"]);
        undone
            .is(0, "nothing_to_do")
            .says("MUS-UNDO-SKIPPED")
            .says("was erased");
        assert_eq!(active(&ground), 9, "{}", undone.text);
    }
    // The run that created everyone deactivates the nine others.
    let first = ground.run(&["undo", "1", "--approve"]);
    first.is(0, "applied").counts(&[("deactivated", 9)]);
    assert_eq!(active(&ground), 0);
}

#[test]
fn deletions_are_reviewed_by_name_and_never_undone() {
    let ground = with_policy("missing = \"delete\"\napprove = \"never\"");
    let changed = titled(&ground);
    let rest = people((1..=10).filter(|id| *id != 2));
    let held = ground.deliver("a.csv", rest).sync();
    held.is(3, "held");
    assert_eq!(held.json["guard"]["findings"][0]["guard"], "deletions");
    assert_eq!(
        held.json["guard"]["findings"][0]["people"][0],
        "First2 Last (E-2)"
    );
    let operation = &held.json["operations"][0];
    assert_eq!(operation["kind"], "delete");
    assert_eq!(operation["changes"][0]["new"], "erased");
    let text = ground.output(&["plan", "integration.toml"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(
        text.contains("deleted, all personal data is removed"),
        "{text}"
    );
    assert!(
        text.contains("1 would be deleted (not in the file)"),
        "{text}"
    );
    assert!(!text.contains("inactive"), "{text}");
    let plan = ground.run(&["plan", "integration.toml"]).json["plan"].clone();
    let approved = ground.run(&["approve", plan.as_str().unwrap()]);
    assert_eq!(approved.code, 0, "{}", approved.text);
    for run in [&changed, &run_of(&approved)] {
        let undone = ground.run(&["undo", run, "--approve"]);
        undone.is(0, "nothing_to_do").says("was erased");
    }
    assert_eq!(active(&ground), 9);
}

#[test]
fn employees_missing_from_the_file_are_counted_as_would_be_deactivated() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=100)).approve();
    ground.deliver("a.csv", people(61..=100));
    let output = ground.output(&["sync", "integration.toml"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("60 would be deactivated (not in the file)"),
        "{text}"
    );
    assert!(!text.contains("60 missing"), "{text}");
}

#[test]
fn undo_skips_a_reused_address_and_restores_the_rest_of_the_run() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=10)).approve();
    let moved = people(1..=10)
        .replace("p1@acme", "an.aa@acme")
        .replace("First3,Last", "Third,Last")
        + "E-11,p1@acme.example,New,Person,Clerk\n";
    let run = run_of(ground.deliver("a.csv", moved).sync().is(0, "applied"));
    let undone = ground.run(&["undo", &run]);
    undone
        .is(0, "applied")
        .counts(&[("updated", 1), ("deactivated", 1)])
        .says("cannot be restored to `p1@acme.example`, which now belongs to New Person");
    assert_eq!(ground.person("E-1")["email"], "an.aa@acme.example");
    assert_eq!(ground.person("E-3")["first_name"], "First3");
    assert_eq!(ground.person("E-11")["status"], "inactive");
}

#[test]
fn an_address_or_id_that_a_later_run_gave_to_another_employee_is_left_alone() {
    let ground = ground();
    ground.deliver("a.csv", people(1..=10)).approve();
    let moved = people(1..=10)
        .replace("p1@acme", "an.aa@acme")
        .replace("First1,Last", "Ann,Last");
    let run = run_of(ground.deliver("a.csv", &moved).sync().is(0, "applied"));
    let given = moved.replace("p2@acme", "P1@acme");
    ground.deliver("a.csv", given).sync().is(0, "applied");
    let undone = ground.run(&["undo", &run]);
    undone.is(0, "applied").says("MUS-UNDO-SKIPPED");
    assert_eq!(ground.person("E-1")["email"], "an.aa@acme.example");
    assert_eq!(ground.person("E-1")["first_name"], "First1");
}

#[test]
fn a_preview_of_an_undo_changes_nothing_and_can_be_approved() {
    let ground = ground();
    let run = titled(&ground);
    let preview = ground.run(&["undo", &run, "--plan"]);
    assert_eq!(
        (preview.code, ground.person("E-2")["title"].clone()),
        (0, "Lead".into())
    );
    assert_eq!(preview.json["operations"][0]["changes"][0]["new"], "Clerk");
    let plan = preview.json["plan"].as_str().unwrap();
    let approved = ground.run(&["approve", plan]);
    assert_eq!(approved.code, 0, "{}", approved.text);
    assert_eq!(ground.person("E-2")["title"], "Clerk");
    // Nothing is left to undo, and nothing is saved.
    let again = ground.run(&["undo", &run, "--plan"]);
    again.is(0, "nothing_to_do");
    assert_eq!(again.json["plan"], serde_json::Value::Null);
    // What a guard would hold is said by the exit code.
    assert_eq!(ground.run(&["undo", "1", "--plan"]).code, 3);
    assert_eq!(active(&ground), 10);
}
