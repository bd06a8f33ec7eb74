//! Notifies an open page of a run that is out of date: the run has ended, or its plan was decided on, replaced or has expired.
//! The page loads itself again while it waits for that; otherwise it says so and keeps what a person is reading. While a run
//! is running, its page also gets how far it is.

use super::{head::Recorded, progress::Followed};
use crate::{access::Here, respond, state::App};
use askama::Template;
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
use std::{convert::Infallible, sync::Arc, time::Duration};

/// How often the progress is looked at for each open page, and how often the database is read.
const TICK: Duration = Duration::from_millis(500);
const TICKS_PER_READ: u32 = 4;

/// After five minutes, a page connects again, and its rights are looked at again.
const MAX_TICKS: u32 = 600;

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
    let (reader, reading) = (app.clone(), here.clone());
    let followed = respond::blocking(move || {
        reader.snapshot(|app| match Recorded::read(app, &reading, run)? {
            Some(recorded) => Followed::of(app, &reading, &recorded),
            None => Ok(None),
        })
    });
    // Without an answer of the database, the page only gets to know when it is out of date.
    let followed = followed.await.unwrap_or_default();
    let progress = move |app: &App, here: &Here| followed?.stages(app, here)?.render().ok();
    let current = move |app: &App, here: &Here| current(app, here, run);
    Follower::new(app, here, known.state, progress, current).events()
}

/// Sends one event as soon as the state of something differs from the one that a page shows.
pub(crate) fn notify(
    app: App,
    here: Here,
    known: String,
    current: impl Fn(&App, &Here) -> Result<Option<String>, StoreError> + Send + Sync + 'static,
) -> Response {
    Follower::new(app, here, known, |_, _| None, current).events()
}

/// The state that a page would show now; none: what it is about no longer exists.
type Current = dyn Fn(&App, &Here) -> Result<Option<String>, StoreError> + Send + Sync;

/// How far something is, as markup.
type Progress = dyn Fn(&App, &Here) -> Option<String> + Send + Sync;

/// An open page that is notified.
struct Follower {
    app: App,
    here: Here,
    /// The state that the page shows.
    known: String,
    progress: Box<Progress>,
    current: Arc<Current>,
    /// The progress that was sent last.
    sent: Option<String>,
    ticks: u32,
    is_over: bool,
}

impl Follower {
    fn new(
        app: App,
        here: Here,
        known: String,
        progress: impl Fn(&App, &Here) -> Option<String> + Send + Sync + 'static,
        current: impl Fn(&App, &Here) -> Result<Option<String>, StoreError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            app,
            here,
            known,
            progress: Box::new(progress),
            current: Arc::new(current),
            sent: None,
            ticks: 0,
            is_over: false,
        }
    }

    fn events(self) -> Response {
        let events = stream::unfold(self, |page| async move { page.next().await });
        Sse::new(events)
            .keep_alive(KeepAlive::new().interval(Duration::from_secs(5)))
            .into_response()
    }

    /// The next event, once there is one; none: the page was notified, or connects again.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        if self.is_over {
            return None;
        }
        while self.ticks < MAX_TICKS {
            if self.ticks > 0 {
                tokio::time::sleep(TICK).await;
            }
            let reads = self.ticks.is_multiple_of(TICKS_PER_READ);
            self.ticks += 1;
            if reads && self.is_outdated().await {
                self.is_over = true;
                // Browsers drop an event without data.
                let event = Event::default().event("changed").data("now");
                return Some((Ok(event), self));
            }
            let progress = (self.progress)(&self.app, &self.here);
            if let Some(markup) = progress.filter(|markup| self.sent.as_ref() != Some(markup)) {
                let event = Event::default().event("progress").data(markup.trim_end());
                self.sent = Some(markup);
                return Some((Ok(event), self));
            }
        }
        None
    }

    async fn is_outdated(&self) -> bool {
        let (reader, reading) = (self.app.clone(), self.here.clone());
        let current = Arc::clone(&self.current);
        let read = respond::blocking(move || reader.snapshot(|app| current(app, &reading))).await;
        // A database that does not answer changes nothing on the page; the next attempt may succeed.
        read.is_ok_and(|current| current.as_ref() != Some(&self.known))
    }
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
