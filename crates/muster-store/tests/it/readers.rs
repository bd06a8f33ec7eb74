//! Reads beside a write: they wait for none, and see what is committed.

use crate::ground::{Database, Ground, at};
use muster_core::model::{
    run::{RunKind, RunStatus},
    workspace::WorkspaceSettings,
};
use muster_store::{Options, PeopleFilter, Store};
use std::{
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

fn ground(database: &Database) -> Ground {
    let options = Options {
        readers: 2,
        ..Options::default()
    };
    Ground::on(Store::open(&database.url, options).unwrap())
}

#[test]
fn reads_return_while_a_settle_is_under_way() {
    let database = Database::new();
    let ground = ground(&database);
    let names: Vec<String> = (0..3_000).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let run = ground.begin(RunKind::Sync);
    let proposal = ground.joiners(&names);
    let (ground, proposal) = (&ground, &proposal);
    let (store, workspace) = (&ground.store, &ground.workspace);
    let (reached, at_settle) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let settling = scope.spawn(move || {
            let mut is_first = true;
            ground.settle_with(run, proposal, &mut |_| {
                if std::mem::take(&mut is_first) {
                    reached.send(()).unwrap();
                    // Should reads wait for the settle, this ends the test instead of hanging it.
                    released.recv_timeout(Duration::from_secs(60)).unwrap();
                }
            })
        });
        at_settle.recv().unwrap();
        let seen = store.run(workspace.id, run).unwrap().unwrap();
        assert_eq!(seen.status, RunStatus::Running, "nothing is committed yet");
        let mut people = 0;
        store
            .people(workspace, PeopleFilter::default(), &mut |_| {
                people += 1;
                true
            })
            .unwrap();
        assert_eq!(people, 0);
        assert_eq!(
            store
                .roster(workspace.id, None, at(3))
                .unwrap()
                .workspace_people,
            0
        );
        store.queue_state().unwrap();
        store.schedules().unwrap();
        // More readers at once than stay open.
        thread::scope(|readers| {
            for _ in 0..6 {
                readers.spawn(|| store.runs(workspace.id, 5).unwrap());
            }
        });
        release.send(()).unwrap();
        settling.join().unwrap().unwrap();
    });
    let seen = store.run(workspace.id, run).unwrap().unwrap();
    assert_eq!(
        seen.status,
        RunStatus::Applied,
        "a read sees what was committed before it"
    );
    assert_eq!(
        store
            .roster(workspace.id, None, at(3))
            .unwrap()
            .workspace_people,
        3_000
    );
}

#[test]
fn readers_cannot_write_and_a_copy_can_be_made() {
    let (database, folder) = (Database::new(), tempfile::tempdir().unwrap());
    let ground = ground(&database);
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.joiners(&["ann"])).unwrap();
    let copy = folder.path().join("copy.db");
    ground.store.copy_to(&copy).unwrap();
    let copied = Store::open(&format!("sqlite:{}", copy.display()), Options::default()).unwrap();
    assert_eq!(
        copied
            .roster(ground.workspace.id, None, at(3))
            .unwrap()
            .workspace_people,
        1
    );
}

fn people(store: &Store, ground: &Ground) -> u64 {
    let roster = store.roster(ground.workspace.id, None, at(3)).unwrap();
    roster.workspace_people
}

#[test]
fn snapshot_shows_one_state_while_a_run_commits_and_cannot_write() {
    let database = Database::new();
    let ground = ground(&database);
    let options = Options {
        readers: 1,
        ..Options::default()
    };
    let store = Arc::new(Store::open(&database.url, options).unwrap());
    let in_snapshot = store.snapshot(|shown| {
        let before = people(&shown, &ground);
        let run = ground.begin(RunKind::Sync);
        ground
            .settle(run, &ground.joiners(&["ann", "bob"]))
            .unwrap();
        let after = people(&shown, &ground);
        assert_eq!(people(&store, &ground), 2, "others see the new state");
        let settings = WorkspaceSettings::default();
        shown
            .ensure_workspace("other", &settings, &[], &[], [0; 32])
            .unwrap_err();
        Ok((before, after))
    });
    assert_eq!(in_snapshot.unwrap(), (0, 0));
    // The connection is used again, and shows what is committed by then.
    let later = store.snapshot(|shown| Ok(people(&shown, &ground)));
    assert_eq!(later.unwrap(), 2);
}
