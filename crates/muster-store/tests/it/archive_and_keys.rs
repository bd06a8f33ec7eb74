//! What is kept sealed, and what an erasure and the end of a time leave of it.

use crate::ground::{Database, Ground, at, change, operation};
use muster_core::{
    model::{code::Code, field::canonical, ids::EmployeeId, plan::OperationKind, run::RunKind},
    privacy::{
        file_erasure::Form,
        retention::{Keep, Retention},
    },
};
use muster_store::{Erasure, Keyring, ManualEdit, Options, Purge, Store, StoreError};
use std::time::Duration;

const FILE: &str = "id,email,title\nE-Eva,eva@acme.test,Clerk\nE-Ben,ben@acme.test,Lead\n";

/// The SHA-256 that runs of the ground say they have read.
fn sha256() -> String {
    "ab".repeat(32)
}

fn form() -> Form {
    Form {
        delimiter: Some(b','),
        header: true,
        ids: vec!["id".to_owned()],
        others: Vec::new(),
        columns: Vec::new(),
        json_lines: false,
        part: None,
        skip_rows: 0,
        sheet: None,
    }
}

fn keep(ground: &Ground, text: &str) {
    let content = ground
        .store
        .encrypt_content(&ground.workspace, &sha256(), form(), &mut text.as_bytes())
        .unwrap();
    ground
        .store
        .archive_contents(ground.workspace.id, &[content.unwrap()], at(2))
        .unwrap();
}

fn kept(ground: &Ground) -> Option<String> {
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.operations(Vec::new())).unwrap();
    let files = ground.store.delivery(ground.workspace.id, run).unwrap()?;
    Some(String::from_utf8(files[0].bytes.to_vec()).unwrap())
}

fn erase(ground: &Ground, id: i64, revision: i64) -> Result<(), StoreError> {
    let run = ground.begin(RunKind::Erase);
    let erasure = Erasure {
        workspace: &ground.workspace,
        employee: EmployeeId(id),
        revision,
        run,
        why: "on request",
        by: Some("Eva"),
        now: at(3),
    };
    ground.store.erase(&erasure).map(|_| ())
}

#[test]
fn a_delivery_of_any_size_comes_back_byte_for_byte_and_once() {
    let ground = Ground::new();
    // More than one chunk of bytes that do not compress.
    let mut state = 7u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b' ' + ((state >> 40) % 90) as u8)
    };
    let big: String = (0..1_500_000).map(|_| next()).collect();
    keep(&ground, &big);
    assert!(
        ground
            .store
            .has_content(ground.workspace.id, &sha256(), &form())
            .unwrap()
    );
    assert_eq!(kept(&ground).unwrap(), big);
}

#[test]
fn m24_erased_employee_is_removed_from_archived_and_later_deliveries() {
    let ground = Ground::with(&["Eva", "Ben"]);
    keep(&ground, FILE);
    erase(&ground, 1, 1).unwrap();
    assert_eq!(
        kept(&ground).unwrap(),
        "id,email,title\n\nE-Ben,ben@acme.test,Lead\n"
    );
    // The source still has her: nothing of that is kept either.
    let content = |text: &str, sha: &str| {
        let encrypted = ground
            .store
            .encrypt_content(&ground.workspace, sha, form(), &mut text.as_bytes())
            .unwrap();
        encrypted.map(|content| {
            ground
                .store
                .archive_contents(ground.workspace.id, &[content], at(4))
                .unwrap()
        })
    };
    assert!(content(&FILE.replace("Clerk", "Boss"), &sha256()).is_some());
    assert_eq!(
        kept(&ground).unwrap(),
        "id,email,title\n\nE-Ben,ben@acme.test,Lead\n"
    );
    assert!(
        content("id,email\nE-Ben,Eva <eva@acme.test>\n", "cd").is_none(),
        "unsure: not kept"
    );
}

#[test]
fn erasure_is_void_if_the_employee_has_changed_or_was_erased() {
    let ground = Ground::with(&["Eva"]);
    assert_eq!(erase(&ground, 1, 0).unwrap_err().code(), Code::PlanVoid);
    assert_eq!(ground.person(1).value(canonical::FIRST_NAME), Some("Eva"));
    erase(&ground, 1, 1).unwrap();
    assert_eq!(ground.person(1).facts.as_ref().iter().count(), 0);
}

#[test]
fn m24_erasure_during_another_read_is_completed_by_a_sweep() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("d.db");
    let options = Options {
        busy: Duration::from_millis(20),
        ..Options::default()
    };
    let store = Store::open(&format!("sqlite:{}", path.display()), options).unwrap();
    store.unlock(Keyring::generate().unwrap()).unwrap();
    let ground = Ground::on(store);
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.joiners(&["Quackenbush"]))
        .unwrap();
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM employee;")
        .unwrap();
    erase(&ground, 1, 1).unwrap();
    assert!(ground.store.is_purge_wanted().unwrap());
    assert!(
        ground.store.purge().unwrap() == Purge::Busy,
        "the reader still sees the past"
    );
    let stands = || {
        let log = std::fs::read(folder.path().join("d.db-wal")).unwrap_or_default();
        let bytes = [std::fs::read(&path).unwrap(), log].concat();
        bytes.windows(11).any(|window| window == b"Quackenbush")
    };
    assert!(stands());
    drop(reader);
    assert_eq!(ground.store.purge().unwrap(), Purge::Done);
    assert!(!ground.store.is_purge_wanted().unwrap() && !stands());
}

#[test]
fn m24_history_of_an_erased_employee_has_no_values() {
    let ground = Ground::with(&["Eva", "Ben"]);
    let person = ground.person(1);
    let run = ground.begin(RunKind::Sync);
    let update = operation(
        OperationKind::Update,
        &person,
        vec![change(canonical::TITLE, "", "Luthier")],
    );
    ground
        .settle(run, &ground.operations(vec![update]))
        .unwrap();
    let places = ground
        .store
        .personal_data(&ground.workspace, EmployeeId(1))
        .unwrap();
    assert!(
        places
            .iter()
            .any(|location| location.what == "history" && location.count == 1),
        "{places:?}"
    );
    erase(&ground, 1, 2).unwrap();
    let history = ground
        .store
        .history(&ground.workspace, EmployeeId(1))
        .unwrap();
    let kinds: Vec<_> = history
        .iter()
        .map(|entry| (entry.kind, entry.changes.len()))
        .collect();
    assert_eq!(
        kinds,
        [
            (OperationKind::Create, 0),
            (OperationKind::Update, 0),
            (OperationKind::Delete, 1)
        ]
    );
    assert_eq!(ground.person(2).value(canonical::FIRST_NAME), Some("Ben"));
}

#[test]
fn erasure_keeps_values_that_another_employee_also_has() {
    let ground = Ground::with(&["Eva", "Ben"]);
    let (eva, ben) = (ground.person(1), ground.person(2));
    let run = ground.begin(RunKind::Sync);
    let gives = operation(
        OperationKind::Update,
        &eva,
        vec![change(canonical::EMAIL, "Eva@Acme.test", "e2@acme.test")],
    );
    let takes = operation(
        OperationKind::Update,
        &ben,
        vec![change(canonical::EMAIL, "Ben@Acme.test", "eva@acme.test")],
    );
    ground
        .settle(run, &ground.operations(vec![gives, takes]))
        .unwrap();
    keep(
        &ground,
        "id,email,title\nE-Ben,eva@acme.test,Lead\nE-Eva,e2@acme.test,Clerk\n",
    );
    erase(&ground, 1, 2).unwrap();
    assert_eq!(
        kept(&ground).unwrap(),
        "id,email,title\nE-Ben,eva@acme.test,Lead\n\n"
    );
    assert_eq!(ground.person(2).email(), "eva@acme.test");
}

#[test]
fn retention_deletes_deliveries_that_no_later_run_has_read() {
    let mut ground = Ground::with(&["Eva"]);
    keep(&ground, FILE);
    let retention = |days| Retention {
        deliveries: Keep::Days(days),
        ..Retention::default()
    };
    ground.workspace.settings.retention = retention(1);
    assert_eq!(
        ground
            .store
            .retain(&ground.workspace, at(20))
            .unwrap()
            .deliveries,
        0
    );
    assert_eq!(
        ground
            .store
            .retain(&ground.workspace, at(30))
            .unwrap()
            .deliveries,
        1
    );
    assert_eq!(kept(&ground), None);
    keep(&ground, FILE);
    ground.workspace.settings.retention = retention(0);
    assert_eq!(
        ground
            .store
            .retain(&ground.workspace, at(1))
            .unwrap()
            .deliveries,
        1
    );
}

#[test]
fn secrets_are_kept_by_workspace_and_name_until_they_are_forgotten() {
    let ground = Ground::new();
    let (store, workspace) = (&ground.store, ground.workspace.id);
    assert!(store.secret(workspace, "youserve").unwrap().is_none());
    store
        .put_secret(workspace, "youserve", b"one", None)
        .unwrap();
    store
        .put_secret(workspace, "youserve", b"two", Some(at(5)))
        .unwrap();
    let secret = store.secret(workspace, "youserve").unwrap().unwrap();
    assert_eq!(
        (secret.bytes.as_slice(), secret.expires),
        (b"two".as_slice(), Some(at(5)))
    );
    assert!(
        !format!("{secret:?}").contains("116"),
        "the bytes of `two` are not shown"
    );
    assert_eq!(store.retain(&ground.workspace, at(4)).unwrap().secrets, 0);
    assert_eq!(store.retain(&ground.workspace, at(6)).unwrap().secrets, 1);
    assert!(!store.forget_secret(workspace, "youserve").unwrap());
}

#[test]
fn p32_database_with_encrypted_values_needs_its_key() {
    let database = Database::new();
    let keyring = Keyring::generate().unwrap();
    let open = || database.open();
    let ground = Ground::on(open());
    let workspace = ground.workspace.id;
    assert_eq!(
        ground
            .store
            .put_secret(workspace, "a", b"b", None)
            .unwrap_err()
            .code(),
        Code::MasterKey
    );
    ground.store.unlock(keyring.clone()).unwrap();
    ground.store.put_secret(workspace, "a", b"b", None).unwrap();
    drop(ground);
    let store = open();
    assert_eq!(store.wanted_keys().unwrap(), [keyring.id()]);
    let error = store.unlock(Keyring::generate().unwrap()).unwrap_err();
    assert!(
        error.code() == Code::MasterKey && error.to_string().contains(keyring.id()),
        "{error}"
    );
    store.unlock(keyring).unwrap();
    assert_eq!(
        store
            .secret(workspace, "a")
            .unwrap()
            .unwrap()
            .bytes
            .as_slice(),
        b"b"
    );
}

/// A database in a folder, opened with a keyring.
fn opened(folder: &tempfile::TempDir, keyring: &Keyring) -> Result<Store, StoreError> {
    let url = format!("sqlite:{}", folder.path().join("muster.db").display());
    let store = Store::open(&url, Options::default())?;
    store.unlock(keyring.clone())?;
    Ok(store)
}

#[test]
fn p33_new_master_key_decrypts_everything_and_the_old_one_no_longer_encrypts() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());
    let late = opened(&folder, &old).unwrap();
    let workspace = late
        .ensure_workspace("acme", &Default::default(), &[], &[], [7; 32])
        .unwrap();
    late.put_secret(workspace.id, "token", b"hunter2", None)
        .unwrap();
    let content = late
        .encrypt_content(&workspace, &sha256(), form(), &mut FILE.as_bytes())
        .unwrap()
        .unwrap();
    late.archive_contents(workspace.id, &[content], at(2))
        .unwrap();
    let both = opened(&folder, &old.encrypting_with(&new)).unwrap();
    let done = ManualEdit {
        actor: Some("Eva"),
        note: Some("the master key was changed"),
        process: 1,
        now: at(3),
    };
    let rotated = both.rotate(&done).unwrap();
    assert_eq!((rotated.secrets, rotated.deliveries), (1, 1));
    assert_eq!(both.wanted_keys().unwrap(), [new.id()]);
    let again = both.rotate(&done).unwrap();
    assert_eq!((again.secrets, again.deliveries), (0, 0), "it is done");
    assert_eq!(
        both.runs(workspace.id, 10).unwrap().len(),
        1,
        "and recorded once"
    );
    // A process that began before has the old key: it is told which one is wanted, and seals nothing with its own.
    let refused = late
        .put_secret(workspace.id, "other", b"x", None)
        .unwrap_err();
    assert!(
        matches!(&refused, StoreError::WrongKey { wanted, .. } if wanted == new.id()),
        "{refused}"
    );
    let content = late
        .encrypt_content(&workspace, &"cd".repeat(32), form(), &mut FILE.as_bytes())
        .unwrap()
        .unwrap();
    assert!(
        late.archive_contents(workspace.id, &[content], at(3))
            .is_err()
    );
    drop((late, both));
    assert!(matches!(
        opened(&folder, &old),
        Err(StoreError::WrongKey { .. })
    ));
    let store = opened(&folder, &new).unwrap();
    assert_eq!(
        store
            .secret(workspace.id, "token")
            .unwrap()
            .unwrap()
            .bytes
            .as_slice(),
        b"hunter2"
    );
    assert!(store.has_content(workspace.id, &sha256(), &form()).unwrap());
}

#[test]
fn p33_rotation_with_an_undecryptable_value_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());
    let store = opened(&folder, &old).unwrap();
    let workspace = store
        .ensure_workspace("acme", &Default::default(), &[], &[], [7; 32])
        .unwrap();
    store
        .put_secret(workspace.id, "a", b"hunter2", None)
        .unwrap();
    store
        .put_secret(workspace.id, "b", b"hunter3", None)
        .unwrap();
    drop(store);
    let raw = rusqlite::Connection::open(folder.path().join("muster.db")).unwrap();
    raw.execute(
        "UPDATE secret SET sealed = substr(sealed, 1, 50) WHERE name = 'b'",
        [],
    )
    .unwrap();
    let both = opened(&folder, &old.encrypting_with(&new)).unwrap();
    let done = ManualEdit {
        actor: None,
        note: None,
        process: 1,
        now: at(3),
    };
    assert!(
        both.rotate(&done)
            .unwrap_err()
            .to_string()
            .contains("the secret `b`")
    );
    assert_eq!(both.wanted_keys().unwrap(), [old.id()]);
    assert_eq!(
        opened(&folder, &old)
            .unwrap()
            .secret(workspace.id, "a")
            .unwrap()
            .unwrap()
            .bytes
            .as_slice(),
        b"hunter2"
    );
}
