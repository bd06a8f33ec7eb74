//! Secrets that are fetched and not configured, such as API tokens. They are encrypted, and stored
//! by workspace and name.

use crate::db::sql::{Connection, OptionalRow};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
    },
    secrets::encryption::Keyring,
};
use jiff::Timestamp;
use muster_core::model::ids::WorkspaceId;
use std::fmt;
use zeroize::Zeroizing;

/// A secret as it was put.
pub struct StoredSecret {
    pub bytes: Zeroizing<Vec<u8>>,
    /// When it expires. `None`: never.
    pub expires: Option<Timestamp>,
}

impl fmt::Debug for StoredSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredSecret")
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// A secret, even if it has expired; the caller has the clock.
    pub fn secret(
        &self,
        workspace: WorkspaceId,
        name: &str,
    ) -> Result<Option<StoredSecret>, StoreError> {
        let row: Option<(Vec<u8>, Option<i64>)> = self.read("read a secret", |connection| {
            connection
                .prepare_cached(
                    "SELECT sealed, expires_at FROM secret WHERE workspace_id = ?1 AND name = ?2",
                )?
                .query_row((workspace.0, name), |row| {
                    Ok((row.get("sealed")?, row.get("expires_at")?))
                })
                .optional()
        })?;
        let Some((encrypted, expires)) = row else {
            return Ok(None);
        };
        let what = format!("the secret `{name}`");
        let bytes = self.keyring()?.decrypt(
            &belongs(&workspace.0.to_le_bytes(), name),
            &encrypted,
            &what,
        )?;
        Ok(Some(StoredSecret {
            bytes,
            expires: expires.and_then(|at| Timestamp::from_microsecond(at).ok()),
        }))
    }

    /// Stores a secret. It replaces one with the same name.
    pub fn put_secret(
        &self,
        workspace: WorkspaceId,
        name: &str,
        bytes: &[u8],
        expires: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let keyring = self.keyring()?;
        self.write_in(workspace, "store a secret", |connection| {
            write(connection, keyring, workspace, name, bytes, expires)
        })
    }

    /// Deletes a secret. Returns whether there was one.
    pub fn forget_secret(&self, workspace: WorkspaceId, name: &str) -> Result<bool, StoreError> {
        self.write_in(workspace, "delete a secret", |connection| {
            let gone = connection.execute(
                "DELETE FROM secret WHERE workspace_id = ?1 AND name = ?2",
                (workspace.0, name),
            )?;
            Ok(gone > 0)
        })
    }
}

/// Stores a secret that does not expire, in the transaction of what it belongs to.
pub(crate) fn put(
    connection: &Connection,
    keyring: &Keyring,
    workspace: WorkspaceId,
    name: &str,
    bytes: &[u8],
) -> Result<(), DbError> {
    write(connection, keyring, workspace, name, bytes, None)
}

fn write(
    connection: &Connection,
    keyring: &Keyring,
    workspace: WorkspaceId,
    name: &str,
    bytes: &[u8],
    expires: Option<Timestamp>,
) -> Result<(), DbError> {
    let encrypted = keyring.encrypt(&belongs(&workspace.0.to_le_bytes(), name), bytes)?;
    require_key(connection, workspace, keyring)?;
    connection.execute(
        "INSERT INTO secret (workspace_id, name, sealed, expires_at) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (workspace_id, name) \
         DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at",
        (
            workspace.0,
            name,
            encrypted,
            expires.map(Timestamp::as_microsecond),
        ),
    )?;
    Ok(())
}

/// Records that data of the workspace is encrypted with the first key of a keyring. Fails if the
/// database needs a key that is not in the keyring, because the key was rotated after this process
/// read it.
pub(crate) fn require_key(
    connection: &Connection,
    workspace: WorkspaceId,
    keyring: &Keyring,
) -> Result<(), DbError> {
    if let Some(missing) = wanted_keys(connection)?
        .iter()
        .find(|wanted| !keyring.has(wanted))
    {
        return Err(keyring.lacks(missing).into());
    }
    connection
        .prepare_cached(
            "INSERT INTO master_key (workspace_id, key_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        )?
        .execute((workspace.0, keyring.id()))?;
    Ok(())
}

/// The ids of the master keys with which values of the database are encrypted.
pub(crate) fn wanted_keys(connection: &Connection) -> Result<Vec<String>, DbError> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT key_id FROM master_key ORDER BY key_id")?;
    statement.values([])
}

/// The associated data of a secret.
pub(crate) fn belongs<'b>(workspace: &'b [u8; 8], name: &'b str) -> [&'b [u8]; 3] {
    [b"secret", workspace, name.as_bytes()]
}
