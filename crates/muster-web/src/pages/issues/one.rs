//! One issue: what is wrong, what to do, everything that happened to it, and its snooze.

use super::{
    list::is_snoozed,
    row::{IssueRow, Naming, help, level_sign},
};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{GOOD, Link, Look, Markup, look, sign},
    },
    respond::{self, Outcome},
    state::App,
    texts::Words,
    wording::{Times, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    response::Response,
};
use jiff::SignedDuration;
use muster_core::{
    issue::{IssueEvent, Level},
    model::role::Role,
};
use muster_store::{IssueHistoryEntry, StoreError, StoredIssue};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/issues/one.html")]
struct IssuePage {
    frame: Frame,
    row: IssueRow,
    class: &'static str,
    icon: &'static str,
    help: String,
    link: Option<Link>,
    history: Vec<Entry>,
    is_open: bool,
    is_snoozed: bool,
    may_snooze: bool,
}

struct Entry {
    sign: Markup,
    title: String,
    message: Markup,
    at: String,
    exact: String,
    by: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, issue)): Path<(String, i64)>,
) -> Response {
    respond::page(app, here, move |app, here| read(app, here, issue)).await
}

/// An issue of this workspace.
fn found(
    app: &App,
    here: &Here,
    issue: i64,
) -> Result<Option<(StoredIssue, Vec<IssueHistoryEntry>)>, StoreError> {
    let found = app.store.issue(issue)?;
    Ok(found.filter(|(issue, _)| issue.workspace == here.workspace.id))
}

fn read(app: &App, here: &Here, issue: i64) -> Result<Option<IssuePage>, StoreError> {
    let Some((issue, history)) = found(app, here, issue)? else {
        return Ok(None);
    };
    let (words, workspace) = (Frame::words(), &here.workspace);
    let integrations = app.store.integration_names(workspace)?;
    let root = workspace_path(&workspace.name);
    let times = Times::of(workspace, app.now());
    let naming = Naming {
        app,
        root: &root,
        integrations: &integrations,
        times: &times,
    };
    let row = naming.row(&issue);
    let crumbs = vec![
        Link::new(format!("{root}/issues"), words.t("nav-issues")),
        Link::new("", row.title.clone()),
    ];
    let is_open = issue.resolved.is_none();
    let look = verdict(&issue);
    Ok(Some(IssuePage {
        frame: Frame::inside(app, here, Area::Issues, row.title.clone(), crumbs)?,
        class: look.class,
        icon: look.icon,
        help: help(&issue.detail),
        link: naming.link(&issue),
        history: history
            .iter()
            .rev()
            .map(|entry| shown(words, &naming, entry))
            .collect(),
        is_open,
        is_snoozed: is_snoozed(&issue, app.now()),
        may_snooze: here.role >= Role::Operator,
        row,
    }))
}

fn verdict(issue: &StoredIssue) -> Look {
    match (issue.resolved, issue.level) {
        (Some(_), _) => GOOD,
        (None, Level::Critical) => look("is-deactivate", "triangle-alert"),
        (None, Level::Warning) => look("is-held", "circle-alert"),
    }
}

fn shown(words: &Words, naming: &Naming<'_>, entry: &IssueHistoryEntry) -> Entry {
    let (mark, key) = match entry.event {
        IssueEvent::Opened => (level_sign(words, entry.level), "issue-event-opened"),
        IssueEvent::Escalated => (level_sign(words, entry.level), "issue-event-escalated"),
        IssueEvent::Eased => (level_sign(words, entry.level), "issue-event-eased"),
        IssueEvent::Changed => (sign(look("is-update", "tilde"), ""), "issue-event-changed"),
        IssueEvent::Resolved => (sign(GOOD, ""), "issue-event-resolved"),
        IssueEvent::Snoozed => (sign(look("is-plain", "clock"), ""), "issue-event-snoozed"),
        IssueEvent::Woken => (sign(look("is-plain", "bell"), ""), "issue-event-woken"),
    };
    Entry {
        sign: mark,
        title: words.t(key),
        message: naming.message(&entry.detail),
        at: naming.times.moment(entry.at),
        exact: naming.times.exact(entry.at),
        by: entry.by.as_deref().map(visible).unwrap_or_default(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snooze {
    /// 0: the snooze ends.
    days: u16,
    #[serde(rename = "form_token")]
    _form_token: String,
}

/// The longest snooze.
const MAX_DAYS: u16 = 365;

pub(crate) async fn snooze(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, issue)): Path<(String, i64)>,
    Body(sent): Body<Snooze>,
) -> Response {
    respond::act(app, here, move |app, here| {
        if found(app, here, issue)?.is_none() || sent.days > MAX_DAYS {
            return Ok(Outcome::NotFound);
        }
        let now = app.now();
        let until = (sent.days > 0).then(|| {
            let length = SignedDuration::from_hours(i64::from(sent.days) * 24);
            now.checked_add(length).unwrap_or(now)
        });
        let by = &here.session.user.email;
        // An issue that was resolved in between shows that on its page.
        app.store.snooze_issue(issue, until, by, now)?;
        let root = workspace_path(&here.workspace.name);
        Ok(Outcome::To(format!("{root}/issues/{issue}")))
    })
    .await
}
