//! Erases the personal data of an employee: in the directory, history, plans, problems, messages
//! and archived deliveries. Counts are kept, a tombstone prevents a new record from creating the
//! employee again, and the erasure is recorded without values.
//!
//! There is one code path: `muster erase` and a run with `missing = "delete"` both end here. All
//! locations of personal data are in one list (`locations`), which the preview counts and the
//! erasure clears. A test over the schema fails for a table that is not in the list.

mod decisions;
mod deliveries;
pub(super) mod identifiers;
mod locations;
mod samples;
mod texts;

use crate::db::sql::Connection;
use crate::{
    audit::chain::{By, Entry, append},
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
        audit::{Act, Subject},
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

/// A location with personal data of an employee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erased {
    /// The description shown to users.
    pub what: &'static str,
    pub count: u64,
}

/// The erasure of one employee.
#[derive(Clone, Copy, Debug)]
pub struct Erasure<'a> {
    pub workspace: &'a Workspace,
    pub employee: EmployeeId,
    /// The revision of the employee in the preview.
    pub revision: i64,
    /// The run, which ends with the erasure.
    pub run: RunId,
    /// The reason given by the user; it must not name the employee.
    pub why: &'a str,
    pub by: Option<&'a str>,
    pub now: Timestamp,
}

/// Whether the database was rewritten after an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purge {
    /// No data of an erased employee is left.
    Done,
    /// Another process reads the database. The next sweep tries again.
    Busy,
    /// There is no room for a copy of the database on the disk or in the temporary folder. The next
    /// sweep tries again.
    NoSpace,
}

/// The employees that one transaction erases.
pub(crate) struct Batch<'c> {
    pub(crate) keyring: Option<&'c Keyring>,
    pub(crate) why: &'c str,
    now: Timestamp,
    people: Vec<Identifiers>,
}

impl Store {
    /// Every location with personal data of an employee, with counts. Changes nothing.
    pub fn personal_data(
        &self,
        workspace: &Workspace,
        employee: EmployeeId,
    ) -> Result<Vec<Erased>, StoreError> {
        self.read("look up the employee's values", |connection| {
            let people = [Identifiers::collect(connection, workspace, employee)?];
            let mut search = Search::new(connection, self.keyring().ok(), workspace, &people, None);
            search.directory_and_locations()
        })
    }

    /// Erases an employee and ends the run.
    ///
    /// [`StoreError::Void`]: the employee has changed since the preview.
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
                origin: None,
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

    /// Rewrites the database if an employee was erased since the last time, so that no data is left
    /// in unused pages or in the log. The list of erasures beside the database is written first.
    pub fn purge(&self) -> Result<Purge, StoreError> {
        if !self.is_purge_wanted()? {
            return Ok(Purge::Done);
        }
        match self.write_erasures() {
            Err(StoreError::Full { .. }) => return Ok(Purge::NoSpace),
            other => other?,
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

    /// Rewrites the file without deleted data. Returns false if another process reads the database. A server overwrites
    /// deleted data itself.
    pub(crate) fn rewrite(&self) -> Result<bool, StoreError> {
        if self.is_on_server() {
            return Ok(true);
        }
        self.read("rewrite the database", |connection| {
            connection.execute_batch(dialect::COMPACT)?;
            // Until this step, the new pages are only in the log and the old ones are still in the
            // file.
            let busy: i64 = connection.scalar(dialect::EMPTY_LOG, [])?;
            Ok(busy == 0)
        })
    }

    /// Whether an employee was erased and the database has not been rewritten since.
    pub fn is_purge_wanted(&self) -> Result<bool, StoreError> {
        self.read("look up erasures", |connection| {
            connection
                .prepare_cached("SELECT EXISTS (SELECT 1 FROM erasure WHERE purged = 0)")?
                .scalar([])
        })
    }

    /// Lets a record create the erased employee with this external id or address again, by any of
    /// their ids and addresses. Returns false if no erased employee had it.
    pub fn lift_tombstone(&self, workspace: &Workspace, key: &str) -> Result<bool, StoreError> {
        let stones = Tombstones::new(&workspace.fingerprint_key, []);
        let is_lifted = self.write("lift a tombstone", |connection| {
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
        })?;
        if is_lifted {
            self.write_erasures()?;
        }
        Ok(is_lifted)
    }
}

/// Makes every integration read its delivery again even if it has not changed, because it may
/// contain the record that was skipped.
pub(crate) fn read_again(connection: &Connection, workspace: WorkspaceId) -> Result<(), DbError> {
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

    /// Stores the identifiers for the search and clears the employee's own row, so that its keys
    /// are free.
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

    /// Clears every other location, creates the tombstones and records the erasure.
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
        // Space that is freed from here on is overwritten at once. The file is rewritten after the
        // transaction.
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
            .map(|location| (location.what, location.count))
            .collect();
        let stones = Tombstones::new(&workspace.fingerprint_key, []);
        let mut tombstone = connection.prepare_cached(
            "INSERT INTO tombstone (workspace_id, mark, employee_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )?;
        let mut record = connection.prepare_cached(
            "INSERT INTO erasure (workspace_id, employee_id, run_id, erased_at, erased_by, why, counts, purged, marks) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8) ON CONFLICT DO NOTHING",
        )?;
        for identifiers in &self.people {
            let ids = identifiers
                .keys
                .ids
                .iter()
                .map(|id| stones.of_external_id(id));
            let emails = identifiers.keys.emails.iter();
            let marks: Vec<_> = ids
                .chain(emails.map(|email| stones.of_email(email)))
                .collect();
            for mark in &marks {
                tombstone.execute((workspace.id.0, mark, identifiers.employee.0))?;
            }
            let counts = json(&counts);
            let at = self.now.as_microsecond();
            // The user was asked not to name the employee in the reason, but may have done so.
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
                marks.concat(),
            ))?;
            let subject = Subject::new("employee", identifiers.employee);
            let entry = Entry::new(Act::EmployeeErased, By::optional(by), subject, self.now);
            append(connection, entry.within(workspace.id))?;
        }
        Ok(())
    }
}

/// The counts recorded with an erasure.
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
