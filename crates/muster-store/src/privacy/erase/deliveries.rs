//! Removes the records of employees from archived deliveries and encrypts these again. A file in
//! which the records cannot be located reliably is deleted.

use super::locations::Search;
use crate::{
    db::error::{DbError, StoreError},
    runs::archive,
    secrets::secret::require_key,
};
use muster_core::privacy::file_erasure::{FileErasure, Keys, Subjects, erase_records};

/// The number of records in archived deliveries. A file that must be deleted counts as one.
pub(super) fn contents(search: &mut Search<'_>) -> Result<u64, DbError> {
    let (connection, workspace) = (search.connection, search.workspace.id);
    let kept: Vec<String> = connection
        .prepare_cached("SELECT sha256 FROM content WHERE workspace_id = ?1 ORDER BY sha256")?
        .values([workspace.0])?;
    if kept.is_empty() {
        return Ok(0);
    }
    let keyring = search.keyring.ok_or(StoreError::NoKey)?;
    let mut keys = Keys::default();
    for identifiers in search.people {
        keys.ids.extend(identifiers.keys.ids.iter().cloned());
        keys.emails.extend(identifiers.keys.emails.iter().cloned());
    }
    let mut count = 0;
    for sha256 in kept {
        let Some((bytes, form)) = archive::read(connection, keyring, workspace, &sha256)? else {
            continue;
        };
        match erase_records(&bytes, &form, Subjects::Keys(&keys)) {
            FileErasure::Nothing => {}
            FileErasure::Unsure => {
                count += 1;
                if search.act.is_some() {
                    archive::remove(connection, workspace, &sha256)?;
                }
            }
            FileErasure::Done { bytes, lines } => {
                count += lines.len().max(1) as u64;
                if search.act.is_some() {
                    require_key(connection, workspace, keyring)?;
                    let chunks =
                        archive::encrypt(keyring, workspace, &sha256, &mut bytes.as_slice())?;
                    connection
                        .prepare_cached(
                            "DELETE FROM content_chunk WHERE workspace_id = ?1 AND sha256 = ?2",
                        )?
                        .execute((workspace.0, &sha256))?;
                    archive::write_chunks(connection, workspace, &sha256, &chunks)?;
                    connection
                        .prepare_cached(
                            "UPDATE content SET chunks = ?3, records_cut = records_cut + ?4 \
                             WHERE workspace_id = ?1 AND sha256 = ?2",
                        )?
                        .execute((
                            workspace.0,
                            &sha256,
                            chunks.len() as i64,
                            lines.len() as i64,
                        ))?;
                }
                search.lines.insert(sha256, lines);
            }
        }
    }
    Ok(count)
}
