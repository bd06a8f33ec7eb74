//! Updates everything that a workspace derives from its employees (budgets, smart groups) and writes the events for
//! webhooks, inside the transaction that changes them.
//!
//! This is the only place, so that a run, an approval, a sweep, an undo and a manual edit have the
//! same consequences. A workspace without derived data skips the work.

use super::{creation::People, step::Step};
use crate::db::sql::Connection;
use crate::{
    db::error::{DbError, corrupt},
    directory::{budget, employee, smart_group},
    webhooks::outbox,
};
use jiff::Timestamp;
use muster_core::model::{
    calendar::Calendar,
    employee::Employee,
    ids::{EmployeeId, RunId},
    plan::Reason,
    workspace::Workspace,
};
use std::{collections::BTreeMap, ops::Range};

/// An employee before and after a transaction.
#[derive(Debug)]
pub(crate) struct Passage {
    /// `None`: the employee is new.
    pub(crate) before: Option<Employee>,
    pub(crate) after: Employee,
    /// The reason; [`Reason::Undo`] if an earlier run is undone.
    #[allow(dead_code, reason = "smart groups name the fields instead")]
    pub(crate) reason: Reason,
}

/// The transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Following<'c> {
    pub(crate) connection: &'c Connection,
    pub(crate) workspace: &'c Workspace,
    pub(crate) run: RunId,
    pub(crate) calendar: Calendar,
}

/// The employees that a transaction has changed so far, in their earlier state.
#[derive(Debug)]
pub(crate) struct Followed {
    calendar: Calendar,
    before: BTreeMap<EmployeeId, (Employee, Reason)>,
}

/// The number of employees in memory at a time.
const BATCH: usize = 2_000;

impl Followed {
    /// Starts to collect changes. `None` if the workspace derives nothing from its employees.
    pub(crate) fn begin(
        connection: &Connection,
        workspace: &Workspace,
        now: Timestamp,
    ) -> Result<Option<Self>, DbError> {
        let calendar = Calendar::at(now, &workspace.settings);
        Ok(is_followed(connection, workspace)?.then_some(Self {
            calendar,
            before: BTreeMap::new(),
        }))
    }

    /// Keeps the state of an employee before its first change in the transaction.
    pub(crate) fn note(
        &mut self,
        connection: &Connection,
        workspace: &Workspace,
        step: &Step<'_>,
    ) -> Result<(), DbError> {
        if self.before.contains_key(&step.employee) {
            return Ok(());
        }
        if let Some(person) = employee::by_id(connection, workspace, step.employee)? {
            self.before.insert(step.employee, (person, step.reason));
        }
        Ok(())
    }

    /// Updates derived data for all changed and new employees (their numbers are `created`).
    pub(crate) fn follow(
        self,
        people: &People<'_, '_>,
        created: Range<i64>,
    ) -> Result<(), DbError> {
        let following = Following {
            connection: people.connection,
            workspace: people.workspace,
            run: people.run,
            calendar: self.calendar,
        };
        follow_known(&following, self.before)?;
        follow_new(&following, created)
    }
}

fn follow_known(
    following: &Following<'_>,
    touched: BTreeMap<EmployeeId, (Employee, Reason)>,
) -> Result<(), DbError> {
    let mut touched = touched.into_iter().peekable();
    while touched.peek().is_some() {
        let mut passages = Vec::with_capacity(BATCH);
        for (id, (before, reason)) in touched.by_ref().take(BATCH) {
            let after = employee::by_id(following.connection, following.workspace, id)?
                .ok_or_else(|| corrupt("employee", "id", id))?;
            passages.push(Passage {
                before: Some(before),
                after,
                reason,
            });
        }
        follow(following, &passages)?;
    }
    Ok(())
}

/// New employees have consecutive numbers, and are read in this order.
fn follow_new(following: &Following<'_>, mut created: Range<i64>) -> Result<(), DbError> {
    while !created.is_empty() {
        let batch = usize::try_from(created.end - created.start)
            .unwrap_or(BATCH)
            .min(BATCH);
        let people = employee::next_people(
            following.connection,
            following.workspace,
            created.start - 1,
            batch,
        )?;
        let last = people.last().map(|person| person.id.0);
        if people.len() < batch || last.is_none_or(|last| last >= created.end) {
            return Err(corrupt("employee", "id", created.start));
        }
        created.start += batch as i64;
        let passage = |after| Passage {
            before: None,
            after,
            reason: Reason::NewPerson,
        };
        follow(
            following,
            &people.into_iter().map(passage).collect::<Vec<_>>(),
        )?;
    }
    Ok(())
}

/// Whether a workspace derives data from its employees.
fn is_followed(connection: &Connection, workspace: &Workspace) -> Result<bool, DbError> {
    Ok(budget::is_followed(workspace)
        || smart_group::is_followed(connection, workspace)?
        || outbox::is_followed(connection, workspace.id)?)
}

/// Each follower in turn.
fn follow(following: &Following<'_>, passages: &[Passage]) -> Result<(), DbError> {
    outbox::follow(following, passages)?;
    budget::follow(following, passages)?;
    smart_group::follow(following, passages)?;
    Ok(())
}
