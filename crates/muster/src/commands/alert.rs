//! `muster alert`: where alerts are sent, and what was sent.

use super::{block_on, print_json, say};
use crate::{
    arguments::{AlertCommand, Arguments, Encryption},
    commands::secret::read_secret,
    error::CommandError,
    show::{moment, safe, table},
    text::alert::{English, failure},
    wiring::Wiring,
};
use muster_connectors::outgoing::{SigningSecret, check_url};
use muster_core::{
    alert::SendFailure,
    model::{
        code::Code,
        ids::WorkspaceId,
        response::{AlertAnswer, AlertChannelLine, AlertLine, AlertList},
    },
};
use muster_engine::{AlertTexts, INSTALLATION, name_items, test_channel};
use muster_store::{
    AlertState, ChannelKind, ListedAlert, MailSecurity, MailServer, NewChannel, Store, StoreError,
};
use std::{fs, path::Path, process::ExitCode};

/// How many alerts are listed.
const MAX_LISTED: u32 = 20;

pub(super) fn run(arguments: &Arguments, command: &AlertCommand) -> Result<ExitCode, CommandError> {
    match command {
        AlertCommand::MailServer { .. } => mail_server(arguments, command),
        AlertCommand::Add {
            target,
            digest,
            allow_internal,
        } => add(arguments, target, *digest, *allow_internal),
        AlertCommand::List => list(arguments),
        AlertCommand::Test { channel } => test(arguments, *channel),
        AlertCommand::Remove { channel } => remove(arguments, *channel),
    }
}

fn mail_server(arguments: &Arguments, command: &AlertCommand) -> Result<ExitCode, CommandError> {
    let AlertCommand::MailServer {
        host,
        port,
        encryption,
        from,
        user,
        ca_certificate,
    } = command
    else {
        return Ok(ExitCode::SUCCESS);
    };
    check_address(from)?;
    if user.is_some() && *encryption == Encryption::None {
        return Err(CommandError::usage(
            "a password is not sent over a connection that is not encrypted",
            "use --encryption starttls or tls; nothing was changed",
        ));
    }
    let wiring = Wiring::open(arguments)?;
    let server = MailServer {
        host: host.clone(),
        port: port.unwrap_or(match encryption {
            Encryption::Tls => 465,
            Encryption::Starttls => 587,
            Encryption::None => 25,
        }),
        security: match encryption {
            Encryption::Starttls => MailSecurity::Starttls,
            Encryption::Tls => MailSecurity::Tls,
            Encryption::None => MailSecurity::None,
        },
        sender: from.clone(),
        user: user.clone(),
        ca_certificate: ca_certificate.as_deref().map(certificate).transpose()?,
    };
    let password = user.as_ref().map(|_| read_secret()).transpose()?;
    let password = password.as_ref().map(|text| text.as_bytes());
    let (by, now) = (wiring.author(), wiring.now());
    wiring.store.set_mail_server(&server, password, by, now)?;
    answer(arguments, "set", None, None, || {
        format!(
            "mails are sent through {}:{}",
            safe(&server.host),
            server.port
        )
    })
}

fn certificate(path: &Path) -> Result<String, CommandError> {
    fs::read_to_string(path).map_err(|error| {
        CommandError::usage(
            format!("`{}` cannot be read: {error}", path.display()),
            "use the PEM file of a certificate authority; nothing was changed",
        )
    })
}

fn check_address(address: &str) -> Result<(), CommandError> {
    if is_mail_address(address) {
        return Ok(());
    }
    Err(CommandError::usage(
        format!("`{}` is not an e-mail address", safe(address)),
        "use an address such as ops@acme.example; nothing was changed",
    ))
}

/// Whether mails can be sent to this text.
pub(crate) fn is_mail_address(address: &str) -> bool {
    let is_address = address.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && domain.contains('.') && !domain.contains('@')
    });
    is_address && !address.chars().any(|c| c.is_whitespace() || c.is_control())
}

fn add(
    arguments: &Arguments,
    target: &str,
    has_digest: bool,
    allows_internal: bool,
) -> Result<ExitCode, CommandError> {
    let is_url = target.contains("://");
    if is_url {
        check_url(target, allows_internal).map_err(|refused| unsent(&refused))?;
    } else {
        check_address(target)?;
    }
    let wiring = Wiring::open(arguments)?;
    let secret = match is_url {
        true => Some(SigningSecret::generate().ok_or_else(|| {
            CommandError::usage("the system gives no random numbers", "check the machine")
        })?),
        false => None,
    };
    let new = NewChannel {
        workspace: workspace(arguments, &wiring)?,
        kind: match is_url {
            true => ChannelKind::Webhook,
            false => ChannelKind::Email,
        },
        target,
        has_digest,
        allows_internal,
        secret: secret.as_ref().map(SigningSecret::bytes),
    };
    let id = wiring
        .store
        .add_channel(&new, wiring.author(), wiring.now())?;
    let shown = secret.map(|secret| secret.text().to_string());
    answer(arguments, "added", Some(id), shown.clone(), || {
        let secret = shown.map_or_else(String::new, |secret| {
            format!("\nsigning secret: {secret}\n  help: store it with the receiver; it is not shown again")
        });
        format!(
            "channel {id} sends alerts to {}{secret}\n  help: `muster alert test {id}` sends a test message",
            safe(target)
        )
    })
}

/// The workspace that is named; without one, everything is meant.
fn workspace(arguments: &Arguments, wiring: &Wiring) -> Result<WorkspaceId, CommandError> {
    match &arguments.workspace {
        Some(_) => Ok(wiring.workspace()?.id),
        None => Ok(INSTALLATION),
    }
}

fn list(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let store = &wiring.store;
    let mut channels = Vec::new();
    for channel in store.channels()? {
        let workspace = store.workspace_by_id(channel.workspace)?;
        channels.push(AlertChannelLine {
            channel: channel.id,
            kind: channel.kind.as_str().to_owned(),
            target: channel.target,
            workspace: workspace.map(|workspace| workspace.name),
            digest: channel.has_digest,
            disabled: channel.disabled,
        });
    }
    let mut alerts = Vec::new();
    for alert in store.alerts(MAX_LISTED)? {
        alerts.push(line(store, alert)?);
    }
    let list = AlertList { channels, alerts };
    if arguments.json {
        print_json(&list);
    } else {
        print(&list);
    }
    Ok(ExitCode::SUCCESS)
}

/// An alert with its subject in words.
pub(crate) fn line(store: &Store, alert: ListedAlert) -> Result<AlertLine, StoreError> {
    let items = name_items(store, alert.items)?;
    let is_waiting = alert.state == AlertState::Waiting;
    Ok(AlertLine {
        alert: alert.id,
        channel: alert.channel,
        created: alert.created,
        subject: English.alert(&items).subject,
        state: alert.state.as_str().to_owned(),
        attempts: alert.attempts,
        next_attempt: is_waiting.then_some(alert.next_attempt),
        failure: alert.failure.as_ref().map(|failed| failure(failed).0),
    })
}

fn print(list: &AlertList) {
    if list.channels.is_empty() {
        say("alerts are sent nowhere");
        say("  help: `muster alert add ops@acme.example` adds an e-mail address");
        return;
    }
    let rows = list.channels.iter().map(|channel| {
        vec![
            channel.channel.to_string(),
            channel.kind.clone(),
            safe(&channel.target),
            channel
                .workspace
                .clone()
                .unwrap_or_else(|| "all".to_owned()),
            if channel.digest { "yes" } else { "no" }.to_owned(),
            channel.disabled.map(moment).unwrap_or_default(),
        ]
    });
    say(table(
        &[
            "channel",
            "kind",
            "target",
            "workspace",
            "digest",
            "disabled",
        ],
        rows,
    ));
    if list.alerts.is_empty() {
        return;
    }
    let rows = list.alerts.iter().map(|alert| {
        vec![
            moment(alert.created),
            alert.channel.to_string(),
            alert.state.clone(),
            alert.subject.clone(),
            alert.failure.clone().unwrap_or_default(),
        ]
    });
    say(table(
        &["created", "channel", "state", "alert", "failure"],
        rows,
    ));
}

fn test(arguments: &Arguments, id: i64) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let channels = wiring.store.channels()?;
    let Some(channel) = channels.into_iter().find(|channel| channel.id == id) else {
        return Err(unknown(id));
    };
    let target = channel.target.clone();
    let sent = block_on(test_channel(&wiring.store, &English, channel, wiring.now()))??;
    sent.map_err(|failed| unsent(&failed))?;
    answer(arguments, "sent", Some(id), None, || {
        format!("sent a test message to {}", safe(&target))
    })
}

fn remove(arguments: &Arguments, id: i64) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::existing(arguments)?;
    let (by, now) = (wiring.author(), wiring.now());
    if !wiring.store.remove_channel(id, by, now)? {
        return Err(unknown(id));
    }
    answer(arguments, "removed", Some(id), None, || {
        format!("removed channel {id}")
    })
}

fn unknown(id: i64) -> CommandError {
    CommandError::unknown(
        Code::ChannelUnknown,
        format!("there is no channel {id}"),
        "`muster alert list` lists the channels",
    )
}

fn unsent(failed: &SendFailure) -> CommandError {
    let (message, help) = failure(failed);
    CommandError::usage(message, help)
}

fn answer(
    arguments: &Arguments,
    status: &str,
    channel: Option<i64>,
    secret: Option<String>,
    text: impl FnOnce() -> String,
) -> Result<ExitCode, CommandError> {
    if arguments.json {
        print_json(&AlertAnswer {
            status: status.to_owned(),
            channel,
            secret,
        });
    } else {
        say(text());
    }
    Ok(ExitCode::SUCCESS)
}
