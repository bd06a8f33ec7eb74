//! What an endpoint is, and how a request becomes a call of it.

use crate::{
    access::Visit,
    api::{
        access::{Client, WORKSPACES},
        jobs::write,
        problem::{ApiProblem, ProblemKind},
    },
    routes::Right,
    state::App,
};
use axum::{
    Extension,
    body::{Bytes, to_bytes},
    extract::{FromRequestParts, Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, on},
};
use jiff::civil::Date;
use muster_core::model::{calendar::Calendar, workspace::Workspace};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// The largest body of a request.
const MAX_BODY: usize = 2 * 1024 * 1024;

const JSON: &str = "application/json";

/// Events that the server sends while the connection is open.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// One endpoint.
pub(crate) trait Operation: 'static {
    const METHOD: Method = Method::GET;
    const PATH: &'static str;
    const RIGHT: Right;
    /// Its name in generated clients.
    const NAME: &'static str;
    /// What it does, in one sentence.
    const SUMMARY: &'static str;
    /// The status of its answer.
    const STATUS: StatusCode = StatusCode::OK;

    type Path: DeserializeOwned + JsonSchema + Send;
    type Query: DeserializeOwned + JsonSchema + Send;
    type Body: Body;
    type Answer: Serialize + JsonSchema;

    fn perform(call: &Call, sent: Sent<Self>) -> Result<Answered<Self::Answer>, ApiProblem>
    where
        Self: Sized;
}

/// A body that requests are read into.
pub(crate) trait Body: DeserializeOwned + JsonSchema + Send {
    const IS_READ: bool = true;
}

/// Of an endpoint whose address has no parts beside the workspace.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct NoPath {}

/// Of an endpoint without parameters.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

/// Of an endpoint that reads no body.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct NoBody {}

impl Body for NoBody {
    const IS_READ: bool = false;
}

/// What the request has for the endpoint.
pub(crate) struct Sent<O: Operation> {
    pub(crate) path: O::Path,
    pub(crate) query: O::Query,
    pub(crate) body: O::Body,
}

/// Who asks, about which workspace, and where the answer is read.
pub(crate) struct Call {
    pub(crate) app: App,
    pub(crate) client: Client,
    pub(crate) marks: Marks,
}

/// What the headers of a request say about a change.
#[derive(Clone, Default)]
pub(crate) struct Marks {
    /// The key of the request, with a hash of the request.
    pub(crate) idempotency_key: Option<(String, [u8; 32])>,
    /// The state that the client saw.
    pub(crate) if_match: Option<String>,
}

impl Call {
    /// An address in the workspace.
    pub(crate) fn path_in_workspace(&self, rest: &str) -> String {
        let name = self
            .client
            .workspace
            .as_ref()
            .map(|workspace| &workspace.name);
        let name = name.map(String::as_str).unwrap_or_default();
        let name: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
        format!("{WORKSPACES}{}{rest}", name.replace('+', "%20"))
    }

    /// The version that the client saw; none: the request does not say.
    pub(crate) fn expected_version(&self) -> Result<Option<i64>, ApiProblem> {
        let Some(sent) = &self.marks.if_match else {
            return Ok(None);
        };
        let version = sent.trim().trim_matches('"').parse();
        version.map(Some).map_err(|_| {
            ApiProblem::invalid("If-Match: expected the ETag of what is changed, such as `\"7\"`")
        })
    }

    /// Refuses a key where a repeated request could not be answered as the first one was: a secret is shown once.
    pub(crate) fn refuse_idempotency_key(&self) -> Result<(), ApiProblem> {
        match &self.marks.idempotency_key {
            None => Ok(()),
            Some(_) => Err(ApiProblem::invalid(
                "Idempotency-Key: the answer has a secret that is shown once, so that the request cannot be repeated",
            )),
        }
    }

    /// The workspace of the address.
    pub(crate) fn workspace(&self) -> Result<&Arc<Workspace>, ApiProblem> {
        self.client
            .workspace
            .as_ref()
            .ok_or_else(ApiProblem::not_found)
    }

    /// Today in the workspace.
    pub(crate) fn today(&self, workspace: &Workspace) -> Date {
        Calendar::at(self.app.now(), &workspace.settings).today
    }
}

/// An answer with what goes into its headers.
pub(crate) struct Answered<T> {
    value: T,
    /// Names the state that was read, for `If-Match`.
    etag: Option<String>,
    /// Where what was created is.
    location: Option<String>,
}

impl<T> Answered<T> {
    /// The answer with the address of what was created.
    pub(crate) fn at(value: T, location: String) -> Self {
        Self {
            value,
            etag: None,
            location: Some(location),
        }
    }

    /// The answer with the version of what was read.
    pub(crate) fn version(value: T, version: i64) -> Self {
        Self {
            value,
            etag: Some(format!("\"{version}\"")),
            location: None,
        }
    }
}

impl<T> From<T> for Answered<T> {
    fn from(value: T) -> Self {
        Self {
            value,
            etag: None,
            location: None,
        }
    }
}

/// An endpoint without its types.
pub(crate) struct Endpoint {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) right: Right,
    pub(crate) name: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) status: StatusCode,
    /// The media type of its answer.
    pub(crate) answer_type: &'static str,
    pub(crate) path_schema: SchemaOf,
    pub(crate) query_schema: SchemaOf,
    /// None: it reads no body.
    pub(crate) body_schema: Option<SchemaOf>,
    pub(crate) answer_schema: SchemaOf,
    pub(crate) handler: fn() -> MethodRouter<App>,
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

impl Endpoint {
    pub(crate) const fn of<O: Operation>() -> Self {
        Self {
            method: O::METHOD,
            path: O::PATH,
            right: O::RIGHT,
            name: O::NAME,
            summary: O::SUMMARY,
            status: O::STATUS,
            answer_type: JSON,
            path_schema: O::Path::json_schema,
            query_schema: O::Query::json_schema,
            body_schema: if O::Body::IS_READ {
                Some(SchemaGenerator::subschema_for::<O::Body>)
            } else {
                None
            },
            answer_schema: SchemaGenerator::subschema_for::<O::Answer>,
            handler: route::<O>,
        }
    }
}

fn route<O: Operation>() -> MethodRouter<App> {
    // A method that has no filter is not routed at all.
    match MethodFilter::try_from(O::METHOD) {
        Ok(filter) => on(filter, handle::<O>),
        Err(_) => MethodRouter::new(),
    }
}

async fn handle<O: Operation>(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Extension(client): Extension<Client>,
    request: Request,
) -> Response {
    match answer::<O>(app, client, request).await {
        Ok(answer) => answer,
        Err(problem) => problem.response(&visit),
    }
}

/// A written answer.
struct Written {
    json: Vec<u8>,
    etag: Option<String>,
    location: Option<String>,
}

async fn answer<O: Operation>(
    app: App,
    client: Client,
    request: Request,
) -> Result<Response, ApiProblem> {
    let (mut parts, body) = request.into_parts();
    let Path(path) = Path::<O::Path>::from_request_parts(&mut parts, &())
        .await
        .map_err(|_| ApiProblem::not_found())?;
    let Query(query) = Query::<O::Query>::try_from_uri(&parts.uri)
        .map_err(|refused| ApiProblem::invalid(refused.body_text()))?;
    let bytes = match O::Body::IS_READ {
        true => read(&parts.headers, body).await?,
        false => Bytes::from_static(b"{}"),
    };
    let body = serde_json::from_slice(&bytes);
    let body = body.map_err(|error| ApiProblem::invalid(error.to_string()))?;
    let marks = match O::METHOD == Method::GET {
        true => Marks::default(),
        false => marks(&parts.headers, parts.uri.path(), &bytes)?,
    };
    let sent = Sent { path, query, body };
    let known = parts.headers.get(header::IF_NONE_MATCH).cloned();
    let done = tokio::task::spawn_blocking(move || perform::<O>(&app, client, marks, sent));
    // A panic costs one request.
    let written = done.await.map_err(|_| ApiProblem::unavailable())??;
    Ok(respond::<O>(written, known.as_ref()))
}

fn perform<O: Operation>(
    app: &App,
    client: Client,
    marks: Marks,
    sent: Sent<O>,
) -> Result<Written, ApiProblem> {
    let write = |app: App| {
        let answered = O::perform(&Call { app, client, marks }, sent)?;
        let json = serde_json::to_vec(&answered.value).map_err(|_| ApiProblem::unavailable())?;
        Ok(Written {
            json,
            etag: answered.etag,
            location: answered.location,
        })
    };
    if O::METHOD == Method::GET {
        // One state of the database, so that the parts of an answer never contradict each other.
        return app.snapshot(|app| Ok(write(app.clone())))?;
    }
    write(app.clone())
}

fn respond<O: Operation>(written: Written, known: Option<&HeaderValue>) -> Response {
    let etag = written
        .etag
        .and_then(|etag| HeaderValue::from_str(&etag).ok());
    if etag.is_some() && etag.as_ref() == known {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let kind = [(header::CONTENT_TYPE, JSON)];
    let mut answer = (O::STATUS, kind, written.json).into_response();
    if let Some(etag) = etag {
        answer.headers_mut().insert(header::ETAG, etag);
    }
    let location = written.location.as_deref().map(HeaderValue::from_str);
    if let Some(Ok(location)) = location {
        answer.headers_mut().insert(header::LOCATION, location);
    }
    answer
}

async fn read(headers: &HeaderMap, body: axum::body::Body) -> Result<Bytes, ApiProblem> {
    let kind = headers.get(header::CONTENT_TYPE);
    let is_json = kind
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default();
            kind.trim().eq_ignore_ascii_case("application/json")
        });
    if !is_json {
        return Err(ProblemKind::MediaType.into());
    }
    let bytes = to_bytes(body, MAX_BODY).await;
    bytes.map_err(|_| ProblemKind::TooLarge.into())
}

fn marks(headers: &HeaderMap, path: &str, body: &[u8]) -> Result<Marks, ApiProblem> {
    let if_match = headers.get(header::IF_MATCH);
    Ok(Marks {
        idempotency_key: write::idempotency_key(headers, path, body)?,
        if_match: if_match
            .and_then(|sent| sent.to_str().ok())
            .map(str::to_owned),
    })
}
