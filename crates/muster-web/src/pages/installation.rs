//! All workspaces that a user may see, those that wait for a person first.

use crate::{
    access::Visit,
    pages::{
        frame::{Frame, workspace_path},
        parts::{BAD, GOOD, HELD, Markup, badge, look},
    },
    respond,
    state::App,
    texts::Words,
    wording::{Times, number},
};
use askama::Template;
use axum::{Extension, extract::State, http::StatusCode, response::Response};
use muster_store::{StoreError, WorkspaceState};

#[derive(Template)]
#[template(path = "pages/installation.html")]
pub(crate) struct InstallationPage {
    pub(crate) frame: Frame,
    pub(crate) facts: Vec<String>,
    pub(crate) rows: Vec<WorkspaceRow>,
}

pub(crate) struct WorkspaceRow {
    pub(crate) href: String,
    pub(crate) name: String,
    pub(crate) health: Markup,
    pub(crate) needs: String,
    pub(crate) people: String,
    pub(crate) integrations: String,
    pub(crate) last_good: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(visit): Extension<Visit>) -> Response {
    let (inside, asking) = (app.clone(), visit.clone());
    match respond::blocking(move || read(&inside, &asking)).await {
        Ok(page) => respond::rendered(StatusCode::OK, &page),
        Err(_) => respond::refuse(&app, &visit, respond::Refusal::Unavailable),
    }
}

fn read(app: &App, visit: &Visit) -> Result<InstallationPage, StoreError> {
    let mut states = app.store.workspace_states()?;
    let may_see = |name: &str| {
        let session = visit.session.as_ref();
        session.is_some_and(|session| session.role(name).is_some())
    };
    states.retain(|state| may_see(&state.name));
    states.sort_by_key(|state| std::cmp::Reverse(waits(state)));
    let frame = Frame::outside(app, visit, "installation-title");
    Ok(InstallationPage::of(frame, &states, &Times::utc(app.now())))
}

fn waits(state: &WorkspaceState) -> u64 {
    state.held_plans * 1_000 + state.failing * 100 + state.decisions.min(99)
}

impl InstallationPage {
    pub(crate) fn of(frame: Frame, states: &[WorkspaceState], times: &Times) -> Self {
        let words = Frame::words();
        let people = states.iter().map(|state| state.employed).sum();
        let integrations = states.iter().map(|state| state.integrations).sum();
        Self {
            facts: vec![
                words.n("installation-workspaces", states.len() as u64),
                words.n("installation-people", people),
                words.n("installation-integrations", integrations),
            ],
            rows: states
                .iter()
                .map(|state| row(words, state, times))
                .collect(),
            frame,
        }
    }
}

fn row(words: &Words, state: &WorkspaceState, times: &Times) -> WorkspaceRow {
    let health = match state {
        state if state.held_plans > 0 => badge(HELD, &words.t("run-held")),
        state if state.failing > 0 => badge(BAD, &words.t("health-failing")),
        state if state.decisions > 0 => {
            badge(look("is-held", "inbox"), &words.t("health-decisions"))
        }
        state if state.last_good.is_none() => {
            badge(look("is-plain", "circle-dashed"), &words.t("health-no-run"))
        }
        _ => badge(GOOD, &words.t("health-good")),
    };
    let needs = [
        ("needs-plans", state.held_plans),
        ("needs-failing", state.failing),
        ("needs-decisions", state.decisions),
    ];
    let needs: Vec<String> = needs
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| words.n(key, *count))
        .collect();
    WorkspaceRow {
        href: workspace_path(&state.name),
        name: state.name.clone(),
        health,
        needs: if needs.is_empty() {
            "–".to_owned()
        } else {
            needs.join(", ")
        },
        people: number(state.employed),
        integrations: number(state.integrations),
        last_good: state
            .last_good
            .map_or_else(|| "–".to_owned(), |at| times.moment(at) + " UTC"),
    }
}
