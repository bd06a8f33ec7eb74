//! Samples of connection tests: one that has a person is deleted, because a test reads it again.

use super::locations::Search;
use crate::{
    db::error::{DbError, StoreError},
    directory::integration_draft::SAMPLE,
    secrets::secret,
};

/// The number of samples that have one of the people.
pub(super) fn samples(search: &mut Search<'_>) -> Result<u64, DbError> {
    let (connection, workspace) = (search.connection, search.workspace.id.0);
    let stored: Vec<(String, Vec<u8>)> = connection
        .prepare_cached("SELECT name, sealed FROM secret WHERE workspace_id = ?1")?
        .rows([workspace], |row| {
            Ok((row.get("name")?, row.get("sealed")?))
        })?;
    let mut count = 0;
    for (name, encrypted) in stored {
        if !name.starts_with(SAMPLE) {
            continue;
        }
        let keyring = search.keyring.ok_or(StoreError::NoKey)?;
        let id = workspace.to_le_bytes();
        let belongs = secret::belongs(&id, &name);
        let what = format!("the secret `{name}`");
        let bytes = keyring.decrypt(&belongs, &encrypted, &what)?;
        if search.redact(&String::from_utf8_lossy(&bytes)).is_none() {
            continue;
        }
        count += 1;
        if search.act.is_some() {
            connection.execute(
                "DELETE FROM secret WHERE workspace_id = ?1 AND name = ?2",
                (workspace, name),
            )?;
        }
    }
    Ok(count)
}
