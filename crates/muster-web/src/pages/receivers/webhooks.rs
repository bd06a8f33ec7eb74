//! The receivers of events about employees: listed with what waits for them, and added.

use super::url_error;
use crate::{
    access::Here,
    api::webhooks::{MAX_WAIT, USUAL_WAIT},
    pages::{
        frame::{Area, Frame, workspace_path},
        parts::{BAD, FieldError, Form, GOOD, HELD, Link, Markup, badge},
    },
    respond::{self, Outcome},
    state::App,
    texts::Words,
    wording::{number, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, State},
    http::StatusCode,
    response::Response,
};
use muster_store::{NewWebhook, StoreError, Webhook};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/receivers/webhooks.html")]
struct WebhooksPage {
    frame: Frame,
    path: String,
    /// The signing secret of a new receiver, which is shown once.
    secret: Option<String>,
    rows: Vec<WebhookRow>,
    form: Form,
    sent: NewReceiver,
}

struct WebhookRow {
    href: String,
    url: String,
    state: Markup,
    waiting: String,
    dead: String,
    wait: String,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReceiver {
    url: String,
    /// How many seconds a departure waits.
    wait: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

impl Default for NewReceiver {
    fn default() -> Self {
        Self {
            url: String::new(),
            wait: USUAL_WAIT.to_string(),
            _form_token: String::new(),
        }
    }
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| {
        read(app, here, NewReceiver::default(), Vec::new(), None).map(Some)
    })
    .await
}

pub(crate) async fn add(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Body(sent): Body<NewReceiver>,
) -> Response {
    respond::act(app, here, |app, here| {
        let added = added(app, here, &sent)?;
        let page = app.snapshot(|app| match added {
            Ok(secret) => read(app, here, NewReceiver::default(), Vec::new(), Some(secret)),
            Err(error) => read(app, here, sent, vec![error], None),
        })?;
        let status = match page.form.errors.is_empty() {
            true => StatusCode::OK,
            false => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Ok(Outcome::Page(status, page.render()))
    })
    .await
}

/// Adds the receiver: its signing secret, or what is wrong with the form.
fn added(
    app: &App,
    here: &Here,
    sent: &NewReceiver,
) -> Result<Result<String, FieldError>, StoreError> {
    let url = sent.url.trim();
    if let Err(error) = url_error(app, "url", url) {
        return Ok(Err(error));
    }
    let wait = sent.wait.trim().parse::<u32>().ok();
    let Some(departure_wait) = wait.filter(|wait| *wait <= MAX_WAIT) else {
        return Ok(Err(FieldError::new("wait", "webhooks-wait-invalid")));
    };
    let webhooks = app.store.webhooks(here.workspace.id)?;
    if webhooks.iter().any(|webhook| webhook.url == url) {
        return Ok(Err(FieldError::new("url", "webhooks-url-used")));
    }
    let Some(secret) = (app.web.outgoing.new_secret)() else {
        return Ok(Err(FieldError::new("url", "error-unavailable-help")));
    };
    let new = NewWebhook {
        workspace: here.workspace.id,
        url,
        allows_internal: false,
        departure_wait,
        ca_certificate: None,
        secret: &secret.bytes,
    };
    let by = &here.session.user.email;
    app.store.add_webhook(&new, by, app.now())?;
    Ok(Ok(secret.text.to_string()))
}

/// The address of the list.
pub(super) fn path(here: &Here) -> String {
    workspace_path(&here.workspace.name) + "/webhooks"
}

fn read(
    app: &App,
    here: &Here,
    sent: NewReceiver,
    errors: Vec<FieldError>,
    secret: Option<String>,
) -> Result<WebhooksPage, StoreError> {
    let words = Frame::words();
    let title = words.t("nav-webhooks");
    let crumbs = vec![Link::new("", title.clone())];
    let path = path(here);
    let webhooks = app.store.webhooks(here.workspace.id)?;
    Ok(WebhooksPage {
        rows: webhooks
            .iter()
            .map(|webhook| WebhookRow {
                href: format!("{path}/{}", webhook.id),
                url: visible(&webhook.url),
                state: state(words, webhook),
                waiting: number(webhook.waiting),
                dead: number(webhook.dead),
                wait: words.n("webhooks-seconds", u64::from(webhook.departure_wait)),
            })
            .collect(),
        secret,
        form: Form { errors },
        sent,
        frame: Frame::inside(app, here, Area::Webhooks, title, crumbs)?,
        path,
    })
}

/// Whether events are sent to a receiver.
pub(super) fn state(words: &Words, webhook: &Webhook) -> Markup {
    match (webhook.disabled, webhook.is_paused) {
        (Some(_), _) => badge(BAD, &words.t("receivers-refuses")),
        (None, true) => badge(HELD, &words.t("webhooks-paused")),
        (None, false) => badge(GOOD, &words.t("user-active")),
    }
}
