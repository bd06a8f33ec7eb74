//! A saved plan in parts: how many operations there are of each sort, one page of them, and those that wait for a decision of
//! their own.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, Params, Row},
    },
    directory::{changes, people_page::pattern},
    plans::plan::{OPERATION, PlanStatus, StoredOperation, operation},
};
use jiff::Timestamp;
use muster_core::{
    decide::shared_change::SharedChange,
    model::{
        ids::{EmployeeId, RunId, WorkspaceId},
        plan::{OperationKind, PlanId, Reason},
        workspace::Workspace,
    },
};
use std::collections::{BTreeMap, BTreeSet};

/// A sort of operations.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OperationSort {
    pub kind: OperationKind,
    pub reason: Reason,
    /// Waits for a decision of its own.
    pub is_held: bool,
    /// What updates have in common; none: that does not matter here, or there is nothing.
    pub shared: Option<SharedChange>,
}

/// Operations of one sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationGroup {
    pub sort: OperationSort,
    pub count: u64,
    /// Of these, those that are neither applied nor void.
    pub open: u64,
}

/// How operations are sorted, and which of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct GroupsQuery<'q> {
    /// Updates are of one sort if they share a change; otherwise if they have the same reason.
    pub by_change: bool,
    /// Part of the name, the external id or the address.
    pub search: Option<&'q str>,
}

impl GroupsQuery<'_> {
    fn pattern(&self) -> Option<String> {
        let search = self.search.map(str::trim).filter(|text| !text.is_empty());
        search.map(pattern)
    }
}

/// Whose operation it is, for a search: the values of `who` without their names.
const WHO: &str = "lower(replace(replace(replace(who, '\"external_id\":', ''), '\"email\":', ''), '\"name\":', ''))";

/// An operation with the plan that it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingOperation {
    pub plan: PlanId,
    /// When the plan was made.
    pub created: Timestamp,
    pub integration: Option<String>,
    pub operation: StoredOperation,
    /// Name of the file of the record.
    pub file: Option<String>,
}

/// What is pending of plans that nobody has decided on.
const PENDING: &str = "SELECT plan.run_id AS plan_run, plan.hash, plan.created_at, integration.name AS integration, \
    run_file.name AS file_name, number, kind, employee_id, revision, reason, held, file, line, who, payload, fingerprint, \
    takes_ownership, operation.status, decision FROM operation \
    JOIN plan ON plan.workspace_id = operation.workspace_id AND plan.run_id = operation.run_id \
    LEFT JOIN integration ON integration.workspace_id = plan.workspace_id AND integration.id = plan.integration_id \
    LEFT JOIN run_file ON run_file.workspace_id = operation.workspace_id \
    AND run_file.run_id = coalesce((SELECT of_run FROM run WHERE run.workspace_id = operation.workspace_id \
    AND run.id = operation.run_id AND run.kind = 'repair'), operation.run_id) \
    AND run_file.position = operation.file \
    WHERE operation.workspace_id = ?1 AND decision = 'open' AND plan.status IN ('held', 'partly', 'saved')";

impl Store {
    /// How many operations of each sort a plan has, in the order of the first of each.
    pub fn operation_groups(
        &self,
        workspace: &Workspace,
        run: RunId,
        query: &GroupsQuery<'_>,
    ) -> Result<Vec<OperationGroup>, StoreError> {
        self.read("count the operations of the plan", |connection| {
            let shared = if query.by_change { "shared_change" } else { "NULL" };
            let mut statement = connection.prepare_cached(&format!(
                "SELECT kind, reason, is_held, shared_change, count(*) AS operations, \
                 count(CASE decision WHEN 'open' THEN 1 END) AS open FROM ( \
                 SELECT number, kind, reason, held IS NOT NULL AS is_held, {shared} AS shared_change, decision FROM operation \
                 WHERE workspace_id = ?1 AND run_id = ?2 AND (CAST(?3 AS TEXT) IS NULL OR {WHO} LIKE ?3 ESCAPE '\\')) AS sorted \
                 GROUP BY kind, reason, is_held, shared_change ORDER BY min(number)"
            ))?;
            statement.rows((workspace.id.0, run.0, query.pattern()), |row| {
                Ok(OperationGroup {
                    sort: sort(row, workspace, run)?,
                    count: row.get::<i64>("operations")?.unsigned_abs(),
                    open: row.get::<i64>("open")?.unsigned_abs(),
                })
            })
        })
    }

    /// The next operations of one sort, in order of their numbers.
    pub fn operations_page(
        &self,
        workspace: &Workspace,
        run: RunId,
        sort: &OperationSort,
        query: &GroupsQuery<'_>,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        self.read("read the operations of the plan", |connection| {
            let held = if sort.is_held { "IS NOT NULL" } else { "IS NULL" };
            let shared = match (&sort.shared, query.by_change) {
                (Some(shared), true) => Some(changes::write_shared_change(shared, &workspace.schema)),
                _ => None,
            };
            let same_change = match (&shared, query.by_change) {
                (_, false) => "CAST(?7 AS TEXT) IS NULL",
                (None, true) => "CAST(?7 AS TEXT) IS NULL AND shared_change IS NULL",
                (Some(_), true) => "shared_change = ?7",
            };
            let mut statement = connection.prepare_cached(&format!(
                "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 AND kind = ?3 AND reason = ?4 AND held {held} \
                 AND number > ?5 AND {same_change} AND (CAST(?8 AS TEXT) IS NULL OR {WHO} LIKE ?8 ESCAPE '\\') \
                 ORDER BY number LIMIT ?6"
            ))?;
            let key = (
                workspace.id.0,
                run.0,
                sort.kind.as_str(),
                sort.reason.as_str(),
                after,
                i64::from(limit),
                shared,
                query.pattern(),
            );
            statement.rows(key, |row| operation(row, &workspace.schema))
        })
    }

    /// The pending operations of a plan by their numbers, each with its sort.
    pub fn pending_sorts(
        &self,
        workspace: &Workspace,
        run: RunId,
    ) -> Result<Vec<(i64, OperationSort)>, StoreError> {
        self.read("look up the pending operations", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number, kind, reason, held IS NOT NULL AS is_held, shared_change FROM operation \
                 WHERE workspace_id = ?1 AND run_id = ?2 AND decision = 'open' ORDER BY number",
            )?;
            statement.rows((workspace.id.0, run.0), |row| {
                Ok((row.get("number")?, sort(row, workspace, run)?))
            })
        })
    }

    /// The pending operations whose employees have changed since the plan was made: they can no longer be approved.
    pub fn changed_since(
        &self,
        workspace: &Workspace,
        run: RunId,
    ) -> Result<BTreeSet<i64>, StoreError> {
        self.read("compare the plan with its employees", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number FROM operation JOIN employee ON employee.workspace_id = operation.workspace_id \
                 AND employee.id = operation.employee_id WHERE operation.workspace_id = ?1 AND operation.run_id = ?2 \
                 AND decision = 'open' AND employee.revision <> operation.revision",
            )?;
            let numbers: Vec<i64> =
                statement.rows((workspace.id.0, run.0), |row| row.get("number"))?;
            Ok(numbers.into_iter().collect())
        })
    }

    /// The latest applied undo of a run.
    pub fn undone_by(
        &self,
        workspace: WorkspaceId,
        run: RunId,
    ) -> Result<Option<RunId>, StoreError> {
        self.read("look up an undo of the run", |connection| {
            let undo: Option<i64> = connection.scalar(
                "SELECT max(id) AS undo FROM run WHERE workspace_id = ?1 AND of_run = ?2 AND kind = 'undo' \
                 AND status = 'applied'",
                (workspace.0, run.0),
            )?;
            Ok(undo.map(RunId))
        })
    }

    /// The operations that wait for a decision of their own, newest plan first.
    pub fn held_operations(
        &self,
        workspace: &Workspace,
        limit: u32,
    ) -> Result<Vec<PendingOperation>, StoreError> {
        self.read("list the held operations", |connection| {
            let text = format!(
                "{PENDING} AND held IS NOT NULL ORDER BY plan.run_id DESC, number LIMIT ?2"
            );
            pending(
                connection,
                workspace,
                &text,
                (workspace.id.0, i64::from(limit)),
            )
        })
    }

    /// What became of the plans of runs between two, both included.
    pub fn plan_statuses(
        &self,
        workspace: &Workspace,
        first: RunId,
        last: RunId,
    ) -> Result<BTreeMap<RunId, PlanStatus>, StoreError> {
        self.read("look up what became of the plans", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT run_id, status FROM plan WHERE workspace_id = ?1 AND run_id BETWEEN ?2 AND ?3",
            )?;
            statement.rows((workspace.id.0, first.0, last.0), |row| {
                let run = RunId(row.get("run_id")?);
                let status = PlanStatus::parse(&row.get::<String>("status")?)
                    .ok_or_else(|| corrupt("plan", "status", run))?;
                Ok((run, status))
            })
        })
    }

    /// How many operations wait for a decision of their own.
    pub fn held_operation_count(&self, workspace: &Workspace) -> Result<u64, StoreError> {
        self.read("count the held operations", |connection| {
            let count: i64 = connection.scalar(
                "SELECT count(*) FROM operation JOIN plan ON plan.workspace_id = operation.workspace_id \
                 AND plan.run_id = operation.run_id WHERE plan.workspace_id = ?1 \
                 AND plan.status IN ('held', 'partly', 'saved') AND decision = 'open' AND held IS NOT NULL",
                [workspace.id.0],
            )?;
            Ok(count.unsigned_abs())
        })
    }

    /// What is pending of one employee, newest plan first.
    pub fn pending_operations_of(
        &self,
        workspace: &Workspace,
        employee: EmployeeId,
    ) -> Result<Vec<PendingOperation>, StoreError> {
        self.read("look up what is pending of the employee", |connection| {
            let text = format!(
                "{PENDING} AND employee_id = ?2 ORDER BY plan.run_id DESC, number LIMIT 20"
            );
            pending(connection, workspace, &text, (workspace.id.0, employee.0))
        })
    }
}

fn sort(row: Row<'_>, workspace: &Workspace, run: RunId) -> Result<OperationSort, DbError> {
    let (kind, reason): (String, String) = (row.get("kind")?, row.get("reason")?);
    let shared: Option<String> = row.get("shared_change")?;
    Ok(OperationSort {
        kind: OperationKind::parse(&kind).ok_or_else(|| corrupt("operation", "kind", run))?,
        reason: Reason::parse(&reason).ok_or_else(|| corrupt("operation", "reason", run))?,
        is_held: row.get("is_held")?,
        shared: match shared {
            Some(text) => changes::read_shared_change(&text, &workspace.schema)?,
            None => None,
        },
    })
}

fn pending(
    connection: &Connection,
    workspace: &Workspace,
    text: &str,
    parameters: impl Params,
) -> Result<Vec<PendingOperation>, DbError> {
    let mut statement = connection.prepare_cached(text)?;
    statement.rows(parameters, |row| {
        let run = RunId(row.get("plan_run")?);
        Ok(PendingOperation {
            plan: PlanId {
                run,
                hash: row.get("hash")?,
            },
            created: Timestamp::from_microsecond(row.get("created_at")?)
                .map_err(|_| corrupt("plan", "created_at", run))?,
            integration: row.get("integration")?,
            file: row.get("file_name")?,
            operation: operation(row, &workspace.schema)?,
        })
    })
}
