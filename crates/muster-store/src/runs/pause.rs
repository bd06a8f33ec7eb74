//! Paused integrations: their server presented another host key than the accepted one. They stay
//! paused even if the server presents the accepted key again, because the key may have been changed
//! on purpose.

use crate::db::sql::OptionalRow;
use crate::{
    db::{connection::Store, error::StoreError},
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::ids::{IntegrationId, WorkspaceId};

/// Why an integration is paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pause {
    pub since: Timestamp,
    /// The fingerprint of the key that the server presented.
    pub fingerprint: String,
}

impl Store {
    /// Why an integration is paused. `None` if it is not.
    pub fn paused(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Option<Pause>, StoreError> {
        self.read("look up whether the integration is paused", |connection| {
            let found = connection
                .prepare_cached("SELECT since, fingerprint FROM pause WHERE workspace_id = ?1 AND integration_id = ?2")?
                .query_row((workspace.0, integration.0), |row| Ok((row.get("since")?, row.get("fingerprint")?)))
                .optional()?;
            let Some((since, fingerprint)) = found else { return Ok(None) };
            Ok(Some(Pause { since: instant(since, "pause", "since")?, fingerprint }))
        })
    }

    /// Pauses an integration. If it is already paused, the first reason is kept.
    pub fn pause(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_in(workspace, "pause the integration", |connection| {
            connection.execute(
                "INSERT INTO pause (workspace_id, integration_id, since, fingerprint) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (workspace_id, integration_id) DO NOTHING",
                (workspace.0, integration.0, now.as_microsecond(), fingerprint),
            )?;
            Ok(())
        })
    }

    /// Resumes an integration.
    pub fn resume(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<(), StoreError> {
        self.write_in(workspace, "resume the integration", |connection| {
            connection.execute(
                "DELETE FROM pause WHERE workspace_id = ?1 AND integration_id = ?2",
                (workspace.0, integration.0),
            )?;
            Ok(())
        })
    }
}
