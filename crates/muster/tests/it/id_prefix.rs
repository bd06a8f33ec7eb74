//! Two sources in one workspace: equal ids kept apart by `id_prefix`, and employees who move from one to the other.

use crate::ground::{Answer, Ground};
use serde_json::json;
use std::fs;

fn settings(name: &str, folder: &str, prefix: &str) -> String {
    format!(
        "name = \"{name}\"\n[workspace]\nname = \"acme\"\nregion = \"NL\"\n\
         [source]\nurl = \"file:{folder}\"\npattern = \"*.csv\"\nsettle = \"0s\"\n[mapping]\n\
         external_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\n\
         manager_external_id = \"boss\"\n[policy]\nmissing = \"deactivate\"\n{prefix}\n"
    )
}

const NORTH: &str = "id,email,first,last,boss\n\
    1001,ann@north.example,Ann,Aal,\n\
    1002,bob@north.example,Bob,Bos,1001\n";

const SOUTH: &str = "id,email,first,last,boss\n\
    1001,zoe@south.example,Zoe,Zee,\n\
    1002,yan@south.example,Yan,Yew,1001\n";

fn ground(north: &str, south: &str) -> Ground {
    let ground = Ground::new("");
    fs::write(
        ground.path("integration.toml"),
        settings("north", "inbox", north),
    )
    .unwrap();
    fs::write(ground.path("south.toml"), settings("south", "south", south)).unwrap();
    fs::create_dir(ground.path("south")).unwrap();
    fs::write(ground.path("south/people.csv"), SOUTH).unwrap();
    ground.deliver("a.csv", NORTH).approve();
    ground
}

fn south(ground: &Ground, command: &[&str]) -> Answer {
    let file = ground.path("south.toml");
    ground.run(&[command, &[file.to_str().unwrap()]].concat())
}

#[test]
fn equal_ids_of_two_sources_are_two_employees() {
    let ground = ground("", "id_prefix = \"south-\"");
    south(&ground, &["sync", "--approve"]).counts(&[("created", 2), ("rejected", 0), ("held", 0)]);
    assert_eq!(ground.person("1001")["first_name"], "Ann");
    let yan = ground.person("south-1002");
    assert_eq!(
        (&yan["first_name"], &yan["manager_external_id"]),
        (&json!("Yan"), &json!("south-1001"))
    );
    south(&ground, &["sync"]).is(0, "nothing_to_do");
}

#[test]
fn new_prefix_renames_ids_and_creates_and_deactivates_nobody() {
    let ground = ground("", "id_prefix = \"south-\"");
    south(&ground, &["sync", "--approve"]);
    fs::write(
        ground.path("south.toml"),
        settings("south", "south", "id_prefix = \"zuid-\""),
    )
    .unwrap();
    let plan = south(&ground, &["sync"]);
    plan.is(3, "held")
        .counts(&[("updated", 2), ("created", 0), ("missing", 0), ("held", 0)]);
    south(&ground, &["sync", "--approve"]).is(0, "applied");
    assert_eq!(
        ground.person("zuid-1002")["manager_external_id"],
        "zuid-1001"
    );
    assert_eq!(ground.person("1002")["first_name"], "Bob");
    south(&ground, &["sync"]).is(0, "nothing_to_do");
}

#[test]
fn prefix_can_be_introduced_and_removed_later() {
    let ground = ground("", "");
    fs::write(
        ground.path("integration.toml"),
        settings("north", "inbox", "id_prefix = \"n:\""),
    )
    .unwrap();
    ground.approve();
    assert_eq!(ground.person("n:1001")["first_name"], "Ann");
    fs::write(
        ground.path("integration.toml"),
        settings("north", "inbox", ""),
    )
    .unwrap();
    ground.approve();
    assert_eq!(ground.person("1002")["manager_external_id"], "1001");
    let employees = ground.run(&["employees"]).json.clone();
    assert_eq!(employees.as_array().unwrap().len(), 2, "{employees}");
}

#[test]
fn departure_is_found_under_the_new_prefix() {
    let ground = ground("", "");
    fs::write(
        ground.path("integration.toml"),
        settings("north", "inbox", "id_prefix = \"n-\""),
    )
    .unwrap();
    ground.deliver(
        "a.csv",
        "id,email,first,last,boss\n1001,ann@north.example,Ann,Aal,\n",
    );
    ground
        .sync()
        .counts(&[("updated", 1), ("created", 0), ("missing", 1)]);
}

#[test]
fn prefix_with_other_characters_is_refused() {
    let ground = ground("", "id_prefix = \"no rth\"");
    let answer = south(&ground, &["check"]);
    assert_eq!(answer.code, 2, "{}", answer.text);
    assert!(answer.text.contains("id_prefix"), "{}", answer.text);
}

/// Bob leaves the north and is delivered by the south, with another id.
fn moved() -> Ground {
    let ground = ground("", "id_prefix = \"south-\"");
    south(&ground, &["sync", "--approve"]);
    ground.deliver(
        "a.csv",
        "id,email,first,last,boss\n1001,ann@north.example,Ann,Aal,\n",
    );
    ground.approve().counts(&[("missing", 1)]);
    fs::write(
        ground.path("south/people.csv"),
        format!("{SOUTH}1003,bob@north.example,Bob,Bos,1001\n"),
    )
    .unwrap();
    ground
}

#[test]
fn employee_who_moved_to_another_source_is_held_as_a_take_over() {
    let ground = moved();
    let plan = south(&ground, &["sync"]);
    assert_eq!(plan.code, 3, "{}", plan.text);
    plan.counts(&[("held", 1), ("rejected", 0), ("created", 0)]);
    assert!(plan.text.contains("take_over"), "{}", plan.text);
    let id = plan.json["plan"].as_str().unwrap();
    assert_eq!(ground.run(&["approve", id]).code, 0);
    let bob = ground.person("south-1003");
    assert_eq!(
        (&bob["status"], &bob["first_name"]),
        (&json!("active"), &json!("Bob"))
    );
    // The new owner manages the employee, and the old one no longer expects anything of them.
    south(&ground, &["sync"]).is(0, "nothing_to_do");
    fs::write(ground.path("south/people.csv"), SOUTH).unwrap();
    south(&ground, &["sync", "--approve"]).counts(&[("missing", 1)]);
}

#[test]
fn employee_who_still_works_elsewhere_is_not_taken_over() {
    let ground = ground("", "id_prefix = \"south-\"");
    south(&ground, &["sync", "--approve"]);
    fs::write(
        ground.path("south/people.csv"),
        format!("{SOUTH}1003,bob@north.example,Bob,Bos,1001\n"),
    )
    .unwrap();
    south(&ground, &["sync"]).counts(&[("held", 0), ("rejected", 1), ("created", 0)]);
}

#[test]
fn undone_take_over_gives_the_employee_back() {
    let ground = moved();
    let plan = south(&ground, &["sync"]);
    let approved = ground.run(&["approve", plan.json["plan"].as_str().unwrap()]);
    let run = approved.json["run"].to_string().replace('"', "");
    assert_eq!(ground.run(&["undo", &run, "--approve"]).code, 0);
    assert_eq!(ground.person("1002")["status"], "inactive");
}
