//! Issues: what needs a person, what happened to it, and until when it sends no alerts.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::ApiProblem,
    },
    routes::Right,
};
use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    issue::Level,
    model::{
        response::{IssueDetails, IssueHistoryLine, IssueLine, IssueSnoozed},
        role::Role,
        workspace::Workspace,
    },
};
use muster_store::{IssueHistoryEntry, StoredIssue};
use schemars::JsonSchema;
use serde::Deserialize;

/// How many resolved issues are listed.
const MAX_RESOLVED: u32 = 50;

/// For how many days an issue can be snoozed.
const MAX_DAYS: u16 = 365;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IssuesQuery {
    /// Whether the last issues that were resolved are listed too.
    #[serde(default)]
    resolved: bool,
}

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/issues";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "list_issues";
    const SUMMARY: &'static str = "The open issues, the critical ones first";
    type Path = NoPath;
    type Query = IssuesQuery;
    type Body = NoBody;
    type Answer = Vec<IssueLine>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let mut issues = store.open_issues(workspace.id)?;
        if sent.query.resolved {
            issues.extend(store.resolved_issues(workspace.id, MAX_RESOLVED)?);
        }
        let lines = issues.into_iter();
        let mut lines: Vec<IssueLine> = lines.map(|issue| line(call, workspace, issue)).collect();
        lines.sort_by_key(|line| (line.resolved.is_some(), line.level != Level::Critical));
        Ok(lines.into())
    }
}

fn line(call: &Call, workspace: &Workspace, issue: StoredIssue) -> IssueLine {
    let said = (call.app.web.sentences.issue)(&issue.detail);
    issue.answer(Some(workspace.name.clone()), said.message, said.help)
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct IssuePath {
    issue: i64,
}

/// An issue of the workspace with its history.
fn found(
    call: &Call,
    workspace: &Workspace,
    issue: i64,
) -> Result<(StoredIssue, Vec<IssueHistoryEntry>), ApiProblem> {
    let found = call.app.store.issue(issue)?;
    found
        .filter(|(issue, _)| issue.workspace == workspace.id)
        .ok_or_else(ApiProblem::not_found)
}

pub(crate) struct Show;

impl Operation for Show {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/issues/{issue}";
    const RIGHT: Right = Right::Workspace(Role::Viewer);
    const NAME: &'static str = "get_issue";
    const SUMMARY: &'static str = "One issue with its history";
    type Path = IssuePath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = IssueDetails;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let (issue, history) = found(call, workspace, sent.path.issue)?;
        let entry = |entry: IssueHistoryEntry| IssueHistoryLine {
            at: entry.at,
            event: entry.event,
            level: entry.level,
            message: (call.app.web.sentences.issue)(&entry.detail).message,
            by: entry.by,
        };
        Ok(IssueDetails {
            issue: line(call, workspace, issue),
            history: history.into_iter().map(entry).collect(),
        }
        .into())
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snoozing {
    /// For how many days, from 1 to 365; null: the snooze ends.
    days: Option<u16>,
}

impl Body for Snoozing {}

pub(crate) struct Snooze;

impl Operation for Snooze {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/issues/{issue}/snooze";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "snooze_issue";
    const SUMMARY: &'static str =
        "Send no alerts about an issue for some days; if it becomes critical, the snooze ends";
    type Path = IssuePath;
    type Query = NoQuery;
    type Body = Snoozing;
    type Answer = IssueSnoozed;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let workspace = call.workspace()?;
        let issue = sent.path.issue;
        found(call, workspace, issue)?;
        // As it is stored, so that the answer names the same instant as later ones.
        let now = call.app.now();
        let now = Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now);
        let until = match sent.body.days {
            None => None,
            Some(days @ 1..=MAX_DAYS) => {
                let wait = SignedDuration::from_hours(i64::from(days) * 24);
                Some(now.checked_add(wait).unwrap_or(now))
            }
            Some(_) => {
                let why = format!("days: expected a number from 1 to {MAX_DAYS}");
                return Err(ApiProblem::invalid(why));
            }
        };
        let by = call.client.caller.actor().to_string();
        if !call.app.store.snooze_issue(issue, until, &by, now)? {
            return Err(ApiProblem::not_found());
        }
        Ok(IssueSnoozed {
            issue,
            snoozed_until: until,
        }
        .into())
    }
}
