//! Workspaces over the API: created by administrators, deleted after their name was typed.

use crate::{
    api::{problem, token},
    site::{Answer, Browser, Site},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use muster_core::model::role::Role;
use serde_json::json;

/// Creates a workspace as a page of the browser would.
async fn create(site: &Site, browser: &mut Browser, name: &str) -> Answer {
    let token = browser.get(site, "/").await.form_token();
    let request = Request::post("/api/v1/workspaces")
        .header("cookie", browser.cookie())
        .header("sec-fetch-site", "same-origin")
        .header("x-form-token", token)
        .header("content-type", "application/json");
    let body = json!({ "workspace": name }).to_string();
    site.send(request.body(Body::from(body)).unwrap()).await
}

async fn delete(site: &Site, path: &str, token: &str) -> Answer {
    let request = Request::delete(path).header("authorization", format!("Bearer {token}"));
    site.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn administrator_creates_workspaces_and_nobody_else_does() {
    let (site, mut eva) = Site::with_administrator().await;
    let created = create(&site, &mut eva, "third").await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    assert_eq!(created.header("location"), "/api/v1/workspaces/third");
    assert_eq!(eva.get(&site, "/w/third").await.status, StatusCode::OK);
    let twice = create(&site, &mut eva, "third").await;
    problem(&twice, 409, "MUS-REQUEST-CONFLICT");
    for name in ["", "a b", "a/b", "Mølle", &"x".repeat(61)] {
        let refused = create(&site, &mut eva, name).await;
        problem(&refused, 400, "MUS-REQUEST-INVALID");
    }
    crate::rights::user(&site, "bob@acme.example", &[("acme", Role::Admin)]);
    let mut bob = crate::rights::signed_in(&site, "bob@acme.example").await;
    let refused = create(&site, &mut bob, "fourth").await;
    problem(&refused, 403, "MUS-ACCESS-ROLE");
    assert_eq!(site.store.workspaces().unwrap(), ["acme", "other", "third"]);
}

#[tokio::test]
async fn workspace_is_deleted_after_its_name_was_typed() {
    let site = Site::new();
    let low = token(&site, "acme", Role::Approver);
    let admin = token(&site, "acme", Role::Admin);
    let path = "/api/v1/workspaces/acme";
    let confirmed = format!("{path}?confirm=acme");
    problem(
        &delete(&site, &confirmed, &low).await,
        403,
        "MUS-ACCESS-ROLE",
    );
    for wrong in ["", "?confirm=", "?confirm=other", "?confirm=acme&force=1"] {
        let refused = delete(&site, &format!("{path}{wrong}"), &admin).await;
        problem(&refused, 400, "MUS-REQUEST-INVALID");
    }
    assert_eq!(site.store.workspaces().unwrap(), ["acme", "other"]);
    let deleted = delete(&site, &confirmed, &admin).await;
    assert_eq!(deleted.status, StatusCode::OK, "{}", deleted.body);
    assert_eq!(site.store.workspaces().unwrap(), ["other"]);
    let again = delete(&site, &confirmed, &admin).await;
    problem(&again, 401, "MUS-ACCESS-SIGN-IN");
}
