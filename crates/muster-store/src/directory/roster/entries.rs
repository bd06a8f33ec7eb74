//! Writing rosters: the one place, so that the checksum of each roster follows.

use super::checksum::{self, Entry, RosterSum};
use crate::db::error::{DbError, corrupt};
use crate::db::sql::{Connection, OptionalRow, Row};
use muster_core::{
    model::ids::{EmployeeId, IntegrationId, WorkspaceId},
    read::roster::Fingerprint,
};
use std::collections::{BTreeMap, HashMap};

/// The rosters that one transaction writes.
pub(crate) struct Rosters<'c> {
    connection: &'c Connection,
    workspace: WorkspaceId,
    changes: BTreeMap<i64, Change>,
    /// Entries that were looked up, by integration and employee; none: there is no entry.
    known: HashMap<(i64, i64), Option<State>>,
}

/// What a transaction changed in one roster.
#[derive(Debug, Default)]
struct Change {
    sum: RosterSum,
    touched: u32,
}

/// So many entries are looked up before they are written, to take their old state out of the sum. If more are touched,
/// reading the roster once at the end is faster.
const MOST: u32 = 1_000;

impl<'c> Rosters<'c> {
    pub(crate) fn new(connection: &'c Connection, workspace: WorkspaceId) -> Self {
        Self {
            connection,
            workspace,
            changes: BTreeMap::new(),
            known: HashMap::new(),
        }
    }

    /// Looks up entries that will change. Only on a server: it is asked for all at once.
    pub(crate) fn look_up(
        &mut self,
        entries: Vec<(IntegrationId, EmployeeId)>,
    ) -> Result<(), DbError> {
        let is_counted_at_the_end = self.changes.values().any(|change| change.touched >= MOST);
        if self.connection.is_file() || is_counted_at_the_end {
            return Ok(());
        }
        let entries: Vec<_> = entries
            .into_iter()
            .map(|(integration, employee)| (integration.0, employee.0))
            .filter(|entry| !self.known.contains_key(entry))
            .take(MOST as usize)
            .collect();
        self.known
            .extend(entries.iter().map(|entry| (*entry, None)));
        let workspace = self.workspace.0;
        let asked = entries
            .iter()
            .map(|(integration, employee)| (workspace, *integration, *employee));
        let known = &mut self.known;
        self.connection
            .prepare_cached(ENTRY)?
            .query_each(asked, |row| {
                let entry = (row.get("integration_id")?, row.get("employee_id")?);
                known.insert(entry, Some(state(row)?));
                Ok(())
            })
    }

    /// A new entry, which is written elsewhere.
    pub(crate) fn append(&mut self, integration: IntegrationId, entry: &Entry<'_>) {
        self.changes
            .entry(integration.0)
            .or_default()
            .sum
            .add(entry);
    }

    /// An employee as the integration described them last. `is_seen`: the source has them, so that the count of
    /// deliveries without them starts again.
    pub(crate) fn put(
        &mut self,
        integration: IntegrationId,
        employee: EmployeeId,
        fingerprint: Option<&Fingerprint>,
        (employed, is_seen): (bool, bool),
    ) -> Result<(), DbError> {
        self.replace(integration, employee, |old| {
            let missed = old.filter(|_| !is_seen).map_or(0, |(_, missed, _)| missed);
            Some((fingerprint.copied(), missed, employed))
        })?;
        self.connection
            .prepare_cached(
                "INSERT INTO roster (workspace_id, integration_id, employee_id, fingerprint, missed, employed) \
                 VALUES (?1, ?2, ?3, ?4, 0, ?5) ON CONFLICT (workspace_id, integration_id, employee_id) \
                 DO UPDATE SET fingerprint = excluded.fingerprint, employed = excluded.employed, \
                 missed = CASE WHEN ?6 = 1 THEN 0 ELSE roster.missed END",
            )?
            .send((
                self.workspace.0,
                integration.0,
                employee.0,
                fingerprint,
                i64::from(employed),
                i64::from(is_seen),
            ))
    }

    /// Another fingerprint of an employee who did not change; none: the next record is looked at in full.
    pub(crate) fn set_fingerprint(
        &mut self,
        integration: IntegrationId,
        employee: EmployeeId,
        fingerprint: Option<&Fingerprint>,
    ) -> Result<(), DbError> {
        self.replace(integration, employee, |old| {
            old.map(|(_, missed, employed)| (fingerprint.copied(), missed, employed))
        })?;
        self.connection
            .prepare_cached(
                "UPDATE roster SET fingerprint = ?4 WHERE workspace_id = ?1 AND integration_id = ?2 AND employee_id = ?3",
            )?
            .send((self.workspace.0, integration.0, employee.0, fingerprint))
    }

    /// In how many deliveries in a row the employee was missing.
    pub(crate) fn set_missed(
        &mut self,
        integration: IntegrationId,
        employee: EmployeeId,
        missed: u16,
    ) -> Result<(), DbError> {
        let missed = i64::from(missed);
        self.replace(integration, employee, |old| {
            old.map(|(fingerprint, _, employed)| (fingerprint, missed, employed))
        })?;
        self.connection
            .prepare_cached(
                "UPDATE roster SET missed = ?4 WHERE workspace_id = ?1 AND integration_id = ?2 AND employee_id = ?3",
            )?
            .send((self.workspace.0, integration.0, employee.0, missed))
    }

    /// The integration no longer expects the employee in its deliveries.
    pub(crate) fn remove(
        &mut self,
        integration: IntegrationId,
        employee: EmployeeId,
    ) -> Result<(), DbError> {
        self.replace(integration, employee, |_| None)?;
        self.connection
            .prepare_cached(
                "DELETE FROM roster WHERE workspace_id = ?1 AND integration_id = ?2 AND employee_id = ?3",
            )?
            .send((self.workspace.0, integration.0, employee.0))
    }

    /// Entries are removed elsewhere: every roster is read once at the end.
    pub(crate) fn recount(&mut self) -> Result<(), DbError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT id FROM integration WHERE workspace_id = ?1")?;
        let mut rows = statement.query([self.workspace.0])?;
        while let Some(row) = rows.next()? {
            self.changes.entry(row.get("id")?).or_default().touched = MOST;
        }
        Ok(())
    }

    /// Stores the sums of the rosters that changed.
    pub(crate) fn finish(self) -> Result<(), DbError> {
        for (integration, change) in &self.changes {
            let integration = IntegrationId(*integration);
            let before = checksum::stored(self.connection, self.workspace, integration)?;
            let sum = match before.filter(|_| change.touched < MOST) {
                Some(before) => before.plus(change.sum),
                None => sum(self.connection, self.workspace, integration)?,
            };
            self.connection
                .prepare_cached(
                    "UPDATE integration SET roster_entries = ?3, roster_checksum = ?4 \
                     WHERE workspace_id = ?1 AND id = ?2",
                )?
                .execute((self.workspace.0, integration.0, sum.entries, sum.checksum))?;
        }
        Ok(())
    }

    /// Takes the stored state of an entry out of the sum and puts its new state in; none: there is no entry.
    fn replace(
        &mut self,
        integration: IntegrationId,
        employee: EmployeeId,
        new: impl FnOnce(Option<State>) -> Option<State>,
    ) -> Result<(), DbError> {
        let change = self.changes.entry(integration.0).or_default();
        if change.touched >= MOST {
            return Ok(());
        }
        change.touched += 1;
        let entry_of = (integration.0, employee.0);
        let old = match self.known.get(&entry_of) {
            Some(known) => *known,
            None => self
                .connection
                .prepare_cached(ENTRY)?
                .query_row((self.workspace.0, entry_of.0, entry_of.1), state)
                .optional()?,
        };
        let new = new(old);
        if let Some(known) = self.known.get_mut(&entry_of) {
            *known = new;
        }
        if let Some(old) = &old {
            change.sum.remove(&entry(employee, old));
        }
        if let Some(new) = &new {
            change.sum.add(&entry(employee, new));
        }
        Ok(())
    }
}

const ENTRY: &str = "SELECT integration_id, employee_id, fingerprint, missed, employed FROM roster \
                     WHERE workspace_id = ?1 AND integration_id = ?2 AND employee_id = ?3";

fn state(row: Row<'_>) -> Result<State, DbError> {
    Ok((
        row.get("fingerprint")?,
        row.get("missed")?,
        row.get::<i64>("employed")? != 0,
    ))
}

/// Fingerprint, deliveries missed, and whether the employee is employed.
type State = (Option<Fingerprint>, i64, bool);

fn entry(employee: EmployeeId, (fingerprint, missed, employed): &State) -> Entry<'_> {
    Entry {
        employee: employee.0,
        fingerprint: fingerprint.as_ref(),
        missed: *missed,
        employed: *employed,
    }
}

/// Reads a roster once for its sum.
fn sum(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<RosterSum, DbError> {
    let mut sum = RosterSum::default();
    super::each(connection, workspace, integration, |entry| sum.add(entry))?;
    Ok(sum)
}

/// A stored fingerprint.
pub(super) fn fingerprint(bytes: &[u8], employee: i64) -> Result<&Fingerprint, DbError> {
    bytes
        .try_into()
        .map_err(|_| corrupt("roster", "fingerprint", employee))
}
