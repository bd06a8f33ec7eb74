//! Why a request is not answered with what it asked for, as problem details (RFC 9457). The code is the same as on the command
//! line. What the server is made of is never part of it.

use crate::{access::Visit, respond::Refusal, texts::Words};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use muster_core::model::{code::Code, response, role::Role};
use muster_store::StoreError;
use schemars::JsonSchema;
use serde::Serialize;

/// A sort of problem with a status and a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProblemKind {
    NotFound,
    Method,
    Invalid,
    MediaType,
    TooLarge,
    /// A request of a browser that no page of this server sent.
    Foreign,
    /// Seconds until the next request is answered.
    Rate(u64),
    /// The cursor is older than the history.
    Expired,
    /// The present state does not allow the request.
    Conflict,
    /// What is edited is not as the client saw it.
    Changed,
    /// An idempotency key was used for another request.
    Repeated,
    /// A rule refuses the change.
    Refused,
    /// The requester of a plan may not approve it.
    FourEyes,
    SignIn,
    Role(Role),
    /// The database does not answer.
    Unavailable,
}

impl ProblemKind {
    fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Invalid => StatusCode::BAD_REQUEST,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Rate(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Expired => StatusCode::GONE,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::Repeated | Self::Refused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Foreign | Self::FourEyes | Self::Role(_) => StatusCode::FORBIDDEN,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn code(self) -> Code {
        match self {
            Self::NotFound => Code::RequestNotFound,
            Self::Method => Code::RequestMethod,
            Self::Invalid => Code::RequestInvalid,
            Self::MediaType => Code::RequestMediaType,
            Self::TooLarge => Code::RequestTooLarge,
            Self::Foreign => Code::RequestForeign,
            Self::Rate(_) => Code::RequestRate,
            Self::Expired => Code::RequestExpired,
            Self::Conflict => Code::RequestConflict,
            Self::Changed => Code::RequestChanged,
            Self::Repeated => Code::RequestRepeated,
            Self::Refused => Code::EditRefused,
            Self::FourEyes => Code::PlanFourEyes,
            Self::SignIn => Code::SignInRequired,
            Self::Role(_) => Code::RoleRequired,
            Self::Unavailable => Code::StoreFailed,
        }
    }

    /// The keys of what happened and of what to do.
    fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => ("api-not-found", "api-not-found-help"),
            Self::Method => ("api-method", "api-method-help"),
            Self::Invalid => ("api-invalid", "api-invalid-help"),
            Self::MediaType => ("api-media-type", "api-media-type-help"),
            Self::TooLarge => ("api-too-large", "api-too-large-help"),
            Self::Foreign => ("api-foreign", "api-foreign-help"),
            Self::Rate(_) => ("api-rate", "api-rate-help"),
            Self::Expired => ("api-expired", "api-expired-help"),
            Self::Conflict => ("api-conflict", "api-conflict-help"),
            Self::Changed => ("api-changed", "api-changed-help"),
            Self::Repeated => ("api-repeated", "api-repeated-help"),
            Self::Refused => ("api-refused", "api-refused-help"),
            Self::FourEyes => ("api-four-eyes", "api-four-eyes-help"),
            Self::SignIn => ("api-sign-in", "api-sign-in-help"),
            Self::Role(_) => ("api-role", "api-role-help"),
            Self::Unavailable => ("api-unavailable", "api-unavailable-help"),
        }
    }
}

impl From<Refusal> for ProblemKind {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::NotFound,
            Refusal::Method => Self::Method,
            Refusal::SignIn => Self::SignIn,
            Refusal::Role(role) => Self::Role(role),
            Refusal::ForeignForm => Self::Foreign,
            Refusal::TooLarge => Self::TooLarge,
            Refusal::Unavailable => Self::Unavailable,
        }
    }
}

/// A problem with what happened in this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiProblem {
    kind: ProblemKind,
    /// Empty: what the kind says.
    detail: String,
    /// The code and the next step of a rule; none: those of the kind.
    rule: Option<(Code, String)>,
}

/// The body of an answer that is not what was asked for.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ProblemDetails")]
pub(crate) struct Details {
    /// The address of the meaning of the code.
    #[serde(rename = "type")]
    kind: String,
    /// What the code means.
    title: &'static str,
    status: u16,
    /// What happened in this request.
    detail: String,
    /// The next step; empty: there is none.
    help: String,
    /// A code that stays the same, such as `MUS-REQUEST-INVALID`.
    #[schemars(with = "String")]
    code: Code,
    /// The path of the request.
    instance: String,
    /// The number of the request, which is also in the header `X-Request-Id`.
    request: String,
}

impl From<ProblemKind> for ApiProblem {
    fn from(kind: ProblemKind) -> Self {
        Self {
            kind,
            detail: String::new(),
            rule: None,
        }
    }
}

impl From<StoreError> for ApiProblem {
    fn from(_: StoreError) -> Self {
        Self::unavailable()
    }
}

impl From<Option<response::Problem>> for ApiProblem {
    /// What the engine refuses; no problem: the database does not answer.
    fn from(refused: Option<response::Problem>) -> Self {
        match refused {
            Some(problem) => Self::refused(problem.code, problem.message, problem.help),
            None => Self::unavailable(),
        }
    }
}

impl ApiProblem {
    pub(crate) fn not_found() -> Self {
        ProblemKind::NotFound.into()
    }

    pub(crate) fn unavailable() -> Self {
        ProblemKind::Unavailable.into()
    }

    pub(crate) fn invalid(detail: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Invalid,
            detail: detail.into(),
            rule: None,
        }
    }

    /// What the present state does not allow.
    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self {
            kind: ProblemKind::Conflict,
            detail: detail.into(),
            rule: None,
        }
    }

    /// What a rule refuses, in its words.
    pub(crate) fn refused(code: Code, detail: String, advice: String) -> Self {
        Self {
            kind: ProblemKind::Refused,
            detail,
            rule: Some((code, advice)),
        }
    }

    pub(crate) fn response(self, visit: &Visit) -> Response {
        let status = self.kind.status();
        let words = Words::english();
        let (happened, help) = self.kind.texts();
        let (code, advice) = self
            .rule
            .unwrap_or_else(|| (self.kind.code(), words.t(help)));
        let own = match self.kind {
            ProblemKind::Role(role) => words.v(happened, role.as_str()),
            _ => words.t(happened),
        };
        let details = Details {
            kind: format!("/api/v1/codes/{code}"),
            title: code.meaning(),
            status: status.as_u16(),
            detail: match self.detail.is_empty() {
                true => own,
                false => self.detail,
            },
            help: advice,
            code,
            instance: visit.path.clone(),
            request: visit.request.clone(),
        };
        let mut answer = (status, Json(details)).into_response();
        let headers = answer.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        match self.kind {
            ProblemKind::SignIn => {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Bearer realm=\"muster\""),
                );
            }
            ProblemKind::Rate(seconds) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            _ => {}
        }
        answer
    }
}
