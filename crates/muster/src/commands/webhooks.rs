//! `muster webhooks`: who receives events about employees.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, WebhooksCommand},
    error::CommandError,
    show::{count, safe, table},
    text::alert::failure,
    wiring::Wiring,
};
use muster_connectors::outgoing::{SigningSecret, check_url};
use muster_core::model::{
    code::Code,
    response::{DeadLetterLine, WebhookAnswer, WebhookLine, WebhookList},
    workspace::Workspace,
};
use muster_store::{NewWebhook, Replay};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::{path::Path, process::ExitCode};

/// How many undelivered events are listed.
const MAX_LISTED: u32 = 50;

pub(super) fn run(
    arguments: &Arguments,
    command: &WebhooksCommand,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let workspace = wiring.workspace()?;
    let (store, now) = (&wiring.store, wiring.now());
    match command {
        WebhooksCommand::Add {
            url,
            departure_wait,
            allow_internal,
            ca_certificate,
        } => {
            check_url(url, *allow_internal).map_err(|refused| {
                let (message, help) = failure(&refused);
                CommandError::usage(message, help)
            })?;
            let authority = ca_certificate.as_deref().map(authority).transpose()?;
            let secret = SigningSecret::generate().ok_or_else(|| {
                CommandError::usage("the system gives no random numbers", "check the machine")
            })?;
            let new = NewWebhook {
                workspace: workspace.id,
                url,
                allows_internal: *allow_internal,
                departure_wait: *departure_wait,
                ca_certificate: authority.as_deref(),
                secret: secret.bytes(),
            };
            let id = store.add_webhook(&new, wiring.author(), now)?;
            let secret = secret.text().to_string();
            let text = format!(
                "webhook {id} sends events to {}\nsigning secret: {secret}\n  help: store it with the receiver; it is not \
                 shown again",
                safe(url)
            );
            answer(arguments, "added", id, Some(secret), None, text)
        }
        WebhooksCommand::List => list(arguments, &wiring, &workspace),
        WebhooksCommand::Pause { webhook } => {
            let paused = store.pause_webhook(workspace.id, *webhook, true, wiring.author(), now)?;
            found(paused, *webhook)?;
            let text = format!("webhook {webhook} is paused; events wait");
            answer(arguments, "paused", *webhook, None, None, text)
        }
        WebhooksCommand::Resume { webhook } => {
            let resumed =
                store.pause_webhook(workspace.id, *webhook, false, wiring.author(), now)?;
            found(resumed, *webhook)?;
            let text = format!("webhook {webhook} is no longer paused");
            answer(arguments, "resumed", *webhook, None, None, text)
        }
        WebhooksCommand::Replay { webhook, since } => {
            let known = store.webhooks(workspace.id)?;
            found(known.iter().any(|one| one.id == *webhook), *webhook)?;
            let replay = since.map_or(Replay::Dead, Replay::Since);
            let by = wiring.author();
            let events = store.replay_events(workspace.id, *webhook, replay, by, now)? as u64;
            let text = format!("{} sent again", count(events, "event is", "events are"));
            answer(arguments, "replayed", *webhook, None, Some(events), text)
        }
        WebhooksCommand::Remove { webhook } => {
            let removed = store.remove_webhook(workspace.id, *webhook, wiring.author(), now)?;
            found(removed, *webhook)?;
            let text = format!("removed webhook {webhook}");
            answer(arguments, "removed", *webhook, None, None, text)
        }
    }
}

/// The text of a file with a certificate authority.
fn authority(path: &Path) -> Result<String, CommandError> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|error| {
        CommandError::usage(
            format!("the certificate authority `{shown}` cannot be read: {error}"),
            "check the path; the webhook was not added",
        )
    })?;
    let first = CertificateDer::pem_slice_iter(text.as_bytes()).next();
    if matches!(first, Some(Ok(_))) {
        return Ok(text);
    }
    Err(CommandError::usage(
        format!("the file `{shown}` contains no certificate"),
        "name a PEM file with the certificate of the authority; the webhook was not added",
    ))
}

fn found(is_found: bool, webhook: i64) -> Result<(), CommandError> {
    if is_found {
        return Ok(());
    }
    Err(CommandError::unknown(
        Code::WebhookUnknown,
        format!("the workspace has no webhook {webhook}"),
        "`muster webhooks list` lists the webhooks",
    ))
}

fn list(
    arguments: &Arguments,
    wiring: &Wiring,
    workspace: &Workspace,
) -> Result<ExitCode, CommandError> {
    let store = &wiring.store;
    let webhooks = store.webhooks(workspace.id)?.into_iter();
    let dead = store.dead_letters(workspace.id, MAX_LISTED)?.into_iter();
    let list = WebhookList {
        webhooks: webhooks
            .map(|one| WebhookLine {
                webhook: one.id,
                url: one.url,
                is_paused: one.is_paused,
                disabled: one.disabled,
                departure_wait: one.departure_wait,
                waiting: one.waiting,
                dead: one.dead,
            })
            .collect(),
        dead: dead
            .map(|one| DeadLetterLine {
                webhook: one.webhook,
                event: one.event,
                kind: one.kind,
                employee: one.employee,
                attempts: one.attempts,
                failure: one.failure.as_ref().map(|failed| failure(failed).0),
            })
            .collect(),
    };
    if arguments.json {
        print_json(&list);
    } else {
        print(&list);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(list: &WebhookList) {
    if list.webhooks.is_empty() {
        say("the workspace has no webhook");
        say("  help: `muster webhooks add URL` adds one");
        return;
    }
    let rows = list.webhooks.iter().map(|one| {
        let state = match (one.disabled, one.is_paused) {
            (Some(_), _) => "disabled",
            (None, true) => "paused",
            (None, false) => "active",
        };
        vec![
            one.webhook.to_string(),
            safe(&one.url),
            state.to_owned(),
            format!("{} s", one.departure_wait),
            one.waiting.to_string(),
            one.dead.to_string(),
        ]
    });
    say(table(
        &[
            "webhook",
            "url",
            "state",
            "departure wait",
            "waiting",
            "undelivered",
        ],
        rows,
    ));
    if list.dead.is_empty() {
        return;
    }
    let rows = list.dead.iter().map(|one| {
        vec![
            one.webhook.to_string(),
            one.event.to_string(),
            one.kind.as_str().to_owned(),
            one.employee.to_string(),
            one.failure.clone().unwrap_or_default(),
        ]
    });
    say(table(
        &["webhook", "event", "type", "employee", "failure"],
        rows,
    ));
    say("  help: `muster webhooks replay WEBHOOK` sends them again");
}

fn answer(
    arguments: &Arguments,
    status: &str,
    webhook: i64,
    secret: Option<String>,
    events: Option<u64>,
    text: String,
) -> Result<ExitCode, CommandError> {
    if arguments.json {
        print_json(&WebhookAnswer {
            status: status.to_owned(),
            webhook,
            secret,
            events,
        });
    } else {
        say(text);
    }
    Ok(ExitCode::SUCCESS)
}
