//! Why an HR system could not be read: what was attempted, on what, why it failed, and what to do next, as data.

use muster_core::model::{
    code::Code,
    problem::{
        Detail, Problem, Severity,
        api::{self, Attempt, Failure, Fault, Refused, Request, Setting, SettingRemedy},
        network::ConnectionFault,
    },
};
use std::fmt;

/// Who must do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The server cannot be reached, breaks off or is out of order; trying again later may help.
    Unreachable,
    /// The server does not know the credentials, or we do not accept its identity. Never tried again by itself.
    Unauthorised,
    /// The credentials are good, but a right is missing.
    Forbidden,
    /// The server says no, or we refuse what it wants (a redirect, a link to another host).
    Refused,
    /// The server asks to be left alone for longer than a run waits.
    RateLimited,
    /// The answer is not what the API promises.
    Malformed,
    /// A setting cannot be.
    Configuration,
}

/// A failed read. Holds no secret: the client takes them out of every text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorError {
    /// Who must do something about it.
    pub kind: ErrorKind,
    /// What is wrong and what to do about it.
    pub problem: Box<Problem>,
    /// Whether the same attempt may succeed a little later.
    pub retry: bool,
}

impl ConnectorError {
    /// A request that failed and is not worth a second attempt.
    pub(crate) fn request(
        kind: ErrorKind,
        attempted: Attempt,
        on: String,
        failure: Failure,
        remedy: api::Remedy,
    ) -> Self {
        let request = Request {
            attempted,
            on,
            failure,
            request_id: None,
            attempts: 1,
            retry_after: None,
        };
        Self::of(kind, api::Detail::Request(Box::new(request)), remedy)
    }

    /// A setting that cannot be used.
    pub fn setting(key: &str, fault: Fault, remedy: SettingRemedy) -> Self {
        let setting = Setting {
            key: key.to_owned(),
            fault,
        };
        let detail = api::Detail::Setting(setting);
        Self::of(ErrorKind::Configuration, detail, remedy.into())
    }

    fn of(kind: ErrorKind, detail: api::Detail, remedy: api::Remedy) -> Self {
        let problem = Problem::new(code(kind), Severity::Refused, detail, remedy);
        Self {
            kind,
            problem: Box::new(problem),
            retry: false,
        }
    }

    pub fn code(&self) -> Code {
        self.problem.code
    }

    /// The request that failed; none: it did not come to one.
    pub fn failed_request(&self) -> Option<&Request> {
        match &self.problem.detail {
            Detail::Api(detail) => detail.request(),
            _ => None,
        }
    }

    /// Why the request failed.
    pub(crate) fn failure(&self) -> Failure {
        self.failed_request()
            .map_or(Failure::Broken(ConnectionFault::Unknown), |request| {
                request.failure.clone()
            })
    }

    /// The same error, with more known of the request.
    #[must_use]
    pub(crate) fn with(mut self, more: impl FnOnce(&mut Request)) -> Self {
        if let Detail::Api(api::Detail::Request(request)) = &mut self.problem.detail {
            more(request);
        }
        self
    }

    /// The same error, with what the status refuses.
    #[must_use]
    pub(crate) fn refusing(self, refused: Refused) -> Self {
        self.with(|request| {
            if let Failure::Status(status) = &mut request.failure {
                status.refused = Some(refused);
            }
        })
    }

    /// The same error about a login: never tried again by itself.
    #[must_use]
    pub(crate) fn refusing_login(self, refused: Refused) -> Self {
        Self {
            kind: ErrorKind::Unauthorised,
            ..self.refusing(refused)
        }
        .coded(Code::TransportCredentials)
    }

    /// The same error with something else to do about it.
    #[must_use]
    pub(crate) fn remedied(mut self, remedy: api::Remedy) -> Self {
        self.problem.remedy = remedy.into();
        self
    }

    /// The same error under a more exact code.
    #[must_use]
    pub(crate) fn coded(mut self, code: Code) -> Self {
        self.problem.code = code;
        self
    }

    /// The same error, worth another attempt.
    #[must_use]
    pub(crate) fn again(mut self) -> Self {
        self.retry = true;
        self
    }
}

/// The sink refuses what was read.
impl From<Problem> for ConnectorError {
    fn from(problem: Problem) -> Self {
        Self {
            kind: ErrorKind::Refused,
            problem: Box::new(problem),
            retry: false,
        }
    }
}

fn code(kind: ErrorKind) -> Code {
    match kind {
        ErrorKind::Unreachable => Code::TransportUnreachable,
        ErrorKind::Unauthorised => Code::TransportCredentials,
        ErrorKind::Forbidden => Code::ApiForbidden,
        ErrorKind::Refused => Code::ApiRefused,
        ErrorKind::RateLimited => Code::ApiRateLimited,
        ErrorKind::Malformed => Code::ApiMalformed,
        ErrorKind::Configuration => Code::Configuration,
    }
}

/// For logs; front ends make their own text of the problem.
impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({})", self.problem.detail, self.code())
    }
}

impl std::error::Error for ConnectorError {}
