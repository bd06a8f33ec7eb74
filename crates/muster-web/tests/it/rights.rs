//! Who may do what: roles, workspaces, and proofs that a form is ours.

use crate::site::{Answer, Browser, PASSWORD, Site};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use muster_core::model::role::Role;
use muster_store::NewUser;

/// A user with roles in workspaces, whose password is that of the administrator.
pub(crate) fn user(site: &Site, email: &str, roles: &[(&str, Role)]) {
    let (_, hash) = site.store.user_by_email(crate::site::EVA).unwrap().unwrap();
    let new = NewUser {
        email,
        name: "Bob Jansen",
        password_hash: &hash,
        is_admin: false,
    };
    let id = site
        .store
        .create_user(&new, email, site.now())
        .unwrap()
        .unwrap();
    for (workspace, role) in roles {
        let workspace = site.store.workspace(workspace).unwrap().unwrap();
        site.store
            .set_role(id, workspace.id, Some(*role), email, site.now())
            .unwrap();
    }
}

pub(crate) async fn signed_in(site: &Site, email: &str) -> Browser {
    let mut browser = Browser::default();
    let form = [("email", email), ("password", PASSWORD), ("to", "")];
    assert_eq!(browser.post(site, "/sign-in", &form).await.location(), "/");
    browser
}

#[tokio::test]
async fn w10_pages_of_another_workspace_do_not_exist() {
    let (site, mut administrator) = Site::with_administrator().await;
    user(&site, "bob@acme.example", &[("acme", Role::Admin)]);
    let mut bob = signed_in(&site, "bob@acme.example").await;
    for part in [
        "",
        "/runs",
        "/people",
        "/integrations",
        "/decisions",
        "/issues",
    ] {
        let own = bob.get(&site, &format!("/w/acme{part}")).await;
        assert_eq!(own.status, StatusCode::OK, "{part}: {}", own.body);
        let all = administrator.get(&site, &format!("/w/other{part}")).await;
        assert_eq!(all.status, StatusCode::OK, "{part}");
    }
    for path in muster_web::workspace_paths() {
        let foreign = bob.get(&site, &path("other")).await;
        let unknown = bob.get(&site, &path("nowhere")).await;
        assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{}", path("other"));
        assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", path("nowhere"));
        assert_eq!(stable(&foreign, "other"), stable(&unknown, "nowhere"));
    }
    let list = bob.get(&site, "/").await.body;
    assert!(
        list.contains("/w/acme") && !list.contains("/w/other"),
        "{list}"
    );
}

/// A page without what differs in every answer.
fn stable(answer: &Answer, workspace: &str) -> String {
    let request = answer.header("x-request-id");
    let nonce = answer
        .body
        .split("nonce=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    answer
        .body
        .replace(request, "")
        .replace(nonce, "")
        .replace(workspace, "")
}

#[tokio::test]
async fn without_a_session_every_page_leads_to_sign_in() {
    let (site, _) = Site::with_administrator().await;
    let paths: Vec<String> = muster_web::workspace_paths()
        .iter()
        .map(|path| path("acme"))
        .collect();
    for path in paths.iter().map(String::as_str).chain(["/"]) {
        let answer = Browser::default().get(&site, path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/sign-in?to=%2F"), "{path}");
    }
}

/// P36.
#[tokio::test]
async fn w7_forms_of_other_sites_are_refused() {
    let (site, mut browser) = Site::with_administrator().await;
    let token = browser.get(&site, "/").await.form_token();
    let form = |token: &str| format!("theme=dark&to=%2F&form_token={token}");
    let send = |headers: &[(&str, &str)], body: String| {
        let mut request = Request::post("/appearance").header("cookie", browser.cookie());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        site.send(request.body(Body::from(body)).unwrap())
    };
    const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
    const OURS: (&str, &str) = ("sec-fetch-site", "same-origin");
    let refused = [
        send(&[FORM, ("sec-fetch-site", "cross-site")], form(&token)).await,
        send(
            &[FORM, ("origin", "http://evil.example"), ("host", "muster")],
            form(&token),
        )
        .await,
        send(&[FORM], form(&token)).await,
        send(&[("content-type", "text/plain"), OURS], form(&token)).await,
        send(&[FORM, OURS], form(&"0".repeat(64))).await,
        send(&[FORM, OURS], "theme=dark&to=%2F".to_owned()).await,
    ];
    for (number, answer) in refused.iter().enumerate() {
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{number}");
    }
    let accepted = send(
        &[FORM, ("origin", "http://muster"), ("host", "muster")],
        form(&token),
    )
    .await;
    assert_eq!(accepted.status, StatusCode::SEE_OTHER);
    assert!(
        accepted
            .header("set-cookie")
            .starts_with("muster_theme=dark")
    );
}

#[tokio::test]
async fn w11_unknown_fields_of_forms_are_refused() {
    let (site, mut browser) = Site::with_administrator().await;
    let token = browser.get(&site, "/").await.form_token();
    let form = [
        ("theme", "dark"),
        ("to", "/"),
        ("form_token", token.as_str()),
        ("is_admin", "1"),
    ];
    let answer = browser.post(&site, "/appearance", &form).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn addresses_change_nothing() {
    let (site, mut browser) = Site::with_administrator().await;
    for path in ["/sign-out", "/appearance?theme=dark"] {
        let answer = browser.get(&site, path).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::OK);
}
