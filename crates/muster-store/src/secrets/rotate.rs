//! Rotation of the master key: encrypts every data key with another master key, in one transaction.
//!
//! Tombstones are not affected, because their key belongs to the workspace.

use crate::db::sql::Connection;
use crate::{
    db::{
        connection::Store,
        dialect,
        error::{DbError, StoreError},
    },
    runs::{
        archive,
        run::{self, ManualEdit},
    },
    secrets::{
        credential::{self, Belongs},
        encryption::Keyring,
        secret,
    },
};
use muster_core::model::ids::WorkspaceId;
use std::collections::BTreeSet;

/// What was re-encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    pub secrets: u64,
    pub credentials: u64,
    pub deliveries: u64,
    /// False: another process reads the database, so unused pages may still contain data that the
    /// old key decrypts.
    pub is_rewritten: bool,
}

impl Store {
    /// Re-encrypts all data keys with the first key of the keyring, in one transaction. Data keys
    /// that already use it are skipped, so an interrupted rotation can be run again.
    pub fn rotate(&self, done: &ManualEdit<'_>) -> Result<Rotated, StoreError> {
        let keyring = self.keyring()?;
        let mut rotated = self.write("rotate the master key", |connection| {
            // Data that the old key decrypts is overwritten at once.
            connection.execute_batch(dialect::OVERWRITE)?;
            let rotated = Rotated {
                secrets: secrets(connection, keyring)?,
                credentials: credentials(connection, keyring)?,
                deliveries: deliveries(connection, keyring)?,
                is_rewritten: true,
            };
            let workspaces: Vec<i64> = connection
                .prepare_cached("SELECT DISTINCT workspace_id FROM master_key WHERE key_id <> ?1")?
                .values([keyring.id()])?;
            for workspace in workspaces {
                connection.execute(
                    "DELETE FROM master_key WHERE workspace_id = ?1",
                    [workspace],
                )?;
                secret::require_key(connection, WorkspaceId(workspace), keyring)?;
                // The installation has secrets, and no runs.
                if workspace > 0 {
                    run::record(connection, WorkspaceId(workspace), done)?;
                }
            }
            Ok(rotated)
        })?;
        rotated.is_rewritten = self.rewrite().unwrap_or(false);
        Ok(rotated)
    }
}

fn secrets(connection: &Connection, keyring: &Keyring) -> Result<u64, DbError> {
    let found: Vec<(i64, String, Vec<u8>)> = connection
        .prepare_cached("SELECT workspace_id, name, sealed FROM secret")?
        .rows([], |row| {
            Ok((
                row.get("workspace_id")?,
                row.get("name")?,
                row.get("sealed")?,
            ))
        })?;
    let mut count = 0;
    for (workspace, name, encrypted) in found {
        let what = format!("the secret `{name}`");
        if let Some(wrapped) = keyring.rewrap(
            &secret::belongs(&workspace.to_le_bytes(), &name),
            &encrypted,
            &what,
        )? {
            connection
                .prepare_cached(
                    "UPDATE secret SET sealed = ?3 WHERE workspace_id = ?1 AND name = ?2",
                )?
                .execute((workspace, name, wrapped))?;
            count += 1;
        }
    }
    Ok(count)
}

fn credentials(connection: &Connection, keyring: &Keyring) -> Result<u64, DbError> {
    let found: Vec<(i64, String, String, i64, Vec<u8>)> = connection
        .prepare_cached("SELECT workspace_id, integration, name, version, sealed FROM credential")?
        .rows([], |row| {
            Ok((
                row.get("workspace_id")?,
                row.get("integration")?,
                row.get("name")?,
                row.get("version")?,
                row.get("sealed")?,
            ))
        })?;
    let mut count = 0;
    for (workspace, integration, name, version, encrypted) in found {
        let belongs = Belongs::new(WorkspaceId(workspace), &integration, &name, version);
        let what = credential::named(&integration, &name);
        if let Some(wrapped) = keyring.rewrap(&belongs.parts(), &encrypted, &what)? {
            connection
                .prepare_cached(
                    "UPDATE credential SET sealed = ?4 WHERE workspace_id = ?1 AND integration = ?2 AND name = ?3",
                )?
                .execute((workspace, &integration, &name, wrapped))?;
            count += 1;
        }
    }
    Ok(count)
}

/// One chunk at a time, because deliveries can be larger than memory.
fn deliveries(connection: &Connection, keyring: &Keyring) -> Result<u64, DbError> {
    let chunks: Vec<(i64, String, i64)> = connection
        .prepare_cached("SELECT workspace_id, sha256, number FROM content_chunk")?
        .rows([], |row| {
            Ok((
                row.get("workspace_id")?,
                row.get("sha256")?,
                row.get("number")?,
            ))
        })?;
    let mut changed = BTreeSet::new();
    for (workspace, sha256, number) in chunks {
        let key = (workspace, &sha256, number);
        let encrypted: Vec<u8> = connection
            .prepare_cached("SELECT sealed FROM content_chunk WHERE workspace_id = ?1 AND sha256 = ?2 AND number = ?3")?
            .scalar(key)?;
        let what = format!("the archived file {}", &sha256[..sha256.len().min(16)]);
        let belongs = archive::belongs(WorkspaceId(workspace), &sha256, number);
        if let Some(wrapped) = keyring.rewrap(&archive::parts(&belongs), &encrypted, &what)? {
            connection
                .prepare_cached(
                    "UPDATE content_chunk SET sealed = ?4 WHERE workspace_id = ?1 AND sha256 = ?2 AND number = ?3",
                )?
                .execute((workspace, &sha256, number, wrapped))?;
            changed.insert((workspace, sha256));
        }
    }
    Ok(changed.len() as u64)
}

#[cfg(test)]
mod tests {
    use crate::db::sql::Connection;

    #[test]
    fn p33_every_encrypted_column_is_rewrapped() {
        let tables: Vec<String> = Connection::migrated()
            .prepare_cached(
                "SELECT s.name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c \
                 WHERE s.type = 'table' AND c.name LIKE '%sealed%' ORDER BY s.name",
            )
            .unwrap()
            .values([])
            .unwrap();
        assert_eq!(
            tables,
            ["content_chunk", "credential", "secret"],
            "every table with encrypted values is re-encrypted"
        );
    }
}
