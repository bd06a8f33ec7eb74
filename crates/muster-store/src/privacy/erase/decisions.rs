//! Decisions on plans and pending edits: notes, values and the reason of a failure may name people.

use super::locations::Search;
use crate::{db::error::DbError, jobs::decision};

/// Decisions and edits that no worker has carried out yet.
pub(super) fn pending(search: &mut Search<'_>) -> Result<u64, DbError> {
    let found = notes(search, "job")? + texts(search, "job", "request")?;
    Ok(found)
}

/// Notes of decisions, and why some could not be applied.
pub(super) fn ended(search: &mut Search<'_>) -> Result<u64, DbError> {
    let found = notes(search, "job_history")? + texts(search, "job_history", "problem")?;
    Ok(found)
}

fn notes(search: &mut Search<'_>, table: &'static str) -> Result<u64, DbError> {
    let workspace = search.workspace.id.0;
    let stored: Vec<(i64, Option<String>)> = search
        .connection
        .prepare_cached(&format!(
            "SELECT id, decision FROM {table} WHERE workspace_id = ?1 AND decision IS NOT NULL"
        ))?
        .rows([workspace], |row| {
            Ok((row.get("id")?, row.get("decision")?))
        })?;
    let mut found = 0;
    for (job, text) in stored {
        let Some(mut decision) = decision::read(text, table)? else {
            continue;
        };
        let Some(note) = search.redact(&decision.note) else {
            continue;
        };
        found += 1;
        decision.note = note;
        set(
            search,
            table,
            "decision",
            job,
            &decision::written(&decision),
        )?;
    }
    Ok(found)
}

/// Removes names and values from a column of texts. The values of a pending edit are removed too, so that it is refused.
fn texts(search: &mut Search<'_>, table: &str, column: &str) -> Result<u64, DbError> {
    let stored: Vec<(i64, String)> = search
        .connection
        .prepare_cached(&format!(
            "SELECT id, {column} FROM {table} WHERE workspace_id = ?1 AND {column} IS NOT NULL"
        ))?
        .rows([search.workspace.id.0], |row| {
            Ok((row.get("id")?, row.get(column)?))
        })?;
    let mut found = 0;
    for (job, text) in stored {
        let Some(new) = search.redact(&text) else {
            continue;
        };
        found += 1;
        set(search, table, column, job, &new)?;
    }
    Ok(found)
}

fn set(
    search: &Search<'_>,
    table: &str,
    column: &str,
    job: i64,
    text: &str,
) -> Result<(), DbError> {
    if search.act.is_some() {
        search
            .connection
            .prepare_cached(&format!("UPDATE {table} SET {column} = ?2 WHERE id = ?1"))?
            .execute((job, text))?;
    }
    Ok(())
}
