//! What the headers of an answer say about the file: its type, its length and time, and when to ask again.

use crate::http::{self, time};
use muster_core::model::problem::transport::Instead;
use reqwest::{
    Response, Version,
    header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, RETRY_AFTER, TRANSFER_ENCODING},
};
use std::time::Duration;

pub(super) fn header(response: &Response, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

/// The type of the content in small letters, without what is said beside it.
pub(super) fn kind(response: &Response) -> String {
    let kind = header(response, CONTENT_TYPE).unwrap_or_default();
    kind.split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

/// What content of this type is, if it cannot be a table of text. Servers give tables out under many types.
pub(super) fn no_table(kind: &str) -> Option<Instead> {
    let (group, form) = kind.split_once('/')?;
    match (group, form) {
        ("text", "html") | ("application", "xhtml+xml") => Some(Instead::WebPage),
        ("text" | "application", "json") => Some(Instead::JsonDocument),
        ("text" | "application", "xml") => Some(Instead::XmlDocument),
        (_, form) if form.ends_with("+json") => Some(Instead::JsonDocument),
        (_, form) if form.ends_with("+xml") => Some(Instead::XmlDocument),
        ("application", "pdf") => Some(Instead::PdfDocument),
        ("image" | "audio" | "video" | "font", _) => Some(Instead::Media),
        _ => None,
    }
}

/// How long the server asks to be left alone, by its own clock; none: it does not say.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let now = header(response, DATE).and_then(time);
    http::retry_after(header(response, RETRY_AFTER)?, now)
}

/// The length that the server announces. (The client's own answer is the length still to come.)
pub(super) fn length(response: &Response) -> Option<u64> {
    header(response, CONTENT_LENGTH)?.trim().parse().ok()
}

/// Whether the protocol marks the end of the body: the last chunk, or the end of a stream. A connection that is
/// closed in order marks nothing, for servers close it when they fail, too.
pub(super) fn has_marked_end(response: &Response) -> bool {
    match response.version() {
        Version::HTTP_2 | Version::HTTP_3 => true,
        Version::HTTP_11 => header(response, TRANSFER_ENCODING)
            .is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked")),
        _ => false,
    }
}
