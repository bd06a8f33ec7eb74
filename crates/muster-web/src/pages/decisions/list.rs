//! Records that wait for a decision of their own. Each holds up only itself.

use super::{
    MOST,
    one::{address, place},
    question::Question,
};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{self, DiffRow, Link, Markup, look_of, sign, word_of},
        runs::operations::{because, named},
    },
    respond,
    state::{App, Sentences},
    wording::{Times, visible},
};
use askama::Template;
use axum::{Extension, extract::State, response::Response};
use muster_store::{PendingOperation, StoreError};

#[derive(Template)]
#[template(path = "pages/decisions/list.html")]
pub(crate) struct DecisionsPage {
    pub(crate) frame: Frame,
    pub(crate) meta: String,
    pub(crate) rows: Vec<DecisionRow>,
    /// How many are not shown.
    pub(crate) hidden: String,
}

pub(crate) struct DecisionRow {
    pub(crate) sign: Markup,
    pub(crate) name: String,
    pub(crate) key: String,
    /// The employee, if the record is about one.
    pub(crate) href: String,
    pub(crate) why: String,
    pub(crate) changes: Vec<DiffRow>,
    pub(crate) run: String,
    pub(crate) run_href: String,
    /// What is asked, and the page on which it is answered.
    pub(crate) question: String,
    pub(crate) decide: String,
    pub(crate) since: String,
    pub(crate) from: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| read(app, here).map(Some)).await
}

fn read(app: &App, here: &Here) -> Result<DecisionsPage, StoreError> {
    let words = Frame::words();
    let store = &app.store;
    let pending = store.held_operations(&here.workspace, MOST)?;
    let all = store.held_operation_count(&here.workspace)?;
    let title = words.t("nav-decisions");
    let frame = Frame::inside(
        app,
        here,
        Area::Decisions,
        title.clone(),
        vec![Link::new("", title)],
    )?;
    let times = Times::of(&here.workspace, app.now());
    let hidden = all.saturating_sub(pending.len() as u64);
    Ok(DecisionsPage {
        meta: words.n("decisions-meta", all),
        rows: pending
            .iter()
            .map(|one| row(app.web.sentences, here, one, &times))
            .collect(),
        hidden: if hidden > 0 {
            words.n("decisions-hidden", hidden)
        } else {
            String::new()
        },
        frame,
    })
}

fn row(
    sentences: Sentences,
    here: &Here,
    pending: &PendingOperation,
    times: &Times,
) -> DecisionRow {
    let words = Frame::words();
    let operation = &pending.operation.operation;
    let root = workspace_path(&here.workspace.name);
    let key = operation
        .who
        .external_id
        .as_ref()
        .or(operation.who.email.as_ref());
    let reason = operation.held.unwrap_or(operation.reason);
    let mut changes = parts::diff(words, &here.workspace.schema, &operation.changes);
    changes.truncate(8);
    DecisionRow {
        sign: sign(look_of(operation.kind), &word_of(words, operation.kind)),
        name: named(words, &operation.who, operation.employee),
        key: key.map(|key| visible(key)).unwrap_or_default(),
        href: operation
            .employee
            .map(|id| format!("{root}/people/{id}"))
            .unwrap_or_default(),
        why: because(sentences, reason),
        changes,
        run: pending.plan.run.to_string(),
        run_href: format!("{root}/runs/{}?show=held", pending.plan.run),
        question: words.t(Question::of(operation).title),
        decide: address(here, pending),
        since: times.moment(pending.created),
        from: place(pending),
    }
}
