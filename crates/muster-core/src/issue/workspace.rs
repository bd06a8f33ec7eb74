//! Issues of a workspace: its plans, and the runs, deliveries, schedules and credentials of its integrations.

use super::{
    facts::{EndedRun, IntegrationFacts, IntegrationWatch, PendingPlan, WorkspaceFacts},
    installation::level,
    kind::{Found, IssueDetail},
};
use crate::{
    model::{
        problem::{Detail, columns},
        run::RunStatus,
    },
    setup::settings::Expectation,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// How long before a plan expires a person is reminded.
const APPROVAL_NOTICE: SignedDuration = SignedDuration::from_hours(48);

const CREDENTIAL_NOTICE: SignedDuration = SignedDuration::from_hours(14 * 24);
const CREDENTIAL_CRITICAL: SignedDuration = SignedDuration::from_hours(3 * 24);

/// How many failed jobs in a row are an issue, and a critical one.
const FAILURES: u32 = 2;
const FAILURES_CRITICAL: u32 = 5;

/// A slot that is not decided for so long never will be.
const OVERDUE: SignedDuration = SignedDuration::from_mins(10);

/// How long a new column is reported.
const NEW_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How many deliveries must have been seen before a quiet time is judged.
const ARRIVALS: u64 = 4;
const QUIET_FACTOR: i32 = 3;
/// No shorter quiet time is an issue.
const QUIET: SignedDuration = SignedDuration::from_hours(24);

/// The issues that a workspace has.
pub fn of_workspace(facts: &WorkspaceFacts, now: Timestamp) -> Vec<Found> {
    let plans = facts.plans.iter().flat_map(|plan| of_plan(plan, now));
    let integrations = facts
        .integrations
        .iter()
        .flat_map(|one| of_integration(one, now));
    plans.chain(integrations).collect()
}

fn of_plan(plan: &PendingPlan, now: Timestamp) -> Vec<Found> {
    let is_expired = plan.expires <= now;
    let found = |subject: String, is_critical, detail| Found {
        integration: plan.integration,
        subject,
        level: level(is_critical),
        detail,
    };
    let mut issues = Vec::new();
    if plan.is_held {
        let detail = IssueDetail::HeldPlan {
            plan: plan.plan.clone(),
            operations: plan.operations,
            removals: plan.removals,
            expires: plan.expires,
            is_expired,
        };
        issues.push(found(String::new(), false, detail));
    }
    if !is_expired && plan.operations > 0 && plan.expires.duration_since(now) <= APPROVAL_NOTICE {
        let detail = IssueDetail::ApprovalExpiring {
            plan: plan.plan.clone(),
            expires: plan.expires,
        };
        issues.push(found(plan.plan.run.to_string(), false, detail));
    }
    issues
}

fn of_integration(facts: &IntegrationFacts, now: Timestamp) -> Vec<Found> {
    let host = facts.watch.as_ref().and_then(|watch| watch.host.clone());
    let mut issues: Vec<(bool, String, IssueDetail)> = Vec::new();
    let plain = |(is_critical, detail)| (is_critical, String::new(), detail);
    issues.extend(failures(&facts.runs, host.clone()).map(plain));
    issues.extend(columns(facts, now).into_iter().map(plain));
    if let Some(pause) = facts.pause {
        let detail = IssueDetail::IntegrationPaused {
            by: pause.by,
            since: pause.since,
            host: host.clone(),
        };
        issues.push(plain((true, detail)));
    }
    if let Some(watch) = facts.watch.as_ref().filter(|watch| watch.is_active) {
        issues.extend(no_delivery(watch, facts, now).map(plain));
        issues.extend(no_next_slot(watch, facts, now).map(plain));
        issues.extend(unchanged(watch, facts, now).map(plain));
        for credential in &facts.credentials {
            let left = credential.expires.duration_since(now);
            if left <= CREDENTIAL_NOTICE {
                let detail = IssueDetail::CredentialExpiring {
                    setting: credential.setting.clone(),
                    expires: credential.expires,
                    is_expired: credential.expires <= now,
                };
                let is_critical = left <= CREDENTIAL_CRITICAL;
                issues.push((is_critical, credential.setting.clone(), detail));
            }
        }
    }
    let found = issues
        .into_iter()
        .map(|(is_critical, subject, detail)| Found {
            integration: Some(facts.id),
            subject,
            level: level(is_critical),
            detail,
        });
    found.collect()
}

/// Failures in a row. Attempts of one job count once.
fn failures(newest_first: &[EndedRun], host: Option<String>) -> Option<(bool, IssueDetail)> {
    let is_failed = |run: &&EndedRun| {
        matches!(
            run.status,
            RunStatus::Failed | RunStatus::Refused | RunStatus::Interrupted
        )
    };
    let failed: Vec<&EndedRun> = newest_first.iter().take_while(is_failed).collect();
    let jobs: BTreeSet<i64> = failed
        .iter()
        .map(|run| run.job.unwrap_or(-run.run.0))
        .collect();
    let failures = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
    let (newest, oldest) = (failed.first()?, failed.last()?);
    (failures >= FAILURES).then(|| {
        let detail = IssueDetail::FailedRepeatedly {
            failures,
            since: oldest.finished,
            run: newest.run,
            code: newest.problem.as_ref().map(|problem| problem.code),
            host,
        };
        (failures >= FAILURES_CRITICAL, detail)
    })
}

/// A new delivery that should have arrived by now.
fn no_delivery(
    watch: &IntegrationWatch,
    facts: &IntegrationFacts,
    now: Timestamp,
) -> Option<(bool, IssueDetail)> {
    let expect = watch.expect?;
    let has_slots = !watch.schedule.entries.is_empty();
    if expect == Expectation::EverySlot && !has_slots {
        return None;
    }
    let last = facts.delivery.as_ref().map(|delivery| delivery.at);
    let from = last.map_or(watch.since, |last| last.max(watch.since));
    let (period, grace) = match expect {
        Expectation::EverySlot => (SignedDuration::ZERO, SignedDuration::from_hours(1)),
        Expectation::Daily => (
            SignedDuration::from_hours(24),
            SignedDuration::from_hours(6),
        ),
        Expectation::Weekly => (
            SignedDuration::from_hours(7 * 24),
            SignedDuration::from_hours(24),
        ),
        Expectation::Monthly => (
            SignedDuration::from_hours(31 * 24),
            SignedDuration::from_hours(48),
        ),
    };
    // Where there is a schedule, a delivery is late once a slot should have brought it: not on a weekend without slots.
    let earliest = from.checked_add(period).ok()?;
    let due = match has_slots {
        true => {
            let before = earliest.checked_sub(grace).ok()?.max(from);
            watch.schedule.next_slot(before)?
        }
        false => earliest,
    };
    let late = now.duration_since(due);
    let is_critical = match expect {
        Expectation::EverySlot => watch.schedule.slots(from, now).take(3).count() == 3,
        _ => late > period.saturating_mul(2),
    };
    (late > grace).then_some((
        is_critical,
        IssueDetail::NoDelivery {
            last,
            due,
            host: watch.host.clone(),
        },
    ))
}

fn no_next_slot(
    watch: &IntegrationWatch,
    facts: &IntegrationFacts,
    now: Timestamp,
) -> Option<(bool, IssueDetail)> {
    if watch.schedule.entries.is_empty() || facts.pause.is_some() {
        return None;
    }
    if watch.schedule.next_slot(now).is_none() {
        return Some((true, IssueDetail::NoNextSlot { overdue: None }));
    }
    let overdue = facts
        .next_slot?
        .filter(|slot| now.duration_since(*slot) > OVERDUE)?;
    let overdue = Some(overdue);
    Some((true, IssueDetail::NoNextSlot { overdue }))
}

fn unchanged(
    watch: &IntegrationWatch,
    facts: &IntegrationFacts,
    now: Timestamp,
) -> Option<(bool, IssueDetail)> {
    let delivery = facts.delivery.as_ref()?;
    if !watch.reports_unchanged || delivery.arrivals < ARRIVALS {
        return None;
    }
    let limit = SignedDuration::from_secs(delivery.longest_quiet)
        .saturating_mul(QUIET_FACTOR)
        .max(QUIET);
    (now.duration_since(delivery.at) > limit).then_some((
        false,
        IssueDetail::UnchangedForLong {
            last: delivery.at,
            longest: delivery.longest_quiet,
        },
    ))
}

/// Columns that the last delivery had for the first time, or no longer had.
fn columns(facts: &IntegrationFacts, now: Timestamp) -> Vec<(bool, IssueDetail)> {
    let used = facts.watch.as_ref().map(|watch| &watch.columns);
    let is_used = |column: &String| used.is_some_and(|used| used.contains(column));
    let mut issues = Vec::new();
    let delivery = facts.delivery.as_ref();
    let new: Vec<String> = delivery
        .iter()
        .flat_map(|delivery| &delivery.unused)
        .filter(|column| {
            let is_recent = |since| now.duration_since(since) <= NEW_FOR;
            column.since.is_some_and(is_recent) && !is_used(&column.name)
        })
        .map(|column| column.name.clone())
        .collect();
    if !new.is_empty() {
        issues.push((false, IssueDetail::NewColumn { columns: new }));
    }
    let refused = facts.runs.first().and_then(missing_in);
    let is_refused = refused.is_some();
    let missing = refused.unwrap_or_else(|| {
        let missing = delivery.iter().flat_map(|delivery| &delivery.missing);
        let is_mapped = |column: &&String| used.is_none() || is_used(column);
        missing.filter(is_mapped).cloned().collect()
    });
    if !missing.is_empty() {
        let detail = IssueDetail::MissingColumn {
            columns: missing,
            is_refused,
        };
        issues.push((is_refused, detail));
    }
    issues
}

/// The columns for lack of which a delivery was refused.
fn missing_in(run: &EndedRun) -> Option<Vec<String>> {
    match &run.problem.as_ref()?.detail {
        Detail::Columns(columns::Detail::Required { columns, .. }) => Some(columns.clone()),
        Detail::Columns(columns::Detail::MatchKey { columns, .. }) => {
            Some(columns.iter().take(1).cloned().collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
