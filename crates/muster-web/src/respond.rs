//! From what a handler found to an answer: pages, redirects, and refusals that say what to do. Addresses below `/api` get
//! their refusals as problem details (RFC 9457).

use crate::{
    access::{Here, Visit},
    api::problem::{ApiProblem, ProblemKind},
    pages::{error::ErrorPage, frame::Frame},
    state::App,
};
use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use muster_core::model::role::Role;
use muster_store::StoreError;

/// Why a request is not answered with what it asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no such page, or not for this user.
    NotFound,
    Method,
    SignIn,
    /// The user's role is lower than this one.
    Role(Role),
    /// A form that no page of ours sent, or that is too old.
    ForeignForm,
    TooLarge,
    /// The database does not answer.
    Unavailable,
}

impl Refusal {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Role(_) | Self::ForeignForm => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The keys of its title and of what to do.
    pub(crate) fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound | Self::Method => ("error-not-found", "error-not-found-help"),
            Self::SignIn => ("error-sign-in", "error-sign-in-help"),
            Self::Role(_) => ("error-role", "error-role-help"),
            Self::ForeignForm => ("error-form", "error-form-help"),
            Self::TooLarge => ("error-too-large", "error-too-large-help"),
            Self::Unavailable => ("error-unavailable", "error-unavailable-help"),
        }
    }
}

/// Work with the database, away from the threads that answer requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // A panic costs one request.
        Err(_) => Err(StoreError::NoKey),
    }
}

/// A page of a workspace: read and rendered away from the threads that answer requests; none: it does not exist.
pub(crate) async fn page<T: Template + Send + 'static>(
    app: App,
    here: Here,
    read: impl FnOnce(&App, &Here) -> Result<Option<T>, StoreError> + Send + 'static,
) -> Response {
    let visit = here.visit.clone();
    let (reader, reading) = (app.clone(), here);
    let rendered = blocking(move || {
        let page = reader.snapshot(|app| read(app, &reading))?;
        Ok(page.map(|page| page.render()))
    });
    match rendered.await {
        Ok(Some(Ok(html))) => Html(html).into_response(),
        Ok(Some(Err(_))) => refuse(&app, &visit, Refusal::Unavailable),
        Ok(None) => refuse(&app, &visit, Refusal::NotFound),
        Err(_) => refuse(&app, &visit, Refusal::Unavailable),
    }
}

/// What became of a form, or of what a page waits for.
pub(crate) enum Outcome {
    /// It was done; the page at this address shows it.
    To(String),
    /// A page, such as the form with what is wrong with it.
    Page(StatusCode, Result<String, askama::Error>),
    /// What it is about does not exist.
    NotFound,
}

/// Does what a form asks for, away from the threads that answer requests.
pub(crate) async fn act(
    app: App,
    here: Here,
    work: impl FnOnce(&App, &Here) -> Result<Outcome, StoreError> + Send + 'static,
) -> Response {
    let (visit, inside) = (here.visit.clone(), app.clone());
    match blocking(move || work(&inside, &here)).await {
        Ok(Outcome::To(page)) => redirect(&page),
        Ok(Outcome::NotFound) => refuse(&app, &visit, Refusal::NotFound),
        Ok(Outcome::Page(status, Ok(text))) => html(status, text),
        Ok(Outcome::Page(_, Err(_))) | Err(_) => refuse(&app, &visit, Refusal::Unavailable),
    }
}

/// A page that needs no workspace.
pub(crate) fn rendered(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => unavailable(),
    }
}

/// A file to save; the browser never shows it as a page.
pub(crate) fn download(name: &str, kind: &'static str, content: String) -> Response {
    let name: String = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
        .collect();
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, content).into_response()
}

pub(crate) fn html(status: StatusCode, html: String) -> Response {
    (status, Html(html)).into_response()
}

pub(crate) fn redirect(to: &str) -> Response {
    Redirect::to(to).into_response()
}

/// A redirect that also sets a cookie.
pub(crate) fn redirect_with_cookie(to: &str, cookie: &str) -> Response {
    let mut answer = redirect(to);
    if let Ok(cookie) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}

/// A path of this server that is safe to redirect to after sign-in.
pub(crate) fn own_path(path: &str) -> Option<&str> {
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    is_own.then_some(path)
}

pub(crate) fn refuse(app: &App, visit: &Visit, refusal: Refusal) -> Response {
    if visit.path.starts_with("/api/") {
        return ApiProblem::from(ProblemKind::from(refusal)).response(visit);
    }
    if refusal == Refusal::SignIn {
        let to: String = url::form_urlencoded::byte_serialize(visit.path.as_bytes()).collect();
        return redirect(&format!("/sign-in?to={to}"));
    }
    let frame = Frame::outside(app, visit, refusal.texts().0);
    rendered(refusal.status(), &ErrorPage::new(frame, visit, refusal))
}

/// The last resort: without a database there is no page that knows who asks.
pub(crate) fn unavailable() -> Response {
    let text = crate::texts::Words::english().t("error-unavailable-help");
    (StatusCode::SERVICE_UNAVAILABLE, text).into_response()
}

pub(crate) async fn not_found(
    State(app): State<App>,
    Extension(visit): Extension<Visit>,
) -> Response {
    refuse(&app, &visit, Refusal::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w15_only_paths_of_this_server_are_redirected_to() {
        for path in ["/", "/w/acme/runs?status=held", "/w/M%C3%B8lle"] {
            assert_eq!(own_path(path), Some(path));
        }
        for path in [
            "",
            "//evil",
            "/\\evil",
            "\\\\evil",
            "https:evil",
            "https://evil",
            "/a\nb",
            "evil",
            "/w/Mølle",
        ] {
            assert_eq!(own_path(path), None, "{path}");
        }
    }
}
