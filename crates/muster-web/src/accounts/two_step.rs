//! Two-step sign-in of the own account: setting an authenticator app up, and removing it. Both ask for the password, because a
//! session may be stolen.

use crate::{
    access::{Session, Visit},
    accounts::code,
    pages::{
        account,
        frame::Frame,
        parts::{FieldError, Form},
    },
    respond::{self, Refusal},
    state::App,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/accounts/two_step.html")]
struct TwoStepPage {
    frame: Frame,
    form: Form,
    key: String,
    app_address: String,
}

#[derive(Template)]
#[template(path = "pages/accounts/recovery_codes.html")]
struct RecoveryCodesPage {
    frame: Frame,
    codes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Password {
    current: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FirstCode {
    code: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

/// The session, if the form has the password of its user.
async fn confirmed(app: &App, visit: &Visit, sent: Password) -> Result<Session, Response> {
    let Some(session) = visit.session.clone() else {
        return Err(respond::refuse(app, visit, Refusal::SignIn));
    };
    match account::verify(app, visit, &session, sent.current).await {
        Ok(()) => Ok(session),
        Err(fault) => Err(account::refused(app, visit, fault.at("two-step-current")).await),
    }
}

/// Makes the secret that the app is set up with.
pub(crate) async fn begin(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Body(sent): Body<Password>,
) -> Response {
    let session = match confirmed(&app, &visit, sent).await {
        Ok(session) => session,
        Err(refused) => return refused,
    };
    let Some(secret) = code::new_secret() else {
        return respond::refuse(&app, &visit, Refusal::Unavailable);
    };
    let (inside, id) = (app.clone(), session.user.id);
    match respond::blocking(move || inside.store.prepare_two_step(id, &secret)).await {
        Ok(true) => respond::redirect("/account/two-step"),
        Ok(false) => respond::redirect("/account"),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

/// Shows the secret until the first code has come.
pub(crate) async fn page(State(app): State<App>, Extension(visit): Extension<Visit>) -> Response {
    shown(&app, &visit, StatusCode::OK, Vec::new()).await
}

/// Activates the app with its first code, and shows the recovery codes once.
pub(crate) async fn activate(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Body(sent): Body<FirstCode>,
) -> Response {
    let Some(session) = visit.session.clone() else {
        return respond::refuse(&app, &visit, Refusal::SignIn);
    };
    match activated(&app, &session, sent.code).await {
        Ok(Some(codes)) => {
            let frame = Frame::outside(&app, &visit, "recovery-codes");
            respond::rendered(StatusCode::OK, &RecoveryCodesPage { frame, codes })
        }
        Ok(None) => {
            let errors = vec![FieldError::new("code", "code-wrong")];
            shown(&app, &visit, StatusCode::UNPROCESSABLE_ENTITY, errors).await
        }
        Err(refusal) => respond::refuse(&app, &visit, refusal),
    }
}

/// The recovery codes; none: the code is wrong.
async fn activated(
    app: &App,
    session: &Session,
    sent: String,
) -> Result<Option<Vec<String>>, Refusal> {
    let recovery = code::new_recovery_codes().ok_or(Refusal::Unavailable)?;
    let (texts, hashes): (Vec<_>, Vec<_>) = recovery
        .into_iter()
        .map(|code| (code.text, code.hash))
        .unzip();
    let (inside, id, now) = (app.clone(), session.user.id, app.now());
    let own = session.token.hash();
    let activated = respond::blocking(move || {
        let store = &inside.store;
        let Some(found) = store.two_step(id)?.filter(|found| !found.is_active) else {
            return Ok(None);
        };
        match code::matching_step(&found.secret, &sent, now) {
            None => Ok(Some(false)),
            Some(step) => store
                .activate_two_step(id, step, &hashes, &own, now)
                .map(Some),
        }
    });
    match activated.await {
        Ok(Some(true)) => Ok(Some(texts)),
        Ok(Some(false)) => Ok(None),
        Ok(None) => Err(Refusal::NotFound),
        Err(_) => Err(Refusal::Unavailable),
    }
}

pub(crate) async fn remove(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Body(sent): Body<Password>,
) -> Response {
    let session = match confirmed(&app, &visit, sent).await {
        Ok(session) => session,
        Err(refused) => return refused,
    };
    let (inside, user, now) = (app.clone(), session.user, app.now());
    let removed =
        respond::blocking(move || inside.store.remove_two_step(user.id, &user.email, now));
    match removed.await {
        Ok(_) => respond::redirect("/account"),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

async fn shown(app: &App, visit: &Visit, status: StatusCode, errors: Vec<FieldError>) -> Response {
    let Some(session) = visit.session.clone() else {
        return respond::refuse(app, visit, Refusal::SignIn);
    };
    let (inside, id) = (app.clone(), session.user.id);
    let found = respond::blocking(move || inside.store.two_step(id)).await;
    let found = found.map(|found| found.filter(|found| !found.is_active));
    match found {
        Ok(Some(found)) => {
            let page = TwoStepPage {
                frame: Frame::outside(app, visit, "two-step-title"),
                form: Form { errors },
                key: code::entered(&found.secret),
                app_address: code::app_address(&found.secret, &session.user.email),
            };
            respond::rendered(status, &page)
        }
        Ok(None) => respond::refuse(app, visit, Refusal::NotFound),
        Err(_) => respond::refuse(app, visit, Refusal::Unavailable),
    }
}
