//! What every answer has: headers, assets that browsers keep, errors that say what to do.

use crate::site::{Browser, Site};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};

#[tokio::test]
async fn w14_every_answer_has_its_security_headers() {
    let (site, mut browser) = Site::with_administrator().await;
    for path in [
        "/",
        "/sign-in",
        "/w/acme/people",
        "/nowhere",
        "/static/nothing.css",
        "/api/v1/nothing",
    ] {
        let answer = browser.get(&site, path).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "style-src 'self'",
            "script-src 'nonce-",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
        assert_eq!(answer.header("x-request-id").len(), 32, "{path}");
    }
}

#[tokio::test]
async fn scripts_of_a_page_have_the_nonce_of_its_policy_and_nothing_is_inline() {
    let (site, mut browser) = Site::with_administrator().await;
    let (first, second) = (browser.get(&site, "/").await, browser.get(&site, "/").await);
    let nonce = first
        .body
        .split("nonce=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert!(
        first
            .header("content-security-policy")
            .contains(&format!("'nonce-{nonce}'"))
    );
    assert!(!second.body.contains(nonce), "every answer has its own");
    for inline in ["<style", "style=\"", "onclick", "javascript:", "<script>"] {
        assert!(!first.body.contains(inline), "{inline}");
    }
}

#[tokio::test]
async fn pages_are_not_kept_by_browsers_and_assets_are() {
    let (site, mut browser) = Site::with_administrator().await;
    let page = browser.get(&site, "/").await;
    assert_eq!(page.header("cache-control"), "no-store");
    let links: Vec<&str> = page
        .body
        .split('"')
        .filter(|part| part.starts_with("/static/"))
        .collect();
    assert!(links.len() > 2, "{links:?}");
    for link in links {
        let asset = Browser::default()
            .get(&site, link.split('#').next().unwrap())
            .await;
        assert_eq!(asset.status, StatusCode::OK, "{link}");
        assert_eq!(
            asset.header("cache-control"),
            "public, max-age=31536000, immutable",
            "{link}"
        );
    }
}

#[tokio::test]
async fn what_does_not_exist_says_what_to_do() {
    let (site, mut browser) = Site::with_administrator().await;
    for path in [
        "/nowhere",
        "/w/acme/runs/99",
        "/w/acme/people/99",
        "/w/acme/integrations/99",
        "/w/acme/nothing",
    ] {
        let answer = browser.get(&site, path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(
            answer.body.contains("There is nothing at this address"),
            "{path}: {}",
            answer.body
        );
        assert!(
            answer.body.contains(answer.header("x-request-id")),
            "{path}"
        );
    }
}

#[tokio::test]
async fn errors_below_api_are_problem_details() {
    let (site, mut browser) = Site::with_administrator().await;
    let answer = browser.get(&site, "/api/v1/nothing").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["code"], "MUS-REQUEST-NOT-FOUND");
}

#[tokio::test]
async fn answers_are_compressed_for_who_asks() {
    let (site, browser) = Site::with_administrator().await;
    let request = Request::get("/")
        .header("accept-encoding", "gzip")
        .header("cookie", browser.cookie());
    let answer = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn theme_is_written_by_the_server() {
    let (site, mut browser) = Site::with_administrator().await;
    let page = browser.get(&site, "/").await;
    assert!(page.body.contains("<html lang=\"en\">"));
    let form = [
        ("theme", "dark"),
        ("to", "/w/acme"),
        ("form_token", &page.form_token()),
    ];
    assert_eq!(
        browser.post(&site, "/appearance", &form).await.location(),
        "/w/acme"
    );
    assert!(
        browser
            .get(&site, "/")
            .await
            .body
            .contains("<html lang=\"en\" data-theme=\"dark\">")
    );
}

#[tokio::test]
async fn empty_workspace_says_what_to_do() {
    let (site, mut browser) = Site::with_administrator().await;
    for (path, text) in [
        ("/w/acme", "Nothing needs you."),
        ("/w/acme/issues", "No issue is open"),
        ("/w/acme/runs", "No run yet"),
        ("/w/acme/people", "The directory has no people yet"),
        ("/w/acme/integrations", "No integration has run yet"),
        ("/w/acme/decisions", "Nothing waits for a decision"),
    ] {
        let answer = browser.get(&site, path).await;
        assert!(answer.body.contains(text), "{path}: {}", answer.body);
    }
}
