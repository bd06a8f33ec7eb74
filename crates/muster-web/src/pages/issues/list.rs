//! The issues of a workspace: those that need a person first, then those that are snoozed, then the last resolved ones.

use super::row::{IssueRow, Naming};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::Link,
    },
    respond,
    state::App,
    wording::Times,
};
use askama::Template;
use axum::{Extension, extract::State, response::Response};
use muster_store::{StoreError, StoredIssue};

/// How many resolved issues are listed.
const MAX_RESOLVED: u32 = 20;

#[derive(Template)]
#[template(path = "pages/issues/list.html")]
struct IssuesPage {
    frame: Frame,
    meta: String,
    is_empty: bool,
    sections: Vec<Section>,
}

struct Section {
    id: &'static str,
    title: String,
    rows: Vec<IssueRow>,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| read(app, here).map(Some)).await
}

fn read(app: &App, here: &Here) -> Result<IssuesPage, StoreError> {
    let (words, store, workspace) = (Frame::words(), &app.store, &here.workspace);
    let (snoozed, open): (Vec<StoredIssue>, Vec<StoredIssue>) = store
        .open_issues(workspace.id)?
        .into_iter()
        .partition(|issue| is_snoozed(issue, app.now()));
    let resolved = store.resolved_issues(workspace.id, MAX_RESOLVED)?;
    let integrations = store.integration_names(workspace)?;
    let title = words.t("nav-issues");
    let crumbs = vec![Link::new("", title.clone())];
    let naming = Naming {
        app,
        root: &workspace_path(&workspace.name),
        integrations: &integrations,
        times: &Times::of(workspace, app.now()),
    };
    let section = |id, title: &str, issues: &[StoredIssue]| Section {
        id,
        title: words.t(title),
        rows: issues.iter().map(|issue| naming.row(issue)).collect(),
    };
    let sections = [
        section("open", "issues-open", &open),
        section("snoozed", "issues-snoozed", &snoozed),
        section("resolved", "issues-resolved", &resolved),
    ];
    Ok(IssuesPage {
        meta: words.n("issues-meta", open.len() as u64),
        is_empty: open.is_empty(),
        sections: sections
            .into_iter()
            .filter(|section| !section.rows.is_empty())
            .collect(),
        frame: Frame::inside(app, here, Area::Issues, title, crumbs)?,
    })
}

pub(crate) fn is_snoozed(issue: &StoredIssue, now: jiff::Timestamp) -> bool {
    issue.snoozed_until.is_some_and(|until| until > now)
}
