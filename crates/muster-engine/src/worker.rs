//! The worker of a process that runs by itself: decides which slots are due, claims jobs, and does them.
//!
//! The database is asked each second, and at once when this process has written a job. Nothing that blocks is done on the
//! threads of the runtime.

mod alerts;
mod job;
mod watch;
mod webhooks;

use crate::{
    alerts::{AlertReport, AlertTexts},
    backup::Backups,
    outcome::{Deps, RunError},
    scheduler,
    sync::Integration,
    watch::Surveyed,
    webhooks::DeliveryReport,
};
use jiff::Timestamp;
use job::perform;
use muster_core::{
    model::{
        ids::{IntegrationId, RunId, WorkspaceId},
        job::{JobEnd, JobKind},
        response::RunProgress,
        workspace::Workspace,
    },
    schedule::failure::PauseReason,
};
use muster_store::{ChangedIssue, ClaimLimits, ClaimedJob, QueueState, ScheduledWork, SlotOutcome};
use std::{sync::Arc, time::Duration};
use tokio::{sync::Notify, task::JoinSet, time::timeout};
use tracing::Instrument;

/// Where a worker finds what it runs. The binary reads settings from the database; tests have their own.
pub trait Integrations: Send + Sync {
    /// The workspaces, and the active integrations with their schedules.
    fn scheduled(&self) -> Result<(Vec<Workspace>, Vec<ScheduledWork>), RunError>;

    /// An integration with its secrets, ready to be run; none: it is gone.
    fn load(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<Integration>, RunError>;

    /// An integration to be tested, with its secrets: as far as it is set up, or as it runs; none: it is gone.
    fn load_draft(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<Integration>, RunError>;
}

/// What a worker reports while it works, for logs and metrics.
#[derive(Debug)]
pub enum WorkerEvent<'e> {
    Slot(&'e ScheduledWork, SlotOutcome),
    Started(&'e ClaimedJob),
    Finished {
        job: &'e ClaimedJob,
        took: Duration,
        report: &'e JobReport,
    },
    /// How far a job is.
    Progress(&'e ClaimedJob, RunProgress),
    Paused(&'e ClaimedJob, PauseReason),
    /// The queue cannot be read or written just now.
    Unavailable(&'e RunError),
    Polled {
        queue: QueueState,
        /// Active schedules that will never start a job again.
        without_next_slot: usize,
    },
    /// The queue was asked for jobs to do.
    Claimed {
        took: Duration,
    },
    /// Something happened to an issue.
    Issue(&'e ChangedIssue),
    /// An alert was sent, or not.
    Alert(&'e AlertReport),
    /// An event was delivered to a webhook, or not.
    Delivery(&'e DeliveryReport),
    /// How many issues are open and not snoozed.
    Watched {
        warnings: u64,
        critical: u64,
    },
    /// A job or a background task ended by a panic. The lease of a job expires, and it is attempted again; a task is
    /// started again.
    Crashed,
}

/// How a job ended, or why it did not.
#[derive(Debug)]
pub enum JobReport {
    Ended {
        end: JobEnd,
        run: Option<RunId>,
        error: Option<RunError>,
    },
    /// It is attempted again.
    Retried { wait: Duration, error: RunError },
    /// Another worker took it over.
    LeaseLost,
}

pub type Observer = dyn Fn(&WorkerEvent<'_>) + Send + Sync;

#[derive(Clone)]
pub struct Worker {
    pub deps: Deps,
    pub integrations: Arc<dyn Integrations>,
    pub surveyed: Arc<dyn Surveyed>,
    pub alerts: Arc<dyn AlertTexts>,
    pub observer: Arc<Observer>,
    /// Rung when this process has written a job.
    pub wake: Arc<Notify>,
    /// `None`: this service makes no backups.
    pub backups: Option<Arc<Backups>>,
    pub settings: WorkerSettings,
}

#[derive(Clone, Copy, Debug)]
pub struct WorkerSettings {
    /// How many jobs run at a time.
    pub jobs: usize,
    pub poll: Duration,
    /// How often issues are looked for.
    pub watch: Duration,
    /// How often alerts are sent.
    pub alerts: Duration,
    /// How long running jobs may go on when the process is to end.
    pub grace: Duration,
    /// How many failures in a row pause an integration.
    pub max_failures: u32,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            jobs: 8,
            poll: Duration::from_secs(1),
            watch: Duration::from_secs(60),
            alerts: Duration::from_secs(5),
            grace: Duration::from_secs(25),
            max_failures: muster_core::schedule::failure::MAX_FAILURES,
        }
    }
}

impl Worker {
    /// Works until `stop` is done. Then nothing more is claimed; jobs that are not done within the grace period are given back.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let mut running: JoinSet<()> = JoinSet::new();
        tokio::pin!(stop);
        let ended = Arc::new(Notify::new());
        let mut tasks: JoinSet<()> = JoinSet::new();
        let job_ended = Arc::clone(&ended);
        self.repeat(&mut tasks, move |worker| {
            let job_ended = Arc::clone(&job_ended);
            async move { worker.watch(job_ended).await }
        });
        self.repeat(&mut tasks, |worker| async move { worker.alert().await });
        self.repeat(&mut tasks, |worker| async move {
            worker.send_events().await;
        });
        loop {
            let room = self.settings.jobs.saturating_sub(running.len());
            for job in self.poll(room).await {
                let worker = self.clone();
                running.spawn(async move { worker.work(job).await });
            }
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = self.wake.notified() => {}
                () = tokio::time::sleep(self.settings.poll) => {}
                Some(done) = running.join_next(), if !running.is_empty() => {
                    if done.is_err() {
                        (self.observer)(&WorkerEvent::Crashed);
                    }
                    ended.notify_one();
                }
            }
        }
        tasks.abort_all();
        let all_done = async { while running.join_next().await.is_some() {} };
        if timeout(self.settings.grace, all_done).await.is_err() {
            running.shutdown().await;
            let (store, now) = (Arc::clone(&self.deps.store), self.deps.clock.now());
            let owner = self.deps.owner.clone();
            let given_back = blocking(move || store.release_jobs_of(&owner, now)).await;
            if let Err(error) = given_back {
                (self.observer)(&WorkerEvent::Unavailable(&error));
            }
        }
    }

    /// Starts a background task, and starts it again whenever it ended by a panic.
    fn repeat<T: Future<Output = ()> + Send + 'static>(
        &self,
        tasks: &mut JoinSet<()>,
        task: impl Fn(Self) -> T + Send + 'static,
    ) {
        let worker = self.clone();
        tasks.spawn(async move {
            loop {
                // Dropping the set ends the task.
                let mut attempt = JoinSet::new();
                attempt.spawn(task(worker.clone()));
                match attempt.join_next().await {
                    Some(Err(error)) if error.is_panic() => {
                        (worker.observer)(&WorkerEvent::Crashed);
                    }
                    _ => return,
                }
                tokio::time::sleep(worker.settings.poll).await;
            }
        });
    }

    /// Decides slots and claims jobs, once.
    pub async fn poll(&self, room: usize) -> Vec<ClaimedJob> {
        let worker = self.clone();
        match tokio::task::spawn_blocking(move || worker.decide_and_claim(room)).await {
            Ok(Ok(jobs)) => jobs,
            Ok(Err(error)) => {
                (self.observer)(&WorkerEvent::Unavailable(&error));
                Vec::new()
            }
            Err(_) => {
                (self.observer)(&WorkerEvent::Crashed);
                Vec::new()
            }
        }
    }

    fn decide_and_claim(&self, room: usize) -> Result<Vec<ClaimedJob>, RunError> {
        let (store, now) = (&self.deps.store, self.deps.clock.now());
        let (workspaces, mut work) = self.integrations.scheduled()?;
        work.extend(workspaces.iter().flat_map(scheduler::of_workspace));
        work.extend(self.backups.as_ref().map(|_| scheduler::backup()));
        for (work, outcome) in store.decide_slots(&work, now)? {
            (self.observer)(&WorkerEvent::Slot(&work, outcome));
        }
        (self.observer)(&WorkerEvent::Polled {
            queue: store.queue_state()?,
            without_next_slot: scheduler::without_next_slot(&store.schedules()?, now).len(),
        });
        if room == 0 {
            return Ok(Vec::new());
        }
        let limits = ClaimLimits {
            jobs: room,
            ..ClaimLimits::default()
        };
        let began = tokio::time::Instant::now();
        let jobs = store.claim_jobs(&self.deps.owner, limits, now)?;
        (self.observer)(&WorkerEvent::Claimed {
            took: began.elapsed(),
        });
        Ok(jobs)
    }

    async fn work(&self, job: ClaimedJob) {
        (self.observer)(&WorkerEvent::Started(&job));
        let began = tokio::time::Instant::now();
        let span = tracing::info_span!(
            "job",
            kind = job.kind.as_str(),
            workspace = job.workspace.0,
            integration = job.integration.map(|integration| integration.0),
            job = job.lease.job,
            attempt = job.attempt,
        );
        let report = perform(self, &job).instrument(span).await;
        (self.observer)(&WorkerEvent::Finished {
            job: &job,
            took: began.elapsed(),
            report: &report,
        });
        if let JobReport::Ended {
            end: JobEnd::Failed | JobEnd::CredentialsRefused,
            ..
        } = report
        {
            self.pause(&job).await;
        }
    }

    /// Pauses the schedule of an integration that keeps failing.
    async fn pause(&self, job: &ClaimedJob) {
        let Some(integration) = job.integration.filter(|_| job.kind == JobKind::Sync) else {
            return;
        };
        let (store, now) = (Arc::clone(&self.deps.store), self.deps.clock.now());
        let (workspace, max) = (job.workspace, self.settings.max_failures);
        let paused = blocking(move || store.pause_schedule(workspace, integration, max, now)).await;
        match paused {
            Ok(Some(reason)) => (self.observer)(&WorkerEvent::Paused(job, reason)),
            Ok(None) => {}
            Err(error) => (self.observer)(&WorkerEvent::Unavailable(&error)),
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.deps.clock.now()
    }
}

/// Does something that blocks on a thread for that.
pub(crate) async fn blocking<T: Send + 'static, E: Into<RunError> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, RunError> {
    // What is done there belongs to the span of who waits for it.
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(done) => done.map_err(Into::into),
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime ends: nobody waits for the answer.
            Err(_) => std::future::pending().await,
        },
    }
}
