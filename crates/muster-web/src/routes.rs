//! Every route with the right that it needs, from top to bottom. The list is the router and the table of rights: what is
//! not in it does not exist.

use crate::{
    access, accounts, api, assets, pages, respond,
    state::{App, WebState},
};
use axum::{
    Router,
    http::Method,
    middleware::from_fn_with_state,
    routing::{MethodRouter, get, post},
};
use muster_core::model::role::Role;
use tower_http::compression::CompressionLayer;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Also who is not signed in.
    Anybody,
    SignedIn,
    /// Users who administer the installation; no token does.
    Administrator,
    /// Users with this role in the workspace of the address, or a higher one.
    Workspace(Role),
}

pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) right: Right,
    handler: fn() -> MethodRouter<App>,
}

macro_rules! routes {
    ($($method:ident $path:literal, $right:expr, $handler:expr;)*) => {
        pub(crate) const ROUTES: &[Route] = &[$(Route {
            method: routes!(@$method),
            path: $path,
            right: $right,
            handler: || $method($handler),
        },)*];
    };
    (@get) => { Method::GET };
    (@post) => { Method::POST };
}

use Right::{Administrator, Anybody, SignedIn, Workspace};
use Role::{Admin, Approver, Operator, Viewer};

routes! {
    get "/static/{name}", Anybody, assets::asset;
    get "/setup/{token}", Anybody, accounts::setup::page;
    post "/setup/{token}", Anybody, accounts::setup::create;
    get "/password/{token}", Anybody, accounts::password_link::page;
    post "/password/{token}", Anybody, accounts::password_link::choose;
    get "/demo/{token}", Anybody, accounts::demo::sign_in;
    get "/sign-in", Anybody, accounts::sign_in::page;
    post "/sign-in", Anybody, accounts::sign_in::sign_in;
    post "/sign-in/code", Anybody, accounts::second_step::confirm;
    get "/forgotten", Anybody, accounts::forgotten::page;
    post "/forgotten", Anybody, accounts::forgotten::request;
    post "/sign-out", SignedIn, accounts::sign_in::sign_out;
    post "/appearance", SignedIn, pages::appearance::choose;
    get "/account", SignedIn, pages::account::page;
    post "/account/password", SignedIn, pages::account::change_password;
    post "/account/two-step", SignedIn, accounts::two_step::begin;
    get "/account/two-step", SignedIn, accounts::two_step::page;
    post "/account/two-step/activate", SignedIn, accounts::two_step::activate;
    post "/account/two-step/remove", SignedIn, accounts::two_step::remove;
    post "/account/sessions/{session}/end", SignedIn, pages::account::end_session;
    get "/", SignedIn, pages::installation::page;
    get "/w/{workspace}", Workspace(Viewer), pages::overview::page;
    get "/w/{workspace}/decisions", Workspace(Viewer), pages::decisions::list::page;
    get "/w/{workspace}/decisions/{run}/{operation}", Workspace(Viewer), pages::decisions::one::page;
    get "/w/{workspace}/issues", Workspace(Viewer), pages::issues::list::page;
    get "/w/{workspace}/issues/{issue}", Workspace(Viewer), pages::issues::one::page;
    post "/w/{workspace}/issues/{issue}/snooze", Workspace(Operator), pages::issues::one::snooze;
    get "/w/{workspace}/runs", Workspace(Viewer), pages::runs::list::page;
    get "/w/{workspace}/runs/{run}", Workspace(Viewer), pages::runs::run::page;
    get "/w/{workspace}/runs/{run}/approve", Workspace(Approver), pages::runs::decide::approval;
    post "/w/{workspace}/runs/{run}/approve", Workspace(Approver), pages::runs::decide::approve;
    get "/w/{workspace}/runs/{run}/reject", Workspace(Approver), pages::runs::decide::rejection;
    post "/w/{workspace}/runs/{run}/reject", Workspace(Approver), pages::runs::decide::reject;
    get "/w/{workspace}/runs/{run}/undo", Workspace(Approver), pages::runs::undo::page;
    post "/w/{workspace}/runs/{run}/undo", Workspace(Approver), pages::runs::undo::undo;
    get "/w/{workspace}/runs/{run}/rejected", Workspace(Viewer), pages::runs::problems::page;
    get "/w/{workspace}/runs/{run}/rejected.csv", Workspace(Operator), pages::runs::repair::csv;
    post "/w/{workspace}/runs/{run}/rejected/check", Workspace(Operator), pages::runs::correct::check;
    post "/w/{workspace}/runs/{run}/rejected/repair", Workspace(Operator), pages::runs::correct::confirm;
    get "/w/{workspace}/runs/{run}/live", Workspace(Viewer), pages::runs::live::events;
    get "/w/{workspace}/runs/{run}/files", Workspace(Viewer), pages::runs::files::page;
    get "/w/{workspace}/integrations", Workspace(Viewer), pages::integrations::list;
    get "/w/{workspace}/integrations/new", Workspace(Admin), pages::setup::source::new;
    post "/w/{workspace}/integrations/new", Workspace(Admin), pages::setup::source::create;
    get "/w/{workspace}/integrations/{integration}/setup/{step}", Workspace(Admin), pages::setup::page;
    post "/w/{workspace}/integrations/{integration}/setup/{step}", Workspace(Admin), pages::setup::save;
    get "/w/{workspace}/integrations/{integration}/setup/live", Workspace(Admin), pages::setup::test::events;
    get "/w/{workspace}/integrations/{integration}/setup/export.csv", Workspace(Admin), pages::setup::preview::export;
    post "/w/{workspace}/integrations/{integration}/setup/remove", Workspace(Admin), pages::setup::remove;
    get "/w/{workspace}/integrations/{integration}", Workspace(Viewer), pages::integrations::one;
    post "/w/{workspace}/integrations/{integration}/sync", Workspace(Operator), pages::integrations::sync::sync;
    get "/w/{workspace}/integrations/{integration}/pause", Workspace(Operator), pages::integrations::pause::page;
    post "/w/{workspace}/integrations/{integration}/pause", Workspace(Operator), pages::integrations::pause::pause;
    post "/w/{workspace}/integrations/{integration}/resume", Workspace(Operator), pages::integrations::pause::resume;
    get "/w/{workspace}/integrations/{integration}/drill", Workspace(Operator), pages::integrations::drill::page;
    post "/w/{workspace}/integrations/{integration}/drill", Workspace(Operator), pages::integrations::drill::drill;
    get "/w/{workspace}/jobs/{job}", Workspace(Viewer), pages::jobs::page;
    get "/w/{workspace}/jobs/{job}/live", Workspace(Viewer), pages::jobs::events;
    get "/w/{workspace}/people", Workspace(Viewer), pages::people::list::page;
    get "/w/{workspace}/people.csv", Workspace(Operator), pages::people::export::csv;
    get "/w/{workspace}/people/{employee}", Workspace(Viewer), pages::people::person::page;
    get "/w/{workspace}/people/{employee}/change/{change}", Workspace(Operator), pages::people::change::form::page;
    post "/w/{workspace}/people/{employee}/change/{change}", Workspace(Operator), pages::people::change::form::preview;
    post "/w/{workspace}/people/{employee}/confirm", Workspace(Operator), pages::people::change::confirm::confirm;
    get "/w/{workspace}/people/{employee}/erase", Workspace(Admin), pages::people::change::erase::page;
    post "/w/{workspace}/people/{employee}/erase", Workspace(Admin), pages::people::change::erase::erase;
    get "/w/{workspace}/groups", Workspace(Viewer), pages::groups::list::page;
    get "/w/{workspace}/groups/{group}", Workspace(Viewer), pages::groups::one::page;
    get "/w/{workspace}/groups/{group}/remove", Workspace(Operator), pages::groups::remove::page;
    post "/w/{workspace}/groups/{group}/remove", Workspace(Operator), pages::groups::remove::remove;
    get "/w/{workspace}/smart-group", Workspace(Operator), pages::groups::edit::page;
    post "/w/{workspace}/smart-group", Workspace(Operator), pages::groups::edit::send;
    get "/w/{workspace}/org", Workspace(Viewer), pages::org::page::page;
    get "/w/{workspace}/org/problems", Workspace(Viewer), pages::org::problems::page;
    get "/w/{workspace}/org/companies", Workspace(Viewer), pages::org::companies::page;
    get "/w/{workspace}/budgets", Workspace(Viewer), pages::budgets::current;
    get "/w/{workspace}/budgets/{month}", Workspace(Viewer), pages::budgets::page;
    get "/w/{workspace}/budgets/{month}/payroll.csv", Workspace(Operator), pages::budgets::csv;
    get "/w/{workspace}/fields", Workspace(Viewer), pages::fields::list::page;
    post "/w/{workspace}/fields", Workspace(Admin), pages::fields::list::add;
    get "/w/{workspace}/fields/{field}", Workspace(Admin), pages::fields::one::page;
    post "/w/{workspace}/fields/{field}/rename", Workspace(Admin), pages::fields::one::rename;
    post "/w/{workspace}/fields/{field}/remove", Workspace(Admin), pages::fields::one::remove;
    get "/w/{workspace}/users", Workspace(Admin), pages::administration::users::page;
    post "/w/{workspace}/users", Workspace(Admin), pages::administration::users::invite;
    post "/w/{workspace}/users/approvals", Workspace(Admin), pages::administration::users::set_four_eyes;
    post "/w/{workspace}/users/{user}/role", Workspace(Admin), pages::administration::users::set_role;
    get "/w/{workspace}/tokens", Workspace(Admin), pages::administration::tokens::page;
    post "/w/{workspace}/tokens", Workspace(Admin), pages::administration::tokens::create;
    post "/w/{workspace}/tokens/{token}/revoke", Workspace(Admin), pages::administration::tokens::revoke;
    get "/w/{workspace}/alerts", Workspace(Admin), pages::receivers::alerts::page;
    post "/w/{workspace}/alerts", Workspace(Admin), pages::receivers::alerts::add;
    post "/w/{workspace}/alerts/{channel}/test", Workspace(Admin), pages::receivers::alerts::test;
    post "/w/{workspace}/alerts/{channel}/remove", Workspace(Admin), pages::receivers::alerts::remove;
    get "/w/{workspace}/webhooks", Workspace(Admin), pages::receivers::webhooks::page;
    post "/w/{workspace}/webhooks", Workspace(Admin), pages::receivers::webhooks::add;
    get "/w/{workspace}/webhooks/{webhook}", Workspace(Admin), pages::receivers::webhook::page;
    post "/w/{workspace}/webhooks/{webhook}/pause", Workspace(Admin), pages::receivers::webhook::pause;
    post "/w/{workspace}/webhooks/{webhook}/resume", Workspace(Admin), pages::receivers::webhook::resume;
    post "/w/{workspace}/webhooks/{webhook}/replay", Workspace(Admin), pages::receivers::webhook::replay;
    post "/w/{workspace}/webhooks/{webhook}/remove", Workspace(Admin), pages::receivers::webhook::remove;
    get "/w/{workspace}/settings", Workspace(Admin), pages::administration::settings::page;
    get "/w/{workspace}/audit", Workspace(Admin), pages::administration::audit::page;
    get "/w/{workspace}/audit.jsonl", Workspace(Admin), pages::administration::audit::export;
}

/// The right that a request needs; none: there is no such route.
pub(crate) fn right_of(method: &Method, path: &str) -> Option<Right> {
    let method = if *method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    let pages = ROUTES
        .iter()
        .map(|route| (&route.method, route.path, route.right));
    let endpoints = api::routes::ENDPOINTS.iter();
    let endpoints = endpoints.map(|one| (&one.method, one.path, one.right));
    let mut all = pages.chain(endpoints);
    let found = all.find(|(of, at, _)| *of == method && *at == path);
    found.map(|(_, _, right)| right)
}

/// All pages and the API, for the server of the binary.
pub fn router(state: WebState) -> Router {
    let app = App::new(state);
    let pages = ROUTES.iter().fold(Router::new(), |router, route| {
        router.route(route.path, (route.handler)())
    });
    let pages = pages
        .method_not_allowed_fallback(respond::not_found)
        .route_layer(from_fn_with_state(app.clone(), access::check));
    let endpoints = api::routes::ENDPOINTS.iter();
    let endpoints = endpoints.fold(Router::new(), |router, one| {
        router.route(one.path, (one.handler)())
    });
    let endpoints = endpoints
        .method_not_allowed_fallback(respond::not_found)
        .route_layer(from_fn_with_state(app.clone(), api::access::check));
    pages
        .merge(endpoints)
        .fallback(respond::not_found)
        .layer(from_fn_with_state(app.clone(), access::visit))
        .layer(CompressionLayer::new())
        .with_state(app)
}

/// The pages of a workspace, each as its address in a workspace, for tests that walk through all of them.
pub fn workspace_paths() -> Vec<impl Fn(&str) -> String> {
    let of_workspace = ROUTES
        .iter()
        .filter(|route| route.method == Method::GET && matches!(route.right, Workspace(_)));
    of_workspace
        .map(|route| {
            let path = route.path;
            move |workspace: &str| {
                let path = path.replace("{workspace}", workspace);
                let parts = path
                    .split('/')
                    .map(|part| if part.starts_with('{') { "1" } else { part });
                parts.collect::<Vec<_>>().join("/")
            }
        })
        .collect()
}

/// The pages and forms of a workspace: method, address and the role that each needs, for tests that walk through all of them.
pub fn workspace_routes() -> Vec<(Method, &'static str, Role)> {
    let routes = ROUTES.iter();
    let routes = routes.filter_map(|route| match route.right {
        Workspace(role) => Some((route.method.clone(), route.path, role)),
        Anybody | SignedIn | Administrator => None,
    });
    routes.collect()
}

/// The addresses of the API with their methods and who may use them, for tests that walk through all of them.
pub fn endpoints() -> Vec<(Method, &'static str, Right)> {
    let endpoints = api::routes::ENDPOINTS.iter();
    endpoints
        .map(|one| (one.method.clone(), one.path, one.right))
        .collect()
}
