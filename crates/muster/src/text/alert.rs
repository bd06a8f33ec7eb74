//! Alerts in words: subject and body of mails, and the data of webhooks.

use super::{issue, network, numbered};
use crate::show::{moment, safe};
use muster_core::{
    alert::{AlertItem, SendCause, SendFailure, SendRetry},
    issue::{IssueEvent, Level},
};
use muster_engine::{AlertText, AlertTexts, NamedItem};
use serde_json::{Value, json};

/// How many items a mail lists.
const MAX_LISTED: usize = 50;

/// A longer subject is cut.
const MAX_SUBJECT: usize = 150;

/// The English of alerts.
pub(crate) struct English;

impl AlertTexts for English {
    fn alert(&self, items: &[NamedItem]) -> AlertText {
        let mut body = String::new();
        for item in items.iter().take(MAX_LISTED) {
            body.push_str(&paragraph(item));
            body.push('\n');
        }
        if let Some(more) = items.len().checked_sub(MAX_LISTED + 1) {
            let more = numbered(more as u64 + 1, "other", "others");
            body.push_str(&format!("and {more}: `muster issues` lists them\n\n"));
        }
        body.push_str(FOOTER);
        AlertText {
            subject: cut(&format!("[Muster] {}", subject(items))),
            body,
            data: items.iter().map(data).collect(),
        }
    }

    fn test(&self) -> AlertText {
        AlertText {
            subject: "[Muster] test message".to_owned(),
            body: format!("This is a test: alerts of this installation are sent here.\n\n{FOOTER}"),
            data: json!([]),
        }
    }
}

const FOOTER: &str = "This message has no link on purpose: nothing is approved by following one.\n\
    `muster issues snooze NUMBER` mutes an issue.\n";

fn of(item: &NamedItem) -> String {
    match (&item.workspace, &item.integration) {
        (Some(workspace), Some(integration)) => safe(&format!("{workspace}/{integration}")),
        (Some(workspace), None) => safe(workspace),
        (None, _) => "installation".to_owned(),
    }
}

/// What the reader needs to know first: how urgent it is, or that it is over.
fn state(event: IssueEvent, level: Level) -> &'static str {
    match (event, level) {
        (IssueEvent::Resolved, _) => "resolved",
        (_, Level::Critical) => "critical",
        (_, Level::Warning) => "warning",
    }
}

fn subject(items: &[NamedItem]) -> String {
    let states: Vec<&str> = items
        .iter()
        .filter_map(|item| match &item.item {
            AlertItem::Issue { event, level, .. } => Some(state(*event, *level)),
            AlertItem::Run { .. } => None,
        })
        .collect();
    match (items, states.len()) {
        ([one], 1) => match &one.item {
            AlertItem::Issue { detail, .. } => {
                format!("{}: {}: {}", states[0], of(one), issue::message(detail))
            }
            AlertItem::Run { .. } => digest(items),
        },
        (_, 0) => digest(items),
        _ => {
            let count = |wanted: &str| states.iter().filter(|state| **state == wanted).count();
            let parts: Vec<String> = ["critical", "warning", "resolved"]
                .into_iter()
                .filter(|state| count(state) > 0)
                .map(|state| format!("{} {state}", count(state)))
                .collect();
            let hosts = hosts(items);
            let what = numbered(states.len() as u64, "issue", "issues");
            format!("{what}{hosts}: {}", parts.join(", "))
        }
    }
}

/// The host that the issues have in common, or that there are many.
fn hosts(items: &[NamedItem]) -> String {
    let mut hosts: Vec<&str> = items
        .iter()
        .filter_map(|item| match &item.item {
            AlertItem::Issue { detail, .. } => detail.host(),
            AlertItem::Run { .. } => None,
        })
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    match hosts[..] {
        [] => String::new(),
        [host] => format!(" on {}", safe(host)),
        _ => format!(" on {} hosts", hosts.len()),
    }
}

fn digest(items: &[NamedItem]) -> String {
    let (mut new, mut changed, mut gone) = (0, 0, 0);
    for item in items {
        if let AlertItem::Run {
            created,
            updated,
            removed,
            ..
        } = &item.item
        {
            (new, changed, gone) = (new + created, changed + updated, gone + removed);
        }
    }
    let names: std::collections::BTreeSet<String> = items.iter().map(of).collect();
    let who = match names.len() {
        1 => names.into_iter().next().unwrap_or_default(),
        count => format!("{count} integrations"),
    };
    format!("{who}: {new} created, {changed} updated, {gone} deactivated")
}

fn paragraph(item: &NamedItem) -> String {
    match &item.item {
        AlertItem::Issue {
            issue: number,
            event,
            level,
            detail,
            at,
            ..
        } => {
            let mut text = format!(
                "{}, issue {number}, {} at {}\n{}: {}\n",
                state(*event, *level),
                event.as_str(),
                moment(*at),
                of(item),
                issue::message(detail)
            );
            if *event != IssueEvent::Resolved {
                text.push_str(&format!("help: {}\n", issue::help(detail)));
            }
            text
        }
        AlertItem::Run {
            run,
            created,
            updated,
            removed,
            rejected,
            held,
            at,
            ..
        } => format!(
            "run {run} of {} at {}\n{created} created, {updated} updated, {removed} deactivated, {rejected} rejected, \
             {held} held for review\nhelp: `muster runs {run}` shows the changes\n",
            of(item),
            moment(*at)
        ),
    }
}

fn data(item: &NamedItem) -> Value {
    match &item.item {
        AlertItem::Issue {
            issue: number,
            event,
            level,
            detail,
            at,
            ..
        } => json!({
            "item": "issue",
            "issue": number,
            "kind": detail.kind(),
            "event": event,
            "level": level,
            "workspace": item.workspace,
            "integration": item.integration,
            "message": issue::message(detail),
            "help": issue::help(detail),
            "at": at,
        }),
        AlertItem::Run {
            run,
            kind,
            created,
            updated,
            removed,
            rejected,
            held,
            at,
            ..
        } => json!({
            "item": "run",
            "run": run,
            "kind": kind,
            "workspace": item.workspace,
            "integration": item.integration,
            "created": created,
            "updated": updated,
            "deactivated": removed,
            "rejected": rejected,
            "held": held,
            "at": at,
        }),
    }
}

fn cut(subject: &str) -> String {
    if subject.chars().count() <= MAX_SUBJECT {
        return subject.to_owned();
    }
    let mut cut: String = subject.chars().take(MAX_SUBJECT - 1).collect();
    cut.push('…');
    cut
}

/// Why something was not sent, and what to do.
pub(crate) fn failure(failure: &SendFailure) -> (String, String) {
    let message = match &failure.cause {
        SendCause::Status(status) => format!("the receiver answered with HTTP status {status}"),
        SendCause::Reply(reply) => format!("the mail server answered with reply {reply}"),
        SendCause::TimedOut => "the receiver did not answer in time".to_owned(),
        SendCause::Forbidden(address) => network::forbidden(address),
        SendCause::Unreachable(fault) => {
            format!(
                "the receiver could not be reached: {}",
                network::connection(fault)
            )
        }
        SendCause::Encryption(fault) => {
            format!(
                "the connection could not be encrypted: {}",
                network::tls(fault)
            )
        }
        SendCause::EncryptionSetup(fault) => network::tls_setup(fault),
        SendCause::MailAddress => "the e-mail address is not valid".to_owned(),
        SendCause::Url => "the URL is not an https URL without a user".to_owned(),
        SendCause::NoMailServer => "no mail server is set".to_owned(),
        SendCause::NoSecret => "the signing secret is missing".to_owned(),
    };
    let help = match (&failure.cause, failure.retry) {
        (_, SendRetry::Gone) => {
            "the receiver wants no more messages; remove it, and add it again if this is wrong"
        }
        (SendCause::Reply(530 | 534 | 535), _) => {
            "correct the user and the password with `muster alert mail-server`"
        }
        (SendCause::Reply(_), SendRetry::Never) => {
            "check that the mail server accepts this address"
        }
        (SendCause::Forbidden(_), _) => "add it with --allow-internal if this is intended",
        (SendCause::NoMailServer, _) => "set one with `muster alert mail-server`",
        (SendCause::NoSecret | SendCause::Url | SendCause::MailAddress, _) => {
            "remove the receiver and add it again"
        }
        (SendCause::Encryption(_) | SendCause::EncryptionSetup(_), _) => {
            "check the certificate of the server and how its connections are encrypted"
        }
        _ => "check the receiver; the message is attempted again for a day",
    };
    (message, help.to_owned())
}
