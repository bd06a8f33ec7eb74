//! The pages of administrators and of accounts: users, API tokens, the audit log, sessions and passwords.

use crate::site::{Answer, Browser, EVA, PASSWORD, Site};
use axum::http::{Method, StatusCode};
use muster_core::model::role::Role;
use muster_store::{NewUser, UserState};
use muster_web::workspace_routes;

/// A user with a role in `acme` and the password of the administrator, signed in.
pub(crate) async fn signed_in(site: &Site, email: &str, role: Role) -> Browser {
    let (_, hash) = site.store.user_by_email(EVA).unwrap().unwrap();
    let new = NewUser {
        email,
        name: "Bob Jansen",
        password_hash: &hash,
        is_admin: false,
    };
    let id = site.store.create_user(&new, EVA, site.now());
    let id = id.unwrap().unwrap();
    let acme = site.store.workspace("acme").unwrap().unwrap();
    site.store
        .set_role(id, acme.id, Some(role), EVA, site.now())
        .unwrap();
    let mut browser = Browser::default();
    let form = [("email", email), ("password", PASSWORD), ("to", "")];
    let answer = browser.post(site, "/sign-in", &form).await;
    assert_eq!(answer.location(), "/");
    browser
}

/// Sends a form of a page, with its token.
pub(crate) async fn send(
    browser: &mut Browser,
    site: &Site,
    path: &str,
    form: &[(&str, &str)],
) -> Answer {
    let token = browser.get(site, "/").await.form_token();
    let mut all = vec![("form_token", token.as_str())];
    all.extend_from_slice(form);
    browser.post(site, path, &all).await
}

/// What a user may do is the table of routes: each role may use those that need it or a lower one, and no other.
#[tokio::test]
async fn p40_rights_of_users_are_those_of_the_route_table() {
    let (site, _) = Site::with_administrator().await;
    let routes = workspace_routes();
    assert!(routes.len() > 20, "{}", routes.len());
    for role in Role::ALL {
        let email = format!("{}@acme.example", role.as_str());
        let mut browser = signed_in(&site, &email, role).await;
        let token = browser.get(&site, "/").await.form_token();
        for (method, path, needed) in &routes {
            let path = path.replace("{workspace}", "acme");
            let parts = path
                .split('/')
                .map(|part| if part.starts_with('{') { "1" } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            let answer = match *method {
                Method::GET => browser.get(&site, &path).await,
                _ => {
                    let form = [("form_token", token.as_str())];
                    browser.post(&site, &path, &form).await
                }
            };
            let is_refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(is_refused, role < *needed, "{role:?} {method} {path}");
        }
    }
}

#[tokio::test]
async fn user_is_invited_with_a_link_that_is_shown_once() {
    let (site, mut eva) = Site::with_administrator().await;
    let form = [
        ("name", "Bob Jansen"),
        ("email", "Bob@acme.example"),
        ("role", "operator"),
    ];
    let answer = send(&mut eva, &site, "/w/acme/users", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let address = "https://muster.acme.example/password/";
    let path = answer.body.split(address).nth(1).unwrap();
    let path = format!("/password/{}", &path[..64]);
    let page = eva.get(&site, "/w/acme/users").await;
    assert!(page.body.contains("bob@acme.example") && page.body.contains("Invited"));
    assert!(!page.body.contains("/password/"), "{}", page.body);
    let mut bob = Browser::default();
    let chosen = [("password", PASSWORD), ("repeated", PASSWORD)];
    assert_eq!(bob.post(&site, &path, &chosen).await.location(), "/");
    assert_eq!(
        bob.get(&site, "/w/acme/people.csv").await.status,
        StatusCode::OK
    );
    let acme = site.store.workspace("acme").unwrap().unwrap();
    let users = site.store.users(Some(acme.id)).unwrap();
    assert_eq!(users[0].user.email, "bob@acme.example");
    assert_eq!(users[0].state, UserState::Active);

    let again = send(&mut eva, &site, "/w/acme/users", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wrong in [
        [
            ("name", ""),
            ("email", "c@acme.example"),
            ("role", "viewer"),
        ],
        [("name", "C"), ("email", "c"), ("role", "viewer")],
        [
            ("name", "C"),
            ("email", "c@acme.example"),
            ("role", "owner"),
        ],
    ] {
        let refused = send(&mut eva, &site, "/w/acme/users", &wrong).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong:?}"
        );
    }
    assert_eq!(site.store.users(None).unwrap().len(), 2);
}

/// An admin of one workspace changes roles in it, and neither users of other workspaces nor the administrator.
#[tokio::test]
async fn w10_admin_of_a_workspace_changes_only_its_users() {
    let (site, _) = Site::with_administrator().await;
    let mut admin = signed_in(&site, "bob@acme.example", Role::Admin).await;
    let mut viewer = signed_in(&site, "cas@acme.example", Role::Viewer).await;
    let id = |email: &str| site.store.find_user(email).unwrap().unwrap().id;
    let new = NewUser {
        email: "dan@other.example",
        name: "Dan",
        password_hash: "hash",
        is_admin: false,
    };
    let dan = site.store.create_user(&new, EVA, site.now());
    let dan = dan.unwrap().unwrap();
    let other = site.store.workspace("other").unwrap().unwrap();
    site.store
        .set_role(dan, other.id, Some(Role::Viewer), EVA, site.now())
        .unwrap();
    for foreign in [dan, id(EVA)] {
        let path = format!("/w/acme/users/{foreign}/role");
        let answer = send(&mut admin, &site, &path, &[("role", "viewer")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{foreign}");
    }
    let page = admin.get(&site, "/w/acme/users").await.body;
    assert!(!page.contains("dan@other.example"), "{page}");
    let path = format!("/w/acme/users/{}/role", id("cas@acme.example"));
    let unknown = send(&mut admin, &site, &path, &[("role", "owner")]).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let answer = send(&mut admin, &site, &path, &[("role", "approver")]).await;
    assert_eq!(answer.location(), "/w/acme/users");
    let answer = viewer.get(&site, "/w/acme").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "the session ended");
    send(&mut admin, &site, &path, &[("role", "none")]).await;
    assert_eq!(site.store.roles(id("cas@acme.example")).unwrap(), []);
}

#[tokio::test]
async fn token_is_shown_once_and_revoked_on_its_page() {
    let (site, mut eva) = Site::with_administrator().await;
    let form = [("name", "payroll"), ("role", "viewer"), ("days", "30")];
    let answer = send(&mut eva, &site, "/w/acme/tokens", &form).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let secret = answer.body.split("mst_").nth(1).unwrap();
    let secret = format!("mst_{}", &secret[..64]);
    let page = eva.get(&site, "/w/acme/tokens").await.body;
    assert!(page.contains("payroll") && !page.contains("mst_"), "{page}");
    let ask = || async {
        let request = axum::http::Request::get("/api/v1/workspaces/acme")
            .header("authorization", format!("Bearer {secret}"));
        let request = request.body(axum::body::Body::empty()).unwrap();
        site.send(request).await.status
    };
    assert_eq!(ask().await, StatusCode::OK);
    let again = send(&mut eva, &site, "/w/acme/tokens", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    for wrong in [
        [("name", "a b"), ("role", "viewer"), ("days", "30")],
        [("name", "a"), ("role", "viewer"), ("days", "0")],
        [("name", "a"), ("role", "viewer"), ("days", "367")],
    ] {
        let refused = send(&mut eva, &site, "/w/acme/tokens", &wrong).await;
        assert_eq!(
            refused.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong:?}"
        );
    }
    let path = "/w/acme/tokens/payroll/revoke";
    assert_eq!(
        send(&mut eva, &site, path, &[]).await.location(),
        "/w/acme/tokens"
    );
    assert_eq!(ask().await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        send(&mut eva, &site, path, &[]).await.status,
        StatusCode::NOT_FOUND
    );
    let foreign = send(&mut eva, &site, "/w/other/tokens/payroll/revoke", &[]).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn w6_sessions_are_listed_with_their_device_and_ended_one_by_one() {
    let (site, mut eva) = Site::with_administrator().await;
    let mut other = Browser::default();
    other.sign_in(&site, PASSWORD).await;
    let page = eva.get(&site, "/account").await.body;
    assert!(
        page.contains("Unknown device") && page.contains("This session"),
        "{page}"
    );
    let paths: Vec<&str> = page.split("action=\"/account/sessions/").skip(1).collect();
    assert_eq!(paths.len(), 1, "the other session only");
    let path = format!("/account/sessions/{}/end", &paths[0][..16]);
    let token = &other.cookies[0].1;
    assert!(!page.contains(token.as_str()));
    assert_eq!(
        send(&mut eva, &site, &path, &[]).await.location(),
        "/account"
    );
    assert_eq!(other.get(&site, "/").await.location(), "/sign-in?to=%2F");
    assert_eq!(eva.get(&site, "/").await.status, StatusCode::OK);
    let again = send(&mut eva, &site, &path, &[]).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn w6_new_password_needs_the_current_one_and_ends_other_sessions() {
    let (site, mut eva) = Site::with_administrator().await;
    let mut other = Browser::default();
    other.sign_in(&site, PASSWORD).await;
    let chosen = "another rather long sentence";
    let form = |current| {
        [
            ("current", current),
            ("password", chosen),
            ("repeated", chosen),
        ]
    };
    let wrong = send(
        &mut eva,
        &site,
        "/account/password",
        &form("a wrong sentence"),
    )
    .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("The current password is wrong"));
    assert_eq!(other.get(&site, "/").await.status, StatusCode::OK);
    let before = eva.clone();
    let changed = send(&mut eva, &site, "/account/password", &form(PASSWORD)).await;
    assert_eq!(changed.location(), "/account");
    assert_ne!(eva.cookies, before.cookies, "the session was rotated");
    assert_eq!(eva.get(&site, "/account").await.status, StatusCode::OK);
    for mut ended in [before, other] {
        assert_eq!(ended.get(&site, "/").await.status, StatusCode::SEE_OTHER);
    }
    let mut fresh = Browser::default();
    let old = fresh.sign_in(&site, PASSWORD).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fresh.sign_in(&site, chosen).await.location(), "/");
    for _ in 0..5 {
        send(
            &mut eva,
            &site,
            "/account/password",
            &form("a wrong sentence"),
        )
        .await;
    }
    let stopped = send(&mut eva, &site, "/account/password", &form(chosen)).await;
    assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn audit_log_is_shown_filtered_and_downloaded_in_its_workspace_only() {
    let (site, mut eva) = Site::with_administrator().await;
    signed_in(&site, "bob@acme.example", Role::Viewer).await;
    let form = [("name", "payroll"), ("role", "viewer"), ("days", "30")];
    let created = send(&mut eva, &site, "/w/acme/tokens", &form).await.body;
    let secret = created.split("mst_").nth(1).unwrap()[..64].to_owned();
    let page = eva.get(&site, "/w/acme/audit").await.body;
    for text in [
        "Token created",
        "token payroll",
        "Role changed",
        "bob@acme.example",
        "role viewer",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let filtered = eva.get(&site, "/w/acme/audit?act=token_created").await.body;
    assert!(!filtered.contains("bob@acme.example"), "{filtered}");
    let other = eva.get(&site, "/w/other/audit").await.body;
    assert!(other.contains("No entries"), "{other}");
    let lines = eva.get(&site, "/w/acme/audit.jsonl").await.body;
    let acts: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["act"].to_string())
        .collect();
    assert_eq!(acts, ["\"user_role_changed\"", "\"token_created\""]);
    let api = eva
        .get(&site, "/api/v1/workspaces/acme/audit?limit=1")
        .await;
    let api: serde_json::Value = serde_json::from_str(&api.body).unwrap();
    assert_eq!(api["items"][0]["subject"], "token payroll");
    assert_eq!(api["next"], api["items"][0]["number"].to_string());
    for text in [page, lines, api.to_string()] {
        assert!(!text.contains(&secret) && !text.contains(PASSWORD));
    }
}
