//! `muster approve` and `muster reject`.

use super::{print_json, recorded, say};
use crate::{
    arguments::Arguments,
    error::{CommandError, exit_code},
    progress::ProgressDisplay,
    show::{self, count, safe},
    wiring::Wiring,
};
use muster_core::model::{
    code::Code,
    plan::{OperationKind, PlanId},
    response::{self, Approval, Rejection},
    run::RunStatus,
    workspace::Workspace,
};
use muster_engine as engine;
use muster_store::{Choice, Decision};
use std::process::ExitCode;

/// Applies a saved plan or a part of it.
pub(super) fn approve(
    arguments: &Arguments,
    plan: &PlanId,
    only: &[OperationKind],
    operations: &[i64],
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let choice = if !operations.is_empty() {
        Choice::Numbers(operations.iter().copied().collect())
    } else if !only.is_empty() {
        Choice::Kinds(only.to_vec())
    } else {
        Choice::All
    };
    refuse_unknown(&wiring, &workspace, plan)?;
    let mut display = ProgressDisplay::new();
    let outcome = engine::approve(&workspace, plan, &choice, &wiring.deps(), &mut |progress| {
        display.show(&progress)
    });
    display.end();
    let outcome = outcome?;
    if let Some(error) = outcome.error {
        return Err(error.into());
    }
    let run = wiring.store.run(workspace.id, outcome.run)?;
    let counts = run.map(|run| run.counts).unwrap_or_default();
    let stored = wiring.store.plan(workspace.id, plan)?;
    let open = stored
        .as_ref()
        .filter(|plan| plan.status.is_open())
        .map_or(0, |plan| plan.open);
    let ended = wiring.store.company_ends(workspace.id, outcome.run)?;
    let mut void = wiring.store.plan_operations(&workspace, plan)?;
    void.retain(|stored| stored.decision == Decision::Void);
    if arguments.json {
        let mut answer = Approval {
            run: response::Run::from(&recorded(&wiring, &workspace, &outcome)),
            waiting: open,
            void: void.iter().map(|stored| stored.number).collect(),
            companies: ended,
        };
        answer.run.plan = Some(plan.to_string());
        print_json(&answer);
        return Ok(exit_code(outcome.status));
    }
    let parts = [
        (counts.created, "created"),
        (counts.updated, "updated"),
        (counts.reactivated, "reactivated"),
        (counts.deactivated + counts.missing, "deactivated"),
    ];
    let parts: Vec<_> = parts
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, name)| format!("{n} {name}"))
        .collect();
    let done = if parts.is_empty() {
        "nothing changed".to_owned()
    } else {
        parts.join(", ")
    };
    say(format!(
        "run {}: plan {plan} was applied: {done}",
        outcome.run
    ));
    show::company_ends(&ended);
    for stored in &void {
        say(format!(
            "  operation {} is void: another operation on {} was approved; the next run creates a new one",
            stored.number,
            safe(&stored.operation.who.name)
        ));
    }
    let not_ended = stored
        .iter()
        .flat_map(|plan| &plan.company_ends)
        .filter(|end| !ended.contains(end));
    for end in not_ended {
        let until = if open > 0 {
            "after the rest of the plan is approved"
        } else {
            "by the next run"
        };
        say(format!(
            "  company {} is reviewed {until}",
            safe(&end.short_name)
        ));
    }
    if open > 0 {
        say(format!(
            "  {} still pending: muster approve {plan}",
            count(open, "operation is", "operations are")
        ));
    }
    Ok(exit_code(outcome.status))
}

/// Rejects a saved plan.
pub(super) fn reject(arguments: &Arguments, plan: &PlanId) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    refuse_unknown(&wiring, &workspace, plan)?;
    engine::reject(&workspace, plan, &wiring.deps())?;
    if arguments.json {
        print_json(&Rejection {
            plan: plan.to_string(),
            status: "rejected",
        });
    } else {
        say(format!(
            "plan {plan} was rejected and not applied; the next run creates a new plan"
        ));
    }
    Ok(exit_code(RunStatus::NothingToDo))
}

/// A plan that never existed is something else than one that can no longer be applied.
fn refuse_unknown(
    wiring: &Wiring,
    workspace: &Workspace,
    plan: &PlanId,
) -> Result<(), CommandError> {
    match wiring.store.plan(workspace.id, plan)? {
        Some(_) => Ok(()),
        None => Err(CommandError::unknown(
            Code::PlanUnknown,
            format!("the workspace `{}` has no plan {plan}", workspace.name),
            "run `muster runs` to list the runs with their plans",
        )),
    }
}
