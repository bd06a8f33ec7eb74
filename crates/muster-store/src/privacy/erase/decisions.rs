//! Decisions on plans and pending edits: notes, values and the reason of a failure may name people.

use super::locations::Search;
use crate::{db::error::DbError, jobs::decision};

/// Decisions that no worker has carried out yet.
pub(super) fn pending(search: &mut Search<'_>) -> Result<u64, DbError> {
    let found = notes(search, "job")? + edits(search)?;
    Ok(found)
}

/// Edits that no worker has carried out yet: their values are removed, so that they are refused.
fn edits(search: &mut Search<'_>) -> Result<u64, DbError> {
    let stored: Vec<(i64, String)> = search
        .connection
        .prepare_cached(
            "SELECT id, request FROM job WHERE workspace_id = ?1 AND request IS NOT NULL",
        )?
        .rows([search.workspace.id.0], |row| {
            Ok((row.get("id")?, row.get("request")?))
        })?;
    let mut found = 0;
    for (job, text) in stored {
        let Some(new) = search.redact(&text) else {
            continue;
        };
        found += 1;
        set(search, "job", "request", job, &new)?;
    }
    Ok(found)
}

/// Notes of decisions, and why some could not be applied.
pub(super) fn ended(search: &mut Search<'_>) -> Result<u64, DbError> {
    let found = notes(search, "job_history")? + problems(search)?;
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

fn problems(search: &mut Search<'_>) -> Result<u64, DbError> {
    let stored: Vec<(i64, String)> = search
        .connection
        .prepare_cached(
            "SELECT id, problem FROM job_history WHERE workspace_id = ?1 AND problem IS NOT NULL",
        )?
        .rows([search.workspace.id.0], |row| {
            Ok((row.get("id")?, row.get("problem")?))
        })?;
    let mut found = 0;
    for (job, text) in stored {
        let Some(new) = search.redact(&text) else {
            continue;
        };
        found += 1;
        set(search, "job_history", "problem", job, &new)?;
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
