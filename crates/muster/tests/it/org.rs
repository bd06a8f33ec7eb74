//! Managers through the whole program: links, unknown managers, rings, leavers.

use crate::ground::{Ground, PLAIN};

fn integration() -> String {
    PLAIN.replace("[guard]", "missing = \"deactivate\"\n[guard]")
        + "manager_external_id = \"boss\"\n"
}

const HEADER: &str = "id,mail,first,last,boss\n";

fn line(id: &str, boss: &str) -> String {
    format!(
        "{id},{}@acme.example,Person,{id},{boss}\n",
        id.to_lowercase()
    )
}

fn file(people: &[(&str, &str)]) -> String {
    people
        .iter()
        .fold(HEADER.to_owned(), |text, (id, boss)| text + &line(id, boss))
}

fn tree(ground: &Ground, arguments: &[&str]) -> Vec<(u64, String, String)> {
    let answer = ground.run(&[&["org"], arguments].concat());
    let line = |line: &serde_json::Value| {
        let text = |key: &str| line[key].as_str().unwrap().to_owned();
        (
            line["depth"].as_u64().unwrap(),
            text("external_id"),
            text("link"),
        )
    };
    answer
        .json
        .as_array()
        .unwrap_or_else(|| panic!("{}", answer.text))
        .iter()
        .map(line)
        .collect()
}

fn owned(lines: &[(u64, &str, &str)]) -> Vec<(u64, String, String)> {
    lines
        .iter()
        .map(|(depth, id, link)| (*depth, (*id).to_owned(), (*link).to_owned()))
        .collect()
}

#[test]
fn every_unknown_manager_is_named() {
    let ground = Ground::new(&integration());
    let people: Vec<(String, String)> = (0..60)
        .map(|number| (format!("E-{number}"), format!("gone-{number}")))
        .collect();
    let rows: Vec<(&str, &str)> = people
        .iter()
        .map(|(id, boss)| (id.as_str(), boss.as_str()))
        .collect();
    ground.deliver("a.csv", file(&rows)).sync().is(0, "applied");
    let listed = ground.run(&["org", "--problems"]).json;
    let text = String::from_utf8(ground.output(&["org", "--problems"]).stdout).unwrap();
    let dangling = listed["dangling"].as_array().unwrap();
    assert_eq!(dangling.len(), 60);
    for (_, boss) in &people {
        let is_named = |one: &&serde_json::Value| one["manager_external_id"] == boss.as_str();
        assert_eq!(dangling.iter().filter(is_named).count(), 1, "{boss}");
        assert!(text.contains(boss), "{boss}: {text}");
    }
}

#[test]
fn managers_are_linked_whatever_the_order_and_when_they_appear() {
    let mut ground = Ground::new(&integration());
    ground
        .deliver("a.csv", file(&[("W", "M"), ("M", "D")]))
        .sync()
        .is(0, "applied");
    assert_eq!(
        tree(&ground, &[]),
        owned(&[(0, "M", "dangling"), (1, "W", "linked")])
    );
    let problems = ground
        .at("2026-05-14T02:45:00Z")
        .run(&["org", "--problems"])
        .json;
    assert_eq!(problems["dangling"][0]["manager_external_id"], "D");
    assert_eq!(problems["dangling"][0]["since"], "2026-05-04T02:45:00Z");
    let text = String::from_utf8(ground.output(&["org", "--problems"]).stdout).unwrap();
    assert!(text.contains("10 days"), "{text}");
    ground
        .deliver("a.csv", file(&[("W", "M"), ("M", "D"), ("D", "")]))
        .sync()
        .is(0, "applied");
    assert_eq!(
        tree(&ground, &[]),
        owned(&[(0, "D", "none"), (1, "M", "linked"), (2, "W", "linked")])
    );
    assert_eq!(
        tree(&ground, &["M"]),
        owned(&[(0, "M", "linked"), (1, "W", "linked")])
    );
    assert_eq!(tree(&ground, &["--depth", "0"]), owned(&[(0, "D", "none")]));
}

#[test]
fn a_reporting_cycle_is_reported_with_its_path_and_nobody_is_rejected() {
    let ground = Ground::new(&integration());
    ground
        .deliver("a.csv", file(&[("A", "B"), ("B", "C"), ("C", "")]))
        .sync()
        .is(0, "applied");
    ground.deliver(
        "a.csv",
        file(&[("A", "B"), ("B", "C"), ("C", "A"), ("S", "S")]),
    );
    let answer = ground.sync();
    answer
        .is(0, "applied")
        .counts(&[("updated", 1), ("created", 1), ("rejected", 0)]);
    answer
        .says("MUS-MANAGER-RING")
        .says("C, A, B, C")
        .says("MUS-MANAGER-SELF")
        .says("S, S");
    assert_eq!(
        tree(&ground, &[]),
        owned(&[
            (0, "C", "cycle"),
            (1, "B", "linked"),
            (2, "A", "linked"),
            (0, "S", "cycle")
        ])
    );
    let text = String::from_utf8(ground.output(&["org", "--problems"]).stdout).unwrap();
    assert!(
        text.contains("a reporting cycle: Person C (C), Person A (A), Person B (B), Person C (C)"),
        "{text}"
    );
}

#[test]
fn the_link_to_a_manager_who_left_is_kept_and_marked_or_cleared() {
    for (policy, wanted) in [
        ("keep", vec![(0, "M", "none"), (1, "W", "left")]),
        ("clear", vec![(0, "W", "cleared")]),
    ] {
        let text = integration().replace(
            "{ name = \"acme\" }",
            &format!("{{ name = \"acme\", manager_left = \"{policy}\" }}"),
        );
        let ground = Ground::new(&text);
        ground
            .deliver("a.csv", file(&[("M", ""), ("W", "M"), ("X", "")]))
            .sync()
            .is(0, "applied");
        ground
            .deliver("a.csv", file(&[("W", "M"), ("X", "")]))
            .sync()
            .is(0, "applied");
        let mut wanted = owned(&wanted);
        wanted.push((0, "X".to_owned(), "none".to_owned()));
        assert_eq!(tree(&ground, &[]), wanted, "{policy}");
    }
}

#[test]
fn m18_a_reporting_cycle_in_a_first_load_of_any_size_is_reported() {
    let ground = Ground::new(&integration());
    let mut text = HEADER.to_owned();
    for number in 1..=51_000 {
        let boss = if number == 1 {
            51_000
        } else {
            (number / 7).max(1)
        };
        text += &line(&format!("P{number}"), &format!("P{boss}"));
    }
    let said = ground
        .deliver("a.csv", text)
        .output(&["sync", "integration.toml"])
        .stdout;
    let said = String::from_utf8(said).unwrap();
    assert!(
        said.contains("P51000, P7285, P1040, P148, P21, P3, P1, P51000"),
        "{said}"
    );
}

#[test]
fn m18_reporting_cycle_closed_by_one_change_is_reported() {
    let ground = Ground::new(&integration());
    let people = |first: &str| {
        let mut text = HEADER.to_owned();
        for number in 1..=100 {
            let boss = if number == 1 {
                first.to_owned()
            } else {
                format!("P{}", number / 2)
            };
            text += &line(&format!("P{number}"), &boss);
        }
        text
    };
    ground.deliver("a.csv", people("")).sync().is(0, "applied");
    let answer = ground.deliver("a.csv", people("P80")).sync();
    answer
        .is(0, "applied")
        .counts(&[("updated", 1)])
        .says("P80, P40, P20, P10, P5, P2, P1, P80");
    // The ring is told by the run that closes it; another employee's new manager is no reason to tell it again.
    let text = people("P80").replace("P99,P49", "P99,P20");
    let answer = ground.deliver("a.csv", text).sync();
    answer.is(0, "applied").counts(&[("updated", 1)]);
    assert!(!answer.text.contains("MUS-MANAGER-RING"), "{}", answer.text);
}

#[test]
fn a_reporting_cycle_that_a_person_closes_manually_or_by_an_undo_is_reported() {
    let ground = Ground::new(&integration());
    ground
        .deliver("a.csv", file(&[("A", "B"), ("B", ""), ("C", "B")]))
        .sync()
        .is(0, "applied");
    ground
        .run(&["pin", "B", "manager_external_id", "A", "--reason", "HR-7"])
        .says("B, A, B");
    ground.run(&["unpin", "B", "manager_external_id"]);
    let freelancer = [
        "email=z@acme.example",
        "first_name=Zoe",
        "last_name=Zee",
        "external_id=Z",
        "manager_external_id=Z",
    ];
    ground
        .run(&[&["employee", "create"], &freelancer[..]].concat())
        .says("MUS-MANAGER-SELF");
    let text = ground
        .output(&["employee", "edit", "Z", "manager_external_id=C"])
        .stdout;
    assert!(!String::from_utf8(text).unwrap().contains("warning"));
    // A is under B; then B under A instead, and the undo of the first half closes a ring.
    let ground = Ground::new(&integration());
    ground
        .deliver("a.csv", file(&[("A", "B"), ("B", "X"), ("X", "")]))
        .sync()
        .is(0, "applied");
    let run = ground
        .deliver("a.csv", file(&[("A", "X"), ("B", "X"), ("X", "")]))
        .sync()
        .run_id();
    ground
        .deliver("a.csv", file(&[("A", "X"), ("B", "A"), ("X", "")]))
        .sync()
        .is(0, "applied");
    ground
        .run(&["undo", &run, "--approve"])
        .is(0, "applied")
        .says("MUS-MANAGER-RING")
        .says("B, A, B");
}

/// Managers are named by address in the column `chief`.
fn by_address() -> String {
    integration().replace(
        "manager_external_id = \"boss\"",
        "manager_email = \"chief\"",
    )
}

fn file_by_address(people: &[(&str, &str)]) -> String {
    file(people).replace("last,boss", "last,chief")
}

#[test]
fn manager_who_is_named_by_address_is_found_in_whatever_order_they_come() {
    let mut ground = Ground::new(&by_address());
    // E-1 is below E-2, who comes later; addresses are compared without regard to case.
    let day_1 = [
        ("E-1", "E-2@ACME.example"),
        ("E-2", "e-3@acme.example"),
        ("E-3", ""),
    ];
    ground
        .deliver("a.csv", file_by_address(&day_1))
        .sync()
        .is(0, "applied");
    assert_eq!(ground.person("E-1")["manager_external_id"], "E-2");
    let lines = [
        (0, "E-3", "none"),
        (1, "E-2", "linked"),
        (2, "E-1", "linked"),
    ];
    assert_eq!(tree(&ground, &[]), owned(&lines));
    ground
        .sync()
        .is(0, "nothing_to_do")
        .counts(&[("unchanged", 3)]);
    // The manager is in the directory and not among the new records, and one is new in the same file.
    let day_2 = [
        ("E-1", "e-3@acme.example"),
        ("E-2", "e-3@acme.example"),
        ("E-3", ""),
        ("E-4", "e-5@acme.example"),
        ("E-5", "e-1@acme.example"),
    ];
    ground
        .at("2026-05-05T02:45:00Z")
        .deliver("a.csv", file_by_address(&day_2))
        .sync()
        .is(0, "applied")
        .counts(&[("updated", 1), ("created", 2), ("unchanged", 2)]);
    for (id, manager) in [("E-1", "E-3"), ("E-4", "E-5"), ("E-5", "E-1")] {
        assert_eq!(ground.person(id)["manager_external_id"], manager, "{id}");
    }
}

#[test]
fn manager_whose_address_nobody_has_is_named_and_found_by_a_later_run() {
    let mut ground = Ground::new(&by_address());
    ground
        .deliver(
            "a.csv",
            file_by_address(&[("E-1", "e-2@acme.example"), ("E-2", "")]),
        )
        .sync()
        .is(0, "applied");
    // The stored manager stays where the new one is unknown.
    let unknown = [("E-1", "e-9@acme.example"), ("E-2", "")];
    let answer = ground
        .at("2026-05-05T02:45:00Z")
        .deliver("a.csv", file_by_address(&unknown))
        .sync();
    answer
        .says("MUS-MANAGER-UNKNOWN")
        .says("`e-9@acme.example`")
        .counts(&[("rejected", 0), ("unchanged", 2)]);
    assert_eq!(ground.person("E-1")["manager_external_id"], "E-2");
    // The same row, and the manager has come.
    let known = [unknown[0], unknown[1], ("E-9", "")];
    let answer = ground
        .at("2026-05-06T02:45:00Z")
        .deliver("a.csv", file_by_address(&known))
        .sync();
    answer.is(0, "applied");
    assert!(
        !answer.text.contains("MUS-MANAGER-UNKNOWN"),
        "{}",
        answer.text
    );
    assert_eq!(ground.person("E-1")["manager_external_id"], "E-9");
    // What is no address is ignored like any other invalid value.
    let answer = ground
        .at("2026-05-07T02:45:00Z")
        .deliver(
            "a.csv",
            file_by_address(&[("E-1", "Els Jansen"), unknown[1], known[2]]),
        )
        .sync();
    answer.says("MUS-VALUE-EMAIL").counts(&[("rejected", 0)]);
    assert_eq!(ground.person("E-1")["manager_external_id"], "E-9");
}

#[test]
fn manager_is_mapped_by_address_or_by_id_and_a_preset_gives_way() {
    let both = integration() + "manager_email = \"chief\"\n";
    let answer = Ground::new(&both).run(&["check", "integration.toml"]);
    assert_eq!(answer.code, 2, "{}", answer.text);
    answer.says("`manager_email` and `manager_external_id` are both mapped");
    let preset = "workspace = \"acme\"\nname = \"hr\"\npreset = \"actimo\"\n[source]\nurl = \"file:inbox/a.csv\"\n\
        [mapping]\nmanager_email = \"Manager mail\"\n";
    let answer = Ground::new(preset).run(&["check", "integration.toml"]);
    assert_eq!(answer.code, 0, "{}", answer.text);
}
