//! A job that a page has written: the page waits until it has ended, then leads to what came of it.

use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{BAD, Link, Look, Markup, look, sentence_with_code},
        runs::{live::notify, verdict::sentence},
    },
    respond::{self, Outcome, own_path},
    state::App,
    wording::visible,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, Query, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::{
    ids::RunId,
    job::{JobEnd, JobKind},
    run::RunStatus,
};
use muster_store::{JobStatus, ListedJob, RunsQuery, StoreError};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/jobs/one.html")]
struct JobPage {
    frame: Frame,
    look: Look,
    title: String,
    lines: Vec<Markup>,
    /// None: the job has ended.
    live: Option<String>,
    back: Link,
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Shown {
    /// The page that shows what the job has done; empty: that of its run.
    #[serde(default)]
    to: String,
    /// The state that an open page shows.
    #[serde(default)]
    state: String,
}

/// The address on which a person waits for a job. `to` is the page that shows what it has done; empty: that of its run.
pub(crate) fn address(here: &Here, job: i64, to: &str) -> String {
    let root = workspace_path(&here.workspace.name);
    if to.is_empty() {
        return format!("{root}/jobs/{job}");
    }
    let to: String = url::form_urlencoded::byte_serialize(to.as_bytes()).collect();
    format!("{root}/jobs/{job}?to={to}")
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, job)): Path<(String, i64)>,
    Query(shown): Query<Shown>,
) -> Response {
    respond::act(app, here, move |app, here| {
        app.snapshot(|app| read(app, here, job, &shown))
    })
    .await
}

fn read(app: &App, here: &Here, job: i64, shown: &Shown) -> Result<Outcome, StoreError> {
    let Some(job) = app.store.job(here.workspace.id, job)? else {
        return Ok(Outcome::NotFound);
    };
    let root = workspace_path(&here.workspace.name);
    let to = own_path(&shown.to).filter(|to| to.starts_with(&format!("{root}/")));
    let run_page = |run: RunId| Outcome::To(format!("{root}/runs/{run}"));
    match &job.status {
        JobStatus::Waiting(_) | JobStatus::Running { .. } => match running(app, here, &job)? {
            Some(run) if to.is_none() => Ok(run_page(run)),
            _ => waiting(app, here, &job, shown, to),
        },
        JobStatus::Ended {
            end: JobEnd::Done,
            run,
            ..
        } => Ok(match (to, run) {
            (Some(to), _) => Outcome::To(to.to_owned()),
            (None, Some(run)) => run_page(*run),
            (None, None) => Outcome::To(root),
        }),
        JobStatus::Ended { run, .. } => {
            let problem = app.store.job_problem(here.workspace.id, job.id)?;
            match (problem, run) {
                // The page of the run says why it failed.
                (None, Some(run)) => Ok(run_page(*run)),
                (problem, _) => {
                    let said = problem.map(|problem| (app.web.sentences.problem)(&problem));
                    let lines = match said {
                        Some(said) => vec![said.message, said.help],
                        None => vec![Frame::words().t("job-failed-text")],
                    };
                    failed(app, here, lines, to)
                }
            }
        }
    }
}

/// The run of a job that reads a source, as soon as it has begun.
fn running(app: &App, here: &Here, job: &ListedJob) -> Result<Option<RunId>, StoreError> {
    let is_sync = job.kind == JobKind::Sync && matches!(job.status, JobStatus::Running { .. });
    let Some(name) = job.integration.as_ref().filter(|_| is_sync) else {
        return Ok(None);
    };
    let Some(integration) = app.store.integration(here.workspace.id, name)? else {
        return Ok(None);
    };
    let query = RunsQuery {
        statuses: &[RunStatus::Running],
        is_waiting: false,
        integration: Some(integration),
        before: None,
        limit: 1,
    };
    let runs = app.store.runs_page(here.workspace.id, &query)?;
    Ok(runs.first().map(|run| run.id))
}

/// Differs whenever the page would lead elsewhere or say something else.
fn state(app: &App, here: &Here, job: i64) -> Result<Option<String>, StoreError> {
    let Some(job) = app.store.job(here.workspace.id, job)? else {
        return Ok(None);
    };
    Ok(Some(match &job.status {
        JobStatus::Waiting(_) => "waiting".to_owned(),
        JobStatus::Running { .. } => match running(app, here, &job)? {
            Some(run) => format!("running.{run}"),
            None => "running".to_owned(),
        },
        JobStatus::Ended { .. } => "ended".to_owned(),
    }))
}

pub(crate) async fn events(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, job)): Path<(String, i64)>,
    Query(known): Query<Shown>,
) -> Response {
    notify(app, here, known.state, move |app, here| {
        state(app, here, job)
    })
}

fn waiting(
    app: &App,
    here: &Here,
    job: &ListedJob,
    shown: &Shown,
    to: Option<&str>,
) -> Result<Outcome, StoreError> {
    let words = Frame::words();
    let known = state(app, here, job.id)?.unwrap_or_default();
    let title = match &job.integration {
        Some(name) => words.v("job-syncing", &visible(name)),
        None => words.t("job-working"),
    };
    let text = match job.status {
        JobStatus::Running { .. } => "job-running-text",
        _ => "job-waiting-text",
    };
    let address = address(here, job.id, "");
    let page = JobPage {
        frame: frame(app, here, title.clone())?,
        look: look("is-update", "loader-circle"),
        title,
        lines: vec![sentence_with_code(&words.t(text))],
        live: Some(format!("{address}/live?state={known}")),
        back: back(here, to.or(Some(&shown.to)).filter(|to| !to.is_empty())),
    };
    Ok(Outcome::Page(StatusCode::OK, page.render()))
}

fn failed(
    app: &App,
    here: &Here,
    lines: Vec<String>,
    to: Option<&str>,
) -> Result<Outcome, StoreError> {
    let title = Frame::words().t("job-failed");
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    let page = JobPage {
        frame: frame(app, here, title.clone())?,
        look: BAD,
        title,
        lines: lines
            .map(|line| sentence_with_code(&visible(&sentence(line))))
            .collect(),
        live: None,
        back: back(here, to),
    };
    Ok(Outcome::Page(StatusCode::OK, page.render()))
}

fn back(here: &Here, to: Option<&str>) -> Link {
    let words = Frame::words();
    match to.and_then(own_path) {
        Some(to) => Link::new(to, words.t("job-back")),
        None => Link::new(
            workspace_path(&here.workspace.name),
            words.t("nav-overview"),
        ),
    }
}

fn frame(app: &App, here: &Here, title: String) -> Result<Frame, StoreError> {
    let crumbs = vec![Link::new("", title.clone())];
    Frame::inside(app, here, Area::Runs, title, crumbs)
}
