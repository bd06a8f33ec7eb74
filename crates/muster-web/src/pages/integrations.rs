//! Where employees come from: the integrations, and one of them with its last runs.

pub(crate) mod drill;
pub(crate) mod pause;
pub(crate) mod settings;
pub(crate) mod sync;

use self::settings::SettingsView;
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, holds_up, workspace_path},
        parts::{BAD, GOOD, HELD, Link, Markup, badge, look},
        runs::list::{RunRow, plan_statuses, row as run_row},
        setup,
    },
    respond,
    state::App,
    texts::{Argument, Words},
    wording::{Times, number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use muster_core::model::{
    ids::{IntegrationId, RunId},
    job::JobKind,
    role::Role,
    run::RunStatus,
};
use muster_store::{IntegrationState, RecentRun, RunsQuery, SchedulePause, StoreError, StoredPlan};

#[derive(Template)]
#[template(path = "pages/integrations/list.html")]
pub(crate) struct IntegrationsPage {
    pub(crate) frame: Frame,
    pub(crate) rows: Vec<IntegrationRow>,
    pub(crate) drafts: Vec<DraftRow>,
    /// Where an integration is set up; none: not by this user.
    pub(crate) add: Option<String>,
}

/// An integration that is being set up.
pub(crate) struct DraftRow {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) changed: String,
}

pub(crate) struct IntegrationRow {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) status: Markup,
    pub(crate) needs: String,
    pub(crate) people: String,
    pub(crate) ticks: Vec<Tick>,
    pub(crate) ticks_text: String,
    pub(crate) last_good: String,
}

/// One of the last runs, drawn as a bar.
pub(crate) struct Tick {
    pub(crate) class: &'static str,
    pub(crate) x: usize,
    pub(crate) y: usize,
    pub(crate) height: usize,
}

#[derive(Template)]
#[template(path = "pages/integrations/one.html")]
pub(crate) struct IntegrationPage {
    pub(crate) frame: Frame,
    pub(crate) row: IntegrationRow,
    pub(crate) facts: Vec<String>,
    pub(crate) held: Option<HeldPlan>,
    pub(crate) runs: Vec<RunRow>,
    pub(crate) all_runs: String,
    pub(crate) people_href: String,
    /// Where its source is read now; none: not by this user.
    pub(crate) sync: Option<String>,
    /// Where its guards are drilled; none: not by this user.
    pub(crate) drill: Option<String>,
    /// Where it is paused, or where it is resumed; none: not by this user.
    pub(crate) pause: Option<String>,
    pub(crate) resume: Option<String>,
    pub(crate) settings: Option<SettingsView>,
}

pub(crate) struct HeldPlan {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) href: String,
}

pub(crate) async fn list(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| {
        let words = Frame::words();
        let title = words.t("nav-integrations");
        let frame = Frame::inside(
            app,
            here,
            Area::Integrations,
            title.clone(),
            vec![Link::new("", title)],
        )?;
        let is_admin = here.role >= Role::Admin;
        let add = format!("{}/integrations/new", workspace_path(&here.workspace.name));
        Ok(Some(IntegrationsPage {
            rows: rows(app, here)?,
            drafts: if is_admin {
                drafts(app, here)?
            } else {
                Vec::new()
            },
            add: is_admin.then_some(add),
            frame,
        }))
    })
    .await
}

fn drafts(app: &App, here: &Here) -> Result<Vec<DraftRow>, StoreError> {
    let times = Times::of(&here.workspace, app.now());
    let drafts = app.store.drafts(here.workspace.id)?;
    let row = |draft: muster_store::IntegrationDraft| DraftRow {
        href: setup::address(here, draft.integration, setup::Step::Connect),
        changed: times.moment(draft.changed_at),
        name: draft.name,
    };
    Ok(drafts.into_iter().map(row).collect())
}

/// All integrations of a workspace, as lists show them. One that is being set up and has not run is none yet.
pub(crate) fn rows(app: &App, here: &Here) -> Result<Vec<IntegrationRow>, StoreError> {
    let mut states = app.store.integration_states(&here.workspace)?;
    let drafts = app.store.drafts(here.workspace.id)?;
    let is_draft = |id: IntegrationId| drafts.iter().any(|draft| draft.integration == id);
    states.retain(|state| !state.recent.is_empty() || !is_draft(state.id));
    let plans = app.store.open_plans(here.workspace.id)?;
    let times = Times::of(&here.workspace, app.now());
    let root = workspace_path(&here.workspace.name);
    Ok(states
        .iter()
        .map(|state| row(&root, state, held_plan(&plans, state.id), &times))
        .collect())
}

pub(crate) async fn one(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, integration)): Path<(String, i64)>,
) -> Response {
    respond::page(app, here, move |app, here| read_one(app, here, integration)).await
}

fn read_one(
    app: &App,
    here: &Here,
    integration: i64,
) -> Result<Option<IntegrationPage>, StoreError> {
    let (words, store) = (Frame::words(), &app.store);
    let states = store.integration_states(&here.workspace)?;
    let Some(state) = states
        .iter()
        .find(|state| state.id == IntegrationId(integration))
    else {
        return Ok(None);
    };
    let plans = store.open_plans(here.workspace.id)?;
    let held = held_plan(&plans, state.id);
    let query = RunsQuery {
        statuses: &[],
        is_waiting: false,
        integration: Some(state.id),
        before: None::<RunId>,
        limit: 10,
    };
    let runs = store.runs_page(here.workspace.id, &query)?;
    let listed = plan_statuses(app, here, &runs)?;
    let times = Times::of(&here.workspace, app.now());
    let root = workspace_path(&here.workspace.name);
    let crumbs = vec![
        Link::new(format!("{root}/integrations"), words.t("nav-integrations")),
        Link::new("", state.name.clone()),
    ];
    let frame = Frame::inside(app, here, Area::Integrations, state.name.clone(), crumbs)?;
    let may_sync = here.role >= Role::Operator && sync::runnable(app, here, state.id)?.is_some();
    let paused = store.schedule_pause(here.workspace.id, state.id)?;
    let root_of_it = format!("{root}/integrations/{}", state.id);
    Ok(Some(IntegrationPage {
        drill: may_sync.then(|| format!("{root_of_it}/drill")),
        pause: (may_sync && paused.is_none()).then(|| format!("{root_of_it}/pause")),
        resume: (may_sync && paused.is_some()).then(|| format!("{root_of_it}/resume")),
        facts: facts(app, here, state, paused, &times)?,
        held: held.map(|plan| HeldPlan {
            title: words.v("integration-held", &plan.id.run.to_string()),
            text: words.v("integration-held-text", &times.moment(plan.expires)),
            href: format!("{root}/runs/{}", plan.id.run),
        }),
        runs: runs
            .iter()
            .map(|run| run_row(&format!("{root}/runs"), run, &listed, &times))
            .collect(),
        all_runs: format!("{root}/runs?integration={}", state.id),
        settings: settings::read(app, here, &state.name, &times)?,
        sync: may_sync.then(|| format!("{root}/integrations/{}/sync", state.id)),
        people_href: format!("{root}/people?integration={}", state.id),
        row: row(&root, state, held, &times),
        frame,
    }))
}

fn facts(
    app: &App,
    here: &Here,
    state: &IntegrationState,
    paused: Option<SchedulePause>,
    times: &Times,
) -> Result<Vec<String>, StoreError> {
    let words = Frame::words();
    let schedules = app.store.schedules()?;
    let schedule = schedules.iter().find(|schedule| {
        schedule.workspace == here.workspace.id
            && schedule.kind == JobKind::Sync
            && schedule.integration == Some(state.id)
    });
    let mut facts = vec![
        words.n("integration-people", state.employed),
        match state.last_good {
            Some((_, at)) => words.v("integration-last-good", &times.moment(at)),
            None => words.t("integration-never-good"),
        },
    ];
    if let Some(SchedulePause {
        since,
        by: Some(by),
        note,
        ..
    }) = paused
    {
        let (at, note) = (times.moment(since), visible(&note.unwrap_or_default()));
        let arguments = [("by", &by), ("at", &at), ("note", &note)];
        let arguments = arguments.map(|(name, value)| (name, Argument::Text(value)));
        facts.push(words.with("integration-paused-by", &arguments));
        return Ok(facts);
    }
    facts.push(match schedule {
        Some(schedule) if schedule.is_paused => words.t("integration-schedule-paused"),
        Some(schedule) => match schedule.next_slot {
            Some(at) => words.v("integration-next", &times.moment(at)),
            None => words.t("integration-no-schedule"),
        },
        None => words.t("integration-no-schedule"),
    });
    Ok(facts)
}

fn held_plan(plans: &[StoredPlan], integration: IntegrationId) -> Option<&StoredPlan> {
    plans
        .iter()
        .find(|plan| plan.integration == Some(integration) && holds_up(plan.status))
}

pub(crate) fn row(
    root: &str,
    state: &IntegrationState,
    held: Option<&StoredPlan>,
    times: &Times,
) -> IntegrationRow {
    let words = Frame::words();
    let last = state.recent.last();
    let (status, needs) = health(words, state, held, last);
    IntegrationRow {
        href: format!("{root}/integrations/{}", state.id),
        name: state.name.clone(),
        status,
        needs,
        people: number(state.employed),
        ticks: state
            .recent
            .iter()
            .enumerate()
            .map(|(at, run)| tick(at, run))
            .collect(),
        ticks_text: ticks_text(words, &state.recent),
        last_good: state
            .last_good
            .map_or_else(|| "–".to_owned(), |(_, at)| times.moment(at)),
    }
}

fn health(
    words: &Words,
    state: &IntegrationState,
    held: Option<&StoredPlan>,
    last: Option<&RecentRun>,
) -> (Markup, String) {
    if state.is_paused {
        let paused = look("is-held", "circle-pause");
        return (
            badge(paused, &words.t("health-paused")),
            words.t("needs-host-key"),
        );
    }
    if let Some(plan) = held {
        return (
            badge(HELD, &words.t("run-held")),
            words.v("needs-plan", &plan.id.run.to_string()),
        );
    }
    match last.map(|run| run.status) {
        None => (
            badge(look("is-plain", "circle-dashed"), &words.t("health-no-run")),
            "–".to_owned(),
        ),
        Some(RunStatus::Failed | RunStatus::Refused | RunStatus::Interrupted) => {
            let run = last.map_or(0, |run| run.run.0);
            (
                badge(BAD, &words.t("health-failing")),
                words.v("needs-look", &run.to_string()),
            )
        }
        Some(RunStatus::Running) => (
            badge(look("is-update", "loader-circle"), &words.t("run-running")),
            "–".to_owned(),
        ),
        Some(_) => (badge(GOOD, &words.t("health-good")), "–".to_owned()),
    }
}

fn changed(run: &RecentRun) -> bool {
    let counts = &run.counts;
    counts.created + counts.updated + counts.reactivated + counts.deactivated + counts.missing > 0
}

fn tick(at: usize, run: &RecentRun) -> Tick {
    let (class, height) = match run.status {
        RunStatus::Held | RunStatus::Planned => ("held", 18),
        RunStatus::Failed | RunStatus::Refused | RunStatus::Interrupted => ("bad", 18),
        _ if changed(run) => ("changed", 12),
        _ => ("ok", 6),
    };
    Tick {
        class,
        x: at * 9,
        y: 18 - height,
        height,
    }
}

fn ticks_text(words: &Words, recent: &[RecentRun]) -> String {
    let count =
        |wanted: fn(&RecentRun) -> bool| recent.iter().filter(|run| wanted(run)).count() as u64;
    let is_held = |run: &RecentRun| matches!(run.status, RunStatus::Held | RunStatus::Planned);
    let is_bad = |run: &RecentRun| {
        matches!(
            run.status,
            RunStatus::Failed | RunStatus::Refused | RunStatus::Interrupted
        )
    };
    let applied = |run: &RecentRun| run.status == RunStatus::Applied;
    let parts = [
        ("ticks-applied", count(applied)),
        ("ticks-held", count(is_held)),
        ("ticks-failed", count(is_bad)),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| words.n(key, *count))
        .collect();
    if parts.is_empty() {
        words.t("ticks-none")
    } else {
        parts.join(", ")
    }
}
