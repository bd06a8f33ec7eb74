//! A person approves or rejects a plan. What will happen is said before the button, and a job carries the decision out.

use super::{
    effect::{Effect, Part},
    head::Recorded,
    selection::{Pending, Selection},
};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{FieldError, Form, Link},
    },
    respond::{self, Refusal},
    state::App,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::{actor::Actor, job::JobKind};
use muster_store::{Choice, DecisionState, NewJob, PlanDecision, StoreError, StoredPlan};
use serde::Deserialize;

/// A note is a sentence or two.
const LONGEST_NOTE: usize = 1_000;
/// Attempts of a job whose error may pass, such as a busy database.
const MAX_ATTEMPTS: u32 = 4;

#[derive(Template)]
#[template(path = "pages/runs/approve.html")]
struct ApprovePage {
    frame: Frame,
    run: String,
    plan: String,
    selection: Selection,
    effect: Effect,
    sent: Approval,
    form: Form,
}

#[derive(Template)]
#[template(path = "pages/runs/reject.html")]
struct RejectPage {
    frame: Frame,
    run: String,
    plan: String,
    sent: Rejection,
    form: Form,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    /// The plan that was shown.
    plan: String,
    choice: String,
    /// The name of a sort, where one is selected.
    #[serde(default)]
    sort: String,
    /// The numbers of ticked operations.
    #[serde(default)]
    numbers: String,
    /// How many operations were shown.
    operations: u64,
    /// How many people leave, as typed.
    #[serde(default)]
    departures: String,
    note: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

impl Approval {
    fn selection(&self) -> Selection {
        let numbers = self.numbers.split(',').flat_map(str::parse).collect();
        Selection::parse(&self.choice, &self.sort, numbers)
    }
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rejection {
    plan: String,
    note: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn approval(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    RawQuery(query): RawQuery,
) -> Response {
    let selection = Selection::of_query(query.as_deref().unwrap_or_default());
    answer(app, here, run, JobKind::Approve, move |app, here, plan| {
        let effect = Effect::of(&Part::of_pending(&plan.pending, &selection), &selection);
        // Without anything ticked there is nothing to say; a plan without operations is approved as a whole.
        if effect.operations == 0 && selection != Selection::All {
            return Ok(Answer::Run);
        }
        let sent = Approval::default();
        approve_page(app, here, &plan, selection, effect, sent, Vec::new())
    })
    .await
}

pub(crate) async fn approve(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    Body(sent): Body<Approval>,
) -> Response {
    answer(app, here, run, JobKind::Approve, move |app, here, plan| {
        let selection = sent.selection();
        let effect = Effect::of(&Part::of_pending(&plan.pending, &selection), &selection);
        let errors = errors(&plan.stored, &effect, &sent);
        if !errors.is_empty() {
            return approve_page(app, here, &plan, selection, effect, sent, errors);
        }
        let choice = plan.pending.choice(&selection);
        decided(app, here, JobKind::Approve, plan, choice, sent.note)
    })
    .await
}

pub(crate) async fn rejection(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
) -> Response {
    answer(app, here, run, JobKind::Reject, |app, here, plan| {
        reject_page(app, here, &plan, Rejection::default(), Vec::new())
    })
    .await
}

pub(crate) async fn reject(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    Body(sent): Body<Rejection>,
) -> Response {
    answer(app, here, run, JobKind::Reject, move |app, here, plan| {
        let mut errors = Vec::new();
        if sent.plan != plan.stored.id.to_string() {
            errors.push(FieldError::new("plan", "decide-changed"));
        }
        errors.extend(note_error(&sent.note, true));
        if !errors.is_empty() {
            return reject_page(app, here, &plan, sent, errors);
        }
        decided(app, here, JobKind::Reject, plan, Choice::All, sent.note)
    })
    .await
}

/// A plan on which a person may decide.
struct Undecided {
    stored: StoredPlan,
    pending: Pending,
}

enum Answer {
    Page(StatusCode, Result<String, askama::Error>),
    /// The page of the run says what became of the plan.
    Run,
}

/// Answers with what `work` makes of the plan of a run, or with the page of the run if nothing can be decided any longer.
async fn answer(
    app: App,
    here: Here,
    run: i64,
    kind: JobKind,
    work: impl FnOnce(&App, &Here, Undecided) -> Result<Answer, StoreError> + Send + 'static,
) -> Response {
    let (visit, inside) = (here.visit.clone(), app.clone());
    let page = format!("{}/runs/{run}", workspace_path(&here.workspace.name));
    let answered = respond::blocking(move || {
        let Some(recorded) = Recorded::read(&inside, &here, run)? else {
            return Ok(None);
        };
        match undecided(&inside, &here, recorded, kind)? {
            Some(plan) => work(&inside, &here, plan).map(Some),
            None => Ok(Some(Answer::Run)),
        }
    });
    match answered.await {
        Ok(Some(Answer::Page(status, Ok(html)))) => respond::html(status, html),
        Ok(Some(Answer::Run)) => respond::redirect(&page),
        Ok(None) => respond::refuse(&app, &visit, Refusal::NotFound),
        Ok(Some(Answer::Page(_, Err(_)))) | Err(_) => {
            respond::refuse(&app, &visit, Refusal::Unavailable)
        }
    }
}

fn undecided(
    app: &App,
    here: &Here,
    recorded: Recorded,
    kind: JobKind,
) -> Result<Option<Undecided>, StoreError> {
    let is_current = |plan: &StoredPlan| kind == JobKind::Reject || plan.expires > app.now();
    let pending = |plan: &StoredPlan| plan.status.is_open() && is_current(plan);
    let Some(stored) = recorded.plan.filter(pending) else {
        return Ok(None);
    };
    let (store, run) = (&app.store, stored.id.run);
    let latest = store.plan_decision(here.workspace.id, run)?;
    if latest.is_some_and(|latest| latest.state == DecisionState::Pending) {
        return Ok(None);
    }
    if kind == JobKind::Approve {
        let approver = &here.session.user.email;
        let requester = store.requester_who_approves(here.workspace.id, run, approver)?;
        if requester.is_some() {
            return Ok(None);
        }
    }
    let pending = Pending::read(app, here, run)?;
    Ok(Some(Undecided { stored, pending }))
}

fn errors(plan: &StoredPlan, effect: &Effect, sent: &Approval) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if sent.plan != plan.id.to_string() || sent.operations != effect.operations {
        errors.push(FieldError::new("plan", "decide-changed"));
    }
    if effect.departures > 0 && typed(&sent.departures) != Some(effect.departures) {
        errors.push(FieldError::new("departures", "decide-departures-wrong"));
    }
    errors.extend(note_error(&sent.note, effect.departures > 0));
    errors
}

/// A number as people type it: separators do not matter.
fn typed(text: &str) -> Option<u64> {
    let separators = [',', '.', '\'', '\u{2019}', '\u{a0}', '\u{202f}', ' '];
    let digits: String = text.chars().filter(|c| !separators.contains(c)).collect();
    digits.parse().ok()
}

pub(crate) fn note_error(note: &str, is_required: bool) -> Option<FieldError> {
    if is_required && note.trim().is_empty() {
        return Some(FieldError::new("note", "decide-note-missing"));
    }
    let is_long = note.chars().count() > LONGEST_NOTE;
    is_long.then(|| FieldError::new("note", "decide-note-long"))
}

/// Writes the job that carries the decision out. A second one is not written while the first waits.
fn decided(
    app: &App,
    here: &Here,
    kind: JobKind,
    plan: Undecided,
    choice: Choice,
    note: String,
) -> Result<Answer, StoreError> {
    let plan = plan.stored.id;
    let job = NewJob {
        kind,
        workspace: here.workspace.id,
        integration: None,
        slot: None,
        priority: 0,
        run_at: None,
        max_attempts: MAX_ATTEMPTS,
        host: None,
        dedupe_key: Some(format!("plan {}/{}", here.workspace.id.0, plan.run)),
        decision: Some(PlanDecision {
            plan,
            choice,
            note: note.trim().to_owned(),
            actor: Actor::User(here.session.user.email.clone()),
        }),
        request: None,
    };
    app.store.enqueue(&job)?;
    (app.web.wake)();
    Ok(Answer::Run)
}

fn status(errors: &[FieldError]) -> StatusCode {
    if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    }
}

fn approve_page(
    app: &App,
    here: &Here,
    plan: &Undecided,
    selection: Selection,
    effect: Effect,
    sent: Approval,
    errors: Vec<FieldError>,
) -> Result<Answer, StoreError> {
    let status = status(&errors);
    let (frame, run) = frame(app, here, plan, effect.title.clone())?;
    let page = ApprovePage {
        frame,
        run,
        plan: plan.stored.id.to_string(),
        selection,
        effect,
        sent,
        form: Form { errors },
    };
    Ok(Answer::Page(status, page.render()))
}

fn reject_page(
    app: &App,
    here: &Here,
    plan: &Undecided,
    sent: Rejection,
    errors: Vec<FieldError>,
) -> Result<Answer, StoreError> {
    let status = status(&errors);
    let (frame, run) = frame(app, here, plan, Frame::words().t("decide-reject-title"))?;
    let page = RejectPage {
        frame,
        run,
        plan: plan.stored.id.to_string(),
        sent,
        form: Form { errors },
    };
    Ok(Answer::Page(status, page.render()))
}

/// The frame, and the address of the run.
fn frame(
    app: &App,
    here: &Here,
    plan: &Undecided,
    title: String,
) -> Result<(Frame, String), StoreError> {
    let (words, number) = (Frame::words(), plan.stored.id.run);
    let root = workspace_path(&here.workspace.name);
    let run = format!("{root}/runs/{number}");
    let crumbs = vec![
        Link::new(format!("{root}/runs"), words.t("nav-runs")),
        Link::new(run.clone(), words.v("run-title", &number.to_string())),
        Link::new("", title.clone()),
    ];
    Ok((Frame::inside(app, here, Area::Runs, title, crumbs)?, run))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_numbers_may_have_separators() {
        for text in ["2394", "2,394", "2.394", " 2 394 "] {
            assert_eq!(typed(text), Some(2_394), "{text}");
        }
        for text in ["", "2394x", "-2394", "two"] {
            assert_eq!(typed(text), None, "{text}");
        }
    }
}
