//! What connectors ask: one API at one origin, for one read.

use super::{
    answer::{Answer, reported},
    builder,
    cause::{connection, encryption, forbidden},
    not_built,
    origin::{Base, without_query},
    pace::{Pace, Pacing},
    redact::Redactor,
    retry::{fault, retry_after, time},
};
use crate::{
    connector::{ConnectorError, ErrorKind, Session, Step},
    net::{
        connection_limit::{self, MAX_CONNECTIONS, NoneFree},
        retry::{Decision, Failed, Fault, RetryPolicy, share},
    },
};
use muster_core::model::{
    code::Code,
    problem::{
        Problem,
        api::{Attempt, Failure, Remedy, Status},
        network::ConnectionFault,
    },
};
use reqwest::{
    Client, Method, StatusCode, Url,
    header::{
        ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, DATE, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
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
use tokio::sync::{OnceCell, OwnedSemaphorePermit};

/// One request. All of them only read or ask for a token, so each may be sent again.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) attempted: Attempt,
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
    pub(crate) fn get(attempted: Attempt, url: Url) -> Self {
        Self {
            attempted,
            url,
            headers: Vec::new(),
            body: None,
            cool_down: Duration::ZERO,
            is_scarce: false,
            brings_secret: false,
        }
    }

    pub(crate) fn post(attempted: Attempt, url: Url, body: Body) -> Self {
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

/// The waits of one read for attempts that failed.
#[derive(Default)]
struct Waits {
    count: u64,
    total: Duration,
}

/// One API, for one read.
pub(crate) struct Api<'s> {
    pub(crate) session: &'s Session<'s>,
    pub(crate) base: Base,
    pub(super) redactor: Redactor,
    client: Client,
    pace: Pace,
    retries: RetryPolicy,
    waits: Mutex<Waits>,
    /// Its connection among those that the server gets, from the first request to the end of the read.
    connection: OnceCell<OwnedSemaphorePermit>,
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
        let policy = network.policy.clone();
        policy.check_written(base.host()).map_err(|address| {
            let attempted = Attempt::Connect;
            ConnectorError::request(
                ErrorKind::Refused,
                attempted,
                base.origin(),
                Failure::Forbidden(address),
                Remedy::CheckBaseUrl,
            )
            .coded(Code::TransportNetwork)
        })?;
        let client = builder(network.ca_certificate.as_deref(), policy).and_then(|builder| {
            let built = builder
                .https_only(!base.is_plain())
                .connect_timeout(limits.connect + limits.handshake)
                .read_timeout(limits.between_bytes)
                .timeout(limits.whole)
                .build();
            built.map_err(not_built)
        });
        let client = client.map_err(|fault| {
            ConnectorError::request(
                ErrorKind::Configuration,
                Attempt::PrepareEncryption,
                base.origin(),
                Failure::NotPrepared(fault),
                Remedy::InstallAuthorities,
            )
        })?;
        let redactor = Redactor::default();
        secrets
            .iter()
            .for_each(|secret| redactor.hide(secret.expose_secret()));
        let retries = RetryPolicy::for_requests(
            limits.attempts,
            limits.first_wait,
            limits.longest_wait,
            limits.all_waits,
        );
        Ok(Self {
            session,
            base,
            redactor,
            client,
            pace: Pace::new(pacing),
            retries,
            waits: Mutex::default(),
            connection: OnceCell::new(),
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
        self.reserve(call).await?;
        let mut attempt = 1;
        loop {
            self.pace.turn(self.session.timer).await;
            let (error, asked) = match self.once(call).await {
                Ok(answer) => match self.unusable(call, &answer) {
                    None => {
                        self.pace.speed_up().await;
                        return Ok(answer);
                    }
                    Some(error) => (error, self.asked(&answer)),
                },
                Err(error) => (error, None),
            };
            let fault = match error.kind {
                ErrorKind::RateLimited => Fault::Throttled,
                _ if error.retry => Fault::Passing,
                _ => Fault::Permanent,
            };
            if fault == Fault::Throttled {
                self.pace.slow_down().await;
            }
            let fault = match fault {
                Fault::Throttled if call.is_scarce => Fault::Permanent,
                fault => fault,
            };
            let wait = self.wait(fault, attempt, asked, call.cool_down);
            let Some(wait) = wait else {
                return Err(error.with(|request| {
                    request.attempts = attempt;
                    request.retry_after = asked.map(|asked| asked.as_secs());
                }));
            };
            if let Some(request) = error.failed_request() {
                let why = &request.failure;
                (self.session.progress)(Step::Waiting { wait, why });
            }
            self.session.timer.sleep(wait).await;
            attempt += 1;
        }
    }

    /// Waits for one of the connections that the server gets, as long as all waits of a read may take.
    async fn reserve(&self, call: &Call) -> Result<(), ConnectorError> {
        let limit = self.session.network.limits.all_waits;
        let (host, port) = (self.base.host(), self.base.port());
        let take = || connection_limit::take(host, port, limit);
        let taken = self.connection.get_or_try_init(take).await;
        taken.map(drop).map_err(|NoneFree| {
            let attempted = Attempt::GetConnection {
                of: MAX_CONNECTIONS,
            };
            let call = Call {
                attempted,
                ..call.clone()
            };
            self.timed_out(&call, limit)
        })
    }

    /// The wait before the next attempt; none: there is none.
    fn wait(
        &self,
        fault: Fault,
        number: u32,
        retry_after: Option<Duration>,
        cool_down: Duration,
    ) -> Option<Duration> {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let decision = self.retries.decide(&Failed {
            number,
            fault,
            retry_after,
            cool_down,
            spent: waits.total,
            share: share(self.session.seed, waits.count),
        });
        match decision {
            Decision::GiveUp(_) => None,
            Decision::Retry(wait) => {
                waits.count += 1;
                waits.total += wait;
                Some(wait)
            }
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
                let header = name.to_string();
                self.error(
                    ErrorKind::Configuration,
                    call,
                    Failure::HeaderCharacters { header },
                    Remedy::CheckCredentials,
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
    fn unusable(&self, call: &Call, answer: &Answer) -> Option<ConnectorError> {
        let status = answer.status;
        if status.is_redirection() {
            return Some(self.redirected(call, answer));
        }
        let has_asked = answer.header(RETRY_AFTER.as_str()).is_some();
        let kind = match fault(status, has_asked) {
            Fault::Throttled => ErrorKind::RateLimited,
            Fault::Passing => ErrorKind::Unreachable,
            Fault::Permanent => return None,
        };
        let failure = Failure::Status(status_of(answer));
        let remedy = Remedy::CheckStatusPage;
        Some(self.answered(kind, call, answer, failure, remedy).again())
    }

    fn redirected(&self, call: &Call, answer: &Answer) -> ConnectorError {
        let to = answer
            .header(LOCATION.as_str())
            .and_then(|location| call.url.join(location).ok());
        let failure = Failure::Redirected {
            status: answer.status.to_string(),
            to: to.map(|to| reported(&without_query(&to))),
        };
        let remedy = Remedy::CheckBaseUrl;
        self.answered(ErrorKind::Refused, call, answer, failure, remedy)
            .coded(Code::TransportRedirect)
    }

    fn asked(&self, answer: &Answer) -> Option<Duration> {
        let now = answer.header(DATE.as_str()).and_then(time);
        let now = now.unwrap_or_else(|| (self.session.now)());
        retry_after(answer.header(RETRY_AFTER.as_str())?, Some(now))
    }

    /// The error for an answer that is no success.
    pub(crate) fn refusal(&self, call: &Call, answer: &Answer, remedy: Remedy) -> ConnectorError {
        let kind = match answer.status {
            StatusCode::UNAUTHORIZED => ErrorKind::Unauthorised,
            StatusCode::FORBIDDEN => ErrorKind::Forbidden,
            _ => ErrorKind::Refused,
        };
        let failure = Failure::Status(status_of(answer));
        self.answered(kind, call, answer, failure, remedy)
    }

    /// An error about an answer, with what the server calls the request.
    pub(crate) fn answered(
        &self,
        kind: ErrorKind,
        call: &Call,
        answer: &Answer,
        failure: Failure,
        remedy: Remedy,
    ) -> ConnectorError {
        let request_id = answer
            .request_id
            .as_deref()
            .map(|id| reported(&self.redactor.clean(id.to_owned())));
        self.error(kind, call, failure, remedy)
            .with(|request| request.request_id = request_id)
    }

    /// An error without secrets.
    pub(crate) fn error(
        &self,
        kind: ErrorKind,
        call: &Call,
        failure: Failure,
        remedy: Remedy,
    ) -> ConnectorError {
        let attempted = call.attempted.clone();
        ConnectorError::request(kind, attempted, without_query(&call.url), failure, remedy)
            .with(|request| self.redactor.clean_request(request))
    }

    fn timed_out(&self, call: &Call, limit: Duration) -> ConnectorError {
        let failure = Failure::NoAnswer {
            limit_millis: millis(limit),
        };
        self.error(ErrorKind::Unreachable, call, failure, Remedy::CheckNetwork)
            .coded(Code::TransportTimeout)
            .again()
    }

    /// What an error of the connection means.
    pub(super) fn broken(&self, call: &Call, error: &reqwest::Error) -> ConnectorError {
        let limits = &self.session.network.limits;
        if let Some(address) = forbidden(error) {
            let (failure, remedy) = (Failure::Forbidden(address), Remedy::CheckBaseUrl);
            return self
                .error(ErrorKind::Refused, call, failure, remedy)
                .coded(Code::TransportNetwork);
        }
        if let Some(fault) = encryption(error) {
            let (failure, remedy) = (Failure::Encryption(fault), Remedy::CheckNetworkAndClock);
            return self
                .error(ErrorKind::Unauthorised, call, failure, remedy)
                .coded(Code::TransportTls);
        }
        if error.is_timeout() {
            if error.is_connect() {
                return self.timed_out(call, limits.connect + limits.handshake);
            }
            // The client does not say which of the two it was.
            let failure = Failure::NotWhole {
                between_millis: millis(limits.between_bytes.min(limits.whole)),
                whole_millis: millis(limits.whole),
            };
            return self
                .error(ErrorKind::Unreachable, call, failure, Remedy::CheckNetwork)
                .coded(Code::TransportTimeout)
                .again();
        }
        let fault = connection(error);
        if fault == ConnectionFault::HeadersTooLarge {
            let (failure, remedy) = (Failure::Broken(fault), Remedy::CheckProxy);
            return self
                .error(ErrorKind::Refused, call, failure, remedy)
                .coded(Code::ApiLimit);
        }
        let failure = Failure::Broken(fault);
        self.error(ErrorKind::Unreachable, call, failure, Remedy::CheckNetwork)
            .again()
    }
}

fn millis(limit: Duration) -> u64 {
    u64::try_from(limit.as_millis()).unwrap_or(u64::MAX)
}

fn status_of(answer: &Answer) -> Status {
    Status {
        status: answer.status.to_string(),
        says: answer.says(),
        refused: None,
        clock_behind: None,
    }
}
