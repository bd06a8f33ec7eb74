//! Personio's tokens: v1 (stable for a day, or rotating as of old) and v2 (OAuth client credentials).

use super::{
    super::{answer::Answer, api::Scene, chance::Chance, pace::Window, request::Request},
    MINUTE, failure,
};
use serde_json::{Value, json};
use std::time::Duration;

/// The credential that is let in.
pub(super) const CLIENT: &str = "papi-5b1c8d0e-emulated-client";
pub(super) const SECRET: &str = "papi-c2VjcmV0LW9mLXRoZS1lbXVsYXRvcg";

/// How long a token lives.
const LIFE: Duration = Duration::from_secs(86_400);

#[derive(Clone, Debug)]
struct Token {
    text: String,
    until: Duration,
}

/// Tokens that were given.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    v1: Option<Token>,
    v2: Vec<Token>,
    chance: Chance,
    asked_v1: Window,
    asked_v2: Window,
    cooling: Option<Duration>,
}

impl Tokens {
    pub(super) fn new() -> Self {
        Self {
            v1: None,
            v2: Vec::new(),
            chance: Chance::new(40_717),
            asked_v1: Window::new(60, MINUTE),
            asked_v2: Window::new(150, MINUTE),
            cooling: None,
        }
    }

    fn fresh(&mut self, now: Duration) -> Token {
        Token {
            text: format!("papi-{}", self.chance.digits()),
            until: now + LIFE,
        }
    }

    /// `POST /v1/auth`.
    pub(super) fn give_v1(&mut self, request: &Request, scene: &Scene) -> Answer {
        if let Some(refusal) = self.cool(scene) {
            return refusal;
        }
        let in_query = ["client_id", "client_secret"]
            .iter()
            .any(|name| request.parameter(name).is_some());
        let given = given(request);
        if in_query || given != (CLIENT.to_owned(), SECRET.to_owned()) || scene.has("wrong-secret")
        {
            // The vendor's code is 0 here, not the status.
            return Answer::json(
                403,
                &json!({"success": false, "error": {"code": 0, "message": "Wrong credentials"}}),
            );
        }
        let token = match self.v1.take() {
            Some(token) if token.until > scene.now => token,
            _ => self.fresh(scene.now),
        };
        let mut data = json!({"token": token.text, "scope": "employees:read"});
        if !scene.has("token-without-lifetime") {
            data["expires_in"] = json!(scene.clock.reported(token.until - scene.now));
        }
        self.v1 = Some(token);
        Answer::json(200, &json!({"success": true, "data": data}))
    }

    /// Sixty requests a minute; over it, and where the scenario says so, a minute's rest.
    fn cool(&mut self, scene: &Scene) -> Option<Answer> {
        if self.cooling.is_none_or(|until| until <= scene.now) {
            self.cooling = None;
            if self.asked_v1.take(scene.now).is_err() || scene.has("token-429") {
                self.cooling = Some(scene.now + MINUTE);
            }
        }
        let wait = self.cooling?.saturating_sub(scene.now);
        Some(
            failure(429, "Too many requests")
                .with("Retry-After", scene.clock.reported(wait).to_string()),
        )
    }

    /// `POST /v2/auth/token`.
    pub(super) fn give_v2(&mut self, request: &Request, scene: &Scene) -> Answer {
        if self.asked_v2.take(scene.now).is_err() || scene.has("token-429") {
            return Answer::empty(429);
        }
        let form = request
            .header("content-type")
            .is_some_and(|it| it.starts_with("application/x-www-form-urlencoded"));
        if !form {
            return oauth(
                400,
                "invalid_request",
                "The content type is not supported",
                Value::Null,
            );
        }
        let fields = request.form();
        let field = |name: &str| {
            fields
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        let missing: Vec<&str> = ["grant_type", "client_id", "client_secret"]
            .into_iter()
            .filter(|name| field(name).is_none())
            .collect();
        if !missing.is_empty() {
            return oauth(
                400,
                "invalid_request",
                "A parameter is missing",
                json!({"missing_parameters": missing}),
            );
        }
        if field("grant_type") != Some("client_credentials") {
            return oauth(
                400,
                "unsupported_grant_type",
                "The grant type is not supported",
                Value::Null,
            );
        }
        let right = field("client_id") == Some(CLIENT) && field("client_secret") == Some(SECRET);
        if scene.has("wrong-secret-401") {
            return oauth(
                401,
                "invalid_client",
                "Client authentication failed",
                Value::Null,
            );
        }
        if !right || scene.has("wrong-secret") {
            return oauth(
                400,
                "invalid_client",
                "Client authentication failed",
                Value::Null,
            );
        }
        let token = self.fresh(scene.now);
        let mut body = json!({"access_token": token.text, "token_type": "Bearer", "scope": "personio:person:read"});
        if !scene.has("token-without-lifetime") {
            body["expires_in"] = json!(scene.clock.reported(LIFE));
        }
        self.v2.push(token);
        Answer::json(200, &body)
    }

    /// `POST /v2/auth/revoke`.
    pub(super) fn revoke(&mut self, request: &Request) -> Answer {
        let fields = request.form();
        self.v2.retain(|token| {
            !fields
                .iter()
                .any(|(name, value)| name == "token" && *value == token.text)
        });
        Answer::empty(200)
    }

    /// Lets a v1 request in and gives its token. An expired token shows as 403.
    pub(super) fn check_v1(&mut self, request: &Request, scene: &Scene) -> Result<String, Answer> {
        if scene.has("token-expiry") {
            self.v1 = None;
        }
        let bearer = request
            .bearer()
            .ok_or_else(|| failure(401, "Authorization is not provided"))?;
        let known = self
            .v1
            .as_ref()
            .is_some_and(|token| token.text == bearer && token.until > scene.now);
        if !known || scene.has("token-refused") {
            return Err(failure(403, "Provided authorization is not valid"));
        }
        Ok(bearer.to_owned())
    }

    /// Lets a v2 request in. An expired token and a missing right look the same.
    pub(super) fn check_v2(&mut self, request: &Request, scene: &Scene) -> Result<(), Answer> {
        if scene.has("token-expiry") {
            self.v2.clear();
        }
        let bearer = request.bearer().unwrap_or_default();
        let known = self
            .v2
            .iter()
            .any(|token| token.text == bearer && token.until > scene.now);
        if !known || scene.has("token-refused") || scene.has("right-missing-401") {
            return Err(Answer::json(
                401,
                &json!({"error": {"message": "Unauthorized Request"}}),
            ));
        }
        Ok(())
    }

    /// The v1 employees answer names a token in its head: the same, or in the old mode the next one.
    pub(super) fn echo(&mut self, answer: Answer, token: &str, scene: &Scene) -> Answer {
        if scene.has("rotating-token") {
            let next = self.fresh(scene.now);
            let answer = answer.with("Authorization", format!("Bearer {}", next.text));
            self.v1 = Some(next);
            return answer;
        }
        if scene.has("token-header-missing") {
            return answer;
        }
        answer.with("Authorization", format!("Bearer {token}"))
    }
}

/// Id and secret in a body of either form.
fn given(request: &Request) -> (String, String) {
    if request
        .header("content-type")
        .is_some_and(|it| it.starts_with("application/json"))
    {
        let body = request.json();
        let field = |name: &str| {
            body.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        return (field("client_id"), field("client_secret"));
    }
    let fields = request.form();
    let field = |name: &str| {
        fields
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, it)| it.clone())
            .unwrap_or_default()
    };
    (field("client_id"), field("client_secret"))
}

fn oauth(status: u16, error: &str, description: &str, meta: Value) -> Answer {
    let mut body = json!({
        "timestamp": "2026-03-01T14:07:17Z",
        "trace_id": "baaa3d6b00000000",
        "error": error,
        "error_description": description,
        "error_uri": format!("https://developer.personio.de/reference/errors#credentials.oauth2.{error}"),
    });
    if !meta.is_null() {
        body["meta"] = meta;
    }
    Answer::json(status, &body).with("Content-Type", "application/problem+json")
}
