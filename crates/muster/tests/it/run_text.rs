//! What a person reads of a run: what matters comes first, in full, and the exit code says when a decision is needed.

mod lists;

use crate::ground::{Ground, PLAIN};
use std::fmt::Write;

const HEADER: &str = "id,mail,first,last\n";

fn row(text: &mut String, number: u32) {
    let _ = writeln!(
        text,
        "E-{number},p{number}@acme.example,First{number},Last{number}"
    );
}

fn file(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut text = HEADER.to_owned();
    numbers
        .into_iter()
        .for_each(|number| row(&mut text, number));
    text
}

fn deactivating() -> Ground {
    Ground::new(&PLAIN.replace(
        "approve = \"never\"",
        "approve = \"never\"\nmissing = \"deactivate\"",
    ))
}

fn text(ground: &Ground, arguments: &[&str]) -> (i32, String) {
    let output = ground.output(arguments);
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

/// Checks that the fragments stand in the text in this order.
#[track_caller]
fn in_order(text: &str, fragments: &[&str]) {
    let mut from = 0;
    for fragment in fragments {
        match text[from..].find(fragment) {
            Some(at) => from += at + fragment.len(),
            None => panic!("no `{fragment}` after byte {from} of {text}"),
        }
    }
}

#[test]
fn departures_and_holds_are_printed_in_full_before_hundreds_of_creates() {
    let ground = deactivating();
    ground.deliver("a.csv", file(1..=600)).approve();
    let mut next = file(61..=599);
    next.push_str("E-600,other@acme.example,Another,Person\n");
    let next = next.replace(
        "E-599,p599@acme.example,First599",
        "E-599,p599@acme.example,",
    );
    let next = next.replace(
        "E-70,p70@acme.example,First70",
        "E-70,p70@acme.example,Changed",
    );
    let creates: String = file(1_000..=1_300)
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    ground.deliver("a.csv", next + &creates);
    let (code, planned) = text(&ground, &["plan", "integration.toml"]);
    assert_eq!(code, 3, "{planned}");
    in_order(
        &planned,
        &[
            "planned, nothing was applied",
            "60 would be deactivated (not in the file)",
            "Departures: 60 employees would be deactivated",
            "First1 Last1 (E-1)",
            "First60 Last60 (E-60)",
            "Held for review: 1 operation",
            "E-600",
            "Rejected: 1 record",
            "a.csv:",
            "Changes: 1 employee would be changed",
            "E-70",
            "New employees: 301 employees would be created",
            "First1000 Last1000",
            "... and 201 more",
            "muster approve",
        ],
    );
    let (code, applied) = text(&ground, &["sync", "integration.toml"]);
    assert_eq!(code, 3, "one record is held: {applied}");
    in_order(
        &applied,
        &[
            "applied, except for what is held for review",
            "60 deactivated (not in the file)",
            "Departures: 60 employees deactivated",
            "Held for review: 1 operation",
        ],
    );
}

#[test]
fn delivery_with_only_rejected_records_does_not_succeed() {
    let ground = Ground::new(PLAIN);
    let rejected = "E-1,nobody,Ann,Aal\nE-2,,Bob,Bos\n";
    ground.deliver("a.csv", format!("{HEADER}{rejected}"));
    for arguments in [
        ["plan", "integration.toml"],
        ["sync", "integration.toml"],
        ["sync", "integration.toml"],
    ] {
        let (code, text) = text(&ground, &arguments);
        assert_eq!(code, 4, "{text}");
        assert!(text.contains("2 rejected"), "{text}");
    }
    // One good record among them, and the run is a success with rejected records.
    let good = format!("{HEADER}{rejected}E-3,cas@acme.example,Cas,Cos\n");
    assert_eq!(
        text(ground.deliver("a.csv", good), &["sync", "integration.toml"]).0,
        0
    );
}

#[test]
fn every_kind_of_run_lists_what_it_did() {
    let mut ground = deactivating();
    ground.deliver("a.csv", file(1..=8)).approve();
    let create = text(&ground, &["runs", "1"]).1;
    in_order(
        &create,
        &[
            "New employees: 8 employees created",
            "First1 Last1 (E-1)",
            "First8 Last8 (E-8)",
        ],
    );
    let next = file(2..=8).replace("Last2", "Other");
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("a.csv", next)
        .sync()
        .is(0, "applied");
    let sync = text(&ground, &["runs", "2"]).1;
    in_order(
        &sync,
        &[
            "1 updated",
            "Departures: 1 employee deactivated",
            "First1 Last1 (E-1)",
            "Changes: 1 employee changed",
            "last_name: Last2 -> Other",
        ],
    );
    ground.run(&["undo", "2"]).is(0, "applied");
    let undo = text(&ground, &["runs", "3"]).1;
    in_order(
        &undo,
        &["undo", "undoes run 2", "Changes: 2 employees changed"],
    );
    assert!(
        undo.contains("(E-1)") && undo.contains("last_name: Other -> Last2"),
        "{undo}"
    );
    let created = ground.run(&[
        "employee",
        "create",
        "email=zoe@acme.example",
        "first_name=Zoe",
        "last_name=Zon",
        "offboarding_date=2026-05-06",
    ]);
    assert_eq!(created.code, 0, "{}", created.text);
    let edit = text(&ground, &["runs", "4"]).1;
    in_order(
        &edit,
        &[
            "edit",
            "New employees: 1 employee created",
            "Zoe Zon (zoe@acme.example)",
        ],
    );
    ground
        .at("2026-05-07T02:45:00Z")
        .run(&["sweep"])
        .is(0, "applied");
    let sweep = text(&ground, &["runs", "5"]).1;
    in_order(
        &sweep,
        &["sweep", "Departures: 1 employee deactivated", "Zoe Zon"],
    );
    assert_eq!(ground.run(&["erase", "zoe@acme.example", "--yes"]).code, 0);
    let erase = text(&ground, &["runs", "6"]).1;
    in_order(
        &erase,
        &["erase", "Departures: 1 employee deleted", "(erased)"],
    );
    assert!(!erase.contains("Zoe"), "{erase}");
    let json = ground.run(&["runs", "2"]).json;
    assert_eq!(json["applied"].as_array().unwrap().len(), 2, "{json}");
}

#[test]
fn an_approval_lists_what_it_applied() {
    let ground = Ground::new(&PLAIN.replace("approve = \"never\"", "approve = \"always\""));
    ground.deliver("a.csv", file(1..=2)).sync().is(3, "held");
    let plan = ground.run(&["runs"]).json[0]["plan"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(ground.run(&["approve", &plan]).code, 0);
    let approve = text(&ground, &["runs", "2"]).1;
    in_order(
        &approve,
        &[
            "approve",
            "approves the plan of run 1",
            "New employees: 2 employees created",
            "First1 Last1 (E-1)",
        ],
    );
}

#[test]
fn deletion_has_its_own_sign_and_word() {
    let ground = Ground::new(&PLAIN.replace(
        "approve = \"never\"",
        "approve = \"never\"\nmissing = \"delete\"",
    ));
    ground.deliver("a.csv", file(1..=20)).approve();
    ground.deliver("a.csv", file(2..=20));
    let planned = text(&ground, &["plan", "integration.toml"]).1;
    in_order(
        &planned,
        &[
            "1 would be deleted (not in the file)",
            "Departures: 1 employee would be deleted",
            "x ",
            "First1 Last1 (E-1): deleted, all personal data is removed",
        ],
    );
    assert!(!planned.contains("active -> inactive"), "{planned}");
}

#[test]
fn an_exported_file_is_read_back_as_it_was() {
    let mapping = "job = \"title\"\n";
    let ground = Ground::new(&format!(
        "{PLAIN}title = \"job\"\ndepartment = \"team\"\n{}",
        mapping.replace(mapping, "")
    ));
    let values = [
        "-7",
        "=1+2",
        "+31 6",
        "@home",
        "'t Hart",
        "'-7",
        "a \"b\", c",
    ];
    let mut rows = "id,mail,first,last,job,team\n".to_owned();
    for (number, value) in (1..).zip(values) {
        let _ = writeln!(
            rows,
            "E-{number},p{number}@acme.example,First,Last,\"{}\",Sales",
            value.replace('"', "\"\"")
        );
    }
    ground.deliver("a.csv", &rows).approve();
    // An apostrophe before a formula is what an export adds, and is removed.
    let stored = [
        "-7",
        "=1+2",
        "+31 6",
        "@home",
        "'t Hart",
        "-7",
        "a \"b\", c",
    ];
    let titles = |ground: &Ground| -> Vec<String> {
        let people = ground.run(&["employees"]).json;
        let titles = people.as_array().unwrap().iter();
        titles
            .map(|person| person["title"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(titles(&ground), stored);
    let kept = text(
        &ground,
        &["employees", "--format", "csv", "--formulas", "keep"],
    )
    .1;
    assert!(kept.contains(",-7,") && kept.contains(",=1+2,"), "{kept}");
    let guarded = text(&ground, &["employees", "--format", "csv"]).1;
    assert!(
        guarded.contains(",'-7,") && guarded.contains(",'=1+2,"),
        "{guarded}"
    );
    for exported in [kept, guarded] {
        let back = Ground::new(
            &PLAIN
                .replace("\"id\"", "\"external_id\"")
                .replace("\"mail\"", "\"email\"")
                .replace("\"first\"", "\"first_name\"")
                .replace("\"last\"", "\"last_name\"")
                .replace("[mapping]\n", "[mapping]\ntitle = \"title\"\n"),
        );
        back.deliver("a.csv", exported).approve();
        assert_eq!(titles(&back), stored);
    }
}

#[test]
fn a_connection_test_refuses_what_a_sync_would_refuse_and_names_the_line_of_a_broken_row() {
    let ground = Ground::new(PLAIN);
    assert_eq!(ground.run(&["test", "integration.toml"]).code, 4, "no file");
    for refused in [
        "",
        "id,mail,first,last\n",
        "id;mail;first;last\nE-1;a@acme.example;A;B\n",
        "PK\u{3}\u{4}zip",
        "id,mail,first,last\nE-1,\"a@acme.example,A,B\n",
    ] {
        let answer = ground
            .deliver("a.csv", refused)
            .run(&["test", "integration.toml"]);
        assert_eq!(answer.code, 4, "{refused:?}: {}", answer.text);
    }
    let mut broken = file(1..=3);
    broken.push_str("E-4,too,few\n");
    ground.deliver("a.csv", broken);
    let (code, tested) = text(&ground, &["test", "integration.toml"]);
    assert!(code == 0 && tested.contains("a.csv:5"), "{tested}");
}

#[test]
fn a_connection_test_of_files_counts_values_and_selected_records_like_one_of_an_hr_system() {
    let ground = Ground::new(&format!(
        "{PLAIN}title = \"job\"\nphone = \"phone\"\n[[select]]\ncolumn = \"access\"\nis = true\n"
    ));
    let text = "id,mail,first,last,access,job,salary\n\
         E-1,a@acme.example,A,B,yes,Lead,1\nE-2,b@acme.example,C,D,no,,2\nE-3,c@acme.example,E,F,maybe,,3\n";
    let answer = ground
        .deliver("a.csv", text)
        .run(&["test", "integration.toml"]);
    assert_eq!(answer.code, 0, "{}", answer.text);
    let fields: Vec<_> = answer.json["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| {
            (
                field["column"].as_str().unwrap(),
                field["state"].as_str().unwrap(),
                field["filled"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        fields,
        [
            ("id", "readable", 3),
            ("mail", "readable", 3),
            ("first", "readable", 3),
            ("last", "readable", 3),
            ("access", "readable", 3),
            ("job", "readable", 1),
            ("salary", "unused", 3),
            ("phone", "withheld", 0),
        ]
    );
    assert_eq!(
        answer.json["selection"],
        serde_json::json!({"selected": 1, "left_out": 1, "undecided": 0, "invalid": 1})
    );
    assert_eq!(answer.json["files"]["matching"][0]["name"], "a.csv");
}

#[test]
fn a_check_without_credentials_for_the_server_fails_and_says_which_are_missing() {
    let file = |url: &str, credentials: &str| {
        PLAIN
            .replace("file:inbox", url)
            .replace("[policy]", &format!("{credentials}\n[policy]"))
    };
    for (url, credentials, missing) in [
        ("sftp://files.example/in", "", "no user is set"),
        (
            "sftp://files.example/in",
            "[credentials]\nuser = \"eva\"",
            "neither a password nor a private key",
        ),
        (
            "sftp://files.example/in",
            "[credentials]\npassword = { env = \"SECRET\" }",
            "no user is set",
        ),
        (
            "ftps://files.example/in",
            "[credentials]\nuser = \"eva\"",
            "the user has no password",
        ),
        (
            "https://files.example/a.csv",
            "[credentials]\nuser = \"eva\"",
            "the user has no password",
        ),
    ] {
        let ground = Ground::new(&file(url, credentials));
        let (code, said) = text(&ground, &["check", "integration.toml"]);
        assert!(
            code == 2 && said.contains(missing),
            "{url} {credentials}: {said}"
        );
    }
    // A public file, an anonymous FTP server and a secret in a file are no mistakes.
    let password = "[credentials]\nuser = \"eva\"\npassword = { file = \"secret\" }";
    for (url, credentials) in [
        ("https://files.example/a.csv", ""),
        ("ftps://files.example/in", ""),
        ("sftp://files.example/in", password),
    ] {
        let mut settings = file(url, credentials);
        if url.starts_with("https") {
            settings = settings.replace("pattern = \"*.csv\"\n", "");
        }
        let ground = Ground::new(&settings);
        ground.secret("secret", "hush");
        let (code, said) = text(&ground, &["check", "integration.toml"]);
        assert_eq!(code, 0, "{url}: {said}");
    }
    let unset = password.replace("file = \"secret\"", "env = \"SECRET\"");
    let ground = Ground::new(&file("sftp://files.example/in", &unset));
    let (code, said) = text(&ground, &["check", "integration.toml"]);
    assert!(code == 2 && said.contains("`SECRET` is not set"), "{said}");
}

#[test]
fn a_file_of_another_workspace_than_the_command_line_names_is_refused() {
    let ground = Ground::new(PLAIN);
    ground.deliver("a.csv", file(1..=2));
    ground
        .run(&["sync", "integration.toml", "--workspace", "acme"])
        .is(0, "applied");
    for command in ["check", "test", "plan", "sync", "profile"] {
        let answer = ground.run(&[command, "integration.toml", "--workspace", "other"]);
        assert_eq!(answer.code, 2, "{command}: {}", answer.text);
        answer.says("names the workspace `acme`").says("`other`");
    }
    assert_eq!(ground.run(&["employees", "--workspace", "other"]).code, 2);
}

#[test]
fn a_run_has_one_shape_in_every_answer() {
    let mut ground = deactivating();
    let synced = ground.deliver("a.csv", file(1..=3)).approve();
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("a.csv", file(2..=4));
    let planned = ground.run(&["plan", "integration.toml"]);
    let plan = planned.json["plan"].as_str().unwrap();
    let approved = ground.run(&["approve", plan]);
    let undone = ground.run(&["undo", "3"]);
    let edited = ground.run(&[
        "employee",
        "create",
        "email=z@acme.example",
        "first_name=Z",
        "last_name=Z",
    ]);
    let listed = ground.run(&["runs"]).json;
    for answer in [&synced, &planned, &approved, &undone, &edited] {
        let run = &answer.json["run"];
        let in_list = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|listed| listed["run"] == *run)
            .unwrap();
        let details = ground.run(&["runs", &answer.run_id()]).json;
        for key in [
            "run", "kind", "status", "started", "finished", "plan", "actor", "of", "counts",
        ] {
            if key == "plan" && (answer.json["kind"] == "approve" || answer.json["kind"] == "undo")
            {
                continue;
            }
            assert_eq!(answer.json[key], in_list[key], "{key} of {run}");
            assert_eq!(details[key], in_list[key], "{key} of {run}");
        }
        assert_eq!(details["delivery"], in_list["delivery"]);
    }
    assert_eq!(planned.json["status"], "held");
    assert_eq!(listed[3]["status"], "held");
}
