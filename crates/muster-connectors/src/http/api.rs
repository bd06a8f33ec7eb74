//! What connectors ask: one API at one origin, for one read.

use super::{
    answer::{Answer, reported},
    builder,
    cause::{deepest, encryption},
    origin::{Base, without_query},
    pace::{Pace, Pacing},
    redact::Redactor,
    retry::{Cause, Patience, asked},
};
use crate::{
    connector::{ConnectorError, ErrorKind, Session, Step},
    transport::NetworkPolicy,
};
use muster_core::model::{code::Code, problem::Problem};
use reqwest::{
    Client, Method, StatusCode, Url,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
    },
};
use secrecy::{ExposeSecret, SecretString};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// One request. All of them only read or ask for a token, so each may be sent again.
#[derive(Clone)]
pub(crate) struct Call {
    /// A verb phrase for messages, as in `read page 3 of the employees`.
    pub(crate) attempted: String,
    /// Where; always below the base.
    pub(crate) url: Url,
    /// Headers beyond the usual ones. None of them appears anywhere.
    pub(crate) headers: Vec<(HeaderName, SecretString)>,
    /// What is sent along; with it the request is a POST.
    pub(crate) body: Option<Body>,
    /// The least wait after a 429 that says nothing about it.
    pub(crate) cool_down: Duration,
    /// Whether so few such requests are allowed that one that exceeds the limit is never repeated.
    pub(crate) is_scarce: bool,
    /// Whether the answer brings a token: nothing of it is then ever repeated.
    pub(crate) brings_secret: bool,
}

/// What is sent along.
#[derive(Clone)]
pub(crate) enum Body {
    Form(Vec<(&'static str, SecretString)>),
    Json(SecretString),
}

impl Call {
    pub(crate) fn get(attempted: impl Into<String>, url: Url) -> Self {
        Self {
            attempted: attempted.into(),
            url,
            headers: Vec::new(),
            body: None,
            cool_down: Duration::ZERO,
            is_scarce: false,
            brings_secret: false,
        }
    }

    pub(crate) fn post(attempted: impl Into<String>, url: Url, body: Body) -> Self {
        Self {
            body: Some(body),
            ..Self::get(attempted, url)
        }
    }

    /// The same request with one more header.
    #[must_use]
    pub(crate) fn with(mut self, name: HeaderName, value: SecretString) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
        self
    }
}

/// One API, for one read.
pub(crate) struct Api<'s> {
    pub(crate) session: &'s Session<'s>,
    pub(crate) base: Base,
    pub(super) redactor: Redactor,
    client: Client,
    pace: Pace,
    patience: Patience,
    bytes: AtomicU64,
    notices: Mutex<Vec<Problem>>,
}

impl<'s> Api<'s> {
    /// Prepares a client; nothing is sent. Every secret of the settings must be named.
    pub(crate) fn open(
        session: &'s Session<'s>,
        base: Base,
        pacing: Pacing,
        secrets: &[&SecretString],
    ) -> Result<Self, ConnectorError> {
        let network = session.network;
        let limits = &network.limits;
        let client = builder(network.ca_certificate.as_deref(), NetworkPolicy::default()).and_then(
            |builder| {
                let built = builder
                    .https_only(!base.is_plain())
                    .connect_timeout(limits.connect + limits.handshake)
                    .read_timeout(limits.between_bytes)
                    .timeout(limits.whole)
                    .build();
                built.map_err(|error| error.without_url().to_string())
            },
        );
        let client = client.map_err(|why| {
            let advice = "install the package `ca-certificates`, or correct `ca_certificate`";
            ConnectorError::new(
                ErrorKind::Configuration,
                "prepare encryption for",
                &base.origin(),
                why,
                advice,
            )
        })?;
        let redactor = Redactor::default();
        secrets
            .iter()
            .for_each(|secret| redactor.hide(secret.expose_secret()));
        let (pace, patience) = (
            Pace::new(pacing),
            Patience::new(limits.clone(), session.seed),
        );
        Ok(Self {
            session,
            base,
            redactor,
            client,
            pace,
            patience,
            bytes: AtomicU64::new(0),
            notices: Mutex::default(),
        })
    }

    /// Hides one more secret from now on.
    pub(crate) fn hide(&self, secret: &SecretString) {
        self.redactor.hide(secret.expose_secret());
    }

    /// Bytes of all answers so far.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Notes what should be looked at although the read goes on.
    pub(super) fn notice(&self, problem: Problem) {
        self.notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(problem);
    }

    /// What was noted so far, for the problems of the read.
    pub(crate) fn notices(&self) -> Vec<Problem> {
        self.notices
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn count(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Asks, at the pace that the API publishes, and again within bounds when that may help. The answer has any
    /// status that a second attempt would not change.
    pub(crate) async fn ask(&self, call: &Call) -> Result<Answer, ConnectorError> {
        let mut attempt = 1;
        loop {
            self.pace.turn(self.session.timer).await;
            let (error, asked) = match self.once(call).await {
                Ok(answer) => match self.trouble(call, &answer) {
                    None => {
                        self.pace.speed_up().await;
                        return Ok(answer);
                    }
                    Some(error) => (error, self.asked(&answer)),
                },
                Err(error) => (error, None),
            };
            let (cause, least) = match error.kind {
                ErrorKind::RateLimited => (Cause::Throttled, call.cool_down),
                _ => (Cause::Failed, Duration::ZERO),
            };
            if cause == Cause::Throttled {
                self.pace.slow_down().await;
            }
            let is_over = call.is_scarce && cause == Cause::Throttled;
            let wait = (error.retry && !is_over)
                .then(|| self.patience.wait(attempt, asked, least, cause))
                .flatten();
            let Some(wait) = wait else {
                return Err(given_up(error, attempt, asked));
            };
            (self.session.progress)(Step::Waiting {
                wait,
                why: &error.why,
            });
            self.session.timer.sleep(wait).await;
            attempt += 1;
        }
    }

    async fn once(&self, call: &Call) -> Result<Answer, ConnectorError> {
        let method = if call.body.is_some() {
            Method::POST
        } else {
            Method::GET
        };
        let mut request = self.client.request(method, call.url.clone());
        request = request
            .header(ACCEPT, "application/json")
            .header(ACCEPT_ENCODING, "gzip");
        for (name, value) in &call.headers {
            let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| {
                let why =
                    format!("the header `{name}` would have characters that no header may have");
                self.error(
                    ErrorKind::Configuration,
                    call,
                    &why,
                    "check the credentials for stray characters",
                )
            })?;
            value.set_sensitive(true);
            request = request.header(name, value);
        }
        request = match &call.body {
            None => request,
            Some(Body::Json(text)) => request
                .header(CONTENT_TYPE, "application/json")
                .body(text.expose_secret().to_owned()),
            Some(Body::Form(fields)) => {
                let fields = fields
                    .iter()
                    .map(|(name, value)| (*name, value.expose_secret()));
                let text = url::form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(fields)
                    .finish();
                request
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(text)
            }
        };
        let limits = &self.session.network.limits;
        let first = limits.connect + limits.handshake + limits.first_byte;
        let sent = tokio::time::timeout(first, request.send()).await;
        let response = sent
            .map_err(|_| self.timed_out(call, limits.first_byte))?
            .map_err(|error| self.broken(call, &error))?;
        Answer::read(self, call, response).await
    }

    /// What is wrong with an answer that a connector need not look at.
    fn trouble(&self, call: &Call, answer: &Answer) -> Option<ConnectorError> {
        let status = answer.status;
        if status.is_redirection() {
            return Some(self.redirected(call, answer));
        }
        let has_asked = answer.header(RETRY_AFTER.as_str()).is_some();
        let limits = status == StatusCode::TOO_MANY_REQUESTS
            || (status == StatusCode::SERVICE_UNAVAILABLE && has_asked);
        let passes = status == StatusCode::REQUEST_TIMEOUT
            || matches!(status.as_u16(), 500 | 502..=504 | 507..=599);
        let kind = match (limits, passes) {
            (true, _) => ErrorKind::RateLimited,
            (_, true) => ErrorKind::Unreachable,
            _ => return None,
        };
        let why = format!("the server answers {status}{}", words(answer));
        let advice =
            "the next run tries again; if the problem remains, check the vendor's status page";
        Some(self.answered(kind, call, answer, &why, advice).again())
    }

    fn redirected(&self, call: &Call, answer: &Answer) -> ConnectorError {
        let to = answer
            .header(LOCATION.as_str())
            .and_then(|location| call.url.join(location).ok());
        let to = to.map_or("nowhere".to_owned(), |to| without_query(&to));
        let why = format!(
            "the server answers {} and redirects to {}, which is not followed",
            answer.status,
            reported(&to)
        );
        let advice = "correct `base_url` if the API has moved; the credentials were not sent there";
        self.answered(ErrorKind::Refused, call, answer, &why, advice)
            .coded(Code::TransportRedirect)
    }

    fn asked(&self, answer: &Answer) -> Option<Duration> {
        asked(answer.header(RETRY_AFTER.as_str())?, (self.session.now)())
    }

    /// The error for an answer that is no success.
    pub(crate) fn refusal(&self, call: &Call, answer: &Answer, advice: &str) -> ConnectorError {
        let kind = match answer.status {
            StatusCode::UNAUTHORIZED => ErrorKind::Unauthorised,
            StatusCode::FORBIDDEN => ErrorKind::Forbidden,
            _ => ErrorKind::Refused,
        };
        let why = format!("the server answers {}{}", answer.status, words(answer));
        self.answered(kind, call, answer, &why, advice)
    }

    /// An error about an answer, with what the server calls the request.
    pub(crate) fn answered(
        &self,
        kind: ErrorKind,
        call: &Call,
        answer: &Answer,
        why: &str,
        advice: &str,
    ) -> ConnectorError {
        let request_id = answer
            .request_id
            .as_deref()
            .map(|id| reported(&self.redactor.clean(id.to_owned())));
        ConnectorError {
            request_id,
            ..self.error(kind, call, why, advice)
        }
    }

    /// An error without secrets.
    pub(crate) fn error(
        &self,
        kind: ErrorKind,
        call: &Call,
        why: &str,
        advice: &str,
    ) -> ConnectorError {
        let clean = |text: &str| self.redactor.clean(text.to_owned());
        ConnectorError::new(
            kind,
            &clean(&call.attempted),
            &clean(&without_query(&call.url)),
            clean(why),
            advice,
        )
    }

    fn timed_out(&self, call: &Call, limit: Duration) -> ConnectorError {
        let why = format!("no answer within {}", seconds(limit));
        let advice = "check the network of this machine; the next run tries again";
        self.error(ErrorKind::Unreachable, call, &why, advice)
            .coded(Code::TransportTimeout)
            .again()
    }

    /// What an error of the connection means.
    pub(super) fn broken(&self, call: &Call, error: &reqwest::Error) -> ConnectorError {
        let limits = &self.session.network.limits;
        if let Some(why) = encryption(error) {
            let why = format!("no agreement on encryption: {why}");
            let advice =
                "check the clock of this machine and the network between it and the vendor";
            return self
                .error(ErrorKind::Unauthorised, call, &why, advice)
                .coded(Code::TransportTls);
        }
        let advice = "check the network of this machine; the next run tries again";
        if error.is_timeout() {
            if error.is_connect() {
                return self.timed_out(call, limits.connect + limits.handshake);
            }
            // The client does not say which of the two it was.
            let why = format!(
                "no answer within {}, or not all of it within {}",
                seconds(limits.between_bytes.min(limits.whole)),
                seconds(limits.whole)
            );
            return self
                .error(ErrorKind::Unreachable, call, &why, advice)
                .coded(Code::TransportTimeout)
                .again();
        }
        self.error(ErrorKind::Unreachable, call, &deepest(error), advice)
            .again()
    }
}

/// A limit as messages show it.
fn seconds(limit: Duration) -> String {
    match limit.subsec_millis() {
        0 => format!("{} s", limit.as_secs()),
        _ => format!("{:.1} s", limit.as_secs_f64()),
    }
}

/// What the server says about its status, if anything.
fn words(answer: &Answer) -> String {
    let words = answer.says();
    if words.is_empty() {
        words
    } else {
        format!(": `{words}`")
    }
}

/// The last error of several attempts.
fn given_up(error: ConnectorError, attempts: u32, asked: Option<Duration>) -> ConnectorError {
    let mut why = error.why.clone();
    if let Some(asked) = asked {
        why = format!(
            "{why}, and asks to be tried again after {} s",
            asked.as_secs()
        );
    }
    if attempts > 1 {
        why = format!("{why} ({attempts} attempts)");
    }
    ConnectorError { why, ..error }
}
