//! A transaction that changes the directory for a run. A run, an approval and an erasure differ
//! only in their operations. The steps around them are the same: check the preconditions, change
//! and create employees, update derived data, end the run and increase the revision.

use super::{
    Settled,
    creation::{Creation, People},
    revision,
    step::{Step, apply_steps},
};
use crate::{
    db::{
        error::{DbError, StoreError},
        sql::Connection,
    },
    runs::run::{self, Effect, Ending},
    secrets::encryption::Keyring,
};
use jiff::Timestamp;
use muster_core::{
    decide::proposal::Counts,
    model::{
        field::FieldNumber,
        ids::{EmployeeId, IntegrationId, RunId},
        origin::DeliveredFile,
        plan::PlanId,
        run::RunStatus,
        workspace::Workspace,
    },
    read::reading::Problems,
};

/// The run that changes the directory.
#[derive(Clone, Copy)]
pub(crate) struct ChangeContext<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) keyring: Option<&'c Keyring>,
    pub(crate) workspace: &'c Workspace,
    /// The integration that manages the new employees.
    pub(crate) integration: Option<IntegrationId>,
    pub(crate) run: RunId,
    /// The user who approved or requested it.
    pub(crate) by: Option<&'c str>,
    pub(crate) now: Timestamp,
}

/// A change that has begun. It is rolled back if it is dropped before its end.
pub(crate) struct DirectoryChange<'c, 'p> {
    context: ChangeContext<'c>,
    pub(crate) people: People<'c, 'p>,
}

impl<'c, 'p> DirectoryChange<'c, 'p> {
    /// Begins a change. Fails if the run has ended or the directory is not at `revision`. Approvals
    /// and erasures depend on the revisions of their employees instead, which every operation
    /// checks.
    pub(crate) fn begin(
        context: ChangeContext<'c>,
        revision: Option<i64>,
        progress: &'p mut dyn FnMut(u64),
    ) -> Result<Self, DbError> {
        let ChangeContext {
            connection,
            workspace,
            run,
            ..
        } = context;
        if let Some(expected) = revision {
            let found = revision::revision(connection, workspace.id)?;
            if found != expected {
                return Err(StoreError::Moved { expected, found }.into());
            }
        }
        if !revision::is_running(connection, workspace.id, run)? {
            return Err(StoreError::RunEnded { run }.into());
        }
        let mut people = People::new(
            connection,
            workspace,
            context.integration,
            run,
            context.by,
            context.now,
            progress,
        )?;
        people.erasing.keyring = context.keyring;
        Ok(Self { context, people })
    }

    /// Changes existing employees. Must come before [`DirectoryChange::create`], so that an address
    /// that is given up is free.
    pub(crate) fn apply<'s>(
        &mut self,
        steps: impl Iterator<Item = Step<'s>>,
    ) -> Result<(), DbError> {
        apply_steps(&mut self.people, steps)
    }

    pub(crate) fn create<'v>(
        &mut self,
        new: &Creation,
        values: impl Iterator<Item = (FieldNumber, &'v str)>,
    ) -> Result<EmployeeId, DbError> {
        self.people.create(new, values)
    }

    /// Updates everything that is derived from employees.
    pub(crate) fn complete(self) -> Result<CompletedChange<'c>, DbError> {
        let (created, changed, removed, first_created) = self.people.finish()?;
        Ok(CompletedChange {
            context: self.context,
            created,
            changed,
            removed,
            expected: 0,
            first_created,
        })
    }
}

/// A finished change whose run has not ended yet.
pub(crate) struct CompletedChange<'c> {
    context: ChangeContext<'c>,
    pub(crate) created: i64,
    pub(crate) changed: i64,
    pub(crate) removed: i64,
    /// Departures on an end date that was stored long before. The guard on departures of a week
    /// does not count them.
    pub(crate) expected: i64,
    first_created: Option<i64>,
}

/// How the run of a change ends.
#[derive(Clone, Copy)]
pub(crate) struct ChangeEnd<'a> {
    pub(crate) status: RunStatus,
    pub(crate) partial: Option<&'a str>,
    pub(crate) counts: &'a Counts,
    pub(crate) problems: &'a Problems,
    pub(crate) files: &'a [DeliveredFile],
    /// The hash of the plan that the run made.
    pub(crate) plan_hash: Option<&'a str>,
    /// Whether data that a proposal depends on has changed.
    pub(crate) moved: bool,
}

impl CompletedChange<'_> {
    /// Ends the run. `plan` is the reported plan.
    pub(crate) fn end(self, end: &ChangeEnd<'_>, plan: Option<PlanId>) -> Result<Settled, DbError> {
        let ChangeContext {
            connection,
            workspace,
            run,
            now,
            ..
        } = self.context;
        let ending = Ending {
            status: end.status,
            finished: now,
            partial: end.partial,
            counts: end.counts,
            problems: end.problems,
            files: end.files,
            error: None,
        };
        let effect = Effect {
            plan_hash: end.plan_hash,
            first_created: self.first_created,
            created: self.created,
            removed: self.removed - self.expected,
        };
        run::finish(connection, workspace.id, run, &ending, effect)?;
        let revision = revision::count(connection, workspace.id, end.moved)?;
        revision::note(connection, workspace.id, run)?;
        Ok(Settled {
            revision,
            created: self.created.unsigned_abs(),
            changed: self.changed.unsigned_abs(),
            removed: self.removed.unsigned_abs(),
            plan,
            status: end.status,
        })
    }
}
