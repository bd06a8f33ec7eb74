//! Deletes expired data, and completes erasures.

use crate::{
    erase,
    outcome::{Deps, RunError},
};
use muster_core::model::{problem::Problem, workspace::Workspace};
use muster_store::Swept;

/// Deletes data that is past its retention period. Returns a problem if an erasure is still
/// incomplete.
pub fn retain(workspace: &Workspace, deps: &Deps) -> Result<(Swept, Option<Problem>), RunError> {
    let swept = deps.store.retain(workspace, deps.clock.now())?;
    deps.store.purge()?;
    Ok((swept, erase::pending(deps)))
}
