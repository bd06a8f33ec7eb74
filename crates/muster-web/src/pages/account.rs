//! The account of the user who is signed in: the password, two-step sign-in, and the sessions with their devices.

use crate::{
    access::{Session, Visit, set_session},
    accounts::{password_link::Chosen, sign_in::begin},
    pages::{
        frame::{Frame, role_name},
        parts::{FieldError, Form},
    },
    respond::{self, Refusal},
    state::App,
    texts::Argument,
    wording::{Times, visible},
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use muster_store::{ListedSession, SessionLimits, StoreError};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/accounts/account.html")]
struct AccountPage {
    frame: Frame,
    form: Form,
    email: String,
    roles: Vec<(String, String)>,
    sessions: Vec<SessionRow>,
    /// How many recovery codes are left, in words; none: sign-in asks for the password only.
    recovery_codes: Option<String>,
}

struct SessionRow {
    device: String,
    client: String,
    began: String,
    used: String,
    /// Where it is ended; none: it is the one that asks.
    end: Option<String>,
    label: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    current: String,
    password: String,
    repeated: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct End {
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(visit): Extension<Visit>) -> Response {
    shown(&app, &visit, StatusCode::OK, Vec::new()).await
}

pub(crate) async fn change_password(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Body(sent): Body<NewPassword>,
) -> Response {
    let Some(session) = visit.session.clone() else {
        return respond::refuse(&app, &visit, Refusal::SignIn);
    };
    match changed(&app, &visit, &session, sent).await {
        Ok(token) => respond::redirect_with_cookie("/account", &set_session(&app, Some(&token))),
        Err(fault) => refused(&app, &visit, fault).await,
    }
}

/// Why nothing was changed.
pub(crate) enum Fault {
    Form(StatusCode, Vec<FieldError>),
    Refusal(Refusal),
}

impl Fault {
    /// The same for another field of the page.
    pub(crate) fn at(self, field: &'static str) -> Self {
        match self {
            Self::Form(status, errors) => {
                let errors = errors.into_iter();
                let errors = errors.map(|error| FieldError { field, ..error });
                Self::Form(status, errors.collect())
            }
            Self::Refusal(refusal) => Self::Refusal(refusal),
        }
    }
}

/// The page with what is wrong.
pub(crate) async fn refused(app: &App, visit: &Visit, fault: Fault) -> Response {
    match fault {
        Fault::Form(status, errors) => shown(app, visit, status, errors).await,
        Fault::Refusal(refusal) => respond::refuse(app, visit, refusal),
    }
}

/// Whether the user knows the password: a stolen session is no way to change how to sign in, or to guess the password.
pub(crate) async fn verify(
    app: &App,
    visit: &Visit,
    session: &Session,
    current: String,
) -> Result<(), Fault> {
    let email = &session.user.email;
    if let Some(wait) = app.throttle.wait(email, visit.address, app.now()) {
        let seconds = wait.as_secs().unsigned_abs().max(1);
        let error = FieldError {
            field: "current",
            text: Frame::words().with("sign-in-wait", &[("n", Argument::Count(seconds))]),
        };
        return Err(Fault::Form(StatusCode::TOO_MANY_REQUESTS, vec![error]));
    }
    let (inside, address) = (app.clone(), email.clone());
    let found = respond::blocking(move || inside.store.user_by_email(&address)).await;
    let found = found.map_err(|_| Fault::Refusal(Refusal::Unavailable))?;
    if !app
        .hasher
        .verify(current, found.map(|(_, hash)| hash))
        .await
    {
        app.throttle.failed(email, visit.address, app.now());
        let error = FieldError::new("current", "account-current-wrong");
        return Err(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY, vec![error]));
    }
    app.throttle.succeeded(email, visit.address);
    Ok(())
}

/// Changes the password, which ends all sessions, and begins a new one for this browser.
async fn changed(
    app: &App,
    visit: &Visit,
    session: &Session,
    sent: NewPassword,
) -> Result<crate::token::Token, Fault> {
    let email = session.user.email.clone();
    verify(app, visit, session, sent.current).await?;
    let chosen = Chosen {
        password: sent.password,
        repeated: sent.repeated,
    };
    let errors = chosen.errors(&email);
    if !errors.is_empty() {
        return Err(Fault::Form(StatusCode::UNPROCESSABLE_ENTITY, errors));
    }
    let unavailable = || Fault::Refusal(Refusal::Unavailable);
    let hash = app.hasher.hash(chosen.password).await;
    let hash = hash.ok_or_else(unavailable)?;
    let (inside, id, now) = (app.clone(), session.user.id, app.now());
    let set = respond::blocking(move || inside.store.set_password(id, &hash, &email, now));
    set.await.map_err(|_| unavailable())?;
    begin(app, visit, id).await.map_err(Fault::Refusal)
}

pub(crate) async fn end_session(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
    Body(_): Body<End>,
) -> Response {
    let Some(session) = visit.session.clone() else {
        return respond::refuse(&app, &visit, Refusal::SignIn);
    };
    let (inside, now) = (app.clone(), app.now());
    let ended = respond::blocking(move || inside.store.end_session_of(session.user.id, &id, now));
    match ended.await {
        Ok(true) => respond::redirect("/account"),
        Ok(false) => respond::refuse(&app, &visit, Refusal::NotFound),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

async fn shown(app: &App, visit: &Visit, status: StatusCode, errors: Vec<FieldError>) -> Response {
    let Some(session) = visit.session.clone() else {
        return respond::refuse(app, visit, Refusal::SignIn);
    };
    let (inside, asking) = (app.clone(), visit.clone());
    match respond::blocking(move || read(&inside, &asking, &session, errors)).await {
        Ok(page) => respond::rendered(status, &page),
        Err(_) => respond::refuse(app, visit, Refusal::Unavailable),
    }
}

fn read(
    app: &App,
    visit: &Visit,
    session: &Session,
    errors: Vec<FieldError>,
) -> Result<AccountPage, StoreError> {
    let words = Frame::words();
    let (now, times) = (app.now(), Times::utc(app.now()));
    let sessions = app
        .store
        .sessions(session.user.id, SessionLimits::default(), now)?;
    let two_step = app.store.two_step(session.user.id)?;
    let two_step = two_step.filter(|two_step| two_step.is_active);
    let own = session.token.session_id();
    let roles = match session.user.is_admin {
        true => vec![(
            words.t("account-everywhere"),
            words.t("users-administrator"),
        )],
        false => session
            .roles
            .iter()
            .map(|(workspace, role)| (workspace.clone(), role_name(words, *role)))
            .collect(),
    };
    Ok(AccountPage {
        frame: Frame::outside(app, visit, "account"),
        form: Form { errors },
        email: session.user.email.clone(),
        recovery_codes: two_step.map(|two_step| {
            let codes = Argument::Count(u64::from(two_step.recovery_codes));
            words.with("account-two-step-codes", &[("n", codes)])
        }),
        roles,
        sessions: sessions
            .into_iter()
            .map(|session| row(session, &own, &times))
            .collect(),
    })
}

fn row(session: ListedSession, own: &str, times: &Times) -> SessionRow {
    let words = Frame::words();
    let device = match session.device.as_str() {
        "" => words.t("account-device-unknown"),
        device => visible(device),
    };
    SessionRow {
        label: words.v("account-end-one", &device),
        device,
        client: session.client,
        began: times.moment(session.began) + " UTC",
        used: times.moment(session.used) + " UTC",
        end: (session.id != own).then(|| format!("/account/sessions/{}/end", session.id)),
    }
}
