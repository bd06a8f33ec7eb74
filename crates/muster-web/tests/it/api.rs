//! The API: who may ask, and how it refuses.

use crate::site::{Answer, Browser, EVA, Site};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode},
};
use jiff::SignedDuration;
use muster_core::model::role::Role;
use muster_store::NewApiToken;
use muster_web::{Right, endpoints, random_api_token};
use serde_json::Value;

/// A token for a workspace that is valid for a day.
pub(crate) fn token(site: &Site, workspace: &str, role: Role) -> String {
    let token = random_api_token().unwrap();
    let workspace = site.store.workspace(workspace).unwrap().unwrap();
    let new = NewApiToken {
        workspace: workspace.id,
        name: &format!("reader-{}", role.as_str()),
        token: &token.hash,
        role,
        created_by: EVA,
        expires: site.now() + SignedDuration::from_hours(24),
    };
    assert!(site.store.create_api_token(&new, site.now()).unwrap());
    token.text
}

async fn send(site: &Site, method: Method, path: &str, token: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"));
    site.send(request.body(Body::empty()).unwrap()).await
}

async fn get(site: &Site, path: &str, token: &str) -> Answer {
    send(site, Method::GET, path, token).await
}

/// The body of a problem, after a look at its form.
#[track_caller]
pub(crate) fn problem(answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["code"], code, "{body}");
    assert_eq!(body["status"], status);
    assert_eq!(body["type"], format!("/api/v1/codes/{code}"));
    assert_eq!(body["request"], answer.header("x-request-id"));
    for text in ["title", "detail", "help", "instance"] {
        assert!(
            body[text].as_str().is_some_and(|text| !text.is_empty()),
            "{text}: {body}"
        );
    }
    body
}

/// An address of the API in a workspace; other parts are `1`.
fn in_workspace(path: &str, workspace: &str) -> String {
    let path = path.replace("{workspace}", workspace);
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn token_works_in_its_workspace_until_it_expires_or_is_revoked() {
    let site = Site::new();
    let token = token(&site, "acme", Role::Viewer);
    let list = get(&site, "/api/v1/workspaces", &token).await;
    assert_eq!(list.status, StatusCode::OK);
    let list: Value = serde_json::from_str(&list.body).unwrap();
    let names: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["workspace"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["acme"]);
    assert_eq!(list[0]["role"], "viewer");
    let acme = site.store.workspace("acme").unwrap().unwrap();
    let used = || site.store.api_tokens(acme.id).unwrap()[0].used;
    assert_eq!(used(), Some(site.now()));

    site.wait(SignedDuration::from_hours(23));
    let path = "/api/v1/workspaces/acme";
    assert_eq!(get(&site, path, &token).await.status, StatusCode::OK);
    assert_eq!(used(), Some(site.now()));
    site.wait(SignedDuration::from_hours(1));
    problem(&get(&site, path, &token).await, 401, "MUS-ACCESS-SIGN-IN");

    let second = random_api_token().unwrap();
    let new = NewApiToken {
        workspace: acme.id,
        name: "second",
        token: &second.hash,
        role: Role::Viewer,
        created_by: EVA,
        expires: site.now() + SignedDuration::from_hours(1),
    };
    assert!(site.store.create_api_token(&new, site.now()).unwrap());
    assert!(
        !site.store.create_api_token(&new, site.now()).unwrap(),
        "a name is used once"
    );
    assert_eq!(get(&site, path, &second.text).await.status, StatusCode::OK);
    let revoke = || {
        site.store
            .revoke_api_token(acme.id, "second", EVA, site.now())
            .unwrap()
    };
    assert_eq!((revoke(), revoke()), (true, false));
    let refused = get(&site, path, &second.text).await;
    problem(&refused, 401, "MUS-ACCESS-SIGN-IN");
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer realm=\"muster\""
    );
}

#[tokio::test]
async fn w10_endpoints_of_another_workspace_do_not_exist() {
    let site = Site::new();
    let token = token(&site, "acme", Role::Admin);
    let of_workspace: Vec<_> = endpoints()
        .into_iter()
        .filter(|(_, path, _)| path.contains("{workspace}"))
        .collect();
    assert!(of_workspace.len() > 20, "{}", of_workspace.len());
    for (method, path, _) in of_workspace {
        let foreign = send(&site, method.clone(), &in_workspace(path, "other"), &token).await;
        let unknown = send(&site, method, &in_workspace(path, "nowhere"), &token).await;
        let mut foreign = problem(&foreign, 404, "MUS-REQUEST-NOT-FOUND");
        let mut unknown = problem(&unknown, 404, "MUS-REQUEST-NOT-FOUND");
        for part in ["request", "instance"] {
            foreign[part].take();
            unknown[part].take();
        }
        assert_eq!(foreign, unknown, "{path}");
    }
}

#[tokio::test]
async fn every_endpoint_needs_a_session_or_a_token() {
    let site = Site::new();
    for (method, path, _) in endpoints() {
        let request = Request::builder()
            .method(method)
            .uri(in_workspace(path, "acme"));
        let answer = site.send(request.body(Body::empty()).unwrap()).await;
        // Many requests without a token are also refused for their number.
        if answer.status != StatusCode::TOO_MANY_REQUESTS {
            problem(&answer, 401, "MUS-ACCESS-SIGN-IN");
        }
    }
    for wrong in ["mst_0", &"0".repeat(64), &format!("mst_{}", "0".repeat(64))] {
        let answer = get(&site, "/api/v1/workspaces", wrong).await;
        assert_ne!(answer.status, StatusCode::OK, "{wrong}");
    }
}

/// What a token may do is a table: each role may use the endpoints that need it or a lower one.
#[tokio::test]
async fn p40_rights_of_tokens_are_those_of_the_route_table() {
    for role in Role::ALL {
        let site = Site::new();
        let token = token(&site, "acme", role);
        for (method, path, needed) in endpoints() {
            let answer = send(&site, method, &in_workspace(path, "acme"), &token).await;
            let is_refused = answer.status == StatusCode::FORBIDDEN;
            let is_too_low = match needed {
                Right::Workspace(needed) => role < needed,
                Right::Administrator => true,
                Right::SignedIn | Right::Anybody => false,
            };
            assert_eq!(
                is_refused,
                is_too_low,
                "{path} as {}: {}",
                role.as_str(),
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn session_of_a_browser_reads_the_api_and_a_token_is_never_replaced_by_it() {
    let (site, mut browser) = Site::with_administrator().await;
    let list = browser.get(&site, "/api/v1/workspaces").await;
    let list: Value = serde_json::from_str(&list.body).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let request = Request::get("/api/v1/workspaces")
        .header("cookie", browser.cookie())
        .header("authorization", "Bearer mst_wrong");
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    problem(&answer, 401, "MUS-ACCESS-SIGN-IN");
    let token = token(&site, "acme", Role::Admin);
    let request = Request::get("/w/acme").header("authorization", format!("Bearer {token}"));
    let page = site.send(request.body(Body::empty()).unwrap()).await;
    assert!(
        page.location().starts_with("/sign-in"),
        "a token opens no page"
    );
    assert_eq!(
        Browser::default().get(&site, "/w/acme").await.status,
        StatusCode::SEE_OTHER
    );
}

#[tokio::test]
async fn requests_are_counted_for_each_token() {
    let site = Site::new();
    let (first, other) = (
        token(&site, "acme", Role::Viewer),
        token(&site, "other", Role::Viewer),
    );
    let path = "/api/v1/codes/MUS-REQUEST-RATE";
    let answer = get(&site, path, &first).await;
    assert_eq!(answer.header("ratelimit-limit"), "600");
    assert_eq!(answer.header("ratelimit-remaining"), "599");
    assert_eq!(answer.header("ratelimit-reset"), "1");
    for _ in 1..600 {
        get(&site, path, &first).await;
    }
    let refused = get(&site, path, &first).await;
    problem(&refused, 429, "MUS-REQUEST-RATE");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("ratelimit-remaining"), "0");
    assert_eq!(get(&site, path, &other).await.status, StatusCode::OK);
    site.wait(SignedDuration::from_secs(1));
    assert_eq!(get(&site, path, &first).await.status, StatusCode::OK);
}

#[tokio::test]
async fn w5_requests_without_a_token_are_few() {
    let site = Site::new();
    let wrong = format!("mst_{}", "0".repeat(64));
    for _ in 0..60 {
        problem(
            &get(&site, "/api/v1/workspaces", &wrong).await,
            401,
            "MUS-ACCESS-SIGN-IN",
        );
    }
    problem(
        &get(&site, "/api/v1/workspaces", &wrong).await,
        429,
        "MUS-REQUEST-RATE",
    );
    let token = token(&site, "acme", Role::Viewer);
    let answer = get(&site, "/api/v1/workspaces", &token).await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "who has a token is not affected"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let site = Site::new();
    let token = token(&site, "acme", Role::Viewer);
    let root = "/api/v1/workspaces/acme";
    for (path, text) in [
        ("/runs?limit=0", "limit"),
        ("/runs?limit=201", "200"),
        ("/runs?limit=many", "limit"),
        ("/runs?colour=red", "colour"),
        ("/runs?limit=1&limit=2", "limit"),
        ("/runs?status=wrong", "wrong"),
        ("/runs?after=x", "after"),
        ("/employees?as_of=2026-02-30", "as_of"),
        (
            "/employees?as_of=2026-02-03&email=a%40acme.example",
            "as_of",
        ),
        ("/changes?after=7", "after"),
        ("/plans?status=wrong", "status"),
        ("/groups?x=1", "x"),
    ] {
        let answer = get(&site, &format!("{root}{path}"), &token).await;
        let body = problem(&answer, 400, "MUS-REQUEST-INVALID");
        assert!(
            body["detail"].as_str().unwrap().contains(text),
            "{path}: {body}"
        );
    }
    for path in [
        "/runs/1",
        "/runs/x",
        "/runs/99999999999999999999",
        "/plans/1-00000000",
        "/plans/nothing",
        "/employees/1",
        "/employees/-1",
        "/employees/1/explain",
        "/integrations/none",
        "/integrations/none/settings",
        "/integrations/none/settings/history",
        "/groups/none",
        "/budgets/2026-13",
        "/jobs/1",
        "/runs?integration=none",
        "/nothing",
    ] {
        let answer = get(&site, &format!("{root}{path}"), &token).await;
        problem(&answer, 404, "MUS-REQUEST-NOT-FOUND");
    }
    let wrong = send(&site, Method::DELETE, &format!("{root}/runs"), &token).await;
    problem(&wrong, 405, "MUS-REQUEST-METHOD");
    let head = send(&site, Method::HEAD, &format!("{root}/runs"), &token).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn code_of_a_problem_leads_to_its_meaning() {
    let site = Site::new();
    let token = token(&site, "acme", Role::Viewer);
    let refused = get(&site, "/api/v1/workspaces/acme/runs/1", &token).await;
    let body = problem(&refused, 404, "MUS-REQUEST-NOT-FOUND");
    let meaning = get(&site, body["type"].as_str().unwrap(), &token).await;
    let meaning: Value = serde_json::from_str(&meaning.body).unwrap();
    assert_eq!(meaning["code"], body["code"]);
    assert_eq!(meaning["meaning"], body["title"]);
}

#[tokio::test]
async fn description_of_the_api_is_served() {
    let site = Site::new();
    let token = token(&site, "acme", Role::Viewer);
    let served = get(&site, "/api/v1/openapi.json", &token).await;
    assert_eq!(served.header("content-type"), "application/json");
    let served: Value = serde_json::from_str(&served.body).unwrap();
    assert_eq!(served, muster_web::description());
    assert_eq!(served["openapi"], "3.1.0");
}
