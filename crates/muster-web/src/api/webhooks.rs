//! Receivers of events about employees, what was sent to them, and sending it again. URLs into internal networks are only
//! accepted on the machine of the service.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        paging::{limit, page},
        problem::{ApiProblem, ProblemKind},
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use jiff::Timestamp;
use muster_core::model::{
    event::DeliveryState,
    response::{DeadLetterLine, DeliveryLine, Page, WebhookAnswer, WebhookLine, WebhookList},
    role::Role,
    workspace::Workspace,
};
use muster_store::{EventDelivery, NewWebhook, Webhook};
use schemars::JsonSchema;
use serde::Deserialize;

/// How many undelivered events are listed with the receivers.
const MAX_DEAD: u32 = 50;

/// The longest wait of a departure, in seconds.
pub(crate) const MAX_WAIT: u32 = 86_400;

/// The usual wait of a departure, in seconds.
pub(crate) const USUAL_WAIT: u32 = 120;

/// The longest URL.
pub(crate) const MAX_URL: usize = 2_000;

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/webhooks";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "list_webhooks";
    const SUMMARY: &'static str = "The webhooks, and the last events that could not be delivered";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = WebhookList;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let why = call.app.web.sentences.send_failure;
        let dead = store.dead_letters(workspace.id, MAX_DEAD)?.into_iter();
        let dead = dead.map(|one| DeadLetterLine {
            webhook: one.webhook,
            event: one.event,
            kind: one.kind,
            employee: one.employee,
            attempts: one.attempts,
            failure: one.failure.as_ref().map(|failed| why(failed).message),
        });
        Ok(WebhookList {
            webhooks: store
                .webhooks(workspace.id)?
                .into_iter()
                .map(line)
                .collect(),
            dead: dead.collect(),
        }
        .into())
    }
}

fn line(webhook: Webhook) -> WebhookLine {
    WebhookLine {
        webhook: webhook.id,
        url: webhook.url,
        is_paused: webhook.is_paused,
        disabled: webhook.disabled,
        departure_wait: webhook.departure_wait,
        waiting: webhook.waiting,
        dead: webhook.dead,
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReceiver {
    /// An `https` URL outside of internal networks.
    url: String,
    /// How many seconds a departure waits before it is sent, so that an undo can recall it: at most 86,400; 120 if it is
    /// absent.
    departure_wait: Option<u32>,
}

impl Body for NewReceiver {}

pub(crate) struct Add;

impl Operation for Add {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/webhooks";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "add_webhook";
    const SUMMARY: &'static str =
        "Send events about employees to a URL; the answer has the signing secret, once";
    const STATUS: StatusCode = StatusCode::CREATED;
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NewReceiver;
    type Answer = WebhookAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        call.refuse_idempotency_key()?;
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let NewReceiver {
            url,
            departure_wait,
        } = sent.body;
        let departure_wait = departure_wait.unwrap_or(USUAL_WAIT);
        if departure_wait > MAX_WAIT {
            let why = format!("departure_wait: expected at most {MAX_WAIT} seconds");
            return Err(ApiProblem::invalid(why));
        }
        check_url(call, "url", &url)?;
        let secret = (call.app.web.outgoing.new_secret)().ok_or_else(ApiProblem::unavailable)?;
        let new = NewWebhook {
            workspace: workspace.id,
            url: &url,
            allows_internal: false,
            departure_wait,
            ca_certificate: None,
            secret: &secret.bytes,
        };
        let by = call.client.caller.actor().to_string();
        let id = store.add_webhook(&new, &by, call.app.now())?;
        let answer = answer("added", id, Some(secret.text.to_string()), None);
        let path = call.path_in_workspace(&format!("/webhooks/{id}/deliveries"));
        Ok(Answered::at(answer, path))
    }
}

/// Refuses a URL that messages are not posted to.
pub(super) fn check_url(call: &Call, name: &str, url: &str) -> Result<(), ApiProblem> {
    if url.len() > MAX_URL {
        return Err(ApiProblem::invalid(format!(
            "{name}: expected at most {MAX_URL} characters"
        )));
    }
    let checked = (call.app.web.outgoing.check_url)(url);
    checked.map_err(|refused| ApiProblem::invalid(format!("{name}: {}", refused.message)))
}

fn answer(
    status: &str,
    webhook: i64,
    secret: Option<String>,
    events: Option<u64>,
) -> WebhookAnswer {
    WebhookAnswer {
        status: status.to_owned(),
        webhook,
        secret,
        events,
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct WebhookPath {
    webhook: i64,
}

pub(crate) struct Pause;

impl Operation for Pause {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/webhooks/{webhook}/pause";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "pause_webhook";
    const SUMMARY: &'static str = "Send nothing to a webhook for now; events wait";
    type Path = WebhookPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = WebhookAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        set_paused(call, sent.path.webhook, true)?;
        Ok(answer("paused", sent.path.webhook, None, None).into())
    }
}

pub(crate) struct Resume;

impl Operation for Resume {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/webhooks/{webhook}/resume";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "resume_webhook";
    const SUMMARY: &'static str = "Send to a paused webhook again";
    type Path = WebhookPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = WebhookAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        set_paused(call, sent.path.webhook, false)?;
        Ok(answer("resumed", sent.path.webhook, None, None).into())
    }
}

fn set_paused(call: &Call, webhook: i64, is_paused: bool) -> Result<(), ApiProblem> {
    let workspace = call.workspace()?.id;
    let (by, now) = (call.client.caller.actor().to_string(), call.app.now());
    match call
        .app
        .store
        .pause_webhook(workspace, webhook, is_paused, &by, now)?
    {
        true => Ok(()),
        false => Err(ApiProblem::not_found()),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replaying {
    /// All events of runs that began since then, also those that were delivered; null: those that could not be delivered.
    since: Option<Timestamp>,
}

impl Body for Replaying {}

pub(crate) struct Replay;

impl Operation for Replay {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/webhooks/{webhook}/replay";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "replay_webhook";
    const SUMMARY: &'static str =
        "Send the events again that could not be delivered, or all since a time; each keeps its id";
    type Path = WebhookPath;
    type Query = NoQuery;
    type Body = Replaying;
    type Answer = WebhookAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let webhook = found(call, workspace, sent.path.webhook)?;
        if webhook.disabled.is_some() {
            // Its receiver refused all further messages.
            return Err(ProblemKind::Conflict.into());
        }
        let replay = match sent.body.since {
            None => muster_store::Replay::Dead,
            Some(since) => muster_store::Replay::Since(since),
        };
        let (by, now) = (call.client.caller.actor().to_string(), call.app.now());
        let events = store.replay_events(workspace.id, webhook.id, replay, &by, now)?;
        (call.app.web.wake)();
        Ok(answer("replayed", webhook.id, None, Some(events as u64)).into())
    }
}

fn found(call: &Call, workspace: &Workspace, id: i64) -> Result<Webhook, ApiProblem> {
    let all = call.app.store.webhooks(workspace.id)?.into_iter();
    let mut of_id = all.filter(|webhook| webhook.id == id);
    of_id.next().ok_or_else(ApiProblem::not_found)
}

pub(crate) struct Remove;

impl Operation for Remove {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/webhooks/{webhook}";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "remove_webhook";
    const SUMMARY: &'static str = "Remove a webhook with everything that waits for it";
    type Path = WebhookPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = WebhookAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, webhook) = (call.workspace()?, sent.path.webhook);
        let (by, now) = (call.client.caller.actor().to_string(), call.app.now());
        let store = &call.app.store;
        if !store.remove_webhook(workspace.id, webhook, &by, now)? {
            return Err(ApiProblem::not_found());
        }
        Ok(answer("removed", webhook, None, None).into())
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveriesQuery {
    /// Only deliveries in this state.
    state: Option<DeliveryState>,
    /// The cursor of the page before.
    after: Option<i64>,
    /// From 1 to 200; 50 if it is absent.
    limit: Option<u32>,
}

pub(crate) struct Deliveries;

impl Operation for Deliveries {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/webhooks/{webhook}/deliveries";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "list_webhook_deliveries";
    const SUMMARY: &'static str =
        "The events of a webhook with what became of each, the latest first";
    type Path = WebhookPath;
    type Query = DeliveriesQuery;
    type Body = NoBody;
    type Answer = Page<DeliveryLine>;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let webhook = found(call, workspace, sent.path.webhook)?.id;
        let DeliveriesQuery {
            state,
            after,
            limit: wanted,
        } = sent.query;
        let limit = limit(wanted)?;
        let deliveries = store.deliveries(workspace.id, webhook, state, after, limit + 1)?;
        let why = call.app.web.sentences.send_failure;
        let cursor = |one: &EventDelivery| one.event.to_string();
        let line = |one: EventDelivery| DeliveryLine {
            event: one.event,
            kind: one.kind,
            employee: one.employee,
            state: one.state,
            attempts: one.attempts,
            next_attempt: one.next_attempt,
            ended: one.ended,
            failure: one.failure.as_ref().map(|failed| why(failed).message),
        };
        Ok(page(deliveries, limit, cursor, line).into())
    }
}
