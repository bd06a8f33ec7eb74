//! Saving rules of smart groups and removing a group: runs of their own, so that the history can name them.

use crate::outcome::{Deps, RunError};
use muster_core::{
    calendar::Calendar,
    ids::RunId,
    proposal::Counts,
    reading::Problems,
    run::{RunKind, RunStatus},
    smart_group::SmartGroup,
    workspace::Workspace,
};
use muster_store::{Ending, GroupMoves, GroupSaving, NewRun, StoreError};

/// Who would join and leave if these rules were saved. Nothing is written, and there is no run.
pub fn preview_groups(
    workspace: &Workspace,
    groups: &[SmartGroup],
    deps: &Deps<'_>,
) -> Result<Vec<GroupMoves>, RunError> {
    let today = Calendar::at(deps.clock.now(), &workspace.settings).today;
    Ok(deps.store.preview_smart_groups(workspace, groups, today)?)
}

/// Saves rules that were checked and moves everybody whom they move, in one transaction.
pub fn apply_groups(
    workspace: &Workspace,
    groups: &[SmartGroup],
    deps: &Deps<'_>,
) -> Result<(RunId, Vec<GroupMoves>), RunError> {
    let now = deps.clock.now();
    let today = Calendar::at(now, &workspace.settings).today;
    as_a_run(workspace, deps, |run| deps.store.apply_smart_groups(&GroupSaving { workspace, run, groups, today, now }))
}

/// Removes a group that exists; says how many people it had.
pub fn remove_group(workspace: &Workspace, name: &str, deps: &Deps<'_>) -> Result<(RunId, u64), RunError> {
    let (run, members) = as_a_run(workspace, deps, |run| {
        let removed = deps.store.remove_smart_group(workspace, name, run, deps.clock.now())?;
        removed.ok_or_else(|| StoreError::Contradiction { why: format!("there is no smart group `{name}`") })
    })?;
    Ok((run, members))
}

/// Does something as a run, which has failed if that does.
fn as_a_run<T>(
    workspace: &Workspace,
    deps: &Deps<'_>,
    work: impl FnOnce(RunId) -> Result<T, StoreError>,
) -> Result<(RunId, T), RunError> {
    let now = deps.clock.now();
    let new = NewRun {
        kind: RunKind::Groups,
        integration: None,
        started: now,
        process: deps.process,
        of: None,
        actor: deps.actor,
    };
    let (run, _) = deps.store.begin_run(workspace.id, &new, deps.is_alive)?;
    match work(run) {
        Ok(done) => Ok((run, done)),
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
            Err(error)
        }
    }
}
