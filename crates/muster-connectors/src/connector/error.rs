//! Why an HR system could not be read: what was attempted, on what, why it failed, and what to do next.

use muster_core::model::{code::Code, problem::Problem};
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

/// What was and was not done, for every error of a read.
const NOTHING_USED: &str = "nothing of this read was used, and nobody is deactivated because of it";
/// The same of a setting that cannot be.
const NOTHING_SENT: &str = "nothing was sent or read, and nobody is deactivated because of it";

/// A failed read. Holds no secret: the client takes them out of every text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorError {
    pub code: Code,
    /// Who must do something about it.
    pub kind: ErrorKind,
    /// What was attempted: a verb phrase, as in `read page 3 of the employees`.
    pub attempted: String,
    /// On what: scheme, host, port and path, without query.
    pub on: String,
    pub why: String,
    /// What was and was not done.
    pub effect: String,
    /// What to do next.
    pub advice: String,
    /// What the server calls this request; its operators ask for it.
    pub request_id: Option<String>,
    /// Whether the same attempt may succeed a little later.
    pub retry: bool,
}

impl ConnectorError {
    /// An error that is not worth a second attempt.
    pub fn new(
        kind: ErrorKind,
        attempted: &str,
        on: &str,
        why: impl Into<String>,
        advice: &str,
    ) -> Self {
        Self {
            code: code(kind),
            kind,
            attempted: attempted.to_owned(),
            on: on.to_owned(),
            why: why.into(),
            effect: NOTHING_USED.to_owned(),
            advice: advice.to_owned(),
            request_id: None,
            retry: false,
        }
    }

    /// A setting that cannot be.
    pub fn setting(key: &str, why: impl Into<String>, advice: &str) -> Self {
        let error = Self::new(
            ErrorKind::Configuration,
            "use",
            &format!("the setting `{key}`"),
            why,
            advice,
        );
        Self {
            effect: NOTHING_SENT.to_owned(),
            ..error
        }
    }

    /// The same error under a more exact code.
    #[must_use]
    pub(crate) fn coded(mut self, code: Code) -> Self {
        self.code = code;
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
        Self::new(
            ErrorKind::Refused,
            "use",
            "what was read",
            problem.message,
            &problem.advice,
        )
        .coded(problem.code)
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

impl fmt::Display for ConnectorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not {} {}: {}", self.attempted, self.on, self.why)?;
        if let Some(id) = &self.request_id {
            write!(f, " (request id `{id}`)")?;
        }
        write!(f, "; {}", self.effect)
    }
}

impl std::error::Error for ConnectorError {}
