//! The answer of a token endpoint (RFC 6749 section 5.1), as HR systems give it.

use super::leniency::Lenient;
use crate::{
    connector::{ConnectorError, ErrorKind},
    http::{Answer, Api, Call, Issued},
};
use muster_core::model::problem::api::{Failure, Remedy};
use serde::Deserialize;
use std::time::Duration;

/// A token and how long it lives, each of which may be missing.
#[derive(Default, Deserialize)]
pub(super) struct Token {
    #[serde(rename = "access_token")]
    pub(super) token: Option<String>,
    pub(super) expires_in: Option<Lenient>,
}

impl Token {
    /// The token that was asked for. `usual` is the life of one that does not state it; an answer without a token is an error
    /// with this remedy.
    pub(super) fn issued(
        self,
        api: &Api<'_>,
        call: &Call,
        answer: &Answer,
        usual: Duration,
        remedy: Remedy,
    ) -> Result<Issued, ConnectorError> {
        let token = self.token.filter(|token| !token.trim().is_empty());
        let token = token.ok_or_else(|| {
            let (kind, failure) = (ErrorKind::Malformed, Failure::NoToken);
            api.answered(kind, call, answer, failure, remedy)
        })?;
        // No token lives for no time: it would be asked for again before each request, and tokens are counted.
        let lives = self.expires_in.and_then(|lives| lives.number());
        let lives = lives.filter(|seconds| *seconds > 0);
        Ok(Issued {
            token: token.trim().into(),
            lives: lives.map_or(usual, Duration::from_secs),
        })
    }
}
