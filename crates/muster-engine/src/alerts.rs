//! Sends alerts: puts together what is due, sends it through the channel, and remembers how each attempt went.

use crate::{clock::Clock, outcome::RunError, worker::blocking};
use jiff::Timestamp;
use muster_connectors::outgoing::{
    Mail, MailServer, Message, Receiver, Security, SigningSecret, post, send_mail,
};
use muster_core::{
    alert::{AlertItem, GIVEN_UP_AFTER, SendCause, SendFailure, SendRetry, wait_before_retry},
    model::ids::WorkspaceId,
};
use muster_store::{
    AlertChannel, ChannelKind, ClaimedAlert, MailSecurity, ReportedItem, Store, StoreError,
};
use secrecy::SecretString;
use std::{collections::BTreeMap, sync::Arc};

/// An item of an alert with the names that people know.
#[derive(Clone, Debug)]
pub struct NamedItem {
    /// None: the installation.
    pub workspace: Option<String>,
    pub integration: Option<String>,
    pub item: AlertItem,
}

/// An alert in words.
#[derive(Clone, Debug)]
pub struct AlertText {
    pub subject: String,
    pub body: String,
    /// The same for programs.
    pub data: serde_json::Value,
}

/// Writes alerts. Only the binary has words.
pub trait AlertTexts: Send + Sync {
    fn alert(&self, items: &[NamedItem]) -> AlertText;

    /// What is sent to try a channel.
    fn test(&self) -> AlertText;
}

/// What became of an attempt to send an alert.
#[derive(Clone, Debug)]
pub struct AlertReport {
    pub alert: i64,
    pub channel: i64,
    /// None: it was sent.
    pub failure: Option<SendFailure>,
    /// Whether it is attempted again.
    pub is_retried: bool,
}

/// How many alerts of one channel are sent in one go.
const MAX_ROUNDS: usize = 100;

/// Sends every alert that is due. Returns what became of each attempt.
pub async fn send_alerts(
    store: &Arc<Store>,
    texts: &Arc<dyn AlertTexts>,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<AlertReport>, RunError> {
    let now = clock.now();
    let composing = Arc::clone(store);
    blocking(move || composing.compose_alerts(now)).await?;
    let mut reports = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let claiming = Arc::clone(store);
        let claimed = blocking(move || claiming.claim_alerts(now)).await?;
        if claimed.is_empty() {
            break;
        }
        for alert in claimed {
            reports.push(send(store, texts, alert, now).await?);
        }
    }
    Ok(reports)
}

/// Sends a test message through a channel, once.
pub async fn test_channel(
    store: &Arc<Store>,
    texts: &dyn AlertTexts,
    channel: AlertChannel,
    now: Timestamp,
) -> Result<Result<(), SendFailure>, RunError> {
    let id = format!("test_{}", now.as_microsecond());
    deliver(store, &channel, texts.test(), &id, now).await
}

async fn send(
    store: &Arc<Store>,
    texts: &Arc<dyn AlertTexts>,
    alert: ClaimedAlert,
    now: Timestamp,
) -> Result<AlertReport, RunError> {
    let naming = Arc::clone(store);
    let items = alert.items.clone();
    let named = blocking(move || name_items(&naming, items)).await?;
    // An attempt that is repeated has the same id.
    let id = format!("msg_{}_{}", alert.created.as_microsecond(), alert.id);
    let sent = deliver(store, &alert.channel, texts.alert(&named), &id, now).await?;
    let (writing, number, attempt, created) =
        (Arc::clone(store), alert.id, alert.attempt, alert.created);
    let channel = alert.channel.id;
    blocking(move || {
        let Err(failure) = sent else {
            writing.alert_sent(number, now)?;
            return Ok::<_, StoreError>(AlertReport {
                alert: number,
                channel,
                failure: None,
                is_retried: false,
            });
        };
        let next = next_attempt(&failure, attempt, number, created, now);
        writing.alert_failed(number, &failure, next, now)?;
        Ok(AlertReport {
            alert: number,
            channel,
            failure: Some(failure),
            is_retried: next.is_some(),
        })
    })
    .await
}

/// When a failed attempt is repeated; none: it is not.
pub(crate) fn next_attempt(
    failure: &SendFailure,
    attempt: u32,
    seed: i64,
    created: Timestamp,
    now: Timestamp,
) -> Option<Timestamp> {
    if failure.retry != SendRetry::Later || now.duration_since(created) > GIVEN_UP_AFTER {
        return None;
    }
    now.checked_add(wait_before_retry(attempt, seed)?).ok()
}

/// Items with the names of their workspaces and integrations.
pub fn name_items(store: &Store, items: Vec<ReportedItem>) -> Result<Vec<NamedItem>, StoreError> {
    let mut workspaces: BTreeMap<WorkspaceId, Option<String>> = BTreeMap::new();
    let mut named = Vec::with_capacity(items.len());
    for ReportedItem { workspace, item } in items {
        let name = match workspaces.get(&workspace) {
            Some(name) => name.clone(),
            None => {
                let found = store.workspace_by_id(workspace)?;
                let name = found.map(|workspace| workspace.name);
                workspaces.insert(workspace, name.clone());
                name
            }
        };
        let integration = match item.integration() {
            Some(integration) => store.integration_name(workspace, integration)?,
            None => None,
        };
        named.push(NamedItem {
            workspace: name,
            integration,
            item,
        });
    }
    Ok(named)
}

async fn deliver(
    store: &Arc<Store>,
    channel: &AlertChannel,
    text: AlertText,
    id: &str,
    now: Timestamp,
) -> Result<Result<(), SendFailure>, RunError> {
    match channel.kind {
        ChannelKind::Email => send_text(store, &channel.target, text.subject, text.body, id).await,
        ChannelKind::Webhook => webhook(store, channel, &text, id, now).await,
    }
}

/// Sends a mail through the mail server of the installation, once. `id` is the same for every attempt.
pub async fn send_text(
    store: &Arc<Store>,
    to: &str,
    subject: String,
    body: String,
    id: &str,
) -> Result<Result<(), SendFailure>, RunError> {
    let reading = Arc::clone(store);
    let found = blocking(move || {
        let password = reading.mail_password()?;
        Ok::<_, StoreError>((reading.mail_server()?, password))
    });
    let (Some(settings), password) = found.await? else {
        return Ok(Err(SendFailure::later(SendCause::NoMailServer)));
    };
    let password = password.map(|bytes| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        SecretString::from(text)
    });
    let server = MailServer {
        host: settings.host,
        port: settings.port,
        security: match settings.security {
            MailSecurity::Starttls => Security::Starttls,
            MailSecurity::Tls => Security::Tls,
            MailSecurity::None => Security::None,
        },
        credentials: settings.user.zip(password),
        ca_certificate: settings.ca_certificate,
    };
    let mail = Mail {
        from: settings.sender,
        to: to.to_owned(),
        subject,
        body,
        id: id.to_owned(),
    };
    Ok(send_mail(&server, &mail).await)
}

async fn webhook(
    store: &Arc<Store>,
    channel: &AlertChannel,
    text: &AlertText,
    id: &str,
    now: Timestamp,
) -> Result<Result<(), SendFailure>, RunError> {
    let reading = Arc::clone(store);
    let (workspace, number) = (channel.workspace, channel.id);
    let secret = blocking(move || reading.channel_secret(workspace, number)).await?;
    let Some(secret) = secret else {
        return Ok(Err(SendFailure::later(SendCause::NoSecret)));
    };
    let receiver = Receiver {
        url: channel.target.clone(),
        secret: SigningSecret::from_bytes(&secret),
        allows_internal: channel.allows_internal,
        ca_certificate: None,
    };
    let body = serde_json::json!({
        "type": "alert",
        "timestamp": now,
        "data": { "subject": text.subject, "items": text.data },
    });
    let message = Message {
        id: id.to_owned(),
        seconds: now.as_second(),
        body: body.to_string(),
    };
    Ok(post(&receiver, &message).await)
}
