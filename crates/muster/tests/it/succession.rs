//! One source takes the place of another: `muster integration succeed`.

use crate::ground::{Answer, Ground};
use serde_json::json;
use std::fs;

const OLD: &str = "id,email,first,last,born\n\
    E-1,ann@acme.example,Ann,Aal,1990-01-01\n\
    E-2,bob@acme.example,Bob,Bos,1991-02-02\n\
    E-3,cas@acme.example,Cas,Cox,1992-03-03\n\
    E-4,dan@acme.example,Dan,Dam,1993-04-04\n";

/// Every id is new, Bob has another address, Cas is gone, Eve is new.
const NEW: &str = "id,email,first,last,born\n\
    1001,ann@acme.example,Ann,Aal,1990-01-01\n\
    1002,b.bos@acme.example,Bob,Bos,1991-02-02\n\
    1004,dan@acme.example,Daniel,Dam,1993-04-04\n\
    1005,eve@acme.example,Eve,Eek,1994-05-05\n";

fn settings(name: &str, folder: &str) -> String {
    format!(
        "name = \"{name}\"\n[workspace]\nname = \"acme\"\nregion = \"NL\"\n\
         [source]\nurl = \"file:{folder}\"\npattern = \"*.csv\"\nsettle = \"0s\"\n[mapping]\n\
         external_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
         birthday = \"born\"\n[policy]\nmissing = \"deactivate\"\n[guard]\n\
         removals = {{ percent = 100, number = 500 }}\n"
    )
}

/// The old source has been approved; the new one has a file and has never run.
fn ground(new: &str) -> Ground {
    let ground = Ground::new("");
    fs::write(ground.path("integration.toml"), settings("old", "inbox")).unwrap();
    fs::write(ground.path("new.toml"), settings("new", "new")).unwrap();
    fs::create_dir(ground.path("new")).unwrap();
    fs::write(ground.path("new/people.csv"), new).unwrap();
    ground.deliver("a.csv", OLD).approve();
    ground
}

fn succeed(ground: &Ground) -> Answer {
    let file = ground.path("new.toml");
    ground.run(&["integration", "succeed", "old", file.to_str().unwrap()])
}

#[track_caller]
fn approve(ground: &Ground, answer: &Answer) {
    let plan = answer.json["plan"].as_str().unwrap();
    let approved = ground.run(&["approve", plan]);
    assert_eq!(approved.code, 0, "{}", approved.text);
}

#[test]
fn succession_compares_both_sources_and_waits_for_approval() {
    let ground = ground(NEW);
    let answer = succeed(&ground);
    assert_eq!(answer.code, 3, "{}", answer.text);
    let found = &answer.json["succession"];
    let pairs: Vec<_> = found["pairs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| {
            (
                pair["external_id"]["old"].as_str().unwrap(),
                pair["external_id"]["new"].as_str().unwrap(),
                pair["paired_by"].as_str().unwrap(),
                pair["differs"].clone(),
            )
        })
        .collect();
    assert_eq!(
        pairs,
        [
            ("E-1", "1001", "email", json!([])),
            ("E-2", "1002", "names_and_birthday", json!(["email"])),
            ("E-4", "1004", "email", json!(["first_name"])),
        ]
    );
    assert_eq!(found["only_old"][0]["external_id"], "E-3");
    assert_eq!(found["only_new"][0]["external_id"], "1005");
    assert_eq!(
        ground.person("E-1")["first_name"],
        "Ann",
        "nothing is applied yet"
    );
}

#[test]
fn approved_succession_moves_ids_and_creates_and_deactivates_nobody() {
    let ground = ground(NEW);
    let answer = succeed(&ground);
    answer.counts(&[("created", 0), ("deactivated", 0), ("missing", 0)]);
    approve(&ground, &answer);
    let employees = ground.run(&["employees"]).json.clone();
    assert_eq!(employees.as_array().unwrap().len(), 4, "{employees}");
    assert_eq!(ground.person("1001")["email"], "ann@acme.example");
    // The new source goes on from there: one joiner, two changes, no second account.
    let file = ground.path("new.toml");
    let first = ground.run(&["plan", file.to_str().unwrap()]);
    first.counts(&[("created", 1), ("updated", 2), ("missing", 0), ("held", 0)]);
}

#[test]
fn old_source_expects_only_employees_who_were_not_moved() {
    let ground = ground(NEW);
    approve(&ground, &succeed(&ground));
    ground.deliver(
        "a.csv",
        "id,email,first,last,born\nE-3,cas@acme.example,Cas,Cox,1992-03-03\n",
    );
    ground.sync().counts(&[("missing", 0), ("created", 0)]);
}

#[test]
fn undone_succession_gives_ids_and_owner_back() {
    let ground = ground(NEW);
    approve(&ground, &succeed(&ground));
    let runs = ground.run(&["runs"]).json.clone();
    let run = runs[0]["run"].to_string();
    let undone = ground.run(&["undo", &run]);
    assert_eq!(undone.code, 0, "{}", undone.text);
    assert_eq!(ground.person("E-1")["email"], "ann@acme.example");
    ground
        .sync()
        .counts(&[("created", 0), ("missing", 0), ("rejected", 0)]);
}

#[test]
fn ids_that_both_systems_count_from_1_swap_without_a_conflict() {
    let swapped = NEW.replace("1001,", "E-2,").replace("1002,", "E-1,");
    let ground = ground(&swapped);
    approve(&ground, &succeed(&ground));
    assert_eq!(ground.person("E-2")["first_name"], "Ann");
    assert_eq!(ground.person("E-1")["first_name"], "Bob");
}

#[test]
fn id_of_an_employee_who_stays_with_the_old_source_is_not_given_away() {
    let ground = ground(&NEW.replace("1001,", "E-3,"));
    let answer = succeed(&ground);
    assert!(
        answer.text.contains("MUS-MATCH-CONFLICT"),
        "{}",
        answer.text
    );
    approve(&ground, &answer);
    assert_eq!(ground.person("E-3")["first_name"], "Cas");
    assert_eq!(ground.person("E-1")["first_name"], "Ann");
}

#[test]
fn two_records_with_one_name_and_birthday_are_left_to_a_person() {
    let twin = format!("{NEW}1009,bobby@acme.example,Bob,Bos,1991-02-02\n");
    let ground = ground(&twin);
    let answer = succeed(&ground);
    let pairs = answer.json["succession"]["pairs"].as_array().unwrap().len();
    assert_eq!(pairs, 2, "{}", answer.text);
    assert!(
        answer.text.contains("MUS-MATCH-CONFLICT"),
        "{}",
        answer.text
    );
}

#[test]
fn recycled_address_does_not_match_two_employees() {
    let recycled = NEW.replace(
        "1001,ann@acme.example,Ann,Aal,1990-01-01",
        "1001,ann@acme.example,Zoe,Zee,1999-09-09",
    );
    let ground = ground(&recycled);
    let answer = succeed(&ground);
    let pairs = answer.json["succession"]["pairs"].as_array().unwrap();
    assert!(
        pairs.iter().all(|pair| pair["external_id"]["old"] != "E-1"),
        "{}",
        answer.text
    );
}

#[test]
fn unknown_old_integration_is_refused() {
    let ground = ground(NEW);
    let file = ground.path("new.toml");
    let answer = ground.run(&["integration", "succeed", "odl", file.to_str().unwrap()]);
    assert_eq!(answer.code, 2, "{}", answer.text);
}
