//! Saving and removing smart groups. Each is a run, so that the history can refer to it.

use crate::{
    outcome::{Deps, RunError},
    run::as_a_run,
};
use muster_core::{
    derive::smart_group::SmartGroup,
    model::{calendar::Calendar, ids::RunId, run::RunKind, workspace::Workspace},
};
use muster_store::{Contradiction, GroupMoves, GroupSaving, StoreError};

/// Who would join and leave if these rules were saved. This is not a run and writes nothing.
pub fn preview_groups(
    workspace: &Workspace,
    groups: &[SmartGroup],
    deps: &Deps,
) -> Result<Vec<GroupMoves>, RunError> {
    let today = Calendar::at(deps.clock.now(), &workspace.settings).today;
    Ok(deps.store.preview_smart_groups(workspace, groups, today)?)
}

/// Saves checked rules and updates all memberships, in one transaction.
pub fn apply_groups(
    workspace: &Workspace,
    groups: &[SmartGroup],
    deps: &Deps,
) -> Result<(RunId, Vec<GroupMoves>), RunError> {
    let now = deps.clock.now();
    let today = Calendar::at(now, &workspace.settings).today;
    let (run, moves) = as_a_run(workspace, RunKind::Groups, None, deps, |run| {
        deps.store.apply_smart_groups(&GroupSaving {
            workspace,
            run,
            groups,
            today,
            now,
        })
    })?;
    Ok((run, moves?))
}

/// Removes an existing group. Returns how many members it had.
pub fn remove_group(
    workspace: &Workspace,
    name: &str,
    deps: &Deps,
) -> Result<(RunId, u64), RunError> {
    let (run, members) = as_a_run(workspace, RunKind::Groups, None, deps, |run| {
        let removed = deps
            .store
            .remove_smart_group(workspace, name, run, deps.clock.now())?;
        removed.ok_or_else(|| StoreError::Contradiction {
            why: Contradiction::NoSmartGroup {
                name: name.to_owned(),
            },
        })
    })?;
    Ok((run, members?))
}
