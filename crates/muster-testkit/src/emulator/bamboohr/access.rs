//! Who BambooHR lets in: an API key by Basic, or an OAuth token; and the endpoint that gives the latter.

use super::{
    super::{answer::Answer, api::Scene, base64, chance::Chance, pace::Window, request::Request},
    DOMAIN, refusal,
};
use serde_json::json;
use std::time::Duration;

/// The credentials that are let in.
pub(super) const KEY: &str = "0f3c9a7b5d1e2f4a6b8c0d2e4f6a8b0c1d3e5f70";
pub(super) const CLIENT: &str = "emulated-partner-app";
pub(super) const SECRET: &str = "c2VjcmV0LW9mLXRoZS1wYXJ0bmVyLWFwcA";
pub(super) const CODE: &str = "emulated-authorization-code";

/// How long an access token lives.
const LIFE: Duration = Duration::from_secs(3_600);

#[derive(Clone, Debug)]
pub(super) struct AccessCheck {
    access: Option<(String, Duration)>,
    refresh: Option<String>,
    failures: Window,
    chance: Chance,
}

impl AccessCheck {
    pub(super) fn new() -> Self {
        let failures = Window::new(10, Duration::from_secs(60));
        Self {
            access: None,
            refresh: None,
            failures,
            chance: Chance::new(114),
        }
    }

    /// Lets a request in. Ten failures in a minute lock the door for a while.
    pub(super) fn check(&mut self, request: &Request, scene: &Scene) -> Result<(), Answer> {
        if scene.has("key-disabled") {
            return Err(refusal(403, "User is not enabled"));
        }
        if scene.has("oauth-expiry") {
            self.access = None;
        }
        if !scene.has("wrong-key") && self.is_known(request, scene) {
            return Ok(());
        }
        match self.failures.take(scene.now) {
            Ok(()) => Err(unauthorised()),
            Err(wait) => Err(refusal(429, "Too many failures")
                .with("Retry-After", scene.clock.reported(wait).to_string())),
        }
    }

    fn is_known(&self, request: &Request, scene: &Scene) -> bool {
        if let Some(token) = request.bearer() {
            return self
                .access
                .as_ref()
                .is_some_and(|(text, until)| text == token && *until > scene.now);
        }
        let basic = request
            .header("authorization")
            .and_then(|it| base64::decode(it.strip_prefix("Basic ")?.trim()));
        let text = basic
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default();
        // Any password will do.
        text.split_once(':').is_some_and(|(key, _)| key == KEY)
    }

    /// `POST /token.php?request=token`.
    pub(super) fn token(&mut self, request: &Request, scene: &Scene) -> Answer {
        let fields = request.form();
        let field = |name: &str| {
            fields
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        let app = field("client_id") == Some(CLIENT) && field("client_secret") == Some(SECRET);
        let granted = match field("grant_type") {
            Some("authorization_code") => field("code") == Some(CODE),
            Some("refresh_token") => {
                field("refresh_token").is_some_and(|it| self.refresh.as_deref() == Some(it))
            }
            _ => false,
        };
        if !app || !granted || scene.has("oauth-refused") {
            return Answer::json(400, &json!({"error": "invalid_grant"}));
        }
        let access = self.chance.digits();
        self.access = Some((access.clone(), scene.now + LIFE));
        let mut body = json!({"access_token": access, "token_type": "Bearer", "expires_in": scene.clock.reported(LIFE)});
        if self.refresh.is_none() || scene.has("oauth-rotates") {
            let refresh = self.chance.digits();
            body["refresh_token"] = json!(refresh);
            self.refresh = Some(refresh);
        }
        Answer::json(200, &body)
    }
}

/// 401 as recorded: empty, HTML, the words in a header.
pub(super) fn unauthorised() -> Answer {
    let realm = format!("Basic realm=\"https://api.bamboohr.com/{DOMAIN}\"");
    refusal(401, "API key not provided or invalid").with("WWW-Authenticate", realm)
}
