//! `muster verify`: verifies the database or a backup.

use super::{backup, print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    master_key,
    show::{count, moment},
    text,
    wiring::Wiring,
};
use muster_core::model::{
    code::Code,
    response::{self, VerifyAnswer, VerifyFinding},
};
use muster_store::{Finding, Restoration, Verified};
use std::{path::Path, process::ExitCode};

pub(super) fn verify(arguments: &Arguments, file: Option<&Path>) -> Result<ExitCode, CommandError> {
    let (backup, verified) = match file {
        None => (None, Wiring::unchecked(arguments)?.store.verify()?),
        Some(file) => {
            let folder = tempfile::tempdir().map_err(|error| {
                CommandError::usage(
                    format!("a temporary folder could not be created: {error}"),
                    "make the folder for temporary files (TMPDIR) writable",
                )
            })?;
            let url = format!("sqlite:{}", folder.path().join("verified.db").display());
            let restoration = Restoration::begin(file, &url, false)?;
            let store = restoration.open()?;
            master_key::unlock(&store, arguments, master_key::WhenMissing::Continue)?;
            let verified = store.verify()?;
            drop(store);
            (Some(backup::answer(file, &restoration.note)), verified)
        }
    };
    let is_intact = verified.findings.is_empty();
    if arguments.json {
        print_json(&VerifyAnswer {
            status: if is_intact { "intact" } else { "inconsistent" },
            backup,
            verified: answer(&verified),
            findings: findings(&verified),
        });
        return Ok(ExitCode::from(u8::from(!is_intact)));
    }
    if !is_intact {
        return Err(inconsistent(&verified));
    }
    if let Some(backup) = backup {
        say(format!(
            "the backup of {} is intact; it was restored into a temporary folder ({} rows, schema {})",
            moment(backup.made),
            backup.rows,
            backup.schema
        ));
    } else {
        say("the database is intact");
    }
    say(format!("  {}", summary(&verified)));
    Ok(ExitCode::SUCCESS)
}

/// What was verified, in one line.
pub(super) fn summary(verified: &Verified) -> String {
    let mut parts = vec![
        count(verified.employees, "employee", "employees"),
        count(verified.changes, "recorded change", "recorded changes"),
        count(verified.grants, "budget", "budgets"),
        count(verified.deliveries, "archived file", "archived files"),
        count(verified.secrets, "secret", "secrets"),
        count(
            verified.audit_entries,
            "entry of the audit log",
            "entries of the audit log",
        ),
    ];
    if verified.unread > 0 {
        parts.push(format!(
            "not verified without the master key: {}",
            count(verified.unread, "encrypted value", "encrypted values")
        ));
    }
    format!("verified: {}", parts.join(", "))
}

/// The contradictions in words.
pub(super) fn findings(verified: &Verified) -> Vec<VerifyFinding> {
    let worded = |finding: &Finding| VerifyFinding {
        workspace: finding.workspace.clone(),
        message: text::store::inconsistency(&finding.what),
    };
    verified.findings.iter().map(worded).collect()
}

pub(super) fn line(finding: &VerifyFinding) -> String {
    match &finding.workspace {
        Some(workspace) => format!("workspace `{workspace}`: {}", finding.message),
        None => finding.message.clone(),
    }
}

/// The error for a database that contradicts itself.
fn inconsistent(verified: &Verified) -> CommandError {
    const MAX_LISTED: usize = 20;
    let findings = findings(verified);
    let mut lines: Vec<String> = findings.iter().take(MAX_LISTED).map(line).collect();
    let others = findings.len().saturating_sub(lines.len());
    if others > 0 {
        lines.push(format!("{others} others"));
    }
    CommandError::new(
        Code::StoreDamaged,
        format!("the database is inconsistent:\n  {}", lines.join("\n  ")),
        "keep a copy of the file, and restore the last intact backup with `muster restore`",
    )
}

/// What was verified, as an answer.
pub(super) fn answer(verified: &Verified) -> response::Verified {
    response::Verified {
        workspaces: verified.workspaces,
        employees: verified.employees,
        changes: verified.changes,
        budgets: verified.grants,
        deliveries: verified.deliveries,
        secrets: verified.secrets,
        audit_entries: verified.audit_entries,
        unread: verified.unread,
    }
}
