//! Slots that are due become jobs, each exactly once: the slot and its job are written in one transaction.

use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError},
        sql::Connection,
    },
    jobs::queue::{NewJob, enqueue},
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    model::{
        ids::{IntegrationId, WorkspaceId},
        job::JobKind,
    },
    schedule::{
        due::{Decision, DueSlot, MissedSlots, Overlap, Position, Scheduled, due},
        failure::MAX_ATTEMPTS,
    },
    setup::schedule::Schedule,
};
use std::collections::{BTreeMap, BTreeSet};

/// Work that has a schedule.
#[derive(Clone, Debug)]
pub struct ScheduledWork {
    pub kind: JobKind,
    pub workspace: WorkspaceId,
    /// None: the whole workspace.
    pub integration: Option<IntegrationId>,
    pub schedule: Schedule,
    /// Host and port that its jobs connect to.
    pub host: Option<String>,
    /// Of its jobs; lower ones are done first.
    pub priority: i64,
}

type Key = (WorkspaceId, JobKind, IntegrationId);

impl ScheduledWork {
    fn key(&self) -> Key {
        let integration = self.integration.unwrap_or(IntegrationId(0));
        (self.workspace, self.kind, integration)
    }
}

/// Where the schedule of some work stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleState {
    pub kind: JobKind,
    pub workspace: WorkspaceId,
    /// None: the whole workspace.
    pub integration: Option<IntegrationId>,
    /// None: the schedule has no further slot.
    pub next_slot: Option<Timestamp>,
    pub is_paused: bool,
}

/// What became of slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotOutcome {
    Started {
        job: i64,
        is_late: bool,
    },
    /// An earlier job was still under way.
    Skipped,
    Missed(MissedSlots),
}

/// A stored schedule.
struct Stored {
    entries: String,
    host: Option<String>,
    decided_through: Timestamp,
    next_slot: Option<Timestamp>,
}

impl Stored {
    fn is_settled(&self, work: &ScheduledWork, now: Timestamp) -> bool {
        self.entries == entries(&work.schedule)
            && self.host == work.host
            && self.decided_through <= now
            && self.next_slot.is_none_or(|slot| slot > now)
    }
}

impl Store {
    /// Decides which slots are due and adds their jobs. `work` is everything that has a schedule: what is not in it
    /// is forgotten.
    pub fn decide_slots(
        &self,
        work: &[ScheduledWork],
        now: Timestamp,
    ) -> Result<Vec<(ScheduledWork, SlotOutcome)>, StoreError> {
        let (stored, paused) = self.read("read the schedules", |connection| {
            Ok((stored(connection)?, paused(connection)?))
        })?;
        let keys: BTreeSet<Key> = work.iter().map(ScheduledWork::key).collect();
        let is_open = |one: &&ScheduledWork| {
            let key = one.key();
            let is_settled = |known: &Stored| known.is_settled(one, now);
            !paused.contains(&(key.0, key.2)) && !stored.get(&key).is_some_and(is_settled)
        };
        let open: Vec<&ScheduledWork> = work.iter().filter(is_open).collect();
        let gone: Vec<Key> = stored
            .keys()
            .filter(|key| !keys.contains(*key))
            .copied()
            .collect();
        if open.is_empty() && gone.is_empty() {
            return Ok(Vec::new());
        }
        self.write_shared("decide which slots are due", |connection| {
            for (workspace, kind, integration) in &gone {
                connection.execute(
                    "DELETE FROM schedule WHERE workspace_id = ?1 AND kind = ?2 AND integration_id = ?3",
                    (workspace.0, kind.as_str(), integration.0),
                )?;
            }
            let mut outcomes = Vec::new();
            let stored = self::stored(connection)?;
            for one in open.iter().copied() {
                let outcomes_of_one = decide(connection, one, stored.get(&one.key()), now)?;
                outcomes.extend(outcomes_of_one.into_iter().map(|outcome| (one.clone(), outcome)));
            }
            Ok(outcomes)
        })
    }

    /// Where every schedule stands.
    pub fn schedules(&self) -> Result<Vec<ScheduleState>, StoreError> {
        self.read("read the schedules", |connection| {
            let paused = paused(connection)?;
            Ok(stored(connection)?
                .into_iter()
                .map(|((workspace, kind, integration), stored)| ScheduleState {
                    kind,
                    workspace,
                    integration: (integration.0 > 0).then_some(integration),
                    next_slot: stored.next_slot,
                    is_paused: paused.contains(&(workspace, integration)),
                })
                .collect())
        })
    }
}

fn entries(schedule: &Schedule) -> String {
    serde_json::to_string(schedule).unwrap_or_default()
}

fn stored(connection: &Connection) -> Result<BTreeMap<Key, Stored>, DbError> {
    connection
        .prepare_cached(
            "SELECT workspace_id, kind, integration_id, entries, host, decided_through, next_slot FROM schedule \
             ORDER BY workspace_id, kind, integration_id",
        )?
        .rows([], |row| {
            let kind: String = row.get("kind")?;
            let next: Option<i64> = row.get("next_slot")?;
            Ok((
                (
                    WorkspaceId(row.get("workspace_id")?),
                    super::end::parsed(&kind, JobKind::parse, "schedule", "kind")?,
                    IntegrationId(row.get("integration_id")?),
                ),
                Stored {
                    entries: row.get("entries")?,
                    host: row.get("host")?,
                    decided_through: instant(row.get("decided_through")?, "schedule", "decided_through")?,
                    next_slot: next
                        .map(|next| instant(next, "schedule", "next_slot"))
                        .transpose()?,
                },
            ))
        })
}

fn paused(connection: &Connection) -> Result<BTreeSet<(WorkspaceId, IntegrationId)>, DbError> {
    connection
        .prepare_cached("SELECT workspace_id, integration_id FROM schedule_pause")?
        .rows([], |row| {
            Ok((
                WorkspaceId(row.get("workspace_id")?),
                IntegrationId(row.get("integration_id")?),
            ))
        })
}

fn decide(
    connection: &Connection,
    work: &ScheduledWork,
    stored: Option<&Stored>,
    now: Timestamp,
) -> Result<Vec<SlotOutcome>, DbError> {
    let entries = entries(&work.schedule);
    // The slots of a new or changed schedule begin now.
    let through = stored
        .filter(|stored| stored.entries == entries)
        .map_or(now, |stored| stored.decided_through);
    let position = Position {
        decided_through: through,
        started: started_after(connection, work, through.min(now))?,
    };
    let (workspace, _, integration) = work.key();
    let scheduled = Scheduled {
        workspace,
        integration,
        schedule: &work.schedule,
        position: &position,
    };
    let mut outcomes = Vec::new();
    for Decision { start, missed, .. } in due(now, [scheduled]) {
        if let Some(missed) = missed {
            write_missed(connection, work, missed, now)?;
            outcomes.push(SlotOutcome::Missed(missed));
        }
        if let Some(start) = start {
            outcomes.extend(write_due(connection, work, start, now)?);
        }
    }
    let next = work
        .schedule
        .slots(now, Timestamp::MAX)
        .find(|slot| !position.started.contains(slot));
    connection
        .prepare_cached(
            "INSERT INTO schedule (workspace_id, kind, integration_id, entries, decided_through, next_slot, host) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (workspace_id, kind, integration_id) DO UPDATE SET \
             entries = excluded.entries, decided_through = excluded.decided_through, next_slot = excluded.next_slot, \
             host = excluded.host",
        )?
        .execute((
            workspace.0,
            work.kind.as_str(),
            integration.0,
            entries,
            now.as_microsecond(),
            next.map(Timestamp::as_microsecond),
            &work.host,
        ))?;
    Ok(outcomes)
}

fn started_after(
    connection: &Connection,
    work: &ScheduledWork,
    after: Timestamp,
) -> Result<BTreeSet<Timestamp>, DbError> {
    let (workspace, kind, integration) = work.key();
    connection
        .prepare_cached(
            "SELECT slot FROM slot WHERE workspace_id = ?1 AND kind = ?2 AND integration_id = ?3 AND slot > ?4 \
             AND state <> 'missed'",
        )?
        .rows(
            (workspace.0, kind.as_str(), integration.0, after.as_microsecond()),
            |row| instant(row.get("slot")?, "slot", "slot"),
        )
}

fn write_missed(
    connection: &Connection,
    work: &ScheduledWork,
    missed: MissedSlots,
    now: Timestamp,
) -> Result<(), DbError> {
    let (workspace, kind, integration) = work.key();
    connection
        .prepare_cached(
            "INSERT INTO slot (workspace_id, kind, integration_id, slot, state, missed, missed_from, decided_at) \
             VALUES (?1, ?2, ?3, ?4, 'missed', ?5, ?6, ?7) \
             ON CONFLICT (workspace_id, kind, integration_id, slot) DO NOTHING",
        )?
        .execute((
            workspace.0,
            kind.as_str(),
            integration.0,
            missed.last.as_microsecond(),
            i64::try_from(missed.count).unwrap_or(i64::MAX),
            missed.first.as_microsecond(),
            now.as_microsecond(),
        ))?;
    Ok(())
}

/// Writes a slot with its job, unless it was started or skipped before.
fn write_due(
    connection: &Connection,
    work: &ScheduledWork,
    due: DueSlot,
    now: Timestamp,
) -> Result<Option<SlotOutcome>, DbError> {
    let (workspace, kind, integration) = work.key();
    let (running, waiting) = under_way(connection, work)?;
    let overlap = work.schedule.overlap.decide(running, waiting);
    let state = match overlap {
        Overlap::Start => "started",
        Overlap::Skip => "skipped",
    };
    let written = connection
        .prepare_cached(
            "INSERT INTO slot (workspace_id, kind, integration_id, slot, state, missed, decided_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6) \
             ON CONFLICT (workspace_id, kind, integration_id, slot) DO UPDATE SET \
             state = excluded.state, decided_at = excluded.decided_at WHERE slot.state = 'missed'",
        )?
        .execute((
            workspace.0,
            kind.as_str(),
            integration.0,
            due.slot.as_microsecond(),
            state,
            now.as_microsecond(),
        ))?;
    match overlap {
        _ if written == 0 => Ok(None),
        Overlap::Skip => Ok(Some(SlotOutcome::Skipped)),
        Overlap::Start => {
            let job = NewJob {
                kind,
                workspace,
                integration: work.integration,
                slot: Some(due.slot),
                priority: work.priority,
                run_at: Some(due.run_at),
                max_attempts: MAX_ATTEMPTS,
                host: work.host.clone(),
                dedupe_key: None,
                decision: None,
                request: None,
            };
            let Some(job) = enqueue(connection, &job)? else {
                return Ok(None);
            };
            connection
                .prepare_cached(
                    "UPDATE slot SET job_id = ?5 WHERE workspace_id = ?1 AND kind = ?2 AND integration_id = ?3 AND slot = ?4",
                )?
                .execute((workspace.0, kind.as_str(), integration.0, due.slot.as_microsecond(), job))?;
            Ok(Some(SlotOutcome::Started {
                job,
                is_late: due.is_late,
            }))
        }
    }
}

/// How many jobs of the same work run and wait.
fn under_way(connection: &Connection, work: &ScheduledWork) -> Result<(usize, usize), DbError> {
    let (workspace, kind, integration) = work.key();
    let leased: Vec<bool> = connection
        .prepare_cached(
            "SELECT lease_owner IS NOT NULL AS leased FROM job \
             WHERE workspace_id = ?1 AND integration_id = ?2 AND (kind = ?3 OR integration_id > 0)",
        )?
        .values((workspace.0, integration.0, kind.as_str()))?;
    let running = leased.iter().filter(|leased| **leased).count();
    Ok((running, leased.len() - running))
}
