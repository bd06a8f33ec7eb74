//! `muster worker`: processes without pages share the jobs of a database on a server.

use super::{Service, end_of, enqueue, expire, many, running, stored_in, wait_for};
use crate::{
    ground::{Ground, PLAIN},
    on_postgresql::{ground, server},
};
use muster_core::model::{
    ids::{RunId, WorkspaceId},
    job::JobEnd,
    run::RunStatus,
};
use muster_store::{JobStatus, Options, Store};
use muster_testkit::postgresql::Postgresql;
use std::{collections::BTreeSet, process::Command};

fn worker(ground: &Ground) -> Service {
    let options = ["--database", ground.database()];
    Service::start_command(&ground.path(""), "worker", &options)
}

#[test]
fn workers_share_jobs_and_each_job_is_done_once() {
    let server = server("LOCALE 'C.UTF-8'");
    let (ground, store) = stored_in(ground(&server));
    let workers = [worker(&ground), worker(&ground), worker(&ground)];
    let jobs: Vec<i64> = (0..12).map(|_| enqueue(&store)).collect();
    for job in &jobs {
        assert_eq!(end_of(&store, *job).0, JobEnd::Done);
    }
    let ended = store.ended_jobs(50).unwrap();
    let asked = ended.iter().filter(|job| jobs.contains(&job.id));
    let runs: Vec<_> = asked
        .map(|job| match &job.status {
            JobStatus::Ended { run, .. } => (job.attempt, run.unwrap()),
            other => panic!("{other:?}"),
        })
        .collect();
    let different: BTreeSet<_> = runs.iter().map(|(_, run)| *run).collect();
    assert_eq!((runs.len(), different.len()), (12, 12));
    assert!(runs.iter().all(|(attempt, _)| *attempt == 1), "{runs:?}");
    for worker in workers {
        assert!(worker.get("/readyz").starts_with("HTTP/1.1 200"));
        assert!(worker.get("/sign-in").starts_with("HTTP/1.1 404"));
        worker.stop();
    }
}

#[test]
fn p27_worker_that_was_paused_cannot_commit_after_another_took_over() {
    let server = server("LOCALE 'C.UTF-8'");
    let (ground, store) = stored_in(ground(&server));
    let mut paused = worker(&ground);
    ground.deliver("a.csv", many(4_000, "Old"));
    let job = enqueue(&store);
    let old = running(&store);
    paused.signal("STOP");
    assert!(expire(&store, old), "it was paused before it had settled");
    ground.deliver("a.csv", many(4_000, "New"));
    let next = worker(&ground);
    let (end, new) = end_of(&store, job);
    paused.signal("CONT");
    paused.logs("lease was lost");
    let status = |run| store.run(WorkspaceId(1), run).unwrap().unwrap().status;
    assert_eq!(
        (end, status(old), status(new.unwrap())),
        (JobEnd::Done, RunStatus::Interrupted, RunStatus::Applied)
    );
    assert_eq!(ground.person("E-9")["last_name"], "New");
    paused.stop();
    next.stop();
}

#[test]
fn p02_killed_worker_leaves_its_job_to_another() {
    let server = server("LOCALE 'C.UTF-8'");
    let (ground, store) = stored_in(ground(&server));
    let mut killed = worker(&ground);
    ground.deliver("a.csv", many(4_000, "Once"));
    let job = enqueue(&store);
    let interrupted = running(&store);
    killed.process.kill().unwrap();
    killed.process.wait().unwrap();
    let was_settled = !expire(&store, interrupted);
    let next = worker(&ground);
    let (end, run) = end_of(&store, job);
    assert_eq!(end, JobEnd::Done);
    assert_eq!(ground.person("E-9")["last_name"], "Once");
    let status = |run| store.run(WorkspaceId(1), run).unwrap().unwrap().status;
    assert_eq!(status(run.unwrap()), RunStatus::Applied);
    if !was_settled {
        assert_eq!(status(interrupted), RunStatus::Interrupted);
    }
    next.stop();
}

/// How a job ends whose run was cut off.
fn end_after_interruption(
    server: &Postgresql,
    store: &Store,
    job: i64,
    first: RunId,
) -> (JobEnd, Option<RunId>) {
    wait_for("the job ends", || {
        // As if the lease of the attempt that was cut off had run out, and the pause before the next one.
        let _ = expire(store, first);
        let now = "\\connect people\nUPDATE job SET run_at = 0 WHERE lease_owner IS NULL;";
        server.run(now).unwrap();
        let mut found = store.ended_jobs(50).unwrap().into_iter();
        found.find_map(|found| match found.status {
            JobStatus::Ended { end, run, .. } if found.id == job => Some((end, run)),
            _ => None,
        })
    })
}

/// The delivery was applied, and every run says truly how it ended.
fn is_done_once(ground: &Ground, store: &Store, (end, run): (JobEnd, Option<RunId>)) {
    assert_eq!(end, JobEnd::Done);
    assert_eq!(ground.person("E-4000")["last_name"], "Once");
    let runs = store.runs(WorkspaceId(1), 10).unwrap();
    assert!(runs.iter().all(|run| run.status != RunStatus::Running));
    // The first delivery, and this one: by the run of the job, or by the one that was cut off after its commit.
    let applied = runs.iter().filter(|run| run.status == RunStatus::Applied);
    assert_eq!(applied.count(), 2);
    assert!(run.is_some());
    let verified = ground.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text);
}

/// The server is lost under a run, and the one that followed it takes over.
#[test]
fn d11_workers_continue_with_the_standby_after_a_fail_over() {
    let mut primary = server("LOCALE 'C.UTF-8'");
    let standby = primary.standby();
    let [first, second] = [&primary, &standby].map(|server| server.url("people"));
    let (host, rest) = first
        .strip_suffix("/people")
        .unwrap()
        .split_at("postgres://muster@".len());
    let other = second.strip_prefix(host).unwrap();
    let both = format!("{host}{rest},{other}?target_session_attrs=read-write");
    let (ground, store) = stored_in(Ground::new(PLAIN).with_database(both));
    let workers = [worker(&ground), worker(&ground)];
    ground.deliver("a.csv", many(4_000, "Once"));
    let job = enqueue(&store);
    let run = running(&store);
    drop(store);
    primary.end();
    standby.promote();
    let store = Store::open(ground.database(), Options::default()).unwrap();
    let ended = end_after_interruption(&standby, &store, job, run);
    is_done_once(&ground, &store, ended);
    for worker in workers {
        worker.stop();
    }
}

/// The server ends at once while workers are busy, and starts again.
#[test]
fn d11_run_on_a_server_that_ended_at_once_is_done_by_another_attempt() {
    let mut server = server("LOCALE 'C.UTF-8'");
    let (ground, store) = stored_in(ground(&server));
    let workers = [worker(&ground), worker(&ground)];
    ground.deliver("a.csv", many(4_000, "Once"));
    let job = enqueue(&store);
    let first = running(&store);
    drop(store);
    server.crash();
    let store = Store::open(ground.database(), Options::default()).unwrap();
    let ended = end_after_interruption(&server, &store, job, first);
    is_done_once(&ground, &store, ended);
    for worker in workers {
        worker.stop();
    }
}

#[test]
fn database_in_a_file_needs_no_worker() {
    let folder = tempfile::tempdir().unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_muster"))
        .arg("worker")
        .current_dir(folder.path())
        .env_clear()
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && said.contains("muster serve"),
        "{said}"
    );
}
