//! Who asks the API, and whether they may: an API token, or the session of a browser. A request with a token is never answered
//! by the rights of a session.

use crate::{
    access::{self, Session, Visit},
    api::{
        problem::{ApiProblem, ProblemKind},
        rate::{Allowance, Key},
    },
    respond,
    routes::{Right, right_of},
    state::App,
    token::Token,
};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::Response,
};
use muster_core::model::{actor::Actor, role::Role, workspace::Workspace};
use muster_store::ApiToken;
use std::sync::Arc;

/// Where the addresses of a workspace begin.
pub(crate) const WORKSPACES: &str = "/api/v1/workspaces/";

/// A browser proves with this header that a page of this server sent the request.
const FORM_TOKEN: &str = "x-form-token";

#[derive(Clone)]
pub(crate) enum Caller {
    User(Session),
    Token {
        token: Box<ApiToken>,
        /// The name of its workspace.
        workspace: String,
    },
}

impl Caller {
    /// What the caller may do in a workspace; none: it does not exist for them.
    pub(crate) fn role(&self, workspace: &str) -> Option<Role> {
        match self {
            Self::User(session) => session.role(workspace),
            Self::Token {
                token,
                workspace: own,
            } => (own == workspace).then_some(token.role),
        }
    }

    /// Whether the caller administers the installation: a token is for one workspace.
    fn is_administrator(&self) -> bool {
        matches!(self, Self::User(session) if session.user.is_admin)
    }

    /// As recorded with what the caller does.
    pub(crate) fn actor(&self) -> Actor {
        match self {
            Self::User(session) => Actor::User(session.user.email.clone()),
            Self::Token { token, .. } => Actor::Token(token.name.clone()),
        }
    }

    fn key(&self) -> Key {
        match self {
            Self::User(session) => Key::User(session.user.id.0),
            Self::Token { token, .. } => Key::Token(token.id),
        }
    }
}

/// One request: who asks, and for which workspace.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) caller: Caller,
    /// The workspace of the address.
    pub(crate) workspace: Option<Arc<Workspace>>,
}

/// The layer of every endpoint: refuses what the rights do not allow, and counts requests.
pub(crate) async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else {
        return respond::unavailable();
    };
    let caller = caller(&app, &visit, request.headers()).await;
    let key = match &caller {
        Ok(caller) => caller.key(),
        Err(_) => Key::Address(visit.address),
    };
    let allowance = app.rates.take(key, app.now());
    let mut answer = match allowed(&app, &visit, caller, allowance, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.response(&visit),
    };
    allowance.write(answer.headers_mut());
    answer
}

/// Who asks.
async fn caller(app: &App, visit: &Visit, headers: &HeaderMap) -> Result<Caller, ApiProblem> {
    let Some(sent) = headers.get(header::AUTHORIZATION) else {
        let session = visit.session.clone();
        return session
            .map(Caller::User)
            .ok_or_else(|| ProblemKind::SignIn.into());
    };
    let token = sent.to_str().ok().and_then(bearer);
    let token = token.ok_or(ProblemKind::SignIn)?;
    let (app, hash, now) = (app.clone(), token.hash(), app.now());
    let found = respond::blocking(move || app.store.api_token(&hash, now)).await?;
    let (token, workspace) = found.ok_or(ProblemKind::SignIn)?;
    Ok(Caller::Token {
        token: Box::new(token),
        workspace,
    })
}

fn bearer(text: &str) -> Option<Token> {
    let (scheme, token) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| Token::parse_api(token.trim()))?
}

async fn allowed(
    app: &App,
    visit: &Visit,
    caller: Result<Caller, ApiProblem>,
    allowance: Allowance,
    mut request: Request,
) -> Result<Request, ApiProblem> {
    if let Some(wait) = allowance.wait {
        return Err(ProblemKind::Rate(wait).into());
    }
    let caller = caller?;
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map(|path| path.as_str().to_owned());
    let route = route.unwrap_or_default();
    let right = right_of(request.method(), &route).ok_or(ProblemKind::Method)?;
    refuse_foreign(app, &caller, &request)?;
    let workspace = match right {
        Right::Anybody | Right::SignedIn => None,
        Right::Administrator if caller.is_administrator() => None,
        Right::Administrator => return Err(ProblemKind::Role(Role::Admin).into()),
        Right::Workspace(needed) => Some(workspace(app, visit, &caller, needed).await?),
    };
    request
        .extensions_mut()
        .insert(Client { caller, workspace });
    Ok(request)
}

/// Browsers send the cookie of the session with whatever a page asks them to; a token is only sent by its client.
fn refuse_foreign(app: &App, caller: &Caller, request: &Request) -> Result<(), ApiProblem> {
    let Caller::User(session) = caller else {
        return Ok(());
    };
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let headers = request.headers();
    let sent = headers.get(FORM_TOKEN).and_then(|sent| sent.to_str().ok());
    let is_ours = access::is_same_site(headers, app.web.is_https)
        && sent.is_some_and(|sent| session.token.is_form_token(sent));
    is_ours
        .then_some(())
        .ok_or_else(|| ProblemKind::Foreign.into())
}

/// The workspace in the address, for a caller who has a role in it. Others learn nothing: it is not found.
async fn workspace(
    app: &App,
    visit: &Visit,
    caller: &Caller,
    needed: Role,
) -> Result<Arc<Workspace>, ApiProblem> {
    let name = access::workspace_in(&visit.path, WORKSPACES).ok_or_else(ApiProblem::not_found)?;
    let role = caller.role(&name).ok_or_else(ApiProblem::not_found)?;
    if role < needed {
        return Err(ProblemKind::Role(needed).into());
    }
    let app = app.clone();
    let found = respond::blocking(move || app.store.workspace(&name)).await?;
    found.map(Arc::new).ok_or_else(ApiProblem::not_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tokens_of_the_right_form_are_looked_up() {
        let token = format!("mst_{}", "a".repeat(64));
        assert!(bearer(&format!("Bearer {token}")).is_some());
        assert!(bearer(&format!("bearer {token}")).is_some());
        for wrong in [
            token.clone(),
            format!("Basic {token}"),
            format!("Bearer {}", "a".repeat(64)),
            format!("Bearer mst_{}", "a".repeat(63)),
            format!("Bearer mst_{}", "x".repeat(64)),
            "Bearer".to_owned(),
            String::new(),
        ] {
            assert!(bearer(&wrong).is_none(), "{wrong}");
        }
    }
}
