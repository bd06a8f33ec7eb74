//! Saves plans with everything that an approval needs, so that it applies exactly what was shown.

use crate::db::sql::Connection;
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
    },
    directory::{
        changes::{self, json},
        start_note,
    },
    plans::plan::{self, PlanStatus},
    runs::{
        run::{self, Effect, Ending},
        settle::partial,
    },
};
use jiff::Timestamp;
use muster_core::{
    decide::{
        proposal::Proposal,
        shared_change::{SharedChange, shared_changes},
    },
    model::{
        employee::Status,
        facts::FactsRef,
        field::{FieldNumber, canonical},
        ids::{IntegrationId, RunId},
        origin::DeliveredFile,
        plan::{Changed, Create, Operation, OperationKind, Plan, PlanId, Reason, Who},
        run::RunStatus,
        workspace::Workspace,
    },
};

/// A proposal to save without applying it.
#[derive(Clone, Copy, Debug)]
pub struct Hold<'a> {
    pub workspace: &'a Workspace,
    /// The integration. `None` for a sweep or an undo of the whole workspace.
    pub integration: Option<IntegrationId>,
    /// The run, which ends with this.
    pub run: RunId,
    pub proposal: &'a Proposal,
    /// Version of mapping, matching and selection.
    pub setup: &'a str,
    /// The files that were read.
    pub files: &'a [DeliveredFile],
    pub now: Timestamp,
    /// When the plan expires.
    pub expires: Timestamp,
    /// Hash of the plan.
    pub hash: &'a str,
    /// `Held`: the integration waits for a decision. The plan replaces older plans of the
    /// integration, or of earlier sweeps. `Planned`: a user requested the plan. It can be approved
    /// and does not block runs.
    pub status: RunStatus,
}

/// The row of a plan.
pub(crate) struct PlanHead<'a> {
    pub(crate) integration: Option<IntegrationId>,
    pub(crate) run: RunId,
    pub(crate) hash: &'a str,
    pub(crate) status: PlanStatus,
    pub(crate) setup: &'a str,
    pub(crate) now: Timestamp,
    pub(crate) expires: Timestamp,
}

impl Store {
    /// Saves the plan of a run for review, and ends the run.
    pub fn hold(&self, hold: &Hold<'_>) -> Result<PlanId, StoreError> {
        self.write_in(hold.workspace.id, "save the plan", |connection| {
            let Hold {
                workspace,
                proposal,
                run,
                ..
            } = *hold;
            let mut status = PlanStatus::Saved;
            if hold.status == RunStatus::Held {
                status = PlanStatus::Held;
                start_note::write_unconfirmed(connection, workspace.id, proposal)?;
                match hold.integration {
                    Some(integration) => {
                        plan::replace_open(connection, workspace.id, integration, run, hold.now)?
                    }
                    None => plan::replace_sweeps(connection, workspace.id, run, hold.now)?,
                }
            }
            let ending = Ending {
                status: hold.status,
                finished: hold.now,
                partial: partial(&proposal.reading),
                counts: &proposal.counts,
                problems: &proposal.problems,
                files: hold.files,
                error: None,
            };
            let effect = Effect {
                plan_hash: Some(hold.hash),
                ..Effect::default()
            };
            let head = PlanHead {
                integration: hold.integration,
                run,
                hash: hold.hash,
                status,
                setup: hold.setup,
                now: hold.now,
                expires: hold.expires,
            };
            write_head(connection, workspace, &head, proposal)?;
            let sends = connection.send_ahead();
            for (create, number) in proposal.plan.creates.iter().zip(1i64..) {
                write_create(connection, hold, number, create)?;
            }
            let shared = shared_changes(&proposal.plan.operations);
            for ((number, operation), shared) in numbered(&proposal.plan).zip(&shared) {
                write_operation(
                    connection,
                    workspace,
                    run,
                    number,
                    operation,
                    shared.as_ref(),
                )?;
            }
            drop(sends);
            // Last, because it locks what workspaces share.
            run::finish(connection, workspace.id, run, &ending, effect)?;
            Ok(PlanId {
                run,
                hash: hold.hash.to_owned(),
            })
        })
    }
}

/// The operations of a plan with their numbers: creates come first.
pub(crate) fn numbered(plan: &Plan) -> impl Iterator<Item = (i64, &Operation)> {
    (plan.creates.len() as i64 + 1..).zip(&plan.operations)
}

/// The values that a single create operation sets.
pub(crate) fn values(operation: &Operation) -> impl Iterator<Item = (FieldNumber, &str)> {
    operation
        .changes
        .iter()
        .filter_map(|change| match change.what {
            Changed::Field(field) => Some((field, change.new.as_deref()?)),
            Changed::Status | Changed::Owner => None,
        })
}

pub(crate) fn write_head(
    connection: &Connection,
    workspace: &Workspace,
    head: &PlanHead<'_>,
    proposal: &Proposal,
) -> Result<(), DbError> {
    connection.execute(
        "INSERT INTO plan (workspace_id, run_id, hash, status, integration_id, created_at, expires_at, findings, \
         setup, records, fills, new_groups, company_ends) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        (
            workspace.id.0,
            head.run.0,
            head.hash,
            head.status.as_str(),
            head.integration.map(|integration| integration.0),
            head.now.as_microsecond(),
            head.expires.as_microsecond(),
            json(&proposal.findings),
            head.setup,
            proposal.counts.read as i64,
            json(&proposal.fills),
            json(&proposal.new_groups),
            (!proposal.company_ends.is_empty()).then(|| json(&proposal.company_ends)),
        ),
    )?;
    Ok(())
}

const INSERT: &str = "INSERT INTO operation (workspace_id, run_id, number, kind, employee_id, revision, reason, \
    held, file, line, who, payload, fingerprint, takes_ownership, status, shared_change, decision) \
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 'open')";

fn write_create(
    connection: &Connection,
    hold: &Hold<'_>,
    number: i64,
    create: &Create,
) -> Result<(), DbError> {
    let drafts = &hold.proposal.reading.drafts;
    let (draft, facts) = (drafts.get(create.draft), drafts.facts(create.draft));
    let values = facts
        .iter()
        .filter_map(|(field, fact)| Some((field, fact.value()?)));
    connection.prepare_cached(INSERT)?.send((
        hold.workspace.id.0,
        hold.run.0,
        number,
        OperationKind::Create.as_str(),
        None::<i64>,
        0,
        Reason::NewPerson.as_str(),
        None::<&str>,
        i64::from(draft.origin.file),
        i64::from(draft.origin.line),
        json(&who(facts)),
        changes::write_values(values, &hold.workspace.schema),
        draft.fingerprint,
        i64::from(hold.integration.is_some()),
        create.status.as_str(),
        None::<&str>,
    ))?;
    Ok(())
}

pub(crate) fn write_operation(
    connection: &Connection,
    workspace: &Workspace,
    run: RunId,
    number: i64,
    operation: &Operation,
    shared: Option<&SharedChange>,
) -> Result<(), DbError> {
    let is_create = operation.employee.is_none();
    let payload = if is_create {
        changes::write_values(values(operation), &workspace.schema)
    } else {
        changes::write(&operation.changes, &workspace.schema)
    };
    let status = operation
        .changes
        .iter()
        .find(|change| change.what == Changed::Status);
    let status = status
        .and_then(|change| change.new.as_deref())
        .unwrap_or(Status::Active.as_str());
    connection.prepare_cached(INSERT)?.send((
        workspace.id.0,
        run.0,
        number,
        operation.kind.as_str(),
        operation.employee.map(|employee| employee.0),
        operation.revision,
        operation.reason.as_str(),
        operation.held.map(Reason::as_str),
        operation.origin.map(|origin| i64::from(origin.file)),
        operation.origin.map(|origin| i64::from(origin.line)),
        json(&operation.who),
        payload,
        operation.fingerprint.as_ref(),
        i64::from(operation.takes_ownership),
        is_create.then_some(status),
        shared.map(|shared| changes::write_shared_change(shared, &workspace.schema)),
    ))?;
    Ok(())
}

fn who(facts: FactsRef<'_>) -> Who {
    let parts = [
        canonical::FIRST_NAME,
        canonical::PREFIX,
        canonical::LAST_NAME,
    ];
    Who {
        external_id: facts.value(canonical::EXTERNAL_ID).map(str::to_owned),
        email: facts.value(canonical::EMAIL).map(str::to_owned),
        name: parts
            .iter()
            .filter_map(|part| facts.value(*part))
            .collect::<Vec<_>>()
            .join(" "),
    }
}
