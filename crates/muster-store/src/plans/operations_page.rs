//! A saved plan in parts: how many operations there are of each sort, one page of them, and those that wait for a decision of
//! their own.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, Params},
    },
    plans::plan::{OPERATION, PlanStatus, StoredOperation, operation},
};
use jiff::Timestamp;
use muster_core::model::{
    ids::{EmployeeId, RunId},
    plan::{OperationKind, PlanId, Reason},
    workspace::Workspace,
};
use std::collections::{BTreeMap, BTreeSet};

/// Operations of one kind and reason that wait or do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationGroup {
    pub kind: OperationKind,
    pub reason: Reason,
    /// Waits for a decision of its own.
    pub is_held: bool,
    pub count: u64,
    /// Of these, those that are neither applied nor void.
    pub open: u64,
}

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
    LEFT JOIN run_file ON run_file.workspace_id = operation.workspace_id AND run_file.run_id = operation.run_id \
    AND run_file.position = operation.file \
    WHERE operation.workspace_id = ?1 AND decision = 'open' AND plan.status IN ('held', 'partly', 'saved')";

impl Store {
    /// How many operations of each sort a plan has, in the order of the first of each.
    pub fn operation_groups(
        &self,
        workspace: &Workspace,
        run: RunId,
    ) -> Result<Vec<OperationGroup>, StoreError> {
        self.read("count the operations of the plan", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT kind, reason, held IS NOT NULL AS is_held, count(*) AS operations, \
                 count(CASE decision WHEN 'open' THEN 1 END) AS open FROM operation \
                 WHERE workspace_id = ?1 AND run_id = ?2 GROUP BY kind, reason, held IS NOT NULL \
                 ORDER BY min(number)",
            )?;
            statement.rows((workspace.id.0, run.0), |row| {
                let (kind, reason): (String, String) = (row.get("kind")?, row.get("reason")?);
                Ok(OperationGroup {
                    kind: OperationKind::parse(&kind)
                        .ok_or_else(|| corrupt("operation", "kind", run))?,
                    reason: Reason::parse(&reason)
                        .ok_or_else(|| corrupt("operation", "reason", run))?,
                    is_held: row.get("is_held")?,
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
        group: &OperationGroup,
        after: i64,
        limit: u32,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        self.read("read the operations of the plan", |connection| {
            let held = if group.is_held { "IS NOT NULL" } else { "IS NULL" };
            let mut statement = connection.prepare_cached(&format!(
                "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 AND kind = ?3 AND reason = ?4 AND held {held} \
                 AND number > ?5 ORDER BY number LIMIT ?6"
            ))?;
            let key = (
                workspace.id.0,
                run.0,
                group.kind.as_str(),
                group.reason.as_str(),
                after,
                i64::from(limit),
            );
            statement.rows(key, |row| operation(row, &workspace.schema))
        })
    }

    /// The numbers of the pending operations of some sorts.
    pub fn pending_numbers(
        &self,
        workspace: &Workspace,
        run: RunId,
        groups: &[OperationGroup],
    ) -> Result<BTreeSet<i64>, StoreError> {
        self.read("look up the pending operations", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number, kind, reason, held IS NOT NULL AS is_held FROM operation \
                 WHERE workspace_id = ?1 AND run_id = ?2 AND decision = 'open' ORDER BY number",
            )?;
            let found: Vec<(i64, bool)> = statement.rows((workspace.id.0, run.0), |row| {
                let (kind, reason): (String, String) = (row.get("kind")?, row.get("reason")?);
                let is_held: bool = row.get("is_held")?;
                let is_wanted = groups.iter().any(|group| {
                    (group.kind.as_str(), group.reason.as_str()) == (&kind, &reason)
                        && group.is_held == is_held
                });
                Ok((row.get("number")?, is_wanted))
            })?;
            let wanted = found.into_iter().filter(|(_, is_wanted)| *is_wanted);
            Ok(wanted.map(|(number, _)| number).collect())
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
