//! `muster runs`: the latest runs, or one with its problems and what waits.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, RunsCommand},
    error::CommandError,
    show::{self, moment, safe, table},
    text,
    wiring::Wiring,
};
use muster_core::{
    decide::proposal::OperationView,
    model::{
        ids::RunId,
        plan::PlanId,
        run::{Run, RunKind},
    },
    read::reading::Problems,
};
use muster_store::{Decision, StoredOperation};
use serde_json::json;
use std::{borrow::Cow, process::ExitCode};

/// How many runs are listed.
const LISTED: u32 = 50;

pub(super) fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let runs = wiring.store.runs(workspace.id, LISTED)?;
    if arguments.json {
        print_json(&json!(runs));
        return Ok(ExitCode::SUCCESS);
    }
    let header = [
        "run",
        "started",
        "kind",
        "integration",
        "status",
        "read",
        "created",
        "updated",
        "left",
        "rejected",
        "plan",
    ];
    let row = |run: &Run| {
        let counts = &run.counts;
        let left = counts.deactivated + counts.missing;
        vec![
            run.id.to_string(),
            moment(run.started),
            run.kind.as_str().to_owned(),
            run.integration.clone().unwrap_or_default(),
            run.status.as_str().to_owned(),
            counts.read.to_string(),
            counts.created.to_string(),
            (counts.updated + counts.reactivated).to_string(),
            left.to_string(),
            counts.rejected.to_string(),
            run.plan
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ]
    };
    say(table(&header, runs.iter().map(row)));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn show(arguments: &Arguments, id: i64) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let run = wiring.store.run(workspace.id, RunId(id))?.ok_or_else(|| {
        CommandError::usage(
            format!("there is no run {id} in workspace `{}`", workspace.name),
            "`muster runs` lists the latest",
        )
    })?;
    let found = wiring.store.problems(workspace.id, run.id)?;
    let operations = match &run.plan {
        Some(plan) => wiring.store.plan_operations(&workspace, plan)?,
        None => Vec::new(),
    };
    let stored = run
        .plan
        .as_ref()
        .map(|plan| wiring.store.plan(workspace.id, plan))
        .transpose()?
        .flatten();
    let ended = wiring.store.company_ends(workspace.id, run.id)?;
    if arguments.json {
        let views = operations.iter().map(|stored| {
            let mut object = show::operation(&view(stored), &workspace.schema, &run.files);
            object["decision"] = json!(stored.decision.as_str());
            object
        });
        print_json(&json!({
            "run": run,
            "plan_status": stored.map(|plan| plan.status.as_str()),
            "operations": views.collect::<Vec<_>>(),
            "companies": ended,
            "problems": found.iter().map(|problem| show::problem(problem, &run.files)).collect::<Vec<_>>(),
        }));
        return Ok(ExitCode::SUCCESS);
    }
    tell(&run);
    let mut problems = Problems::default();
    found.into_iter().for_each(|problem| problems.push(problem));
    for stored in &operations {
        let decided = match stored.decision {
            Decision::Open => "",
            Decision::Applied => "\n         approved and applied",
            Decision::Void => "\n         void: another operation on the same person was approved",
        };
        say(format!(
            "{}{decided}",
            show::operation_line(&view(stored), &workspace.schema, &run.files)
        ));
    }
    show::company_ends(&ended);
    show::problems(&problems, &run.files);
    if let Some(plan) = stored {
        if plan.status.is_open() {
            show::company_ends(&plan.company_ends);
        }
        for finding in &plan.findings {
            say(format!("! guard: {}", text::guard::message(finding)));
        }
        say(format!(
            "plan {}: {}, {} of {} operations wait",
            plan.id,
            plan.status.as_str(),
            plan.open,
            plan.operations
        ));
        if plan.status.is_open() {
            say(next(&plan.id));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn next(plan: &PlanId) -> String {
    format!("  to apply it: muster approve {plan}\n  to refuse it: muster reject {plan}")
}

/// Ends a run whose process is gone or hangs.
pub(super) fn abandon(
    arguments: &Arguments,
    command: &RunsCommand,
) -> Result<ExitCode, CommandError> {
    let RunsCommand::Abandon { run } = *command;
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let run = RunId(run);
    if wiring.store.run(workspace.id, run)?.is_none() {
        return Err(CommandError::usage(
            format!("there is no run {run} in workspace `{}`", workspace.name),
            "`muster runs` lists the latest",
        ));
    }
    let ended = muster_engine::abandon(&workspace, run, &wiring.deps())?;
    if arguments.json {
        print_json(&json!({ "run": run, "status": "interrupted", "abandoned": ended }));
    } else if ended {
        say(format!(
            "run {run} is abandoned: nothing of it was applied, and its integration can run again"
        ));
    } else {
        say(format!("run {run} has already ended"));
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(run: &Run) {
    let kind = run.kind.as_str();
    let integration = run
        .integration
        .as_deref()
        .map(|name| format!(" of {name}"))
        .unwrap_or_default();
    say(format!(
        "run {} ({kind}{integration}): {}, {}",
        run.id,
        run.status.as_str(),
        moment(run.started)
    ));
    if let Some(of) = run.of {
        say(format!("  about run {of}"));
    }
    if let Some(actor) = run.actor.as_deref().filter(|_| run.kind == RunKind::Edit) {
        let note = run
            .note
            .as_deref()
            .map(|note| format!(": {}", safe(note)))
            .unwrap_or_default();
        say(format!("  by {}{note}", safe(actor)));
    }
    if let Some(partial) = &run.partial {
        say(format!("  the delivery was not complete: {partial}"));
    }
    for file in &run.files {
        say(format!(
            "  {} {} bytes, sha256 {}",
            safe(&file.name),
            file.bytes,
            file.sha256
        ));
    }
    let counts = &run.counts;
    say(format!(
        "  {} read: {} created, {} updated, {} reactivated, {} deactivated, {} unchanged, {} excluded, {} superseded, {} held, {} rejected; {} missing, {} due",
        counts.read,
        counts.created,
        counts.updated,
        counts.reactivated,
        counts.deactivated,
        counts.unchanged,
        counts.excluded,
        counts.superseded,
        counts.held,
        counts.rejected,
        counts.missing,
        counts.due
    ));
    if let Some(error) = &run.error {
        say(format!("  {}", safe(error)));
    }
}

/// A stored operation in the form in which fresh ones are shown.
fn view(stored: &StoredOperation) -> OperationView<'_> {
    let operation = &stored.operation;
    OperationView {
        number: u32::try_from(stored.number).unwrap_or(u32::MAX),
        kind: operation.kind,
        employee: operation.employee,
        revision: operation.revision,
        place: operation.place,
        reason: operation.reason,
        status: None,
        who: Cow::Borrowed(&operation.who),
        changes: Cow::Borrowed(&operation.changes),
        held: operation.held,
        fingerprint: operation.fingerprint,
        takes_ownership: operation.takes_ownership,
    }
}
