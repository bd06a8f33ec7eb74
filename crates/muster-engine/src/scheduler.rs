//! What has a schedule: the active integrations, for each workspace its sweep and its retention, and the backup.

use jiff::Timestamp;
use muster_core::{
    model::{ids::WorkspaceId, job::JobKind, workspace::Workspace},
    setup::schedule::{Schedule, ScheduleEntry},
};
use muster_store::{ScheduleState, ScheduledWork};

/// When expired data is deleted.
const RETENTION: &str = "03:30 UTC";
/// When the database is backed up: after the sweep of the day and before most deliveries.
const BACKUP: &str = "01:30 UTC";
/// When dates are applied: at the default offboarding hour, and right after the day has begun.
const OFFBOARDING: &str = "23:00 UTC";
const START_OF_DAY: &str = "00:05";

/// Jobs of the schedule come after those that a person waits for.
pub(crate) const SCHEDULED: i64 = 10;

/// The sweep and the retention of a workspace.
pub(crate) fn of_workspace(workspace: &Workspace) -> [ScheduledWork; 2] {
    let start_of_day = |zone: &str| {
        format!("{START_OF_DAY} {zone}")
            .parse::<ScheduleEntry>()
            .ok()
    };
    let day = start_of_day(&workspace.settings.time_zone).or_else(|| start_of_day("UTC"));
    let work = |kind, schedule| ScheduledWork {
        kind,
        workspace: workspace.id,
        integration: None,
        schedule,
        host: None,
        priority: SCHEDULED,
    };
    [
        work(JobKind::Sweep, daily(vec![OFFBOARDING.parse().ok(), day])),
        work(JobKind::Retention, daily(vec![RETENTION.parse().ok()])),
    ]
}

/// The backup of the whole database.
pub(crate) fn backup() -> ScheduledWork {
    ScheduledWork {
        kind: JobKind::Backup,
        workspace: WorkspaceId::ALL,
        integration: None,
        schedule: daily(vec![BACKUP.parse().ok()]),
        host: None,
        priority: SCHEDULED,
    }
}

fn daily(entries: Vec<Option<ScheduleEntry>>) -> Schedule {
    Schedule {
        entries: entries.into_iter().flatten().collect(),
        ..Schedule::default()
    }
}

/// Schedules that will never start a job again although they should: each is worth an alert.
pub fn without_next_slot(schedules: &[ScheduleState], now: Timestamp) -> Vec<&ScheduleState> {
    schedules
        .iter()
        .filter(|state| !state.is_paused)
        // A slot in the past is overdue by more than the poll takes: nothing decides it.
        .filter(|state| {
            state
                .next_slot
                .is_none_or(|slot| now.duration_since(slot).as_secs() > 120)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_core::model::ids::IntegrationId;

    fn state(next_slot: Option<&str>, is_paused: bool) -> ScheduleState {
        ScheduleState {
            kind: JobKind::Sync,
            workspace: WorkspaceId(1),
            integration: Some(IntegrationId(1)),
            next_slot: next_slot.map(|slot| slot.parse().unwrap()),
            is_paused,
        }
    }

    #[test]
    fn active_schedule_without_a_slot_ahead_is_found() {
        let now = "2026-05-04T12:00:00Z".parse().unwrap();
        for (state, is_found, why) in [
            (
                state(Some("2026-05-04T20:00:00Z"), false),
                false,
                "it has one",
            ),
            (
                state(Some("2026-05-04T11:59:00Z"), false),
                false,
                "it is decided with the next poll",
            ),
            (
                state(Some("2026-05-04T11:00:00Z"), false),
                true,
                "nothing decides it",
            ),
            (state(None, false), true, "it has none"),
            (state(None, true), false, "it is paused"),
        ] {
            assert_eq!(
                without_next_slot(&[state], now).len() == 1,
                is_found,
                "{why}"
            );
        }
    }
}
