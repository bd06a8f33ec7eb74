//! Applies a proposal to the directory in one transaction. It makes no decisions, and fails if the
//! directory has changed since the proposal was computed.

mod change;
mod creation;
mod follow;
mod revision;
mod step;

pub(crate) use change::{ChangeContext, ChangeEnd, DirectoryChange};
pub(crate) use creation::Creation;
pub(crate) use follow::{Following, Passage};
pub(crate) use revision::note as note_revision;
pub(crate) use step::Step;

use crate::db::sql::Connection;
use crate::{
    db::{
        connection::Store,
        dialect,
        error::{DbError, StoreError},
    },
    directory::{company, integration, pin, workspace::add_groups},
    plans::{
        hold::{self, PlanHead},
        plan,
    },
    secrets::encryption::Keyring,
};
use jiff::Timestamp;
use muster_core::{
    decide::proposal::Proposal,
    model::{
        ids::{IntegrationId, RunId},
        origin::DeliveredFile,
        plan::{Operation, PlanId},
        run::RunStatus,
        workspace::Workspace,
    },
    read::{
        reading::{Completeness, PartialReason, Reading},
        roster::LastGood,
    },
    setup::integration::unreviewed,
};

/// A proposal to apply, and its run.
#[derive(Clone, Copy, Debug)]
pub struct Settlement<'a> {
    pub workspace: &'a Workspace,
    /// The integration. `None` for a sweep or an undo of the whole workspace.
    pub integration: Option<IntegrationId>,
    /// The run, which ends with this transaction.
    pub run: RunId,
    pub proposal: &'a Proposal,
    /// If false, departures are held for review like held operations.
    pub apply_removals: bool,
    /// The version of mapping, matching and selection rules.
    pub setup: &'a str,
    /// The files that were read.
    pub files: &'a [DeliveredFile],
    pub now: Timestamp,
    /// When a saved plan expires.
    pub expires: Timestamp,
    /// Who approved it, if anyone did.
    pub approved_by: Option<&'a str>,
    /// The hash of the plan, under which held operations are saved. `None`: they are not saved.
    pub held_plan_hash: Option<&'a str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The revision of the workspace now.
    pub revision: i64,
    pub created: u64,
    /// The number of changed employees.
    pub changed: u64,
    /// The number of these that were deactivated.
    pub removed: u64,
    /// The saved plan with the held operations.
    pub plan: Option<PlanId>,
    /// How the run ended.
    pub status: RunStatus,
}

impl Store {
    /// Applies a proposal and ends its run. `progress` is called from time to time with the number
    /// of applied operations.
    ///
    /// [`StoreError::Moved`]: the directory has changed since the proposal was computed; compute it
    /// again.
    pub fn settle(
        &self,
        settlement: &Settlement<'_>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Settled, StoreError> {
        let settled = self.write_load(settlement.workspace.id, "apply the run", |connection| {
            settle(connection, self.keyring().ok(), settlement, progress)
        })?;
        self.analyze_load(settlement);
        // The transaction is committed. If the database cannot be rewritten now, the next sweep
        // does it.
        let _ = self.purge();
        Ok(settled)
    }
}

/// Smaller loads are left to the server.
const MIN_ANALYZED: usize = 1_000;

impl Store {
    /// Has a server look at the tables after a load of more than a tenth of a workspace, so that it knows how to read them.
    fn analyze_load(&self, settlement: &Settlement<'_>) {
        let created = settlement.proposal.plan.creates.len();
        if created < MIN_ANALYZED || !self.is_on_server() {
            return;
        }
        // The run is committed: without the statistics, reads take longer until the server makes them itself.
        let _ = self.read_alone("analyze the tables", |connection| {
            let employees: i64 = connection.scalar(
                "SELECT people FROM workspace WHERE id = ?1",
                [settlement.workspace.id.0],
            )?;
            match created as i64 * 10 > employees {
                true => connection.execute_batch(dialect::ANALYZE),
                false => Ok(()),
            }
        });
    }
}

/// The operations to apply, with their numbers in the plan.
fn applied<'a>(settlement: &'a Settlement<'_>) -> impl Iterator<Item = (i64, &'a Operation)> {
    let all = hold::numbered(&settlement.proposal.plan);
    let removals = settlement.apply_removals;
    all.filter(move |(_, operation)| {
        operation.held.is_none() && (removals || !operation.kind.is_removal())
    })
}

fn settle(
    connection: &Connection,
    keyring: Option<&Keyring>,
    settlement: &Settlement<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<Settled, DbError> {
    let Settlement {
        workspace,
        proposal,
        run,
        ..
    } = *settlement;
    let context = ChangeContext {
        connection,
        keyring,
        workspace,
        integration: settlement.integration,
        run,
        by: settlement.approved_by,
        now: settlement.now,
    };
    let mut change = DirectoryChange::begin(context, Some(proposal.revision), progress)?;
    add_groups(connection, workspace.id, &proposal.new_groups)?;
    change
        .apply(applied(settlement).filter_map(|(number, operation)| Step::of(number, operation)))?;
    create(&mut change, settlement)?;
    pin::write(connection, workspace, &proposal.new_pins)?;
    revision::refresh(&mut change.people, settlement)?;
    let mut done = change.complete()?;
    let is_announced = |operation: &Operation| {
        let employee = operation.employee;
        employee.is_some_and(|employee| proposal.announced.contains(&employee))
    };
    let expected = applied(settlement).filter(|(_, operation)| is_announced(operation));
    done.expected = expected.count() as i64;
    let ended = company::end(connection, workspace.id, run, &proposal.company_ends)?;
    let plan = save_rest(connection, settlement)?;
    let status = match (done.created + done.changed + ended, &plan) {
        (0, None) => RunStatus::NothingToDo,
        (0, Some(_)) => RunStatus::Held,
        _ => RunStatus::Applied,
    };
    let moved = done.created + ended > 0
        || !proposal.plan.operations.is_empty()
        || !proposal.refreshed.is_empty()
        || !proposal.missed.is_empty()
        || !proposal.unconfirmed_starts.is_empty()
        || !proposal.ignored_starts.is_empty();
    let end = ChangeEnd {
        status,
        partial: partial(&proposal.reading),
        counts: &proposal.counts,
        problems: &proposal.problems,
        files: settlement.files,
        plan_hash: settlement.held_plan_hash,
        moved,
    };
    let settled = done.end(&end, plan)?;
    note_good(connection, settlement)?;
    Ok(settled)
}

/// Creates the new employees of the plan, including those of single operations that are not held.
fn create(
    change: &mut DirectoryChange<'_, '_>,
    settlement: &Settlement<'_>,
) -> Result<(), DbError> {
    let Proposal { plan, reading, .. } = settlement.proposal;
    let connection = change.people.connection;
    let _sends = connection.send_ahead();
    for create in &plan.creates {
        let draft = reading.drafts.get(create.draft);
        let facts = reading.drafts.facts(create.draft);
        change.create(
            &Creation {
                status: create.status,
                origin: Some(draft.origin),
                fingerprint: Some(draft.fingerprint),
                owned: settlement.integration.is_some(),
            },
            facts
                .iter()
                .filter_map(|(field, fact)| Some((field, fact.value()?))),
        )?;
    }
    for (_, operation) in applied(settlement).filter(|(_, operation)| operation.employee.is_none())
    {
        change.create(&Creation::of(operation), hold::values(operation))?;
    }
    Ok(())
}

/// Saves the held operations. They replace the pending plan of the integration.
fn save_rest(
    connection: &Connection,
    settlement: &Settlement<'_>,
) -> Result<Option<PlanId>, DbError> {
    let Settlement {
        workspace,
        proposal,
        run,
        ..
    } = *settlement;
    if let Some(integration) = settlement.integration {
        plan::replace_open(connection, workspace.id, integration, run, settlement.now)?;
    } else {
        plan::replace_sweeps(connection, workspace.id, run, settlement.now)?;
    }
    let waits = |operation: &Operation| {
        operation.held.is_some() || (!settlement.apply_removals && operation.kind.is_removal())
    };
    let rest: Vec<_> = hold::numbered(&proposal.plan)
        .filter(|(_, operation)| waits(operation))
        .collect();
    let Some(hash) = settlement.held_plan_hash.filter(|_| !rest.is_empty()) else {
        return Ok(None);
    };
    let head = PlanHead {
        integration: settlement.integration,
        run,
        hash,
        status: plan::PlanStatus::Saved,
        setup: settlement.setup,
        now: settlement.now,
        expires: settlement.expires,
    };
    hold::write_head(connection, workspace, &head, proposal)?;
    let _sends = connection.send_ahead();
    for (number, operation) in rest {
        hold::write_operation(connection, workspace, run, number, operation, None)?;
    }
    Ok(Some(PlanId {
        run,
        hash: hash.to_owned(),
    }))
}

/// Stores what a successful run read, as a baseline for the next one.
fn note_good(connection: &Connection, settlement: &Settlement<'_>) -> Result<(), DbError> {
    let Settlement {
        workspace,
        proposal,
        run,
        ..
    } = *settlement;
    let Some(integration) = settlement.integration else {
        return Ok(());
    };
    // A truncated delivery is not a baseline for the next one. A delivery that was read to its end
    // is, even if one of its records matched several employees or its source never proves
    // completeness.
    let read_to_its_end = matches!(
        proposal.reading.completeness,
        Completeness::Complete
            | Completeness::Partial(PartialReason::UnknownPeople | PartialReason::Unproven)
    );
    if !read_to_its_end {
        return Ok(());
    }
    let Some(setup) = seen(connection, settlement, integration)? else {
        return Ok(());
    };
    let good = LastGood {
        run,
        records: proposal.counts.read,
        setup,
        fills: proposal.fills.clone(),
        final_line_break: None,
    };
    integration::note_good(connection, workspace.id, integration, &good)
}

/// The version of the rules, if a user has reviewed or approved their effect. `None`: the
/// integration has never had an operation, so its next run is treated like the first.
fn seen(
    connection: &Connection,
    settlement: &Settlement<'_>,
    integration: IntegrationId,
) -> Result<Option<String>, DbError> {
    if !settlement.proposal.is_empty() {
        return Ok(Some(settlement.setup.to_owned()));
    }
    let last = integration::last_good(connection, settlement.workspace.id, integration)?;
    Ok(last.map(|last| match settlement.approved_by {
        Some(_) => settlement.setup.to_owned(),
        None => unreviewed(&last.setup, settlement.setup),
    }))
}

/// Why a delivery is incomplete.
pub(crate) fn partial(reading: &Reading) -> Option<&'static str> {
    match reading.completeness {
        Completeness::Complete => None,
        Completeness::Partial(reason) => Some(reason.as_str()),
    }
}
