//! The second step of a sign-in. A right password leads here if the user confirms sign-ins with a code; the session begins with
//! the code. Wrong codes are counted like wrong passwords.

use crate::{
    access::{Visit, set_session},
    accounts::{
        code::{matching_step, recovery_hash},
        sign_in::begin,
    },
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
use axum::{Extension, Form as Body, extract::State, http::StatusCode, response::Response};
use jiff::SignedDuration;
use muster_core::model::ids::UserId;
use muster_store::{AccountLink, StoreError, User};
use serde::Deserialize;

/// How long a code is awaited.
const AWAITED: SignedDuration = SignedDuration::from_mins(10);

#[derive(Template)]
#[template(path = "pages/accounts/sign_in_code.html")]
struct CodePage {
    frame: Frame,
    form: Form,
    text: String,
    /// Stands for the password, which was right.
    token: String,
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    token: String,
    code: Option<String>,
    recovery: Option<String>,
    #[serde(default)]
    to: String,
}

/// Begins a session of a user whose password or link was right, or asks for their code.
pub(super) async fn begin_or_ask(app: &App, visit: &Visit, user: &User, to: &str) -> Response {
    let (inside, id) = (app.clone(), user.id);
    let asks = respond::blocking(move || inside.store.has_two_step(id)).await;
    let answer = match asks {
        Ok(false) => signed_in(app, visit, user, to).await,
        Ok(true) => ask(app, visit, user, to).await,
        Err(_) => Err(Refusal::Unavailable),
    };
    answer.unwrap_or_else(|refusal| respond::refuse(app, visit, refusal))
}

async fn signed_in(app: &App, visit: &Visit, user: &User, to: &str) -> Result<Response, Refusal> {
    app.throttle.succeeded(&user.email, visit.address);
    let session = begin(app, visit, user.id).await?;
    let to = respond::own_path(to).unwrap_or("/");
    Ok(respond::redirect_with_cookie(
        to,
        &set_session(app, Some(&session)),
    ))
}

async fn ask(app: &App, visit: &Visit, user: &User, to: &str) -> Result<Response, Refusal> {
    let token = Token::random().map_err(|_| Refusal::Unavailable)?;
    let now = app.now();
    let link = AccountLink {
        token: token.hash(),
        expires: now + AWAITED,
    };
    let (inside, id) = (app.clone(), user.id);
    let begun = respond::blocking(move || inside.store.begin_second_step(id, &link, now));
    begun.await.map_err(|_| Refusal::Unavailable)?;
    Ok(shown(app, visit, StatusCode::OK, user, &token, to, None))
}

pub(crate) async fn confirm(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Body(sent): Body<Code>,
) -> Response {
    match confirmed(&app, &visit, sent).await {
        Ok(answer) => answer,
        Err(refusal) => respond::refuse(&app, &visit, refusal),
    }
}

async fn confirmed(app: &App, visit: &Visit, sent: Code) -> Result<Response, Refusal> {
    let Code {
        token,
        code,
        recovery,
        to,
    } = sent;
    let (now, inside) = (app.now(), app.clone());
    let token = Token::parse(&token).ok_or(Refusal::SignIn)?;
    let hash = token.hash();
    let user = respond::blocking(move || inside.store.second_step_user(&hash, now)).await;
    let user = user.map_err(|_| Refusal::Unavailable)?;
    // The time to enter a code is over: the password is asked for again.
    let user = user.ok_or(Refusal::SignIn)?;
    let again = |status, field, text| {
        let error = FieldError { field, text };
        Ok(shown(app, visit, status, &user, &token, &to, Some(error)))
    };
    let words = Frame::words();
    if let Some(wait) = app.throttle.wait(&user.email, visit.address, now) {
        let seconds = wait.as_secs().unsigned_abs().max(1);
        let text = words.with("sign-in-wait", &[("n", Argument::Count(seconds))]);
        return again(StatusCode::TOO_MANY_REQUESTS, "code", text);
    }
    let (id, client, inside) = (user.id, visit.address.to_string(), app.clone());
    let accepted = respond::blocking(move || {
        let accepted = accept(&inside, &hash, id, code.as_deref(), recovery.as_deref())?;
        if accepted != Accepted::Yes {
            inside.store.refuse_code(id, &client, now)?;
        }
        Ok(accepted)
    });
    match accepted.await.map_err(|_| Refusal::Unavailable)? {
        Accepted::Yes => signed_in(app, visit, &user, &to).await,
        Accepted::No { field, text } => {
            app.throttle.failed(&user.email, visit.address, now);
            again(StatusCode::UNPROCESSABLE_ENTITY, field, words.t(text))
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Accepted {
    Yes,
    No {
        field: &'static str,
        /// The key of the text.
        text: &'static str,
    },
}

fn accept(
    app: &App,
    token: &[u8; 32],
    user: UserId,
    code: Option<&str>,
    recovery: Option<&str>,
) -> Result<Accepted, StoreError> {
    let (store, now) = (&app.store, app.now());
    let is_accepted = match recovery {
        Some(recovery) => store.accept_recovery_code(token, &recovery_hash(recovery), now)?,
        None => {
            let code = code.unwrap_or_default();
            let found = store.two_step(user)?;
            if found.as_ref().is_some_and(|found| found.is_locked) {
                return Ok(Accepted::No {
                    field: "recovery",
                    text: "code-locked",
                });
            }
            match found.and_then(|found| matching_step(&found.secret, code, now)) {
                Some(step) => store.accept_code(token, step, now)?,
                None => false,
            }
        }
    };
    Ok(match (is_accepted, recovery) {
        (true, _) => Accepted::Yes,
        (false, None) => Accepted::No {
            field: "code",
            text: "code-wrong",
        },
        (false, Some(_)) => Accepted::No {
            field: "recovery",
            text: "recovery-code-wrong",
        },
    })
}

fn shown(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    user: &User,
    token: &Token,
    to: &str,
    error: Option<FieldError>,
) -> Response {
    let page = CodePage {
        frame: Frame::outside(app, visit, "code-title"),
        form: Form {
            errors: error.into_iter().collect(),
        },
        text: Frame::words().v("code-text", &user.email),
        token: token.as_str().to_owned(),
        to: to.to_owned(),
    };
    respond::rendered(status, &page)
}
