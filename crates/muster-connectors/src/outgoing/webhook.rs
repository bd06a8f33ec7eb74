//! Posts a signed message to a webhook, as Standard Webhooks asks: no redirects, a limit on the time, and nothing of the
//! answer but its status.

use super::signature::SigningSecret;
use crate::{http, transport::NetworkPolicy};
use muster_core::alert::{SendCause, SendFailure, SendRetry};
use reqwest::Url;
use std::time::Duration;

/// How long a receiver may take.
const LIMIT: Duration = Duration::from_secs(20);
const CONNECT: Duration = Duration::from_secs(10);

/// Who receives messages.
#[derive(Clone, Debug)]
pub struct Receiver {
    pub url: String,
    pub secret: SigningSecret,
    /// Whether it may be in an internal network or on this machine.
    pub allows_internal: bool,
    /// PEM of a certificate authority to trust in addition to those of the machine.
    pub ca_certificate: Option<String>,
}

/// A message with its id, by which repeats are recognised.
#[derive(Clone, Debug)]
pub struct Message {
    pub id: String,
    /// The time of this attempt, in seconds since 1970.
    pub seconds: i64,
    /// JSON.
    pub body: String,
}

/// Whether messages can be posted to a URL: `https`, or `http` to this machine where that is allowed.
pub fn check_url(url: &str, allows_internal: bool) -> Result<(), SendFailure> {
    parsed(url, allows_internal).map(drop)
}

fn parsed(text: &str, allows_internal: bool) -> Result<Url, SendFailure> {
    let refused = |cause| Err(SendFailure::never(cause));
    let Ok(url) = Url::parse(text) else {
        return refused(SendCause::Url);
    };
    let host = url.host_str().unwrap_or_default();
    let is_plain = url.scheme() == "http" && allows_internal && is_this_machine(host);
    if (url.scheme() != "https" && !is_plain) || host.is_empty() || !url.username().is_empty() {
        return refused(SendCause::Url);
    }
    match policy(allows_internal).check_written(host) {
        Ok(()) => Ok(url),
        Err(address) => refused(SendCause::Forbidden(address)),
    }
}

fn is_this_machine(host: &str) -> bool {
    ["localhost", "127.0.0.1", "[::1]"].contains(&host)
}

fn policy(allows_internal: bool) -> NetworkPolicy {
    NetworkPolicy {
        this_machine: allows_internal,
        private_networks: allows_internal,
        ..NetworkPolicy::default()
    }
}

/// Posts a message once.
pub async fn post(receiver: &Receiver, message: &Message) -> Result<(), SendFailure> {
    let url = parsed(&receiver.url, receiver.allows_internal)?;
    let client = http::posting_client(
        (CONNECT, LIMIT),
        receiver.ca_certificate.as_deref(),
        policy(receiver.allows_internal),
    )
    .map_err(|fault| SendFailure::later(SendCause::EncryptionSetup(fault)))?;
    let body = message.body.clone().into_bytes();
    let signature = receiver.secret.sign(&message.id, message.seconds, &body);
    let answer = client
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", message.seconds.to_string())
        .header("webhook-signature", signature)
        .body(body)
        .send()
        .await
        .map_err(|error| failed(&error))?;
    // The body is not read: its size is no matter then.
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let retry = if status.as_u16() == 410 {
        SendRetry::Gone
    } else {
        SendRetry::Later
    };
    Err(SendFailure {
        cause: SendCause::Status(status.as_u16()),
        retry,
    })
}

fn failed(error: &reqwest::Error) -> SendFailure {
    if let Some(address) = http::forbidden(error) {
        return SendFailure::later(SendCause::Forbidden(address));
    }
    if let Some(fault) = http::encryption(error) {
        return SendFailure::later(SendCause::Encryption(fault));
    }
    if error.is_timeout() {
        return SendFailure::later(SendCause::TimedOut);
    }
    SendFailure::later(SendCause::Unreachable(http::connection(error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// W12, P41.
    #[test]
    fn only_encrypted_urls_outside_of_the_internal_network_are_accepted() {
        let refusal = |url: &str, internal| match check_url(url, internal) {
            Ok(()) => "none",
            Err(failure) => match failure.cause {
                SendCause::Forbidden(_) => "forbidden",
                SendCause::Url => "url",
                _ => "another",
            },
        };
        for (url, is_internal_accepted) in [
            ("https://127.0.0.1/hook", true),
            ("https://[::1]/hook", true),
            ("https://10.1.2.3/hook", true),
            ("https://192.168.1.1/hook", true),
            ("https://172.16.0.9/hook", true),
            ("https://[fd00::1]/hook", true),
            ("https://[::ffff:10.0.0.1]/hook", true),
            ("https://169.254.169.254/latest", false),
        ] {
            assert_eq!(refusal(url, false), "forbidden", "{url}");
            let expected = if is_internal_accepted {
                "none"
            } else {
                "forbidden"
            };
            assert_eq!(refusal(url, true), expected, "{url}");
        }
        for url in [
            "http://hooks.example/x",
            "ftp://hooks.example/x",
            "https://user:pw@hooks.example/x",
            "hooks.example",
            "http://10.0.0.1/x",
        ] {
            assert_eq!(refusal(url, true), "url", "{url}");
        }
        assert_eq!(refusal("https://hooks.example/x?key=1", false), "none");
        assert_eq!(refusal("http://127.0.0.1:8080/x", true), "none");
        assert_eq!(refusal("http://127.0.0.1:8080/x", false), "url");
    }
}
