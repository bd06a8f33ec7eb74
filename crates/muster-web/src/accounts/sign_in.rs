//! Signing in and out. A wrong password and an unknown address get the same answer after the same work.

use crate::{
    access::{Visit, set_session},
    accounts::second_step::begin_or_ask,
    pages::{
        frame::Frame,
        parts::{FieldError, Form},
    },
    respond::{self, Refusal},
    state::App,
    texts::Argument,
    token::Token,
};
use askama::Template;
use axum::{
    Extension, Form as Body,
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use muster_core::model::ids::UserId;
use muster_store::{NewSession, SessionLimits, User};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/accounts/sign_in.html")]
pub(crate) struct SignInPage {
    pub(crate) frame: Frame,
    pub(crate) form: Form,
    pub(crate) email: String,
    /// Where to go on.
    pub(crate) to: String,
}

#[derive(Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    email: String,
    password: String,
    #[serde(default)]
    to: String,
}

pub(crate) async fn page(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Query(wanted): Query<Wanted>,
) -> Response {
    if visit.session.is_some() {
        return respond::redirect("/");
    }
    shown(&app, &visit, StatusCode::OK, String::new(), wanted.to, None)
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Body(sent): Body<SignIn>,
) -> Response {
    let SignIn {
        email,
        password,
        to,
    } = sent;
    if let Some(wait) = app.throttle.wait(&email, visit.address, app.now()) {
        let seconds = wait.as_secs().unsigned_abs().max(1);
        let error = Frame::words().with("sign-in-wait", &[("n", Argument::Count(seconds))]);
        return shown(
            &app,
            &visit,
            StatusCode::TOO_MANY_REQUESTS,
            email,
            to,
            Some(error),
        );
    }
    match verified(&app, &email, password).await {
        Err(refusal) => respond::refuse(&app, &visit, refusal),
        Ok(Verified::Refused(known)) => {
            app.throttle.failed(&email, visit.address, app.now());
            let (inside, client, now) = (app.clone(), visit.address.to_string(), app.now());
            let record = move || inside.store.refuse_sign_in(known, &client, now);
            if respond::blocking(record).await.is_err() {
                return respond::refuse(&app, &visit, Refusal::Unavailable);
            }
            let error = Frame::words().t("sign-in-wrong");
            shown(
                &app,
                &visit,
                StatusCode::UNPROCESSABLE_ENTITY,
                email,
                to,
                Some(error),
            )
        }
        // Failures are forgotten once the session begins: a right password is half of a sign-in that needs a code.
        Ok(Verified::User(user)) => begin_or_ask(&app, &visit, &user, &to).await,
    }
}

pub(crate) async fn sign_out(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
) -> Response {
    if let Some(session) = visit.session {
        let (inside, now) = (app.clone(), app.now());
        let ended = respond::blocking(move || inside.store.end_session(&session.token.hash(), now));
        if ended.await.is_err() {
            return respond::unavailable();
        }
    }
    respond::redirect_with_cookie("/sign-in", &set_session(&app, None))
}

/// Whether a password is right.
enum Verified {
    User(User),
    /// It is wrong; the user whose address was entered, if there is one.
    Refused(Option<UserId>),
}

async fn verified(app: &App, email: &str, password: String) -> Result<Verified, Refusal> {
    let (inside, address) = (app.clone(), email.trim().to_owned());
    let found = respond::blocking(move || inside.store.user_by_email(&address)).await;
    let (user, stored) = found.map_err(|_| Refusal::Unavailable)?.unzip();
    let is_right = app.hasher.verify(password, stored).await;
    Ok(match user {
        Some(user) if is_right => Verified::User(user),
        user => Verified::Refused(user.map(|user| user.id)),
    })
}

/// A new session: its token was never known to the browser before.
pub(crate) async fn begin(app: &App, visit: &Visit, user: UserId) -> Result<Token, Refusal> {
    let token = Token::random().map_err(|_| Refusal::Unavailable)?;
    let (inside, hash, now) = (app.clone(), token.hash(), app.now());
    let (device, client) = (visit.device.clone(), visit.address.to_string());
    let begun = respond::blocking(move || {
        let new = NewSession {
            token: &hash,
            user,
            device: &device,
            client: &client,
        };
        let limits = SessionLimits::default();
        inside.web.store.begin_session(&new, limits, now)
    });
    begun.await.map_err(|_| Refusal::Unavailable)?;
    Ok(token)
}

fn shown(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    email: String,
    to: String,
    error: Option<String>,
) -> Response {
    let frame = Frame::outside(app, visit, "sign-in-title");
    let errors = error.map(|text| FieldError {
        field: "email",
        text,
    });
    let page = SignInPage {
        form: Form {
            errors: errors.into_iter().collect(),
        },
        frame,
        email,
        to,
    };
    respond::rendered(status, &page)
}
