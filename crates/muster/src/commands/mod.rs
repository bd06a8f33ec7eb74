//! One file for each command. It receives the arguments, calls the engine or the store, and prints
//! the result.

pub(crate) mod alert;
mod apply;
mod approve;
mod audit;
mod backup;
mod budgets;
mod check;
mod companies;
mod confirm;
mod database;
mod doctor;
mod drill;
mod employee_export;
mod employees;
mod erase;
mod explain;
mod export;
mod fields;
mod find;
mod groups;
mod history;
mod init;
mod issues;
mod key;
mod manual;
mod org;
mod pins;
mod profile;
mod replay;
mod restore;
mod runs;
mod secret;
mod serve;
mod shell;
mod ssh_algorithms;
mod status;
mod succeed;
mod sweep;
mod sync;
mod test;
mod test_export;
mod test_system;
mod token;
mod undo;
mod user;
mod verify;
mod webhooks;
mod worker;
mod workspace;

use crate::{
    arguments::{Arguments, Command, IntegrationCommand},
    error::CommandError,
    show, text,
    wiring::Wiring,
};
use muster_core::{
    decide::proposal::Counts,
    model::{
        response::PlanInsight,
        run::{Run, RunKind},
        workspace::Workspace,
    },
};
use muster_engine::Mode;
use muster_engine::Outcome;
use serde::Serialize;
use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

pub(crate) use apply::store_folder;

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    match &arguments.command {
        Command::Init(wanted) => init::init(arguments, wanted),
        Command::Sync { file, approve } => sync::sync(arguments, file, *approve),
        Command::Plan { file } => sync::plan(arguments, file),
        Command::Apply { folder, plan } => apply::apply(arguments, folder, *plan),
        Command::Export { dir } => export::export(arguments, dir.as_deref()),
        Command::Secret(command) => secret::run(arguments, command),
        Command::Workspace(command) => workspace::run(arguments, command),
        Command::Token(command) => token::run(arguments, command),
        Command::User(command) => user::run(arguments, command),
        Command::Audit(command) => audit::run(arguments, command),
        Command::Integration(IntegrationCommand::Succeed { old, file }) => {
            succeed::succeed(arguments, old, file)
        }
        Command::Integration(IntegrationCommand::History { name }) => {
            history::history(arguments, name)
        }
        Command::Approve {
            plan,
            only,
            operation,
        } => approve::approve(arguments, plan, only, operation),
        Command::Reject { plan } => approve::reject(arguments, plan),
        Command::Test {
            export,
            file,
            accept_host_key,
        } => test::test(
            arguments,
            file,
            accept_host_key.as_deref(),
            export.as_deref(),
        ),
        Command::Check { file } => check::check(arguments, file),
        Command::Employees(wanted) => employees::employees(arguments, wanted),
        Command::Explain { employee, field } => {
            explain::explain(arguments, employee, field.as_deref())
        }
        Command::Runs {
            command: Some(command),
            ..
        } => runs::abandon(arguments, command),
        Command::Runs { run: None, .. } => runs::list(arguments),
        Command::Runs {
            run: Some(run),
            shown,
            ..
        } => runs::show(arguments, *run, *shown),
        Command::Undo {
            run,
            plan,
            approve,
            yes,
        } => {
            let mode = match (plan, approve) {
                (true, _) => Mode::PlanOnly,
                (false, true) => Mode::Approve,
                (false, false) => Mode::Apply,
            };
            undo::undo(arguments, *run, mode, *yes)
        }
        Command::Sweep { approve } => sweep::sweep(arguments, *approve),
        Command::Erase {
            employee,
            lift: true,
            ..
        } => erase::lift(arguments, employee),
        Command::Erase {
            employee, yes, why, ..
        } => erase::erase(arguments, employee, *yes, why),
        Command::Replay { file, from } => replay::replay(arguments, file, *from),
        Command::Profile { file } => profile::profile(arguments, file),
        Command::Drill { file } => drill::drill(arguments, file),
        Command::Serve(options) => serve::serve(arguments, options),
        Command::Worker(options) => worker::work(arguments, options),
        Command::Backup { file } => backup::backup(arguments, file.as_deref()),
        Command::Restore {
            file,
            replace,
            erasures,
        } => restore::restore(arguments, file, *replace, erasures),
        Command::Verify { file } => verify::verify(arguments, file.as_deref()),
        Command::Status => status::status(arguments),
        Command::Doctor(options) => doctor::doctor(arguments, options),
        Command::Webhooks(command) => webhooks::run(arguments, command),
        Command::Alert(command) => alert::run(arguments, command),
        Command::Issues { all, command } => issues::run(arguments, *all, command.as_ref()),
        Command::SshAlgorithms => ssh_algorithms::list(arguments),
        Command::Org(wanted) => org::org(arguments, wanted),
        Command::Manual(command) => manual::run(arguments, command),
        Command::Fields(fields) => fields::run(arguments, fields.action.as_ref()),
        Command::Groups { what } => groups::groups(arguments, what.as_ref()),
        Command::Budgets(wanted) => budgets::budgets(arguments, wanted),
        Command::Companies => companies::companies(arguments),
        Command::Database(command) => database::run(arguments, command),
        Command::Key(command) => key::run(arguments, command),
        Command::Completions { shell } => Ok(shell::completions(*shell)),
        Command::ManPages { folder } => shell::man_pages(folder),
    }
}

/// Runs a future to its end.
pub(crate) fn block_on<F: Future>(future: F) -> Result<F::Output, CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            CommandError::usage(
                format!("the operating system does not provide an event loop: {error}"),
                "check the limits of the process",
            )
        })?;
    Ok(runtime.block_on(future))
}

/// Prints an answer as JSON, through a buffer, because it can have a million operations. A closed
/// output (`| head`) is not an error.
pub(crate) fn print_json(answer: &impl Serialize) {
    let mut out = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, answer);
    if written.is_ok() {
        let _ = out.write_all(b"\n").and_then(|()| out.flush());
    }
}

/// Prints the report of a run as JSON.
pub(crate) fn print_report(wiring: &Wiring, workspace: &Workspace, outcome: &Outcome) {
    let recorded = recorded(wiring, workspace, outcome);
    let insight = insight(wiring, workspace, outcome, &recorded);
    print_json(&show::report(
        outcome,
        &recorded,
        &workspace.schema,
        insight,
    ));
}

/// What is unusual about the saved plan of a run; none: it has none, or that cannot be read.
pub(crate) fn insight(
    wiring: &Wiring,
    workspace: &Workspace,
    outcome: &Outcome,
    recorded: &Run,
) -> Option<PlanInsight> {
    let plan = outcome.plan.as_ref()?;
    let store = &wiring.store;
    let integration = store.plan(workspace.id, plan).ok()??.integration?;
    let found = store.plan_insight(workspace, recorded, integration).ok()?;
    Some(text::insight::insight(&found, &workspace.schema))
}

/// The recorded run. If it cannot be read, the outcome is printed instead.
pub(crate) fn recorded(wiring: &Wiring, workspace: &Workspace, outcome: &Outcome) -> Run {
    let read = wiring.store.run(workspace.id, outcome.run);
    read.ok().flatten().unwrap_or_else(|| Run {
        id: outcome.run,
        kind: RunKind::Sync,
        integration: None,
        started: wiring.now(),
        finished: None,
        status: outcome.status,
        partial: None,
        files: outcome.files.clone(),
        counts: Counts::default(),
        plan: outcome.plan.clone(),
        problem: None,
        error: None,
        actor: None,
        note: None,
        of: None,
        database_check: None,
    })
}

/// Prints a line of text.
pub(crate) fn say(line: impl std::fmt::Display) {
    anstream::println!("{line}");
}
