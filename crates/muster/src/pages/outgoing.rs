//! How messages leave the installation, for the API: which receivers are accepted, their secrets, and sending one to try it.

use super::in_a_browser;
use crate::{
    commands::alert::{is_mail_address, line},
    text::{
        self,
        account::password_link,
        alert::{English, failure as in_words},
    },
};
use jiff::Timestamp;
use muster_connectors::outgoing::{SigningSecret, check_url};
use muster_core::alert::{SendCause, SendFailure};
use muster_engine::{Clock, send_text, test_channel};
use muster_store::{AlertChannel, Store};
use muster_web::{NewSigningSecret, Outgoing, Sentence};
use std::sync::Arc;
use tokio::runtime::Handle;

pub(super) fn outgoing(store: Arc<Store>, clock: Arc<dyn Clock>) -> Outgoing {
    Outgoing {
        // Who uses the API does not run this machine: internal networks are closed.
        check_url: |url| check_url(url, false).map_err(|refused| failure(&refused)),
        check_mail_address,
        new_secret,
        alert: line,
        mail_password_link: {
            let store = Arc::clone(&store);
            Arc::new(move |to, link, expires| mail_password_link(&store, to, link, expires))
        },
        test_channel: Arc::new(move |channel| test(&store, &*clock, channel)),
    }
}

/// Why a message was not sent.
pub(super) fn failure(failed: &SendFailure) -> Sentence {
    let (message, help) = in_words(failed);
    Sentence {
        message,
        help: in_a_browser(help),
    }
}

fn check_mail_address(address: &str) -> Result<(), Sentence> {
    match is_mail_address(address) {
        true => Ok(()),
        false => Err(failure(&SendFailure::never(SendCause::MailAddress))),
    }
}

fn new_secret() -> Option<NewSigningSecret> {
    let secret = SigningSecret::generate()?;
    Some(NewSigningSecret {
        bytes: secret.bytes().to_vec().into(),
        text: secret.text(),
    })
}

/// Sends a test message. It is called on a thread that may block.
fn test(
    store: &Arc<Store>,
    clock: &dyn Clock,
    channel: AlertChannel,
) -> Result<(), Option<Sentence>> {
    let sent = test_channel(store, &English, channel, clock.now());
    match Handle::current().block_on(sent) {
        Ok(sent) => sent.map_err(|failed| Some(failure(&failed))),
        Err(_) => Err(None),
    }
}

/// Mails a password link once. Its user asks for another one if it does not arrive.
fn mail_password_link(store: &Arc<Store>, to: &str, link: &str, expires: Timestamp) {
    let (subject, body) = password_link(link, expires);
    let id = format!("password_{}", expires.as_microsecond());
    let sent = Handle::current().block_on(send_text(store, to, subject, body, &id));
    let failure = match sent {
        Ok(Ok(())) => return,
        Ok(Err(failed)) => in_words(&failed).0,
        Err(error) => text::message(&error.problem()),
    };
    tracing::warn!(target: "muster", error = failure, "a password link is not sent");
}
