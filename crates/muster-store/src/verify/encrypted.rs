//! What is encrypted: every value can be decrypted with the master key, and so is the one that was encrypted.

use super::{Finding, Verified};
use crate::{
    db::{
        error::{DbError, Inconsistency, StoreError},
        sql::Connection,
    },
    runs::archive,
    secrets::{
        credential::{self, Belongs},
        encryption::Keyring,
        secret,
    },
};
use muster_core::model::{ids::WorkspaceId, workspace::Workspace};

/// Verifies what is encrypted in a workspace; none: what belongs to the installation.
pub(super) fn verify(
    connection: &Connection,
    keyring: Option<&Keyring>,
    workspace: Option<&Workspace>,
    verified: &mut Verified,
) -> Result<(), DbError> {
    let id = workspace.map_or(WorkspaceId::ALL, |workspace| workspace.id);
    let Some(keyring) = keyring else {
        verified.unread += unread(connection, id)?;
        return Ok(());
    };
    let contents: Vec<String> = connection
        .prepare_cached("SELECT sha256 FROM content WHERE workspace_id = ?1 ORDER BY sha256")?
        .values([id.0])?;
    for sha256 in contents {
        let decrypted = archive::read(connection, keyring, id, &sha256).map(drop);
        verified.deliveries += note(workspace, decrypted, verified)?;
    }
    let secrets: Vec<(String, Vec<u8>)> = connection
        .prepare_cached("SELECT name, sealed FROM secret WHERE workspace_id = ?1 ORDER BY name")?
        .rows([id.0], |row| Ok((row.get("name")?, row.get("sealed")?)))?;
    for (name, encrypted) in secrets {
        let what = format!("the secret `{name}`");
        let bytes = id.0.to_le_bytes();
        let belongs = secret::belongs(&bytes, &name);
        let decrypted = keyring.decrypt(&belongs, &encrypted, &what).map(drop);
        verified.secrets += note(workspace, decrypted.map_err(DbError::from), verified)?;
    }
    let credentials: Vec<(String, String, i64, Vec<u8>)> = connection
        .prepare_cached(
            "SELECT integration, name, version, sealed FROM credential WHERE workspace_id = ?1 \
             ORDER BY integration, name",
        )?
        .rows([id.0], |row| {
            Ok((
                row.get("integration")?,
                row.get("name")?,
                row.get("version")?,
                row.get("sealed")?,
            ))
        })?;
    for (integration, name, version, encrypted) in credentials {
        let belongs = Belongs::new(id, &integration, &name, version);
        let what = credential::named(&integration, &name);
        let decrypted = keyring
            .decrypt(&belongs.parts(), &encrypted, &what)
            .map(drop);
        verified.secrets += note(workspace, decrypted.map_err(DbError::from), verified)?;
    }
    Ok(())
}

/// The number of values that are encrypted.
fn unread(connection: &Connection, id: WorkspaceId) -> Result<u64, DbError> {
    let count: i64 = connection
        .prepare_cached(
            "SELECT (SELECT count(*) FROM content WHERE workspace_id = ?1) \
             + (SELECT count(*) FROM secret WHERE workspace_id = ?1) \
             + (SELECT count(*) FROM credential WHERE workspace_id = ?1) AS encrypted",
        )?
        .scalar([id.0])?;
    Ok(count.unsigned_abs())
}

/// Counts a value that was decrypted, or notes that it cannot be.
fn note(
    workspace: Option<&Workspace>,
    decrypted: Result<(), DbError>,
    verified: &mut Verified,
) -> Result<u64, DbError> {
    match decrypted {
        Ok(()) => Ok(1),
        Err(DbError::Store(StoreError::Undecryptable { what })) => {
            verified.findings.push(Finding {
                workspace: workspace.map(|workspace| workspace.name.clone()),
                what: Inconsistency::Undecryptable { what },
            });
            Ok(0)
        }
        Err(error) => Err(error),
    }
}
