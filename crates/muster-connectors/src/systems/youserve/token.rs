//! How YouServe lets an application in: by a secret, or by a token signed with the customer's private key.

use super::{
    YouServe,
    assertion::{Key, LIFE, unusable},
    pages::support,
};
use crate::{
    connector::{ConnectorError, ErrorKind},
    http::{Answer, Api, Body, Call, Issued, Issuer, difference},
    systems::oauth::Token,
};
use async_trait::async_trait;
use muster_core::model::problem::api::{
    Attempt, Failure, PrivateKey, Refused, Remedy, YouServeRemedy,
};
use reqwest::{StatusCode, header::CACHE_CONTROL};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

const PATH: &str = "authentication/token";
/// How long a token lives that does not say so.
const AN_HOUR: Duration = Duration::from_secs(3_600);

/// The four ways in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Secret,
    /// A signed token in place of the secret key.
    Assertion,
    /// A signed token that is exchanged for a token.
    Grant,
    /// A signed token that is itself the token.
    Bearer,
}

impl Form {
    pub(super) fn of(setting: Option<&str>) -> Self {
        match setting {
            Some("assertion") => Self::Assertion,
            Some("grant") => Self::Grant,
            Some("bearer") => Self::Bearer,
            _ => Self::Secret,
        }
    }
}

/// The application at YouServe.
pub(super) struct Login<'y> {
    pub(super) connector: &'y YouServe,
}

#[async_trait]
impl Issuer for Login<'_> {
    fn identity(&self) -> Vec<SecretString> {
        let YouServe {
            base_url,
            client_id,
            client_secret,
            login,
            key,
            audience,
            tenant,
            ..
        } = self.connector;
        let text = |text: &Option<String>| text.clone().unwrap_or_default().into();
        let mut identity = vec![
            format!("{login:?} {key:?}").into(),
            base_url.as_str().into(),
            client_id.as_str().into(),
        ];
        identity.extend([client_secret.clone(), text(audience), text(tenant)]);
        identity.extend(key.iter().flat_map(Key::secrets).cloned());
        identity
    }

    async fn issue(&self, api: &Api<'_>) -> Result<Issued, ConnectorError> {
        let form = self.connector.login;
        let signed = self.signed(api)?;
        if let (Form::Bearer, Some(token)) = (form, &signed) {
            return Ok(Issued {
                token: token.clone(),
                lives: Duration::from_secs(LIFE as u64),
            });
        }
        let call = self.call(api, signed);
        let answer = api.ask(&call).await.map_err(|error| match error.kind {
            ErrorKind::RateLimited => error.remedied(Remedy::YouServe(YouServeRemedy::TokenQuota)),
            _ => error,
        })?;
        if !answer.status.is_success() {
            return Err(self.refused(api, &call, &answer));
        }
        let token: Token = answer.json(api, &call)?;
        token.issued(api, &call, &answer, AN_HOUR, support())
    }

    /// A missing right is 403, which no other token changes; tokens are few.
    fn refuses(&self, answer: &Answer) -> bool {
        answer.status == StatusCode::UNAUTHORIZED
    }

    /// A token that this machine signed is refused where it is used.
    fn meaning(&self, api: &Api<'_>, call: &Call, answer: &Answer) -> Option<ConnectorError> {
        (self.connector.login == Form::Bearer).then(|| self.refused(api, call, answer))
    }

    fn remedy(&self) -> Remedy {
        Remedy::YouServe(YouServeRemedy::Rights)
    }
}

impl Login<'_> {
    /// A token signed now, for the forms that have one.
    fn signed(&self, api: &Api<'_>) -> Result<Option<SecretString>, ConnectorError> {
        let YouServe {
            client_id,
            key,
            audience,
            ..
        } = self.connector;
        let Some(key) = key else { return Ok(None) };
        let usual = api.base.join(PATH).to_string();
        let signed = key.sign(
            client_id,
            audience.as_deref().unwrap_or(&usual),
            (api.session.now)(),
        );
        let signed = signed.map_err(|why| unusable(PrivateKey::NotSigned { why }))?;
        api.hide(&signed);
        Ok(Some(signed))
    }

    fn call(&self, api: &Api<'_>, signed: Option<SecretString>) -> Call {
        let YouServe {
            client_id,
            client_secret,
            login,
            ..
        } = self.connector;
        let signed = signed.unwrap_or_default();
        let client = ("client_id", client_id.as_str().into());
        let fields: Vec<(&'static str, SecretString)> = match login {
            Form::Grant => {
                vec![
                    (
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:jwt-bearer".into(),
                    ),
                    ("assertion", signed),
                ]
            }
            Form::Assertion => vec![
                ("grant_type", "client_credentials".into()),
                client,
                (
                    "client_assertion_type",
                    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into(),
                ),
                ("client_assertion", signed),
            ],
            Form::Secret | Form::Bearer => vec![
                ("grant_type", "client_credentials".into()),
                client,
                ("client_secret", client_secret.expose_secret().into()),
            ],
        };
        let call = Call::post(Attempt::GetToken, api.base.join(PATH), Body::Form(fields));
        let call = call.with(CACHE_CONTROL, "no-cache".into());
        Call {
            brings_secret: true,
            is_scarce: true,
            ..call
        }
    }

    fn refused(&self, api: &Api<'_>, call: &Call, answer: &Answer) -> ConnectorError {
        let is_signed = self.connector.login != Form::Secret;
        let (remedy, refused) = match is_signed {
            true => (
                Remedy::YouServe(YouServeRemedy::SignedToken),
                Refused::SignedToken,
            ),
            false => (
                Remedy::YouServe(YouServeRemedy::Credentials),
                Refused::Credentials,
            ),
        };
        let error = api.refusal(call, answer, remedy);
        match answer.status {
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {}
            StatusCode::NOT_FOUND => {
                return error.remedied(Remedy::YouServe(YouServeRemedy::Paths));
            }
            _ => return error,
        }
        let error = error.refusing_login(refused);
        match difference(answer, (api.session.now)()).filter(|_| is_signed) {
            Some(seconds) => error
                .with(|request| {
                    if let Failure::Status(status) = &mut request.failure {
                        status.clock_behind = Some(seconds);
                    }
                })
                .remedied(Remedy::YouServe(YouServeRemedy::SetClock)),
            None => error,
        }
    }
}

/// The error for data that are refused.
pub(super) fn refusal(
    api: &Api<'_>,
    call: &Call,
    answer: &Answer,
    tenant: Option<&str>,
) -> ConnectorError {
    let remedy = match (answer.status, tenant) {
        (StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED, _) => {
            Remedy::YouServe(YouServeRemedy::Rights)
        }
        (StatusCode::NOT_FOUND, Some(_)) => Remedy::YouServe(YouServeRemedy::Tenant),
        (StatusCode::NOT_FOUND, None) => Remedy::YouServe(YouServeRemedy::NoTenant),
        _ => support(),
    };
    api.refusal(call, answer, remedy)
}
