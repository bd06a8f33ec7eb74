//! The user of a demo: an administrator that a link signs in once, without a password. Only a process that made the demo
//! itself has one.

use crate::{
    access::{Visit, set_session},
    accounts::{password::hashed, sign_in::begin},
    respond::{self, Refusal},
    state::App,
    token::Token,
};
use axum::{
    Extension,
    extract::{Path, State},
    response::Response,
};
use jiff::Timestamp;
use muster_core::model::ids::UserId;
use muster_store::{NewUser, Store, StoreError};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Digits of the password: 64 random bits.
const PASSWORD: usize = 16;

#[derive(Clone)]
pub struct DemoUser {
    id: UserId,
    email: String,
    password: String,
    link: Token,
    is_unused: Arc<AtomicBool>,
}

impl DemoUser {
    /// The address of the page that signs the user in.
    pub fn path(&self) -> String {
        format!("/demo/{}", self.link.as_str())
    }

    pub fn email(&self) -> &str {
        &self.email
    }

    pub fn password(&self) -> &str {
        &self.password
    }
}

/// Creates the administrator of a demo. None: the address is in use, or the system gives no random bytes.
pub fn create_demo_user(
    store: &Store,
    name: &str,
    email: &str,
    now: Timestamp,
) -> Result<Option<DemoUser>, StoreError> {
    let (Ok(link), Ok(random)) = (Token::random(), Token::random()) else {
        return Ok(None);
    };
    let password = random.as_str()[..PASSWORD].to_owned();
    let Some(hash) = hashed(&password) else {
        return Ok(None);
    };
    let new = NewUser {
        email,
        name,
        password_hash: &hash,
        is_admin: true,
    };
    let id = store.create_user(&new, email, now)?;
    Ok(id.map(|id| DemoUser {
        id,
        email: email.to_owned(),
        password,
        link,
        is_unused: Arc::new(AtomicBool::new(true)),
    }))
}

pub(crate) async fn sign_in(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Path(token): Path<String>,
) -> Response {
    let is_link = |user: &&DemoUser| {
        Token::parse(&token).is_some_and(|token| token.hash() == user.link.hash())
            && user.is_unused.swap(false, Ordering::SeqCst)
    };
    let Some(user) = app.web.demo.as_ref().filter(is_link) else {
        return respond::refuse(&app, &visit, Refusal::NotFound);
    };
    match begin(&app, &visit, user.id).await {
        Ok(session) => respond::redirect_with_cookie("/", &set_session(&app, Some(&session))),
        Err(refusal) => respond::refuse(&app, &visit, refusal),
    }
}
