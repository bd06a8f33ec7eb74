//! Backups: made while the database is in use, verified, and restored as a whole.

mod erasures;

use crate::{
    ground::{Ground, PLAIN},
    serve::{Service, end_of, enqueue, stored, wait_for},
};
use muster_core::model::{
    ids::WorkspaceId,
    job::{JobEnd, JobKind},
};
use muster_store::NewJob;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

pub(super) const PEOPLE: &str = "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\n\
    E-2,zebulon@acme.example,Zebulon,Smit\nE-3,cas@acme.example,Cas,Vos\n";

/// Three people, one of them changed once.
pub(super) fn ground() -> Ground {
    let ground = Ground::new(PLAIN);
    ground.deliver("a.csv", PEOPLE).sync().is(0, "applied");
    ground
        .deliver("a.csv", PEOPLE.replace("Vos", "Bakker"))
        .sync()
        .is(0, "applied");
    ground
}

pub(super) fn remove_database(ground: &Ground) {
    for name in ["muster.db", "muster.db-wal", "muster.db-shm"] {
        let _ = fs::remove_file(ground.path(name));
    }
}

fn contains(file: &Path, text: &str) -> bool {
    fs::read(file)
        .unwrap()
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

#[test]
fn d14_restored_backup_has_every_value_and_the_key_is_not_in_it() {
    let mut ground = ground();
    let people = ground.run(&["employees"]).json;
    let written = ground.run(&["backup", "monday.db"]);
    written.is(0, "written");
    let file = ground.path("monday.db");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let key = fs::read_to_string(ground.path("muster.db.key")).unwrap();
    let secret = key.split_whitespace().last().unwrap();
    assert!(secret.len() > 20 && !contains(&file, secret));
    let shown = ground.output(&["backup", "tuesday.db"]);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(
        shown.contains("is not in the backup") && shown.contains("muster.db.key"),
        "{shown}"
    );

    ground
        .deliver("a.csv", PEOPLE.replace("Ann", "Anna"))
        .sync();
    remove_database(&ground);
    ground.at("2026-05-04T09:00:00Z");
    let restored = ground.run(&["restore", "monday.db"]);
    restored.is(0, "restored");
    assert_eq!(restored.json["verified"]["employees"], 3);
    assert_eq!(restored.json["verified"]["deliveries"], 2);
    assert_eq!(ground.run(&["employees"]).json, people);
    ground.run(&["verify"]).is(0, "intact");
    // The archived deliveries are there, and the next delivery applies.
    let replayed = ground.run(&["replay", "integration.toml", "--from", "1"]);
    assert_eq!(
        (replayed.code, &replayed.json["lost"]),
        (0, &serde_json::json!([]))
    );
    ground.sync().is(0, "applied");
    assert_eq!(ground.person("E-1")["first_name"], "Anna");
}

#[test]
fn d14_backup_without_its_key_is_not_restored_and_names_the_key() {
    let ground = ground();
    ground.run(&["backup", "monday.db"]).is(0, "written");
    let id = ground.run(&["key", "show"]).json["encrypts"].clone();
    let id = id.as_str().unwrap();
    let key = ground.path("muster.db.key");
    remove_database(&ground);
    fs::rename(&key, ground.path("moved.key")).unwrap();
    for (name, other) in [("missing", None), ("wrong", Some(()))] {
        if other.is_some() {
            // Another database has another key.
            let second = self::ground();
            fs::copy(second.path("muster.db.key"), &key).unwrap();
        }
        let refused = ground.run(&["restore", "monday.db"]);
        assert_eq!(
            refused.json["error"]["code"], "MUS-MASTER-KEY",
            "{name}: {}",
            refused.text
        );
        refused.says(id);
        assert!(!ground.path("muster.db").exists(), "{name}");
        let verified = ground.run(&["verify", "monday.db"]);
        assert_ne!(verified.code, 0, "{name}: {}", verified.text);
    }
    fs::rename(ground.path("moved.key"), &key).unwrap();
    ground.run(&["restore", "monday.db"]).is(0, "restored");
}

#[test]
fn p46_damaged_backup_is_found_and_leaves_the_database() {
    let ground = ground();
    ground.run(&["backup", "monday.db"]).is(0, "written");
    ground.run(&["verify", "monday.db"]).is(0, "intact");
    let whole = fs::read(ground.path("monday.db")).unwrap();
    let at = whole
        .windows(7)
        .position(|window| window == b"Zebulon")
        .unwrap();
    let mut altered = whole.clone();
    altered[at + 1] = b'o';
    let mut header = whole.clone();
    header[..4].copy_from_slice(b"PK\x03\x04");
    let database = fs::read(ground.path("muster.db")).unwrap();
    for (what, bytes) in [
        ("one letter", altered),
        ("cut off", whole[..whole.len() / 2].to_vec()),
        ("another format", header),
        ("empty", Vec::new()),
        ("a database that is no backup", database.clone()),
    ] {
        fs::write(ground.path("monday.db"), bytes).unwrap();
        for command in [
            &["verify", "monday.db"][..],
            &["restore", "monday.db", "--replace"],
        ] {
            let refused = ground.run(command);
            assert_eq!(refused.code, 1, "{what}: {}", refused.text);
            let code = &refused.json["error"]["code"];
            assert!(
                code == "MUS-BACKUP" || code == "MUS-STORE-DAMAGED",
                "{what}: {}",
                refused.text
            );
        }
        assert_eq!(
            fs::read(ground.path("muster.db")).unwrap(),
            database,
            "{what}"
        );
    }
    let left: Vec<String> = fs::read_dir(ground.path(""))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("partial") || name.contains("replaced"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn existing_files_are_not_overwritten_and_a_replaced_database_is_kept() {
    let ground = ground();
    ground.run(&["backup", "monday.db"]).is(0, "written");
    let again = ground.run(&["backup", "monday.db"]);
    assert_eq!(again.json["error"]["code"], "MUS-BACKUP", "{}", again.text);
    ground
        .deliver("a.csv", PEOPLE.replace("Ann", "Anna"))
        .sync()
        .is(0, "applied");
    let refused = ground.run(&["restore", "monday.db"]);
    refused.says("--replace");
    assert_eq!(ground.person("E-1")["first_name"], "Anna");
    // A backup is no database: it lacks what was erased later.
    let opened = ground.run(&["employees", "--database", "sqlite:monday.db"]);
    assert_eq!(
        opened.json["error"]["code"], "MUS-BACKUP",
        "{}",
        opened.text
    );
    opened.says("muster restore");

    let restored = ground.run(&["restore", "monday.db", "--replace"]);
    restored.is(0, "restored");
    assert_eq!(ground.person("E-1")["first_name"], "Ann");
    let replaced = PathBuf::from(restored.json["replaced"].as_str().unwrap());
    fs::copy(
        ground.path("muster.db.key"),
        format!("{}.key", replaced.display()),
    )
    .unwrap();
    fs::set_permissions(
        format!("{}.key", replaced.display()),
        fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    let url = format!("sqlite:{}", replaced.display());
    let former = ground.run(&["employees", "--database", &url]).json;
    assert!(former.to_string().contains("Anna"), "{former}");
}

#[test]
fn d07_database_of_a_running_service_is_not_replaced() {
    let (ground, _store) = stored();
    ground.run(&["backup", "monday.db"]).is(0, "written");
    let service = Service::start(&ground.path(""));
    wait_for("it is ready", || {
        service
            .get("/readyz")
            .starts_with("HTTP/1.1 200")
            .then_some(())
    });
    let refused = ground.run(&["restore", "monday.db", "--replace"]);
    assert_eq!(
        refused.json["error"]["code"], "MUS-BACKUP",
        "{}",
        refused.text
    );
    refused.says("muster serve");
    assert!(service.get("/livez").starts_with("HTTP/1.1 200"));
}

/// Employees change all the time while backups are made.
#[test]
fn p46_backup_while_the_service_applies_runs_is_consistent() {
    let (ground, store) = stored();
    let service = Service::start(&ground.path(""));
    for number in 0..4 {
        let rows =
            (1..=200).map(|id| format!("E-{id},p{id}@acme.example,First{id},Last{number}\n"));
        ground.deliver(
            "a.csv",
            format!("id,mail,first,last\n{}", rows.collect::<String>()),
        );
        let job = enqueue(&store);
        let name = format!("backup-{number}.db");
        ground.run(&["backup", &name]).is(0, "written");
        let verified = ground.run(&["verify", &name]);
        verified.is(0, "intact");
        assert_eq!(end_of(&store, job).0, JobEnd::Done);
    }
    drop(service);
    ground.run(&["verify"]).is(0, "intact");
}

#[test]
fn service_backs_up_each_day_and_retains_the_newest_backups() {
    let (ground, store) = stored();
    let folder = ground.path("muster.db.backups");
    fs::create_dir(&folder).unwrap();
    for name in [
        "muster-2020-05-01T013000Z.db",
        "muster-2020-05-02T013000Z.db",
        "muster-2020-05-03T013000Z.db",
        "muster-before-upgrade.db",
    ] {
        fs::write(folder.join(name), "old").unwrap();
    }
    let service = Service::start_with(&ground.path(""), &["--retained-backups", "2"]);
    let slots = wait_for("the schedule is known", || {
        let slots = ground.run(&["status"]).json["slots"].clone();
        slots.to_string().contains("backup").then_some(slots)
    });
    let backup = slots
        .as_array()
        .unwrap()
        .iter()
        .find(|slot| slot["kind"] == "backup");
    assert!(
        backup.unwrap()["next_slot"]
            .as_str()
            .unwrap()
            .contains("T01:30:00Z")
    );
    let job = NewJob {
        kind: JobKind::Backup,
        workspace: WorkspaceId::ALL,
        integration: None,
        slot: None,
        priority: 0,
        run_at: None,
        max_attempts: 1,
        host: None,
        dedupe_key: None,
        decision: None,
        request: None,
    };
    let job = store.enqueue(&job).unwrap().unwrap();
    assert_eq!(end_of(&store, job), (JobEnd::Done, None));
    let mut names: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names[0], "muster-2020-05-03T013000Z.db", "{names:?}");
    assert_eq!(
        names[2..],
        ["muster-before-upgrade.db"],
        "other files are kept: {names:?}"
    );
    let made = format!("muster.db.backups/{}", names[1]);
    ground.run(&["verify", &made]).is(0, "intact");
    wait_for("its age is a metric", || {
        service
            .get("/metrics")
            .contains("\nmuster_backup_age_seconds ")
            .then_some(())
    });
}

/// D01.
#[test]
fn killed_backup_leaves_no_file_with_the_name_of_a_backup() {
    let ground = ground();
    let mut whole = 0;
    for number in 0..12u64 {
        let name = format!("backup-{number}.db");
        let mut child = ground.spawn(&["backup", &name]);
        thread::sleep(Duration::from_millis(4 * number));
        let _ = child.kill();
        child.wait().unwrap();
        if ground.path(&name).exists() {
            ground.run(&["verify", &name]).is(0, "intact");
            whole += 1;
        }
    }
    assert!(whole < 12, "no backup was interrupted");
    ground.run(&["verify"]).is(0, "intact");
    ground.run(&["backup", "last.db"]).is(0, "written");
}

#[test]
fn database_of_version_0_1_0_is_intact_after_its_upgrade_and_can_be_restored() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../muster-store/tests/fixtures");
    let ground = Ground::new(&fs::read_to_string(fixtures.join("0.1.0.toml")).unwrap());
    fs::copy(fixtures.join("0.1.0.db"), ground.path("muster.db")).unwrap();
    fs::copy(fixtures.join("0.1.0.db.key"), ground.path("muster.db.key")).unwrap();
    fs::set_permissions(
        ground.path("muster.db.key"),
        fs::Permissions::from_mode(0o600),
    )
    .unwrap();
    let verified = ground.run(&["verify"]);
    verified.is(0, "intact");
    let people = ground.run(&["employees"]).json;
    assert_eq!(
        verified.json["verified"]["employees"], 9,
        "{}",
        verified.text
    );
    ground.run(&["backup", "upgraded.db"]).is(0, "written");
    remove_database(&ground);
    ground.run(&["restore", "upgraded.db"]).is(0, "restored");
    assert_eq!(ground.run(&["employees"]).json, people);
}
