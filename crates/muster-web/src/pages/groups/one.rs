//! One smart group: its rule, its members with the reason why each belongs, and who joined and left.

use super::{address, editor, root, rule_text};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{Link, Markup, look, sign},
    },
    respond,
    state::App,
    texts::{Argument, Words},
    wording::{Times, number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::Response,
};
use muster_core::model::{ids::EmployeeId, role::Role};
use muster_store::{MembershipMove, StoreError, StoredGroup};
use serde::Deserialize;

const PAGE: u32 = 50;
/// Changes of the history before the rest is asked for, and after.
const FEW: u32 = 20;
const MANY: u32 = 1_000;

#[derive(Template)]
#[template(path = "pages/groups/one.html")]
struct GroupPage {
    frame: Frame,
    facts: Vec<String>,
    rule: Markup,
    /// None: not for this user.
    edit: Option<String>,
    remove: String,
    members: Vec<MemberRow>,
    first: Option<String>,
    next: Option<String>,
    history: Vec<MemberRow>,
    all_history: Option<String>,
}

struct MemberRow {
    sign: Markup,
    href: String,
    name: String,
    key: String,
    why: String,
}

#[derive(Deserialize)]
pub(crate) struct Shown {
    after: Option<i64>,
    #[serde(default)]
    history: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, name)): Path<(String, String)>,
    Query(shown): Query<Shown>,
) -> Response {
    respond::page(app, here, move |app, here| {
        let all = app.store.smart_groups(&here.workspace)?;
        let found = all.into_iter().find(|group| group.group.name == name);
        found
            .map(|group| read(app, here, &group, &shown))
            .transpose()
    })
    .await
}

fn read(
    app: &App,
    here: &Here,
    stored: &StoredGroup,
    shown: &Shown,
) -> Result<GroupPage, StoreError> {
    let (store, workspace) = (&app.store, &here.workspace);
    let (words, times) = (Frame::words(), Times::of(workspace, app.now()));
    let name = &stored.group.name;
    let after = shown.after.map(EmployeeId);
    let mut members = store.smart_group_members_page(workspace, name, after, PAGE + 1)?;
    let has_more = members.len() > PAGE as usize;
    members.truncate(PAGE as usize);
    let most = if shown.history.is_empty() { FEW } else { MANY };
    let mut history = store.smart_group_history(workspace, name, most + 1)?;
    let has_older = history.len() > most as usize;
    history.truncate(most as usize);
    let page = address(here, name);
    let row = |moved: &MembershipMove| row(words, app, here, &times, moved);
    let crumbs = vec![
        Link::new(root(here), words.t("nav-groups")),
        Link::new("", visible(name)),
    ];
    Ok(GroupPage {
        frame: Frame::inside(app, here, Area::Groups, visible(name), crumbs)?,
        facts: facts(words, &times, stored),
        rule: rule_text(app, &stored.group),
        edit: (here.role >= Role::Operator).then(|| editor(here, Some(name))),
        remove: format!("{page}/remove"),
        next: members
            .last()
            .filter(|_| has_more)
            .map(|last| format!("{page}?after={}", last.employee)),
        first: after.map(|_| page.clone()),
        members: members.iter().map(row).collect(),
        history: history.iter().map(row).collect(),
        all_history: (has_older && most == FEW).then(|| format!("{page}?history=all")),
    })
}

fn facts(words: &Words, times: &Times, stored: &StoredGroup) -> Vec<String> {
    let at = times.moment(stored.saved_at);
    let saved = match &stored.saved_by {
        Some(by) => {
            let by = visible(by);
            let values = [("at", Argument::Text(&at)), ("by", Argument::Text(&by))];
            words.with("group-saved-by", &values)
        }
        None => words.v("group-saved", &at),
    };
    let daily = stored
        .depends_on_today
        .then(|| words.v("group-daily", &stored.evaluated_on));
    [
        Some(words.t("group-smart")),
        Some(words.n("group-people", stored.members)),
        Some(saved),
        daily,
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn row(words: &Words, app: &App, here: &Here, times: &Times, moved: &MembershipMove) -> MemberRow {
    let (key, look) = match moved.joined {
        true => ("group-joined", look("is-create", "plus")),
        false => ("group-left", look("is-deactivate", "minus")),
    };
    let key_of = moved.who.external_id.as_ref().or(moved.who.email.as_ref());
    let values = [
        ("at", times.moment(moved.at)),
        ("why", (app.web.sentences.membership)(&moved.reason)),
    ];
    let values = values
        .each_ref()
        .map(|(name, text)| (*name, Argument::Text(text)));
    MemberRow {
        sign: sign(look, ""),
        href: format!(
            "{}/people/{}",
            workspace_path(&here.workspace.name),
            moved.employee
        ),
        name: match moved.who.name.trim() {
            "" => words.v(
                "employee-without-name",
                &number(moved.employee.0.unsigned_abs()),
            ),
            name => visible(name),
        },
        key: key_of.map(|key| visible(key)).unwrap_or_default(),
        why: words.with(key, &values),
    }
}
