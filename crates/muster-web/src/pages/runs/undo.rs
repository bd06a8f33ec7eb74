//! A person undoes a run. The opposite changes become a plan, which is read and approved as any other; nothing is changed before.

use super::{decide::note_error, head::Recorded};
use crate::{
    access::Here,
    api::jobs::write,
    pages::{
        frame::{Area, Frame, workspace_path},
        jobs,
        parts::{FieldError, Form, Link, Markup, look_of, sign, word_of},
    },
    respond::{self, Outcome},
    state::App,
    wording::number,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::{
    actor::Actor,
    edit_request::EditRequest,
    plan::OperationKind,
    role::Role,
    run::{Run, RunStatus},
};
use muster_store::{Enqueued, NewJob, RequestedEdit, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "pages/runs/undo.html")]
struct UndoPage {
    frame: Frame,
    run: String,
    did: Vec<(Markup, String)>,
    sent: Undoing,
    form: Form,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Undoing {
    note: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

/// Whether a user can have a run undone: it changed employees, its changes are still known, and no other run undid it.
pub(crate) fn can_undo(
    app: &App,
    here: &Here,
    run: &Run,
    done: &BTreeMap<OperationKind, u64>,
) -> Result<bool, StoreError> {
    if here.role < Role::Approver || run.status != RunStatus::Applied || done.is_empty() {
        return Ok(false);
    }
    // What was erased cannot be restored.
    if done.contains_key(&OperationKind::Delete) {
        return Ok(false);
    }
    let forgotten = app.store.forgotten_through(&here.workspace)?;
    if forgotten.is_some_and(|through| run.started < through) {
        return Ok(false);
    }
    Ok(app.store.undone_by(here.workspace.id, run.id)?.is_none())
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
) -> Response {
    respond::act(app, here, move |app, here| {
        app.snapshot(|app| {
            answer(app, here, run, |app, here, run, done| {
                shown(app, here, run, done, Undoing::default(), Vec::new())
            })
        })
    })
    .await
}

pub(crate) async fn undo(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    Body(sent): Body<Undoing>,
) -> Response {
    respond::act(app, here, move |app, here| {
        answer(app, here, run, |app, here, run, done| {
            let errors: Vec<FieldError> = note_error(&sent.note, true).into_iter().collect();
            if errors.is_empty() {
                requested(app, here, run, sent.note)
            } else {
                shown(app, here, run, done, sent, errors)
            }
        })
    })
    .await
}

/// Answers for a run that can be undone; otherwise, its page says what has become of it.
fn answer(
    app: &App,
    here: &Here,
    run: i64,
    work: impl FnOnce(&App, &Here, &Run, &BTreeMap<OperationKind, u64>) -> Result<Outcome, StoreError>,
) -> Result<Outcome, StoreError> {
    let Some(recorded) = Recorded::read(app, here, run)? else {
        return Ok(Outcome::NotFound);
    };
    let run = recorded.run;
    let done = app.store.change_counts(&here.workspace, run.id)?;
    if can_undo(app, here, &run, &done)? {
        return work(app, here, &run, &done);
    }
    Ok(Outcome::To(address(here, &run)))
}

fn address(here: &Here, run: &Run) -> String {
    format!("{}/runs/{}", workspace_path(&here.workspace.name), run.id)
}

/// Writes the job that makes the plan. A second one is not written while the first waits.
fn requested(app: &App, here: &Here, run: &Run, note: String) -> Result<Outcome, StoreError> {
    let edit = RequestedEdit {
        request: EditRequest::Undo {
            run: run.id,
            plan_only: true,
        },
        revision: None,
        note: Some(note.trim().to_owned()),
        actor: Actor::User(here.session.user.email.clone()),
    };
    let job = NewJob {
        dedupe_key: Some(format!("undo {}/{}", here.workspace.id.0, run.id)),
        ..write::edit(&here.workspace, edit)
    };
    Ok(match app.store.enqueue_once(&job, None, app.now())? {
        Enqueued::Job(job) => {
            (app.web.wake)();
            Outcome::To(jobs::address(here, job, ""))
        }
        Enqueued::Busy | Enqueued::KeyReused => Outcome::To(address(here, run)),
    })
}

fn shown(
    app: &App,
    here: &Here,
    run: &Run,
    done: &BTreeMap<OperationKind, u64>,
    sent: Undoing,
    errors: Vec<FieldError>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let title = words.v("undo-title", &run.id.to_string());
    let root = workspace_path(&here.workspace.name);
    let crumbs = vec![
        Link::new(format!("{root}/runs"), words.t("nav-runs")),
        Link::new(
            address(here, run),
            words.v("run-title", &run.id.to_string()),
        ),
        Link::new("", title.clone()),
    ];
    let status = match errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let did = done.iter().map(|(kind, count)| {
        let text = format!("{} {}", word_of(words, *kind), number(*count));
        (sign(look_of(*kind), ""), text)
    });
    let page = UndoPage {
        frame: Frame::inside(app, here, Area::Runs, title, crumbs)?,
        run: address(here, run),
        did: did.collect(),
        sent,
        form: Form { errors },
    };
    Ok(Outcome::Page(status, page.render()))
}
