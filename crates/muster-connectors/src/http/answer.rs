//! One answer of an API: read whole, within limits, and turned into what it should be.

use super::{
    api::{Api, Call},
    inflate::{NotInflated, inflate},
};
use crate::{
    connector::{ConnectorError, ErrorKind},
    http::web_page,
};
use muster_core::model::{
    code::Code,
    problem::{
        api::{Failure, NotJson, Remedy},
        is_hidden,
    },
};
use reqwest::{
    Response, StatusCode,
    header::{AUTHORIZATION, HeaderMap, HeaderValue},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Headers in which servers say what they call a request.
const REQUEST_IDS: &[&str] = &[
    "x-request-id",
    "x-bamboohr-request-id",
    "request-id",
    "x-correlation-id",
    "correlation-id",
    "x-trace-id",
    "x-amzn-requestid",
];
/// Headers in which servers say what is wrong, before the body does.
const MESSAGES: &[&str] = &["x-bamboohr-error-message", "x-bamboohr-error-messsage"];
/// Where error bodies say what is wrong, as JSON pointers.
const SAYINGS: &[&str] = &[
    "/error/message",
    "/error_description",
    "/errors/0/detail",
    "/errors/0/title",
    "/detail",
    "/title",
    "/message",
    "/fault/faultstring",
    "/error",
];
/// Where error bodies name the request.
const TRACES: &[&str] = &[
    "/personio_trace_id",
    "/trace_id",
    "/error/correlationId",
    "/correlationId",
];
/// Longest part of a server's own words that a message repeats, in characters.
const MAX_LISTED: usize = 160;

/// An answer with its whole body.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    pub(crate) request_id: Option<String>,
}

impl Answer {
    /// Reads the body to its end. Secrets are taken out of it, unless it is an answer that brings one.
    pub(super) async fn read(
        api: &Api<'_>,
        call: &Call,
        mut response: Response,
    ) -> Result<Self, ConnectorError> {
        let limits = &api.session.network.limits;
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > limits.answer_bytes => {
                    return Err(too_large(api, call, limits.answer_bytes));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                // The status of a failure says enough. Refused credentials are not sent again because their page broke off.
                Err(_) if !status.is_success() => break,
                Err(error) => {
                    let bytes = body.len() as u64;
                    return Err(api.broken(call, &error).with(|request| {
                        request.failure = Failure::Interrupted {
                            bytes,
                            then: Box::new(request.failure.clone()),
                        };
                    }));
                }
            }
        }
        api.count(body.len());
        let encoding = header(&headers, "content-encoding")
            .unwrap_or_default()
            .to_owned();
        let mut body = match inflate(body, &encoding, limits.inflated_bytes) {
            Ok(body) => body,
            Err(NotInflated::TooLarge) => return Err(too_large(api, call, limits.inflated_bytes)),
            Err(NotInflated::Broken(_)) if !status.is_success() => Vec::new(),
            Err(NotInflated::Broken(failure)) => {
                return Err(api.error(ErrorKind::Malformed, call, failure, SUPPORT));
            }
        };
        if !(call.brings_secret && status.is_success()) {
            body = match String::from_utf8(body) {
                Ok(text) => api.redactor.clean(text).into_bytes(),
                Err(error) => error.into_bytes(),
            };
        }
        let headers = without_secrets(headers, api);
        let request_id = REQUEST_IDS
            .iter()
            .find_map(|name| header(&headers, name))
            .map(str::to_owned);
        let mut answer = Self {
            status,
            headers,
            body,
            request_id,
        };
        if answer.request_id.is_none() && !answer.status.is_success() {
            answer.request_id = answer.pointed(TRACES);
        }
        Ok(answer)
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The JSON that a good answer is; anything else says what came instead.
    pub(crate) fn json<T: DeserializeOwned>(
        &self,
        api: &Api<'_>,
        call: &Call,
    ) -> Result<T, ConnectorError> {
        self.parse(api, call, |text| serde_json::from_str(text))
    }

    /// The same for large answers, of which a reader keeps only what it needs.
    pub(crate) fn parse<T>(
        &self,
        api: &Api<'_>,
        call: &Call,
        read: impl FnOnce(&str) -> serde_json::Result<T>,
    ) -> Result<T, ConnectorError> {
        let malformed = |failure| api.answered(ErrorKind::Malformed, call, self, failure, SUPPORT);
        let content_type = || reported(self.header("content-type").unwrap_or_default());
        let body = self
            .body
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&self.body);
        if body.trim_ascii().is_empty() {
            return Err(malformed(Failure::EmptyAnswer));
        }
        if web_page::is_page(body) {
            let words =
                web_page::first_words(&String::from_utf8_lossy(&body[..body.len().min(4_096)]));
            let page = Failure::WebPage {
                content_type: content_type(),
                start: reported(&words),
            };
            // Pages for people are mostly not the API's own.
            return Err(malformed(page).remedied(Remedy::CheckProxy));
        }
        if body.trim_ascii_start().starts_with(b"<") {
            return Err(malformed(Failure::Xml {
                content_type: content_type(),
            }));
        }
        // A reader of JSON does not look at texts that it passes over.
        let of = body.len() as u64;
        let text = std::str::from_utf8(body).map_err(|error| {
            let at = error.valid_up_to() as u64;
            malformed(Failure::NotUtf8 { at, of })
        })?;
        read(text).map_err(|error| {
            let at = offset(body, error.line(), error.column());
            // The text of the error may quote the answer.
            let why = match error.classify() {
                _ if call.brings_secret => NotJson::Other,
                serde_json::error::Category::Eof => NotJson::EndsEarly,
                _ => NotJson::Parser {
                    says: reported(&error.to_string()),
                },
            };
            malformed(Failure::NotJson { at, of, why })
        })
    }

    /// What the server says is wrong, in its own words.
    pub(crate) fn says(&self) -> String {
        let header = MESSAGES
            .iter()
            .find_map(|name| self.header(name))
            .map(str::to_owned);
        let text = header.or_else(|| self.pointed(SAYINGS)).unwrap_or_else(|| {
            let start =
                String::from_utf8_lossy(&self.body[..self.body.len().min(4_096)]).into_owned();
            web_page::first_words(&start)
        });
        reported(&without_people(text.trim()))
    }

    fn pointed(&self, pointers: &[&str]) -> Option<String> {
        let value: Value = serde_json::from_slice(&self.body).ok()?;
        pointers
            .iter()
            .find_map(|pointer| value.pointer(pointer)?.as_str().map(str::to_owned))
    }
}

/// Headers as messages may repeat them: shortened before it is cleaned, a secret would leave its beginning. The one that may
/// hold a new token is never repeated.
fn without_secrets(mut headers: HeaderMap, api: &Api<'_>) -> HeaderMap {
    for (_, value) in headers
        .iter_mut()
        .filter(|(name, _)| *name != AUTHORIZATION)
    {
        let clean = api
            .redactor
            .clean(String::from_utf8_lossy(value.as_bytes()).into_owned());
        if clean.as_bytes() != value.as_bytes() {
            *value = HeaderValue::from_str(&clean).unwrap_or(HeaderValue::from_static(""));
        }
    }
    headers
}

/// A server's words without addresses and days, which may be those of an employee.
fn without_people(words: &str) -> String {
    let is_day = |word: &str| {
        let digits = word.bytes().filter(u8::is_ascii_digit).count();
        digits == 8 && word.len() == 10 && word.matches(['-', '/', '.']).count() == 2
    };
    let shown = |word: &str| match word.trim_matches(|edge: char| !edge.is_alphanumeric()) {
        core if core.contains('@') => "[address]".to_owned(),
        core if is_day(core) => word.replace(core, "[day]"),
        _ => word.to_owned(),
    };
    words.split(' ').map(shown).collect::<Vec<_>>().join(" ")
}

const SUPPORT: Remedy = Remedy::ContactSupport { system: None };

fn too_large(api: &Api<'_>, call: &Call, limit: usize) -> ConnectorError {
    let failure = Failure::TooLarge {
        limit: limit as u64,
    };
    api.error(ErrorKind::Refused, call, failure, Remedy::AskWhyLarge)
        .coded(Code::ApiLimit)
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// A server's words as messages repeat them: shortened, hidden characters as escapes.
pub(super) fn reported(words: &str) -> String {
    let mut text = String::new();
    for (count, character) in words.chars().enumerate() {
        if count == MAX_LISTED {
            text.push('…');
            break;
        }
        if is_hidden(character) {
            text.push_str(&character.escape_unicode().to_string());
        } else {
            text.push(character);
        }
    }
    text
}

/// Position of a line and column, both from 1.
fn offset(body: &[u8], line: usize, column: usize) -> u64 {
    let before: usize = body
        .split(|byte| *byte == b'\n')
        .take(line.saturating_sub(1))
        .map(|line| line.len() + 1)
        .sum();
    (before + column).min(body.len()) as u64
}
