//! `muster worker`: processes without pages share the jobs of a database on a server.

use super::{Service, end_of, enqueue, expire, many, running, stored_in, wait_for};
use crate::{
    ground::Ground,
    on_postgresql::{ground, server},
};
use muster_core::model::{ids::WorkspaceId, job::JobEnd, run::RunStatus};
use muster_store::{JobStatus, Options, Store};
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
    let ended = wait_for("the job ends", || {
        // As if the lease of the attempt that was cut off had run out, and the pause before the next one.
        let _ = expire(&store, first);
        let now = "\\connect people\nUPDATE job SET run_at = 0 WHERE lease_owner IS NULL;";
        server.run(now).unwrap();
        let found = store.ended_jobs(50).unwrap().into_iter();
        found
            .filter(|found| found.id == job)
            .find_map(|found| match found.status {
                JobStatus::Ended { end, run, .. } => Some((end, run)),
                _ => None,
            })
    });
    assert_eq!(ended.0, JobEnd::Done);
    let status = |run| store.run(WorkspaceId(1), run).unwrap().unwrap().status;
    assert_eq!(status(ended.1.unwrap()), RunStatus::Applied);
    assert_eq!(ground.person("E-4000")["last_name"], "Once");
    let others = store.runs(WorkspaceId(1), 10).unwrap();
    assert!(others.iter().all(|run| run.status != RunStatus::Running));
    let verified = ground.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.text);
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
