//! Each kind of contradiction in a database is found, and a database without one has no finding.

use crate::ground::{BUDGET, Ground, at, change, operation};
use muster_core::model::{
    code::Code, field::canonical::TITLE, ids::EmployeeId, plan::OperationKind, run::RunKind,
};
use muster_store::{
    BackupFault, Inconsistency, Keyring, MailSecurity, MailServer, NewCredential, Options,
    Restoration, Store, StoreError, read_backup,
};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// Three employees, one changed twice, one with a budget, one who left, and a credential.
fn directory() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    let ground = Ground::on(Store::open(&url(&path), Options::default()).unwrap());
    let store = &ground.store;
    store.unlock(Keyring::generate().unwrap()).unwrap();
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.joiners(&["ann", "bob", "cas"]))
        .unwrap();
    for (old, new) in [("", "Clerk"), ("Clerk", "Lead")] {
        let mut changes = vec![change(TITLE, old, new)];
        if old.is_empty() {
            changes.push(change(BUDGET, "12.50", "20"));
        }
        let changed = operation(OperationKind::Update, &ground.person(1), changes);
        let run = ground.begin(RunKind::Sync);
        ground
            .settle(run, &ground.operations(vec![changed]))
            .unwrap();
    }
    let leaves = operation(OperationKind::Deactivate, &ground.person(3), Vec::new());
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.operations(vec![leaves]))
        .unwrap();
    let credential = NewCredential {
        integration: "hr",
        name: "credentials.password",
        value: b"secret",
        expires: None,
    };
    store
        .set_credential(ground.workspace.id, &credential, None, at(2))
        .unwrap();
    drop(ground);
    (folder, path)
}

fn findings(path: &Path) -> Vec<Inconsistency> {
    let store = Store::open(&url(path), Options::default()).unwrap();
    let verified = store.verify().unwrap();
    assert_eq!((verified.workspaces, verified.unread), (1, 1));
    let found = verified.findings.into_iter();
    found.map(|finding| finding.what).collect()
}

#[test]
fn directory_without_a_contradiction_has_no_finding() {
    let (_folder, path) = directory();
    let store = Store::open(&url(&path), Options::default()).unwrap();
    let verified = store.verify().unwrap();
    assert_eq!(verified.findings, []);
    assert_eq!((verified.employees, verified.changes), (3, 3));
    assert!(verified.grants >= 3, "{verified:?}");
    assert!(verified.audit_entries >= 5, "{verified:?}");
}

#[test]
fn p46_every_kind_of_contradiction_is_found() {
    let history = |field: &str| Inconsistency::History {
        employee: EmployeeId(1),
        field: field.to_owned(),
    };
    let orphans = |table: &str, of: &str, rows| Inconsistency::Orphans {
        table: table.to_owned(),
        of: of.to_owned(),
        rows,
    };
    for (text, expected) in [
        (
            "UPDATE employee SET title = 'Clerk' WHERE id = 1",
            history("title"),
        ),
        (
            "UPDATE employee SET title = NULL WHERE id = 1",
            history("title"),
        ),
        (
            "UPDATE change SET changes = replace(changes, '\"Clerk\"', '\"Boss\"') WHERE employee_id = 1 \
             AND run_id = (SELECT max(run_id) FROM change WHERE employee_id = 1)",
            history("title"),
        ),
        (
            "UPDATE employee SET own = '{\"monthly_all_budget\":\"21\"}' WHERE id = 1",
            history("monthly_all_budget"),
        ),
        (
            "UPDATE employee SET status = 'active' WHERE id = 3",
            Inconsistency::Employed {
                expected: 2,
                found: 3,
            },
        ),
        (
            "DELETE FROM employee WHERE id = 2",
            Inconsistency::Employees {
                expected: 3,
                found: 2,
            },
        ),
        (
            "DELETE FROM employee WHERE id = 2",
            orphans("roster", "employee", 1),
        ),
        (
            "UPDATE workspace SET next_employee = 3",
            Inconsistency::Numbering {
                table: "employee".to_owned(),
                next: 3,
                highest: 3,
            },
        ),
        (
            "DELETE FROM run WHERE id = (SELECT max(id) FROM run)",
            orphans("change", "run", 1),
        ),
        (
            "DELETE FROM integration",
            orphans("employee", "integration", 3),
        ),
        (
            "DELETE FROM master_key",
            orphans("credential", "master_key", 1),
        ),
        (
            "UPDATE roster SET missed = 4 WHERE employee_id = 2",
            Inconsistency::Roster {
                expected: 3,
                found: 3,
            },
        ),
        (
            "UPDATE budget_grant SET starts = '2020-01-01' WHERE employee_id = 2",
            Inconsistency::Ledger {
                employee: EmployeeId(2),
                grant: 1,
            },
        ),
        (
            "DELETE FROM budget_grant WHERE employee_id = 1 AND number = 1",
            Inconsistency::Ledger {
                employee: EmployeeId(1),
                grant: 2,
            },
        ),
        (
            "UPDATE audit_entry SET actor = 'schedule' WHERE number = 2",
            Inconsistency::AuditLog { entry: 2 },
        ),
        (
            "DELETE FROM audit_entry WHERE number = 1",
            Inconsistency::AuditLog { entry: 1 },
        ),
        (
            "DELETE FROM audit_entry",
            Inconsistency::AuditLog { entry: 0 },
        ),
    ] {
        let (_folder, path) = directory();
        assert_eq!(findings(&path), []);
        let changed = Connection::open(&path).unwrap().execute(text, []).unwrap();
        assert!(changed > 0, "{text}");
        let found = findings(&path);
        assert!(found.contains(&expected), "{text}: {found:?}");
    }
}

#[test]
fn altered_credential_is_found_with_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    let store = Store::open(&url(&path), Options::default()).unwrap();
    store.unlock(Keyring::generate().unwrap()).unwrap();
    let ground = Ground::on(store);
    for (name, value) in [
        ("credentials.password", b"one"),
        ("credentials.token", b"two"),
    ] {
        let credential = NewCredential {
            integration: "hr",
            name,
            value,
            expires: None,
        };
        ground
            .store
            .set_credential(ground.workspace.id, &credential, None, at(2))
            .unwrap();
    }
    let verified = ground.store.verify().unwrap();
    assert_eq!((verified.secrets, verified.findings), (2, vec![]));
    // One stored in place of the other decrypts as neither.
    Connection::open(&path)
        .unwrap()
        .execute(
            "UPDATE credential SET sealed = (SELECT sealed FROM credential WHERE name = 'credentials.token')",
            [],
        )
        .unwrap();
    let verified = ground.store.verify().unwrap();
    assert_eq!(verified.secrets, 1);
    assert!(matches!(
        &verified.findings[..],
        [finding] if matches!(&finding.what, Inconsistency::Undecryptable { what } if what.contains("credentials.password"))
    ));
}

/// The installation has secrets, too: the password of its mail server, and those of the two-step sign-in of its users.
#[test]
fn altered_secret_of_the_installation_is_found_with_the_key_and_counted_without() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    let store = Store::open(&url(&path), Options::default()).unwrap();
    store.unlock(Keyring::generate().unwrap()).unwrap();
    let server = MailServer {
        host: "mail.acme.example".to_owned(),
        port: 465,
        security: MailSecurity::Tls,
        sender: "muster@acme.example".to_owned(),
        user: Some("muster".to_owned()),
        ca_certificate: None,
    };
    store
        .set_mail_server(&server, Some(b"secret"), "eva", at(1))
        .unwrap();
    let verified = store.verify().unwrap();
    assert_eq!((verified.secrets, verified.findings), (1, vec![]));
    assert_eq!(
        Store::open(&url(&path), Options::default())
            .unwrap()
            .verify()
            .unwrap()
            .unread,
        1
    );
    Connection::open(&path)
        .unwrap()
        .execute(
            "UPDATE secret SET sealed = CAST(sealed || x'00' AS BLOB) WHERE workspace_id = 0",
            [],
        )
        .unwrap();
    let verified = store.verify().unwrap();
    assert_eq!(verified.secrets, 0);
    let [finding] = &verified.findings[..] else {
        panic!("{:?}", verified.findings);
    };
    assert_eq!(finding.workspace, None);
    assert!(
        matches!(&finding.what, Inconsistency::Undecryptable { what } if what.contains("mail-server")),
        "{finding:?}"
    );
}

#[test]
fn removed_index_entry_is_a_damaged_file_and_no_finding() {
    let (_folder, path) = directory();
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "PRAGMA writable_schema = ON; \
             UPDATE sqlite_schema SET sql = replace(sql, 'lower(email)', 'upper(email)') WHERE name LIKE 'employee_%email%';",
        )
        .unwrap();
    drop(connection);
    let options = Options {
        check: None,
        ..Options::default()
    };
    let store = Store::open(&url(&path), options).unwrap();
    assert_eq!(store.verify().unwrap_err().code(), Code::StoreDamaged);
}

#[test]
fn d09_backup_with_a_newer_schema_is_refused() {
    let (folder, path) = directory();
    let file = folder.path().join("monday.db");
    Store::open(&url(&path), Options::default())
        .unwrap()
        .back_up(&file, at(3))
        .unwrap();
    let note = read_backup(&file).unwrap();
    assert_eq!(note.made, at(3));
    Connection::open(&file)
        .unwrap()
        .execute(
            "INSERT INTO migration (number, name) VALUES (9999, 'later')",
            [],
        )
        .unwrap();
    let target = url(&folder.path().join("restored.db"));
    let refused = Restoration::begin(&file, &target, false).err().unwrap();
    assert_eq!(refused.code(), Code::StoreNewer, "{refused}");
    assert!(!folder.path().join("restored.db").exists());
}

#[test]
fn backup_of_an_older_schema_is_migrated_while_it_is_restored() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/0.1.0.db");
    let folder = tempfile::tempdir().unwrap();
    let (path, file) = (
        folder.path().join("muster.db"),
        folder.path().join("old.db"),
    );
    std::fs::copy(fixture, &path).unwrap();
    // Opened for reading only, it is not migrated.
    let old = Store::open_read_only(&url(&path), Options::default()).unwrap();
    old.back_up(&file, at(3)).unwrap();
    let restored = folder.path().join("restored.db");
    let restoration = Restoration::begin(&file, &url(&restored), false).unwrap();
    assert!(restoration.note.schema < 15);
    let store = restoration.open().unwrap();
    assert_eq!(store.verify().unwrap().findings, []);
    drop(store);
    restoration.complete(at(4)).unwrap();
    let store = Store::open(&url(&restored), Options::default()).unwrap();
    assert_eq!(store.verify().unwrap().employees, 9);
}

/// D10: a migration that fails leaves the database as it was. P45.
#[test]
fn failed_migration_leaves_the_old_database() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/0.1.0.db");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    std::fs::copy(fixture, &path).unwrap();
    let schema = || -> Vec<String> {
        let connection = Connection::open(&path).unwrap();
        let mut statement = connection
            .prepare("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name")
            .unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let connection = Connection::open(&path).unwrap();
    // The last migrations cannot add what exists.
    connection
        .execute_batch("CREATE TABLE account_user (id INTEGER)")
        .unwrap();
    drop(connection);
    let before = schema();
    let refused = Store::open(&url(&path), Options::default()).unwrap_err();
    assert!(matches!(refused, StoreError::Failed { .. }), "{refused}");
    assert_eq!(schema(), before);
    Connection::open(&path)
        .unwrap()
        .execute_batch("DROP TABLE account_user")
        .unwrap();
    let store = Store::open(&url(&path), Options::default()).unwrap();
    assert_eq!(store.verify().unwrap().findings, []);
}

#[test]
fn backup_is_not_opened_as_a_database() {
    let (folder, path) = directory();
    let file = folder.path().join("monday.db");
    let store = Store::open(&url(&path), Options::default()).unwrap();
    store.back_up(&file, at(3)).unwrap();
    for opened in [
        Store::open(&url(&file), Options::default()),
        Store::open_read_only(&url(&file), Options::default()),
    ] {
        let refused = opened.unwrap_err();
        assert!(
            matches!(
                refused,
                StoreError::Backup {
                    fault: BackupFault::IsABackup,
                    ..
                }
            ),
            "{refused}"
        );
    }
}
