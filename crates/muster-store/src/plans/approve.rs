//! Approves and rejects saved plans. An approval applies exactly the operations that were shown, in
//! one transaction. It is void if anything that it depends on has changed.

use crate::db::sql::Connection;
use crate::{
    audit::chain::{By, Entry, append},
    db::{
        connection::Store,
        error::{DbError, StoreError, UniqueValue, VoidCause},
    },
    directory::{company, integration, workspace::add_groups},
    plans::{
        conflict::{key_in_use, nothing_to_apply, void},
        four_eyes::refuse_requester,
        hold,
        plan::{self, OPERATION, PlanStatus, StoredOperation, StoredPlan},
    },
    runs::settle::{ChangeContext, ChangeEnd, Creation, DirectoryChange, Settled, Step},
    secrets::encryption::Keyring,
};
use jiff::Timestamp;
use muster_core::{
    decide::proposal::Counts,
    model::{
        audit::{Act, Subject},
        ids::{EmployeeId, IntegrationId, RunId, WorkspaceId},
        plan::{OperationKind, PlanId},
        run::RunStatus,
        workspace::Workspace,
    },
    read::{
        reading::{FieldFill, Problems},
        roster::LastGood,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// Which operations of a plan are approved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    All,
    /// All pending operations of some kinds.
    Kinds(Vec<OperationKind>),
    /// The operations with these numbers.
    Numbers(BTreeSet<i64>),
}

impl Choice {
    pub(super) fn has(&self, number: i64, kind: OperationKind) -> bool {
        match self {
            Self::All => true,
            Self::Kinds(kinds) => kinds.contains(&kind),
            Self::Numbers(numbers) => numbers.contains(&number),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Approval<'a> {
    pub workspace: &'a Workspace,
    pub plan: &'a PlanId,
    /// The selected operations.
    pub choice: &'a Choice,
    /// The run of the approval, which ends with it.
    pub run: RunId,
    pub approved_by: Option<&'a str>,
    pub now: Timestamp,
}

impl Store {
    /// Applies operations of a saved plan. The others stay pending.
    ///
    /// [`StoreError::Void`]: the plan is closed or has expired, an employee has changed since, or
    /// the email address or external id of a new employee is in use.
    pub fn apply_plan(
        &self,
        approval: &Approval<'_>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Settled, StoreError> {
        let settled = self.write_load(approval.workspace.id, "apply the plan", |connection| {
            apply(connection, self.keyring().ok(), approval, progress)
        })?;
        let _ = self.purge();
        Ok(settled)
    }

    /// Rejects all pending operations of a plan, even if it has expired.
    pub fn reject_plan(
        &self,
        workspace: WorkspaceId,
        id: &PlanId,
        by: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_in(workspace, "reject the plan", |connection| {
            undecided(connection, workspace, id)?;
            decide(connection, workspace, id, PlanStatus::Rejected, by, now)
        })
    }
}

/// The plan, if it is pending. An expired plan can still be rejected.
fn undecided(
    connection: &Connection,
    workspace: WorkspaceId,
    id: &PlanId,
) -> Result<StoredPlan, DbError> {
    let Some(stored) = plan::find(connection, workspace, id)? else {
        return Err(void(VoidCause::NoPlan { plan: id.clone() }));
    };
    if !stored.status.is_open() {
        return Err(void(VoidCause::Decided {
            plan: id.clone(),
            status: stored.status.as_str().to_owned(),
        }));
    }
    Ok(stored)
}

/// The plan, if it can be approved.
fn approvable(
    connection: &Connection,
    workspace: WorkspaceId,
    id: &PlanId,
    now: Timestamp,
) -> Result<StoredPlan, DbError> {
    let stored = undecided(connection, workspace, id)?;
    if stored.expires <= now {
        return Err(void(VoidCause::Expired {
            plan: id.clone(),
            at: stored.expires,
        }));
    }
    Ok(stored)
}

fn decide(
    connection: &Connection,
    workspace: WorkspaceId,
    id: &PlanId,
    status: PlanStatus,
    by: Option<&str>,
    now: Timestamp,
) -> Result<(), DbError> {
    connection.execute(
        "UPDATE plan SET status = ?3, decided_at = ?4, decided_by = ?5 WHERE workspace_id = ?1 AND run_id = ?2",
        (workspace.0, id.run.0, status.as_str(), now.as_microsecond(), by),
    )?;
    let act = match status {
        PlanStatus::Rejected => Act::PlanRejected,
        _ => Act::PlanApproved,
    };
    let entry = Entry::new(act, By::optional(by), Subject::new("plan", id), now).within(workspace);
    let after = json!({ "status": status.as_str() });
    append(connection, entry.values(None, Some(after)))
}

fn apply(
    connection: &Connection,
    keyring: Option<&Keyring>,
    approval: &Approval<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Settled, DbError> {
    let Approval {
        workspace,
        run,
        now,
        ..
    } = *approval;
    let stored = approvable(connection, workspace.id, approval.plan, now)?;
    refuse_requester(
        connection,
        workspace.id,
        approval.plan.run,
        approval.approved_by,
    )?;
    if stored.integration.is_some() {
        add_groups(connection, workspace.id, &stored.new_groups)?;
    }
    let mut counts = Counts::default();
    let context = ChangeContext {
        connection,
        keyring,
        workspace,
        integration: stored.integration,
        run,
        by: approval.approved_by,
        now,
    };
    let mut change = DirectoryChange::begin(context, None, progress)?;
    let changes = chosen(connection, approval)?;
    connection.set_savepoint()?;
    change
        .apply(
            changes
                .iter()
                .filter_map(|stored| Step::of(stored.number, &stored.operation)),
        )
        .map_err(|error| key_in_use(connection, approval, error, UniqueValue::OfPlan))?;
    for StoredOperation {
        number, operation, ..
    } in &changes
    {
        mark(connection, approval, *number, operation.employee)?;
        note(&mut counts, operation.kind);
    }
    void_others(connection, approval, &changes)?;
    create(connection, approval, &mut change, &mut counts)?;
    let done = change
        .complete()
        .map_err(|error| key_in_use(connection, approval, error, UniqueValue::OfPlan))?;
    let ends_too = *approval.choice == Choice::All || !changes.is_empty() || done.created > 0;
    let ended = if ends_too && is_whole(connection, approval)? {
        company::end(connection, workspace.id, run, &stored.company_ends)?
    } else {
        0
    };
    let is_idle = changes.is_empty() && done.created + ended == 0;
    // A guard finding may need an approval even if there is nothing to apply.
    if is_idle && !(*approval.choice == Choice::All && is_empty(connection, approval)?) {
        return Err(nothing_to_apply(connection, approval)?);
    }
    close(connection, approval, &stored)?;
    let end = ChangeEnd {
        status: if is_idle {
            RunStatus::NothingToDo
        } else {
            RunStatus::Applied
        },
        partial: None,
        counts: &counts,
        problems: &Problems::default(),
        files: &[],
        plan_hash: None,
        moved: true,
    };
    done.end(&end, Some(approval.plan.clone()))
}

/// The selected pending operations on existing employees.
fn chosen(
    connection: &Connection,
    approval: &Approval<'_>,
) -> Result<Vec<StoredOperation>, DbError> {
    let mut statement = connection.prepare_cached(&format!(
        "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 AND decision = 'open' AND kind <> 'create' ORDER BY number"
    ))?;
    let mut rows = statement.query((approval.workspace.id.0, approval.plan.run.0))?;
    let mut operations = Vec::new();
    while let Some(row) = rows.next()? {
        let stored = plan::operation(row, &approval.workspace.schema)?;
        if approval.choice.has(stored.number, stored.operation.kind) {
            operations.push(stored);
        }
    }
    Ok(operations)
}

/// The number of creates in memory at a time, because a first load can be held too.
const BATCH: i64 = 5_000;

/// Creates the selected employees in batches.
fn create(
    connection: &Connection,
    approval: &Approval<'_>,
    change: &mut DirectoryChange<'_, '_>,
    counts: &mut Counts,
) -> Result<(), DbError> {
    let mut after = 0;
    loop {
        let batch = creates(connection, approval, after)?;
        let Some(last) = batch.last() else {
            return Ok(());
        };
        after = last.number;
        for StoredOperation {
            number, operation, ..
        } in &batch
        {
            if !approval.choice.has(*number, operation.kind) {
                continue;
            }
            let id = change
                .create(&Creation::of(operation), hold::values(operation))
                .map_err(|error| {
                    let name = operation.who.name.clone();
                    key_in_use(
                        connection,
                        approval,
                        error,
                        UniqueValue::OfEmployee { name },
                    )
                })?;
            mark(connection, approval, *number, Some(id))?;
            note(counts, operation.kind);
        }
    }
}

fn creates(
    connection: &Connection,
    approval: &Approval<'_>,
    after: i64,
) -> Result<Vec<StoredOperation>, DbError> {
    let mut statement = connection.prepare_cached(&format!(
        "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 AND decision = 'open' AND kind = 'create' \
         AND number > ?3 ORDER BY number LIMIT ?4"
    ))?;
    let mut rows = statement.query((approval.workspace.id.0, approval.plan.run.0, after, BATCH))?;
    let mut operations = Vec::new();
    while let Some(row) = rows.next()? {
        operations.push(plan::operation(row, &approval.workspace.schema)?);
    }
    Ok(operations)
}

fn mark(
    connection: &Connection,
    approval: &Approval<'_>,
    number: i64,
    employee: Option<EmployeeId>,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "UPDATE operation SET decision = 'applied', employee_id = ?4 \
             WHERE workspace_id = ?1 AND run_id = ?2 AND number = ?3",
        )?
        .execute((
            approval.workspace.id.0,
            approval.plan.run.0,
            number,
            employee.map(|id| id.0),
        ))?;
    Ok(())
}

/// Voids other pending operations on the employees that were changed: they are based on earlier
/// values.
fn void_others(
    connection: &Connection,
    approval: &Approval<'_>,
    applied: &[StoredOperation],
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "UPDATE operation SET decision = 'void' WHERE workspace_id = ?1 AND run_id = ?2 AND employee_id = ?3 \
         AND decision = 'open' AND revision <> (SELECT revision FROM employee WHERE workspace_id = ?1 AND id = ?3)",
    )?;
    for employee in applied
        .iter()
        .filter_map(|stored| stored.operation.employee)
    {
        statement.execute((approval.workspace.id.0, approval.plan.run.0, employee.0))?;
    }
    Ok(())
}

/// Whether the plan never had an operation.
fn is_empty(connection: &Connection, approval: &Approval<'_>) -> Result<bool, DbError> {
    connection.scalar(
        "SELECT NOT EXISTS (SELECT 1 FROM operation WHERE workspace_id = ?1 AND run_id = ?2)",
        (approval.workspace.id.0, approval.plan.run.0),
    )
}

/// Whether the whole plan has been applied. A company ends only once no employee is employed in it,
/// and a pending operation may still move an employee elsewhere.
fn is_whole(connection: &Connection, approval: &Approval<'_>) -> Result<bool, DbError> {
    let text = "SELECT NOT EXISTS (SELECT 1 FROM operation WHERE workspace_id = ?1 AND run_id = ?2 AND decision <> 'applied')";
    let key = (approval.workspace.id.0, approval.plan.run.0);
    connection.prepare_cached(text)?.scalar(key)
}

/// Counts an operation like the record that caused it.
fn note(counts: &mut Counts, kind: OperationKind) {
    counts.read += 1;
    counts.add(kind);
}

/// Updates the status of the plan. Once all of it is applied, its run becomes the last successful
/// one.
fn close(
    connection: &Connection,
    approval: &Approval<'_>,
    stored: &StoredPlan,
) -> Result<(), DbError> {
    let Approval {
        workspace,
        plan: id,
        now,
        approved_by,
        ..
    } = *approval;
    let open: bool = connection.scalar("SELECT EXISTS (SELECT 1 FROM operation WHERE workspace_id = ?1 AND run_id = ?2 AND decision = 'open')",
        (workspace.id.0, id.run.0))?;
    let status = match (open, stored.status) {
        (false, _) => PlanStatus::Approved,
        (true, PlanStatus::Saved) => PlanStatus::Saved,
        (true, _) => PlanStatus::Partly,
    };
    decide(connection, workspace.id, id, status, approved_by, now)?;
    let Some(integration) = stored.integration.filter(|_| !open) else {
        return Ok(());
    };
    // An integration without any operations so far has never been reviewed.
    if is_empty(connection, approval)?
        && integration::last_good(connection, workspace.id, integration)?.is_none()
    {
        return Ok(());
    }
    note_good(connection, workspace.id, integration, stored)
}

fn note_good(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
    stored: &StoredPlan,
) -> Result<(), DbError> {
    let good = LastGood {
        run: stored.id.run,
        records: stored.records,
        setup: stored.setup.clone(),
        fills: stored
            .fills
            .iter()
            .cloned()
            .map(FieldFill::approved)
            .collect(),
        final_line_break: None,
    };
    integration::note_good(connection, workspace, integration, &good)
}
