//! Which slots are due: each exactly once, whatever the clock does.

use super::jitter::jitter;
use crate::{
    model::ids::{IntegrationId, WorkspaceId},
    setup::schedule::{OverlapPolicy, Schedule},
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeSet;

/// Slots that are older than this are neither run nor recorded as missed.
const LOOK_BACK: SignedDuration = SignedDuration::from_hours(31 * 24);

/// An integration with its schedule, and how far its slots have been decided.
#[derive(Clone, Copy, Debug)]
pub struct Scheduled<'s> {
    pub workspace: WorkspaceId,
    pub integration: IntegrationId,
    pub schedule: &'s Schedule,
    pub position: &'s Position,
}

/// How far the slots of an integration have been decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The time of the last decision. For a new or changed schedule: when it was saved.
    pub decided_through: Timestamp,
    /// Slots that were started, as far as they are later than the current time or `decided_through`. There are some only
    /// if the clock was set back.
    pub started: BTreeSet<Timestamp>,
}

/// What is decided for one integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub workspace: WorkspaceId,
    pub integration: IntegrationId,
    pub start: Option<DueSlot>,
    /// Slots that are not run.
    pub missed: Option<MissedSlots>,
    pub position: Position,
}

/// A slot that is to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueSlot {
    pub slot: Timestamp,
    /// When its job starts: later than the slot by the jitter of the integration.
    pub run_at: Timestamp,
    /// The slot was missed, and runs late.
    pub is_late: bool,
}

/// Slots that are not run because a later one is, or because they are too old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissedSlots {
    pub first: Timestamp,
    pub last: Timestamp,
    pub count: u64,
}

/// The slots that are due. Integrations for which nothing is due are left out.
pub fn due<'s>(
    now: Timestamp,
    scheduled: impl IntoIterator<Item = Scheduled<'s>>,
) -> Vec<Decision> {
    scheduled
        .into_iter()
        .filter_map(|one| decide(now, one))
        .collect()
}

fn decide(now: Timestamp, scheduled: Scheduled<'_>) -> Option<Decision> {
    let Scheduled {
        workspace,
        integration,
        schedule,
        position,
    } = scheduled;
    // After the clock was set back, the slots until the earlier time are decided again, except those that were started.
    let from = position.decided_through.min(now);
    let from = from.max(now.checked_sub(LOOK_BACK).unwrap_or(from));
    let open: Vec<Timestamp> = schedule
        .slots(from, now)
        .filter(|slot| !position.started.contains(slot))
        .collect();
    let (last, others) = open.split_last()?;
    let late_by = now.duration_since(*last);
    let is_started = late_by <= schedule.catch_up.duration();
    let missed = if is_started { others } else { &open };
    let jitter = jitter(workspace, integration);
    let is_late = late_by > SignedDuration::from_secs(60);
    let base = if is_late { now } else { *last };
    let start = is_started.then(|| DueSlot {
        slot: *last,
        run_at: base.checked_add(jitter).unwrap_or(base),
        is_late,
    });
    let mut started = position.started.clone();
    started.extend(start.map(|start| start.slot));
    started.retain(|slot| *slot > now);
    Some(Decision {
        workspace,
        integration,
        start,
        missed: match (missed.first(), missed.last()) {
            (Some(first), Some(last)) => Some(MissedSlots {
                first: *first,
                last: *last,
                count: missed.len() as u64,
            }),
            _ => None,
        },
        position: Position {
            decided_through: now,
            started,
        },
    })
}

/// What becomes of a slot that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    Start,
    Skip,
}

impl OverlapPolicy {
    /// What becomes of a slot while jobs of the same integration are under way.
    pub fn decide(self, running: usize, waiting: usize) -> Overlap {
        let is_free = match self {
            Self::Skip => running + waiting == 0,
            Self::QueueOne => waiting == 0,
        };
        if is_free {
            Overlap::Start
        } else {
            Overlap::Skip
        }
    }
}
