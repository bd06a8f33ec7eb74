//! Pins: how a value is pinned, what a plan says, and how a pin ends.

use super::*;

#[test]
fn pinned_field_does_not_change_and_every_plan_lists_it() {
    let ground = ground();
    ok(pin(&ground, &[])).says("applied");
    assert_eq!(ground.person("E-1")["title"], "Team lead");
    // The same file, the same file again, and one that says something new: all show the pin.
    let other = PEOPLE.replace("Aal,Clerk", "Aal,Advisor");
    for (file, said) in [
        (PEOPLE, "Clerk"),
        (PEOPLE, "Clerk"),
        (&other, "Advisor"),
        (&other, "Advisor"),
    ] {
        let answer = ground.deliver("a.csv", file).sync();
        answer
            .is(0, "nothing_to_do")
            .says("MUS-PINNED")
            .counts(&[("unchanged", 3)]);
        let shown = &answer.json["pins"][0];
        assert_eq!(
            (
                &shown["field"],
                &shown["value"],
                &shown["source"],
                &shown["reason"],
                &shown["author"]
            ),
            (
                &json!("title"),
                &json!("Team lead"),
                &json!(said),
                &json!("ticket HR-311"),
                &json!("eva (command line)")
            )
        );
        assert_eq!(ground.person("E-1")["title"], "Team lead");
    }
    let text = String::from_utf8(ground.output(&["plan", "integration.toml"]).stdout).unwrap();
    assert!(
        text.contains("`title` of Ann Aal (E-1) is pinned to `Team lead` by "),
        "{text}"
    );
    ground
        .run(&["explain", "E-1", "title"])
        .says("ticket HR-311")
        .says("\"pinned\"");
    let pins = ground.run(&["pins"]).json;
    assert_eq!(
        (pins.as_array().unwrap().len(), &pins[0]["external_id"]),
        (1, &json!("E-1"))
    );
}

#[test]
fn a_pin_is_released_by_itself_once_the_source_agrees() {
    let ground = ground();
    ok(pin(&ground, &[]));
    let agrees = PEOPLE.replace("Aal,Clerk", "Aal,Team lead");
    ground
        .deliver("a.csv", &agrees)
        .sync()
        .is(0, "applied")
        .says("pin_released")
        .counts(&[("updated", 1)]);
    assert_eq!(ground.run(&["pins"]).json, json!([]));
    ground
        .run(&["explain", "E-1", "title"])
        .says("pin_released");
    ground.sync().is(0, "nothing_to_do");
    ground.deliver("a.csv", PEOPLE).sync().is(0, "applied");
    assert_eq!(
        ground.person("E-1")["title"],
        "Clerk",
        "the source decides again"
    );
}

#[test]
fn an_expired_pin_gives_way_to_the_source_with_the_same_file() {
    let mut ground = ground();
    ok(pin(&ground, &["--until", "2026-05-06"]));
    ground.sync().is(0, "nothing_to_do");
    ground
        .at("2026-05-06T21:00:00Z")
        .sync()
        .is(0, "nothing_to_do")
        .says("MUS-PINNED");
    assert_eq!(ground.person("E-1")["title"], "Team lead", "its last day");
    ground
        .at("2026-05-07T02:45:00Z")
        .sync()
        .is(0, "applied")
        .says("pin_expired");
    assert_eq!(ground.person("E-1")["title"], "Clerk");
    assert_eq!(ground.run(&["pins"]).json, json!([]));
    let known = ground.sync();
    known.is(0, "nothing_to_do");
    assert_eq!(known.json["pins"], json!([]));
}

#[test]
fn a_sweep_ends_the_pins_of_people_that_no_file_names() {
    let mut ground = ground();
    ok(ground.run(&[
        "employee",
        "create",
        "email=zoe@acme.example",
        "first_name=Zoe",
        "last_name=Zee",
    ]));
    ok(ground.run(&[
        "pin",
        "zoe@acme.example",
        "title",
        "Guest",
        "--reason",
        "visit",
        "--until",
        "2026-05-05",
    ]));
    ground.at("2026-05-06T00:10:00Z");
    ok(ground.run(&["sweep"])).says("pin_expired");
    assert_eq!(ground.run(&["pins"]).json, json!([]));
    assert_eq!(
        ground.person("zoe@acme.example")["title"],
        "Guest",
        "nobody says otherwise"
    );
    ground.run(&["sweep"]).is(0, "nothing_to_do");
}

#[test]
fn removing_a_pin_restores_the_value_of_the_source_and_is_recorded() {
    let ground = ground();
    ok(pin(&ground, &[]));
    ok(ground.run(&["unpin", "E-1", "title"]));
    refused(&ground.run(&["unpin", "E-1", "title"]), "MUS-PIN-REFUSED");
    assert_eq!(ground.person("E-1")["title"], "Team lead");
    ground.sync().is(0, "applied");
    assert_eq!(ground.person("E-1")["title"], "Clerk");
    let history = ground.run(&["explain", "E-1", "title"]).json["history"].clone();
    let reasons: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["reason"].as_str().unwrap())
        .collect();
    assert_eq!(
        reasons,
        ["new_person", "pinned", "unpinned", "same_external_id"]
    );
    assert_eq!(
        (&history[1]["by"], &history[1]["note"]),
        (&json!("eva (command line)"), &json!("ticket HR-311"))
    );
}

#[test]
fn pinned_values_are_read_as_those_of_a_file_and_keys_are_not_pinned() {
    let ground = ground();
    let pin =
        |field: &str, value: &str| ground.run(&["pin", "E-1", field, value, "--reason", "test"]);
    refused(&pin("birthday", "31-12-1990"), "MUS-VALUE-DATE");
    refused(&pin("last_name", ""), "MUS-VALUE-REQUIRED");
    refused(&pin("external_id", "E-9"), "MUS-PIN-REFUSED");
    refused(
        &pin("email", "bob@acme.example"),
        "MUS-ADDRESS-TAKEN"
            .replace("ADDRESS", "MATCH-ADDRESS")
            .as_str(),
    );
    refused(
        &ground.run(&["pin", "E-1", "titel", "x", "--reason", "y"]),
        "MUS-FIELD-UNKNOWN",
    );
    refused(
        &ground.run(&[
            "pin",
            "E-1",
            "title",
            "x",
            "--reason",
            "y",
            "--until",
            "2026-05-01",
        ]),
        "MUS-PIN-REFUSED",
    );
    ok(pin("phone", "06 1234 5678"));
    assert_eq!(ground.person("E-1")["phone"], "+31612345678");
    ok(pin("title", ""));
    ground.sync().is(0, "nothing_to_do").says("MUS-PINNED");
    assert_eq!(ground.person("E-1")["title"], json!(null), "held blank");
}

#[test]
fn a_pinned_address_stays_and_nobody_else_gets_it() {
    let ground = ground();
    ok(ground.run(&[
        "pin",
        "E-1",
        "email",
        "ann.aal@acme.example",
        "--reason",
        "renamed",
    ]));
    // E-2 wants the pinned address; E-1's record names the old one, and so does a newcomer's.
    let file = PEOPLE.replace("bob@acme", "ann.aal@acme") + "E-4,dee@acme.example,Dee,Dop,Clerk,\n";
    ground
        .deliver("a.csv", file)
        .sync()
        .says("MUS-MATCH-ADDRESS-TAKEN")
        .counts(&[("rejected", 1), ("created", 1)]);
    assert_eq!(ground.person("E-1")["email"], "ann.aal@acme.example");
    assert_eq!(ground.person("E-2")["email"], "bob@acme.example");
}

#[test]
fn pinned_offboarding_date_prevents_the_departure() {
    let mut ground = ground();
    ok(ground.run(&[
        "pin",
        "E-1",
        "offboarding_date",
        "",
        "--reason",
        "notice withdrawn",
    ]));
    ground
        .deliver(
            "a.csv",
            PEOPLE.replace("Aal,Clerk,", "Aal,Clerk,2026-05-01"),
        )
        .sync()
        .says("MUS-PINNED");
    assert_eq!(ground.person("E-1")["status"], "active");
    ok(ground.run(&[
        "pin",
        "E-2",
        "offboarding_date",
        "2026-05-05",
        "--reason",
        "left early",
    ]));
    ground.at("2026-05-06T02:00:00Z").sync();
    assert_eq!(
        ground.person("E-2")["status"],
        "inactive",
        "the source has no date, the pin has"
    );
    ground.sync();
    assert_eq!(ground.person("E-2")["status"], "inactive");
}

#[test]
fn undo_leaves_a_pinned_value_alone_and_lists_it() {
    let ground = ground();
    let changed = ground
        .deliver("a.csv", PEOPLE.replace("Clerk", "Advisor"))
        .run(&["sync", "integration.toml", "--approve"]);
    ok(ground.run(&[
        "pin",
        "E-1",
        "title",
        "Advisor",
        "--reason",
        "right by chance",
    ]));
    let undone = ground.run(&["undo", &changed.run_id(), "--approve"]);
    undone
        .is(0, "applied")
        .says("MUS-UNDO-SKIPPED")
        .says("right by chance");
    assert_eq!(
        (
            ground.person("E-1")["title"].clone(),
            ground.person("E-2")["title"].clone()
        ),
        (json!("Advisor"), json!("Clerk"))
    );
}
