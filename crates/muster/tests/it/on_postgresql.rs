//! The program with a database on a PostgreSQL server: what an operator does with it from the first run on.

use crate::ground::{Ground, PLAIN};
use muster_testkit::postgresql::Postgresql;

/// A server with an empty database.
pub(crate) fn server(order: &str) -> Postgresql {
    let server = Postgresql::start();
    server
        .run(&format!(
            "CREATE DATABASE people TEMPLATE template0 {order}"
        ))
        .unwrap();
    server
}

pub(crate) fn ground(server: &Postgresql) -> Ground {
    Ground::new(PLAIN).with_database(server.url("people"))
}

#[test]
fn directory_on_a_server_is_synced_changed_undone_and_verified() {
    let server = server("LOCALE 'C.UTF-8'");
    let mut ground = ground(&server);
    ground.deliver(
        "a.csv",
        "id,mail,first,last\nE1,ann@acme.example,Ann,Bos\nE2,bob@acme.example,Bob,Éclair\n",
    );
    ground.sync().is(0, "applied");
    assert!(ground.path("muster.key").exists());
    assert_eq!(ground.person("E2")["last_name"], "Éclair");
    assert_eq!(ground.person("ann@acme.example")["first_name"], "Ann");
    ground.at("2026-05-05T02:45:00Z");
    ground.deliver(
        "b.csv",
        "id,mail,first,last\nE1,ann@acme.example,Anne,Bos\nE3,cas@acme.example,Cas,Dam\n",
    );
    let second = ground.sync();
    second.is(0, "applied");
    assert_eq!(ground.person("E1")["first_name"], "Anne");
    assert_eq!(ground.person("E3")["status"], "active");
    ground.at("2026-05-05T03:00:00Z");
    ground
        .run(&["undo", &second.run_id(), "--approve"])
        .is(0, "applied");
    assert_eq!(ground.person("E1")["first_name"], "Ann");
    assert_eq!(ground.person("E3")["status"], "inactive");
    let verified = ground.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text);
}

#[test]
fn backup_and_rehearsal_of_a_server_are_refused_in_words() {
    let server = server("LOCALE 'C.UTF-8'");
    let ground = ground(&server);
    ground.deliver("a.csv", "id,mail,first,last\nE1,ann@acme.example,Ann,Bos\n");
    ground.sync().is(0, "applied");
    for arguments in [
        &["backup"][..],
        &["restore", "muster.db"],
        &["--rehearse", "sync", "integration.toml"],
    ] {
        let refused = ground.run(arguments);
        assert_ne!(refused.code, 0, "{arguments:?}");
        assert!(
            refused.text.contains("server") || refused.text.contains("file"),
            "{}",
            refused.text
        );
    }
}

#[test]
fn server_that_cannot_be_used_is_named_without_its_password() {
    let server = server("LOCALE_PROVIDER icu ICU_LOCALE 'en'");
    let known = server.url("people");
    let socket = known.strip_prefix("postgres://muster@").unwrap();
    let folder = socket.strip_suffix("/people").unwrap();
    for (url, code, why) in [
        (
            format!("postgres://muster:s3cret@{socket}"),
            "MUS-CONFIGURATION",
            "LOCALE",
        ),
        (
            format!("postgres://muster:s3cret@{folder}/nothing"),
            "MUS-STORE-UNREACHABLE",
            "nothing",
        ),
        (
            "postgres://eva:s3cret@127.0.0.1:1/people".to_owned(),
            "MUS-STORE-UNREACHABLE",
            "127.0.0.1:1",
        ),
        (
            "postgres://eva:s3cret@127.0.0.1/people?sslmode=prefer".to_owned(),
            "MUS-CONFIGURATION",
            "sslmode",
        ),
    ] {
        let ground = Ground::new(PLAIN).with_database(url);
        ground.deliver("a.csv", "id,mail,first,last\nE1,ann@acme.example,Ann,Bos\n");
        let refused = ground.sync();
        assert!(
            refused.text.contains(code) && refused.text.contains(why),
            "{}",
            refused.text
        );
        assert!(!refused.text.contains("s3cret"), "{}", refused.text);
    }
}

#[test]
fn installation_is_moved_to_a_server_with_its_key() {
    let server = server("LOCALE 'C.UTF-8'");
    let first = Ground::new(PLAIN);
    first.deliver("a.csv", "id,mail,first,last\nE1,ann@acme.example,Ann,Bos\n");
    first.sync().is(0, "applied");
    let (from, to) = (first.database().to_owned(), server.url("people"));
    let copied = first.run(&["database", "copy", &from, &to]);
    assert_eq!(copied.code, 0, "{}", copied.text);
    let tables = copied.json["tables"].as_array().unwrap();
    let rows = |name: &str| {
        let table = tables.iter().find(|table| table["name"] == name);
        table.unwrap()["rows"].as_u64()
    };
    assert_eq!((rows("employee"), rows("run")), (Some(1), Some(1)));
    let key = copied.json["keys"][0].as_str().unwrap();
    assert!(!key.is_empty());
    std::fs::copy(first.path("muster.db.key"), first.path("muster.key")).unwrap();
    let mut moved = first.with_database(to.clone());
    assert_eq!(moved.person("E1")["first_name"], "Ann");
    moved.at("2026-05-05T02:45:00Z");
    moved.deliver(
        "b.csv",
        "id,mail,first,last\nE1,ann@acme.example,Anne,Bos\n",
    );
    moved.sync().is(0, "applied");
    assert_eq!(moved.person("E1")["first_name"], "Anne");
    let verified = moved.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text);
    let refused = moved.run(&["database", "copy", &from, &to]);
    assert_ne!(refused.code, 0);
    assert!(
        refused.text.contains("already has workspaces"),
        "{}",
        refused.text
    );
}
