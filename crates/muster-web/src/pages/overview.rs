//! A workspace at a glance: what needs a person first, then how its sources are and what ran last.

use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, holds_up, workspace_path},
        head_count::{self, HeadCount},
        integrations::{self, IntegrationRow},
        parts::{BAD, HELD, Markup, look, sign},
        runs::{
            list::{RunRow, plan_statuses, row as run_row},
            verdict::sentence,
        },
    },
    respond,
    state::App,
    texts::Argument,
    wording::Times,
};
use askama::Template;
use axum::{Extension, extract::State, response::Response};
use jiff::tz::TimeZone;
use muster_core::model::run::{Run, RunStatus};
use muster_store::{RunsQuery, StoreError, StoredPlan};

#[derive(Template)]
#[template(path = "pages/overview.html")]
pub(crate) struct OverviewPage {
    pub(crate) frame: Frame,
    pub(crate) facts: Vec<String>,
    pub(crate) needs: Vec<Need>,
    pub(crate) needs_text: String,
    pub(crate) head_count: Option<HeadCount>,
    pub(crate) sources: Vec<IntegrationRow>,
    /// When sources are read next.
    pub(crate) next: Vec<NextSlot>,
    pub(crate) runs: Vec<RunRow>,
    pub(crate) runs_href: String,
}

/// Something that waits for a person.
pub(crate) struct Need {
    pub(crate) sign: Markup,
    pub(crate) href: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) action: String,
}

/// When a source is read next.
pub(crate) struct NextSlot {
    pub(crate) name: String,
    pub(crate) at: String,
    pub(crate) exact: String,
}

const RUNS: u32 = 8;
const SLOTS: usize = 6;

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| read(app, here).map(Some)).await
}

fn read(app: &App, here: &Here) -> Result<OverviewPage, StoreError> {
    let (words, store) = (Frame::words(), &app.store);
    let times = Times::of(&here.workspace, app.now());
    let root = workspace_path(&here.workspace.name);
    let counts = store.people_counts(&here.workspace)?;
    let plans = store.open_plans(here.workspace.id)?;
    let decisions = store.held_operation_count(&here.workspace)?;
    let query = RunsQuery {
        statuses: &[],
        is_waiting: false,
        integration: None,
        before: None,
        limit: RUNS,
    };
    let runs = store.runs_page(here.workspace.id, &query)?;
    let listed = plan_statuses(app, here, &runs)?;
    let sources = integrations::rows(app, here)?;
    let mut needs: Vec<Need> = plans
        .iter()
        .filter(|plan| holds_up(plan.status))
        .map(|plan| held(app, &root, plan, &times))
        .collect();
    if decisions > 0 {
        needs.push(Need {
            sign: sign(look("is-held", "inbox"), ""),
            href: format!("{root}/decisions"),
            title: words.n("need-decisions", decisions),
            text: words.t("need-decisions-text"),
            action: words.t("action-decide"),
        });
    }
    needs.extend(failed(&root, &runs, &times));
    let title = here.workspace.name.clone();
    Ok(OverviewPage {
        frame: Frame::inside(app, here, Area::Overview, title, Vec::new())?,
        facts: vec![
            words.with(
                "overview-today",
                &[
                    ("day", Argument::Text(&times.today())),
                    ("zone", Argument::Text(&times.zone())),
                ],
            ),
            words.n("overview-people", counts.employed),
            words.n("installation-integrations", sources.len() as u64),
        ],
        head_count: head_count(app, here, counts.employed)?,
        next: next_slots(app, here, &times)?,
        needs_text: words.n("need-count", needs.len() as u64),
        needs,
        sources,
        runs: runs
            .iter()
            .map(|run| run_row(&format!("{root}/runs"), run, &listed, &times))
            .collect(),
        runs_href: format!("{root}/runs"),
    })
}

fn head_count(app: &App, here: &Here, employed: u64) -> Result<Option<HeadCount>, StoreError> {
    let zone = TimeZone::get(&here.workspace.settings.time_zone).unwrap_or(TimeZone::UTC);
    let today = app.now().to_zoned(zone.clone()).date();
    let since = head_count::since(today, &zone);
    let changes = app.store.head_count_changes(here.workspace.id, since)?;
    let weeks = head_count::weeks(&changes, employed, today, &zone);
    Ok(HeadCount::of(&weeks))
}

/// The next slots of the sources of a workspace, the earliest first.
fn next_slots(app: &App, here: &Here, times: &Times) -> Result<Vec<NextSlot>, StoreError> {
    let names = app.store.integration_names(&here.workspace)?;
    let schedules = app.store.schedules()?;
    let mut slots: Vec<_> = schedules
        .iter()
        .filter(|state| state.workspace == here.workspace.id && !state.is_paused)
        .filter_map(|state| Some((state.next_slot?, names.get(&state.integration?)?)))
        .collect();
    slots.sort();
    let slots = slots.into_iter().take(SLOTS).map(|(at, name)| NextSlot {
        name: name.clone(),
        at: times.moment(at),
        exact: times.exact(at),
    });
    Ok(slots.collect())
}

fn held(app: &App, root: &str, plan: &StoredPlan, times: &Times) -> Need {
    let words = Frame::words();
    let subject = plan
        .integration_name
        .clone()
        .unwrap_or_else(|| words.t("run-kind-sweep"));
    let first = plan
        .findings
        .first()
        .map(|found| (app.web.sentences.finding)(found).message);
    let waits = words.v("run-waits-until", &times.moment(plan.expires));
    Need {
        sign: sign(HELD, ""),
        href: format!("{root}/runs/{}", plan.id.run),
        title: words.with(
            "need-plan",
            &[
                ("name", Argument::Text(&subject)),
                ("run", Argument::Text(&plan.id.run.to_string())),
            ],
        ),
        text: match first {
            Some(found) => format!("{}. {waits}", sentence(found)),
            None => waits,
        },
        action: words.t("action-review"),
    }
}

/// Integrations whose latest run failed; the runs are newest first.
fn failed(root: &str, runs: &[Run], times: &Times) -> Vec<Need> {
    let words = Frame::words();
    let mut seen = Vec::new();
    let mut needs = Vec::new();
    for run in runs {
        let Some(name) = &run.integration else {
            continue;
        };
        if seen.contains(&name) {
            continue;
        }
        seen.push(name);
        if matches!(
            run.status,
            RunStatus::Failed | RunStatus::Refused | RunStatus::Interrupted
        ) {
            needs.push(Need {
                sign: sign(BAD, ""),
                href: format!("{root}/runs/{}", run.id),
                title: words.with(
                    "need-failed",
                    &[
                        ("name", Argument::Text(name)),
                        ("run", Argument::Text(&run.id.to_string())),
                    ],
                ),
                text: words.v("need-failed-text", &times.moment(run.started)),
                action: words.t("action-open"),
            });
        }
    }
    needs
}
