//! Approving and rejecting saved plans.

use crate::{
    erase,
    outcome::{Deps, Outcome, Progress, RunError},
    run::as_a_run,
};
use muster_core::model::{
    plan::PlanId,
    run::{RunKind, RunStatus},
    workspace::Workspace,
};
use muster_store::{Approval, Choice};

/// Applies the selected operations of a saved plan exactly as shown.
pub fn approve(
    workspace: &Workspace,
    plan: &PlanId,
    choice: &Choice,
    deps: &Deps,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Outcome, RunError> {
    let (now, by) = (deps.clock.now(), deps.actor.to_string());
    let (run, applied) = as_a_run(workspace, RunKind::Approve, Some(plan.run), deps, |run| {
        let approval = Approval {
            workspace,
            plan,
            choice,
            run,
            approved_by: Some(&by),
            now,
        };
        let of = deps
            .store
            .plan(workspace.id, plan)?
            .map_or(0, |plan| plan.open);
        deps.store.apply_plan(&approval, &mut |done| {
            progress(Progress::Applied { done, of })
        })
    })?;
    let mut outcome = Outcome::new(run, RunStatus::Failed);
    match applied {
        Ok(settled) => {
            outcome.status = settled.status;
            outcome.plan = Some(plan.clone());
            erase::pending(deps)
                .into_iter()
                .for_each(|warning| outcome.warnings.push(warning));
        }
        Err(error) => outcome.error = Some(error.into()),
    }
    Ok(outcome)
}

/// Rejects the pending operations of a plan. The next run of the integration creates a new plan.
pub fn reject(workspace: &Workspace, plan: &PlanId, deps: &Deps) -> Result<(), RunError> {
    Ok(deps.store.reject_plan(
        workspace.id,
        plan,
        Some(&deps.actor.to_string()),
        deps.clock.now(),
    )?)
}
