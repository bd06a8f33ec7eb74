//! Saved plans in the form in which they are reviewed.

use crate::db::sql::{Connection, Params, Row};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::changes,
    runs::record::{instant, origin},
};
use jiff::Timestamp;
use muster_core::{
    decide::guard::Finding,
    model::{
        company::CompanyEnd,
        employee::Status,
        field::Schema,
        ids::{EmployeeId, IntegrationId, RunId, WorkspaceId},
        plan::{Change, Changed, Operation, OperationKind, PlanId, Reason},
        workspace::Workspace,
    },
    read::reading::FieldFill,
};

macro_rules! stored {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// As stored and printed.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

stored!(
    /// The status of a plan.
    PlanStatus {
        /// Pending. The integration waits for a decision.
        Held = "held",
        /// Some operations were approved, others are pending. The integration waits for a decision.
        Partly = "partly",
        /// Pending, without blocking runs: single operations, or a plan that a user requested.
        Saved = "saved",
        /// All operations were approved.
        Approved = "approved",
        /// The plan was rejected.
        Rejected = "rejected",
        /// The plan of a newer delivery replaced it.
        Replaced = "replaced",
        /// It expired.
        Expired = "expired",
    }
);

impl PlanStatus {
    /// Whether the plan is pending.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Held | Self::Partly | Self::Saved)
    }
}

stored!(
    /// The status of one operation of a plan.
    Decision {
        /// Pending.
        Open = "open",
        /// Approved and applied.
        Applied = "applied",
        /// Void: another operation of the plan has changed the same employee.
        Void = "void",
    }
);

#[derive(Clone, Debug, PartialEq)]
pub struct StoredPlan {
    pub id: PlanId,
    /// What became of it.
    pub status: PlanStatus,
    pub integration: Option<IntegrationId>,
    pub integration_name: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When it expires.
    pub expires: Timestamp,
    /// When it was decided on.
    pub decided: Option<Timestamp>,
    pub decided_by: Option<String>,
    pub findings: Vec<Finding>,
    /// Version of mapping, matching and selection.
    pub setup: String,
    pub records: u64,
    /// Fill of each mapped field.
    pub fills: Vec<FieldFill>,
    /// The groups that the plan creates.
    pub new_groups: Vec<String>,
    /// The companies whose last day the plan changes.
    pub company_ends: Vec<CompanyEnd>,
    pub operations: u64,
    /// The number of these that are pending.
    pub open: u64,
}

/// One operation of a saved plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOperation {
    /// Its number in the plan.
    pub number: i64,
    /// The proposed operation. A create has its employee once it is applied.
    pub operation: Operation,
    /// What became of it.
    pub decision: Decision,
}

impl StoredOperation {
    /// Whether it is neither applied nor void.
    pub fn is_open(&self) -> bool {
        self.decision == Decision::Open
    }
}

const PLAN: &str = "SELECT plan.run_id, plan.hash, plan.status, plan.integration_id, integration.name AS integration, \
    plan.created_at, plan.expires_at, plan.decided_at, plan.decided_by, plan.findings, plan.setup, plan.records, \
    plan.fills, plan.new_groups, (SELECT count(*) FROM operation WHERE operation.workspace_id = plan.workspace_id \
    AND operation.run_id = plan.run_id) AS operations, (SELECT count(*) FROM operation \
    WHERE operation.workspace_id = plan.workspace_id AND operation.run_id = plan.run_id AND decision = 'open') AS open, \
    plan.company_ends FROM plan LEFT JOIN integration \
    ON integration.workspace_id = plan.workspace_id AND integration.id = plan.integration_id";

pub(crate) const OPERATION: &str = "SELECT number, kind, employee_id, revision, reason, held, file, line, who, \
    payload, fingerprint, takes_ownership, status, decision FROM operation";

impl Store {
    /// A saved plan, or `None` if there is none with this run and hash.
    pub fn plan(
        &self,
        workspace: WorkspaceId,
        id: &PlanId,
    ) -> Result<Option<StoredPlan>, StoreError> {
        self.read("read the plan", |connection| {
            find(connection, workspace, id)
        })
    }

    /// The next plans, newest first, before the plan of a run.
    pub fn plans_page(
        &self,
        workspace: WorkspaceId,
        status: Option<PlanStatus>,
        before: Option<RunId>,
        limit: u32,
    ) -> Result<Vec<StoredPlan>, StoreError> {
        self.read("list the plans", |connection| {
            let condition = "WHERE plan.workspace_id = ?1 AND plan.run_id < ?2 AND (CAST(?3 AS TEXT) IS NULL OR plan.status = ?3) \
                ORDER BY plan.run_id DESC LIMIT ?4";
            let before = before.map_or(i64::MAX, |run| run.0);
            let status = status.map(PlanStatus::as_str);
            let key = (workspace.0, before, status, i64::from(limit));
            select(connection, condition, key)
        })
    }

    /// The pending plans, newest first, including expired ones.
    pub fn open_plans(&self, workspace: WorkspaceId) -> Result<Vec<StoredPlan>, StoreError> {
        self.read("list the plans", |connection| {
            let condition = "WHERE plan.workspace_id = ?1 AND plan.status IN ('held', 'partly', 'saved') \
                ORDER BY plan.run_id DESC";
            select(connection, condition, [workspace.0])
        })
    }

    /// The operations of a plan, in order of their numbers.
    pub fn plan_operations(
        &self,
        workspace: &Workspace,
        id: &PlanId,
    ) -> Result<Vec<StoredOperation>, StoreError> {
        self.read("read the operations of the plan", |connection| {
            if find(connection, workspace.id, id)?.is_none() {
                return Ok(Vec::new());
            }
            let mut statement = connection.prepare_cached(&format!(
                "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 ORDER BY number"
            ))?;
            let mut rows = statement.query((workspace.id.0, id.run.0))?;
            let mut operations = Vec::new();
            while let Some(row) = rows.next()? {
                operations.push(operation(row, &workspace.schema)?);
            }
            Ok(operations)
        })
    }
}

pub(crate) fn find(
    connection: &Connection,
    workspace: WorkspaceId,
    id: &PlanId,
) -> Result<Option<StoredPlan>, DbError> {
    let condition = "WHERE plan.workspace_id = ?1 AND plan.run_id = ?2 AND plan.hash = ?3";
    Ok(select(connection, condition, (workspace.0, id.run.0, &id.hash))?.pop())
}

/// The next plan of an integration replaces its pending plan.
pub(crate) fn replace_open(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
    run: RunId,
    now: Timestamp,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "UPDATE plan SET status = 'replaced', decided_at = ?3 WHERE workspace_id = ?1 \
             AND integration_id = ?2 AND status IN ('held', 'partly', 'saved') \
             AND NOT EXISTS (SELECT 1 FROM run WHERE workspace_id = ?1 AND id = ?4 AND kind = 'repair')",
        )?
        .execute((workspace.0, integration.0, now.as_microsecond(), run.0))?;
    Ok(())
}

/// A sweep finds all due dates again, so its held plan replaces those of earlier sweeps.
pub(crate) fn replace_sweeps(
    connection: &Connection,
    workspace: WorkspaceId,
    run: RunId,
    now: Timestamp,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "UPDATE plan SET status = 'replaced', decided_at = ?3 WHERE workspace_id = ?1 AND run_id < ?2 \
             AND status IN ('held', 'partly', 'saved') AND run_id IN (SELECT id FROM run WHERE workspace_id = ?1 AND kind = 'sweep') \
             AND EXISTS (SELECT 1 FROM run WHERE workspace_id = ?1 AND id = ?2 AND kind = 'sweep')",
        )?
        .execute((workspace.0, run.0, now.as_microsecond()))?;
    Ok(())
}

fn select(
    connection: &Connection,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<StoredPlan>, DbError> {
    let mut statement = connection.prepare_cached(&format!("{PLAN} {condition}"))?;
    let mut rows = statement.query(parameters)?;
    let mut plans = Vec::new();
    while let Some(row) = rows.next()? {
        plans.push(plan(row)?);
    }
    Ok(plans)
}

fn plan(row: Row<'_>) -> Result<StoredPlan, DbError> {
    let run = RunId(row.get("run_id")?);
    let unreadable = |column| move |_| corrupt("plan", column, run);
    let text = |column| row.get::<String>(column);
    Ok(StoredPlan {
        id: PlanId {
            run,
            hash: row.get("hash")?,
        },
        status: PlanStatus::parse(&text("status")?)
            .ok_or_else(|| corrupt("plan", "status", run))?,
        integration: row.get::<Option<i64>>("integration_id")?.map(IntegrationId),
        integration_name: row.get("integration")?,
        created: instant(row.get("created_at")?, "plan", "created_at")?,
        expires: instant(row.get("expires_at")?, "plan", "expires_at")?,
        decided: row
            .get::<Option<i64>>("decided_at")?
            .map(|at| instant(at, "plan", "decided_at"))
            .transpose()?,
        decided_by: row.get("decided_by")?,
        findings: serde_json::from_str(&text("findings")?).map_err(unreadable("findings"))?,
        setup: row.get("setup")?,
        records: row.get::<i64>("records")?.unsigned_abs(),
        fills: serde_json::from_str(&text("fills")?).map_err(unreadable("fills"))?,
        new_groups: serde_json::from_str(&text("new_groups")?).map_err(unreadable("new_groups"))?,
        company_ends: serde_json::from_str(
            row.get::<Option<String>>("company_ends")?
                .as_deref()
                .unwrap_or("[]"),
        )
        .map_err(unreadable("company_ends"))?,
        operations: row.get::<i64>("operations")?.unsigned_abs(),
        open: row.get::<i64>("open")?.unsigned_abs(),
    })
}

pub(crate) fn operation(row: Row<'_>, schema: &Schema) -> Result<StoredOperation, DbError> {
    let number: i64 = row.get("number")?;
    let unreadable = |column| corrupt("operation", column, number);
    let kind =
        OperationKind::parse(&row.get::<String>("kind")?).ok_or_else(|| unreadable("kind"))?;
    let reason =
        Reason::parse(&row.get::<String>("reason")?).ok_or_else(|| unreadable("reason"))?;
    let held: Option<String> = row.get("held")?;
    let payload: String = row.get("payload")?;
    let status: Option<String> = row.get("status")?;
    let fingerprint: Option<Vec<u8>> = row.get("fingerprint")?;
    let operation = Operation {
        kind,
        employee: row.get::<Option<i64>>("employee_id")?.map(EmployeeId),
        revision: row.get("revision")?,
        draft: None,
        origin: origin(row.get("file")?, row.get("line")?),
        reason,
        changes: match status {
            Some(status) => create_changes(&payload, &status, reason, schema)?,
            None => changes::read(&payload, schema)?,
        },
        who: serde_json::from_str(&row.get::<String>("who")?).map_err(|_| unreadable("who"))?,
        held: held
            .map(|held| Reason::parse(&held).ok_or_else(|| unreadable("held")))
            .transpose()?,
        fingerprint: fingerprint
            .map(|bytes| bytes.try_into().map_err(|_| unreadable("fingerprint")))
            .transpose()?,
        takes_ownership: row.get::<i64>("takes_ownership")? != 0,
    };
    let decision =
        Decision::parse(&row.get::<String>("decision")?).ok_or_else(|| unreadable("decision"))?;
    Ok(StoredOperation {
        number,
        operation,
        decision,
    })
}

/// The values of a create as changes.
fn create_changes(
    payload: &str,
    status: &str,
    reason: Reason,
    schema: &Schema,
) -> Result<Vec<Change>, DbError> {
    let status = Status::parse(status).ok_or_else(|| corrupt("operation", "status", status))?;
    let set = |what, new| Change {
        what,
        old: None,
        new: Some(new),
        reason,
    };
    let values = changes::read_values(payload, schema)?;
    let fields = values
        .into_iter()
        .map(|(field, value)| set(Changed::Field(field), value));
    Ok(
        std::iter::once(set(Changed::Status, status.as_str().to_owned()))
            .chain(fields)
            .collect(),
    )
}
