//! `muster audit`: the log of who did what.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, AuditCommand},
    error::{CommandError, FAILED},
    show::{moment, safe, table},
    wiring::Wiring,
};
use muster_core::model::{
    ids::WorkspaceId,
    response::{AuditEntry, AuditFault, AuditVerification},
};
use muster_store::{AuditHead, AuditQuery, StoredAudit};
use std::{
    collections::BTreeMap,
    io::{BufWriter, Write},
    process::ExitCode,
};

pub(super) fn run(arguments: &Arguments, command: &AuditCommand) -> Result<ExitCode, CommandError> {
    match command {
        AuditCommand::List { limit } => list(arguments, *limit),
        AuditCommand::Verify { head } => verify(arguments, head.as_ref()),
        AuditCommand::Export { after } => export(arguments, *after),
    }
}

/// The names of workspaces, and the one that was asked for.
fn names(
    arguments: &Arguments,
    wiring: &Wiring,
) -> Result<(BTreeMap<WorkspaceId, String>, Option<WorkspaceId>), CommandError> {
    let states = wiring.store.workspace_states()?;
    let names = states.into_iter().map(|state| (state.id, state.name));
    let wanted = match &arguments.workspace {
        Some(_) => Some(wiring.workspace()?.id),
        None => None,
    };
    Ok((names.collect(), wanted))
}

fn answer(entry: StoredAudit, names: &BTreeMap<WorkspaceId, String>) -> AuditEntry {
    entry.into_answer(|id| names.get(&id).cloned())
}

fn list(arguments: &Arguments, limit: u32) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let (names, workspace) = names(arguments, &wiring)?;
    let query = AuditQuery {
        workspace,
        limit,
        ..AuditQuery::default()
    };
    let entries = wiring.store.audit_page(&query)?;
    let entries: Vec<AuditEntry> = entries
        .into_iter()
        .map(|entry| answer(entry, &names))
        .collect();
    if arguments.json {
        print_json(&entries);
        return Ok(ExitCode::SUCCESS);
    }
    if entries.is_empty() {
        say("the audit log is empty");
        return Ok(ExitCode::SUCCESS);
    }
    let rows = entries.into_iter().map(|entry| {
        vec![
            entry.number.to_string(),
            moment(entry.time),
            safe(&entry.actor_name),
            entry.act.as_str().replace('_', " "),
            safe(&entry.subject_name),
            safe(&entry.workspace.unwrap_or_default()),
        ]
    });
    say(table(
        &["number", "time", "actor", "act", "subject", "workspace"],
        rows,
    ));
    Ok(ExitCode::SUCCESS)
}

fn verify(arguments: &Arguments, expected: Option<&AuditHead>) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::read_only(arguments)?;
    let verified = wiring.store.verify_audit(expected)?;
    let head = format!("{}:{}", verified.head.number, verified.head.hash);
    let fault = verified.fault.map(|fault| {
        let (kind, entry) = fault.kind_and_entry();
        AuditFault { kind, entry }
    });
    let exit = match fault {
        Some(_) => ExitCode::from(FAILED),
        None => ExitCode::SUCCESS,
    };
    if arguments.json {
        print_json(&AuditVerification {
            status: if fault.is_some() { "changed" } else { "intact" },
            entries: verified.entries,
            head,
            fault,
        });
        return Ok(exit);
    }
    match fault {
        None => say(format!(
            "the audit log is intact: {} entries\nhead: {head}\n  help: store the head somewhere else; `muster audit verify --head \
             HEAD` shows later that the log still has it",
            verified.entries
        )),
        Some(AuditFault { kind, entry }) => say(format!(
            "the audit log was changed outside of Muster: {}\n  help: compare it with the log of a backup: `muster audit export \
             --database sqlite:BACKUP`",
            match kind {
                "missing" => format!("entry {entry} is missing"),
                "removed" =>
                    format!("entries after number {entry} are missing or do not belong to it"),
                "unexpected" => format!("entry {entry} is not the one of the given head"),
                _ => format!("entry {entry} does not have the hash that was recorded"),
            }
        )),
    }
    Ok(exit)
}

fn export(arguments: &Arguments, after: i64) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::read_only(arguments)?;
    let (names, workspace) = names(arguments, &wiring)?;
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    // A closed output (`| head`) is not an error.
    let mut write = |entry| {
        let written = serde_json::to_writer(&mut out, &answer(entry, &names));
        written.is_ok() && out.write_all(b"\n").is_ok()
    };
    wiring.store.audit_after(workspace, after, &mut write)?;
    let _ = out.flush();
    Ok(ExitCode::SUCCESS)
}
