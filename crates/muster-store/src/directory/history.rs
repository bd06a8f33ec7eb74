//! The history of employees and of runs. The creation of an employee has no row: the employee's row
//! contains its run and origin.

use crate::db::sql::{Connection, OptionalRow, Params, Row};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::changes,
    runs::record::{instant, origin},
};
use jiff::Timestamp;
use muster_core::model::{
    employee::{Employee, Status},
    facts::{Fact, Facts},
    ids::{EmployeeId, RunId},
    origin::Origin,
    plan::{Change, Changed, OperationKind, Reason},
    workspace::Workspace,
};

/// One change of one employee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    pub employee: EmployeeId,
    /// The run.
    pub run: RunId,
    /// When the run began.
    pub at: Timestamp,
    pub kind: OperationKind,
    pub reason: Reason,
    /// Old and new values. Empty for a create: the initial values follow from later changes.
    pub changes: Vec<Change>,
    /// The origin of the record.
    pub origin: Option<Origin>,
    /// Name of the file of that record.
    pub file: Option<String>,
    /// Name of the integration.
    pub integration: Option<String>,
    pub approved_by: Option<String>,
    /// The user who made the edit.
    pub by: Option<String>,
    /// The run that rejected the record before its values were corrected.
    pub corrects: Option<RunId>,
    /// The reason given by the user.
    pub note: Option<String>,
}

/// The changes of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunChanges {
    /// The employees that the run created.
    pub created: Vec<EmployeeId>,
    /// The changes of the run, ordered by employee.
    pub changes: Vec<HistoryEntry>,
}

/// The files of an approval are those of the run that made the plan, and those of a repair the corrected delivery's.
const FILE: &str = "LEFT JOIN run AS origin ON origin.workspace_id = run.workspace_id \
    AND origin.id = coalesce(CASE run.kind WHEN 'approve' THEN run.of_run END, run.id) \
    LEFT JOIN run_file ON run_file.workspace_id = run.workspace_id AND run_file.position = file \
    AND run_file.run_id = CASE origin.kind WHEN 'repair' THEN origin.of_run ELSE coalesce(origin.id, run.id) END \
    LEFT JOIN integration ON integration.workspace_id = run.workspace_id \
    AND integration.id = coalesce(run.integration_id, origin.integration_id)";

/// The person who made the manual edit or corrected the record.
const BY: &str = "CASE WHEN run.kind IN ('edit', 'undo') THEN run.actor WHEN origin.kind = 'repair' THEN origin.actor END";

/// The run that rejected the record before it was corrected.
const CORRECTS: &str = "CASE origin.kind WHEN 'repair' THEN origin.of_run END AS corrects";

pub(super) fn changes_text(condition: &str) -> String {
    format!(
        "SELECT change.employee_id, change.run_id, run.started_at, change.kind, change.reason, change.changes, \
         file, line, run_file.name AS file_name, integration.name AS integration, change.approved_by, {BY} AS done_by, {CORRECTS}, run.note FROM change \
         JOIN run ON run.workspace_id = change.workspace_id AND run.id = change.run_id {FILE} {condition}"
    )
}

pub(super) fn created_text(condition: &str) -> String {
    format!(
        "SELECT person.id AS employee_id, run.id AS run_id, run.started_at, 'create' AS kind, \
         CASE run.kind WHEN 'edit' THEN 'manual_edit' ELSE 'new_person' END AS reason, '[]' AS changes, file, line, \
         run_file.name AS file_name, \
         integration.name AS integration, CASE run.kind WHEN 'approve' THEN run.actor END AS approved_by, {BY} AS done_by, {CORRECTS}, run.note \
         FROM (SELECT workspace_id, id, created_run, created_file AS file, created_line AS line FROM employee) \
         AS person JOIN run ON run.workspace_id = person.workspace_id AND run.id = person.created_run \
         {FILE} {condition}"
    )
}

impl Store {
    /// The history of an employee, starting with the creation.
    pub fn history(
        &self,
        workspace: &Workspace,
        person: EmployeeId,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read("read the history of an employee", |connection| {
            let key = (workspace.id.0, person.0);
            let created = created_text("WHERE person.workspace_id = ?1 AND person.id = ?2");
            let mut entries = select(connection, workspace, &created, key)?;
            let changes = changes_text(
                "WHERE change.workspace_id = ?1 AND change.employee_id = ?2 ORDER BY change.run_id, change.number",
            );
            entries.extend(select(connection, workspace, &changes, key)?);
            Ok(entries)
        })
    }

    /// The history of an employee and of the employees merged into them, oldest first.
    pub fn history_with_merged(
        &self,
        workspace: &Workspace,
        person: EmployeeId,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        let merged = self.read("look up merged employees", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT DISTINCT duplicate.employee_id FROM change AS survivor JOIN change AS duplicate \
                 ON duplicate.workspace_id = survivor.workspace_id AND duplicate.run_id = survivor.run_id \
                 WHERE survivor.workspace_id = ?1 AND survivor.employee_id = ?2 \
                 AND survivor.reason = 'merged' AND duplicate.reason = 'merged_into' \
                 ORDER BY duplicate.employee_id",
            )?;
            let mut rows = statement.query((workspace.id.0, person.0))?;
            let mut merged = Vec::new();
            while let Some(row) = rows.next()? {
                merged.push(EmployeeId(row.get("employee_id")?));
            }
            Ok(merged)
        })?;
        let mut entries = self.history(workspace, person)?;
        for duplicate in merged {
            entries.extend(self.history(workspace, duplicate)?);
        }
        // A stable sort keeps the order of the entries within a run.
        entries.sort_by_key(|entry| entry.run);
        Ok(entries)
    }

    /// Everything that runs after a time have changed, newest first.
    pub fn history_since(
        &self,
        workspace: &Workspace,
        after: Timestamp,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read("read the history", |connection| {
            let key = (workspace.id.0, after.as_microsecond());
            let changes = changes_text(
                "WHERE change.workspace_id = ?1 AND run.started_at > ?2 ORDER BY change.run_id DESC, \
                 change.number DESC",
            );
            let mut entries = select(connection, workspace, &changes, key)?;
            let created =
                created_text("WHERE person.workspace_id = ?1 AND run.workspace_id = ?1 AND run.started_at > ?2");
            entries.extend(select(connection, workspace, &created, key)?);
            // A stable sort: within a run, changes come before the creates that may depend on them.
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.run));
            Ok(entries)
        })
    }

    /// What runs after a time have changed of the employees between two, both included, newest first.
    pub fn history_since_of(
        &self,
        workspace: &Workspace,
        after: Timestamp,
        first: EmployeeId,
        last: EmployeeId,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read("read the history", |connection| {
            let key = (workspace.id.0, first.0, last.0, after.as_microsecond());
            let changes = "WHERE change.workspace_id = ?1 AND change.employee_id BETWEEN ?2 AND ?3 \
                AND run.started_at > ?4 ORDER BY change.run_id DESC, change.number DESC";
            let mut entries = select(connection, workspace, &changes_text(changes), key)?;
            let created = "WHERE person.workspace_id = ?1 AND person.id BETWEEN ?2 AND ?3 \
                AND run.workspace_id = ?1 AND run.started_at > ?4";
            entries.extend(select(connection, workspace, &created_text(created), key)?);
            // A stable sort: within a run, changes come before the creates that may depend on them.
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.run));
            Ok(entries)
        })
    }

    /// Everything that a run and later ones have changed, newest first.
    pub fn history_from(
        &self,
        workspace: &Workspace,
        run: RunId,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read("read the history", |connection| {
            let key = (workspace.id.0, run.0);
            let changes = "WHERE change.workspace_id = ?1 AND change.run_id >= ?2 \
                ORDER BY change.run_id DESC, change.number DESC";
            let mut entries = select(connection, workspace, &changes_text(changes), key)?;
            let created =
                "WHERE person.workspace_id = ?1 AND run.workspace_id = ?1 AND run.id >= ?2";
            entries.extend(select(connection, workspace, &created_text(created), key)?);
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.run));
            Ok(entries)
        })
    }

    /// The time up to which history was deleted. `None`: the history is complete.
    pub fn forgotten_through(
        &self,
        workspace: &Workspace,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read("look up the start of the history", |connection| {
            let through: Option<i64> = connection
                .prepare_cached(
                    "SELECT through FROM forgotten WHERE workspace_id = ?1 AND what = 'history'",
                )?
                .scalar([workspace.id.0])
                .optional()?;
            through
                .map(|at| instant(at, "forgotten", "through"))
                .transpose()
        })
    }

    /// The changes of a run, for undoing it.
    pub fn changes_of_run(
        &self,
        workspace: &Workspace,
        run: RunId,
    ) -> Result<RunChanges, StoreError> {
        self.read("read what the run changed", |connection| {
            let key = (workspace.id.0, run.0);
            let created = connection
                .prepare_cached(
                    "SELECT first_created, created FROM run \
                     WHERE workspace_id = ?1 AND id = ?2 AND first_created IS NOT NULL",
                )?
                .query_row(key, |row| Ok((row.get::<i64>("first_created")?, row.get::<i64>("created")?)))
                .optional()?;
            let changes = changes_text(
                "WHERE change.workspace_id = ?1 AND change.run_id = ?2 ORDER BY change.employee_id, change.number",
            );
            Ok(RunChanges {
                created: created
                    .map(|(first, number)| (first..first + number).map(EmployeeId).collect())
                    .unwrap_or_default(),
                changes: select(connection, workspace, &changes, key)?,
            })
        })
    }
}

/// An employee before these changes, newest first. `None` if the employee did not exist yet.
pub fn rewind(employee: &Employee, later: &[HistoryEntry]) -> Option<Employee> {
    let mut then = employee.clone();
    // Current pins do not apply to a past day.
    then.pins.clear();
    for entry in later {
        if entry.kind == OperationKind::Create {
            return None;
        }
        match entry.reason {
            Reason::Protected => then.protected = false,
            Reason::Unprotected => then.protected = true,
            _ => {}
        }
        for change in entry.changes.iter().rev() {
            match change.what {
                Changed::Status => {
                    let old = change.old.as_deref().and_then(Status::parse);
                    then.status = old.unwrap_or(then.status);
                }
                // The current owner does not apply to a past day.
                Changed::Owner => {}
                Changed::Field(field) => {
                    let old = change.old.as_deref().map_or(Fact::Cleared, Fact::Set);
                    then.facts = Facts::new(then.facts.with(field, old).as_ref().iter());
                }
            }
        }
    }
    Some(then)
}

pub(super) fn select(
    connection: &Connection,
    workspace: &Workspace,
    text: &str,
    parameters: impl Params,
) -> Result<Vec<HistoryEntry>, DbError> {
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query(parameters)?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(entry(row, workspace)?);
    }
    Ok(entries)
}

fn entry(row: Row<'_>, workspace: &Workspace) -> Result<HistoryEntry, DbError> {
    let employee = EmployeeId(row.get("employee_id")?);
    let unreadable = |column| corrupt("change", column, employee);
    Ok(HistoryEntry {
        employee,
        run: RunId(row.get("run_id")?),
        at: instant(row.get("started_at")?, "run", "started_at")?,
        kind: OperationKind::parse(&row.get::<String>("kind")?)
            .ok_or_else(|| unreadable("kind"))?,
        reason: Reason::parse(&row.get::<String>("reason")?).ok_or_else(|| unreadable("reason"))?,
        changes: changes::read(&row.get::<String>("changes")?, &workspace.schema)?,
        origin: origin(row.get("file")?, row.get("line")?),
        file: row.get("file_name")?,
        integration: row.get("integration")?,
        approved_by: row.get("approved_by")?,
        by: row.get("done_by")?,
        corrects: row.get::<Option<i64>>("corrects")?.map(RunId),
        note: row.get("note")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_of_an_employee_reads_no_other_employee() {
        let connection = Connection::migrated();
        for text in [
            created_text("WHERE person.workspace_id = ?1 AND person.id = ?2"),
            changes_text(
                "WHERE change.workspace_id = ?1 AND change.employee_id = ?2 ORDER BY change.run_id, change.number",
            ),
            changes_text(
                "WHERE change.workspace_id = ?1 AND change.run_id = ?2 ORDER BY change.employee_id, change.number",
            ),
        ] {
            let steps = connection.explain(&text, (1, 2));
            let finds =
                |step: &String| !step.starts_with("SCAN") && !step.ends_with("(workspace_id=?)");
            assert!(steps.iter().all(finds), "{steps:#?}");
        }
    }
}
