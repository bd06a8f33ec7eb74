//! Creates employees as fast as the database allows, and keeps account of all employees that a
//! transaction changes.

use super::follow::Followed;
use crate::db::sql::{Connection, Statement};
use crate::{
    db::error::{DbError, corrupt},
    directory::{
        changes::json,
        employee::{COLUMNS, create_indexes, drop_indexes},
        roster::{Entry, NewEntries, Rosters},
    },
    privacy::erase::Batch,
};
use jiff::Timestamp;
use muster_core::{
    model::{
        employee::Status,
        field::{CANONICAL_FIELDS, FieldNumber, canonical},
        ids::{EmployeeId, IntegrationId, RunId, WorkspaceId},
        origin::Origin,
        plan::{Changed, Operation},
        workspace::Workspace,
    },
    read::roster::Fingerprint,
};
use std::{collections::BTreeMap, sync::LazyLock};

/// Parameters of the insert before the fields.
const BEFORE: usize = 7;

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let fields: Vec<_> = (1..=COLUMNS.len() + 1)
        .map(|number| format!("?{}", BEFORE + number))
        .collect();
    format!(
        "INSERT INTO employee (workspace_id, id, status, integration_id, created_run, created_file, created_line, \
         revision, protected, {}, own) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, 0, {})",
        COLUMNS.join(", "),
        fields.join(", ")
    )
});

/// Data of a new employee in addition to the values.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Creation {
    pub(crate) status: Status,
    pub(crate) origin: Option<Origin>,
    pub(crate) fingerprint: Option<Fingerprint>,
    pub(crate) owned: bool,
}

impl Creation {
    /// The creation in a single operation.
    pub(crate) fn of(operation: &Operation) -> Self {
        let status = operation
            .changes
            .iter()
            .find(|change| change.what == Changed::Status);
        Self {
            status: status
                .and_then(|change| Status::parse(change.new.as_deref()?))
                .unwrap_or(Status::Active),
            origin: operation.origin,
            fingerprint: operation.fingerprint,
            owned: operation.takes_ownership,
        }
    }
}

/// The employees of a workspace while a run changes them.
pub(crate) struct People<'c, 'p> {
    pub(super) connection: &'c Connection,
    pub(super) workspace: &'c Workspace,
    pub(super) integration: Option<IntegrationId>,
    pub(super) run: RunId,
    pub(super) approved_by: Option<&'c str>,
    pub(super) changed: i64,
    pub(super) removed: i64,
    /// The change in the number of employees, and of active and scheduled ones.
    pub(super) people: i64,
    pub(super) employed: i64,
    progress: &'p mut dyn FnMut(u64),
    insert: Statement<'c>,
    /// `None` if no integration owns the new employees.
    new_entries: Option<NewEntries<'c>>,
    pub(super) rosters: Rosters<'c>,
    first: i64,
    next: i64,
    /// The table was empty: indexes are dropped, and built again at the end.
    is_first_load: bool,
    /// The employees whose personal data is erased.
    pub(crate) erasing: Batch<'c>,
    /// Kept if the workspace derives data from its employees.
    pub(super) followed: Option<Followed>,
}

/// Progress is reported after this many operations.
const TELL: u64 = 1_000;

impl<'c, 'p> People<'c, 'p> {
    pub(crate) fn new(
        connection: &'c Connection,
        workspace: &'c Workspace,
        integration: Option<IntegrationId>,
        run: RunId,
        approved_by: Option<&'c str>,
        now: Timestamp,
        progress: &'p mut dyn FnMut(u64),
    ) -> Result<Self, DbError> {
        // On a server, the table could not be read until the end of the transaction.
        let is_first_load = connection.is_file()
            && connection.scalar("SELECT NOT EXISTS (SELECT 1 FROM employee)", [])?;
        if is_first_load {
            drop_indexes(connection)?;
        }
        progress(0);
        let first = connection
            .prepare_cached("SELECT next_employee FROM workspace WHERE id = ?1")?
            .scalar([workspace.id.0])?;
        Ok(Self {
            connection,
            workspace,
            integration,
            run,
            approved_by,
            changed: 0,
            removed: 0,
            people: 0,
            employed: 0,
            progress,
            insert: connection.prepare_cached(&INSERT)?,
            new_entries: integration
                .map(|owner| NewEntries::new(connection, workspace.id, owner))
                .transpose()?,
            rosters: Rosters::new(connection, workspace.id),
            first,
            next: first,
            is_first_load,
            erasing: Batch::new(now),
            followed: Followed::begin(connection, workspace, now)?,
        })
    }

    pub(crate) fn create<'v>(
        &mut self,
        new: &Creation,
        values: impl Iterator<Item = (FieldNumber, &'v str)>,
    ) -> Result<EmployeeId, DbError> {
        let id = self.next;
        let workspace = self.workspace.id;
        let owner = self.integration.filter(|_| new.owned);
        let insert = &mut self.insert;
        // Only existing values are bound; the others must not keep those of the previous employee.
        insert.clear();
        insert.bind(1, workspace.0)?;
        insert.bind(2, id)?;
        insert.bind(3, new.status.as_str())?;
        insert.bind(4, owner.map(|owner| owner.0))?;
        insert.bind(5, self.run.0)?;
        insert.bind(6, new.origin.map(|origin| i64::from(origin.file)))?;
        insert.bind(7, new.origin.map(|origin| i64::from(origin.line)))?;
        let mut own = BTreeMap::new();
        let mut speaks = false;
        for (field, value) in values {
            speaks |= field == canonical::LANGUAGE;
            if field.0 < CANONICAL_FIELDS {
                insert.bind(BEFORE + 1 + usize::from(field.0), value)?;
            } else {
                own.insert(self.workspace.schema.stored_key(field), value);
            }
        }
        if !speaks {
            let language = BEFORE + 1 + usize::from(canonical::LANGUAGE.0);
            insert.bind(language, self.workspace.settings.language.as_str())?;
        }
        if !own.is_empty() {
            insert.bind(BEFORE + 1 + COLUMNS.len(), json(&own))?;
        }
        insert.run()?;
        let employed = new.status.is_employed();
        if let (Some(entries), Some(owner)) = (&mut self.new_entries, owner) {
            entries.push(EmployeeId(id), new.fingerprint, employed)?;
            let entry = Entry {
                employee: id,
                fingerprint: new.fingerprint.as_ref(),
                missed: 0,
                employed,
            };
            self.rosters.append(owner, &entry);
        }
        self.next += 1;
        self.people += 1;
        self.employed += i64::from(employed);
        self.tell();
        Ok(EmployeeId(id))
    }

    /// Builds the indexes and updates derived data. Returns the numbers of created, changed and
    /// erased employees, and the first new number.
    pub(crate) fn finish(mut self) -> Result<(i64, i64, i64, Option<i64>), DbError> {
        self.new_entries
            .take()
            .map(NewEntries::finish)
            .transpose()?;
        if self.is_first_load {
            create_indexes(self.connection)?;
        }
        if let Some(followed) = self.followed.take() {
            followed.follow(&self, self.first..self.next)?;
        }
        self.erasing
            .complete(self.connection, self.workspace, self.run, self.approved_by)?;
        if !self.erasing.is_empty() {
            self.rosters.recount()?;
        }
        self.rosters.finish()?;
        let created = self.next - self.first;
        count(
            self.connection,
            self.workspace.id,
            self.next,
            self.people,
            self.employed,
        )?;
        Ok((
            created,
            self.changed,
            self.removed,
            (created > 0).then_some(self.first),
        ))
    }

    /// Reports progress from time to time.
    pub(super) fn tell(&mut self) {
        let done = (self.changed + self.next - self.first).unsigned_abs();
        if done.is_multiple_of(TELL) {
            (self.progress)(done);
        }
    }
}

fn count(
    connection: &Connection,
    workspace: WorkspaceId,
    next: i64,
    people: i64,
    employed: i64,
) -> Result<(), DbError> {
    let updated = connection
        .prepare_cached(
            "UPDATE workspace SET next_employee = ?2, people = people + ?3, employed = employed + ?4 WHERE id = ?1",
        )?
        .execute((workspace.0, next, people, employed))?;
    if updated == 0 {
        Err(corrupt("workspace", "id", workspace))
    } else {
        Ok(())
    }
}
