//! Notifies an open page of a run that is out of date: the run has ended, or its plan was decided on, replaced or has expired.
//! The page loads itself again while it waits for that; otherwise it says so and keeps what a person is reading.

use super::head::Recorded;
use crate::{access::Here, respond, state::App};
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::stream;
use muster_core::model::run::RunStatus;
use muster_store::{DecisionState, ListedDecision, StoreError};
use serde::Deserialize;
use std::{convert::Infallible, time::Duration};

/// How often the database is read for each open page.
const EVERY: Duration = Duration::from_secs(2);

/// What an open page needs to be notified.
pub(crate) struct Live {
    /// The address of its events.
    pub(crate) address: String,
    /// Whether the page only waits: then it loads itself again.
    pub(crate) is_waiting: bool,
}

#[derive(Deserialize)]
pub(crate) struct Known {
    /// The state that the page shows.
    #[serde(default)]
    state: String,
}

impl Live {
    pub(crate) fn of(
        address: &str,
        app: &App,
        recorded: &Recorded,
        latest: Option<&ListedDecision>,
    ) -> Self {
        let is_pending = latest.is_some_and(|latest| latest.state == DecisionState::Pending);
        let state = state(app, recorded, latest);
        Self {
            address: format!("{address}/live?state={state}"),
            is_waiting: is_pending || recorded.run.status == RunStatus::Running,
        }
    }
}

pub(crate) async fn events(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, run)): Path<(String, i64)>,
    Query(known): Query<Known>,
) -> Response {
    notify(app, here, known.state, move |app, here| {
        current(app, here, run)
    })
}

/// Sends one event as soon as the state of something differs from the one that a page shows.
pub(crate) fn notify(
    app: App,
    here: Here,
    known: String,
    current: impl Fn(&App, &Here) -> Result<Option<String>, StoreError> + Clone + Send + Sync + 'static,
) -> Response {
    let follow = (app, here, known, false);
    let events = stream::unfold(follow, move |(app, here, known, is_over)| {
        let current = current.clone();
        async move {
            if is_over {
                return None;
            }
            loop {
                let (reader, reading, current) = (app.clone(), here.clone(), current.clone());
                let read =
                    respond::blocking(move || reader.snapshot(|app| current(app, &reading))).await;
                // A database that does not answer changes nothing on the page; the next attempt may succeed.
                if read.is_ok_and(|current| current.as_ref() != Some(&known)) {
                    // Browsers drop an event without data.
                    let event = Event::default().event("changed").data("now");
                    return Some((Ok::<_, Infallible>(event), (app, here, known, true)));
                }
                tokio::time::sleep(EVERY).await;
            }
        }
    });
    Sse::new(events)
        .keep_alive(KeepAlive::new().interval(Duration::from_secs(5)))
        .into_response()
}

/// The state of a run now; none: it no longer exists.
fn current(app: &App, here: &Here, run: i64) -> Result<Option<String>, StoreError> {
    let Some(recorded) = Recorded::read(app, here, run)? else {
        return Ok(None);
    };
    let latest = app
        .store
        .plan_decision(here.workspace.id, recorded.run.id)?;
    Ok(Some(state(app, &recorded, latest.as_ref())))
}

/// Differs whenever the page would say something else about the run or its plan. It has only letters, digits and dots.
fn state(app: &App, recorded: &Recorded, latest: Option<&ListedDecision>) -> String {
    let plan = match &recorded.plan {
        Some(plan) => {
            let is_expired = plan.expires <= app.now();
            format!(
                "{}.{}.{}",
                plan.status.as_str(),
                plan.open,
                u8::from(is_expired)
            )
        }
        None => String::new(),
    };
    let decision = match latest {
        Some(latest) => {
            let is_pending = latest.state == DecisionState::Pending;
            format!("{}.{}", latest.job, u8::from(is_pending))
        }
        None => String::new(),
    };
    format!("{}.{plan}.{decision}", recorded.run.status.as_str())
}
