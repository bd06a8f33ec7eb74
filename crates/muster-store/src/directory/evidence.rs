//! Stored data that guards need: when end dates were stored, which contents were applied, and what
//! is granted.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
        sql::{Connection, OptionalRow},
    },
    directory::budget,
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    decide::guard::{budgets::MonthlyTotals, old_content::EarlierDelivery},
    derive::budget::Ledger,
    model::{
        field::canonical,
        ids::{EmployeeId, IntegrationId, RunId, WorkspaceId},
        origin::DeliveredFile,
        workspace::Workspace,
    },
};
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Those of some employees whose end date has been stored since before a time. Empty if the
    /// history of that time was deleted.
    pub fn announced_departures(
        &self,
        workspace: &Workspace,
        employees: &[EmployeeId],
        before: Timestamp,
    ) -> Result<BTreeSet<EmployeeId>, StoreError> {
        if employees.is_empty()
            || self
                .forgotten_through(workspace)?
                .is_some_and(|through| through > before)
        {
            return Ok(BTreeSet::new());
        }
        let field = workspace.schema.stored_key(canonical::OFFBOARDING_DATE);
        let changed = format!("%\"key\":\"{field}\"%");
        self.read("look up when end dates were stored", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT run.started_at FROM employee JOIN run ON run.workspace_id = employee.workspace_id \
                 AND run.id = coalesce((SELECT max(change.run_id) FROM change \
                 WHERE change.workspace_id = employee.workspace_id AND change.employee_id = employee.id \
                 AND change.changes LIKE ?3), employee.created_run) \
                 WHERE employee.workspace_id = ?1 AND employee.id = ?2",
            )?;
            let mut announced = BTreeSet::new();
            for employee in employees {
                let stored: Option<i64> = statement
                    .scalar((workspace.id.0, employee.0, &changed))
                    .optional()?;
                if stored.is_some_and(|stored| stored < before.as_microsecond()) {
                    announced.insert(*employee);
                }
            }
            Ok(announced)
        })
    }

    /// The latest delivery of an integration with the content of these files, if another content took effect since. A
    /// delivery took effect if it was applied, changed nothing, or its plan was approved.
    pub fn earlier_delivery(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
        files: &[DeliveredFile],
    ) -> Result<Option<EarlierDelivery>, StoreError> {
        let mut wanted: Vec<&str> = files.iter().map(|file| file.sha256.as_str()).collect();
        wanted.sort_unstable();
        let Some(first) = wanted.first() else {
            return Ok(None);
        };
        self.read("look up an earlier delivery", |connection| {
            let key = (workspace.0, integration.0);
            let latest: Option<i64> = connection
                .prepare_cached(
                    "SELECT max(run.id) FROM run WHERE run.workspace_id = ?1 AND run.integration_id = ?2 AND run.kind IN ('sync', 'plan') AND (run.status IN ('applied', 'nothing_to_do') OR EXISTS \
                     (SELECT 1 FROM plan WHERE plan.workspace_id = run.workspace_id AND plan.run_id = run.id \
                     AND plan.status IN ('approved', 'partly'))) \
                     AND EXISTS (SELECT 1 FROM run_file WHERE run_file.workspace_id = ?1 AND run_file.run_id = run.id)",
                )?
                .scalar(key)?;
            let mut candidates = connection.prepare_cached(
                "SELECT DISTINCT run.id, run.started_at FROM run_file JOIN run ON run.workspace_id = run_file.workspace_id \
                 AND run.id = run_file.run_id WHERE run_file.workspace_id = ?1 AND run.integration_id = ?2 \
                 AND run_file.sha256 = ?3 AND run.kind IN ('sync', 'plan') AND (run.status IN ('applied', 'nothing_to_do') OR EXISTS \
                     (SELECT 1 FROM plan WHERE plan.workspace_id = run.workspace_id AND plan.run_id = run.id \
                     AND plan.status IN ('approved', 'partly'))) ORDER BY run.id DESC",
            )?;
            let mut rows = candidates.query((key.0, key.1, first))?;
            while let Some(row) = rows.next()? {
                let (run, started): (i64, i64) = (row.get("id")?, row.get("started_at")?);
                if content(connection, workspace, run)? == wanted {
                    let at = instant(started, "run", "started_at")?;
                    let run = RunId(run);
                    return Ok((latest != Some(run.0)).then_some(EarlierDelivery { run, at }));
                }
            }
            Ok(None)
        })
    }

    /// What the employees of an integration are granted each month, by category.
    pub fn monthly_totals(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<MonthlyTotals, StoreError> {
        self.read("add up the monthly budgets", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT category, amount FROM budget_grant JOIN employee \
                 ON employee.workspace_id = budget_grant.workspace_id AND employee.id = budget_grant.employee_id \
                 WHERE budget_grant.workspace_id = ?1 AND kind = 'monthly' AND cancelled = 0 AND ends IS NULL \
                 AND employee.integration_id = ?2",
            )?;
            let mut rows = statement.query((workspace.0, integration.0))?;
            let mut totals = MonthlyTotals::default();
            while let Some(row) = rows.next()? {
                let (category, amount): (String, String) =
                    (row.get("category")?, row.get("amount")?);
                totals
                    .add(&category, &amount)
                    .ok_or_else(|| corrupt("budget_grant", "amount", &category))?;
            }
            Ok(totals)
        })
    }

    /// What employees were granted.
    pub fn ledgers(
        &self,
        workspace: WorkspaceId,
        employees: &[EmployeeId],
    ) -> Result<BTreeMap<EmployeeId, Ledger>, StoreError> {
        self.read("read the budgets", |connection| {
            let ledger = |employee: &EmployeeId| {
                let ledger = budget::ledger(connection, (workspace.0, employee.0))?;
                Ok((*employee, ledger))
            };
            employees.iter().map(ledger).collect::<Result<_, DbError>>()
        })
    }
}

/// Hashes of the files of a run, sorted.
fn content(
    connection: &Connection,
    workspace: WorkspaceId,
    run: i64,
) -> Result<Vec<String>, DbError> {
    connection
        .prepare_cached(
            "SELECT sha256 FROM run_file WHERE workspace_id = ?1 AND run_id = ?2 ORDER BY sha256",
        )?
        .values((workspace.0, run))
}
