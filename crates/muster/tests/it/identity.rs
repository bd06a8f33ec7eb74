//! Linking, unlinking and merging employees from the command line.

use crate::ground::{Answer, Ground};
use serde_json::json;
use std::fs;

const EMPLOYEES: &str = "id,email,first,last,once\n\
    E-1,ann@acme.example,Ann,Aal,250\n\
    E-2,bob@acme.example,Bob,Bos,\n\
    E-3,cas@acme.example,Cas,Cox,\n";

fn ground() -> Ground {
    let ground = Ground::new("");
    fs::write(
        ground.path("integration.toml"),
        "name = \"hr\"\n[workspace]\nname = \"acme\"\nregion = \"NL\"\ncurrency = \"EUR\"\n\
         [source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n[mapping]\n\
         external_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
         oneoff_all_budget = \"once\"\n[policy]\nmissing = \"deactivate\"\nblank = \"clear\"\n[guard]\n\
         removals = { percent = 100, number = 500 }\nremovals_week = { percent = 100, number = 500 }\n\
         shrunk = { percent = 100, number = 500 }\nkey_changes = { percent = 100, number = 500 }\n",
    )
    .unwrap();
    ground.deliver("a.csv", EMPLOYEES).approve();
    ground
}

#[track_caller]
fn ok(answer: Answer) -> Answer {
    assert_eq!(answer.code, 0, "{}", answer.text);
    answer
}

#[test]
fn linked_employee_is_matched_by_the_new_id_in_the_next_delivery() {
    let ground = ground();
    ok(ground.run(&["employee", "link", "E-2", "N-77"]));
    ground.deliver("a.csv", EMPLOYEES.replace("E-2,bob@", "N-77,robert@"));
    ground
        .sync()
        .is(0, "applied")
        .counts(&[("created", 0), ("updated", 1), ("missing", 0)]);
    assert_eq!(ground.person("N-77")["email"], "robert@acme.example");
}

#[test]
fn link_to_the_id_of_another_employee_is_refused_and_names_them() {
    let ground = ground();
    let answer = ground.run(&["employee", "link", "E-2", "E-3"]);
    assert_eq!(answer.code, 2, "{}", answer.text);
    assert!(answer.text.contains("Cas Cox"), "{}", answer.text);
    assert!(answer.text.contains("employee merge"), "{}", answer.text);
}

#[test]
fn link_to_an_unknown_integration_is_refused() {
    let ground = ground();
    let answer = ground.run(&["employee", "link", "E-2", "N-1", "--integration", "hrr"]);
    assert_eq!(answer.code, 2, "{}", answer.text);
    assert_eq!(ground.person("E-2")["email"], "bob@acme.example");
}

#[test]
fn preview_of_a_link_changes_nothing() {
    let ground = ground();
    let preview = ok(ground.run(&["employee", "link", "E-2", "N-77", "--plan"]));
    assert_eq!(preview.json["operations"][0]["kind"], "update");
    assert_eq!(ground.person("E-2")["email"], "bob@acme.example");
}

#[test]
fn unlinked_employee_is_not_missing_and_keeps_their_data() {
    let ground = ground();
    ok(ground.run(&["employee", "unlink", "E-3"]));
    ground.deliver(
        "a.csv",
        EMPLOYEES.replace("E-3,cas@acme.example,Cas,Cox,\n", ""),
    );
    ground.sync().counts(&[("missing", 0)]);
    assert_eq!(ground.person("cas@acme.example")["first_name"], "Cas");
    assert_eq!(
        ground.person("cas@acme.example")["external_id"],
        json!(null)
    );
}

#[test]
fn freed_address_can_be_taken_by_a_new_employee() {
    let ground = ground();
    ground.deliver(
        "a.csv",
        EMPLOYEES.replace("E-3,cas@acme.example,Cas,Cox,\n", ""),
    );
    ground.sync().counts(&[("missing", 1)]);
    let refused = ground.run(&["employee", "unlink", "E-2", "--free-address"]);
    assert_eq!(
        refused.code, 2,
        "an active employee keeps the address: {}",
        refused.text
    );
    ok(ground.run(&["employee", "unlink", "E-3", "--free-address"]));
    ground.deliver(
        "a.csv",
        EMPLOYEES.replace(
            "E-3,cas@acme.example,Cas,Cox",
            "E-9,cas@acme.example,Cassandra,Crane",
        ),
    );
    ground
        .sync()
        .is(0, "applied")
        .counts(&[("created", 1), ("held", 0), ("rejected", 0)]);
    assert_eq!(ground.person("E-9")["first_name"], "Cassandra");
}

#[test]
fn undo_of_an_unlink_gives_id_address_and_owner_back() {
    let ground = ground();
    ground.deliver(
        "a.csv",
        EMPLOYEES.replace("E-3,cas@acme.example,Cas,Cox,\n", ""),
    );
    ground.sync().counts(&[("missing", 1)]);
    let run = ok(ground.run(&["employee", "unlink", "E-3", "--free-address"])).run_id();
    ok(ground.run(&["undo", &run]));
    assert_eq!(ground.person("E-3")["email"], "cas@acme.example");
    ground.deliver("a.csv", EMPLOYEES.replace("Bob,Bos", "Bobby,Bos"));
    ground
        .sync()
        .is(0, "applied")
        .counts(&[("reactivated", 1), ("created", 0)]);
}

/// A new address made a second account for Bob.
fn with_duplicate() -> Ground {
    let ground = ground();
    ok(ground.run(&[
        "employee",
        "create",
        "email=bobby@acme.example",
        "first_name=Bob",
        "last_name=Bos",
        "phone=+31612345678",
        "oneoff_all_budget=100",
    ]));
    ground
}

#[test]
fn merged_duplicate_leaves_and_the_survivor_gets_what_was_missing() {
    let ground = with_duplicate();
    ok(ground.run(&["employee", "merge", "E-2", "bobby@acme.example"]));
    let bob = ground.person("E-2");
    assert_eq!(
        (&bob["email"], &bob["phone"]),
        (&json!("bob@acme.example"), &json!("+31612345678"))
    );
    let history = ground.run(&["explain", "E-2"]).json["history"].clone();
    let reasons: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["reason"].as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        ["new_person", "manual_edit", "merged", "merged_into"]
    );
    ground
        .sync()
        .counts(&[("created", 0), ("missing", 0), ("rejected", 0)]);
}

#[test]
fn merge_takes_the_named_field_from_the_duplicate() {
    let ground = with_duplicate();
    ok(ground.run(&[
        "employee",
        "merge",
        "E-2",
        "bobby@acme.example",
        "--take",
        "email",
    ]));
    assert_eq!(ground.person("E-2")["email"], "bobby@acme.example");
}

#[test]
fn merge_never_pays_a_one_off_twice() {
    let ground = with_duplicate();
    ok(ground.run(&["employee", "merge", "E-2", "bobby@acme.example"]));
    ground.deliver("a.csv", EMPLOYEES.replace("Bob,Bos,\n", "Bob,Bos,100\n"));
    ground.sync();
    let budgets = ground.run(&["budgets"]).json.clone();
    let hundreds = budgets
        .as_array()
        .unwrap()
        .iter()
        .filter(|grant| grant["amount"] == json!("100") || grant["amount"] == json!("100.00"))
        .count();
    assert_eq!(hundreds, 1, "{budgets}");
}

#[test]
fn undo_of_a_merge_restores_the_duplicate() {
    let ground = with_duplicate();
    let run = ok(ground.run(&[
        "employee",
        "merge",
        "E-2",
        "bobby@acme.example",
        "--take",
        "email",
    ]))
    .run_id();
    ok(ground.run(&["undo", &run]));
    assert_eq!(ground.person("E-2")["email"], "bob@acme.example");
    assert_eq!(ground.person("bobby@acme.example")["first_name"], "Bob");
}

#[test]
fn employee_is_not_merged_with_themselves() {
    let ground = ground();
    assert_eq!(
        ground
            .run(&["employee", "merge", "E-2", "bob@acme.example"])
            .code,
        2
    );
}
