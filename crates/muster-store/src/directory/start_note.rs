//! What is remembered about the starts of employees: which scheduled ones the source does not confirm, and onboarding dates that are ignored.

use crate::db::{
    error::{DbError, corrupt},
    sql::Connection,
};
use muster_core::{
    decide::proposal::Proposal,
    model::{
        ids::{EmployeeId, WorkspaceId},
        problem::lifecycle::UnconfirmedStart,
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
        if let Some(why) = row.get::<Option<String>>("doubt")? {
            let why = UnconfirmedStart::parse(&why)
                .ok_or_else(|| corrupt("start_note", "doubt", employee))?;
            roster.unconfirmed_starts.insert(employee, why);
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
    write_unconfirmed(connection, workspace, proposal)?;
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

/// Writes the unconfirmed starts alone: they arise also where the plan of the delivery is held.
pub(crate) fn write_unconfirmed(
    connection: &Connection,
    workspace: WorkspaceId,
    proposal: &Proposal,
) -> Result<(), DbError> {
    if proposal.unconfirmed_starts.is_empty() {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "INSERT INTO start_note (workspace_id, employee_id, doubt) VALUES (?1, ?2, ?3) \
         ON CONFLICT (workspace_id, employee_id) DO UPDATE SET doubt = excluded.doubt",
    )?;
    for (employee, why) in &proposal.unconfirmed_starts {
        let why = why.map(UnconfirmedStart::as_str);
        statement.execute((workspace.0, employee.0, why))?;
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
