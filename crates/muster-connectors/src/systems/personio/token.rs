//! How Personio gives out tokens: version 1 with JSON and answers of its own, version 2 by OAuth.

use super::{Personio, wire::TokenV1};
use crate::{
    connector::ConnectorError,
    http::{Answer, Api, Body, Call, Issued, Issuer},
    systems::oauth::Token,
};
use async_trait::async_trait;
use muster_core::model::problem::api::{Access, Attempt, PersonioRemedy, Refused, Remedy};
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// How long a token lives that does not say so.
const A_DAY: Duration = Duration::from_secs(86_400);
/// The pause that Personio makes after too many token requests.
const COOL_DOWN: Duration = Duration::from_secs(60);

/// The credential of one account.
pub(super) struct Login<'p> {
    pub(super) connector: &'p Personio,
}

#[async_trait]
impl Issuer for Login<'_> {
    fn identity(&self) -> Vec<SecretString> {
        let Personio {
            base_url,
            is_v2,
            client_id,
            client_secret,
            ..
        } = self.connector;
        let version = if *is_v2 { "v2" } else { "v1" };
        vec![
            version.into(),
            base_url.as_str().into(),
            client_id.as_str().into(),
            client_secret.clone(),
        ]
    }

    async fn issue(&self, api: &Api<'_>) -> Result<Issued, ConnectorError> {
        let call = if self.connector.is_v2 {
            self.call_v2(api)
        } else {
            self.call_v1(api)
        };
        let answer = api.ask(&call).await?;
        if !answer.status.is_success() {
            return Err(refused(api, &call, &answer));
        }
        let token = if self.connector.is_v2 {
            answer.json(api, &call)?
        } else {
            let answered: TokenV1 = answer.json(api, &call)?;
            if answered.success == Some(false) {
                return Err(refused(api, &call, &answer));
            }
            let data = answered.data.map(|data| Token {
                token: data.token,
                expires_in: data.expires_in,
            });
            data.unwrap_or_default()
        };
        token.issued(api, &call, &answer, A_DAY, super::v1::support())
    }

    /// Until 2023 each token was good for one request, and the answer brought the next; answers still bring one.
    fn replaced(&self, answer: &Answer) -> Option<SecretString> {
        let token = answer
            .header("authorization")?
            .strip_prefix("Bearer ")?
            .trim();
        (!self.connector.is_v2 && !token.is_empty()).then(|| token.into())
    }

    fn remedy(&self) -> Remedy {
        Remedy::Give(Access::PersonioEmployees)
    }
}

impl Login<'_> {
    /// The credentials go into the body: in a query they would be refused, and logged on the way.
    fn call_v1(&self, api: &Api<'_>) -> Call {
        let Personio {
            client_id,
            client_secret,
            ..
        } = self.connector;
        let body = serde_json::json!({ "client_id": client_id, "client_secret": client_secret.expose_secret() });
        self.token_call(api, "v1/auth", Body::Json(body.to_string().into()))
    }

    fn call_v2(&self, api: &Api<'_>) -> Call {
        let Personio {
            client_id,
            client_secret,
            ..
        } = self.connector;
        let fields = vec![
            ("grant_type", "client_credentials".into()),
            ("client_id", client_id.as_str().into()),
            ("client_secret", client_secret.clone()),
        ];
        self.token_call(api, "v2/auth/token", Body::Form(fields))
    }

    fn token_call(&self, api: &Api<'_>, path: &str, body: Body) -> Call {
        let call = Call::post(Attempt::GetToken, api.base.join(path), body);
        Call {
            brings_secret: true,
            cool_down: COOL_DOWN,
            ..call
        }
    }
}

/// Personio says wrong credentials with 403, 401 or 400, and once with a 200 that is none.
fn refused(api: &Api<'_>, call: &Call, answer: &Answer) -> ConnectorError {
    let error = api.refusal(call, answer, Remedy::Personio(PersonioRemedy::Credentials));
    let is_login = matches!(
        answer.status,
        StatusCode::OK | StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN
    );
    if !is_login {
        return error;
    }
    error.refusing_login(Refused::Credentials)
}
