//! The runs of a workspace, newest first.

use super::{run_badge, subject};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{BAD, Chip, HELD, Link, Markup, look, minis, sign},
    },
    respond,
    state::App,
    wording::Times,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Query, State},
    response::Response,
};
use muster_core::model::{
    ids::{IntegrationId, RunId},
    run::{Run, RunStatus},
};
use muster_store::{PlanStatus, RunsQuery, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;

const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "pages/runs/list.html")]
pub(crate) struct RunsPage {
    pub(crate) frame: Frame,
    pub(crate) meta: String,
    pub(crate) chips: Vec<Chip>,
    pub(crate) rows: Vec<RunRow>,
    pub(crate) is_filtered: bool,
    /// The page with the runs before these.
    pub(crate) older: Option<String>,
}

pub(crate) struct RunRow {
    pub(crate) href: String,
    pub(crate) number: i64,
    pub(crate) status: Markup,
    pub(crate) subject: String,
    pub(crate) started: String,
    pub(crate) exact: String,
    pub(crate) changes: Markup,
    pub(crate) by: String,
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Filter {
    #[serde(default)]
    show: String,
    before: Option<i64>,
    integration: Option<i64>,
}

/// The filters: their name in the address, their text, and the statuses.
const SHOWN: [(&str, &str, &[RunStatus]); 4] = [
    ("", "runs-all", &[]),
    ("held", "runs-held", &[]),
    ("changed", "runs-changed", &[RunStatus::Applied]),
    (
        "failed",
        "runs-failed",
        &[
            RunStatus::Failed,
            RunStatus::Refused,
            RunStatus::Interrupted,
        ],
    ),
];

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Query(filter): Query<Filter>,
) -> Response {
    respond::page(app, here, move |app, here| {
        read(app, here, &filter).map(Some)
    })
    .await
}

fn read(app: &App, here: &Here, filter: &Filter) -> Result<RunsPage, StoreError> {
    let words = Frame::words();
    let statuses = SHOWN.iter().find(|(name, ..)| *name == filter.show);
    let query = RunsQuery {
        statuses: statuses.map_or(&[], |(_, _, statuses)| *statuses),
        is_waiting: filter.show == "held",
        integration: filter.integration.map(IntegrationId),
        before: filter.before.map(RunId),
        limit: PAGE,
    };
    let runs = app.store.runs_page(here.workspace.id, &query)?;
    let plans = plan_statuses(app, here, &runs)?;
    let title = words.t("nav-runs");
    let frame = Frame::inside(
        app,
        here,
        Area::Runs,
        title.clone(),
        vec![Link::new("", title)],
    )?;
    let times = Times::of(&here.workspace, app.now());
    Ok(RunsPage::of(frame, &runs, &plans, filter, &times))
}

/// What became of the plans of listed runs.
pub(crate) type Plans = BTreeMap<RunId, PlanStatus>;

/// The plans of runs that are listed newest first.
pub(crate) fn plan_statuses(app: &App, here: &Here, runs: &[Run]) -> Result<Plans, StoreError> {
    match (runs.last(), runs.first()) {
        (Some(oldest), Some(newest)) => {
            app.store
                .plan_statuses(&here.workspace, oldest.id, newest.id)
        }
        _ => Ok(Plans::new()),
    }
}

impl RunsPage {
    pub(crate) fn of(
        frame: Frame,
        runs: &[Run],
        plans: &Plans,
        filter: &Filter,
        times: &Times,
    ) -> Self {
        let words = Frame::words();
        let root = workspace_path(&frame.workspace) + "/runs";
        let kept = filter
            .integration
            .map(|id| format!("&integration={id}"))
            .unwrap_or_default();
        let is_full = runs.len() == PAGE as usize;
        let last = runs.last().map_or(0, |run| run.id.0);
        let signs = [
            Markup::default(),
            sign(HELD, ""),
            sign(look("is-update", "pencil"), ""),
            sign(BAD, ""),
        ];
        let chips = SHOWN.iter().zip(signs).map(|((name, text, _), sign)| Chip {
            href: format!("{root}?show={name}{kept}"),
            text: words.t(text),
            count: None,
            sign,
            is_on: *name == filter.show,
        });
        Self {
            meta: words.v("runs-meta", &times.zone()),
            chips: chips.collect(),
            rows: runs
                .iter()
                .map(|run| row(&root, run, plans, times))
                .collect(),
            is_filtered: !filter.show.is_empty()
                || filter.integration.is_some()
                || filter.before.is_some(),
            older: is_full.then(|| format!("{root}?show={}&before={last}{kept}", filter.show)),
            frame,
        }
    }
}

pub(crate) fn row(root: &str, run: &Run, plans: &Plans, times: &Times) -> RunRow {
    let words = Frame::words();
    RunRow {
        href: format!("{root}/{}", run.id),
        number: run.id.0,
        status: run_badge(words, run.status, plans.get(&run.id).copied()),
        subject: subject(words, run),
        started: times.moment(run.started),
        exact: times.exact(run.started),
        changes: minis(words, &run.counts),
        by: run.actor.clone().unwrap_or_else(|| "–".to_owned()),
    }
}
