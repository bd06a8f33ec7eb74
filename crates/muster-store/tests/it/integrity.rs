//! A database that is not what the last run left is refused before anything is decided on it.

use crate::ground::{EXPIRED, Ground, LEASED, at, files, operation};
use muster_core::model::{
    plan::OperationKind,
    run::{DatabaseCheck, RunKind, RunStatus},
};
use muster_store::{Inconsistency, NewRun, Options, PeopleFilter, Settlement, Store, StoreError};
use rusqlite::Connection;
use std::{fs, path::PathBuf, time::Duration};
use tempfile::TempDir;

/// A directory of employees in a file, and the way to change the file behind the program's back.
struct Stored {
    folder: TempDir,
    ground: Ground,
}

impl Stored {
    fn with(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("muster.db").display());
        let ground = Ground::on(Store::open(&url, Options::default()).unwrap());
        let run = ground.begin(RunKind::Sync);
        ground.settle(run, &ground.joiners(names)).unwrap();
        Self { folder, ground }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("muster.db")
    }

    fn change(&self, text: &str) {
        let connection = Connection::open(self.path()).unwrap();
        assert!(connection.execute(text, []).unwrap() > 0, "{text}");
    }

    fn roster_error(&self) -> Option<Inconsistency> {
        let Ground {
            store,
            workspace,
            integration,
        } = &self.ground;
        let found = store.roster(workspace.id, Some(*integration), at(3));
        let error = found.err()?;
        assert!(matches!(error, StoreError::Inconsistent(_)), "{error}");
        match error {
            StoreError::Inconsistent(what) => Some(what),
            _ => None,
        }
    }
}

#[test]
fn roster_that_is_not_the_one_of_the_last_run_is_refused() {
    for text in [
        "DELETE FROM roster WHERE employee_id = 2",
        "UPDATE roster SET employed = 0 WHERE employee_id = 1",
        "UPDATE roster SET fingerprint = (SELECT fingerprint FROM roster WHERE employee_id = 1) WHERE employee_id = 3",
        "UPDATE roster SET missed = 1 WHERE employee_id = 3",
        "INSERT INTO roster SELECT workspace_id, integration_id, 9, fingerprint, missed, employed FROM roster \
         WHERE employee_id = 1",
    ] {
        let stored = Stored::with(&["ann", "ben", "cas"]);
        assert_eq!(stored.roster_error(), None);
        stored.change(text);
        assert!(
            matches!(
                stored.roster_error(),
                Some(Inconsistency::Roster { expected: 3, .. })
            ),
            "{text}"
        );
    }
}

#[test]
fn roster_of_every_kind_of_change_adds_up() {
    let stored = Stored::with(&["ann", "ben", "cas"]);
    let ground = &stored.ground;
    let leaves = operation(OperationKind::Deactivate, &ground.person(1), Vec::new());
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.operations(vec![leaves]))
        .unwrap();
    assert_eq!(stored.roster_error(), None, "after a departure");
    let mut proposal = ground.operations(Vec::new());
    proposal.refreshed = vec![(ground.person(2).id, [8; 16])];
    proposal.missed = vec![(ground.person(3).id, 1)];
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &proposal).unwrap();
    assert_eq!(
        stored.roster_error(),
        None,
        "after refreshed and missed entries"
    );
    let comes_back = operation(OperationKind::Reactivate, &ground.person(1), Vec::new());
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.operations(vec![comes_back]))
        .unwrap();
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.joiners(&["dan"])).unwrap();
    assert_eq!(stored.roster_error(), None, "after a return and a joiner");
}

#[test]
fn large_refresh_of_a_roster_adds_up() {
    let names: Vec<String> = (0..1_100).map(|number| format!("ann{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let stored = Stored::with(&names);
    let ground = &stored.ground;
    let mut proposal = ground.operations(Vec::new());
    proposal.refreshed = (1..=1_100)
        .map(|id| (muster_core::model::ids::EmployeeId(id), [id as u8; 16]))
        .collect();
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &proposal).unwrap();
    assert_eq!(stored.roster_error(), None);
}

#[test]
fn roster_of_version_0_1_0_is_accepted_and_counted_with_the_next_change() {
    let stored = Stored::with(&["ann", "ben"]);
    stored.change("UPDATE integration SET roster_entries = NULL, roster_checksum = NULL");
    assert_eq!(stored.roster_error(), None);
    let ground = &stored.ground;
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.joiners(&["cas"])).unwrap();
    assert_eq!(stored.roster_error(), None);
    stored.change("DELETE FROM roster WHERE employee_id = 1");
    assert_eq!(
        stored.roster_error(),
        Some(Inconsistency::Roster {
            expected: 3,
            found: 2
        })
    );
}

#[test]
fn list_of_employees_that_lacks_some_is_an_error() {
    let stored = Stored::with(&["ann", "ben", "cas"]);
    let Ground {
        store, workspace, ..
    } = &stored.ground;
    let list = || store.people(workspace, PeopleFilter::default(), &mut |_| true);
    list().unwrap();
    store
        .people(workspace, PeopleFilter::default(), &mut |_| false)
        .expect("a reader may stop early");
    stored.change("DELETE FROM employee WHERE id = 2");
    assert!(matches!(
        list(),
        Err(StoreError::Inconsistent(Inconsistency::Employees {
            expected: 3,
            found: 2
        }))
    ));
    assert!(matches!(
        store.employees_of_roster(workspace, &[muster_core::model::ids::EmployeeId(2)]),
        Err(StoreError::Inconsistent(Inconsistency::NoEmployee { .. }))
    ));
}

#[test]
fn departure_of_an_employee_that_the_index_does_not_find_is_refused() {
    let stored = Stored::with(&["ann", "ben"]);
    // An index over something else stands for a page of the index that was overwritten.
    let connection = Connection::open(stored.path()).unwrap();
    connection
        .execute_batch(
            "DROP INDEX employee_external_id; PRAGMA writable_schema = ON; \
             CREATE UNIQUE INDEX employee_external_id ON employee (workspace_id, payroll_id) \
             WHERE external_id IS NOT NULL;",
        )
        .unwrap();
    let text = "UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX employee_external_id ON employee \
        (workspace_id, external_id) WHERE external_id IS NOT NULL' WHERE name = 'employee_external_id'";
    connection.execute(text, []).unwrap();
    drop(connection);
    let url = format!("sqlite:{}", stored.path().display());
    let unchecked = Options {
        check: None,
        ..Options::default()
    };
    let ground = Ground {
        store: Store::open(&url, unchecked).unwrap(),
        workspace: stored.ground.workspace.clone(),
        integration: stored.ground.integration,
    };
    let run = ground.begin(RunKind::Sync);
    let leaves = operation(OperationKind::Deactivate, &ground.person(1), Vec::new());
    let refused = ground.settle(run, &ground.operations(vec![leaves]));
    assert!(
        matches!(
            refused,
            Err(StoreError::Inconsistent(Inconsistency::NotIndexed { .. }))
        ),
        "{refused:?}"
    );
}

#[test]
fn check_that_takes_too_long_is_stopped_and_the_run_says_so() {
    let names: Vec<String> = (0..3_000).map(|number| format!("ann{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let stored = Stored::with(&names);
    let url = format!("sqlite:{}", stored.path().display());
    for (check, expected) in [
        (Some(Duration::from_secs(60)), Some(DatabaseCheck::Whole)),
        (Some(Duration::ZERO), Some(DatabaseCheck::Partial)),
        (None, None),
    ] {
        let options = Options {
            check,
            ..Options::default()
        };
        let store = Store::open(&url, options).unwrap();
        assert_eq!(store.check(), expected);
        let new = NewRun {
            kind: RunKind::Sweep,
            integration: None,
            started: at(3),
            process: 1,
            lease: EXPIRED,
            of: None,
            actor: None,
        };
        let workspace = stored.ground.workspace.id;
        let (run, _) = store.begin_run(workspace, &new).unwrap();
        let run = store.run(workspace, run).unwrap().unwrap();
        assert_eq!(run.database_check, expected);
        store.check_whole().unwrap();
        assert_eq!(store.check(), Some(DatabaseCheck::Whole));
    }
}

#[test]
fn page_overwritten_by_another_is_found_in_files_of_any_size() {
    let names: Vec<String> = (0..3_000).map(|number| format!("ann{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let Stored { folder, ground } = Stored::with(&names);
    drop(ground);
    let path = folder.path().join("muster.db");
    let mut bytes = fs::read(&path).unwrap();
    let page = usize::from(u16::from_be_bytes([bytes[16], bytes[17]]));
    let pages = bytes.len() / page;
    let source = bytes[(pages / 2) * page..][..page].to_vec();
    bytes[(pages / 2 + 3) * page..][..page].copy_from_slice(&source);
    fs::write(&path, bytes).unwrap();
    let url = format!("sqlite:{}", path.display());
    let patient = Options {
        check: Some(Duration::from_secs(60)),
        ..Options::default()
    };
    assert!(matches!(
        Store::open(&url, patient),
        Err(StoreError::Damaged { .. })
    ));
    let hurried = Options {
        check: None,
        ..Options::default()
    };
    let store = Store::open(&url, hurried).unwrap();
    assert!(
        matches!(store.check_whole(), Err(StoreError::Damaged { .. })),
        "the daily sweep finds it"
    );
}

#[test]
fn empty_file_is_refused_where_something_shows_that_it_had_content() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    fs::write(&path, []).unwrap();
    let url = format!("sqlite:{}", path.display());
    let refusing = Options {
        refuse_empty: true,
        ..Options::default()
    };
    let refused = Store::open(&url, refusing).unwrap_err();
    assert!(refused.to_string().contains("0 bytes"), "{refused}");
    assert_eq!(fs::read(&path).unwrap().len(), 0, "it is left as it is");
    Store::open(&url, Options::default()).unwrap();
}

#[test]
fn two_first_opens_of_one_database_wait_for_each_other() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("muster.db").display());
        let open = || Store::open(&url, Options::default()).map(|_| ());
        std::thread::scope(|scope| {
            let others = [scope.spawn(open), scope.spawn(open), scope.spawn(open)];
            open().unwrap();
            for other in others {
                other.join().unwrap().unwrap();
            }
        });
    }
}

#[test]
fn abandoned_run_frees_its_integration_and_cannot_be_applied() {
    let ground = Ground::with(&["ann"]);
    let new = NewRun {
        kind: RunKind::Sync,
        integration: Some("hr"),
        started: at(3),
        process: 2,
        lease: LEASED,
        of: None,
        actor: None,
    };
    let begin = || ground.store.begin_run(ground.workspace.id, &new);
    let (run, _) = begin().unwrap();
    assert!(matches!(begin(), Err(StoreError::RunBusy { .. })));
    let abandon = |by| {
        ground
            .store
            .abandon_run(ground.workspace.id, run, by, at(3))
            .unwrap()
    };
    assert!(abandon(Some("eva")));
    assert!(!abandon(None), "it has ended");
    let recorded = ground.store.run(ground.workspace.id, run).unwrap().unwrap();
    assert_eq!(recorded.status, RunStatus::Interrupted);
    assert!(recorded.error.unwrap().contains("abandoned by eva"));
    begin().unwrap();
    let late = ground.settle(run, &ground.joiners(&["ben"]));
    assert!(matches!(late, Err(StoreError::RunEnded { run: ended }) if ended == run));
}

#[test]
fn run_marked_as_interrupted_cannot_be_applied() {
    let ground = Ground::with(&["ann"]);
    let run = ground.begin(RunKind::Sync);
    let proposal = ground.joiners(&["ben"]);
    ground
        .store
        .interrupt_dead_runs(ground.workspace.id, at(3))
        .unwrap();
    let files = files();
    let settlement = Settlement {
        workspace: &ground.workspace,
        integration: Some(ground.integration),
        run,
        proposal: &proposal,
        apply_removals: true,
        setup: "setup-1",
        files: &files,
        now: at(4),
        expires: at(170),
        approved_by: None,
        held_plan_hash: None,
    };
    let refused = ground.store.settle(&settlement, &mut |_| {});
    assert!(matches!(refused, Err(StoreError::RunEnded { run: ended }) if ended == run));
    assert_eq!(
        ground
            .store
            .roster(ground.workspace.id, None, at(4))
            .unwrap()
            .workspace_people,
        1
    );
}
