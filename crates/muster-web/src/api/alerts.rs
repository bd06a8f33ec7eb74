//! Where alerts about a workspace are sent, and what was sent. The channels of the installation are not part of it.

use crate::{
    api::{
        endpoint::{Answered, Body, Call, NoBody, NoPath, NoQuery, Operation, Sent},
        problem::ApiProblem,
        webhooks::check_url,
    },
    routes::Right,
};
use axum::http::{Method, StatusCode};
use muster_core::model::{
    code::Code,
    response::{AlertAnswer, AlertChannelLine, AlertList},
    role::Role,
    workspace::Workspace,
};
use muster_store::{AlertChannel, ChannelKind, NewChannel};
use schemars::JsonSchema;
use serde::Deserialize;

/// How many alerts are listed.
const MAX_ALERTS: u32 = 20;

pub(crate) struct List;

impl Operation for List {
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/alert-channels";
    const RIGHT: Right = Right::Workspace(Role::Operator);
    const NAME: &'static str = "list_alert_channels";
    const SUMMARY: &'static str = "Where alerts about the workspace are sent, and the last alerts";
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = AlertList;

    fn perform(call: &Call, _: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let (workspace, store) = (call.workspace()?, &call.app.store);
        let line = |channel: AlertChannel| AlertChannelLine {
            channel: channel.id,
            kind: channel.kind.as_str().to_owned(),
            target: channel.target,
            workspace: Some(workspace.name.clone()),
            digest: channel.has_digest,
            disabled: channel.disabled,
        };
        let channels = of(call, workspace)?.into_iter().map(line).collect();
        let mut alerts = Vec::new();
        for alert in store.alerts_of(workspace.id, MAX_ALERTS)? {
            alerts.push((call.app.web.outgoing.alert)(store, alert)?);
        }
        Ok(AlertList { channels, alerts }.into())
    }
}

/// The channels of a workspace.
fn of(call: &Call, workspace: &Workspace) -> Result<Vec<AlertChannel>, ApiProblem> {
    let all = call.app.store.channels()?.into_iter();
    Ok(all
        .filter(|channel| channel.workspace == workspace.id)
        .collect())
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAlertChannel {
    /// An e-mail address, or an `https` URL outside of internal networks.
    target: String,
    /// Whether each run that changed something is reported too.
    #[serde(default)]
    digest: bool,
}

impl Body for NewAlertChannel {}

pub(crate) struct Add;

impl Operation for Add {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/alert-channels";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "add_alert_channel";
    const SUMMARY: &'static str = "Send alerts about the workspace to an e-mail address or a webhook; the answer has its \
        signing secret, once";
    const STATUS: StatusCode = StatusCode::CREATED;
    type Path = NoPath;
    type Query = NoQuery;
    type Body = NewAlertChannel;
    type Answer = AlertAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        call.refuse_idempotency_key()?;
        let workspace = call.workspace()?;
        let (target, outgoing) = (sent.body.target, &call.app.web.outgoing);
        let is_url = target.contains("://");
        if is_url {
            check_url(call, "target", &target)?;
        } else {
            let checked = (outgoing.check_mail_address)(&target);
            checked
                .map_err(|refused| ApiProblem::invalid(format!("target: {}", refused.message)))?;
        }
        let secret = match is_url {
            true => Some((outgoing.new_secret)().ok_or_else(ApiProblem::unavailable)?),
            false => None,
        };
        let new = NewChannel {
            workspace: workspace.id,
            kind: match is_url {
                true => ChannelKind::Webhook,
                false => ChannelKind::Email,
            },
            target: &target,
            has_digest: sent.body.digest,
            allows_internal: false,
            secret: secret.as_ref().map(|secret| secret.bytes.as_slice()),
        };
        let by = call.client.caller.actor().to_string();
        let id = call.app.store.add_channel(&new, &by, call.app.now())?;
        let secret = secret.map(|secret| secret.text.to_string());
        let path = call.path_in_workspace("/alert-channels");
        Ok(Answered::at(answer("added", id, secret), path))
    }
}

fn answer(status: &str, channel: i64, secret: Option<String>) -> AlertAnswer {
    AlertAnswer {
        status: status.to_owned(),
        channel: Some(channel),
        secret,
    }
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct ChannelPath {
    channel: i64,
}

fn found(call: &Call, id: i64) -> Result<AlertChannel, ApiProblem> {
    let all = of(call, call.workspace()?)?.into_iter();
    let mut of_id = all.filter(|channel| channel.id == id);
    of_id.next().ok_or_else(ApiProblem::not_found)
}

pub(crate) struct Test;

impl Operation for Test {
    const METHOD: Method = Method::POST;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/alert-channels/{channel}/test";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "test_alert_channel";
    const SUMMARY: &'static str = "Send a test message through a channel now";
    type Path = ChannelPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = AlertAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let channel = found(call, sent.path.channel)?;
        let id = channel.id;
        let tested = (call.app.web.outgoing.test_channel)(channel);
        tested.map_err(|refused| match refused {
            Some(said) => ApiProblem::refused(Code::AlertNotSent, said.message, said.help),
            None => ApiProblem::unavailable(),
        })?;
        Ok(answer("sent", id, None).into())
    }
}

pub(crate) struct Remove;

impl Operation for Remove {
    const METHOD: Method = Method::DELETE;
    const PATH: &'static str = "/api/v1/workspaces/{workspace}/alert-channels/{channel}";
    const RIGHT: Right = Right::Workspace(Role::Admin);
    const NAME: &'static str = "remove_alert_channel";
    const SUMMARY: &'static str = "Remove a channel with everything that waits for it";
    type Path = ChannelPath;
    type Query = NoQuery;
    type Body = NoBody;
    type Answer = AlertAnswer;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem> {
        let channel = found(call, sent.path.channel)?.id;
        let (by, now) = (call.client.caller.actor().to_string(), call.app.now());
        if !call.app.store.remove_channel(channel, &by, now)? {
            return Err(ApiProblem::not_found());
        }
        Ok(answer("removed", channel, None).into())
    }
}
