//! What is remembered about the starts of employees: doubts about scheduled ones, and onboarding dates that are ignored.

use crate::db::{
    error::{DbError, corrupt},
    sql::Connection,
};
use muster_core::{
    decide::proposal::Proposal,
    model::{
        ids::{EmployeeId, WorkspaceId},
        problem::lifecycle::StartDoubt,
    },
    read::roster::Roster,
};

/// Adds the notes of a workspace to a roster.
pub(crate) fn fill_in(
    connection: &Connection,
    roster: &mut Roster,
    workspace: WorkspaceId,
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT employee_id, doubt, ignored_on FROM start_note WHERE workspace_id = ?1",
    )?;
    let mut rows = statement.query((workspace.0,))?;
    while let Some(row) = rows.next()? {
        let employee = EmployeeId(row.get("employee_id")?);
        if let Some(doubt) = row.get::<Option<String>>("doubt")? {
            let doubt = StartDoubt::parse(&doubt)
                .ok_or_else(|| corrupt("start_note", "doubt", employee))?;
            roster.start_doubts.insert(employee, doubt);
        }
        if let Some(ignored) = row.get("ignored_on")? {
            roster.ignored_starts.insert(employee, ignored);
        }
    }
    Ok(())
}

/// Writes the notes that a proposal changes.
pub(crate) fn write(
    connection: &Connection,
    workspace: WorkspaceId,
    proposal: &Proposal,
) -> Result<(), DbError> {
    write_doubts(connection, workspace, proposal)?;
    if proposal.ignored_starts.is_empty() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO start_note (workspace_id, employee_id, ignored_on) VALUES (?1, ?2, ?3) \
         ON CONFLICT (workspace_id, employee_id) DO UPDATE SET ignored_on = excluded.ignored_on",
    )?;
    for (employee, date) in &proposal.ignored_starts {
        statement.execute((workspace.0, employee.0, date.as_deref()))?;
    }
    clean_up(connection, workspace)
}

/// Writes the doubts alone: they arise also where the plan of the delivery is held.
pub(crate) fn write_doubts(
    connection: &Connection,
    workspace: WorkspaceId,
    proposal: &Proposal,
) -> Result<(), DbError> {
    if proposal.start_doubts.is_empty() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO start_note (workspace_id, employee_id, doubt) VALUES (?1, ?2, ?3) \
         ON CONFLICT (workspace_id, employee_id) DO UPDATE SET doubt = excluded.doubt",
    )?;
    for (employee, doubt) in &proposal.start_doubts {
        let doubt = doubt.map(StartDoubt::as_str);
        statement.execute((workspace.0, employee.0, doubt))?;
    }
    clean_up(connection, workspace)
}

/// Removes notes that say nothing any longer.
fn clean_up(connection: &Connection, workspace: WorkspaceId) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "DELETE FROM start_note WHERE workspace_id = ?1 AND doubt IS NULL AND ignored_on IS NULL",
        )?
        .execute((workspace.0,))?;
    Ok(())
}
