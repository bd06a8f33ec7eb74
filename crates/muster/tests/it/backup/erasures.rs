//! Employees who were erased after a backup are not in the database that it is restored as.

use super::{PEOPLE, ground, remove_database};
use crate::ground::{Answer, Ground};
use std::fs;

/// A backup, and after it the erasure of one of its three employees.
fn erased() -> Ground {
    let mut ground = ground();
    ground.run(&["backup", "monday.db"]).is(0, "written");
    ground.at("2026-05-05T09:00:00Z");
    ground.run(&["erase", "E-2", "--yes"]).is(0, "applied");
    ground.at("2026-05-06T09:00:00Z");
    ground
}

/// Nothing of the employee is in the database, and the next delivery does not create the employee.
#[track_caller]
fn is_erased(ground: &Ground) {
    ground.run(&["verify"]).is(0, "intact");
    let bytes = fs::read(ground.path("muster.db")).unwrap();
    for value in ["Zebulon", "zebulon@acme.example"] {
        let is_there = bytes
            .windows(value.len())
            .any(|window| window == value.as_bytes());
        assert!(!is_there, "{value}");
    }
    ground.deliver("a.csv", PEOPLE).sync().says("MUS-ERASED");
    assert!(ground.person("E-2").is_null());
}

fn restore(ground: &Ground, arguments: &[&str]) -> Answer {
    let restored = ground.run(&[&["restore", "monday.db"], arguments].concat());
    restored.is(0, "restored");
    restored
}

#[test]
fn m24_erasure_in_the_replaced_database_is_applied_again() {
    let ground = erased();
    fs::remove_file(ground.path("muster.db.erasures")).unwrap();
    let restored = restore(&ground, &["--replace"]);
    assert_eq!(restored.json["erased_again"], 1, "{}", restored.text);
    is_erased(&ground);
}

#[test]
fn m24_erasure_in_the_list_beside_a_lost_database_is_applied_again() {
    let ground = erased();
    let list = fs::read_to_string(ground.path("muster.db.erasures")).unwrap();
    assert!(
        !list.contains("E-2") && !list.to_lowercase().contains("zebulon"),
        "{list}"
    );
    remove_database(&ground);
    let restored = restore(&ground, &[]);
    assert_eq!(restored.json["erased_again"], 1, "{}", restored.text);
    is_erased(&ground);
    // Once more, over the restored one.
    let restored = restore(&ground, &["--replace"]);
    assert_eq!(restored.json["erased_again"], 1, "{}", restored.text);
    is_erased(&ground);
}

#[test]
fn m24_erasure_in_the_list_of_a_later_backup_is_applied_again() {
    let ground = erased();
    fs::create_dir(ground.path("elsewhere")).unwrap();
    ground.run(&["backup", "elsewhere"]).is(0, "written");
    remove_database(&ground);
    fs::remove_file(ground.path("muster.db.erasures")).unwrap();
    // All that is left is the folder with the backups.
    fs::rename(ground.path("monday.db"), ground.path("elsewhere/monday.db")).unwrap();
    let restored = ground.run(&["restore", "elsewhere/monday.db"]);
    restored.is(0, "restored");
    assert_eq!(restored.json["erased_again"], 1, "{}", restored.text);
    is_erased(&ground);
}

#[test]
fn restoring_without_any_list_says_that_erasures_are_unknown() {
    let ground = erased();
    remove_database(&ground);
    fs::rename(ground.path("muster.db.erasures"), ground.path("list.json")).unwrap();
    let shown = ground.output(&["restore", "monday.db"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("no list of erasures was found"), "{shown}");
    assert_eq!(ground.person("E-2")["first_name"], "Zebulon");
    let restored = restore(&ground, &["--replace", "--erasures", "list.json"]);
    assert_eq!(restored.json["erased_again"], 1, "{}", restored.text);
    is_erased(&ground);
    fs::write(ground.path("list.json"), "{").unwrap();
    let refused = ground.run(&[
        "restore",
        "monday.db",
        "--replace",
        "--erasures",
        "list.json",
    ]);
    assert_eq!(
        refused.json["error"]["code"], "MUS-BACKUP",
        "{}",
        refused.text
    );
}

/// The employee joined after the backup and was erased: the restored database must not create the employee again.
#[test]
fn m24_erased_employee_who_is_not_in_the_backup_is_not_created() {
    let mut ground = ground();
    ground.run(&["backup", "monday.db"]).is(0, "written");
    let joiner = "E-9,quinten@acme.example,Quinten,Kok\n";
    ground.at("2026-05-05T08:00:00Z");
    ground
        .deliver("a.csv", format!("{PEOPLE}{joiner}"))
        .sync()
        .is(0, "applied");
    ground.run(&["erase", "E-9", "--yes"]).is(0, "applied");
    ground.at("2026-05-06T09:00:00Z");
    let restored = restore(&ground, &["--replace"]);
    assert_eq!(
        (
            &restored.json["erased_again"],
            &restored.json["erased_absent"]
        ),
        (&0.into(), &1.into()),
        "{}",
        restored.text
    );
    ground.sync().says("MUS-ERASED");
    assert!(ground.person("E-9").is_null());
    // The number of the erased employee belongs to another one now, who is not erased when it is restored again.
    let other = "E-10,rosa@acme.example,Rosa,Kok\n";
    ground
        .deliver("a.csv", format!("{PEOPLE}{other}"))
        .sync()
        .is(0, "applied");
    ground.run(&["backup", "wednesday.db"]).is(0, "written");
    ground.at("2026-05-07T09:00:00Z");
    ground
        .run(&["restore", "wednesday.db", "--replace"])
        .is(0, "restored");
    assert_eq!(ground.person("E-10")["first_name"], "Rosa");
}

#[test]
fn lifted_erasure_removes_the_former_values_and_allows_a_new_employee() {
    let mut ground = erased();
    ground.run(&["erase", "E-2", "--lift"]).is(0, "applied");
    ground.sync().is(0, "applied");
    let created = ground.person("E-2");
    assert_eq!(created["first_name"], "Zebulon");
    ground.at("2026-05-07T09:00:00Z");
    let restored = restore(&ground, &["--replace"]);
    assert_eq!(restored.json["erased_again"], 1, "{}", restored.text);
    assert!(ground.person("E-2").is_null());
    ground.sync().is(0, "applied");
    assert_eq!(ground.person("E-2")["first_name"], "Zebulon");
    assert_ne!(ground.person("E-2")["employee"], 2);
}
