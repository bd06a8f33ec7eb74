//! Host keys of servers that a person has accepted. Keys are compared elsewhere, before any credential
//! is sent.

use crate::db::sql::OptionalRow;
use crate::{
    audit::chain::{Entry, append},
    db::{connection::Store, error::StoreError},
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::WorkspaceId,
};
use serde_json::json;

/// A host key that a person has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedKey {
    pub fingerprint: String,
    /// When it was accepted.
    pub at: Timestamp,
}

impl Store {
    /// The accepted key of a server.
    pub fn host_key(
        &self,
        workspace: WorkspaceId,
        host: &str,
        port: u16,
    ) -> Result<Option<AcceptedKey>, StoreError> {
        self.read("look up a host key", |connection| {
            let found = connection
                .prepare_cached(
                    "SELECT fingerprint, accepted_at FROM host_key \
                     WHERE workspace_id = ?1 AND host = ?2 AND port = ?3",
                )?
                .query_row((workspace.0, host, i64::from(port)), |row| {
                    Ok((row.get("fingerprint")?, row.get("accepted_at")?))
                })
                .optional()?;
            let Some((fingerprint, at)) = found else {
                return Ok(None);
            };
            Ok(Some(AcceptedKey {
                fingerprint,
                at: instant(at, "host_key", "accepted_at")?,
            }))
        })
    }

    /// Accepts a server's key, in place of one accepted earlier.
    pub fn accept_host_key(
        &self,
        workspace: WorkspaceId,
        host: &str,
        port: u16,
        fingerprint: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_in(workspace, "accept a host key", |connection| {
            let earlier: Option<String> = connection
                .prepare_cached(
                    "SELECT fingerprint FROM host_key WHERE workspace_id = ?1 AND host = ?2 AND port = ?3",
                )?
                .scalar((workspace.0, host, i64::from(port)))
                .optional()?;
            connection.execute(
                "INSERT INTO host_key (workspace_id, host, port, fingerprint, accepted_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (workspace_id, host, port) \
                 DO UPDATE SET fingerprint = excluded.fingerprint, accepted_at = excluded.accepted_at",
                (workspace.0, host, i64::from(port), fingerprint, now.as_microsecond()),
            )?;
            let subject = Subject::new("host", format!("{host}:{port}"));
            let entry = Entry::new(Act::HostKeyAccepted, by, subject, now).within(workspace);
            let value = |fingerprint: &str| json!({ "fingerprint": fingerprint });
            let before = earlier.as_deref().map(value);
            append(connection, entry.values(before, Some(value(fingerprint))))
        })
    }
}
