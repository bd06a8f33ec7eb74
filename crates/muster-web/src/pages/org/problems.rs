//! Employees whose manager is unknown or has left, and reporting cycles.

use super::{name, organisation, person, root};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame},
        parts::Link,
    },
    respond,
    state::App,
    wording::{Times, visible},
};
use askama::Template;
use axum::{Extension, extract::State, response::Response};
use muster_core::derive::reporting_lines::Member;
use muster_store::StoreError;

/// Employees of each kind that are listed.
const MAX_LISTED: usize = 50;

#[derive(Template)]
#[template(path = "pages/org/problems.html")]
struct ProblemsPage {
    frame: Frame,
    unknown: Vec<Row>,
    unknown_more: Option<String>,
    left: Vec<Row>,
    left_more: Option<String>,
    /// Each from its newest member along the managers and back to it.
    cycles: Vec<Vec<Link>>,
}

struct Row {
    person: Link,
    manager: String,
    /// Empty: not known.
    since: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| read(app, here).map(Some)).await
}

fn read(app: &App, here: &Here) -> Result<ProblemsPage, StoreError> {
    let words = Frame::words();
    let organisation = organisation(app, here)?;
    let title = words.t("org-problems");
    let crumbs = vec![
        Link::new(root(here), words.t("nav-org")),
        Link::new("", title.clone()),
    ];
    let times = Times::of(&here.workspace, app.now());
    let unknown: Vec<usize> = organisation.dangling().collect();
    let left: Vec<usize> = organisation.below_departed().collect();
    let rows = |of: &[usize]| -> Result<Vec<Row>, StoreError> {
        let listed = of.iter().take(MAX_LISTED);
        listed
            .map(|at| row(app, here, &times, organisation.member(*at)))
            .collect()
    };
    let more = |of: &[usize]| {
        let others = of.len().saturating_sub(MAX_LISTED) as u64;
        (others > 0).then(|| words.n("org-more", others))
    };
    let link = |member: &Member| Link::new(person(here, member), name(member));
    let cycles = organisation.cycles().take(MAX_LISTED);
    Ok(ProblemsPage {
        unknown: rows(&unknown)?,
        unknown_more: more(&unknown),
        left: rows(&left)?,
        left_more: more(&left),
        cycles: cycles
            .map(|cycle| cycle.into_iter().map(link).collect())
            .collect(),
        frame: Frame::inside(app, here, Area::Org, title, crumbs)?,
    })
}

fn row(app: &App, here: &Here, times: &Times, member: &Member) -> Result<Row, StoreError> {
    let since = app.store.manager_id_since(&here.workspace, member.id)?;
    Ok(Row {
        person: Link::new(person(here, member), name(member)),
        manager: member.manager.as_deref().map(visible).unwrap_or_default(),
        since: since.map(|since| times.moment(since)).unwrap_or_default(),
    })
}
