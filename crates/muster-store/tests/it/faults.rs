//! What a broken, foreign, locked or read-only file does: a refusal that names it, and no write.

use crate::ground::{Ground, at};
use muster_core::model::{code::Code, run::RunKind, workspace::WorkspaceSettings};
use muster_store::{AcceptedKey, Options, Store, StoreError};
use std::{path::Path, time::Duration};

fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

fn file() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    (folder, path)
}

fn fill(path: &Path) {
    let ground = Ground::on(Store::open(&url(path), Options::default()).unwrap());
    let names: Vec<_> = (0..500).map(|number| format!("p{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    ground
        .settle(ground.begin(RunKind::Sync), &ground.joiners(&names))
        .unwrap();
}

fn refused(path: &Path) -> StoreError {
    Store::open(&url(path), Options::default()).unwrap_err()
}

#[test]
fn a_new_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = file();
    fill(&path);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let again = Store::open(&url(&path), Options::default()).unwrap();
    assert_eq!(again.workspaces().unwrap(), ["acme"]);
}

#[test]
fn d4_read_only_file_is_refused_for_writing_and_can_be_read() {
    let (_folder, path) = file();
    fill(&path);
    let mut permissions = path.metadata().unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&path, permissions).unwrap();
    let error = refused(&path);
    assert_eq!(error.code(), Code::StoreReadOnly);
    assert!(error.to_string().contains("muster.db"), "{error}");

    let store = Store::open_read_only(&url(&path), Options::default()).unwrap();
    assert!(store.workspace("acme").unwrap().is_some());
    let other = store
        .ensure_workspace("other", &WorkspaceSettings::default(), &[], &[], [0; 32])
        .unwrap_err();
    assert_eq!(other.code(), Code::StoreReadOnly);
}

#[test]
fn d4_a_missing_folder_is_refused() {
    let (folder, _) = file();
    assert_eq!(
        refused(&folder.path().join("no/such/muster.db")).code(),
        Code::StoreReadOnly
    );
}

#[test]
fn d6_a_lock_is_waited_for_and_then_reported() {
    let (_folder, path) = file();
    fill(&path);
    let options = Options {
        busy: Duration::from_millis(50),
        ..Options::default()
    };
    let store = Store::open(&url(&path), options).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let settings = WorkspaceSettings {
        language: "nl".to_owned(),
        ..WorkspaceSettings::default()
    };
    let busy = store
        .ensure_workspace("acme", &settings, &[], &[], [0; 32])
        .unwrap_err();
    assert_eq!(busy.code(), Code::StoreBusy);
    assert!(busy.to_string().contains("0.05 s"), "{busy}");
    assert!(busy.is_worth_a_retry());
    other.execute_batch("ROLLBACK").unwrap();
    store
        .ensure_workspace("acme", &settings, &[], &[], [0; 32])
        .unwrap();
}

#[test]
fn d8_truncated_file_is_refused() {
    let (_folder, path) = file();
    fill(&path);
    let length = path.metadata().unwrap().len();
    std::fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(length / 2)
        .unwrap();
    let error = refused(&path);
    assert_eq!(error.code(), Code::StoreDamaged);
    assert!(error.to_string().contains(&length.to_string()), "{error}");
}

#[test]
fn d8_flipped_bytes_are_found() {
    let (_folder, path) = file();
    fill(&path);
    let mut bytes = std::fs::read(&path).unwrap();
    // The header of every page from the second on.
    for page in bytes.chunks_mut(4096).skip(1) {
        page[..16].fill(0xA5);
    }
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(refused(&path).code(), Code::StoreDamaged);
}

#[test]
fn d8_a_file_that_is_no_database_is_refused() {
    let (_folder, path) = file();
    std::fs::write(&path, "external_id,email\n1,a@b.c\n".repeat(50)).unwrap();
    let error = refused(&path);
    assert_eq!(error.code(), Code::StoreDamaged);
    assert!(
        error.to_string().contains("not a SQLite database"),
        "{error}"
    );
}

/// P45.
#[test]
fn d9_a_newer_schema_is_refused() {
    let (_folder, path) = file();
    fill(&path);
    let future = "INSERT INTO migration (number, name) VALUES (99, 'future')";
    rusqlite::Connection::open(&path)
        .unwrap()
        .execute(future, [])
        .unwrap();
    let error = refused(&path);
    assert_eq!(error.code(), Code::StoreNewer);
    assert!(
        error.to_string().contains("99") && error.to_string().contains("knows schemas up to"),
        "{error}"
    );
    let reader = Store::open_read_only(&url(&path), Options::default()).unwrap_err();
    assert_eq!(reader.code(), Code::StoreNewer);
}

/// P45.
#[test]
fn d10_two_programs_that_migrate_at_once_agree() {
    let (_folder, path) = file();
    let name = url(&path);
    std::thread::scope(|scope| {
        let opened: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| Store::open(&name, Options::default())))
            .collect();
        for store in opened {
            store.join().unwrap().unwrap();
        }
    });
}

#[test]
fn an_accepted_host_key_is_kept_per_server() {
    let ground = Ground::new();
    let key = |port| {
        ground
            .store
            .host_key(ground.workspace.id, "ftp.acme.test", port)
            .unwrap()
    };
    assert_eq!(key(22), None);
    for (print, hour) in [("SHA256:old", 1), ("SHA256:new", 2)] {
        ground
            .store
            .accept_host_key(
                ground.workspace.id,
                "ftp.acme.test",
                22,
                print,
                "ops (command line)",
                at(hour),
            )
            .unwrap();
    }
    let accepted = AcceptedKey {
        fingerprint: "SHA256:new".to_owned(),
        at: at(2),
    };
    assert_eq!((key(22), key(2222)), (Some(accepted), None));
}
