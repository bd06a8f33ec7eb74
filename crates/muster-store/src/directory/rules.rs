//! The rules that the last run of each integration used. They explain records; no run uses them.

use crate::db::{connection::Store, error::StoreError};
use muster_core::model::ids::{IntegrationId, WorkspaceId};

/// The stored rules of one integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRules {
    pub integration: IntegrationId,
    pub name: String,
    /// The rules in their original form.
    pub rules: String,
}

impl Store {
    /// Stores the rules of an integration, unless they are unchanged.
    pub fn keep_rules(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        rules: &str,
    ) -> Result<(), StoreError> {
        let is_same = self.read("look up the rules of the last run", |connection| {
            connection.scalar::<bool>(
                "SELECT EXISTS (SELECT 1 FROM integration WHERE workspace_id = ?1 AND id = ?2 AND rules = ?3)",
                (workspace.0, integration.0, rules),
            )
        })?;
        if is_same {
            return Ok(());
        }
        self.write_in(workspace, "store the rules of the run", |connection| {
            connection.execute(
                "UPDATE integration SET rules = ?3 WHERE workspace_id = ?1 AND id = ?2",
                (workspace.0, integration.0, rules),
            )?;
            Ok(())
        })
    }

    /// The rules of all integrations that have run.
    pub fn kept_rules(&self, workspace: WorkspaceId) -> Result<Vec<KeptRules>, StoreError> {
        self.read("look up the rules of the last run", |connection| {
            connection
                .prepare_cached(
                    "SELECT id, name, rules FROM integration WHERE workspace_id = ?1 AND rules IS NOT NULL ORDER BY id",
                )?
                .rows([workspace.0], |row| {
                    Ok(KeptRules {
                        integration: IntegrationId(row.get("id")?),
                        name: row.get("name")?,
                        rules: row.get("rules")?,
                    })
                })
        })
    }
}
