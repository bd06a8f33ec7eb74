//! A whole database is copied from a file to a server and back.

use crate::ground::{Ground, at};
use muster_core::model::run::RunKind;
use muster_store::{BackupFault, CopiedTable, Options, Store, StoreError};
use muster_testkit::postgresql::Postgresql;

fn open(url: &str) -> Store {
    Store::open(url, Options::default()).unwrap()
}

fn file(folder: &tempfile::TempDir, name: &str) -> String {
    format!("sqlite:{}", folder.path().join(name).display())
}

/// A database in which most tables have rows.
fn filled(url: &str) -> Ground {
    let ground = Ground::on(open(url));
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.joiners(&["ann", "bob", "\u{1f600}Éva"]))
        .unwrap();
    crate::jobs::story(&ground);
    crate::issues::story(&ground);
    crate::pages::sign_in(&ground.store);
    crate::accounts::manage_everything(&ground.store);
    // What is under way is not copied.
    for owner in ["tester", "another", "worker", "w1", "w2"] {
        ground.store.release_jobs_of(owner, at(2)).unwrap();
    }
    for job in ground.store.live_jobs(50).unwrap() {
        ground.store.cancel_job(job.id, at(2)).unwrap();
    }
    ground
}

fn rows(copied: &[CopiedTable], table: &str) -> u64 {
    copied.iter().find(|one| one.name == table).unwrap().rows
}

#[test]
fn database_is_copied_to_a_server_and_back_row_by_row() {
    let server = Postgresql::start();
    let folder = tempfile::tempdir().unwrap();
    let ground = filled(&file(&folder, "first.db"));
    let on_server = open(&server.url("postgres"));
    let there = ground.store.copy_into(&on_server).unwrap();
    assert_eq!(
        (rows(&there, "employee"), rows(&there, "workspace")),
        (3, 1)
    );
    assert!(rows(&there, "audit_entry") > 0 && rows(&there, "job_history") > 0);
    let again = open(&file(&folder, "second.db"));
    let back = on_server.copy_into(&again).unwrap();
    assert_eq!(there, back);
    assert!(again.verify_audit(None).unwrap().fault.is_none());
    // Runs of the copy continue where the original was.
    let copy = Ground::on(on_server);
    assert_eq!(copy.workspace.id, ground.workspace.id);
    let run = copy.begin(RunKind::Sync);
    copy.settle(run, &copy.joiners(&["dan"])).unwrap();
}

#[test]
fn database_with_a_workspace_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (
        Ground::on(open(&file(&folder, "first.db"))),
        Ground::on(open(&file(&folder, "second.db"))),
    );
    let before = to.store.runs(to.workspace.id, 50).unwrap().len();
    let refused = from.store.copy_into(&to.store);
    assert!(
        matches!(refused, Err(StoreError::Address { .. })),
        "{refused:?}"
    );
    assert_eq!(to.store.runs(to.workspace.id, 50).unwrap().len(), before);
}

#[test]
fn database_with_a_job_under_way_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let from = Ground::on(open(&file(&folder, "first.db")));
    from.begin(RunKind::Sync);
    let to = open(&file(&folder, "second.db"));
    let refused = from.store.copy_into(&to);
    let expected = BackupFault::InUse;
    assert!(
        matches!(&refused, Err(StoreError::Backup { fault, .. }) if *fault == expected),
        "{refused:?}"
    );
    assert!(to.workspaces().unwrap().is_empty());
}
