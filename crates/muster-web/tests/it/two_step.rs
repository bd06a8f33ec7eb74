//! Two-step sign-in: setting it up, its codes, recovery codes, and what ends it.

use crate::site::{Answer, Browser, EVA, PASSWORD, Site};
use axum::http::StatusCode;
use jiff::SignedDuration;
use muster_store::Keyring;
use muster_web::{LinkFor, new_password_link};
use totp_rs::{Builder, Secret};

/// An authenticator app with the key of a page.
struct App(String);

impl App {
    fn code(&self, site: &Site) -> String {
        let secret = Secret::try_from_base32(&self.0).unwrap();
        let app = Builder::new().with_secret(secret).build().unwrap();
        let seconds = u64::try_from(site.now().as_second()).unwrap();
        app.generate(seconds).to_string()
    }
}

/// Everything in `<code>` on a page.
fn in_code(page: &Answer) -> Vec<String> {
    let parts = page.body.split("<code>").skip(1);
    let parts = parts.map(|part| part.split("</code>").next().unwrap().to_owned());
    parts.collect()
}

async fn password(browser: &mut Browser, site: &Site, path: &str, password: &str) -> Answer {
    let token = browser.get(site, "/account").await.form_token();
    let form = [("form_token", token.as_str()), ("current", password)];
    browser.post(site, path, &form).await
}

/// A site whose administrator signs in with a code: the browser that set it up, the app, and the recovery codes.
async fn with_two_step() -> (Site, Browser, App, Vec<String>) {
    let (site, mut browser) = Site::with_administrator().await;
    site.store.unlock(Keyring::generate().unwrap()).unwrap();
    let wrong = password(&mut browser, &site, "/account/two-step", "another sentence").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let begun = password(&mut browser, &site, "/account/two-step", PASSWORD).await;
    assert_eq!(begun.location(), "/account/two-step");
    let page = browser.get(&site, "/account/two-step").await;
    let app = App(in_code(&page)[0].replace(' ', ""));
    let activate = |code: String| {
        let token = page.form_token();
        [("form_token", token), ("code", code)]
    };
    let wrong = activate("000000".to_owned());
    let wrong = wrong
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let answer = browser
        .post(&site, "/account/two-step/activate", &wrong)
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = activate(app.code(&site));
    let right = right
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let answer = browser
        .post(&site, "/account/two-step/activate", &right)
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let codes = in_code(&answer);
    assert_eq!(codes.len(), 10);
    (site, browser, app, codes)
}

/// The token of the page that asks for a code.
fn awaited(page: &Answer) -> String {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(page.header("set-cookie"), "", "no session has begun");
    let after = page.body.split("name=\"token\" value=\"").nth(1).unwrap();
    after.split('"').next().unwrap().to_owned()
}

async fn confirm(browser: &mut Browser, site: &Site, token: &str, with: (&str, &str)) -> Answer {
    let form = [("token", token), ("to", "/account"), with];
    browser.post(site, "/sign-in/code", &form).await
}

#[tokio::test]
async fn session_begins_with_the_code_and_a_code_is_accepted_once() {
    let (site, _, app, _) = with_two_step().await;
    let half_minute = SignedDuration::from_secs(30);
    site.wait(half_minute);
    let mut browser = Browser::default();
    let token = awaited(&browser.sign_in(&site, PASSWORD).await);
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::SEE_OTHER);
    let code = app.code(&site);
    let answer = confirm(&mut browser, &site, &token, ("code", &code)).await;
    assert_eq!(answer.location(), "/account");
    let page = browser.get(&site, "/account").await;
    assert!(
        page.body.contains("10 recovery codes are left"),
        "{}",
        page.body
    );

    let mut other = Browser::default();
    let again = confirm(&mut other, &site, &token, ("code", &code)).await;
    assert!(
        again.location().starts_with("/sign-in"),
        "the sign-in is over"
    );
    let token = awaited(&other.sign_in(&site, PASSWORD).await);
    let replayed = confirm(&mut other, &site, &token, ("code", &code)).await;
    assert_eq!(replayed.status, StatusCode::UNPROCESSABLE_ENTITY);
    site.wait(half_minute);
    let next = confirm(&mut other, &site, &token, ("code", &app.code(&site))).await;
    assert_eq!(next.location(), "/account");
}

#[tokio::test]
async fn recovery_code_signs_in_once() {
    let (site, _, _, codes) = with_two_step().await;
    for (code, expected) in [
        (
            codes[3].to_lowercase().replace(' ', ""),
            StatusCode::SEE_OTHER,
        ),
        (codes[3].clone(), StatusCode::UNPROCESSABLE_ENTITY),
        (codes[4].clone(), StatusCode::SEE_OTHER),
        (
            "AAAA AAAA AAAA AAAA".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        let mut browser = Browser::default();
        let token = awaited(&browser.sign_in(&site, PASSWORD).await);
        let answer = confirm(&mut browser, &site, &token, ("recovery", &code)).await;
        assert_eq!(answer.status, expected, "{code}");
    }
    let (eva, _) = site.store.user_by_email(EVA).unwrap().unwrap();
    assert_eq!(
        site.store.two_step(eva.id).unwrap().unwrap().recovery_codes,
        8
    );
}

/// W5: a right password does not make guessing the code free.
#[tokio::test]
async fn w5_codes_cannot_be_guessed() {
    let (site, _, app, codes) = with_two_step().await;
    let mut browser = Browser::default();
    for _ in 0..5 {
        let token = awaited(&browser.sign_in(&site, PASSWORD).await);
        let wrong = confirm(&mut browser, &site, &token, ("code", "000000")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let stopped = browser.sign_in(&site, PASSWORD).await;
    assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);

    // From many addresses: after 20 in a row, the app is not enough.
    let (eva, _) = site.store.user_by_email(EVA).unwrap().unwrap();
    for _ in 5..20 {
        site.store
            .refuse_code(eva.id, "192.0.2.1", site.now())
            .unwrap();
    }
    site.wait(SignedDuration::from_mins(1));
    let token = awaited(&browser.sign_in(&site, PASSWORD).await);
    let locked = confirm(&mut browser, &site, &token, ("code", &app.code(&site))).await;
    assert!(
        locked.body.contains("Use a recovery code"),
        "{}",
        locked.body
    );
    site.wait(SignedDuration::from_mins(2));
    let answer = confirm(&mut browser, &site, &token, ("recovery", &codes[0])).await;
    assert_eq!(answer.location(), "/account", "{}", answer.body);
    let token = awaited(&Browser::default().sign_in(&site, PASSWORD).await);
    let answer = confirm(&mut browser, &site, &token, ("code", &app.code(&site))).await;
    assert_eq!(
        answer.location(),
        "/account",
        "the recovery code unlocks the app"
    );
}

#[tokio::test]
async fn sign_in_waits_ten_minutes_for_the_code() {
    let (site, _, app, _) = with_two_step().await;
    let mut browser = Browser::default();
    let token = awaited(&browser.sign_in(&site, PASSWORD).await);
    site.wait(SignedDuration::from_mins(10));
    let late = confirm(&mut browser, &site, &token, ("code", &app.code(&site))).await;
    assert!(late.location().starts_with("/sign-in"), "{}", late.body);
    for token in ["", "x", &"0".repeat(64)] {
        let unknown = confirm(&mut browser, &site, token, ("code", &app.code(&site))).await;
        assert!(unknown.location().starts_with("/sign-in"), "{token}");
    }
}

#[tokio::test]
async fn password_link_asks_for_the_code_too() {
    let (site, mut browser, app, _) = with_two_step().await;
    let (eva, _) = site.store.user_by_email(EVA).unwrap().unwrap();
    let link = new_password_link(LinkFor::Reset, site.now()).unwrap();
    let made = site
        .store
        .create_password_link(eva.id, &link.stored, EVA, site.now());
    assert!(made.unwrap());
    let chosen = "another rather long sentence";
    let form = [("password", chosen), ("repeated", chosen)];
    let token = awaited(&browser.post(&site, &link.path, &form).await);
    assert_eq!(browser.get(&site, "/").await.status, StatusCode::SEE_OTHER);
    site.wait(SignedDuration::from_secs(30));
    let answer = confirm(&mut browser, &site, &token, ("code", &app.code(&site))).await;
    assert_eq!(answer.location(), "/account");
}

#[tokio::test]
async fn activation_ends_other_sessions_and_removal_needs_the_password() {
    let (site, mut first) = Site::with_administrator().await;
    site.store.unlock(Keyring::generate().unwrap()).unwrap();
    let mut other = Browser::default();
    assert_eq!(other.sign_in(&site, PASSWORD).await.location(), "/");
    password(&mut first, &site, "/account/two-step", PASSWORD).await;
    let page = first.get(&site, "/account/two-step").await;
    let app = App(in_code(&page)[0].replace(' ', ""));
    let (token, code) = (page.form_token(), app.code(&site));
    let form = [("form_token", token.as_str()), ("code", code.as_str())];
    first.post(&site, "/account/two-step/activate", &form).await;
    assert_eq!(other.get(&site, "/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(first.get(&site, "/").await.status, StatusCode::OK);
    let hidden = first.get(&site, "/account/two-step").await;
    assert_eq!(
        hidden.status,
        StatusCode::NOT_FOUND,
        "the key is not shown again"
    );

    let path = "/account/two-step/remove";
    let wrong = password(&mut first, &site, path, "another sentence").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        password(&mut first, &site, path, PASSWORD).await.location(),
        "/account"
    );
    assert_eq!(other.sign_in(&site, PASSWORD).await.location(), "/");
    let acts: Vec<&str> = site
        .store
        .audit_page(&muster_store::AuditQuery {
            limit: 3,
            ..Default::default()
        })
        .unwrap()
        .iter()
        .map(|entry| entry.act.as_str())
        .collect();
    assert_eq!(
        acts,
        ["signed_in", "two_step_removed", "two_step_activated"]
    );
}

#[tokio::test]
async fn key_and_recovery_codes_are_not_in_the_database() {
    let (site, _, app, codes) = with_two_step().await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    site.store.copy_to(&copy).unwrap();
    let bytes = std::fs::read(copy).unwrap();
    let key = Secret::try_from_base32(&app.0).unwrap();
    let codes = codes.iter().map(|code| code.replace(' ', ""));
    let texts = codes.chain([app.0.clone()]).map(String::into_bytes);
    for secret in texts.chain([key.as_bytes().to_vec()]) {
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
}
