//! Jobs: who gets which, what a lost lease cannot do, and how jobs end.

mod decisions;
mod hosts;
mod laws;
mod pauses;

use crate::ground::{Ground, LEASED, at, store};
use jiff::SignedDuration;
use muster_core::{
    decide::proposal::Counts,
    model::{
        code::Code,
        ids::{IntegrationId, RunId, WorkspaceId},
        job::{JobEnd, JobKind},
        run::{RunKind, RunStatus},
    },
    read::reading::Problems,
    schedule::failure::PauseReason,
};
use muster_store::{
    ClaimLimits, ClaimedJob, Ending, JobStatus, Lease, NewJob, NewRun, RunLease, Store, StoreError,
};
use std::time::Duration;

pub(crate) fn job(workspace: i64, integration: i64) -> NewJob {
    NewJob {
        kind: JobKind::Sync,
        workspace: WorkspaceId(workspace),
        integration: (integration > 0).then_some(IntegrationId(integration)),
        slot: None,
        priority: 10,
        run_at: Some(at(1)),
        max_attempts: 4,
        host: None,
        dedupe_key: None,
        decision: None,
        request: None,
    }
}

/// Leases that expire at once, so that the next claim takes them back.
const AT_ONCE: ClaimLimits = ClaimLimits {
    jobs: 8,
    per_host: 4,
    lease: Duration::ZERO,
};

fn claim(store: &Store, jobs: usize) -> Vec<ClaimedJob> {
    let limits = ClaimLimits {
        jobs,
        ..ClaimLimits::default()
    };
    store.claim_jobs("worker", limits, at(2)).unwrap()
}

fn whose(jobs: &[ClaimedJob]) -> Vec<(i64, i64)> {
    let integration = |job: &ClaimedJob| job.integration.map_or(0, |integration| integration.0);
    jobs.iter()
        .map(|job| (job.workspace.0, integration(job)))
        .collect()
}

#[test]
fn workspaces_take_turns_and_urgent_jobs_come_first() {
    let store = store();
    for integration in 1..=4 {
        store.enqueue(&job(1, integration)).unwrap();
    }
    store.enqueue(&job(2, 1)).unwrap();
    store.enqueue(&job(3, 1)).unwrap();
    let urgent = NewJob {
        priority: 0,
        ..job(1, 9)
    };
    store.enqueue(&urgent).unwrap();
    assert_eq!(whose(&claim(&store, 2)), [(1, 9), (2, 1)]);
    assert_eq!(whose(&claim(&store, 2)), [(3, 1), (1, 1)]);
    assert_eq!(whose(&claim(&store, 8)), [(1, 2), (1, 3), (1, 4)]);
    assert_eq!(claim(&store, 8), []);
}

#[test]
fn integration_runs_one_job_at_a_time_and_a_workspace_one_sweep() {
    let store = store();
    let sweep = |workspace| NewJob {
        kind: JobKind::Sweep,
        ..job(workspace, 0)
    };
    for new in [job(1, 1), job(1, 1), sweep(1), sweep(1), sweep(2)] {
        store.enqueue(&new).unwrap();
    }
    let retention = NewJob {
        kind: JobKind::Retention,
        ..job(1, 0)
    };
    store.enqueue(&retention).unwrap();
    let first = claim(&store, 8);
    assert_eq!(whose(&first), [(1, 1), (2, 0), (1, 0), (1, 0)]);
    assert_eq!(claim(&store, 8), []);
    for job in first {
        assert!(
            store
                .end_job(job.lease, JobEnd::Done, None, None, at(3))
                .unwrap()
        );
    }
    assert_eq!(whose(&claim(&store, 8)), [(1, 1), (1, 0)]);
}

#[test]
fn one_host_gets_at_most_four_connections_from_all_workers() {
    let store = store();
    for integration in 1..=7 {
        let host = if integration == 7 {
            "other:22"
        } else {
            "sftp.acme.test:22"
        };
        let new = NewJob {
            host: Some(host.to_owned()),
            ..job(1, integration)
        };
        store.enqueue(&new).unwrap();
    }
    let first = claim(&store, 8);
    assert_eq!(whose(&first), [(1, 1), (1, 2), (1, 3), (1, 4), (1, 7)]);
    assert_eq!(claim(&store, 8), []);
    store
        .end_job(first[0].lease, JobEnd::Done, None, None, at(3))
        .unwrap();
    assert_eq!(whose(&claim(&store, 8)), [(1, 5)]);
}

#[test]
fn job_that_is_not_due_waits_and_one_with_the_same_key_is_not_added() {
    let store = store();
    let later = NewJob {
        run_at: Some("2100-01-01T00:00:00Z".parse().unwrap()),
        dedupe_key: Some("once".to_owned()),
        ..job(1, 1)
    };
    let added = store.enqueue(&later).unwrap();
    assert!(added.is_some());
    assert_eq!(store.enqueue(&later).unwrap(), None);
    assert_eq!(claim(&store, 8), []);
    assert!(store.cancel_job(added.unwrap(), at(3)).unwrap());
    assert!(
        store.enqueue(&later).unwrap() > added,
        "the number is not given out again"
    );
    let ended = &store.ended_jobs(10).unwrap()[0].status;
    assert!(
        matches!(
            ended,
            JobStatus::Ended {
                end: JobEnd::Canceled,
                ..
            }
        ),
        "{ended:?}"
    );
}

fn begin(ground: &Ground, lease: Lease) -> Result<RunId, StoreError> {
    let new = NewRun {
        kind: RunKind::Sync,
        integration: Some("hr"),
        started: at(3),
        process: 1,
        lease: RunLease::Held(lease),
        of: None,
        actor: None,
    };
    Ok(ground.store.begin_run(ground.workspace.id, &new)?.0)
}

/// The worker was paused while it decided; another one took its job over.
#[test]
fn p27_worker_that_lost_its_lease_cannot_commit() {
    let ground = Ground::with(&["ann"]);
    ground.store.enqueue(&job(1, 1)).unwrap();
    let paused = claim(&ground.store, 1).remove(0);
    let old_run = begin(&ground, paused.lease).unwrap();
    let expire = |lease| ground.store.renew_lease(lease, Duration::ZERO).unwrap();
    assert!(expire(paused.lease));
    let old = ground.joiners(&["ben"]);
    let next = claim(&ground.store, 1).remove(0);
    assert_eq!(next.lease.job, paused.lease.job);
    assert!(next.lease.fence > paused.lease.fence);
    for refused in [
        ground.settle(old_run, &old).err(),
        begin(&ground, paused.lease).err(),
    ] {
        assert!(
            matches!(refused, Some(StoreError::RunEnded { .. })),
            "{refused:?}"
        );
    }
    assert!(
        !ground
            .store
            .renew_lease(paused.lease, Lease::LENGTH)
            .unwrap()
    );
    assert!(ground.store.is_canceled(paused.lease).unwrap());
    assert!(
        !ground
            .store
            .end_job(paused.lease, JobEnd::Done, None, None, at(4))
            .unwrap()
    );
    assert!(
        !ground
            .store
            .retry_job(paused.lease, SignedDuration::ZERO, at(4))
            .unwrap()
    );
    let run = begin(&ground, next.lease).unwrap();
    ground.settle(run, &ground.joiners(&["cas"])).unwrap();
    let status = |run| {
        ground
            .store
            .run(ground.workspace.id, run)
            .unwrap()
            .unwrap()
            .status
    };
    assert_eq!(
        (status(old_run), status(run)),
        (RunStatus::Interrupted, RunStatus::Applied)
    );
    assert_eq!(ground.store.live_jobs(10).unwrap(), []);
}

/// Nobody took the job over: what was decided is still right.
#[test]
fn expired_lease_that_nobody_took_can_commit() {
    let ground = Ground::with(&["ann"]);
    ground.store.enqueue(&job(1, 1)).unwrap();
    let slow = claim(&ground.store, 1).remove(0);
    let run = begin(&ground, slow.lease).unwrap();
    assert!(
        ground
            .store
            .renew_lease(slow.lease, Duration::ZERO)
            .unwrap()
    );
    ground.settle(run, &ground.joiners(&["ben"])).unwrap();
    let ended = &ground.store.ended_jobs(1).unwrap()[0];
    assert!(
        matches!(&ended.status, JobStatus::Ended { end: JobEnd::Done, run: Some(of), .. } if *of == run),
        "{ended:?}"
    );
}

#[test]
fn command_cannot_run_an_integration_that_a_worker_has() {
    let ground = Ground::with(&["ann"]);
    ground.store.enqueue(&job(1, 1)).unwrap();
    let claimed = claim(&ground.store, 1).remove(0);
    let command = NewRun {
        kind: RunKind::Sync,
        integration: Some("hr"),
        started: at(3),
        process: 2,
        lease: LEASED,
        of: None,
        actor: None,
    };
    let begin_command = || ground.store.begin_run(ground.workspace.id, &command);
    assert!(matches!(begin_command(), Err(StoreError::RunBusy { .. })));
    let run = begin(&ground, claimed.lease).unwrap();
    assert!(matches!(begin_command(), Err(StoreError::RunBusy { run: busy, .. }) if busy == run));
    ground.settle(run, &ground.joiners(&["ben"])).unwrap();
    begin_command().unwrap();
    ground.store.enqueue(&job(1, 1)).unwrap();
    assert_eq!(
        claim(&ground.store, 1),
        [],
        "and a worker none that a command has"
    );
}

fn fail(ground: &Ground, run: RunId) {
    let ending = Ending {
        status: RunStatus::Failed,
        finished: at(4),
        partial: None,
        counts: &Counts::default(),
        problems: &Problems::default(),
        files: &[],
        error: Some("no route to host"),
    };
    ground
        .store
        .finish_run(ground.workspace.id, run, &ending)
        .unwrap();
}

/// P24.
#[test]
fn failed_job_is_attempted_again_and_its_attempts_are_bounded() {
    let ground = Ground::with(&["ann"]);
    let new = NewJob {
        max_attempts: 2,
        ..job(1, 1)
    };
    ground.store.enqueue(&new).unwrap();
    let first = claim(&ground.store, 1).remove(0);
    fail(&ground, begin(&ground, first.lease).unwrap());
    assert!(
        ground
            .store
            .retry_job(first.lease, SignedDuration::ZERO, at(5))
            .unwrap()
    );
    let second = claim(&ground.store, 1).remove(0);
    assert_eq!((first.attempt, second.attempt), (1, 2));
    let run = begin(&ground, second.lease).unwrap();
    assert!(
        ground
            .store
            .renew_lease(second.lease, Duration::ZERO)
            .unwrap()
    );
    assert_eq!(
        claim(&ground.store, 1),
        [],
        "no attempt is left after the lease expired"
    );
    let status = ground
        .store
        .run(ground.workspace.id, run)
        .unwrap()
        .unwrap()
        .status;
    assert_eq!(status, RunStatus::Interrupted);
    let ended = &ground.store.ended_jobs(1).unwrap()[0].status;
    assert!(
        matches!(
            ended,
            JobStatus::Ended {
                end: JobEnd::Lost,
                ..
            }
        ),
        "{ended:?}"
    );
}

#[test]
fn released_job_waits_as_if_it_had_not_been_claimed() {
    let ground = Ground::with(&["ann"]);
    ground.store.enqueue(&job(1, 1)).unwrap();
    let claimed = claim(&ground.store, 1).remove(0);
    let run = begin(&ground, claimed.lease).unwrap();
    assert_eq!(ground.store.release_jobs_of("worker", at(5)).unwrap(), 1);
    let status = ground
        .store
        .run(ground.workspace.id, run)
        .unwrap()
        .unwrap()
        .status;
    assert_eq!(status, RunStatus::Interrupted);
    let again = claim(&ground.store, 1).remove(0);
    assert_eq!((again.attempt, again.lease.job), (1, claimed.lease.job));
    assert!(again.lease.fence > claimed.lease.fence);
}

#[test]
fn running_job_is_canceled_by_its_worker_and_a_waiting_one_at_once() {
    let ground = Ground::with(&["ann"]);
    let id = ground.store.enqueue(&job(1, 1)).unwrap().unwrap();
    let claimed = claim(&ground.store, 1).remove(0);
    let run = begin(&ground, claimed.lease).unwrap();
    assert!(!ground.store.is_canceled(claimed.lease).unwrap());
    assert!(ground.store.cancel_job(id, at(4)).unwrap());
    assert!(ground.store.is_canceled(claimed.lease).unwrap());
    assert!(
        ground
            .store
            .stop_job(claimed.lease, JobEnd::Canceled, at(5))
            .unwrap()
    );
    let status = ground
        .store
        .run(ground.workspace.id, run)
        .unwrap()
        .unwrap()
        .status;
    assert_eq!(status, RunStatus::Interrupted);
    assert!(!ground.store.cancel_job(id, at(6)).unwrap());
}

#[test]
fn integration_that_keeps_failing_is_paused_until_a_run_succeeds() {
    let ground = Ground::with(&["ann"]);
    let (store, workspace) = (&ground.store, ground.workspace.id);
    let hr = IntegrationId(1);
    let pause = || store.pause_schedule(workspace, hr, 3, at(9)).unwrap();
    for failure in 1..=3 {
        store.enqueue(&job(1, 1)).unwrap();
        let claimed = claim(store, 1).remove(0);
        let code = Some(Code::TransportUnreachable);
        store
            .end_job(claimed.lease, JobEnd::Failed, code, None, at(failure + 1))
            .unwrap();
        let expected = (failure == 3).then_some(PauseReason::Failures(3));
        assert_eq!(pause(), expected, "{failure}");
    }
    assert_eq!(pause(), None, "it is paused already");
    let paused = store.schedule_pause(workspace, hr).unwrap().unwrap();
    assert_eq!(
        (paused.since, paused.reason),
        (at(9), PauseReason::Failures(3))
    );
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.joiners(&["ben"])).unwrap();
    assert_eq!(store.schedule_pause(workspace, hr).unwrap(), None);
}

#[test]
fn queue_is_counted_and_ended_jobs_are_forgotten_after_their_time() {
    let store = store();
    for integration in 1..=3 {
        store.enqueue(&job(1, integration)).unwrap();
    }
    let claimed = claim(&store, 1).remove(0);
    let state = store.queue_state().unwrap();
    assert_eq!((state.waiting, state.running), (2, 1));
    assert!(
        state.oldest_waiting > Duration::from_secs(3_600),
        "{state:?}"
    );
    store
        .end_job(claimed.lease, JobEnd::Done, None, None, at(3))
        .unwrap();
    assert_eq!(store.forget_jobs(at(3)).unwrap(), 0);
    assert_eq!(store.forget_jobs(at(4)).unwrap(), 1);
    assert_eq!(store.ended_jobs(5).unwrap(), []);
}

/// Everything that the store is asked about jobs.
pub(crate) fn story(ground: &Ground) {
    let (store, workspace) = (&ground.store, ground.workspace.id);
    let keyed = NewJob {
        dedupe_key: Some("key".to_owned()),
        host: Some("host:22".to_owned()),
        ..job(workspace.0, 1)
    };
    let waiting = store.enqueue(&keyed).unwrap().unwrap();
    store.cancel_job(waiting, at(1)).unwrap();
    store.enqueue(&job(workspace.0, 1)).unwrap();
    store.claim_jobs("worker", AT_ONCE, at(2)).unwrap();
    let claimed = claim(store, 1).remove(0);
    let run = begin(ground, claimed.lease).unwrap();
    store.lease_of(workspace, run).unwrap();
    store.renew_lease(claimed.lease, Lease::LENGTH).unwrap();
    store.is_canceled(claimed.lease).unwrap();
    store.cancel_job(claimed.lease.job, at(2)).unwrap();
    store.release_jobs_of("worker", at(2)).unwrap();
    let claimed = claim(store, 1).remove(0);
    store
        .retry_job(claimed.lease, SignedDuration::ZERO, at(2))
        .unwrap();
    let claimed = claim(store, 1).remove(0);
    store
        .end_job(claimed.lease, JobEnd::Failed, None, None, at(2))
        .unwrap();
    store
        .pause_schedule(workspace, IntegrationId(1), 1, at(3))
        .unwrap();
    store.schedule_pause(workspace, IntegrationId(1)).unwrap();
    pauses::story(store, workspace);
    store.live_jobs(5).unwrap();
    store.ended_jobs(5).unwrap();
    store.queue_state().unwrap();
    store.workspace_by_id(workspace).unwrap();
    assert_eq!(
        store.ensure_integration(workspace, "hr").unwrap(),
        IntegrationId(1)
    );
    store.integration_name(workspace, IntegrationId(1)).unwrap();
    store
        .abandon_run(workspace, ground.begin(RunKind::Sync), None, at(3))
        .unwrap();
    store.forget_jobs(at(1)).unwrap();
}
