//! Removing what a workspace keeps only for a time, and what an erasure could not finish.

use crate::{
    erase,
    outcome::{Deps, RunError},
};
use muster_core::model::{problem::Problem, workspace::Workspace};
use muster_store::Swept;

/// Removes what is older than the workspace's settings say; a problem if an erasure is still not finished.
pub fn retain(workspace: &Workspace, deps: &Deps) -> Result<(Swept, Option<Problem>), RunError> {
    let swept = deps.store.retain(workspace, deps.clock.now())?;
    deps.store.purge()?;
    Ok((swept, erase::pending(deps)))
}
