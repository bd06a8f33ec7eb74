//! A forgotten password: a link to choose a new one is mailed. The answer comes before the address is looked up, so that
//! neither it nor its time tells whether the address has an account.

use crate::{
    access::Visit,
    accounts::password_link::{LinkFor, new_password_link},
    pages::{
        frame::Frame,
        parts::{FieldError, Form},
    },
    respond::{self, Refusal},
    state::App,
    texts::Argument,
};
use askama::Template;
use axum::{Extension, Form as Body, extract::State, http::StatusCode, response::Response};
use muster_store::StoreError;
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/accounts/forgotten.html")]
struct ForgottenPage {
    frame: Frame,
    form: Form,
    /// False: the installation sends no mails.
    has_mail: bool,
    is_sent: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    email: String,
}

pub(crate) async fn page(State(app): State<App>, Extension(visit): Extension<Visit>) -> Response {
    shown(&app, &visit, StatusCode::OK, false, Vec::new()).await
}

pub(crate) async fn request(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
    Body(sent): Body<Forgotten>,
) -> Response {
    let (email, address, now) = (sent.email.trim().to_owned(), visit.address, app.now());
    if let Some(wait) = app.resets.wait(&email, address, now) {
        let seconds = wait.as_secs().unsigned_abs().max(1);
        let error = FieldError {
            field: "email",
            text: Frame::words().with("forgotten-wait", &[("n", Argument::Count(seconds))]),
        };
        let status = StatusCode::TOO_MANY_REQUESTS;
        return shown(&app, &visit, status, false, vec![error]).await;
    }
    app.resets.failed(&email, address, now);
    let inside = app.clone();
    tokio::task::spawn_blocking(move || mail(&inside, &email));
    shown(&app, &visit, StatusCode::OK, true, Vec::new()).await
}

/// Mails a link if the address has an account that can use one.
fn mail(app: &App, email: &str) -> Result<(), StoreError> {
    let (store, now) = (&app.web.store, app.now());
    let Some((user, _)) = store.user_by_email(email)? else {
        return Ok(());
    };
    let Ok(link) = new_password_link(LinkFor::Reset, now) else {
        return Ok(());
    };
    if store.request_password_link(user.id, &link.stored, now)? {
        let address = format!("{}{}", app.web.address, link.path);
        (app.web.outgoing.mail_password_link)(&user.email, &address, link.stored.expires);
    }
    Ok(())
}

async fn shown(
    app: &App,
    visit: &Visit,
    status: StatusCode,
    is_sent: bool,
    errors: Vec<FieldError>,
) -> Response {
    let inside = app.clone();
    match respond::blocking(move || inside.store.mail_server()).await {
        Ok(server) => {
            let page = ForgottenPage {
                frame: Frame::outside(app, visit, "forgotten-title"),
                form: Form { errors },
                has_mail: server.is_some(),
                is_sent,
            };
            respond::rendered(status, &page)
        }
        Err(_) => respond::refuse(app, visit, Refusal::Unavailable),
    }
}
