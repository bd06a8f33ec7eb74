//! The API tokens of a workspace: created, shown once, revoked.

use crate::{
    access::Here,
    pages::{
        frame::{Area, Frame, role_name, segment, workspace_path},
        parts::{FieldError, Form, GOOD, Link, Markup, badge, look},
    },
    respond::{self, Refusal},
    state::App,
    token::random_api_token,
    wording::Times,
};
use askama::Template;
use axum::{
    Extension,
    extract::{Form as Body, Path, State},
    http::StatusCode,
    response::Response,
};
use jiff::{SignedDuration, Timestamp};
use muster_core::model::role::Role;
use muster_store::{ApiToken, NewApiToken, StoreError};
use serde::Deserialize;

/// The longest name of a token.
const MAX_NAME: usize = 60;
const MAX_DAYS: u16 = 366;

#[derive(Template)]
#[template(path = "pages/administration/tokens.html")]
struct TokensPage {
    frame: Frame,
    path: String,
    rows: Vec<TokenRow>,
    roles: Vec<(&'static str, String)>,
    form: Form,
    sent: NewToken,
    /// The secret, which is shown once.
    created: Option<String>,
}

struct TokenRow {
    name: String,
    role: String,
    state: Markup,
    expires: String,
    used: String,
    created_by: String,
    /// None: it is no longer accepted.
    revoke: Option<String>,
    label: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    name: String,
    role: String,
    days: String,
    #[serde(rename = "form_token")]
    _form_token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Revocation {
    #[serde(rename = "form_token")]
    _form_token: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(here): Extension<Here>) -> Response {
    respond::page(app, here, |app, here| {
        read(app, here, NewToken::default(), Vec::new(), None).map(Some)
    })
    .await
}

pub(crate) async fn create(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Body(sent): Body<NewToken>,
) -> Response {
    let (visit, inside) = (here.visit.clone(), app.clone());
    let answered = respond::blocking(move || match created(&inside, &here, &sent)? {
        Ok(secret) => read(
            &inside,
            &here,
            NewToken::default(),
            Vec::new(),
            Some(secret),
        ),
        Err(error) => read(&inside, &here, sent, vec![error], None),
    });
    match answered.await {
        Ok(page) => {
            let status = match page.form.errors.is_empty() {
                true => StatusCode::OK,
                false => StatusCode::UNPROCESSABLE_ENTITY,
            };
            respond::rendered(status, &page)
        }
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

/// Creates the token: its secret, or what is wrong with the form.
fn created(
    app: &App,
    here: &Here,
    sent: &NewToken,
) -> Result<Result<String, FieldError>, StoreError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = sent.name.trim();
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(is_plain) {
        return Ok(Err(FieldError::new("name", "tokens-name-invalid")));
    }
    let Some(role) = Role::parse(&sent.role) else {
        return Ok(Err(FieldError::new("role", "users-role-missing")));
    };
    let days = sent.days.trim().parse::<u16>().ok();
    let Some(days) = days.filter(|days| (1..=MAX_DAYS).contains(days)) else {
        return Ok(Err(FieldError::new("days", "tokens-days-invalid")));
    };
    let Ok(token) = random_api_token() else {
        return Ok(Err(FieldError::new("name", "error-unavailable-help")));
    };
    let now = app.now();
    let new = NewApiToken {
        workspace: here.workspace.id,
        name,
        token: &token.hash,
        role,
        created_by: &here.session.user.email,
        expires: now + SignedDuration::from_hours(24 * i64::from(days)),
    };
    Ok(match app.store.create_api_token(&new, now)? {
        true => Ok(token.text),
        false => Err(FieldError::new("name", "tokens-name-used")),
    })
}

pub(crate) async fn revoke(
    State(app): State<App>,
    Extension(here): Extension<Here>,
    Path((_, name)): Path<(String, String)>,
    Body(_): Body<Revocation>,
) -> Response {
    let back = workspace_path(&here.workspace.name) + "/tokens";
    let (visit, inside) = (here.visit.clone(), app.clone());
    let revoked = respond::blocking(move || {
        let (by, now) = (&here.session.user.email, inside.now());
        inside
            .store
            .revoke_api_token(here.workspace.id, &name, by, now)
    });
    match revoked.await {
        Ok(true) => respond::redirect(&back),
        Ok(false) => respond::refuse(&app, &visit, Refusal::NotFound),
        Err(_) => respond::refuse(&app, &visit, Refusal::Unavailable),
    }
}

fn read(
    app: &App,
    here: &Here,
    mut sent: NewToken,
    errors: Vec<FieldError>,
    created: Option<String>,
) -> Result<TokensPage, StoreError> {
    let words = Frame::words();
    let title = words.t("nav-tokens");
    let path = workspace_path(&here.workspace.name) + "/tokens";
    let (now, times) = (app.now(), Times::of(&here.workspace, app.now()));
    let tokens = app.store.api_tokens(here.workspace.id)?;
    let crumbs = vec![Link::new("", title.clone())];
    if sent.days.is_empty() {
        "90".clone_into(&mut sent.days);
    }
    Ok(TokensPage {
        rows: tokens
            .into_iter()
            .map(|token| row(&path, token, &times, now))
            .collect(),
        roles: Role::ALL
            .into_iter()
            .map(|role| (role.as_str(), role_name(words, role)))
            .collect(),
        frame: Frame::inside(app, here, Area::Tokens, title, crumbs)?,
        path,
        form: Form { errors },
        sent,
        created,
    })
}

fn row(path: &str, token: ApiToken, times: &Times, now: Timestamp) -> TokenRow {
    let words = Frame::words();
    let is_accepted = token.revoked.is_none() && token.expires > now;
    let state = match (token.revoked, is_accepted) {
        (Some(_), _) => badge(look("is-plain", "minus"), &words.t("token-revoked")),
        (None, false) => badge(look("is-held", "clock"), &words.t("token-expired")),
        (None, true) => badge(GOOD, &words.t("user-active")),
    };
    TokenRow {
        revoke: is_accepted.then(|| format!("{path}/{}/revoke", segment(&token.name))),
        label: words.v("tokens-revoke-one", &token.name),
        role: role_name(words, token.role),
        state,
        expires: times.moment(token.expires),
        used: token
            .used
            .map_or_else(|| words.t("never"), |at| times.moment(at)),
        created_by: token.created_by,
        name: token.name,
    }
}
