//! A link with which one user chooses a password: an invited one, or one who forgot it. It works once, until it expires.

use crate::{
    access::Visit,
    accounts::{password, second_step::begin_or_ask},
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
use muster_store::{AccountLink, User};
use serde::Deserialize;

/// Why a link is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkFor {
    Invitation,
    Reset,
}

/// A link that does not exist anywhere else.
#[derive(Clone, Debug)]
pub struct PasswordLink {
    /// The path of its page.
    pub path: String,
    /// What is stored of it.
    pub stored: AccountLink,
}

/// Makes a link; it works once it is stored.
pub fn new_password_link(
    made_for: LinkFor,
    now: Timestamp,
) -> Result<PasswordLink, getrandom::Error> {
    let token = Token::random()?;
    let valid = match made_for {
        LinkFor::Invitation => SignedDuration::from_hours(7 * 24),
        LinkFor::Reset => SignedDuration::from_hours(1),
    };
    Ok(PasswordLink {
        path: format!("/password/{}", token.as_str()),
        stored: AccountLink {
            token: token.hash(),
            expires: now + valid,
        },
    })
}

#[derive(Template)]
#[template(path = "pages/accounts/password.html")]
struct PasswordPage {
    frame: Frame,
    path: String,
    form: Form,
    text: String,
    email: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    pub(crate) password: String,
    pub(crate) repeated: String,
}

impl Chosen {
    pub(crate) fn errors(&self, email: &str) -> Vec<FieldError> {
        if let Some(weakness) = password::weakness_of(&self.password, email) {
            vec![FieldError::new("password", weakness)]
        } else if self.password != self.repeated {
            vec![FieldError::new("repeated", "setup-password-differs")]
        } else {
            Vec::new()
        }
    }
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(token): Path<String>,
) -> Response {
    match usable(&app, &token).await {
        Ok((_, user)) => shown(&app, &visit, StatusCode::OK, &user, Vec::new()),
        Err(refusal) => respond::refuse(&app, &visit, refusal),
    }
}

pub(crate) async fn choose(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(token): Path<String>,
    Body(chosen): Body<Chosen>,
) -> Response {
    let (token, user) = match usable(&app, &token).await {
        Ok(found) => found,
        Err(refusal) => return respond::refuse(&app, &visit, refusal),
    };
    let errors = chosen.errors(&user.email);
    if !errors.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return shown(&app, &visit, status, &user, errors);
    }
    match redeemed(&app, &token, chosen.password).await {
        // A link proves less than a code of the app does.
        Ok(()) => begin_or_ask(&app, &visit, &user, "/").await,
        Err(refusal) => respond::refuse(&app, &visit, refusal),
    }
}

async fn usable(app: &App, token: &str) -> Result<(Token, User), Refusal> {
    let token = Token::parse(token).ok_or(Refusal::NotFound)?;
    let (hash, now, app) = (token.hash(), app.now(), app.clone());
    match respond::blocking(move || app.store.password_link(&hash, now)).await {
        Ok(Some(user)) => Ok((token, user)),
        Ok(None) => Err(Refusal::NotFound),
        Err(_) => Err(Refusal::Unavailable),
    }
}

/// Sets the password.
async fn redeemed(app: &App, link: &Token, password: String) -> Result<(), Refusal> {
    let hash = app.hasher.hash(password).await;
    let hash = hash.ok_or(Refusal::Unavailable)?;
    let (inside, link, now) = (app.clone(), link.hash(), app.now());
    let redeemed =
        respond::blocking(move || inside.store.redeem_password_link(&link, &hash, now)).await;
    let user = redeemed.map_err(|_| Refusal::Unavailable)?;
    user.map(drop).ok_or(Refusal::NotFound)
}

fn shown(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    user: &User,
    errors: Vec<FieldError>,
) -> Response {
    let frame = Frame::outside(app, visit, "choose-password-title");
    let page = PasswordPage {
        text: Frame::words().v("choose-password-text", &user.email),
        form: Form { errors },
        frame,
        path: visit.path.clone(),
        email: user.email.clone(),
    };
    respond::rendered(status, &page)
}
