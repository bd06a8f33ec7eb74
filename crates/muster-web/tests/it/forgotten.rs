//! A forgotten password: the link is mailed, and nothing tells whether an address has an account.

use crate::site::{Browser, EVA, PASSWORD, Site};
use axum::http::StatusCode;
use jiff::SignedDuration;
use muster_store::{MailSecurity, MailServer};

fn with_mail(site: &Site) {
    let server = MailServer {
        host: "mail.acme.example".to_owned(),
        port: 25,
        security: MailSecurity::None,
        sender: "muster@acme.example".to_owned(),
        user: None,
        ca_certificate: None,
    };
    let set = site.store.set_mail_server(&server, None, EVA, site.now());
    set.unwrap();
}

async fn ask(site: &Site, email: &str) -> crate::site::Answer {
    let form = [("email", email)];
    Browser::default().post(site, "/forgotten", &form).await
}

#[tokio::test]
async fn link_is_mailed_and_sets_the_password() {
    let (site, mut open) = Site::with_administrator().await;
    let sign_in = Browser::default().get(&site, "/sign-in").await;
    assert!(
        sign_in.body.contains("href=\"/forgotten\""),
        "{}",
        sign_in.body
    );
    let page = Browser::default().get(&site, "/forgotten").await;
    assert!(page.body.contains("Ask an administrator"), "{}", page.body);
    with_mail(&site);
    assert_eq!(ask(&site, " Eva@ACME.example").await.status, StatusCode::OK);
    let (to, link) = site.mailed().await;
    assert_eq!(to, EVA);
    let path = link.strip_prefix("https://muster.acme.example").unwrap();
    assert!(path.starts_with("/password/"), "{path}");
    assert_eq!(
        open.get(&site, "/").await.status,
        StatusCode::OK,
        "nothing has changed yet"
    );
    let chosen = "another rather long sentence";
    let form = [("password", chosen), ("repeated", chosen)];
    let answer = Browser::default().post(&site, path, &form).await;
    assert_eq!(answer.location(), "/");
    assert_eq!(
        open.get(&site, "/").await.status,
        StatusCode::SEE_OTHER,
        "sessions end"
    );
    let old = Browser::default().sign_in(&site, PASSWORD).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// W5.
#[tokio::test]
async fn w5_known_and_unknown_addresses_get_the_same_answer_and_the_same_limit() {
    let (site, _) = Site::with_administrator().await;
    with_mail(&site);
    let plain = |answer: &crate::site::Answer| {
        let nonce = answer.body.split("nonce=\"").nth(1).unwrap();
        let nonce = nonce.split('"').next().unwrap().to_owned();
        answer.body.replace(&nonce, "")
    };
    for round in 0..5 {
        let known = ask(&site, EVA).await;
        let unknown = ask(&site, "nobody@acme.example").await;
        assert_eq!(
            (known.status, unknown.status),
            (StatusCode::OK, StatusCode::OK),
            "{round}"
        );
        assert_eq!(plain(&known), plain(&unknown));
    }
    for email in [EVA, "nobody@acme.example"] {
        let stopped = ask(&site, email).await;
        assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
    }
    let signed_in = Browser::default().sign_in(&site, PASSWORD).await;
    assert_eq!(
        signed_in.location(),
        "/",
        "requests for links lock nobody out"
    );
}

#[tokio::test]
async fn second_request_within_five_minutes_leaves_the_first_link_valid() {
    let (site, _) = Site::with_administrator().await;
    let (eva, _) = site.store.user_by_email(EVA).unwrap().unwrap();
    let request = || {
        let link = muster_web::new_password_link(muster_web::LinkFor::Reset, site.now()).unwrap();
        let stored = site
            .store
            .request_password_link(eva.id, &link.stored, site.now());
        (stored.unwrap(), link.path)
    };
    let (is_first, first) = request();
    assert!(is_first);
    site.wait(SignedDuration::from_mins(4));
    assert!(!request().0, "a mailbox cannot be flooded");
    let answer = Browser::default().get(&site, &first).await;
    assert_eq!(answer.status, StatusCode::OK);
    site.wait(SignedDuration::from_mins(2));
    assert!(request().0);
    let answer = Browser::default().get(&site, &first).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
