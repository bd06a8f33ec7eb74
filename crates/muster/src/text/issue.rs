//! Issues, and what to do about them.

use super::numbered;
use crate::show::{moment, safe};
use muster_core::{
    issue::{IssueDetail, PausedBy, Volume},
    schedule::failure::PauseReason,
};

/// What is wrong.
pub(crate) fn message(detail: &IssueDetail) -> String {
    match detail {
        IssueDetail::HeldPlan {
            plan,
            is_expired: true,
            ..
        } => format!(
            "plan {plan} has expired without a decision; the next run makes a new plan, which is held too"
        ),
        IssueDetail::HeldPlan {
            plan,
            operations,
            removals,
            expires,
            ..
        } => format!(
            "plan {plan} is held for review: {} pending, of which {removals} deactivate or delete an employee; it \
             expires at {}",
            numbered(*operations, "operation is", "operations are"),
            moment(*expires)
        ),
        IssueDetail::ApprovalExpiring { plan, expires } => format!(
            "plan {plan} waits for a decision and expires at {}",
            moment(*expires)
        ),
        IssueDetail::FailedRepeatedly {
            failures,
            since,
            run,
            code,
            ..
        } => {
            let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
            format!(
                "the last {failures} jobs failed, since {}; the latest is run {run}{code}; nothing was applied",
                moment(*since)
            )
        }
        IssueDetail::IntegrationPaused { by, since, .. } => {
            let why = match by {
                PausedBy::Failures(PauseReason::Failures(failures)) => {
                    format!("after {failures} failures in a row")
                }
                PausedBy::Failures(PauseReason::CredentialsRefused) => {
                    "because the server refused the credentials".to_owned()
                }
                PausedBy::Failures(PauseReason::Requested) => "by a user".to_owned(),
                PausedBy::HostKey => {
                    "because the server showed another host key than the accepted one".to_owned()
                }
            };
            format!("the integration is paused since {}, {why}", moment(*since))
        }
        IssueDetail::NoDelivery { last, due, .. } => {
            let last = match last {
                Some(last) => format!("the last one arrived at {}", moment(*last)),
                None => "there was none yet".to_owned(),
            };
            format!("a new delivery was due at {}; {last}", moment(*due))
        }
        IssueDetail::NoNextSlot { overdue: None } => "the schedule has no further slot".to_owned(),
        IssueDetail::NoNextSlot {
            overdue: Some(slot),
        } => format!("the slot of {} has not started a job", moment(*slot)),
        IssueDetail::CredentialExpiring {
            setting,
            expires,
            is_expired,
        } => {
            let state = if *is_expired { "expired" } else { "expires" };
            format!("`{setting}` {state} at {}", moment(*expires))
        }
        IssueDetail::NewColumn { columns } => format!(
            "the source delivers {} that nothing uses: {}",
            numbered(columns.len() as u64, "new column", "new columns"),
            list(columns)
        ),
        IssueDetail::MissingColumn {
            columns,
            is_refused,
        } => {
            let effect = if *is_refused {
                "the delivery was refused"
            } else {
                "stored values are unchanged"
            };
            format!(
                "the source no longer delivers {}: {}; {effect}",
                numbered(columns.len() as u64, "mapped column", "mapped columns"),
                list(columns)
            )
        }
        IssueDetail::UnchangedForLong { last, longest } => format!(
            "the source is unchanged since {}; the longest quiet time before was {}",
            moment(*last),
            hours(*longest)
        ),
        IssueDetail::DiskLow { volume, free } => format!(
            "the volume of {} has {} MiB left",
            volume_name(*volume),
            free >> 20
        ),
        IssueDetail::BackupOld { last: Some(last) } => {
            format!("the last backup was made at {}", moment(*last))
        }
        IssueDetail::BackupOld { last: None } => "there is no backup".to_owned(),
    }
}

/// The next step on the command line.
pub(crate) fn help(detail: &IssueDetail) -> String {
    match detail {
        IssueDetail::HeldPlan {
            plan,
            is_expired: true,
            ..
        } => format!(
            "run `muster reject {plan}`; the next run creates a new plan"
        ),
        IssueDetail::HeldPlan { plan, .. } | IssueDetail::ApprovalExpiring { plan, .. } => format!(
            "`muster runs {}` shows it; then run `muster approve {plan}` or `muster reject {plan}`",
            plan.run
        ),
        IssueDetail::FailedRepeatedly { run, .. } => {
            format!("`muster runs {run}` shows why it failed and what to do")
        }
        IssueDetail::IntegrationPaused {
            by: PausedBy::HostKey,
            ..
        } => "ask the server's administrator for the host key, then run `muster test NAME --accept-host-key SHA256:...`"
            .to_owned(),
        IssueDetail::IntegrationPaused {
            by: PausedBy::Failures(PauseReason::Requested),
            ..
        } => "resume it on the page of the integration when it may run again".to_owned(),
        IssueDetail::IntegrationPaused { .. } => {
            "correct the cause, then run `muster sync NAME` once: a successful run resumes the schedule".to_owned()
        }
        IssueDetail::NoDelivery { .. } => {
            "ask the sender of the source; if fewer deliveries are normal, change `expect` under [source]".to_owned()
        }
        IssueDetail::NoNextSlot { overdue: None } => {
            "correct `schedule` or `blackouts` in the integration file".to_owned()
        }
        IssueDetail::NoNextSlot { .. } => {
            "`muster status` shows the jobs; check that `muster serve` is running".to_owned()
        }
        IssueDetail::CredentialExpiring { setting, .. } => format!(
            "renew it at the provider, then store it with `muster secret set NAME {setting} --expires DAY`"
        ),
        IssueDetail::NewColumn { .. } => {
            "map a field to it if it is needed; otherwise no action is needed".to_owned()
        }
        IssueDetail::MissingColumn { .. } => {
            "deliver it again, or correct its name in the mapping".to_owned()
        }
        IssueDetail::UnchangedForLong { .. } => {
            "check that the source still exports current data; remove `unchanged` under [source] if this is normal"
                .to_owned()
        }
        IssueDetail::DiskLow { .. } => "free space or enlarge the volume".to_owned(),
        IssueDetail::BackupOld { .. } => {
            "make a backup, and check why the daily one is not made".to_owned()
        }
    }
}

fn list(columns: &[String]) -> String {
    let names: Vec<String> = columns
        .iter()
        .map(|column| format!("`{}`", safe(column)))
        .collect();
    names.join(", ")
}

fn volume_name(volume: Volume) -> &'static str {
    match volume {
        Volume::Database => "the database",
        Volume::TemporaryFiles => "temporary files",
    }
}

fn hours(seconds: i64) -> String {
    let hours = (seconds / 3600).unsigned_abs();
    match hours {
        0..48 => numbered(hours, "hour", "hours"),
        _ => numbered(hours / 24, "day", "days"),
    }
}
