//! `muster status`: the next slots, the jobs that run and wait, and the last ones that ended.

use super::{print_json, say};
use crate::{arguments::Arguments, error::CommandError, show, wiring::Wiring};
use muster_core::model::response::{ServiceStatus, SlotLine};
use muster_store::{ListedJob, ScheduleState};
use std::{collections::BTreeMap, process::ExitCode};

const MAX_LIVE: u32 = 1_000;
const MAX_ENDED: u32 = 20;

pub(super) fn status(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let store = &wiring.store;
    let mut names = BTreeMap::new();
    for name in store.workspaces()? {
        if let Some(workspace) = store.workspace(&name)? {
            names.insert(workspace.id, name);
        }
    }
    let workspace = |id| names.get(&id).cloned().unwrap_or_default();
    let mut slots = Vec::new();
    for state in store.schedules()? {
        let integration = match state.integration {
            Some(integration) => store.integration_name(state.workspace, integration)?,
            None => None,
        };
        let ScheduleState {
            kind,
            next_slot,
            is_paused,
            ..
        } = state;
        slots.push(SlotLine {
            kind,
            workspace: workspace(state.workspace),
            integration,
            next_slot: next_slot.filter(|_| !is_paused),
            is_paused,
        });
    }
    slots.sort_by_key(|slot| (slot.next_slot.is_none(), slot.next_slot));
    let lines = |jobs: Vec<ListedJob>| {
        jobs.into_iter()
            .map(|job| {
                let workspace = workspace(job.workspace);
                job.answer(workspace)
            })
            .collect()
    };
    let status = ServiceStatus {
        slots,
        jobs: lines(store.live_jobs(MAX_LIVE)?),
        ended: lines(store.ended_jobs(MAX_ENDED)?),
    };
    if arguments.json {
        print_json(&status);
    } else {
        print(&status);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(status: &ServiceStatus) {
    let subject = |workspace: &str, integration: &Option<String>| match integration {
        Some(integration) => format!("{workspace}/{integration}"),
        None if workspace.is_empty() => "the database".to_owned(),
        None => workspace.to_owned(),
    };
    let slots = status.slots.iter().map(|slot| {
        let next = match slot.next_slot {
            Some(next) => show::moment(next),
            None if slot.is_paused => "paused after failures".to_owned(),
            None => "none".to_owned(),
        };
        vec![
            next,
            slot.kind.as_str().to_owned(),
            subject(&slot.workspace, &slot.integration),
        ]
    });
    if status.slots.is_empty() {
        say("no schedule is known yet");
        say("  help: `muster serve` runs integrations by their schedules");
    } else {
        say(show::table(&["next slot", "job", "of"], slots));
    }
    for job in &status.jobs {
        let state = match (&job.running_in, job.starts) {
            (Some(owner), _) => format!("runs in {owner}"),
            (None, Some(starts)) => format!("waits until {}", show::moment(starts)),
            (None, None) => String::new(),
        };
        let of = subject(&job.workspace, &job.integration);
        say(format!(
            "job {}: {} of {of}, attempt {}: {state}",
            job.job,
            job.kind.as_str(),
            job.attempt
        ));
    }
    if !status.ended.is_empty() {
        let ended = status.ended.iter().map(|job| {
            let result = job.result.map_or("", |result| result.as_str());
            let code = job
                .code
                .as_ref()
                .map(|code| format!(" ({code})"))
                .unwrap_or_default();
            vec![
                job.ended.map(show::moment).unwrap_or_default(),
                job.kind.as_str().to_owned(),
                subject(&job.workspace, &job.integration),
                format!("{result}{code}"),
                job.run.map(|run| run.to_string()).unwrap_or_default(),
            ]
        });
        say(show::table(&["ended", "job", "of", "result", "run"], ended));
    }
}
