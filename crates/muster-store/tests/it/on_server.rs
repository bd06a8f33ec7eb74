//! Transactions that meet on a server. These tests run in the repetition of the suite on PostgreSQL (`on_postgresql.rs`): in
//! a file, one transaction waits for another.
//!
//! The second transaction is made while the first one reports its progress, which it does between its first statement and its
//! commit. No test waits for a time.

use crate::{
    ground::{Ground, LEASED, at, budget},
    jobs::job,
};
use muster_core::model::{
    ids::RunId,
    run::{RunKind, RunStatus},
    workspace::WorkspaceSettings,
};
use muster_store::{ClaimLimits, Enqueued, NewRun, Options, Store, StoreError};
use muster_testkit::postgresql;
use std::time::Duration;

/// The stores of two processes.
fn two_processes() -> Option<(Ground, Store)> {
    let url = postgresql::database()?;
    let ground = Ground::on(Store::open(&url, Options::default()).unwrap());
    // It does not wait for a lock.
    let options = Options {
        busy: Duration::from_millis(1),
        ..Options::default()
    };
    Some((ground, Store::open(&url, options).unwrap()))
}

/// A run of another process, whose lease does not expire during the test.
fn leased(integration: &str) -> NewRun<'_> {
    NewRun {
        kind: RunKind::Sync,
        integration: Some(integration),
        started: at(1),
        process: 2,
        lease: LEASED,
        of: None,
        actor: None,
    }
}

/// Does something between the first statement and the commit of a run that adds Ann.
fn within<T>(
    ground: &Ground,
    run: RunId,
    mut work: impl FnMut() -> T,
) -> (T, Result<RunStatus, StoreError>) {
    let mut done = None;
    let settled = ground.settle_with(run, &ground.joiners(&["ann"]), &mut |_| {
        done.get_or_insert_with(&mut work);
    });
    (done.unwrap(), settled.map(|settled| settled.status))
}

fn people(ground: &Ground) -> usize {
    ground
        .store
        .employees_by_external_ids(&ground.workspace, &["E-ann", "E-bob"])
        .unwrap()
        .len()
}

#[test]
fn two_workspaces_are_written_at_once() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    let other = Ground::of(store, "other");
    let begun = other.store.begin_run(other.workspace.id, &leased("hr"));
    let (run_of_other, run) = (begun.unwrap().0, ground.begin(RunKind::Sync));
    let proposal = other.joiners(&["bob"]);
    let (settled_of_other, settled) = within(&ground, run, || {
        let settled = other
            .settle(run_of_other, &proposal)
            .map(|settled| settled.status);
        (settled.unwrap(), people(&other))
    });
    assert_eq!(settled_of_other, (RunStatus::Applied, 1));
    assert_eq!(settled.unwrap(), RunStatus::Applied);
    assert_eq!((people(&ground), people(&other)), (1, 1));
    // One chain of what was done, in the order of the commits.
    assert!(ground.store.verify_audit(None).unwrap().fault.is_none());
}

#[test]
fn one_process_writes_two_workspaces_at_once() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    drop(store);
    let run = ground.begin(RunKind::Sync);
    let settings = WorkspaceSettings::default();
    let other = ground
        .store
        .ensure_workspace("other", &settings, &[], &[budget()], [8; 32])
        .unwrap();
    let (integration, settled) = within(&ground, run, || {
        ground
            .store
            .ensure_integration(other.id, "payroll")
            .unwrap()
    });
    assert_eq!((integration.0, settled.unwrap()), (1, RunStatus::Applied));
}

#[test]
fn second_transaction_of_a_workspace_waits_for_the_first() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    let run = ground.begin(RunKind::Sync);
    let second = leased("another");
    let workspace = ground.workspace.id;
    let (refused, settled) = within(&ground, run, || store.begin_run(workspace, &second));
    assert!(
        matches!(refused, Err(StoreError::Busy { .. })),
        "{refused:?}"
    );
    assert_eq!(settled.unwrap(), RunStatus::Applied);
    store.begin_run(workspace, &second).unwrap();
}

#[test]
fn a_new_workspace_waits_for_all_others() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    let run = ground.begin(RunKind::Sync);
    let settings = WorkspaceSettings::default();
    let add = || store.ensure_workspace("other", &settings, &[], &[], [8; 32]);
    let (refused, settled) = within(&ground, run, || add().map(drop));
    assert!(
        matches!(refused, Err(StoreError::Busy { .. })),
        "{refused:?}"
    );
    assert_eq!(settled.unwrap(), RunStatus::Applied);
    add().unwrap();
}

#[test]
fn the_queue_goes_on_while_a_run_is_applied() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    let run = ground.begin(RunKind::Sync);
    let (workspace, lease) = (
        ground.workspace.id,
        ground.store.lease_of(ground.workspace.id, run),
    );
    let lease = lease.unwrap().unwrap();
    let (claimed, settled) = within(&ground, run, || {
        assert!(store.renew_lease(lease, Duration::from_secs(30)).unwrap());
        let added = store
            .enqueue_once(&job(workspace.0, 0), None, at(1))
            .unwrap();
        assert!(matches!(added, Enqueued::Job(_)));
        let claimed = store
            .claim_jobs("other", ClaimLimits::default(), at(2))
            .unwrap();
        assert!(
            store
                .retry_job(claimed[0].lease, jiff::SignedDuration::ZERO, at(2))
                .unwrap()
        );
        claimed.len()
    });
    assert_eq!((claimed, settled.unwrap()), (1, RunStatus::Applied));
}

/// P27: the lease of a run expires while it is applied, and another process takes the job over before the commit.
#[test]
fn run_whose_lease_is_taken_back_while_it_is_applied_changes_nothing() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    let run = ground.begin(RunKind::Sync);
    let (interrupted, settled) = within(&ground, run, || {
        store
            .interrupt_dead_runs(ground.workspace.id, at(2))
            .unwrap()
    });
    assert_eq!(interrupted, [run]);
    assert!(
        matches!(settled, Err(StoreError::RunEnded { .. })),
        "{settled:?}"
    );
    assert_eq!(people(&ground), 0);
    let record = store.run(ground.workspace.id, run).unwrap().unwrap();
    assert_eq!(record.status, RunStatus::Interrupted);
}

/// More rows than are sent together, with values of every kind.
#[test]
fn loads_of_many_rows_arrive_whole_and_in_the_transaction() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    let names: Vec<String> = (0..8_000).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = ground.begin(RunKind::Sync);
    let proposal = ground.joiners(&names);
    ground.settle(run, &proposal).unwrap();
    let found = store
        .employees_by_external_ids(&ground.workspace, &["E-n0", "E-n4711", "E-n7999"])
        .unwrap();
    let emails: Vec<_> = found.iter().map(|person| person.email()).collect();
    let expected = ["n0@Acme.test", "n4711@Acme.test", "n7999@Acme.test"];
    assert_eq!(emails, expected);
    assert!(store.verify().unwrap().findings.is_empty());
    // One of many is not unique: none of them is there.
    let mut twice = names.clone();
    twice.iter_mut().for_each(|name| *name = &name[1..]);
    twice.push("n5");
    let run = ground.begin(RunKind::Sync);
    let refused = ground.settle(run, &ground.joiners(&twice));
    assert!(refused.is_err());
    let found = store.employees_by_external_ids(&ground.workspace, &["E-0", "E-7999"]);
    assert_eq!(found.unwrap().len(), 0);
}

#[test]
fn process_that_waits_for_jobs_hears_of_them() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    let (said, heard) = std::sync::mpsc::channel();
    let listening = store.hear_of_jobs(move || {
        let _ = said.send(());
    });
    assert!(listening.is_some());
    let wait = || heard.recv_timeout(Duration::from_secs(60)).unwrap();
    // It listens from here on.
    wait();
    ground.store.enqueue(&job(1, 0)).unwrap();
    wait();
    // Nothing is heard after its end.
    drop(listening);
    assert!(heard.recv_timeout(Duration::from_secs(60)).is_err());
}

/// Tables are analyzed after a load, and dead rows of the queue are removed early.
#[test]
fn server_knows_the_tables_after_a_load() {
    let Some((ground, store)) = two_processes() else {
        return;
    };
    drop(store);
    let names: Vec<String> = (0..1_000).map(|number| format!("n{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let analyzed = "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = 'employee';";
    let ask = |text: &str| postgresql::ask(ground.store.shown(), text);
    assert_ne!(ask(analyzed), "1000");
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.joiners(&names)).unwrap();
    assert_eq!(ask(analyzed), "1000");
    let options = ask("SELECT reloptions FROM pg_class WHERE relname = 'job';");
    assert!(
        options.contains("autovacuum_vacuum_threshold=500"),
        "{options}"
    );
}
