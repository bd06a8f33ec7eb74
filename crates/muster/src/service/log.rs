//! The log of a service: one JSON object a line, without values of employees. Errors are named by their code; what they say of
//! a person or a file is in the record of the run.

use super::{
    metrics::Metrics,
    progress::RunsUnderWay,
    spans::{self, SpanExport},
};
use muster_core::issue::IssueEvent;
use muster_engine::{JobReport, Observer, WorkerEvent};
use muster_store::{ClaimedJob, SlotOutcome};
use std::{io::stderr, sync::Arc};
use tracing::{error, info, level_filters::LevelFilter, warn};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

/// Starts the log, and sends spans until what is returned is dropped. Libraries log nothing: their lines could hold what a server
/// has sent.
#[must_use]
pub(crate) fn start_log() -> SpanExport {
    let (spans, export) = spans::start();
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(stderr);
    let ours = Targets::new().with_target("muster", LevelFilter::INFO);
    // A second call in one process changes nothing.
    let _ = tracing_subscriber::registry()
        .with(spans)
        .with(lines)
        .with(ours)
        .try_init();
    export
}

/// Logs and counts what a worker does.
pub(crate) fn observe(metrics: Arc<Metrics>, under_way: Arc<RunsUnderWay>) -> Arc<Observer> {
    Arc::new(move |event| {
        under_way.note(event);
        metrics.count(event);
        log(event);
    })
}

fn log(event: &WorkerEvent<'_>) {
    match event {
        WorkerEvent::Slot(work, outcome) => {
            let (kind, workspace) = (work.kind.as_str(), work.workspace.0);
            let integration = work.integration.map(|integration| integration.0);
            match outcome {
                SlotOutcome::Started { job, is_late } => {
                    info!(target: "muster", kind, workspace, integration, job, late = is_late, "slot is due");
                }
                SlotOutcome::Skipped => {
                    warn!(target: "muster", kind, workspace, integration, "slot is skipped: the previous job has not ended");
                }
                SlotOutcome::Missed(missed) => {
                    warn!(
                        target: "muster", kind, workspace, integration, slots = missed.count,
                        first = %missed.first, last = %missed.last, "slots were missed"
                    );
                }
            }
        }
        WorkerEvent::Started(job) => {
            let ClaimedJob {
                kind,
                workspace,
                attempt,
                ..
            } = job;
            let integration = job.integration.map(|integration| integration.0);
            info!(
                target: "muster", kind = kind.as_str(), workspace = workspace.0, integration,
                job = job.lease.job, attempt, "job started"
            );
        }
        WorkerEvent::Finished { job, took, report } => finished(job, took.as_secs_f64(), report),
        WorkerEvent::Paused(job, reason) => {
            let integration = job.integration.map(|integration| integration.0);
            error!(
                target: "muster", workspace = job.workspace.0, integration, ?reason,
                "schedule is paused: run the integration once to resume it"
            );
        }
        WorkerEvent::Unavailable(problem) => {
            error!(target: "muster", code = problem.code.as_str(), "the database cannot be used");
        }
        WorkerEvent::Crashed => {
            error!(target: "muster", "a job ended unexpectedly; it is attempted again")
        }
        WorkerEvent::Issue(changed) => {
            let (workspace, issue) = (changed.workspace.0, changed.issue);
            let (kind, event) = (changed.detail.kind().as_str(), changed.event.as_str());
            let level = changed.level.as_str();
            if changed.event == IssueEvent::Resolved {
                info!(target: "muster", workspace, issue, kind, event, "issue");
            } else {
                warn!(target: "muster", workspace, issue, kind, event, urgency = level, "issue");
            }
        }
        WorkerEvent::Alert(report) => {
            let (alert, channel) = (report.alert, report.channel);
            let again = report.is_retried;
            match &report.failure {
                None => info!(target: "muster", alert, channel, "alert is sent"),
                Some(_) => warn!(target: "muster", alert, channel, again, "alert is not sent"),
            }
        }
        WorkerEvent::Delivery(report) => {
            let (webhook, event) = (report.webhook, report.event);
            let again = report.is_retried;
            match &report.failure {
                None => info!(target: "muster", webhook, event, "event is delivered"),
                Some(_) => warn!(target: "muster", webhook, event, again, "event is not delivered"),
            }
        }
        WorkerEvent::Progress(..)
        | WorkerEvent::Polled { .. }
        | WorkerEvent::Claimed { .. }
        | WorkerEvent::Watched { .. } => {}
    }
}

fn finished(job: &ClaimedJob, seconds: f64, report: &JobReport) {
    let (kind, workspace, id) = (job.kind.as_str(), job.workspace.0, job.lease.job);
    let integration = job.integration.map(|integration| integration.0);
    match report {
        JobReport::Ended {
            end,
            run,
            error: None,
        } => {
            let run = run.map(|run| run.0);
            info!(target: "muster", kind, workspace, integration, job = id, run, seconds, result = end.as_str(), "job ended");
        }
        JobReport::Ended {
            end,
            run,
            error: Some(problem),
        } => {
            let run = run.map(|run| run.0);
            error!(
                target: "muster", kind, workspace, integration, job = id, run, seconds, result = end.as_str(),
                code = problem.code.as_str(), "job failed"
            );
        }
        JobReport::Retried { wait, error } => {
            warn!(
                target: "muster", kind, workspace, integration, job = id, seconds, code = error.code.as_str(),
                wait = wait.as_secs(), "job is attempted again"
            );
        }
        JobReport::LeaseLost => {
            warn!(target: "muster", kind, workspace, integration, job = id, seconds, "lease was lost; nothing was applied");
        }
    }
}
