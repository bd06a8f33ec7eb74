//! Removing what a workspace keeps only for a time, and what an erasure could not finish.

use crate::outcome::{Deps, RunError};
use muster_core::workspace::Workspace;
use muster_store::Swept;

/// Removes what is older than the workspace's settings say.
pub fn retain(workspace: &Workspace, deps: &Deps<'_>) -> Result<Swept, RunError> {
    let swept = deps.store.retain(workspace, deps.clock.now())?;
    deps.store.purge()?;
    Ok(swept)
}
