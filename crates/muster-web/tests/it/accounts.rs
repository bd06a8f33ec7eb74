//! The first start, sessions, and how slow guessing is.

use crate::site::{Browser, EVA, PASSWORD, Site};
use axum::http::StatusCode;
use jiff::SignedDuration;
use muster_core::model::role::Role;
use muster_store::{AuditQuery, NewUser};
use muster_web::{LinkFor, new_password_link, new_setup_link};

#[tokio::test]
async fn first_administrator_is_created_once_by_the_link() {
    let site = Site::new();
    let old = new_setup_link(&site.store, site.now()).unwrap().unwrap();
    let link = new_setup_link(&site.store, site.now()).unwrap().unwrap();
    let mut browser = Browser::default();
    let outcome =
        |status, answer: &crate::site::Answer| assert_eq!(answer.status, status, "{}", answer.body);
    outcome(StatusCode::NOT_FOUND, &browser.get(&site, &old).await);
    outcome(StatusCode::OK, &browser.get(&site, &link).await);
    let form = [
        ("name", "Eva"),
        ("email", "eva"),
        ("password", "short"),
        ("repeated", ""),
    ];
    let refused = browser.post(&site, &link, &form).await;
    outcome(StatusCode::UNPROCESSABLE_ENTITY, &refused);
    assert!(
        refused.body.contains("Enter an e-mail address"),
        "{}",
        refused.body
    );
    assert!(refused.body.contains("fewer than 12 characters"));
    assert!(
        !refused.body.contains("value=\"short\""),
        "a password is never sent back"
    );
    let form = [
        ("name", "Eva"),
        ("email", EVA),
        ("password", PASSWORD),
        ("repeated", PASSWORD),
    ];
    outcome(
        StatusCode::SEE_OTHER,
        &browser.post(&site, &link, &form).await,
    );
    outcome(StatusCode::OK, &browser.get(&site, "/").await);
    outcome(StatusCode::NOT_FOUND, &browser.get(&site, &link).await);
    outcome(
        StatusCode::NOT_FOUND,
        &browser.post(&site, &link, &form).await,
    );
    assert_eq!(new_setup_link(&site.store, site.now()).unwrap(), None);
}

#[tokio::test]
async fn setup_link_expires_after_a_day() {
    let site = Site::new();
    let link = new_setup_link(&site.store, site.now()).unwrap().unwrap();
    site.wait(SignedDuration::from_hours(24));
    assert_eq!(
        Browser::default().get(&site, &link).await.status,
        StatusCode::NOT_FOUND
    );
}

/// P37.
#[tokio::test]
async fn w6_session_is_new_at_sign_in_and_ends_at_sign_out() {
    let (site, mut first) = Site::with_administrator().await;
    let before = first.clone();
    let page = first.get(&site, "/").await;
    let answer = first
        .post(&site, "/sign-out", &[("form_token", &page.form_token())])
        .await;
    assert_eq!(answer.location(), "/sign-in");
    assert_eq!(first.cookies, [], "the cookie is removed");
    let mut stolen = before.clone();
    assert_eq!(stolen.get(&site, "/").await.location(), "/sign-in?to=%2F");
    // A session that another user chose is not used.
    let mut fixed = Browser {
        cookies: vec![("muster_session".to_owned(), "a".repeat(64))],
    };
    assert_eq!(fixed.sign_in(&site, PASSWORD).await.location(), "/");
    assert_ne!(fixed.cookies[0].1, "a".repeat(64));
    assert_eq!(fixed.get(&site, "/").await.status, StatusCode::OK);
}

/// P37.
#[tokio::test]
async fn w6_sessions_end_when_idle_when_old_and_when_the_password_or_a_role_changes() {
    let (site, mut browser) = Site::with_administrator().await;
    let minutes = SignedDuration::from_mins;
    site.wait(minutes(29));
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::OK);
    site.wait(minutes(29));
    assert_eq!(
        browser.get(&site, "/").await.status,
        StatusCode::OK,
        "its use was noted"
    );
    site.wait(minutes(30));
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::SEE_OTHER);

    browser.sign_in(&site, PASSWORD).await;
    for _ in 0..28 {
        site.wait(minutes(25));
        assert_eq!(browser.get(&site, "/").await.status, StatusCode::OK);
    }
    site.wait(minutes(20));
    assert_eq!(
        browser.get(&site, "/").await.status,
        StatusCode::SEE_OTHER,
        "12 hours are over"
    );

    let (user, hash) = site
        .store
        .user_by_email("EVA@acme.example")
        .unwrap()
        .unwrap();
    browser.sign_in(&site, PASSWORD).await;
    site.store
        .set_password(user.id, &hash, EVA, site.now())
        .unwrap();
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::SEE_OTHER);
    browser.sign_in(&site, PASSWORD).await;
    let acme = site.store.workspace("acme").unwrap().unwrap();
    site.store
        .set_role(user.id, acme.id, Some(Role::Viewer), EVA, site.now())
        .unwrap();
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn w5_wrong_password_and_unknown_address_get_the_same_answer() {
    let (site, _) = Site::with_administrator().await;
    let mut browser = Browser::default();
    let wrong = browser.sign_in(&site, "another long sentence").await;
    let form = [
        ("email", "nobody@acme.example"),
        ("password", PASSWORD),
        ("to", ""),
    ];
    let unknown = browser.post(&site, "/sign-in", &form).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let plain = |answer: &crate::site::Answer, email: &str| {
        let nonce = answer
            .body
            .split("nonce=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        answer.body.replace(&nonce, "").replace(email, "")
    };
    assert_eq!(unknown.status, wrong.status);
    assert_eq!(plain(&unknown, "nobody@acme.example"), plain(&wrong, EVA));
}

#[tokio::test]
async fn w5_guessing_is_stopped_and_goes_on_later() {
    let (site, _) = Site::with_administrator().await;
    let mut browser = Browser::default();
    for _ in 0..5 {
        browser.sign_in(&site, "another long sentence").await;
    }
    let stopped = browser.sign_in(&site, PASSWORD).await;
    assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(
        stopped.body.contains("Try again in 30 seconds"),
        "{}",
        stopped.body
    );
    site.wait(SignedDuration::from_secs(30));
    assert_eq!(browser.sign_in(&site, PASSWORD).await.location(), "/");
}

#[tokio::test]
async fn w15_sign_in_returns_to_pages_of_this_server_only() {
    let (site, _) = Site::with_administrator().await;
    for (to, expected) in [
        ("/w/acme/runs", "/w/acme/runs"),
        ("//evil.example", "/"),
        ("https:evil", "/"),
        ("/\\evil", "/"),
    ] {
        let form = [("email", EVA), ("password", PASSWORD), ("to", to)];
        let answer = Browser::default().post(&site, "/sign-in", &form).await;
        assert_eq!(answer.location(), expected, "{to}");
    }
}

#[tokio::test]
async fn passwords_and_tokens_are_stored_as_hashes() {
    let (site, browser) = Site::with_administrator().await;
    let (_, hash) = site.store.user_by_email(EVA).unwrap().unwrap();
    assert!(hash.starts_with("argon2id$19456,2,1$"), "{hash}");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    site.store.copy_to(&copy).unwrap();
    let bytes = std::fs::read(copy).unwrap();
    let token = &browser.cookies[0].1;
    for secret in [PASSWORD.as_bytes(), token.as_bytes()] {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
}

#[tokio::test]
async fn an_address_has_one_user() {
    let (site, _) = Site::with_administrator().await;
    let new = NewUser {
        email: "Eva@ACME.example",
        name: "Another",
        password_hash: "",
        is_admin: false,
    };
    assert_eq!(site.store.create_user(&new, EVA, site.now()).unwrap(), None);
}

#[tokio::test]
async fn link_of_a_demo_signs_in_once_and_only_where_a_demo_was_made() {
    let mut site = Site::new();
    let unknown = format!("/demo/{}", "0".repeat(64));
    let none = Browser::default().get(&site, &unknown).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let path = site.make_demo();
    for wrong in [unknown.as_str(), "/demo/", "/demo/x"] {
        let answer = Browser::default().get(&site, wrong).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let mut browser = Browser::default();
    let answer = browser.get(&site, &path).await;
    assert_eq!(answer.location(), "/");
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::OK);
    let again = Browser::default().get(&site, &path).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    let form = [
        ("email", "mette@acme.example"),
        ("password", site.demo_password()),
        ("to", ""),
    ];
    let mut other = Browser::default();
    assert_eq!(other.post(&site, "/sign-in", &form).await.location(), "/");
}

#[tokio::test]
async fn password_link_signs_its_user_in_once_with_a_new_password() {
    let (site, _) = Site::with_administrator().await;
    let now = site.now();
    let new = NewUser {
        email: "bob@acme.example",
        name: "Bob Jansen",
        password_hash: "",
        is_admin: false,
    };
    let link = new_password_link(LinkFor::Invitation, now).unwrap();
    let invited = site.store.invite_user(&new, None, &link.stored, EVA, now);
    let bob = invited.unwrap().unwrap();
    let mut browser = Browser::default();
    let form = [("email", "bob@acme.example"), ("password", ""), ("to", "")];
    let empty = browser.post(&site, "/sign-in", &form).await;
    assert_eq!(
        empty.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "an invited user has no password"
    );
    let page = browser.get(&site, &link.path).await;
    assert!(page.body.contains("bob@acme.example"), "{}", page.body);
    let chosen = "another rather long sentence";
    let differs = [("password", chosen), ("repeated", "something else")];
    let refused = browser.post(&site, &link.path, &differs).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [("password", chosen), ("repeated", chosen)];
    let answer = browser.post(&site, &link.path, &form).await;
    assert_eq!(answer.location(), "/");
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::OK);
    let again = Browser::default().post(&site, &link.path, &form).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);

    let reset = new_password_link(LinkFor::Reset, now).unwrap();
    let made = site
        .store
        .create_password_link(bob, &reset.stored, EVA, site.now());
    assert!(made.unwrap());
    site.wait(SignedDuration::from_hours(1));
    let late = Browser::default().get(&site, &reset.path).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND, "it expired");
}

#[tokio::test]
async fn w6_disabled_user_is_signed_out_and_refused_like_an_unknown_one() {
    let (site, _) = Site::with_administrator().await;
    let (_, hash) = site.store.user_by_email(EVA).unwrap().unwrap();
    let new = NewUser {
        email: "bob@acme.example",
        name: "Bob Jansen",
        password_hash: &hash,
        is_admin: false,
    };
    let bob = site.store.create_user(&new, EVA, site.now());
    let bob = bob.unwrap().unwrap();
    let mut browser = Browser::default();
    let form = [
        ("email", "bob@acme.example"),
        ("password", PASSWORD),
        ("to", ""),
    ];
    let answer = browser.post(&site, "/sign-in", &form).await;
    assert_eq!(answer.location(), "/");
    site.store.set_disabled(bob, true, EVA, site.now()).unwrap();
    let answer = browser.get(&site, "/").await;
    assert_eq!(answer.location(), "/sign-in?to=%2F");
    let refused = browser.post(&site, "/sign-in", &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("address or the password is wrong"));
}

#[tokio::test]
async fn sign_ins_are_recorded_with_user_and_client() {
    let (site, mut browser) = Site::with_administrator().await;
    browser.sign_in(&site, "another long sentence").await;
    let unknown = [
        ("email", "nobody@acme.example"),
        ("password", PASSWORD),
        ("to", ""),
    ];
    browser.post(&site, "/sign-in", &unknown).await;
    let query = AuditQuery {
        limit: 10,
        ..AuditQuery::default()
    };
    let entries: Vec<_> = site
        .store
        .audit_page(&query)
        .unwrap()
        .into_iter()
        .rev()
        .map(|entry| {
            let client = entry.client.unwrap_or_default();
            (entry.actor, entry.act.as_str(), entry.subject, client)
        })
        .collect();
    let entry = |actor: &str, act, subject: &str, client: &str| {
        let text = str::to_owned;
        (text(actor), act, text(subject), text(client))
    };
    assert_eq!(
        entries,
        [
            entry("user 1", "user_added", "user 1", ""),
            entry("user 1", "signed_in", "user 1", "0.0.0.0"),
            entry("unknown user", "sign_in_refused", "user 1", "0.0.0.0"),
            entry("unknown user", "sign_in_refused", "user unknown", "0.0.0.0"),
        ]
    );
    assert_eq!(site.store.verify_audit(None).unwrap().fault, None);
}
