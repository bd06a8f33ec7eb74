//! Integrations in the database: applied from a folder of files, exported to one, and run by their name.

use crate::ground::{Ground, PLAIN};
use serde_json::{Value, json};
use std::fs;

/// A folder `conf` with the plain integration, whose inbox is beside the folder.
fn ground() -> Ground {
    let ground = Ground::new(PLAIN);
    fs::create_dir(ground.path("conf")).unwrap();
    conf(
        &ground,
        "people.toml",
        &PLAIN.replace("file:inbox", "file:../inbox"),
    );
    ground
}

fn conf(ground: &Ground, name: &str, text: &str) {
    fs::write(ground.path("conf").join(name), text).unwrap();
}

/// The kind of each change, by integration.
fn kinds(answer: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let changes = answer["changes"].as_array().unwrap().iter();
    changes
        .map(|change| (text(&change["integration"]), text(&change["kind"])))
        .collect()
}

fn pair(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

#[test]
fn apply_shows_each_changed_setting_and_a_plan_changes_nothing() {
    let ground = ground();
    let planned = ground.run(&["apply", "conf", "--plan"]);
    planned.is(0, "planned");
    assert_eq!(kinds(&planned.json), [pair("people", "create")]);
    assert!(
        !ground.path("muster.db").exists(),
        "a plan creates no database"
    );

    ground.run(&["apply", "conf"]).is(0, "applied");
    ground.run(&["apply", "conf"]).is(0, "nothing_to_do");

    let changed = PLAIN
        .replace("file:inbox", "file:../inbox")
        .replace("\"*.csv\"", "\"staff*.csv\"")
        .replace("settle = \"0s\"\n", "expect = \"weekly\"\n");
    conf(&ground, "people.toml", &changed);
    for command in [&["apply", "conf", "--plan"][..], &["apply", "conf"]] {
        let answer = ground.run(command);
        assert_eq!(kinds(&answer.json), [pair("people", "change")]);
        assert_eq!(
            answer.json["changes"][0]["differences"],
            json!([
                {"setting": "source.expect", "old": null, "new": "weekly", "hidden": false},
                {"setting": "source.pattern", "old": "*.csv", "new": "staff*.csv", "hidden": false},
                {"setting": "source.settle", "old": "0s", "new": null, "hidden": false},
            ])
        );
    }
    ground
        .run(&["apply", "conf", "--plan"])
        .is(0, "nothing_to_do");
    let exported = ground.run(&["export"]).json;
    assert_eq!(
        (
            &exported[0]["version"],
            &exported[0]["changed_by"],
            &exported[0]["managed_by"]
        ),
        (
            &json!(2),
            &json!("eva (command line)"),
            &json!("people.toml")
        )
    );
}

#[test]
fn an_integration_whose_file_is_gone_is_removed_and_invalid_files_change_nothing() {
    let ground = ground();
    let second = PLAIN
        .replace("file:inbox", "file:../inbox")
        .replace("name = \"people\"", "name = \"more\"");
    conf(&ground, "more.toml", &second);
    let applied = ground.run(&["apply", "conf"]);
    assert_eq!(
        kinds(&applied.json),
        [pair("more", "create"), pair("people", "create")]
    );
    // Two files that are wrong in two ways: both are reported, and the third is not applied either.
    conf(
        &ground,
        "more.toml",
        &second.replace("settle = \"0s\"", "settle = \"soon\""),
    );
    conf(
        &ground,
        "third.toml",
        &second.replace("\"more\"", "\"people\""),
    );
    let refused = ground.run(&["apply", "conf"]);
    assert_eq!(refused.code, 2, "{}", refused.text);
    for wanted in [
        "more.toml: line",
        "third.toml",
        "has an integration `people` too",
    ] {
        assert!(refused.text.contains(wanted), "{wanted}: {}", refused.text);
    }
    fs::remove_file(ground.path("conf").join("third.toml")).unwrap();
    conf(
        &ground,
        "more.toml",
        &second.replace("\"acme\"", "\"other\""),
    );
    let refused = ground.run(&["apply", "conf"]);
    assert!(
        refused.text.contains("several workspaces: acme, other"),
        "{}",
        refused.text
    );
    fs::remove_file(ground.path("conf").join("more.toml")).unwrap();
    let removed = ground.run(&["apply", "conf"]);
    assert_eq!(kinds(&removed.json), [pair("more", "remove")]);
    assert_eq!(ground.run(&["export"]).json.as_array().unwrap().len(), 1);
    // An empty folder is a mistake, not a wish to remove everything.
    fs::remove_file(ground.path("conf").join("people.toml")).unwrap();
    assert_eq!(ground.run(&["apply", "conf"]).code, 2);
    assert_eq!(ground.run(&["export"]).json.as_array().unwrap().len(), 1);
}

#[test]
fn applying_what_was_exported_makes_no_difference() {
    let ground = ground();
    conf(
        &ground,
        "hr.toml",
        "name = \"hr\"\nworkspace = \"acme\"\nschedule = [\"04:00 Europe/Amsterdam\"]\n[source]\nconnector = \"personio\"\nclient_id = \"id\"\n\
         client_secret = { file = \"secret\" }\n[source.limits]\nwhole = \"2min\"\n[mapping]\nbirthday = false\ntitle = { first_of = [\"a\", \"b\"] }\n\
         [[select]]\ncolumn = \"Alleo\"\nis = true\n[guard]\nremovals = { percent = 12.5, number = 3 }\n",
    );
    conf(
        &ground,
        "sftp.toml",
        "name = \"alleo\"\nworkspace = \"acme\"\npreset = \"alleo\"\n[source]\nurl = \"sftp://h.example:2222/in\"\nafter = { archive = \"done\" }\n\
         [credentials]\nuser = \"ann\"\npassword = { env = \"PASSWORD\" }\nprivate_key = { command = \"pass show key\" }\n",
    );
    ground.run(&["apply", "conf"]).is(0, "applied");
    let written = ground.output(&["export", "--dir", "out"]);
    assert!(written.status.success());
    ground
        .run(&["apply", "out", "--plan"])
        .is(0, "nothing_to_do");
    assert_eq!(
        ground.run(&["export", "--dir", "out"]).code,
        2,
        "files are not overwritten"
    );
    // A command may hold a secret: its text is never shown.
    conf(
        &ground,
        "sftp.toml",
        &fs::read_to_string(ground.path("conf/sftp.toml"))
            .unwrap()
            .replace("pass show key", "echo canary"),
    );
    for json in [&[][..], &["--json"]] {
        let output = ground.output(&[&["apply", "conf"][..], json].concat());
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            !said.contains("canary") && !said.contains("pass show"),
            "{said}"
        );
    }
}

#[test]
fn commands_take_the_name_of_an_integration_in_the_database() {
    let ground = ground();
    ground.run(&["apply", "conf"]).is(0, "applied");
    ground.deliver(
        "a.csv",
        "id,mail,first,last\nE-1,ann@acme.example,Ann,Ash\n",
    );
    let checked = ground.run(&["check", "people"]);
    assert_eq!(checked.json["integration"], "people", "{}", checked.text);
    assert_eq!(ground.run(&["test", "people"]).code, 0);
    let planned = ground.run(&["plan", "people"]);
    assert_eq!(planned.json["integration"], "people", "{}", planned.text);
    ground.run(&["sync", "people"]).is(0, "applied");
    assert_eq!(ground.person("E-1")["first_name"], "Ann");
    assert_eq!(ground.run(&["profile", "people"]).code, 0);
    // The same integration by its file is the same integration.
    ground
        .run(&["sync", "conf/people.toml"])
        .is(0, "nothing_to_do");
    let unknown = ground.run(&["sync", "peopel"]);
    assert_eq!(unknown.code, 2);
    assert!(
        unknown.text.contains("no integration `peopel`"),
        "{}",
        unknown.text
    );
}

#[test]
fn a_url_with_a_query_is_not_stored() {
    let ground = ground();
    let url = "https://h.example/x.csv?token=canary";
    conf(
        &ground,
        "people.toml",
        &PLAIN
            .replace("file:inbox", url)
            .replace("pattern = \"*.csv\"\n", ""),
    );
    let refused = ground.run(&["apply", "conf"]);
    assert_eq!(refused.code, 2, "{}", refused.text);
    assert!(
        refused
            .text
            .contains("`source.url`: the query of a URL may be secret")
            && !refused.text.contains("canary"),
        "{}",
        refused.text
    );
}
