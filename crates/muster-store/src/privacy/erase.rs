//! Removes a person's values permanently: from the directory, history, plans, problems, messages and delivered
//! files. Counts stay, a tombstone keeps the person from coming back, and the act is recorded without values.
//!
//! There is one code path: `muster erase` and a run with `missing = "delete"` both end here. Every location is in
//! one list (`locations`), which the dry run counts and the act clears; a test over the schema fails for a table
//! that is not in it.

mod deliveries;
mod identifiers;
mod locations;
mod texts;

use crate::db::sql::Connection;
use crate::{
    db::{
        connection::Store,
        dialect,
        error::{DbError, StoreError},
    },
    directory::changes::json,
    runs::settle::{ChangeContext, ChangeEnd, DirectoryChange, Step},
    secrets::encryption::Keyring,
};
use identifiers::Identifiers;
use jiff::Timestamp;
use locations::Search;
use muster_core::{
    decide::proposal::Counts,
    model::{
        ids::{EmployeeId, RunId, WorkspaceId},
        plan::{OperationKind, Reason, Who},
        run::RunStatus,
        workspace::Workspace,
    },
    privacy::tombstone::Tombstones,
    read::reading::Problems,
    setup::integration::outdated,
};
use std::collections::BTreeMap;

/// One place in which a person's values stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// What stands there, for people.
    pub what: &'static str,
    pub count: u64,
}

/// The act of erasing one person.
#[derive(Clone, Copy, Debug)]
pub struct Erasure<'a> {
    pub workspace: &'a Workspace,
    pub employee: EmployeeId,
    /// The revision of the person that was shown.
    pub revision: i64,
    /// The run, which ends with this.
    pub run: RunId,
    /// Why, in the words of the person who asked; it must not name the employee.
    pub why: &'a str,
    pub by: Option<&'a str>,
    pub now: Timestamp,
}

/// Whether the database was rewritten after an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purge {
    /// Nothing of an erased employee is left.
    Done,
    /// Another process reads the database; a sweep tries again.
    Busy,
    /// The disk, or the folder for temporary files, has no room for a copy of the database; a sweep tries again.
    NoSpace,
}

/// The people whom one transaction erases.
pub(crate) struct Batch<'c> {
    pub(crate) keyring: Option<&'c Keyring>,
    pub(crate) why: &'c str,
    now: Timestamp,
    people: Vec<Identifiers>,
}

impl Store {
    /// Every location where a person's values stand, with how often. Changes nothing.
    pub fn personal_data(
        &self,
        workspace: &Workspace,
        employee: EmployeeId,
    ) -> Result<Vec<Erased>, StoreError> {
        self.read("look for the person's values", |connection| {
            let people = [Identifiers::collect(connection, workspace, employee)?];
            let mut search = Search::new(connection, self.keyring().ok(), workspace, &people, None);
            search.directory_and_locations()
        })
    }

    /// Erases a person and ends the run.
    ///
    /// [`StoreError::Void`]: the person changed since they were shown.
    pub fn erase(&self, erasure: &Erasure<'_>) -> Result<(Vec<Erased>, Purge), StoreError> {
        let Erasure {
            workspace,
            run,
            now,
            ..
        } = *erasure;
        let counts = self.write("erase the employee", |connection| {
            let mut nothing = |_| {};
            let context = ChangeContext {
                connection,
                keyring: self.keyring().ok(),
                workspace,
                integration: None,
                run,
                by: erasure.by,
                now,
            };
            let mut change = DirectoryChange::begin(context, None, &mut nothing)?;
            change.people.erasing.why = erasure.why;
            let who = Who::default();
            let step = Step {
                number: 1,
                kind: OperationKind::Delete,
                employee: erasure.employee,
                revision: erasure.revision,
                reason: Reason::Erased,
                place: None,
                changes: &[],
                fingerprint: None,
                takes_ownership: false,
                who: &who,
            };
            change.apply(std::iter::once(step))?;
            let end = ChangeEnd {
                status: RunStatus::Applied,
                partial: None,
                counts: &Counts::default(),
                problems: &Problems::default(),
                files: &[],
                plan_hash: None,
                moved: true,
            };
            change.complete()?.end(&end, None)?;
            recorded(connection, workspace.id, erasure.employee)
        })?;
        Ok((counts, self.purge().unwrap_or(Purge::Busy)))
    }

    /// Rewrites the database if an employee was erased since the last time, so that nothing of them is left in free
    /// pages or in the log.
    pub fn purge(&self) -> Result<Purge, StoreError> {
        if !self.is_purge_wanted()? {
            return Ok(Purge::Done);
        }
        match self.rewrite() {
            Ok(true) => self.write("note that the database was rewritten", |connection| {
                connection.execute("UPDATE erasure SET purged = 1 WHERE purged = 0", [])?;
                Ok(Purge::Done)
            }),
            Ok(false) | Err(StoreError::Busy { .. }) => Ok(Purge::Busy),
            Err(StoreError::Full { .. }) => Ok(Purge::NoSpace),
            Err(error) => Err(error),
        }
    }

    /// Writes the file again, without what was deleted or overwritten. False: another process reads the database.
    pub(crate) fn rewrite(&self) -> Result<bool, StoreError> {
        self.read("rewrite the database", |connection| {
            connection.execute_batch(dialect::COMPACT)?;
            // The new pages are in the log, and the old ones in the file, until this has moved all of them.
            let busy: i64 = connection.scalar(dialect::EMPTY_LOG, [])?;
            Ok(busy == 0)
        })
    }

    /// Whether an employee was erased and the database was not rewritten since.
    pub fn is_purge_wanted(&self) -> Result<bool, StoreError> {
        self.read("look for erasures", |connection| {
            connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM erasure WHERE purged = 0)")?
                .scalar([])
        })
    }

    /// Lets the employee who was erased with this external id or address come in again, by any of their ids and
    /// addresses; false: no erased employee had it.
    pub fn lift_tombstone(&self, workspace: &Workspace, key: &str) -> Result<bool, StoreError> {
        let stones = Tombstones::new(&workspace.fingerprint_key, []);
        self.write("lift a tombstone", |connection| {
            let mut lifted = 0;
            for mark in [stones.of_external_id(key), stones.of_email(key)] {
                lifted += connection.execute(
                    "DELETE FROM tombstone WHERE workspace_id = ?1 AND (mark = ?2 OR employee_id IN \
                     (SELECT employee_id FROM tombstone WHERE workspace_id = ?1 AND mark = ?2))",
                    (workspace.id.0, mark),
                )?;
            }
            if lifted > 0 {
                read_again(connection, workspace.id)?;
            }
            Ok(lifted > 0)
        })
    }
}

/// Has every integration read its delivery again, also if it has not changed: the record that was skipped must be
/// looked at. Nothing changed that a person must review.
fn read_again(connection: &Connection, workspace: WorkspaceId) -> Result<(), DbError> {
    let stamps: Vec<(i64, String)> = connection
        .prepare_cached(
            "SELECT id, last_good_setup FROM integration WHERE workspace_id = ?1 AND last_good_setup IS NOT NULL",
        )?
        .rows([workspace.0], |row| {
            Ok((row.get("id")?, row.get("last_good_setup")?))
        })?;
    let mut update = connection.prepare_cached(
        "UPDATE integration SET last_good_setup = ?3 WHERE workspace_id = ?1 AND id = ?2",
    )?;
    for (integration, stamp) in stamps {
        update.execute((workspace.0, integration, outdated(&stamp)))?;
    }
    Ok(())
}

impl<'c> Batch<'c> {
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            keyring: None,
            why: "missing from a complete delivery",
            now,
            people: Vec::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Remembers what must be looked for, and blanks the person's own row so that their keys are free.
    pub(crate) fn add(
        &mut self,
        connection: &Connection,
        workspace: &Workspace,
        employee: EmployeeId,
    ) -> Result<(), DbError> {
        let identifiers = Identifiers::collect(connection, workspace, employee)?;
        locations::blank_row(connection, workspace.id, employee)?;
        self.people.push(identifiers);
        Ok(())
    }

    /// Clears every other place, sets the tombstones and records the act.
    pub(crate) fn complete(
        &self,
        connection: &Connection,
        workspace: &Workspace,
        run: RunId,
        by: Option<&str>,
    ) -> Result<(), DbError> {
        if self.people.is_empty() {
            return Ok(());
        }
        // What is freed from here on is overwritten at once; rewriting the file comes after the transaction.
        connection.execute_batch(dialect::OVERWRITE)?;
        let counts = Search::new(
            connection,
            self.keyring,
            workspace,
            &self.people,
            Some(self.now),
        )
        .locations()?;
        let counts: BTreeMap<&str, u64> = counts
            .iter()
            .map(|place| (place.what, place.count))
            .collect();
        let stones = Tombstones::new(&workspace.fingerprint_key, []);
        let mut tombstone = connection.prepare_cached(
            "INSERT INTO tombstone (workspace_id, mark, employee_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?;
        let mut record = connection.prepare_cached(
            "INSERT INTO erasure (workspace_id, employee_id, run_id, erased_at, erased_by, why, counts, purged) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0) ON CONFLICT DO NOTHING",
        )?;
        for identifiers in &self.people {
            let ids = identifiers
                .keys
                .ids
                .iter()
                .map(|id| stones.of_external_id(id));
            for mark in ids.chain(
                identifiers
                    .keys
                    .emails
                    .iter()
                    .map(|email| stones.of_email(email)),
            ) {
                tombstone.execute((workspace.id.0, mark, identifiers.employee.0))?;
            }
            let counts = json(&counts);
            let at = self.now.as_microsecond();
            // Whoever asked was told not to name the person, and may have done so all the same.
            let why = identifiers.redact(self.why);
            let why = why.as_deref().unwrap_or(self.why);
            record.execute((
                workspace.id.0,
                identifiers.employee.0,
                run.0,
                at,
                by,
                why,
                counts,
            ))?;
        }
        Ok(())
    }
}

/// What was counted when a person was erased.
fn recorded(
    connection: &Connection,
    workspace: WorkspaceId,
    employee: EmployeeId,
) -> Result<Vec<Erased>, DbError> {
    let text: String = connection.scalar(
        "SELECT counts FROM erasure WHERE workspace_id = ?1 AND employee_id = ?2",
        (workspace.0, employee.0),
    )?;
    let counts: BTreeMap<String, u64> = serde_json::from_str(&text).unwrap_or_default();
    let locations = locations::names().filter_map(|what| {
        Some(Erased {
            what,
            count: *counts.get(what)?,
        })
    });
    Ok(locations.collect())
}
