//! Host keys of servers that a person has accepted. Keys are compared elsewhere, before any credential
//! is sent.

use crate::{db::Store, error::StoreError};
use jiff::Timestamp;
use muster_core::ids::WorkspaceId;
use rusqlite::OptionalExtension;

impl Store {
    /// The accepted fingerprint of a server's key.
    pub fn host_key(&self, workspace: WorkspaceId, host: &str, port: u16) -> Result<Option<String>, StoreError> {
        self.read("look a host key up", |connection| {
            Ok(connection
                .prepare_cached("SELECT fingerprint FROM host_key WHERE workspace_id = ?1 AND host = ?2 AND port = ?3")?
                .query_row((workspace.0, host, i64::from(port)), |row| row.get(0))
                .optional()?)
        })
    }

    /// Accepts a server's key, in place of one accepted earlier.
    pub fn accept_host_key(
        &self,
        workspace: WorkspaceId,
        host: &str,
        port: u16,
        fingerprint: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("accept a host key", |connection| {
            connection.execute(
                "INSERT INTO host_key (workspace_id, host, port, fingerprint, accepted_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (workspace_id, host, port) \
                 DO UPDATE SET fingerprint = excluded.fingerprint, accepted_at = excluded.accepted_at",
                (workspace.0, host, i64::from(port), fingerprint, now.as_microsecond()),
            )?;
            Ok(())
        })
    }
}
