//! What people do by hand: pins, protection, and people whom no integration knows.

use crate::ground::{Answer, Ground, PLAIN};
use serde_json::json;
use std::fs;

fn ground() -> Ground {
    let ground =
        Ground::new("[workspace]\nname = \"acme\"\nregion = \"NL\"\ngroups = [\"Sales\"]\n");
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    let rest = "name = \"hr\"\n[source]\nurl = \"file:inbox\"\npattern = \"*.csv\"\nsettle = \"0s\"\n[mapping]\n\
        external_id = \"id\"\nemail = \"email\"\nfirst_name = \"first\"\nlast_name = \"last\"\ntitle = \"title\"\n\
        offboarding_date = \"end\"\n[policy]\nmissing = \"deactivate\"\nblank = \"clear\"\n[guard]\n\
        removals = { percent = 100, number = 500 }\nremovals_week = { percent = 100, number = 500 }\n\
        shrunk = { percent = 100, number = 500 }\n";
    let (name, rest) = rest.split_once('\n').unwrap();
    fs::write(
        ground.path("integration.toml"),
        format!("{name}\n{settings}{rest}"),
    )
    .unwrap();
    ground.deliver("a.csv", PEOPLE).approve();
    ground
}

const PEOPLE: &str = "id,email,first,last,title,end\n\
    E-1,ann@acme.example,Ann,Aal,Clerk,\n\
    E-2,bob@acme.example,Bob,Bos,Clerk,\n\
    E-3,cas@acme.example,Cas,Cox,Clerk,\n";

#[track_caller]
fn ok(answer: Answer) -> Answer {
    assert_eq!(answer.code, 0, "{}", answer.text);
    answer
}

#[track_caller]
fn refused(answer: &Answer, code: &str) {
    assert_eq!(
        (answer.code, answer.json["error"]["code"].as_str()),
        (2, Some(code)),
        "{}",
        answer.text
    );
}

fn pin(ground: &Ground, more: &[&str]) -> Answer {
    ground.run(
        &[
            &[
                "pin",
                "E-1",
                "title",
                "Team lead",
                "--reason",
                "ticket HR-311",
            ],
            more,
        ]
        .concat(),
    )
}

#[test]
fn a_pinned_field_stays_what_it_is_and_every_plan_shows_it() {
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
        text.contains("`title` of Ann Aal (E-1) stays `Team lead` and does not become `Advisor`"),
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
fn a_sweep_ends_the_pins_of_people_whom_no_file_names() {
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
fn taking_a_pin_off_lets_the_source_decide_and_is_part_of_the_history() {
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
        "MUS-CONFIGURATION",
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
fn a_pinned_offboarding_date_keeps_somebody_whom_the_source_lets_go() {
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
    let undone = ground.run(&["undo", changed.json["run"].as_str().unwrap(), "--approve"]);
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

#[test]
fn m25_a_protected_person_is_removed_by_no_sync_sweep_or_undo() {
    let mut ground = ground();
    ok(ground.run(&["protect", "E-1", "--reason", "director"]));
    assert_eq!(ground.person("E-1")["protected"], true);
    ground
        .run(&["explain", "E-1"])
        .says("director")
        .says("\"protected\"");
    let without = PEOPLE
        .lines()
        .filter(|line| !line.contains("Ann"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    // Missing.
    ground
        .deliver("a.csv", &without)
        .sync()
        .says("MUS-PROTECTED")
        .counts(&[("missing", 0)]);
    // Missing, where missing people are deleted.
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    fs::write(
        ground.path("integration.toml"),
        settings.replace("missing = \"deactivate\"", "missing = \"delete\""),
    )
    .unwrap();
    ground
        .run(&["sync", "integration.toml", "--approve"])
        .says("MUS-PROTECTED")
        .counts(&[("missing", 0)]);
    // A date that has passed, in the record and in a sweep.
    let past = PEOPLE.replace("Aal,Clerk,", "Aal,Clerk,2026-05-01");
    ground
        .deliver("a.csv", past)
        .run(&["sync", "integration.toml", "--approve"])
        .says("MUS-PROTECTED");
    ok(ground.at("2026-05-09T02:00:00Z").run(&["sweep"])).says("MUS-PROTECTED");
    // Deselected.
    fs::write(
        ground.path("integration.toml"),
        settings.clone() + "[[select]]\ncolumn = \"last\"\nnot_equals = \"Aal\"\n",
    )
    .unwrap();
    ground
        .run(&["sync", "integration.toml", "--approve"])
        .says("MUS-PROTECTED")
        .counts(&[("deactivated", 0)]);
    // Undo of the run that created everybody.
    ground
        .run(&["undo", "1", "--approve"])
        .is(0, "applied")
        .says("MUS-PROTECTED");
    assert_eq!(
        (
            ground.person("E-1")["status"].clone(),
            ground.person("E-2")["status"].clone()
        ),
        (json!("active"), json!("inactive"))
    );
    let then = ground.run(&["employees", "--as-of", "2026-05-03"]).json;
    assert_eq!(then, json!([]), "nobody was there yet");
    // By hand, after the protection is off: the date that has passed counts again.
    ok(ground.run(&["unprotect", "E-1"]));
    ground.run(&["sweep", "--approve"]).is(0, "applied");
    assert_eq!(ground.person("E-1")["status"], "inactive");
    let then = ground.run(&["employees", "--as-of", "2026-05-08"]).json;
    assert_eq!(
        (&then[0]["protected"], &then[0]["status"]),
        (&json!(true), &json!("active"))
    );
}

#[test]
fn m23_a_local_edit_of_an_owned_field_is_refused_with_the_way_that_holds() {
    let ground = ground();
    let answer = ground.run(&["employee", "edit", "E-1", "title=Team lead"]);
    refused(&answer, "MUS-HAND-OWNED");
    answer
        .says("`hr`")
        .says("muster pin E-1 title 'Team lead' --reason");
    assert_eq!(ground.person("E-1")["title"], "Clerk");
    refused(
        &ground.run(&["employee", "deactivate", "E-1"]),
        "MUS-HAND-OWNED",
    );
    // A field that the integration does not map yields to the edit, for good.
    ok(ground.run(&["employee", "edit", "E-1", "location=Utrecht"]));
    ground.sync().is(0, "nothing_to_do");
    ground
        .deliver("a.csv", PEOPLE.replace("Aal,Clerk", "Aal,Advisor"))
        .sync()
        .is(0, "applied");
    assert_eq!(
        (
            ground.person("E-1")["location"].clone(),
            ground.person("E-1")["title"].clone()
        ),
        (json!("Utrecht"), json!("Advisor"))
    );
}

#[test]
fn a_person_made_by_hand_is_checked_like_one_of_a_file() {
    let ground = ground();
    let create = |values: &[&str]| ground.run(&[&["employee", "create"], values].concat());
    let names = ["first_name=Zoe", "last_name=Zee"];
    let missing = create(&["email=zoe@acme.example"]);
    refused(&missing, "MUS-VALUE-REQUIRED");
    missing.says("first_name").says("last_name");
    refused(
        &create(&[&["email=BOB@acme.example"], &names[..]].concat()),
        "MUS-MATCH-ADDRESS-TAKEN",
    );
    refused(
        &create(&[&["email=zoe@acme.example", "external_id=E-2"], &names[..]].concat()),
        "MUS-MATCH-CONFLICT",
    );
    refused(
        &create(&[&["email=zoe@acme.example", "group=Sale"], &names[..]].concat()),
        "MUS-VALUE-GROUP",
    );
    let dates = [
        "onboarding_date=2026-06-01",
        "offboarding_date=2026-05-31",
        "email=zoe@acme.example",
    ];
    refused(
        &create(&[&dates[..], &names[..]].concat()),
        "MUS-DATE-ORDER",
    );
    refused(
        &create(&[&["email=zoe@acme.example", "titel=x"], &names[..]].concat()),
        "MUS-CONFIGURATION",
    );
    assert_eq!(
        ground.run(&["employees"]).json.as_array().unwrap().len(),
        3,
        "nothing was made"
    );
    let made = create(
        &[
            &[
                "email=zoe@acme.example",
                "phone=06 12345678",
                "onboarding_date=2026-06-01",
                "--reason",
                "freelancer",
            ],
            &names[..],
        ]
        .concat(),
    );
    made.is(0, "applied").counts(&[("created", 1)]);
    let zoe = ground.person("zoe@acme.example");
    assert_eq!(
        (&zoe["status"], &zoe["phone"], &zoe["language"]),
        (&json!("scheduled"), &json!("+31612345678"), &json!("en"))
    );
    let story = ground.run(&["explain", "zoe@acme.example"]);
    story
        .says("by_hand")
        .says("freelancer")
        .says("eva (command line)");
    ground.run(&["runs"]).says("\"edit\"");
}

#[test]
fn a_person_made_by_hand_is_edited_and_leaves_by_hand() {
    let mut ground = ground();
    ok(ground.run(&[
        "employee",
        "create",
        "email=zoe@acme.example",
        "first_name=Zoe",
        "last_name=Zee",
        "title=Guest",
    ]));
    let edit =
        |values: &[&str]| ground.run(&[&["employee", "edit", "zoe@acme.example"], values].concat());
    ok(edit(&["title=Advisor", "location=Utrecht"])).counts(&[("updated", 1)]);
    edit(&["title=Advisor"]).is(0, "nothing_to_do");
    ok(edit(&["location="]));
    refused(&edit(&["last_name="]), "MUS-VALUE-REQUIRED");
    refused(
        &edit(&["onboarding_date=2026-09-01"]),
        "MUS-DATE-ONBOARDING-IGNORED",
    );
    assert_eq!(ground.person("zoe@acme.example")["location"], json!(null));
    ground.sync();
    assert_eq!(
        ground.person("zoe@acme.example")["status"],
        "active",
        "nobody's file misses her"
    );
    ok(ground.run(&[
        "employee",
        "deactivate",
        "zoe@acme.example",
        "--on",
        "2026-05-08",
    ]));
    assert_eq!(ground.person("zoe@acme.example")["status"], "active");
    ok(ground.at("2026-05-08T23:00:00Z").run(&["sweep"]));
    assert_eq!(ground.person("zoe@acme.example")["status"], "inactive");
    refused(
        &ground.run(&["employee", "deactivate", "zoe@acme.example"]),
        "MUS-HAND-REFUSED",
    );
    ok(ground.run(&["employee", "edit", "zoe@acme.example", "offboarding_date="]))
        .counts(&[("reactivated", 1)]);
    let left = ground.run(&["employee", "deactivate", "zoe@acme.example"]);
    ok(left).counts(&[("deactivated", 1)]);
    assert_eq!(
        ground.person("zoe@acme.example")["status"],
        "inactive",
        "today means now"
    );
}

#[test]
fn an_integration_that_delivers_a_person_made_by_hand_takes_them_over() {
    let ground = ground();
    ok(ground.run(&[
        "employee",
        "create",
        "email=zoe@acme.example",
        "first_name=Zoe",
        "last_name=Zee",
        "location=Utrecht",
    ]));
    ground
        .deliver(
            "a.csv",
            format!("{PEOPLE}E-4,zoe@acme.example,Zoe,Zee,Clerk,\n"),
        )
        .sync()
        .is(0, "applied");
    let zoe = ground.person("E-4");
    assert_eq!(
        (&zoe["email"], &zoe["title"], &zoe["location"]),
        (
            &json!("zoe@acme.example"),
            &json!("Clerk"),
            &json!("Utrecht")
        )
    );
    refused(
        &ground.run(&["employee", "edit", "E-4", "title=Guest"]),
        "MUS-HAND-OWNED",
    );
    // Undoing an edit by hand is a plan like any other.
    let edit = ground.run(&["employee", "edit", "E-4", "location=Delft"]);
    ground
        .run(&["undo", edit.json["run"].as_str().unwrap()])
        .is(0, "applied");
    assert_eq!(ground.person("E-4")["location"], "Utrecht");
}

#[test]
fn m11_somebody_made_by_hand_may_be_who_a_new_address_without_id_is_about() {
    let ground = Ground::new(&PLAIN.replace("external_id = \"id\"\n", "birthday = \"born\"\n"));
    let file =
        |rows: &str| format!("mail,first,last,born\nzoe@x.example,Zoe,Zee,1990-01-01\n{rows}");
    ground.deliver("a.csv", file("")).sync().is(0, "applied");
    let create = [
        "employee",
        "create",
        "email=ann@x.example",
        "first_name=Ann",
        "last_name=Aal",
        "birthday=1980-02-02",
    ];
    assert_eq!(ground.run(&create).code, 0);
    let held = ground
        .deliver("a.csv", file("ann.new@x.example,Ann,Aal,1980-02-02\n"))
        .sync();
    held.is(3, "held")
        .counts(&[("held", 1), ("created", 0)])
        .says("probable_email_change");
    assert_eq!(
        ground
            .run(&["approve", held.json["plan"].as_str().unwrap()])
            .code,
        0
    );
    assert_eq!(ground.run(&["employees"]).json.as_array().unwrap().len(), 2);
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 2)]);
}
