//! One job: under its lease, until it is done, canceled, or lost.

use super::{JobReport, Worker, WorkerEvent, blocking};
use crate::{
    approve::{approve, reject},
    backup::back_up,
    draft,
    keeper::LeaseKeeper,
    manual::EditError,
    outcome::{Deps, Outcome, Progress, RunError},
    request::{self, Edited},
    retention::retain,
    sweep::sweep,
    sync::{self, Mode},
};
use jiff::SignedDuration;
use muster_core::{
    model::{
        actor::Actor,
        code::Code,
        edit_request::EditRequest,
        ids::RunId,
        job::{JobEnd, JobKind},
        problem::{Detail, Remedy},
        run::RunStatus,
        workspace::Workspace,
    },
    schedule::failure::wait_before_retry,
};
use muster_store::{ClaimedJob, PlanDecision, PlanStatus, RequestedEdit};
use std::{sync::Arc, time::Duration};

/// How often a running job looks whether it was canceled.
const CANCEL_POLL: Duration = Duration::from_secs(1);

/// How long records of jobs, slots and resolved issues are kept.
const JOB_RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Does a job and writes how it ended.
pub(super) async fn perform(worker: &Worker, job: &ClaimedJob) -> JobReport {
    let _keeper = LeaseKeeper::start(&worker.deps.store, job.lease);
    let deps = Deps {
        lease: Some(job.lease),
        actor: if job.slot.is_some() {
            Actor::Schedule
        } else {
            worker.deps.actor.clone()
        },
        ..worker.deps.clone()
    };
    let done = tokio::select! {
        done = work(worker, job, deps) => Some(done),
        () = canceled(worker, job) => None,
    };
    let (worker, job) = (worker.clone(), job.clone());
    let ended = blocking(move || end(&worker, &job, done)).await;
    match ended {
        Ok(report) => report,
        // The end cannot be written now: the lease runs out, and the job is attempted again.
        Err(error) => JobReport::Retried {
            wait: muster_store::Lease::LENGTH,
            error,
        },
    }
}

/// Done when the job is canceled or its lease is lost.
async fn canceled(worker: &Worker, job: &ClaimedJob) {
    loop {
        tokio::time::sleep(CANCEL_POLL).await;
        let (store, lease) = (Arc::clone(&worker.deps.store), job.lease);
        if let Ok(true) = blocking(move || store.is_canceled(lease)).await {
            return;
        }
    }
}

async fn work(worker: &Worker, job: &ClaimedJob, deps: Deps) -> Result<Option<Outcome>, RunError> {
    match (job.kind, job.integration) {
        (JobKind::Sync | JobKind::Plan, Some(id)) => {
            let mode = match job.kind {
                JobKind::Plan => Mode::PlanOnly,
                _ => Mode::Apply,
            };
            let (integrations, workspace) = (Arc::clone(&worker.integrations), job.workspace);
            let loaded = blocking(move || integrations.load(workspace, id)).await?;
            let Some(integration) = loaded else {
                return Ok(None);
            };
            let mut report = reporter(worker, job);
            let fetched = sync::fetch(&integration, mode, &deps, &mut report).await?;
            let decided = blocking(move || sync::decide(&deps, fetched, &mut report)).await?;
            Ok(Some(decided.finish().await))
        }
        (JobKind::Test, Some(id)) => {
            let (integrations, workspace) = (Arc::clone(&worker.integrations), job.workspace);
            let loaded = blocking(move || integrations.load_draft(workspace, id)).await?;
            let Some(integration) = loaded else {
                return Ok(None);
            };
            let mut report = reporter(worker, job);
            let found = draft::test(&integration, &deps, &mut report).await?;
            blocking(move || draft::store(&integration, id, &found, &deps)).await?;
            Ok(None)
        }
        (JobKind::Sweep, _) => {
            let workspace = job.workspace;
            blocking(move || match deps.store.workspace_by_id(workspace)? {
                Some(workspace) => sweep(&workspace, false, &deps).map(Some),
                None => Ok(None),
            })
            .await
        }
        (JobKind::Retention, _) => {
            let workspace = job.workspace;
            blocking(move || {
                if let Some(workspace) = deps.store.workspace_by_id(workspace)? {
                    retain(&workspace, &deps)?;
                }
                let now = deps.clock.now();
                let before = now.checked_sub(JOB_RETENTION).unwrap_or(now);
                deps.store.forget_jobs(before)?;
                deps.store.forget_issues(before)?;
                deps.store.forget_alerts(before)?;
                deps.store.forget_events(before)?;
                Ok::<_, RunError>(None)
            })
            .await
        }
        (JobKind::Approve | JobKind::Reject, _) => {
            let Some(decision) = job.decision.clone() else {
                return Ok(None);
            };
            let job = job.clone();
            blocking(move || decide(&job, &decision, deps)).await
        }
        (JobKind::Backup, _) => {
            let Some(backups) = worker.backups.clone() else {
                return Ok(None);
            };
            blocking(move || back_up(&backups, &deps).map(|()| None)).await
        }
        (JobKind::Edit, _) => {
            let Some(requested) = job.request.clone() else {
                return Ok(None);
            };
            let workspace = job.workspace;
            blocking(move || match deps.store.workspace_by_id(workspace)? {
                Some(workspace) => edit(&workspace, &requested, &deps),
                None => Ok(None),
            })
            .await
        }
        // Commands are never queued.
        (JobKind::Sync | JobKind::Plan | JobKind::Test | JobKind::Command, _) => Ok(None),
    }
}

/// Reports how far a job is.
fn reporter(worker: &Worker, job: &ClaimedJob) -> impl FnMut(Progress<'_>) + Send + use<> {
    let (observer, job) = (Arc::clone(&worker.observer), job.clone());
    move |progress| observer(&WorkerEvent::Progress(&job, progress.state()))
}

/// Carries out the decision of a person on a plan, in their name.
fn decide(
    job: &ClaimedJob,
    decision: &PlanDecision,
    deps: Deps,
) -> Result<Option<Outcome>, RunError> {
    let Some(workspace) = deps.store.workspace_by_id(job.workspace)? else {
        return Ok(None);
    };
    let deps = Deps {
        actor: decision.actor.clone(),
        ..deps
    };
    let plan = &decision.plan;
    if job.kind == JobKind::Approve {
        return approve(&workspace, plan, &decision.choice, &deps, &mut |_| {}).map(Some);
    }
    // A worker that was killed may have rejected the plan without ending the job.
    let is_repeated = job.attempt > 1;
    let stored = deps.store.plan(workspace.id, plan)?;
    if is_repeated && stored.is_some_and(|plan| plan.status == PlanStatus::Rejected) {
        return Ok(None);
    }
    reject(&workspace, plan, &deps).map(|()| None)
}

/// Carries out a manual edit in the name of its author. An erasure has no outcome: its run has ended the job.
fn edit(
    workspace: &Workspace,
    requested: &RequestedEdit,
    deps: &Deps,
) -> Result<Option<Outcome>, RunError> {
    match request::perform(workspace, requested, deps) {
        Ok(Edited::Run(outcome)) => Ok(Some(*outcome)),
        Ok(Edited::Erased | Edited::Done) => Ok(None),
        Err(EditError::Run(error)) => Err(*error),
        Err(EditError::Refused(problems)) => {
            // All of them are wrong; the first is the one to correct first.
            let first = problems.into_iter().next().map(RunError::from);
            let unnamed = || {
                let (detail, remedy) = (Detail::Text(String::new()), Remedy::Text(String::new()));
                RunError::new(Code::EditRefused, detail, remedy)
            };
            Err(first.unwrap_or_else(unnamed))
        }
    }
}

/// Whether the transaction of its run ends a job that has no outcome.
fn is_ended_by_its_run(job: &ClaimedJob) -> bool {
    let request = job.request.as_ref().map(|requested| &requested.request);
    matches!(request, Some(EditRequest::Erase { .. }))
}

/// Writes how a job ended, unless the transaction of its run has written it already.
fn end(
    worker: &Worker,
    job: &ClaimedJob,
    done: Option<Result<Option<Outcome>, RunError>>,
) -> Result<JobReport, RunError> {
    let (store, now) = (&worker.deps.store, worker.now());
    let Some(done) = done else {
        let stopped = store.stop_job(job.lease, JobEnd::Canceled, now)?;
        return Ok(if stopped {
            ended(JobEnd::Canceled, None, None)
        } else {
            JobReport::LeaseLost
        });
    };
    let (run, error) = match done {
        Ok(Some(outcome)) => {
            let is_failed = matches!(outcome.status, RunStatus::Failed | RunStatus::Refused);
            if !is_failed {
                return Ok(ended(JobEnd::Done, Some(outcome.run), None));
            }
            (Some(outcome.run), outcome.error)
        }
        Ok(None) => {
            let is_ended = store.end_job(job.lease, JobEnd::Done, None, None, now)?;
            return Ok(if is_ended || is_ended_by_its_run(job) {
                ended(JobEnd::Done, None, None)
            } else {
                JobReport::LeaseLost
            });
        }
        Err(error) => (None, Some(error)),
    };
    if let Some(error) = error.clone().filter(|error| error.retry)
        && let Some(wait) = wait_before_retry(job.attempt.min(job.max_attempts), job.lease.job)
        && job.attempt < job.max_attempts
    {
        let waits = store.retry_job(job.lease, wait, now)?;
        return Ok(if waits {
            JobReport::Retried {
                wait: wait.unsigned_abs(),
                error,
            }
        } else {
            JobReport::LeaseLost
        });
    }
    let code = error.as_ref().map(|error| error.code);
    let end = match code {
        Some(Code::TransportCredentials) => JobEnd::CredentialsRefused,
        _ => JobEnd::Failed,
    };
    // A run records why it failed; who asked for anything else waits for the answer.
    let is_asked_for = job.decision.is_some() || job.request.is_some();
    let is_setup = run.is_none() && matches!(job.kind, JobKind::Test | JobKind::Plan);
    let is_ended = match error.as_ref().filter(|_| is_asked_for || is_setup) {
        Some(error) => store.end_decision(job.lease, &error.problem(), run, now)?,
        None => store.end_job(job.lease, end, code, run, now)?,
    };
    Ok(if is_ended {
        ended(end, run, error)
    } else {
        JobReport::LeaseLost
    })
}

fn ended(end: JobEnd, run: Option<RunId>, error: Option<RunError>) -> JobReport {
    JobReport::Ended { end, run, error }
}
