//! Metrics of a service in the text format of Prometheus.

use muster_core::model::job::{JobEnd, JobKind};
use muster_engine::{JobReport, WorkerEvent};
use muster_store::{QueueState, SlotOutcome};
use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// A database that was not polled for so long makes the service not ready.
const STALE_SECONDS: f64 = 15.0;

#[derive(Debug, Default)]
pub(crate) struct Metrics(Mutex<Counted>);

#[derive(Debug, Default)]
struct Counted {
    ended: BTreeMap<(JobKind, &'static str), u64>,
    seconds: BTreeMap<JobKind, (f64, u64)>,
    retried: BTreeMap<JobKind, u64>,
    /// How long claims took, and how many there were.
    claims: (f64, u64),
    leases_lost: u64,
    crashes: u64,
    slots: BTreeMap<&'static str, u64>,
    pauses: u64,
    alerts: BTreeMap<&'static str, u64>,
    deliveries: BTreeMap<&'static str, u64>,
    errors: u64,
    without_next_slot: usize,
    warnings: u64,
    critical: u64,
    queue: QueueState,
    polled: Option<Instant>,
}

impl Metrics {
    pub(crate) fn count(&self, event: &WorkerEvent<'_>) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            WorkerEvent::Slot(_, outcome) => {
                let (name, count) = match outcome {
                    SlotOutcome::Started { is_late: false, .. } => ("started", 1),
                    SlotOutcome::Started { is_late: true, .. } => ("started_late", 1),
                    SlotOutcome::Skipped => ("skipped", 1),
                    SlotOutcome::Missed(missed) => ("missed", missed.count),
                };
                *counted.slots.entry(name).or_default() += count;
            }
            WorkerEvent::Finished { job, took, report } => {
                let (seconds, jobs) = counted.seconds.entry(job.kind).or_default();
                *seconds += took.as_secs_f64();
                *jobs += 1;
                counted.report(job.kind, report);
            }
            WorkerEvent::Paused(..) => counted.pauses += 1,
            WorkerEvent::Unavailable(_) => counted.errors += 1,
            WorkerEvent::Crashed => counted.crashes += 1,
            WorkerEvent::Polled {
                queue,
                without_next_slot,
            } => {
                counted.queue = *queue;
                counted.without_next_slot = *without_next_slot;
                counted.polled = Some(Instant::now());
            }
            WorkerEvent::Claimed { took } => {
                counted.claims.0 += took.as_secs_f64();
                counted.claims.1 += 1;
            }
            WorkerEvent::Watched { warnings, critical } => {
                (counted.warnings, counted.critical) = (*warnings, *critical);
            }
            WorkerEvent::Delivery(report) => {
                let result = match (&report.failure, report.is_retried) {
                    (None, _) => "delivered",
                    (Some(_), true) => "retried",
                    (Some(_), false) => "dead",
                };
                *counted.deliveries.entry(result).or_default() += 1;
            }
            WorkerEvent::Alert(report) => {
                let result = match (&report.failure, report.is_retried) {
                    (None, _) => "sent",
                    (Some(_), true) => "retried",
                    (Some(_), false) => "failed",
                };
                *counted.alerts.entry(result).or_default() += 1;
            }
            WorkerEvent::Started(_) | WorkerEvent::Progress(..) | WorkerEvent::Issue(_) => {}
        }
    }

    /// Whether the database was polled just now.
    pub(crate) fn is_ready(&self) -> bool {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted
            .polled
            .is_some_and(|polled| polled.elapsed().as_secs_f64() < STALE_SECONDS)
    }

    /// All metrics, as Prometheus reads them.
    pub(crate) fn text(&self) -> String {
        let counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = Text::default();
        text.family(
            "muster_jobs_waiting",
            "gauge",
            "Jobs that are due and wait for a worker.",
        );
        text.value("", counted.queue.waiting as f64);
        text.family(
            "muster_jobs_running",
            "gauge",
            "Jobs that are running, in all processes.",
        );
        text.value("", counted.queue.running as f64);
        text.family(
            "muster_job_oldest_waiting_seconds",
            "gauge",
            "How long the oldest waiting job has been due.",
        );
        text.value("", counted.queue.oldest_waiting.as_secs_f64());
        text.family(
            "muster_schedules_without_next_slot",
            "gauge",
            "Active schedules that will never start a job again.",
        );
        text.value("", counted.without_next_slot as f64);
        text.family(
            "muster_issues_open",
            "gauge",
            "Issues that are open and not snoozed, by level.",
        );
        text.value("{level=\"warning\"}", counted.warnings as f64);
        text.value("{level=\"critical\"}", counted.critical as f64);
        if let Some(polled) = counted.polled {
            text.family(
                "muster_seconds_since_poll",
                "gauge",
                "Time since the queue was last read.",
            );
            text.value("", polled.elapsed().as_secs_f64());
        }
        if let Some(age) = counted.queue.backup_age {
            text.family(
                "muster_backup_age_seconds",
                "gauge",
                "Time since the last backup of the service.",
            );
            text.value("", age.as_secs_f64());
        }
        text.family(
            "muster_jobs_ended_total",
            "counter",
            "Jobs that ended, by kind and result.",
        );
        for ((kind, result), count) in &counted.ended {
            text.value(
                &format!("{{kind=\"{}\",result=\"{result}\"}}", kind.as_str()),
                *count as f64,
            );
        }
        text.family(
            "muster_jobs_retried_total",
            "counter",
            "Jobs that failed and were attempted again.",
        );
        for (kind, count) in &counted.retried {
            text.value(&format!("{{kind=\"{}\"}}", kind.as_str()), *count as f64);
        }
        text.family("muster_job_seconds", "summary", "Duration of jobs.");
        for (kind, (seconds, jobs)) in &counted.seconds {
            let label = format!("{{kind=\"{}\"}}", kind.as_str());
            text.value(&format!("_sum{label}"), *seconds);
            text.value(&format!("_count{label}"), *jobs as f64);
        }
        text.family(
            "muster_claim_seconds",
            "summary",
            "Time that the database took to give jobs to this process.",
        );
        text.value("_sum", counted.claims.0);
        text.value("_count", counted.claims.1 as f64);
        text.family(
            "muster_slots_total",
            "counter",
            "Slots of schedules, by what became of them.",
        );
        for (outcome, count) in &counted.slots {
            text.value(&format!("{{outcome=\"{outcome}\"}}"), *count as f64);
        }
        text.family(
            "muster_alerts_total",
            "counter",
            "Attempts to send alerts, by result.",
        );
        for (result, count) in &counted.alerts {
            text.value(&format!("{{result=\"{result}\"}}"), *count as f64);
        }
        text.family(
            "muster_webhook_deliveries_total",
            "counter",
            "Attempts to deliver events to webhooks, by result.",
        );
        for (result, count) in &counted.deliveries {
            text.value(&format!("{{result=\"{result}\"}}"), *count as f64);
        }
        for (name, help, count) in [
            (
                "muster_leases_lost_total",
                "Leases that another worker took over.",
                counted.leases_lost,
            ),
            (
                "muster_job_crashes_total",
                "Jobs that ended unexpectedly.",
                counted.crashes,
            ),
            (
                "muster_schedule_pauses_total",
                "Schedules that were paused after failures.",
                counted.pauses,
            ),
            (
                "muster_database_errors_total",
                "Polls that could not read or write the database.",
                counted.errors,
            ),
        ] {
            text.family(name, "counter", help);
            text.value("", count as f64);
        }
        text.text
    }
}

impl Counted {
    fn report(&mut self, kind: JobKind, report: &JobReport) {
        match report {
            JobReport::Ended { end, .. } => {
                *self.ended.entry((kind, JobEnd::as_str(*end))).or_default() += 1;
            }
            JobReport::Retried { .. } => *self.retried.entry(kind).or_default() += 1,
            JobReport::LeaseLost => self.leases_lost += 1,
        }
    }
}

/// Lines of the text format.
#[derive(Default)]
struct Text {
    text: String,
    name: &'static str,
}

impl Text {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) {
        self.name = name;
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// `rest` is what follows the name: a suffix, labels, or both.
    fn value(&mut self, rest: &str, value: f64) {
        let _ = writeln!(self.text, "{}{rest} {value}", self.name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::model::ids::{IntegrationId, WorkspaceId};
    use muster_store::{ClaimedJob, Lease};
    use std::time::Duration;

    #[test]
    fn metrics_are_counted_and_written_in_the_text_format() {
        let metrics = Metrics::default();
        assert!(!metrics.is_ready());
        let job = ClaimedJob {
            lease: Lease { job: 1, fence: 1 },
            kind: JobKind::Sync,
            workspace: WorkspaceId(1),
            integration: Some(IntegrationId(1)),
            slot: None,
            attempt: 1,
            max_attempts: 4,
            decision: None,
            request: None,
        };
        let report = JobReport::Ended {
            end: JobEnd::Done,
            run: None,
            error: None,
        };
        for _ in 0..2 {
            metrics.count(&WorkerEvent::Finished {
                job: &job,
                took: Duration::from_millis(500),
                report: &report,
            });
        }
        metrics.count(&WorkerEvent::Polled {
            queue: QueueState {
                waiting: 3,
                ..QueueState::default()
            },
            without_next_slot: 1,
        });
        let took = Duration::from_millis(250);
        metrics.count(&WorkerEvent::Claimed { took });
        assert!(metrics.is_ready());
        let text = metrics.text();
        for line in [
            "# TYPE muster_jobs_ended_total counter",
            "muster_jobs_ended_total{kind=\"sync\",result=\"done\"} 2",
            "muster_job_seconds_sum{kind=\"sync\"} 1",
            "muster_job_seconds_count{kind=\"sync\"} 2",
            "muster_claim_seconds_sum 0.25",
            "muster_claim_seconds_count 1",
            "muster_jobs_waiting 3",
            "muster_schedules_without_next_slot 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
