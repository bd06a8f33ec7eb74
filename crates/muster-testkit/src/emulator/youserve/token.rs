//! YouServe's tokens: by secret (A), by signed assertion (B1, B3), or the assertion itself as the token (B2).

use super::{
    super::{answer::Answer, api::Scene, chance::Chance, pace::Window, request::Request},
    assertion::Assertions,
    failure, too_many,
};
use serde_json::json;
use std::time::Duration;

pub(super) const PATH: &str = "/authentication/token";

/// The application that is let in.
pub(super) const CLIENT: &str = "emulated-api-key-7f3d";
pub(super) const SECRET: &str = "c2VjcmV0LW9mLWFuLWFwaS1hcHBsaWNhdGlvbg";
pub(super) const TENANT: &str = "8001234";

const LIFE: Duration = Duration::from_secs(3_600);
const MONTH: Duration = Duration::from_secs(30 * 86_400);

/// How an assertion is named as a way of proving who one is.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// Tokens that were given.
#[derive(Debug)]
pub(super) struct Tokens {
    given: Vec<(String, Duration)>,
    month: Window,
    chance: Chance,
    assertions: Assertions,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self {
            given: Vec::new(),
            month: Window::new(400, MONTH),
            chance: Chance::new(36_457_840),
            assertions: Assertions::default(),
        }
    }

    /// `POST /authentication/token`.
    pub(super) fn give(&mut self, request: &Request, scene: &Scene) -> Answer {
        if self.month.take(scene.now).is_err() || scene.has("token-quota") {
            return too_many();
        }
        let form = request
            .header("content-type")
            .is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"));
        let uncached = request
            .header("cache-control")
            .is_some_and(|it| it.contains("no-cache"));
        if !form || !uncached {
            return refused(
                "invalid_request",
                "a form and Cache-Control: no-cache are mandatory",
            );
        }
        if let Err((error, why)) = self.prove(request, scene) {
            return refused(error, &why);
        }
        if scene.has("token-missing") {
            return Answer::json(200, &json!({"token_type": "Bearer"}));
        }
        let text = format!("eyJ{}", self.chance.digits());
        self.given.push((text.clone(), scene.now + LIFE));
        let mut body = json!({"access_token": text, "token_type": "Bearer"});
        let life = scene.clock.reported(LIFE);
        if scene.has("lifetime-as-text") {
            body["expires_in"] = json!(life.to_string());
        } else if !scene.has("token-without-lifetime") {
            body["expires_in"] = json!(life);
        }
        Answer::json(200, &body)
    }

    /// Checks the proof in a request for a token.
    fn prove(&mut self, request: &Request, scene: &Scene) -> Result<(), (&'static str, String)> {
        let fields = request.form();
        let field = |name: &str| {
            fields
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        let audience = format!("{}{PATH}", scene.origin);
        match (field("grant_type"), field("client_assertion")) {
            (Some("client_credentials"), Some(assertion)) => {
                if field("client_assertion_type") != Some(ASSERTION_TYPE)
                    || field("client_id") != Some(CLIENT)
                {
                    return Err((
                        "invalid_client",
                        "the assertion's type or the client is not known".to_owned(),
                    ));
                }
                self.assertions
                    .check(assertion, &audience, scene)
                    .map_err(|why| ("invalid_client", why))
            }
            (Some("client_credentials"), None) => {
                let right =
                    field("client_id") == Some(CLIENT) && field("client_secret") == Some(SECRET);
                let right = right && !scene.has("wrong-secret");
                right
                    .then_some(())
                    .ok_or_else(|| ("invalid_client", "the client is not known".to_owned()))
            }
            (Some(ASSERTION_GRANT), _) => {
                let assertion = field("assertion").unwrap_or_default();
                self.assertions
                    .check(assertion, &audience, scene)
                    .map_err(|why| ("invalid_grant", why))
            }
            _ => Err((
                "unsupported_grant_type",
                "the grant type is not supported".to_owned(),
            )),
        }
    }

    /// Lets a request for data in.
    pub(super) fn check(&mut self, request: &Request, scene: &Scene) -> Result<(), Answer> {
        if scene.has("token-expiry") {
            self.given.clear();
        }
        let bearer = request.bearer().unwrap_or_default();
        let known = self
            .given
            .iter()
            .any(|(text, until)| text == bearer && *until > scene.now);
        let signed = !known && bearer.matches('.').count() == 2;
        let known = known || (signed && self.assertions.check_bearer(bearer, scene).is_ok());
        if !known || scene.has("token-refused") {
            return Err(failure(401, "Unauthorized"));
        }
        let client = request.header("x-client-id");
        let client_is_right = client.map_or(!scene.has("client-id-required"), |it| it == CLIENT);
        if !client_is_right || scene.has("client-id-mismatch") {
            return Err(failure(401, "Unauthorized"));
        }
        let tenant_is_right = match request.header("x-raet-tenant-id") {
            _ if scene.has("tenant-ignored") => true,
            None => !scene.has("tenant-required"),
            Some(tenant) => tenant == TENANT,
        };
        match () {
            () if tenant_is_right => Ok(()),
            // The vendor does not say why.
            () if scene.has("tenant-404") => Err(failure(404, "Not Found")),
            () => Err(failure(403, "Forbidden")),
        }
    }
}

fn refused(error: &str, why: &str) -> Answer {
    Answer::json(400, &json!({"error": error, "error_description": why}))
}
