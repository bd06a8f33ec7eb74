//! `muster serve` as a process: from nothing, by the clock, stopped, paused and killed.

mod alerts;
mod api;
mod api_borders;
mod api_export;
mod api_insight;
mod api_integrations;
mod api_receivers;
mod api_repairs;
mod api_writes;
mod browser;
mod companies;
mod configuration;
mod deciding;
mod decisions;
mod degraded;
mod demo;
mod forgotten;
mod form;
mod issues;
mod killed;
mod on_postgresql;
mod passing;
mod public_address;
mod service;
mod setup;
mod setup_seeds;
mod setup_systems;
mod sftp;
mod tls;
mod webhooks;
mod workers;

use crate::ground::{Ground, PLAIN};
use muster_core::{
    model::{
        ids::{IntegrationId, RunId, WorkspaceId},
        job::{JobEnd, JobKind},
        run::RunStatus,
    },
    setup::schedule::Schedule,
};
use muster_engine::{Clock, SystemClock};
use muster_store::{JobStatus, NewJob, Options, ScheduledWork, SettingsChange, Store};
pub(crate) use service::Service;
use service::line_with;
use std::{
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

pub(crate) fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

const PEOPLE: &str = "id,mail,first,last\nE-1,ann@acme.example,Ann,Bos\n";

fn many(number: u32, last: &str) -> String {
    let rows = (1..=number).map(|id| format!("E-{id},p{id}@acme.example,First{id},{last}\n"));
    format!("id,mail,first,last\n{}", rows.collect::<String>())
}

/// A directory whose integration is stored in the database, without a schedule.
pub(crate) fn stored() -> (Ground, Store) {
    stored_in(Ground::new(PLAIN))
}

fn stored_in(ground: Ground) -> (Ground, Store) {
    ground.deliver("a.csv", PEOPLE).approve();
    let store = Store::open(ground.database(), Options::default()).unwrap();
    let settings = serde_json::json!({
        "workspace": { "name": "acme" },
        "name": "people",
        "source": { "url": format!("file:{}", ground.path("inbox").display()), "pattern": "*.csv", "settle": "0s" },
        "policy": { "approve": "never" },
        "guard": { "removals": { "percent": 100.0, "number": 100 }, "removals_week": { "percent": 100.0, "number": 100 } },
        "mapping": { "external_id": "id", "email": "mail", "first_name": "first", "last_name": "last" },
    });
    let text = settings.to_string();
    let change = SettingsChange {
        integration: "people",
        expected: 0,
        form: muster_core::setup::settings::FORM,
        settings: Some(&text),
        managed_by: None,
        is_active: true,
        dropped_credentials: &[],
    };
    let now = "2026-05-04T03:00:00Z".parse().unwrap();
    store
        .change_settings(WorkspaceId(1), &[change], None, now)
        .unwrap();
    (ground, store)
}

pub(crate) fn enqueue(store: &Store) -> i64 {
    let job = NewJob {
        kind: JobKind::Sync,
        workspace: WorkspaceId(1),
        integration: Some(IntegrationId(1)),
        slot: None,
        priority: 0,
        run_at: None,
        max_attempts: 4,
        host: None,
        dedupe_key: None,
        decision: None,
        request: None,
    };
    store.enqueue(&job).unwrap().unwrap()
}

/// How a job ended, once it has.
pub(crate) fn end_of(store: &Store, job: i64) -> (JobEnd, Option<RunId>) {
    wait_for("the job ends", || {
        let ended = store.ended_jobs(50).unwrap();
        ended.into_iter().find_map(|found| match found.status {
            JobStatus::Ended { end, run, .. } if found.id == job => Some((end, run)),
            _ => None,
        })
    })
}

/// The run of a job that a process works on now.
fn running(store: &Store) -> RunId {
    wait_for("a run begins", || {
        let runs = store.runs(WorkspaceId(1), 1).unwrap();
        runs.first()
            .filter(|run| run.status == RunStatus::Running)
            .map(|run| run.id)
    })
}

/// As if 30 seconds had passed without a renewal.
fn expire(store: &Store, run: RunId) -> bool {
    let lease = store.lease_of(WorkspaceId(1), run).unwrap();
    lease.is_some_and(|lease| store.renew_lease(lease, Duration::ZERO).unwrap())
}

#[test]
fn service_starts_from_nothing_and_says_what_comes_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut service = Service::start(folder.path());
    assert!(
        line_with(&mut service.stdout, "help:").contains("muster apply"),
        "what comes next"
    );
    assert!(
        service.get("/livez").starts_with("HTTP/1.1 200"),
        "{}",
        service.get("/livez")
    );
    wait_for("it is ready", || {
        service
            .get("/readyz")
            .starts_with("HTTP/1.1 200")
            .then_some(())
    });
    let metrics = service.get("/metrics");
    assert!(metrics.contains("\nmuster_jobs_waiting 0\n"), "{metrics}");
    assert!(service.get("/").contains("location: /sign-in"));
    assert!(folder.path().join("muster.db").exists());
    let log = service.stop();
    let last: serde_json::Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(last["message"], "stopped");
}

#[test]
fn stored_integration_runs_and_the_log_names_no_person() {
    let (ground, store) = stored();
    let service = Service::start(&ground.path(""));
    ground.deliver("a.csv", PEOPLE.replace("Bos", "Smit"));
    let (end, run) = end_of(&store, enqueue(&store));
    assert_eq!(end, JobEnd::Done);
    let run = store.run(WorkspaceId(1), run.unwrap()).unwrap().unwrap();
    assert_eq!(run.status, RunStatus::Applied);
    assert_eq!(ground.person("E-1")["last_name"], "Smit");
    wait_for("it is counted", || {
        service
            .get("/metrics")
            .contains("muster_jobs_ended_total{kind=\"sync\",result=\"done\"} 1")
            .then_some(())
    });
    let status = ground.run(&["status"]);
    assert_eq!(
        status.json["ended"][0]["integration"], "people",
        "{}",
        status.text
    );
    let kinds: Vec<_> = status.json["slots"]
        .as_array()
        .unwrap()
        .iter()
        .map(|slot| &slot["kind"])
        .collect();
    assert!(
        kinds.contains(&&"sweep".into()) && kinds.contains(&&"retention".into()),
        "{kinds:?}"
    );
    let log = service.stop();
    for line in log.lines() {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(line);
        assert!(parsed.is_ok(), "{line}");
        assert!(
            !line.contains("Smit") && !line.contains("acme.example"),
            "{line}"
        );
    }
    assert!(log.contains("job ended"), "{log}");
}

/// The service was down over some slots of an integration.
#[test]
fn p26_missed_slots_of_a_stored_schedule_become_one_late_job() {
    let (ground, store) = stored();
    let settings = store
        .settings_of(WorkspaceId(1), "people")
        .unwrap()
        .unwrap();
    let text = settings
        .settings
        .replacen('{', "{\"schedule\":[\"every 5m\"],", 1);
    let change = SettingsChange {
        integration: "people",
        expected: settings.version,
        form: settings.form,
        settings: Some(&text),
        managed_by: None,
        is_active: true,
        dropped_credentials: &[],
    };
    let changed = "2026-05-04T04:00:00Z".parse().unwrap();
    store
        .change_settings(WorkspaceId(1), &[change], None, changed)
        .unwrap();
    let work = ScheduledWork {
        kind: JobKind::Sync,
        workspace: WorkspaceId(1),
        integration: Some(IntegrationId(1)),
        schedule: Schedule {
            entries: vec!["every 5m".parse().unwrap()],
            ..Schedule::default()
        },
        host: None,
        priority: 10,
    };
    let before = SystemClock.now() - Duration::from_secs(16 * 60);
    store.decide_slots(&[work], before).unwrap();
    let service = Service::start(&ground.path(""));
    wait_for("the slots are counted", || {
        let metrics = service.get("/metrics");
        let is_late = metrics.contains("muster_slots_total{outcome=\"started_late\"} 1")
            || metrics.contains("muster_slots_total{outcome=\"started\"} 1");
        (is_late && metrics.contains("muster_slots_total{outcome=\"missed\"}")).then_some(())
    });
    let jobs = store
        .live_jobs(10)
        .unwrap()
        .into_iter()
        .chain(store.ended_jobs(10).unwrap());
    let of_slots = jobs.filter(|job| job.kind == JobKind::Sync && job.slot.is_some());
    assert_eq!(of_slots.count(), 1);
    let status = ground.run(&["status"]).json;
    let next = status["slots"]
        .as_array()
        .unwrap()
        .iter()
        .find(|slot| slot["integration"] == "people");
    assert!(next.unwrap()["next_slot"].is_string(), "{status}");
    service.stop();
}

#[test]
fn failing_integration_is_recorded_with_its_code_and_the_service_goes_on() {
    let (ground, store) = stored();
    let service = Service::start(&ground.path(""));
    fs::remove_dir_all(ground.path("inbox")).unwrap();
    let failed = enqueue(&store);
    let code = wait_for("the job fails", || {
        let jobs = store
            .ended_jobs(5)
            .unwrap()
            .into_iter()
            .chain(store.live_jobs(5).unwrap());
        jobs.into_iter().find_map(|job| match job.status {
            JobStatus::Ended { code, .. } if job.id == failed => Some(code),
            // It is attempted again later.
            JobStatus::Waiting(_) if job.attempt == 1 => Some(None),
            _ => None,
        })
    });
    assert!(code.is_none_or(|code| code.starts_with("MUS-")));
    assert!(service.get("/readyz").starts_with("HTTP/1.1 200"));
    service.stop();
}

#[test]
fn p27_service_that_was_paused_cannot_commit_after_another_took_over() {
    let (ground, store) = stored();
    let mut paused = Service::start(&ground.path(""));
    ground.deliver("a.csv", many(4_000, "Old"));
    let job = enqueue(&store);
    let old = running(&store);
    paused.signal("STOP");
    assert!(expire(&store, old), "it was paused before it had settled");
    ground.deliver("a.csv", many(4_000, "New"));
    let next = Service::start(&ground.path(""));
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
fn p02_killed_service_leaves_its_job_to_the_next_one() {
    let (ground, store) = stored();
    let mut killed = Service::start(&ground.path(""));
    ground.deliver("a.csv", many(4_000, "Once"));
    let job = enqueue(&store);
    let interrupted = running(&store);
    killed.process.kill().unwrap();
    killed.process.wait().unwrap();
    let was_settled = !expire(&store, interrupted);
    let next = Service::start(&ground.path(""));
    let (end, run) = end_of(&store, job);
    assert_eq!(end, JobEnd::Done);
    assert_eq!(ground.person("E-9")["last_name"], "Once");
    let run_of = |run| store.run(WorkspaceId(1), run).unwrap().unwrap();
    if !was_settled {
        assert_eq!(run_of(interrupted).status, RunStatus::Interrupted);
        assert_ne!(run, Some(interrupted));
    }
    next.stop();
}

#[test]
fn stopped_service_finishes_what_it_has_begun() {
    let (ground, store) = stored();
    let service = Service::start(&ground.path(""));
    ground.deliver("a.csv", many(2_000, "Whole"));
    let job = enqueue(&store);
    let run = running(&store);
    service.stop();
    assert_eq!(end_of(&store, job), (JobEnd::Done, Some(run)));
    assert_eq!(ground.person("E-9")["last_name"], "Whole");
    assert_eq!(store.live_jobs(5).unwrap(), []);
}

#[test]
fn command_paused_after_it_began_cannot_commit() {
    let (ground, store) = stored();
    ground.deliver("a.csv", many(4_000, "Old"));
    let mut paused = ground.spawn(&["sync", "integration.toml", "--approve"]);
    let old = running(&store);
    let signal = |name: &str| {
        Command::new("kill")
            .args([name, &paused.id().to_string()])
            .status()
            .unwrap()
    };
    signal("-STOP");
    assert!(expire(&store, old), "it was paused before it had settled");
    // Another file: a file that is replaced while it is read is refused, and the lease would not be asked.
    ground.deliver("b.csv", many(4_000, "New"));
    ground.approve();
    signal("-CONT");
    assert_eq!(paused.wait().unwrap().code(), Some(1));
    assert_eq!(ground.person("E-9")["last_name"], "New");
    let status = store.run(WorkspaceId(1), old).unwrap().unwrap().status;
    assert_eq!(status, RunStatus::Interrupted);
}
