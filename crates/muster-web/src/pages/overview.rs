//! A workspace at a glance: what needs a person first, then how its sources are and what ran last.

use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        head_count::{self, HeadCount},
        integrations::{self, IntegrationRow},
        needs::{self, Need},
        runs::list::{RunRow, plan_statuses, row as run_row},
    },
    respond,
    state::App,
    texts::Argument,
    wording::Times,
};
use askama::Template;
use axum::{Extension, extract::State, response::Response};
use jiff::tz::TimeZone;
use muster_store::{RunsQuery, StoreError};

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
    let needs = needs::read(app, here, &plans, &runs, &times)?;
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
