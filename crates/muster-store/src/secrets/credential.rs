//! Credentials of integrations that a person has set. They are written and used, and never shown.

use crate::db::sql::{Connection, OptionalRow};
use crate::{
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        dialect,
        error::{DbError, StoreError},
    },
    runs::record::instant,
    secrets::{encryption, secret::require_key},
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::WorkspaceId,
};
use serde_json::json;
use zeroize::Zeroizing;

/// What is known of a stored credential. The value is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCredential {
    pub integration: String,
    /// The setting that it belongs to, for example `credentials.password`.
    pub name: String,
    /// Grows each time it is set.
    pub version: i64,
    /// The id of the master key that it is encrypted with.
    pub key_id: String,
    pub set_at: Timestamp,
    /// Who set it.
    pub set_by: Option<String>,
    /// When the provider no longer accepts it, where that is known.
    pub expires: Option<Timestamp>,
}

/// A credential to store.
#[derive(Clone, Copy)]
pub struct NewCredential<'a> {
    pub integration: &'a str,
    /// The setting that it belongs to.
    pub name: &'a str,
    pub value: &'a [u8],
    pub expires: Option<Timestamp>,
}

impl Store {
    /// Stores a credential in place of one of the same name.
    pub fn set_credential(
        &self,
        workspace: WorkspaceId,
        new: &NewCredential<'_>,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let keyring = self.keyring()?;
        self.write_in(workspace, "store a credential", |connection| {
            // What the earlier one was is overwritten at once.
            connection.execute_batch(dialect::OVERWRITE)?;
            require_key(connection, workspace, keyring)?;
            let earlier: Option<i64> = connection
                .prepare_cached(
                    "SELECT version FROM credential WHERE workspace_id = ?1 AND integration = ?2 AND name = ?3",
                )?
                .scalar((workspace.0, new.integration, new.name))
                .optional()?;
            let version = earlier.unwrap_or(0) + 1;
            let belongs = Belongs::new(workspace, new.integration, new.name, version);
            let encrypted = keyring.encrypt(&belongs.parts(), new.value)?;
            connection.execute(
                "INSERT INTO credential (workspace_id, integration, name, version, sealed, set_at, set_by, expires_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (workspace_id, integration, name) \
                 DO UPDATE SET version = excluded.version, sealed = excluded.sealed, set_at = excluded.set_at, \
                 set_by = excluded.set_by, expires_at = excluded.expires_at",
                (
                    workspace.0,
                    new.integration,
                    new.name,
                    version,
                    encrypted,
                    now.as_microsecond(),
                    by,
                    new.expires.map(Timestamp::as_microsecond),
                ),
            )?;
            let by = By::optional(by);
            let entry = entry(Act::SecretSet, by, workspace, (new.integration, new.name), now);
            let of = |version: i64| Some(json!({ "version": version }));
            append(connection, entry.values(earlier.and_then(of), of(version)))
        })
    }

    /// The value of a credential, for the connection that needs it.
    pub fn credential(
        &self,
        workspace: WorkspaceId,
        integration: &str,
        name: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let row: Option<(i64, Vec<u8>)> = self.read("read a credential", |connection| {
            connection
                .prepare_cached(
                    "SELECT version, sealed FROM credential \
                     WHERE workspace_id = ?1 AND integration = ?2 AND name = ?3",
                )?
                .query_row((workspace.0, integration, name), |row| {
                    Ok((row.get("version")?, row.get("sealed")?))
                })
                .optional()
        })?;
        let Some((version, encrypted)) = row else {
            return Ok(None);
        };
        let belongs = Belongs::new(workspace, integration, name, version);
        let what = named(integration, name);
        self.keyring()?
            .decrypt(&belongs.parts(), &encrypted, &what)
            .map(Some)
    }

    /// What is known of the credentials of a workspace.
    pub fn credentials(&self, workspace: WorkspaceId) -> Result<Vec<StoredCredential>, StoreError> {
        self.read("list the credentials", |connection| {
            connection
                .prepare_cached(
                    "SELECT integration, name, version, sealed, set_at, set_by, expires_at FROM credential \
                     WHERE workspace_id = ?1 ORDER BY integration, name",
                )?
                .rows([workspace.0], |row| {
                    Ok(StoredCredential {
                        integration: row.get("integration")?,
                        name: row.get("name")?,
                        version: row.get("version")?,
                        key_id: encryption::key_id(row.bytes("sealed")?.unwrap_or_default()),
                        set_at: instant(row.get("set_at")?, "credential", "set_at")?,
                        set_by: row.get("set_by")?,
                        expires: row
                            .get::<Option<i64>>("expires_at")?
                            .map(|at| instant(at, "credential", "expires_at"))
                            .transpose()?,
                    })
                })
        })
    }

    /// Removes a credential; says whether there was one.
    pub fn remove_credential(
        &self,
        workspace: WorkspaceId,
        integration: &str,
        name: &str,
        by: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_in(workspace, "remove a credential", |connection| {
            connection.execute_batch(dialect::OVERWRITE)?;
            let is_gone = drop_one(connection, workspace, integration, name)?;
            if is_gone {
                let by = By::Actor(by);
                let entry = entry(Act::SecretRemoved, by, workspace, (integration, name), now);
                append(connection, entry)?;
            }
            Ok(is_gone)
        })
    }
}

/// The entry of the audit log for a secret, which names it.
fn entry<'a>(
    act: Act,
    by: By<'a>,
    workspace: WorkspaceId,
    (integration, name): (&str, &str),
    now: Timestamp,
) -> Entry<'a> {
    let subject = Subject::new("secret", format!("{integration}/{name}"));
    Entry::new(act, by, subject, now).within(workspace)
}

pub(crate) fn drop_one(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: &str,
    name: &str,
) -> Result<bool, DbError> {
    let gone = connection.execute(
        "DELETE FROM credential WHERE workspace_id = ?1 AND integration = ?2 AND name = ?3",
        (workspace.0, integration, name),
    )?;
    Ok(gone > 0)
}

pub(crate) fn drop_all(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: &str,
) -> Result<(), DbError> {
    connection.execute(
        "DELETE FROM credential WHERE workspace_id = ?1 AND integration = ?2",
        (workspace.0, integration),
    )?;
    Ok(())
}

/// How messages name a credential.
pub(crate) fn named(integration: &str, name: &str) -> String {
    format!("the credential `{name}` of `{integration}`")
}

/// What a credential belongs to, encrypted with it.
pub(crate) struct Belongs<'b> {
    workspace: [u8; 8],
    integration: &'b str,
    name: &'b str,
    version: [u8; 8],
}

impl<'b> Belongs<'b> {
    pub(crate) fn new(
        workspace: WorkspaceId,
        integration: &'b str,
        name: &'b str,
        version: i64,
    ) -> Self {
        Self {
            workspace: workspace.0.to_le_bytes(),
            integration,
            name,
            version: version.to_le_bytes(),
        }
    }

    pub(crate) fn parts(&self) -> [&[u8]; 5] {
        [
            b"credential",
            &self.workspace,
            self.integration.as_bytes(),
            self.name.as_bytes(),
            &self.version,
        ]
    }
}
