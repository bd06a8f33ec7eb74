//! Manual edits: pins, protection, and people that no integration knows.

mod pins;

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
fn m25_protected_employee_is_not_removed_by_a_sync_sweep_or_undo() {
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
fn m23_manual_edit_of_an_owned_field_is_refused_and_suggests_a_pin() {
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
fn an_employee_created_manually_is_checked_like_one_of_a_file() {
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
        "MUS-FIELD-UNKNOWN",
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
        .says("manual_edit")
        .says("freelancer")
        .says("eva (command line)");
    ground.run(&["runs"]).says("\"edit\"");
}

#[test]
fn manually_created_employee_can_be_edited_and_deactivated() {
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
fn an_integration_that_delivers_an_employee_created_manually_takes_them_over() {
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
    ground.run(&["undo", &edit.run_id()]).is(0, "applied");
    assert_eq!(ground.person("E-4")["location"], "Utrecht");
}

#[test]
fn m11_new_address_without_id_can_belong_to_a_manually_created_employee() {
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
