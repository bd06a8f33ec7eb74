//! Requests to BambooHR: where they go, with which key, and what a refusal means.

use super::VENDOR;
use crate::{
    connector::{ConnectorError, Session},
    http::{Answer, Api, Base, Body, Call, Pacing},
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use muster_core::model::problem::api::{Attempt, BambooHrRemedy, Remedy};
use reqwest::{StatusCode, header::AUTHORIZATION};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

/// Hosts of the vendor: this domain and all below it.
const HOSTS: &[&str] = &["bamboohr.com"];

/// BambooHR publishes no numbers; a read is a handful of calls, so there is no need to find the limit.
const PACING: Pacing = Pacing {
    per_second: Some(5),
    per_minute: None,
    gap: None,
};

/// One account's API, for one read.
pub(super) struct ApiClient<'s> {
    pub(super) api: Api<'s>,
    /// The part of every path before the version.
    prefix: String,
    login: SecretString,
}

impl<'s> ApiClient<'s> {
    /// Sends nothing yet. An address without a path gets the one of its host: the account's own
    /// host has its API below `/api`, all others below the gateway.
    pub(super) fn open(
        session: &'s Session<'s>,
        base_url: &str,
        domain: &str,
        key: &SecretString,
    ) -> Result<Self, ConnectorError> {
        let base = Base::parse(base_url, HOSTS, session.network)?;
        let is_own = base
            .host()
            .strip_prefix(domain)
            .is_some_and(|rest| rest.starts_with('.'));
        let prefix = match (base.has_path(), is_own && domain != "api") {
            (true, _) => String::new(),
            (false, true) => "api/".to_owned(),
            (false, false) => format!("api/gateway.php/{domain}/"),
        };
        // The key is the user; any text will do as the password.
        let pair = format!("{}:x", key.expose_secret());
        let login = SecretString::from(BASE64_STANDARD.encode(pair));
        let api = Api::open(session, base, PACING, &[key, &login])?;
        Ok(Self { api, prefix, login })
    }

    /// A GET of a path below the version, with parameters.
    pub(super) fn get(&self, attempted: Attempt, path: &str, query: &[(&str, &str)]) -> Call {
        self.with_key(Call::get(attempted, self.url(path, query)))
    }

    /// A POST that only reads. The header must be exactly `Content-Type: application/json`: with a character set
    /// behind it BambooHR takes the body for XML.
    pub(super) fn post(
        &self,
        attempted: Attempt,
        path: &str,
        query: &[(&str, &str)],
        body: &Json,
    ) -> Call {
        self.with_key(Call::post(
            attempted,
            self.url(path, query),
            Body::Json(body.to_string().into()),
        ))
    }

    fn url(&self, path: &str, query: &[(&str, &str)]) -> url::Url {
        let mut url = self.api.base.join(&format!("{}{path}", self.prefix));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    fn with_key(&self, call: Call) -> Call {
        call.with(
            AUTHORIZATION,
            format!("Basic {}", self.login.expose_secret()).into(),
        )
    }

    /// Asks. An answer that is no success is an error; a refused key is never tried again, since failures count
    /// towards locking the account out.
    pub(super) async fn ask(&self, call: &Call) -> Result<Answer, ConnectorError> {
        match self.attempt(call).await? {
            Reply::Answered(answer) => Ok(answer),
            Reply::Withheld(error) => Err(error),
        }
    }

    /// Asks for what the key may not be allowed to read.
    pub(super) async fn attempt(&self, call: &Call) -> Result<Reply, ConnectorError> {
        let answer = self.api.ask(call).await?;
        if answer.status.is_success() {
            return Ok(Reply::Answered(answer));
        }
        let remedy = match answer.status {
            StatusCode::UNAUTHORIZED => Remedy::BambooHr(BambooHrRemedy::Key),
            StatusCode::FORBIDDEN => Remedy::BambooHr(BambooHrRemedy::User),
            StatusCode::NOT_FOUND => Remedy::BambooHr(BambooHrRemedy::Domain),
            _ => support(),
        };
        let error = self.api.refusal(call, &answer, remedy);
        match answer.status {
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => Ok(Reply::Withheld(error)),
            _ => Err(error),
        }
    }
}

/// The result of a request for something that the key may not be allowed to read.
pub(super) enum Reply {
    Answered(Answer),
    /// It may not be read, or does not exist. If everything else is refused too, this is the reason.
    Withheld(ConnectorError),
}

pub(super) fn support() -> Remedy {
    Remedy::ContactSupport {
        system: Some(VENDOR.to_owned()),
    }
}
