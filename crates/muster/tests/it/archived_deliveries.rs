//! What is archived of a delivery: only what the integration uses.

use crate::ground::{Ground, PLAIN};
use muster_core::model::ids::{RunId, WorkspaceId};
use muster_store::{Keyring, Options, Store};
use std::fs;

/// An integration that selects records, with its setting of what is archived.
fn ground(deliveries: &str) -> Ground {
    let workspace = format!("workspace = {{ name = \"acme\"{deliveries} }}");
    let integration = PLAIN.replace("workspace = { name = \"acme\" }", &workspace);
    Ground::new(&format!(
        "{integration}\n[[select]]\ncolumn = \"alleo\"\nequals = \"yes\"\n"
    ))
}

/// Salaries stand in records of every kind, and beside them.
const FILE: &str = "id,mail,first,last,alleo,job,salary\n\
    E-1,ann@acme.example,Ann,Bos,yes,Clerk,98765.01\n\
    E-2,bob@acme.example,Bob,Quackenbush,no,Lead,98765.02\n\
    E-3,cas@acme.example,Cas,Vos,yes,Lead,\"98765.03\nper year\"\n\
    E-4,not an address,Dan,Kok,yes,Lead,98765.04\n\
    E-5,eva@acme.example,Eva,Smit,yes,Lead,98\"765.05\n\
    E-6,fay@acme.example,Fay,Mol,yes,Lead,98765.06,98765.07\n\
    # made by payroll,,,,,,\n";

/// The archived text of the only file of a run.
fn archived(ground: &Ground, run: i64) -> Option<String> {
    let url = format!("sqlite:{}", ground.path("muster.db").display());
    let store = Store::open(&url, Options::default()).unwrap();
    let key = fs::read_to_string(ground.path("muster.db.key")).unwrap();
    store.unlock(Keyring::parse(&key).unwrap()).unwrap();
    let files = store.delivery(WorkspaceId(1), RunId(run)).unwrap()?;
    Some(String::from_utf8(files[0].bytes.to_vec()).unwrap())
}

/// Everything that is stored, in clear.
fn stored(ground: &Ground, run: i64) -> String {
    let mut all = archived(ground, run).unwrap_or_default().into_bytes();
    for name in ["muster.db", "muster.db-wal", "muster.db-shm"] {
        all.extend(fs::read(ground.path(name)).unwrap_or_default());
    }
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn salaries_that_nothing_uses_are_never_stored() {
    let ground = ground("");
    let synced = ground.deliver("a.csv", FILE).sync();
    synced
        .is(0, "applied")
        .counts(&[("created", 2), ("excluded", 1)]);
    let stored = stored(&ground, 1);
    assert!(
        stored.contains("Vos") && stored.contains("E-2"),
        "what is used is stored"
    );
    for salary in ["98765.", "765.05"] {
        let at = stored.find(salary);
        assert_eq!(at.map(|at| &stored[at.saturating_sub(80)..at + 20]), None);
    }
    assert!(
        !stored.contains("Quackenbush"),
        "only the key of a record that is not selected"
    );
    assert_eq!(
        archived(&ground, 1).unwrap(),
        "id,mail,first,last,alleo,job,salary\n\
         E-1,ann@acme.example,Ann,Bos,yes,,\n\
         E-2,bob@acme.example,,,no,,\n\
         E-3,cas@acme.example,Cas,Vos,yes,,\" \n\"\n\
         E-4,not an address,Dan,Kok,yes,,\n\
         E-5,eva@acme.example,Eva,Smit,yes,,-\"\n\
         ,,,,,,,-\n\
         #,,,,,,\n"
    );
}

#[test]
fn everything_and_nothing_are_settings() {
    let ground_of_all = ground(", deliveries = \"everything\"");
    ground_of_all.deliver("a.csv", FILE).sync().is(0, "applied");
    assert_eq!(archived(&ground_of_all, 1).unwrap(), FILE);

    let without = ground(", deliveries = \"nothing\"");
    without.deliver("a.csv", FILE).sync().is(0, "applied");
    assert_eq!(archived(&without, 1), None);
    let replayed = without.run(&["replay", "integration.toml", "--from", "1"]);
    assert_eq!(replayed.code, 1, "{}", replayed.text);
    // The same delivery is archived again in the part that is wanted now.
    let settings = fs::read_to_string(ground_of_all.path("integration.toml")).unwrap();
    let selected = settings.replace("everything", "selected");
    fs::write(ground_of_all.path("integration.toml"), selected).unwrap();
    ground_of_all
        .deliver("a.csv", FILE.replace("Clerk", "Boss"))
        .sync();
    assert!(!stored(&ground_of_all, 2).contains("98765.01"));

    let wrong = ground(", deliveries = \"some\"").run(&["check", "integration.toml"]);
    assert_eq!(wrong.code, 2);
    wrong.says("selected").says("everything").says("nothing");
}

/// P16.
#[test]
fn replay_of_archived_parts_under_the_same_settings_finds_no_difference() {
    let mut ground = ground("");
    ground.deliver("a.csv", FILE).sync().is(0, "applied");
    ground.at("2026-05-05T02:45:00Z");
    ground
        .deliver(
            "a.csv",
            FILE.replace("Bos,yes", "Bos-Vink,yes")
                .replace("Quackenbush,no", "Quackenbush,yes"),
        )
        .sync();
    let replayed = ground.run(&["replay", "integration.toml", "--from", "1"]);
    assert_eq!(replayed.code, 0, "{}", replayed.text);
    assert_eq!(replayed.json["deliveries"], 2, "{}", replayed.text);
    assert_eq!(replayed.json["different"], 0, "{}", replayed.text);
    assert_eq!(replayed.json["lost"], serde_json::json!([]));
    // By key it is still known why an employee is not here.
    let explained = ground.run(&["explain", "E-4"]);
    explained.says("MUS-VALUE-EMAIL");
}

#[test]
fn settings_that_need_what_was_not_archived_are_refused_and_the_source_is_read_instead() {
    let mut ground = ground("");
    ground.deliver("a.csv", FILE).sync().is(0, "applied");
    let settings = fs::read_to_string(ground.path("integration.toml")).unwrap();
    let mapped = settings.replace(
        "last_name = \"last\"",
        "last_name = \"last\"\ntitle = \"job\"",
    );
    let selects = settings.replace("equals = \"yes\"", "in = [\"yes\", \"no\"]");
    let other_rule = settings.replace(
        "column = \"alleo\"\nequals = \"yes\"",
        "column = \"job\"\nequals = \"Lead\"",
    );
    for (changed, needed) in [
        (&mapped, "`job`"),
        (&selects, "1 records that were not selected"),
        (&other_rule, "`job`"),
    ] {
        assert_ne!(*changed, settings);
        fs::write(ground.path("changed.toml"), changed).unwrap();
        for command in [
            &["replay", "changed.toml", "--from", "1"][..],
            &["profile", "changed.toml"],
        ] {
            let refused = ground.run(command);
            assert_eq!(refused.code, 1, "{}", refused.text);
            refused.says(needed).says("muster plan");
        }
    }
    // Reading the source with these settings archives what they need.
    fs::write(ground.path("integration.toml"), &mapped).unwrap();
    ground.at("2026-05-05T02:45:00Z");
    ground.approve();
    assert_eq!(ground.person("E-1")["title"], "Clerk");
    let archived = archived(&ground, 2).unwrap();
    assert!(
        archived.contains("E-1,ann@acme.example,Ann,Bos,yes,Clerk,\n"),
        "{archived}"
    );
    assert!(!archived.contains("98765"));
    let replayed = ground.run(&["replay", "integration.toml", "--from", "2"]);
    assert_eq!(
        (replayed.code, &replayed.json["different"]),
        (0, &0.into()),
        "{}",
        replayed.text
    );
}
