//! All groups of a workspace with their sizes.

use super::{address, editor, root, rule_text};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, segment, workspace_path},
        parts::{Link, Markup},
    },
    respond,
    state::App,
    wording::{number, visible},
};
use askama::Template;
use axum::{Extension, extract::State, response::Response};
use jiff::SignedDuration;
use muster_core::model::role::Role;
use muster_store::{MoveCounts, StoreError};

#[derive(Template)]
#[template(path = "pages/groups/list.html")]
struct GroupsPage {
    frame: Frame,
    /// Where a group is made; none: not for this user.
    new: Option<String>,
    smart: Vec<GroupRow>,
    named: Vec<GroupRow>,
    smart_count: String,
    named_count: String,
}

struct GroupRow {
    href: String,
    name: String,
    /// Empty: the group has none.
    rule: Markup,
    people: String,
    moves: Moves,
}

/// Who joined and left in a week; empty: nobody.
#[derive(Default)]
struct Moves {
    joined: String,
    left: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| read(app, here).map(Some)).await
}

fn read(app: &App, here: &Here) -> Result<GroupsPage, StoreError> {
    let (store, workspace) = (&app.store, &here.workspace);
    let week = app.now() - SignedDuration::from_hours(7 * 24);
    let counts = store.smart_group_move_counts(workspace.id, week)?;
    let smart: Vec<GroupRow> = store
        .smart_groups(workspace)?
        .into_iter()
        .map(|stored| GroupRow {
            href: address(here, &stored.group.name),
            name: visible(&stored.group.name),
            rule: rule_text(app, &stored.group),
            people: number(stored.members),
            moves: moves(counts.get(&stored.group.name)),
        })
        .collect();
    let people = workspace_path(&workspace.name) + "/people";
    let named: Vec<GroupRow> = store
        .group_sizes(workspace)?
        .into_iter()
        .map(|(name, members)| GroupRow {
            href: format!("{people}?group={}", segment(&name)),
            name: visible(&name),
            rule: Markup::default(),
            people: number(members),
            moves: Moves::default(),
        })
        .collect();
    let title = Frame::words().t("nav-groups");
    let crumbs = vec![Link::new(root(here), title.clone())];
    Ok(GroupsPage {
        frame: Frame::inside(app, here, Area::Groups, title, crumbs)?,
        new: (here.role >= Role::Operator).then(|| editor(here, None)),
        smart_count: number(smart.len() as u64),
        named_count: number(named.len() as u64),
        smart,
        named,
    })
}

fn moves(counts: Option<&MoveCounts>) -> Moves {
    let text = |count: u64| match count {
        0 => String::new(),
        count => number(count),
    };
    counts.map_or_else(Moves::default, |counts| Moves {
        joined: text(counts.joined),
        left: text(counts.left),
    })
}
