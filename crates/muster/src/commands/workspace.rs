//! `muster workspace`: lists, creates and deletes workspaces.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, WorkspaceCommand},
    error::CommandError,
    show::{count, moment, safe, table},
    wiring::Wiring,
};
use muster_core::model::{
    code::Code,
    response::{WorkspaceChanged, WorkspaceSummary},
    role::Role,
    workspace::is_plain_name,
};
use muster_store::WorkspaceDeletion;
use std::process::ExitCode;

pub(super) fn run(
    arguments: &Arguments,
    command: &WorkspaceCommand,
) -> Result<ExitCode, CommandError> {
    match command {
        WorkspaceCommand::List => list(arguments),
        WorkspaceCommand::Create { name } => create(arguments, name),
        WorkspaceCommand::Delete { name, confirm } => delete(arguments, name, confirm),
    }
}

fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let states = Wiring::without_key(arguments)?.store.workspace_states()?;
    let summaries: Vec<WorkspaceSummary> = states
        .into_iter()
        .map(|state| WorkspaceSummary {
            workspace: state.name,
            role: Role::Admin,
            employees: state.employed,
            integrations: state.integrations,
            held_plans: state.held_plans,
            held_operations: state.decisions,
            failing: state.failing,
            last_good: state.last_good,
        })
        .collect();
    if arguments.json {
        print_json(&summaries);
        return Ok(ExitCode::SUCCESS);
    }
    let rows = summaries.into_iter().map(|one| {
        vec![
            safe(&one.workspace),
            one.employees.to_string(),
            one.integrations.to_string(),
            one.held_plans.to_string(),
            one.failing.to_string(),
            one.last_good.map_or_else(|| "never".to_owned(), moment),
        ]
    });
    say(table(
        &[
            "workspace",
            "employees",
            "integrations",
            "held plans",
            "failing",
            "last good run",
        ],
        rows,
    ));
    Ok(ExitCode::SUCCESS)
}

fn create(arguments: &Arguments, name: &str) -> Result<ExitCode, CommandError> {
    if !is_plain_name(name) {
        return Err(CommandError::usage(
            format!("`{}` cannot be the name of a workspace", safe(name)),
            "use letters of the English alphabet, digits, `-`, `_` and `.`",
        ));
    }
    let wiring = Wiring::without_key(arguments)?;
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| {
        CommandError::usage(
            format!("the system gives no random numbers: {error}"),
            "check the machine",
        )
    })?;
    let created = wiring
        .store
        .create_workspace(name, key, wiring.author(), wiring.now())?;
    if created.is_none() {
        return Err(CommandError::usage(
            format!("there is a workspace `{name}` already; nothing was changed"),
            "use another name",
        ));
    }
    answer(arguments, "created", name, || {
        format!("created the workspace `{name}`")
    })
}

fn delete(arguments: &Arguments, name: &str, confirm: &str) -> Result<ExitCode, CommandError> {
    if name != confirm {
        return Err(CommandError::usage(
            "--confirm is not the name of the workspace; nothing was deleted",
            format!("to delete it permanently, write --confirm {}", safe(name)),
        ));
    }
    let wiring = Wiring::without_key(arguments)?;
    let unknown = || {
        CommandError::unknown(
            Code::WorkspaceUnknown,
            format!("there is no workspace `{}`", safe(name)),
            "run `muster workspace list` to list the workspaces",
        )
    };
    let workspace = wiring.store.workspace(name)?.ok_or_else(unknown)?;
    let states = wiring.store.workspace_states()?;
    let state = states.into_iter().find(|state| state.id == workspace.id);
    let employed = state.map_or(0, |state| state.employed);
    let (by, now) = (wiring.author(), wiring.now());
    match wiring.store.delete_workspace(&workspace, by, now)? {
        WorkspaceDeletion::Deleted { is_rewritten } => answer(arguments, "deleted", name, || {
            let note = match is_rewritten {
                true => "",
                false => {
                    "\n! another process reads the database, so deleted data may still be present in unused pages\n  \
                     help: run `muster sweep` when that process has ended"
                }
            };
            let employees = count(employed, "employed person", "employed persons");
            format!("deleted the workspace `{name}` with {employees}{note}")
        }),
        WorkspaceDeletion::Busy => Err(CommandError::usage(
            format!("a job of the workspace `{name}` is running; nothing was deleted"),
            "wait until the job has ended, or stop the service",
        )),
        WorkspaceDeletion::Unknown => Err(unknown()),
    }
}

fn answer(
    arguments: &Arguments,
    status: &'static str,
    name: &str,
    text: impl FnOnce() -> String,
) -> Result<ExitCode, CommandError> {
    if arguments.json {
        print_json(&WorkspaceChanged {
            status,
            workspace: name.to_owned(),
        });
    } else {
        say(text());
    }
    Ok(ExitCode::SUCCESS)
}
