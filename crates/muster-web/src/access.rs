//! Who asks, and whether they may: the session of a request, the rights of its route, and the proof that a form is ours.
//! Everything here fails closed: a route without rights, or a form without its token, is refused.

use crate::{
    accounts::device::device,
    client::client,
    respond::{self, Refusal},
    routes::{Right, right_of},
    serve::Peer,
    state::App,
    token::{Token, hexadecimal},
};
use axum::{
    body::{Body, to_bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use muster_core::model::{role::Role, workspace::Workspace};
use muster_store::{SessionLimits, StoreError, User};
use std::{collections::BTreeMap, net::IpAddr, sync::Arc};

/// Forms are small: ticks of a plan are the most.
const LARGEST_FORM: usize = 1024 * 1024;

/// One request: who asks, and what its answer needs.
#[derive(Clone)]
pub(crate) struct Visit {
    /// Allows the scripts of this page only.
    pub(crate) nonce: String,
    pub(crate) request: String,
    /// Empty: as the system has it.
    pub(crate) theme: &'static str,
    pub(crate) address: IpAddr,
    /// What the browser says it is.
    pub(crate) device: String,
    pub(crate) session: Option<Session>,
    pub(crate) path: String,
}

/// A signed-in user.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) token: Token,
    pub(crate) user: User,
    /// By the name of the workspace.
    pub(crate) roles: Arc<BTreeMap<String, Role>>,
}

impl Session {
    /// What the user may do in a workspace; none: it does not exist for them.
    pub(crate) fn role(&self, workspace: &str) -> Option<Role> {
        if self.user.is_admin {
            return Some(Role::Admin);
        }
        self.roles.get(workspace).copied()
    }
}

/// The workspace that a request is about, and what the user may do in it.
#[derive(Clone)]
pub(crate) struct Here {
    pub(crate) visit: Visit,
    pub(crate) session: Session,
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) role: Role,
}

/// The outermost layer: finds out who asks, and gives every answer its headers.
pub(crate) async fn visit(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<Peer>().copied();
    let path = request.uri().path().to_owned();
    let Ok(visit) = recognise(&app, request.headers().clone(), peer, path).await else {
        return respond::unavailable();
    };
    let is_static = visit.path.starts_with("/static/");
    let (nonce, id) = (visit.nonce.clone(), visit.request.clone());
    request.extensions_mut().insert(visit);
    let mut answer = next.run(request).await;
    secure(
        answer.headers_mut(),
        &nonce,
        &id,
        is_static,
        app.web.is_https,
    );
    answer
}

async fn recognise(
    app: &App,
    headers: HeaderMap,
    peer: Option<Peer>,
    path: String,
) -> Result<Visit, StoreError> {
    let theme = match cookie(&headers, "muster_theme") {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "",
    };
    let session = match cookie(&headers, session_cookie(app)).and_then(Token::parse) {
        Some(token) => session(app, token).await?,
        None => None,
    };
    Ok(Visit {
        nonce: random(),
        request: random(),
        theme,
        address: peer.map_or(IpAddr::from([0, 0, 0, 0]), |peer| {
            client(peer.0, &headers, &app.web.trusted_proxies)
        }),
        device: device(&headers),
        session,
        path,
    })
}

/// 128 random bits; without any, a page has no scripts.
fn random() -> String {
    let mut bytes = [0; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => hexadecimal(&bytes),
        Err(_) => String::new(),
    }
}

async fn session(app: &App, token: Token) -> Result<Option<Session>, StoreError> {
    let (app, now) = (app.clone(), app.now());
    respond::blocking(move || {
        let store = &app.store;
        let Some(user) = store.session(&token.hash(), SessionLimits::default(), now)? else {
            return Ok(None);
        };
        let roles = store.roles(user.id)?.into_iter().collect();
        Ok(Some(Session {
            token,
            user,
            roles: Arc::new(roles),
        }))
    })
    .await
}

/// The layer of every route: refuses what its rights do not allow.
pub(crate) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return respond::unavailable();
    };
    match allow(&app, visit.clone(), request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => respond::refuse(&app, &visit, refusal),
    }
}

async fn allow(app: &App, visit: Visit, mut request: Request) -> Result<Request, Refusal> {
    let matched = request.extensions().get::<MatchedPath>();
    let path = matched
        .map(|path| path.as_str().to_owned())
        .unwrap_or_default();
    let right = right_of(request.method(), &path).ok_or(Refusal::Method)?;
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    if changes && !is_same_site(request.headers(), app.web.is_https) {
        return Err(Refusal::ForeignForm);
    }
    let session = match (right, visit.session.clone()) {
        (Right::Anybody, _) => return Ok(request),
        (_, None) => return Err(Refusal::SignIn),
        (_, Some(session)) => session,
    };
    if changes {
        request = with_form_token(request, &session.token).await?;
    }
    match right {
        Right::Anybody | Right::SignedIn => {}
        Right::Administrator if session.user.is_admin => {}
        Right::Administrator => return Err(Refusal::Role(Role::Admin)),
        Right::Workspace(needed) => {
            let here = here(app, visit, session, &path).await?;
            if here.role < needed {
                return Err(Refusal::Role(needed));
            }
            request.extensions_mut().insert(here);
        }
    }
    Ok(request)
}

/// The workspace in the address, for a user who has a role in it. Others learn nothing: it is not found.
async fn here(app: &App, visit: Visit, session: Session, path: &str) -> Result<Here, Refusal> {
    let name = workspace_of(path, &visit.path).ok_or(Refusal::NotFound)?;
    let role = session.role(&name).ok_or(Refusal::NotFound)?;
    let app = app.clone();
    let found = respond::blocking(move || app.store.workspace(&name)).await;
    let workspace = found
        .map_err(|_| Refusal::Unavailable)?
        .ok_or(Refusal::NotFound)?;
    Ok(Here {
        visit,
        session,
        workspace: Arc::new(workspace),
        role,
    })
}

fn workspace_of(route: &str, path: &str) -> Option<String> {
    route.starts_with("/w/{workspace}").then_some(())?;
    workspace_in(path, "/w/")
}

/// The name of the workspace in an address that begins like this.
pub(crate) fn workspace_in(path: &str, beginning: &str) -> Option<String> {
    let segment = path.strip_prefix(beginning)?.split('/').next()?;
    // As in a query: `a=` makes it one.
    let query = format!("a={}", segment.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.next().map(|(_, name)| name.into_owned())
}

/// Whether a page of this server sent the request. Browsers say so; what says nothing is not a browser of ours.
pub(crate) fn is_same_site(headers: &HeaderMap, is_https: bool) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    let (Some(origin), Some(host)) = (text(header::ORIGIN), text(header::HOST)) else {
        return false;
    };
    let scheme = if is_https { "https" } else { "http" };
    origin == format!("{scheme}://{host}")
}

/// Reads the form for its token and gives the body back.
async fn with_form_token(request: Request, token: &Token) -> Result<Request, Refusal> {
    let is_form = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        return Err(Refusal::ForeignForm);
    }
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, LARGEST_FORM)
        .await
        .map_err(|_| Refusal::TooLarge)?;
    let sent = url::form_urlencoded::parse(&bytes)
        .find(|(name, _)| name == "form_token")
        .map(|(_, value)| value.into_owned());
    if !sent.is_some_and(|sent| token.is_form_token(&sent)) {
        return Err(Refusal::ForeignForm);
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// The value of a cookie.
fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter();
    all.filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// Over HTTPS, the name itself keeps other hosts from setting it.
fn session_cookie(app: &App) -> &'static str {
    if app.web.is_https {
        "__Host-muster_session"
    } else {
        "muster_session"
    }
}

/// A cookie with the session of a user who signed in, or one that removes it.
pub(crate) fn set_session(app: &App, token: Option<&Token>) -> String {
    let secure = if app.web.is_https { "; Secure" } else { "" };
    let (value, age) = match token {
        Some(token) => (token.as_str(), ""),
        None => ("", "; Max-Age=0"),
    };
    format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
        session_cookie(app)
    )
}

fn secure(headers: &mut HeaderMap, nonce: &str, id: &str, is_static: bool, is_https: bool) {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; font-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set("content-security-policy", &policy);
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set("x-content-type-options", "nosniff");
    set("x-frame-options", "DENY");
    set("referrer-policy", "same-origin");
    set("x-request-id", id);
    if is_https {
        set("strict-transport-security", "max-age=31536000");
    }
    // Pages have personal data: nothing between the server and the person keeps them.
    if !is_static {
        set("cache-control", "no-store");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P36.
    #[test]
    fn w7_requests_of_other_sites_are_recognised() {
        let headers = |pairs: &[(&'static str, &'static str)]| -> HeaderMap {
            let pairs = pairs.iter().map(|(name, value)| {
                (
                    header::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            pairs.collect()
        };
        let ours = |pairs| is_same_site(&headers(pairs), false);
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(!ours(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "http://a"),
            ("host", "a")
        ]));
        assert!(!ours(&[("sec-fetch-site", "same-site")]));
        assert!(!ours(&[("sec-fetch-site", "none")]));
        assert!(ours(&[
            ("origin", "http://muster:8080"),
            ("host", "muster:8080")
        ]));
        assert!(!ours(&[("origin", "http://evil"), ("host", "muster:8080")]));
        assert!(!ours(&[("origin", "null"), ("host", "muster:8080")]));
        assert!(!ours(&[("host", "muster:8080")]));
        assert!(!ours(&[]));
    }

    #[test]
    fn workspace_is_read_from_the_address_with_its_escapes() {
        let of = |path| workspace_of("/w/{workspace}/runs", path);
        assert_eq!(of("/w/acme/runs").as_deref(), Some("acme"));
        assert_eq!(
            of("/w/M%C3%B8lle%20A%2FS/runs").as_deref(),
            Some("Mølle A/S")
        );
        assert_eq!(of("/w/a+b/runs").as_deref(), Some("a+b"));
        assert_eq!(workspace_of("/sign-in", "/sign-in"), None);
    }
}
