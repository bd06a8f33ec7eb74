//! Decisions of people on saved plans.

use crate::{
    erase,
    outcome::{Deps, Outcome, Progress, RunError},
};
use muster_core::{
    plan::PlanId,
    proposal::Counts,
    reading::Problems,
    run::{RunKind, RunStatus},
    workspace::Workspace,
};
use muster_store::{Approval, Choice, Ending, NewRun};

/// Applies chosen operations of a saved plan, exactly as they were shown.
pub fn approve(
    workspace: &Workspace,
    plan: &PlanId,
    choice: &Choice,
    deps: &Deps<'_>,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Outcome, RunError> {
    let now = deps.clock.now();
    let new = NewRun {
        kind: RunKind::Approve,
        integration: None,
        started: now,
        process: deps.process,
        of: Some(plan.run),
        actor: deps.actor,
    };
    let (run, _) = deps.store.begin_run(workspace.id, &new, deps.is_alive)?;
    let approval = Approval { workspace, plan, choice, run, approved_by: deps.actor, now };
    let of = deps.store.plan(workspace.id, plan)?.map_or(0, |plan| plan.open);
    match deps.store.apply_plan(&approval, &mut |done| progress(Progress::Applied { done, of })) {
        Ok(settled) => {
            let mut outcome = Outcome::new(run, settled.status);
            outcome.plan = Some(plan.clone());
            erase::pending(deps).into_iter().for_each(|warning| outcome.warnings.push(warning));
            Ok(outcome)
        }
        Err(error) => {
            let error = RunError::from(error);
            let text = format!("{error}; {}", error.advice);
            let ending = Ending {
                status: RunStatus::Failed,
                finished: now,
                partial: None,
                counts: &Counts::default(),
                problems: &Problems::default(),
                files: &[],
                error: Some(&text),
            };
            deps.store.finish_run(workspace.id, run, &ending)?;
            let mut outcome = Outcome::new(run, RunStatus::Failed);
            outcome.error = Some(error);
            Ok(outcome)
        }
    }
}

/// Says no to what waits of a plan. The integration is free again; the next run decides anew.
pub fn reject(workspace: &Workspace, plan: &PlanId, deps: &Deps<'_>) -> Result<(), RunError> {
    Ok(deps.store.reject_plan(workspace.id, plan, deps.actor, deps.clock.now())?)
}
