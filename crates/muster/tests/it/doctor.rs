//! `muster doctor`: what it finds in a healthy installation, and in ones with a single defect.

use crate::ground::{Answer, Ground, PLAIN};
use muster_testkit::certificate::{Certificate, Flaw, LOCALHOST};
use std::{fs, os::unix::fs::PermissionsExt};

const PEOPLE: &str = "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\n";

/// A directory with an integration in the database, and a backup.
fn healthy() -> Ground {
    let ground = Ground::new(PLAIN);
    fs::create_dir(ground.path("conf")).unwrap();
    let file = PLAIN.replace("file:inbox", "file:../inbox");
    fs::write(ground.path("conf/people.toml"), file).unwrap();
    let applied = ground.run(&["apply", "conf"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
    ground.deliver("a.csv", PEOPLE);
    ground
        .run(&["sync", "people", "--approve"])
        .is(0, "applied");
    let backup = ground.run(&["backup"]);
    assert_eq!(backup.code, 0, "{}", backup.text);
    ground
}

/// The result and the message of a check.
#[track_caller]
fn check(answer: &Answer, name: &str) -> (String, String) {
    let checks = answer.json["checks"].as_array().expect(&answer.text);
    let found = checks.iter().find(|check| check["check"] == name);
    let found = found.unwrap_or_else(|| panic!("no {name} in {}", answer.text));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    assert_eq!(text("help").is_empty(), text("result") == "ok", "{found}");
    (text("result"), text("message"))
}

#[track_caller]
fn fails(answer: &Answer, name: &str, message: &str) {
    let (result, found) = check(answer, name);
    assert_eq!(result, "failed", "{found}");
    assert!(found.contains(message), "no `{message}` in {found}");
    assert_eq!(answer.code, 1);
    assert_eq!(answer.json["status"], "failed");
}

#[track_caller]
fn warns(answer: &Answer, name: &str, message: &str) {
    let (result, found) = check(answer, name);
    assert_eq!(result, "warning", "{found}");
    assert!(found.contains(message), "no `{message}` in {found}");
}

#[test]
fn healthy_installation_has_only_good_results_and_is_not_changed() {
    let ground = healthy();
    let before = fs::read(ground.path("muster.db")).unwrap();
    let answer = ground.run(&["doctor"]);
    for name in [
        "configuration",
        "database",
        "master_key",
        "backups",
        "clock",
        "time_zones",
        "integrations",
        "credentials",
        "queue",
        "issues",
    ] {
        let (result, message) = check(&answer, name);
        assert_eq!(result, "ok", "{name}: {message}");
    }
    assert_eq!(fs::read(ground.path("muster.db")).unwrap(), before);
    let text = String::from_utf8(ground.output(&["doctor"]).stdout).unwrap();
    assert!(text.contains("ok database: "), "{text}");
}

#[test]
fn installation_without_a_database_is_a_warning() {
    let ground = Ground::new(PLAIN);
    let answer = ground.run(&["doctor"]);
    warns(&answer, "database", "there is no database");
    assert!(!ground.path("muster.db").exists(), "{}", answer.text);
}

#[test]
fn damaged_file_wrong_key_and_clock_set_back_fail() {
    let mut ground = healthy();
    ground.at("2026-05-01T00:00:00Z");
    fails(&ground.run(&["doctor"]), "clock", "started later");
    ground.at("2026-05-04T02:45:00Z");

    let other = healthy();
    let key = ground.path("muster.db.key");
    fs::copy(other.path("muster.db.key"), &key).unwrap();
    fails(&ground.run(&["doctor"]), "master_key", "is encrypted with");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    fails(&ground.run(&["doctor"]), "master_key", "other accounts");
    fs::remove_file(&key).unwrap();
    fails(&ground.run(&["doctor"]), "master_key", "there is no file");

    fs::write(ground.path("muster.db"), "not a database").unwrap();
    fails(&ground.run(&["doctor"]), "database", "");
}

#[test]
fn stored_secret_warns_before_it_expires_and_fails_afterwards() {
    let mut ground = Ground::new("");
    fs::create_dir(ground.path("conf")).unwrap();
    fs::write(
        ground.path("conf/hr.toml"),
        "workspace = \"acme\"\nname = \"hr\"\npreset = \"alleo\"\n[source]\nurl = \"sftp://sftp.example/in\"\n\
         [credentials]\nuser = \"eva\"\npassword = { stored = true }\n",
    )
    .unwrap();
    let applied = ground.run(&["apply", "conf"]);
    assert_eq!(applied.code, 0, "{}", applied.text);
    let set = ["secret", "set", "hr", "password", "--expires", "2026-06-30"];
    assert_eq!(ground.pipe(&set, "secret").code, 0);
    let (result, message) = check(&ground.run(&["doctor"]), "credentials");
    assert_eq!(result, "ok", "{message}");
    ground.at("2026-06-20T00:00:00Z");
    warns(&ground.run(&["doctor"]), "credentials", "expires at");
    ground.at("2026-07-02T00:00:00Z");
    fails(&ground.run(&["doctor"]), "credentials", "expired at");
}

#[test]
fn backups_that_are_switched_off_or_missing_are_a_warning() {
    let ground = healthy();
    let off = ground.run(&["doctor", "--backups", "off"]);
    warns(&off, "backups", "switched off");
    let none = ground.run(&["doctor", "--backups", "elsewhere"]);
    warns(&none, "backups", "no backup");
}

#[test]
fn certificate_that_is_not_valid_today_fails() {
    let mut ground = healthy();
    let folder = ground.path("tls");
    fs::create_dir(&folder).unwrap();
    for (flaw, now, wanted) in [
        (
            Flaw::Expired,
            "2026-05-04T02:45:00Z",
            "expired at 2021-01-01",
        ),
        (Flaw::NotYetValid, "2026-05-04T02:45:00Z", "only from 2060"),
    ] {
        ground.at(now);
        let made = Certificate::new(&folder, LOCALHOST, flaw);
        fs::set_permissions(&made.key, fs::Permissions::from_mode(0o600)).unwrap();
        let (certificate, key) = (made.certificate.display(), made.key.display());
        let answer = ground.run(&[
            "doctor",
            "--tls-certificate",
            &certificate.to_string(),
            "--tls-key",
            &key.to_string(),
        ]);
        fails(&answer, "certificate", wanted);
    }
    // The one that was made last is about to expire.
    ground.at("2060-12-25T00:00:00Z");
    let (certificate, key) = (folder.join("server.pem"), folder.join("server.key"));
    let answer = ground.run(&[
        "doctor",
        "--tls-certificate",
        &certificate.display().to_string(),
        "--tls-key",
        &key.display().to_string(),
    ]);
    warns(&answer, "certificate", "expires at 2061-01-01");
    let alone = ground.run(&["doctor", "--tls-key", &key.display().to_string()]);
    fails(&alone, "certificate", "only one of them");
}
