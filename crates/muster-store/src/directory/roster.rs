//! The roster of an integration: read in one pass over a narrow table.

mod append;
mod checksum;
mod entries;

pub(crate) use append::NewEntries;
pub(crate) use checksum::Entry;
pub(crate) use entries::Rosters;

use crate::db::sql::{Connection, OptionalRow};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::{integration, start_note},
};
use checksum::RosterSum;
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    decide::proposal::Counts,
    model::ids::{EmployeeId, IntegrationId, RunId, WorkspaceId},
    privacy::tombstone::{Mark, Tombstones},
    read::roster::{LastGood, Roster, RosterEntry},
};

impl Store {
    /// What a run needs to know of the directory before it reads. Without an integration (a sweep) there
    /// are no entries.
    pub fn roster(
        &self,
        workspace: WorkspaceId,
        integration: Option<IntegrationId>,
        now: Timestamp,
    ) -> Result<Roster, StoreError> {
        self.read("read the roster", |connection| {
            // One snapshot, so that the revision is that of the entries.
            let _snapshot = connection.snapshot()?;
            let mut roster = match integration {
                Some(integration) => Roster::new(entries(connection, workspace, integration)?),
                None => Roster::default(),
            };
            fill_in(connection, &mut roster, workspace, now)?;
            start_note::fill_in(connection, &mut roster, workspace)?;
            if let Some(integration) = integration {
                roster.integration = Some(integration);
                roster.last_good = integration::last_good(connection, workspace, integration)?;
                roster.last_superseded =
                    superseded(connection, workspace, roster.last_good.as_ref())?;
                roster.held_by = held_by(connection, workspace, integration)?;
            }
            Ok(roster)
        })
    }
}

fn entries(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Vec<RosterEntry>, DbError> {
    let people: i64 = connection
        .prepare_cached("SELECT people FROM workspace WHERE id = ?1")?
        .query_row([workspace.0], |row| row.get("people"))?;
    let mut entries = Vec::with_capacity(usize::try_from(people).unwrap_or(0));
    let mut sum = RosterSum::default();
    each(connection, workspace, integration, |entry| {
        sum.add(entry);
        entries.push(RosterEntry {
            employee: EmployeeId(entry.employee),
            fingerprint: entry.fingerprint.copied(),
            missed: u16::try_from(entry.missed).unwrap_or(u16::MAX),
            employed: entry.employed,
        });
    })?;
    sum.refuse_other(connection, workspace, integration)?;
    Ok(entries)
}

/// Fails if the roster is not the one that the last run stored.
pub(crate) fn verify(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<(), DbError> {
    let mut sum = RosterSum::default();
    each(connection, workspace, integration, |entry| sum.add(entry))?;
    sum.refuse_other(connection, workspace, integration)
}

/// Reads a roster in order of the employees' numbers.
fn each(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
    mut each: impl FnMut(&Entry<'_>),
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT employee_id, fingerprint, missed, employed FROM roster \
         WHERE workspace_id = ?1 AND integration_id = ?2 ORDER BY employee_id",
    )?;
    let [id, fingerprint, missed, employed] =
        statement.columns(["employee_id", "fingerprint", "missed", "employed"])?;
    let mut rows = statement.query((workspace.0, integration.0))?;
    while let Some(row) = rows.next()? {
        let employee: i64 = row.at(id)?;
        let bytes = row.bytes_at(fingerprint)?;
        each(&Entry {
            employee,
            fingerprint: bytes
                .map(|bytes| entries::fingerprint(bytes, employee))
                .transpose()?,
            missed: row.at(missed)?,
            employed: row.at::<i64>(employed)? != 0,
        });
    }
    Ok(())
}

fn fill_in(
    connection: &Connection,
    roster: &mut Roster,
    workspace: WorkspaceId,
    now: Timestamp,
) -> Result<(), DbError> {
    let (revision, people, employed): (i64, i64, i64) = connection
        .prepare_cached("SELECT revision, people, employed FROM workspace WHERE id = ?1")?
        .query_row([workspace.0], |row| {
            Ok((
                row.get("revision")?,
                row.get("people")?,
                row.get("employed")?,
            ))
        })?;
    let week = now
        .checked_sub(SignedDuration::from_hours(7 * 24))
        .unwrap_or(Timestamp::MIN);
    let removed: i64 = connection
        .prepare_cached(
            "SELECT CAST(coalesce(sum(removed), 0) AS BIGINT) FROM run \
             WHERE workspace_id = ?1 AND started_at > ?2 AND removed > 0",
        )?
        .scalar((workspace.0, week.as_microsecond()))?;
    roster.names = connection
        .prepare_cached("SELECT id, name FROM integration WHERE workspace_id = ?1")?
        .rows([workspace.0], |row| {
            Ok((IntegrationId(row.get("id")?), row.get("name")?))
        })?;
    roster.tombstones = tombstones(connection, workspace)?;
    roster.revision = revision;
    roster.workspace_people = people.unsigned_abs();
    roster.workspace_employed = employed.unsigned_abs();
    roster.removed_this_week = removed.unsigned_abs();
    Ok(())
}

/// The people who were erased; nothing more is looked up where nobody was.
pub(crate) fn tombstones(
    connection: &Connection,
    workspace: WorkspaceId,
) -> Result<Tombstones, DbError> {
    let marks: Vec<Mark> = connection
        .prepare_cached("SELECT mark FROM tombstone WHERE workspace_id = ?1")?
        .values([workspace.0])?;
    if marks.is_empty() {
        return Ok(Tombstones::default());
    }
    let key: [u8; 32] = connection
        .prepare_cached("SELECT fingerprint_key FROM workspace WHERE id = ?1")?
        .scalar([workspace.0])?;
    Ok(Tombstones::new(&key, marks))
}

/// Records of the last good run that counted for nothing beside others.
fn superseded(
    connection: &Connection,
    workspace: WorkspaceId,
    good: Option<&LastGood>,
) -> Result<u64, DbError> {
    let Some(run) = good.map(|good| good.run) else {
        return Ok(0);
    };
    let counts: Option<String> = connection
        .prepare_cached("SELECT counts FROM run WHERE workspace_id = ?1 AND id = ?2")?
        .scalar((workspace.0, run.0))
        .optional()?;
    let counts = counts
        .map(|text| serde_json::from_str::<Counts>(&text))
        .transpose();
    Ok(counts
        .map_err(|_| corrupt("run", "counts", run))?
        .map_or(0, |counts| counts.superseded))
}

/// The plan that holds the integration. One that has expired still does: nobody decided, so the next run must not
/// decide in their place.
fn held_by(
    connection: &Connection,
    workspace: WorkspaceId,
    integration: IntegrationId,
) -> Result<Option<RunId>, DbError> {
    connection
        .prepare_cached(
            "SELECT run_id FROM plan WHERE workspace_id = ?1 AND integration_id = ?2 \
             AND status IN ('held', 'partly') ORDER BY run_id DESC LIMIT 1",
        )?
        .query_row((workspace.0, integration.0), |row| {
            row.get("run_id").map(RunId)
        })
        .optional()
}
