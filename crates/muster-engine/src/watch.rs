//! Looks which issues there are, and opens, changes and resolves them.

use crate::{clock::Clock, outcome::RunError};
use muster_core::{
    issue::{InstallationFacts, IntegrationWatch, of_installation, of_workspace},
    model::ids::{IntegrationId, WorkspaceId},
};
use muster_store::{ChangedIssue, Store};
use std::{collections::BTreeMap, sync::Arc};

/// What issues follow from beside the database: the settings of integrations, and the state of the machine.
pub trait Surveyed: Send + Sync {
    fn watched(&self)
    -> Result<BTreeMap<(WorkspaceId, IntegrationId), IntegrationWatch>, RunError>;

    /// None: this process does not know the installation, so its issues stay as they are.
    fn installation(&self) -> Option<InstallationFacts>;
}

/// Issues of the installation belong to no workspace.
pub const INSTALLATION: WorkspaceId = WorkspaceId(0);

/// Brings the issues of all workspaces and of the installation up to date. Returns what changed.
pub fn update_issues(
    store: &Store,
    surveyed: &dyn Surveyed,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<ChangedIssue>, RunError> {
    let mut watched = surveyed.watched()?;
    let now = clock.now();
    let mut changed = Vec::new();
    for name in store.workspaces()? {
        let Some(workspace) = store.workspace(&name)? else {
            continue;
        };
        let mut facts = store.issue_facts(workspace.id)?;
        for integration in &mut facts.integrations {
            integration.watch = watched.remove(&(workspace.id, integration.id));
        }
        changed.extend(store.update_issues(workspace.id, of_workspace(&facts, now), now)?);
    }
    if let Some(facts) = surveyed.installation() {
        let open = store.open_issue_keys(INSTALLATION)?;
        let found = of_installation(&facts, &open, now);
        changed.extend(store.update_issues(INSTALLATION, found, now)?);
    }
    Ok(changed)
}
