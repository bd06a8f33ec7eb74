//! The first start: a link that works once creates the first administrator. There is no default password.

use crate::{
    access::{Visit, set_session},
    accounts::{password, sign_in::begin},
    pages::{
        frame::Frame,
        parts::{FieldError, Form},
    },
    respond::{self, Refusal},
    state::App,
    token::Token,
};
use askama::Template;
use axum::{
    Extension, Form as Body,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use jiff::{SignedDuration, Timestamp};
use muster_store::{NewUser, Store, StoreError};
use serde::Deserialize;

/// How long a set-up link works.
const VALID: SignedDuration = SignedDuration::from_hours(24);

/// Makes a new set-up link, which replaces an earlier one: the path of its page. None: there is an administrator already.
pub fn new_setup_link(store: &Store, now: Timestamp) -> Result<Option<String>, StoreError> {
    // Without random bytes there is no link; the next start tries again.
    let Ok(token) = Token::random() else {
        return Ok(None);
    };
    let renewed = store.renew_setup_link(&token.hash(), now + VALID)?;
    Ok(renewed.then(|| format!("/setup/{}", token.as_str())))
}

#[derive(Template)]
#[template(path = "pages/accounts/setup.html")]
pub(crate) struct SetupPage {
    pub(crate) frame: Frame,
    pub(crate) path: String,
    pub(crate) form: Form,
    pub(crate) name: String,
    pub(crate) email: String,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setup {
    name: String,
    email: String,
    password: String,
    repeated: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(token): Path<String>,
) -> Response {
    match usable(&app, &token).await {
        Ok(_) => shown(&app, &visit, StatusCode::OK, Setup::default(), Vec::new()),
        Err(refusal) => respond::refuse(&app, &visit, refusal),
    }
}

pub(crate) async fn create(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(token): Path<String>,
    Body(setup): Body<Setup>,
) -> Response {
    let token = match usable(&app, &token).await {
        Ok(token) => token,
        Err(refusal) => return respond::refuse(&app, &visit, refusal),
    };
    let errors = errors(&setup);
    if !errors.is_empty() {
        return shown(
            &app,
            &visit,
            StatusCode::UNPROCESSABLE_ENTITY,
            setup,
            errors,
        );
    }
    match administrator(&app, &visit, token, setup).await {
        Ok(session) => respond::redirect_with_cookie("/", &set_session(&app, Some(&session))),
        Err(refusal) => respond::refuse(&app, &visit, refusal),
    }
}

async fn usable(app: &App, token: &str) -> Result<Token, Refusal> {
    let token = Token::parse(token).ok_or(Refusal::NotFound)?;
    let (hash, now, app) = (token.hash(), app.now(), app.clone());
    match respond::blocking(move || app.store.is_setup_link(&hash, now)).await {
        Ok(true) => Ok(token),
        Ok(false) => Err(Refusal::NotFound),
        Err(_) => Err(Refusal::Unavailable),
    }
}

fn errors(setup: &Setup) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if setup.name.trim().is_empty() || setup.name.chars().count() > 200 {
        errors.push(FieldError::new("name", "setup-name-missing"));
    }
    if !is_email_address(&setup.email) {
        errors.push(FieldError::new("email", "setup-email-invalid"));
    }
    if let Some(weakness) = password::weakness_of(&setup.password, &setup.email) {
        errors.push(FieldError::new("password", weakness));
    } else if setup.password != setup.repeated {
        errors.push(FieldError::new("repeated", "setup-password-differs"));
    }
    errors
}

/// Whether a text has the form of an address; only a mail to it would prove more.
pub fn is_email_address(text: &str) -> bool {
    let parts = text.trim().split_once('@');
    let is_plain = text.len() <= 254
        && !text
            .trim()
            .chars()
            .any(|c| c.is_whitespace() || c.is_control());
    is_plain
        && parts.is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@')
        })
}

/// Creates the administrator and signs them in.
async fn administrator(
    app: &App,
    visit: &Visit,
    link: Token,
    setup: Setup,
) -> Result<Token, Refusal> {
    let hash = app.hasher.hash(setup.password).await;
    let hash = hash.ok_or(Refusal::Unavailable)?;
    let (inside, now) = (app.clone(), app.now());
    let created = respond::blocking(move || {
        let new = NewUser {
            email: setup.email.trim(),
            name: setup.name.trim(),
            password_hash: &hash,
            is_admin: true,
        };
        inside.store.redeem_setup_link(&link.hash(), &new, now)
    });
    let user = created
        .await
        .map_err(|_| Refusal::Unavailable)?
        .ok_or(Refusal::NotFound)?;
    begin(app, visit, user).await
}

fn shown(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    setup: Setup,
    errors: Vec<FieldError>,
) -> Response {
    let frame = Frame::outside(app, visit, "setup-title");
    let page = SetupPage {
        form: Form { errors },
        frame,
        path: visit.path.clone(),
        name: setup.name,
        email: setup.email,
    };
    respond::rendered(status, &page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_recognised() {
        for good in ["eva@acme.example", " a+b@sub.acme.example "] {
            assert!(is_email_address(good), "{good}");
        }
        for bad in [
            "",
            "eva",
            "eva@",
            "@acme.example",
            "eva@acme",
            "e va@acme.example",
            "a@b@c.example",
        ] {
            assert!(!is_email_address(bad), "{bad}");
        }
    }
}
