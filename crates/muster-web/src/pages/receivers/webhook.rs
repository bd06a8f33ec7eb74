//! One receiver of events: what became of each event, pausing it, sending events again, and removing it.

use super::{
    lines,
    webhooks::{path, state},
};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        integrations::sync::NoFields,
        parts::{BAD, Chip, FieldError, Form, GOOD, Link, Markup, badge, look},
    },
    respond::{self, Outcome},
    state::App,
    texts::Words,
    wording::{Times, number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, Query, State},
    http::StatusCode,
    response::Response,
};
use jiff::{Timestamp, civil::Date};
use muster_core::model::{calendar::end_of_day, event::DeliveryState, ids::EmployeeId};
use muster_store::{EventDelivery, Replay, StoreError, Webhook};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Events on one page.
const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "pages/receivers/webhook.html")]
struct WebhookPage {
    frame: Frame,
    path: String,
    url: String,
    state: Markup,
    facts: Vec<String>,
    is_paused: bool,
    /// Whether its receiver refused all further messages; nothing is sent to it any more.
    is_disabled: bool,
    /// How many events were given up; none: no one.
    dead: Option<String>,
    chips: Vec<Chip>,
    rows: Vec<DeliveryRow>,
    newest: Option<String>,
    older: Option<String>,
    form: Form,
    since: String,
}

struct DeliveryRow {
    event: String,
    kind: &'static str,
    name: String,
    href: String,
    state: Markup,
    attempts: String,
    at: String,
    failure: String,
}

#[derive(Clone, Default, Deserialize)]
pub(crate) struct Filter {
    state: Option<DeliveryState>,
    before: Option<i64>,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, webhook)): Path<(String, i64)>,
    Query(filter): Query<Filter>,
) -> Response {
    respond::page(app, here, move |app, here| {
        let Some(webhook) = found(app, here, webhook)? else {
            return Ok(None);
        };
        read(app, here, &webhook, &filter, Vec::new(), "").map(Some)
    })
    .await
}

fn found(app: &App, here: &Here, id: i64) -> Result<Option<Webhook>, StoreError> {
    let webhooks = app.store.webhooks(here.workspace.id)?;
    Ok(webhooks.into_iter().find(|webhook| webhook.id == id))
}

pub(crate) async fn pause(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, webhook)): Path<(String, i64)>,
    Body(_): Body<NoFields>,
) -> Response {
    respond::act(app, here, move |app, here| {
        set_paused(app, here, webhook, true)
    })
    .await
}

pub(crate) async fn resume(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, webhook)): Path<(String, i64)>,
    Body(_): Body<NoFields>,
) -> Response {
    respond::act(app, here, move |app, here| {
        set_paused(app, here, webhook, false)
    })
    .await
}

fn set_paused(app: &App, here: &Here, id: i64, is_paused: bool) -> Result<Outcome, StoreError> {
    let (workspace, by) = (here.workspace.id, &here.session.user.email);
    let store = &app.store;
    if !store.pause_webhook(workspace, id, is_paused, by, app.now())? {
        return Ok(Outcome::NotFound);
    }
    (app.web.wake)();
    Ok(Outcome::To(format!("{}/{id}", path(here))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Again {
    /// The first day whose events are sent again; absent: those that were given up.
    since: Option<String>,
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn replay(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, webhook)): Path<(String, i64)>,
    Body(sent): Body<Again>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(webhook) = found(app, here, webhook)? else {
            return Ok(Outcome::NotFound);
        };
        let replay = match sent.since.as_deref().map(|day| beginning(here, day)) {
            None => Replay::Dead,
            Some(Some(since)) => Replay::Since(since),
            Some(None) => {
                let error = FieldError::new("since", "webhooks-since-invalid");
                let since = sent.since.unwrap_or_default();
                let filter = Filter::default();
                let page =
                    app.snapshot(|app| read(app, here, &webhook, &filter, vec![error], &since))?;
                return Ok(Outcome::Page(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    page.render(),
                ));
            }
        };
        // A receiver that refused all further messages gets none, and its page offers this no longer.
        if webhook.disabled.is_none() {
            let (workspace, by) = (here.workspace.id, &here.session.user.email);
            let store = &app.store;
            store.replay_events(workspace, webhook.id, replay, by, app.now())?;
            (app.web.wake)();
        }
        Ok(Outcome::To(format!("{}/{}", path(here), webhook.id)))
    })
    .await
}

/// Where a day begins in the time zone of the workspace.
fn beginning(here: &Here, day: &str) -> Option<Timestamp> {
    let day: Date = day.trim().parse().ok()?;
    end_of_day(day.yesterday().ok()?, &here.workspace.settings)
}

pub(crate) async fn remove(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, webhook)): Path<(String, i64)>,
    Body(_): Body<NoFields>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let (workspace, by) = (here.workspace.id, &here.session.user.email);
        match app
            .store
            .remove_webhook(workspace, webhook, by, app.now())?
        {
            true => Ok(Outcome::To(path(here))),
            false => Ok(Outcome::NotFound),
        }
    })
    .await
}

fn read(
    app: &App,
    here: &Here,
    webhook: &Webhook,
    filter: &Filter,
    errors: Vec<FieldError>,
    since: &str,
) -> Result<WebhookPage, StoreError> {
    let (words, workspace) = (Frame::words(), &here.workspace);
    let own = format!("{}/{}", path(here), webhook.id);
    let mut deliveries = app.store.deliveries(
        workspace.id,
        webhook.id,
        filter.state,
        filter.before,
        PAGE + 1,
    )?;
    let has_more = deliveries.len() > PAGE as usize;
    deliveries.truncate(PAGE as usize);
    let names = names(app, here, &deliveries)?;
    let times = Times::of(workspace, app.now());
    let address = |state: Option<DeliveryState>, before: Option<i64>| {
        let mut query = Vec::new();
        query.extend(state.map(|state| format!("state={}", state.as_str())));
        query.extend(before.map(|before| format!("before={before}")));
        match query.is_empty() {
            true => own.clone(),
            false => format!("{own}?{}", query.join("&")),
        }
    };
    let last = deliveries.last().map(|one| one.event);
    let url = visible(&webhook.url);
    let crumbs = vec![
        Link::new(path(here), words.t("nav-webhooks")),
        Link::new("", url.clone()),
    ];
    Ok(WebhookPage {
        state: state(words, webhook),
        facts: vec![
            words.n("webhooks-waiting", webhook.waiting),
            words.n("webhooks-dead", webhook.dead),
            words.n("webhooks-wait", u64::from(webhook.departure_wait)),
        ],
        is_paused: webhook.is_paused,
        is_disabled: webhook.disabled.is_some(),
        dead: (webhook.dead > 0).then(|| words.n("webhooks-replay-dead", webhook.dead)),
        chips: chips(words, filter.state, |state| address(state, None)),
        newest: filter.before.map(|_| address(filter.state, None)),
        older: last
            .filter(|_| has_more)
            .map(|last| address(filter.state, Some(last))),
        rows: deliveries
            .into_iter()
            .map(|one| row(app, here, one, &names, &times))
            .collect(),
        form: Form { errors },
        since: since.to_owned(),
        frame: Frame::inside(app, here, Area::Webhooks, url.clone(), crumbs)?,
        path: own.clone(),
        url,
    })
}

/// The names of the employees that events are about.
fn names(
    app: &App,
    here: &Here,
    deliveries: &[EventDelivery],
) -> Result<BTreeMap<EmployeeId, String>, StoreError> {
    let mut ids: Vec<_> = deliveries.iter().map(|one| one.employee).collect();
    ids.sort_unstable();
    ids.dedup();
    let employees = app.store.employees_by_ids(&here.workspace, &ids)?;
    let names = employees.into_iter();
    Ok(names
        .map(|one| (one.id, visible(one.name().trim())))
        .collect())
}

fn chips(
    words: &Words,
    shown: Option<DeliveryState>,
    href: impl Fn(Option<DeliveryState>) -> String,
) -> Vec<Chip> {
    let all = [None].into_iter().chain(DeliveryState::ALL.map(Some));
    all.map(|state| Chip {
        href: href(state),
        text: words.t(state.map_or("webhooks-all", state_key)),
        count: None,
        sign: Markup::default(),
        is_on: state == shown,
    })
    .collect()
}

fn state_key(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Waiting => "delivery-waiting",
        DeliveryState::Delivered => "delivery-delivered",
        DeliveryState::Dead => "delivery-dead",
        DeliveryState::Recalled => "delivery-recalled",
    }
}

fn row(
    app: &App,
    here: &Here,
    one: EventDelivery,
    names: &BTreeMap<EmployeeId, String>,
    times: &Times,
) -> DeliveryRow {
    let words = Frame::words();
    let look = match one.state {
        DeliveryState::Waiting => look("is-update", "clock"),
        DeliveryState::Delivered => GOOD,
        DeliveryState::Dead => BAD,
        DeliveryState::Recalled => look("is-plain", "undo-2"),
    };
    let at = match (one.next_attempt, one.ended) {
        (Some(next), _) => words.v("webhooks-next", &times.moment(next)),
        (None, Some(ended)) => times.moment(ended),
        (None, None) => String::new(),
    };
    let name = names.get(&one.employee).filter(|name| !name.is_empty());
    let id = number(one.employee.0.unsigned_abs());
    let why = app.web.sentences.send_failure;
    DeliveryRow {
        event: one.event.to_string(),
        kind: one.kind.as_str(),
        name: name
            .cloned()
            .unwrap_or_else(|| words.v("employee-without-name", &id)),
        href: format!(
            "{}/people/{}",
            workspace_path(&here.workspace.name),
            one.employee
        ),
        state: badge(look, &words.t(state_key(one.state))),
        attempts: number(u64::from(one.attempts)),
        at,
        failure: one
            .failure
            .as_ref()
            .filter(|_| one.state != DeliveryState::Delivered)
            .map(|failed| lines(why(failed)).join(" "))
            .unwrap_or_default(),
    }
}
