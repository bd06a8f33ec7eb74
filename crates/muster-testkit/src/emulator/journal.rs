//! What an emulator was asked, so that tests can say: paced, with one token, and nothing but reads.

use super::request::Request;
use serde::Serialize;

/// How much of a request's body is kept.
const BODY: usize = 64 * 1024;

/// A request that came in.
#[derive(Clone, Debug, Serialize)]
pub struct Asked {
    /// Real milliseconds since the start.
    pub at: u64,
    /// Number of the connection that it came on.
    pub connection: u64,
    /// How many requests were under way, with this one.
    pub parallel: usize,
    pub method: String,
    /// Path, without the query.
    pub path: String,
    /// Query, as sent.
    pub query: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body, shortened.
    pub body: String,
    /// Status of the answer.
    pub status: u16,
    /// Scenarios that it met.
    pub scenarios: Vec<&'static str>,
    /// Whether it asked for a token.
    pub token: bool,
    /// Whether it would have changed something at the provider.
    pub write: bool,
}

impl Asked {
    pub(crate) fn new(request: &Request, at: u64, connection: u64, parallel: usize) -> Self {
        let body = &request.body[..request.body.len().min(BODY)];
        Self {
            at,
            connection,
            parallel,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            body: String::from_utf8_lossy(body).into_owned(),
            status: 0,
            scenarios: Vec::new(),
            token: false,
            write: false,
        }
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}
