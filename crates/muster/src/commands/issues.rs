//! `muster issues`: what needs a person, and what happened to it.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, IssuesCommand},
    error::CommandError,
    service::StoredIntegrations,
    show::{moment, safe, table},
    text,
    wiring::Wiring,
};
use jiff::ToSpan;
use muster_core::{
    issue::Level,
    model::{
        code::Code,
        ids::WorkspaceId,
        response::{IssueDetails, IssueHistoryLine, IssueLine, IssueSnoozed},
    },
};
use muster_engine::{INSTALLATION, update_issues};
use muster_store::StoredIssue;
use owo_colors::OwoColorize;
use std::{collections::BTreeMap, process::ExitCode, sync::Arc};

/// How many resolved issues of each workspace are listed.
const MAX_RESOLVED: u32 = 50;

pub(super) fn run(
    arguments: &Arguments,
    all: bool,
    command: Option<&IssuesCommand>,
) -> Result<ExitCode, CommandError> {
    match command {
        None => list(arguments, all),
        Some(IssuesCommand::Show { issue }) => show(arguments, *issue),
        Some(IssuesCommand::Snooze {
            issue, off: true, ..
        }) => snooze(arguments, *issue, None),
        Some(IssuesCommand::Snooze { issue, days, .. }) => snooze(arguments, *issue, Some(*days)),
    }
}

fn list(arguments: &Arguments, all: bool) -> Result<ExitCode, CommandError> {
    let wiring = Arc::new(Wiring::unchecked(arguments)?);
    let surveyed = StoredIntegrations::new(Arc::clone(&wiring));
    let deps = wiring.deps();
    update_issues(&wiring.store, &surveyed, &deps.clock)?;
    let names = names(&wiring)?;
    let mut lines = Vec::new();
    for workspace in wanted(arguments, &names)? {
        let mut issues = wiring.store.open_issues(workspace)?;
        if all {
            issues.extend(wiring.store.resolved_issues(workspace, MAX_RESOLVED)?);
        }
        lines.extend(issues.into_iter().map(|issue| line(&names, issue)));
    }
    lines.sort_by_key(|line| (line.resolved.is_some(), line.level != Level::Critical));
    if arguments.json {
        print_json(&lines);
    } else if lines.is_empty() {
        say("no issue is open");
    } else {
        lines.iter().for_each(print);
    }
    Ok(ExitCode::SUCCESS)
}

/// The workspaces to list, and the installation unless one is named.
fn wanted(
    arguments: &Arguments,
    names: &BTreeMap<WorkspaceId, String>,
) -> Result<Vec<WorkspaceId>, CommandError> {
    let Some(wanted) = &arguments.workspace else {
        return Ok(names.keys().copied().chain([INSTALLATION]).collect());
    };
    let found = names.iter().find(|(_, name)| *name == wanted);
    match found {
        Some((id, _)) => Ok(vec![*id]),
        None => Err(CommandError::unknown(
            Code::WorkspaceUnknown,
            format!("there is no workspace `{wanted}`"),
            "omit --workspace to list the issues of all workspaces",
        )),
    }
}

fn show(arguments: &Arguments, issue: i64) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let (issue, history) = wiring.store.issue(issue)?.ok_or_else(|| unknown(issue))?;
    let details = IssueDetails {
        issue: line(&names(&wiring)?, issue),
        history: history
            .into_iter()
            .map(|entry| IssueHistoryLine {
                at: entry.at,
                event: entry.event,
                level: entry.level,
                message: text::issue::message(&entry.detail),
                by: entry.by,
            })
            .collect(),
    };
    if arguments.json {
        print_json(&details);
        return Ok(ExitCode::SUCCESS);
    }
    print(&details.issue);
    let rows = details.history.into_iter().map(|entry| {
        vec![
            moment(entry.at),
            entry.event.as_str().to_owned(),
            entry.by.as_deref().map(safe).unwrap_or_default(),
            entry.message,
        ]
    });
    say(table(&["at", "event", "by", "issue"], rows));
    Ok(ExitCode::SUCCESS)
}

fn snooze(arguments: &Arguments, issue: i64, days: Option<u16>) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let now = wiring.now();
    let until = days.map(|days| {
        let hours = i64::from(days) * 24;
        now.checked_add(hours.hours()).unwrap_or(now)
    });
    if !wiring
        .store
        .snooze_issue(issue, until, wiring.author(), now)?
    {
        return Err(unknown(issue));
    }
    if arguments.json {
        print_json(&IssueSnoozed {
            issue,
            snoozed_until: until,
        });
        return Ok(ExitCode::SUCCESS);
    }
    say(match until {
        Some(until) => format!("issue {issue} sends no alerts until {}", moment(until)),
        None => format!("issue {issue} is no longer snoozed"),
    });
    Ok(ExitCode::SUCCESS)
}

fn unknown(issue: i64) -> CommandError {
    CommandError::unknown(
        Code::IssueUnknown,
        format!("there is no open issue {issue}"),
        "`muster issues` lists the open issues, `muster issues --all` also the resolved ones",
    )
}

/// The names of all workspaces.
fn names(wiring: &Wiring) -> Result<BTreeMap<WorkspaceId, String>, CommandError> {
    let mut names = BTreeMap::new();
    for name in wiring.store.workspaces()? {
        if let Some(workspace) = wiring.store.workspace(&name)? {
            names.insert(workspace.id, name);
        }
    }
    Ok(names)
}

fn line(names: &BTreeMap<WorkspaceId, String>, issue: StoredIssue) -> IssueLine {
    let (message, help) = (
        text::issue::message(&issue.detail),
        text::issue::help(&issue.detail),
    );
    let workspace = names.get(&issue.workspace).cloned();
    issue.answer(workspace, message, help)
}

fn print(line: &IssueLine) {
    let of = match (&line.workspace, &line.integration) {
        (Some(workspace), Some(integration)) => format!("{workspace}/{integration}"),
        (Some(workspace), None) => workspace.clone(),
        (None, _) => "installation".to_owned(),
    };
    let level = match line.level {
        Level::Critical => "critical".red().to_string(),
        Level::Warning => "warning".yellow().to_string(),
    };
    say(format!("{level} {} {of}: {}", line.issue, line.message));
    match (line.resolved, line.snoozed_until) {
        (Some(resolved), _) => say(format!("  resolved at {}", moment(resolved))),
        (None, Some(until)) => say(format!("  snoozed until {}", moment(until))),
        (None, None) => say(format!("  help: {}", line.help)),
    }
}
