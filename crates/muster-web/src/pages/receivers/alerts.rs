//! The channels that alerts about the workspace are sent to, a test message, and the last alerts. Channels of the installation
//! hear of every workspace and are not part of it.

use super::{Said, lines, refusal, url_error};
use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, workspace_path},
        integrations::sync::NoFields,
        parts::{BAD, FieldError, Form, GOOD, Link, Markup, badge, look},
    },
    respond::{self, Outcome},
    state::App,
    texts::Words,
    wording::{Times, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::response::AlertLine;
use muster_store::{AlertChannel, ChannelKind, NewChannel, StoreError};
use serde::Deserialize;
use std::collections::BTreeMap;

/// How many alerts are listed.
const MAX_ALERTS: u32 = 20;
/// The longest address.
const MAX_TARGET: u16 = 2_000;

#[derive(Template)]
#[template(path = "pages/receivers/alerts.html")]
struct AlertsPage {
    frame: Frame,
    path: String,
    said: Option<Said>,
    /// The signing secret of a new channel, which is shown once.
    secret: Option<String>,
    has_mail_server: bool,
    channels: Vec<ChannelRow>,
    alerts: Vec<AlertRow>,
    form: Form,
    sent: NewTarget,
    longest: u16,
}

struct ChannelRow {
    target: String,
    kind: String,
    reports: String,
    state: Markup,
    added: String,
    path: String,
}

struct AlertRow {
    subject: String,
    channel: String,
    state: Markup,
    at: String,
    exact: String,
    failure: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTarget {
    target: String,
    /// Whether runs that changed something are reported; absent: they are not.
    digest: Option<String>,
    #[serde(rename = "form_token")]
    _form_token: String,
}

/// What the page says beside its lists.
#[derive(Default)]
struct Shown {
    said: Option<Said>,
    secret: Option<String>,
    errors: Vec<FieldError>,
    sent: NewTarget,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| {
        read(app, here, Shown::default()).map(Some)
    })
    .await
}

pub(crate) async fn add(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Body(sent): Body<NewTarget>,
) -> Response {
    respond::act(app, here, |app, here| {
        let shown = match added(app, here, &sent)? {
            Ok(secret) => Shown {
                said: secret.is_none().then(|| Said::done("alerts-added")),
                secret,
                ..Shown::default()
            },
            Err(error) => Shown {
                errors: vec![error],
                sent,
                ..Shown::default()
            },
        };
        answer(app, here, shown)
    })
    .await
}

/// Adds the channel: its signing secret if it is a URL, or what is wrong with the form.
fn added(
    app: &App,
    here: &Here,
    sent: &NewTarget,
) -> Result<Result<Option<String>, FieldError>, StoreError> {
    let (target, outgoing) = (sent.target.trim(), &app.web.outgoing);
    let is_url = target.contains("://");
    let checked = match is_url {
        true => url_error(app, "target", target),
        false if target.is_empty() => Err(FieldError::new("target", "alerts-target-missing")),
        false => (outgoing.check_mail_address)(target).map_err(|why| refusal("target", why)),
    };
    if let Err(error) = checked {
        return Ok(Err(error));
    }
    if of(app, here)?
        .iter()
        .any(|channel| channel.target == target)
    {
        return Ok(Err(FieldError::new("target", "alerts-target-used")));
    }
    let secret = match is_url {
        true => match (outgoing.new_secret)() {
            Some(secret) => Some(secret),
            None => return Ok(Err(FieldError::new("target", "error-unavailable-help"))),
        },
        false => None,
    };
    let new = NewChannel {
        workspace: here.workspace.id,
        kind: match is_url {
            true => ChannelKind::Webhook,
            false => ChannelKind::Email,
        },
        target,
        has_digest: sent.digest.is_some(),
        allows_internal: false,
        secret: secret.as_ref().map(|secret| secret.bytes.as_slice()),
    };
    let by = &here.session.user.email;
    app.store.add_channel(&new, by, app.now())?;
    Ok(Ok(secret.map(|secret| secret.text.to_string())))
}

pub(crate) async fn test(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, channel)): Path<(String, i64)>,
    Body(_): Body<NoFields>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(channel) = found(app, here, channel)? else {
            return Ok(Outcome::NotFound);
        };
        let said = match (app.web.outgoing.test_channel)(channel) {
            Ok(()) => Said::done("alerts-test-sent"),
            Err(why) => Said::failed("alerts-test-failed", why.unwrap_or_default()),
        };
        let shown = Shown {
            said: Some(said),
            ..Shown::default()
        };
        answer(app, here, shown)
    })
    .await
}

pub(crate) async fn remove(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, channel)): Path<(String, i64)>,
    Body(_): Body<NoFields>,
) -> Response {
    respond::act(app, here, move |app, here| {
        let Some(channel) = found(app, here, channel)? else {
            return Ok(Outcome::NotFound);
        };
        let by = &here.session.user.email;
        app.store.remove_channel(channel.id, by, app.now())?;
        Ok(Outcome::To(path(here)))
    })
    .await
}

fn path(here: &Here) -> String {
    workspace_path(&here.workspace.name) + "/alerts"
}

/// The channels of the workspace.
fn of(app: &App, here: &Here) -> Result<Vec<AlertChannel>, StoreError> {
    let mut channels = app.store.channels()?;
    channels.retain(|channel| channel.workspace == here.workspace.id);
    Ok(channels)
}

fn found(app: &App, here: &Here, id: i64) -> Result<Option<AlertChannel>, StoreError> {
    Ok(of(app, here)?.into_iter().find(|channel| channel.id == id))
}

fn answer(app: &App, here: &Here, shown: Shown) -> Result<Outcome, StoreError> {
    let status = match shown.errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = app.snapshot(|app| read(app, here, shown))?;
    Ok(Outcome::Page(status, page.render()))
}

fn read(app: &App, here: &Here, shown: Shown) -> Result<AlertsPage, StoreError> {
    let words = Frame::words();
    let title = words.t("nav-alerts");
    let crumbs = vec![Link::new("", title.clone())];
    let times = Times::of(&here.workspace, app.now());
    let channels = of(app, here)?;
    let targets: BTreeMap<i64, String> = channels
        .iter()
        .map(|channel| (channel.id, visible(&channel.target)))
        .collect();
    let mut alerts = Vec::new();
    for alert in app.store.alerts_of(here.workspace.id, MAX_ALERTS)? {
        let line = (app.web.outgoing.alert)(&app.store, alert)?;
        let channel = targets.get(&line.channel).cloned();
        alerts.push(alert_row(words, line, channel.unwrap_or_default(), &times));
    }
    let path = path(here);
    Ok(AlertsPage {
        has_mail_server: app.store.mail_server()?.is_some(),
        channels: channels
            .iter()
            .map(|channel| channel_row(words, &path, channel, &times))
            .collect(),
        alerts,
        said: shown.said,
        secret: shown.secret,
        form: Form {
            errors: shown.errors,
        },
        sent: shown.sent,
        longest: MAX_TARGET,
        frame: Frame::inside(app, here, Area::Alerts, title, crumbs)?,
        path,
    })
}

fn channel_row(words: &Words, path: &str, channel: &AlertChannel, times: &Times) -> ChannelRow {
    let state = match channel.disabled {
        Some(_) => badge(BAD, &words.t("receivers-refuses")),
        None => badge(GOOD, &words.t("user-active")),
    };
    ChannelRow {
        target: visible(&channel.target),
        kind: words.t(match channel.kind {
            ChannelKind::Email => "alerts-email",
            ChannelKind::Webhook => "alerts-url",
        }),
        reports: words.t(match channel.has_digest {
            true => "alerts-issues-and-runs",
            false => "alerts-issues-only",
        }),
        state,
        added: format!(
            "{}, {}",
            times.moment(channel.created),
            visible(&channel.created_by)
        ),
        path: format!("{path}/{}", channel.id),
    }
}

fn alert_row(words: &Words, line: AlertLine, channel: String, times: &Times) -> AlertRow {
    let (look, key) = match line.state.as_str() {
        "sent" => (GOOD, "alert-sent"),
        "failed" => (BAD, "alert-failed"),
        _ => (look("is-update", "clock"), "alert-waiting"),
    };
    let failure = line.failure.map(|message| crate::state::Sentence {
        message,
        help: String::new(),
    });
    AlertRow {
        subject: visible(&line.subject),
        channel,
        state: badge(look, &words.t(key)),
        at: times.moment(line.created),
        exact: times.exact(line.created),
        failure: failure.map(lines).unwrap_or_default().join(" "),
    }
}
