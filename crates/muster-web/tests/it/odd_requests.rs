//! Every documented address with odd values: no answer is an error of the server, and each has a documented status.

use crate::{
    api::token,
    site::{Browser, Site},
};
use axum::{body::Body, http::Request};
use jiff::SignedDuration;
use muster_core::model::role::Role;
use serde_json::{Value, json};

/// Numbers that follow from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }

    fn of<'o, T>(&mut self, options: &'o [T]) -> &'o T {
        &options[self.below(options.len())]
    }
}

/// Values of parts of addresses and of parameters, as they are sent.
const TEXTS: [&str; 24] = [
    "",
    "0",
    "1",
    "-1",
    "007",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "1e3",
    "NaN",
    "true",
    "null",
    "now",
    "2026-02-30",
    "2026-02-28",
    "2026-02-28T10:00:00Z",
    "12-3f9a2c1b",
    "people",
    "%00",
    "..%2F..%2Fetc%2Fpasswd",
    "%27%20OR%201%3D1--",
    "%25_%25",
    "%F0%9F%91%A9%E2%80%8D%F0%9F%9A%80",
    "%FF%FE",
];

fn value(chance: &mut Chance, depth: usize) -> Value {
    match chance.below(if depth > 2 { 8 } else { 10 }) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(9_223_372_036_854_775_807_i64),
        5 => json!(1.5e300),
        6 => json!(*chance.of(&TEXTS)),
        7 => json!("\u{202e}<script>\u{0}"),
        8 => json!([value(chance, depth + 1)]),
        _ => json!({ "note": value(chance, depth + 1) }),
    }
}

/// A body with some of the members that the endpoint has, and now and then one that it has not.
fn body(chance: &mut Chance, document: &Value, operation: &Value) -> Value {
    if chance.below(6) == 0 {
        return value(chance, 0);
    }
    let content = &operation["requestBody"]["content"]["application/json"]["schema"];
    let schema = match content["$ref"].as_str() {
        Some(reference) => document.pointer(&reference[1..]).unwrap(),
        None => content,
    };
    let mut sent = serde_json::Map::new();
    for name in schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(|members| members.keys())
    {
        if chance.below(3) > 0 {
            sent.insert(name.clone(), value(chance, 0));
        }
    }
    if chance.below(8) == 0 {
        sent.insert("workspace_id".to_owned(), json!(2));
    }
    Value::Object(sent)
}

fn address(chance: &mut Chance, path: &str, operation: &Value) -> String {
    let parts = path.split('/').map(|part| match part {
        "{workspace}" => "acme",
        _ if part.starts_with('{') => chance.of(&TEXTS),
        _ => part,
    });
    let path = parts.collect::<Vec<_>>().join("/");
    let mut query = Vec::new();
    for parameter in operation["parameters"].as_array().unwrap() {
        if parameter["in"] == "query" && chance.below(3) == 0 {
            let name = parameter["name"].as_str().unwrap();
            query.push(format!("{name}={}", chance.of(&TEXTS)));
        }
    }
    format!("{path}?{}", query.join("&"))
}

/// W9, W11, W19. P47.
#[tokio::test]
async fn odd_values_at_every_documented_address_have_documented_answers() {
    let site = Site::new();
    let token = token(&site, "acme", Role::Admin);
    let document = muster_web::description();
    let mut chance = Chance(20_261_127);
    let (mut sent, mut statuses) = (0, std::collections::BTreeSet::new());
    for _ in 0..12 {
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let address = address(&mut chance, path, operation);
                let content = body(&mut chance, &document, operation).to_string();
                let request = Request::builder()
                    .method(method.to_uppercase().as_str())
                    .uri(&address)
                    .header("authorization", format!("Bearer {token}"))
                    .header("content-type", "application/json")
                    .header("if-match", *chance.of(&["\"1\"", "*", "x", "\"-9\""]));
                let answer = site
                    .send(request.body(Body::from(content.clone())).unwrap())
                    .await;
                let said = format!(
                    "{method} {address} {content}: {} {}",
                    answer.status, answer.body
                );
                assert!(!answer.status.is_server_error(), "{said}");
                // An empty part makes it another address.
                let status = answer.status.as_str();
                let is_documented = !operation["responses"][status].is_null();
                assert!(is_documented || status == "405", "{said}");
                if !answer.status.is_success() {
                    assert_eq!(
                        answer.header("content-type"),
                        "application/problem+json",
                        "{said}"
                    );
                    for inside in ["SELECT", "sqlite", "src/", "panicked", "0.2.0"] {
                        assert!(!answer.body.contains(inside), "{said}");
                    }
                }
                statuses.insert(answer.status.as_u16());
                sent += 1;
                site.wait(SignedDuration::from_secs(1));
            }
        }
    }
    assert!(sent > 500, "{sent}");
    for expected in [200, 400, 404] {
        assert!(statuses.contains(&expected), "{statuses:?}");
    }
}

/// W7, W11: what is not JSON, not declared as JSON or sent by another site changes nothing.
#[tokio::test]
async fn every_changing_endpoint_refuses_bodies_that_are_not_declared_as_json_and_foreign_pages() {
    let (site, browser) = Site::with_administrator().await;
    let token = token(&site, "acme", Role::Admin);
    let document = muster_web::description();
    let foreign: Browser = browser.clone();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if method == "get" {
                continue;
            }
            let address = path
                .split('/')
                .map(|part| match part {
                    "{workspace}" => "acme",
                    _ if part.starts_with('{') => "1",
                    _ => part,
                })
                .collect::<Vec<_>>()
                .join("/");
            let request = || {
                Request::builder()
                    .method(method.to_uppercase().as_str())
                    .uri(&address)
            };
            if operation.get("requestBody").is_some() {
                let plain = request()
                    .header("authorization", format!("Bearer {token}"))
                    .header("content-type", "text/plain");
                let answer = site.send(plain.body(Body::from("{}")).unwrap()).await;
                // What concerns the installation is refused to a token of a workspace before its body is looked at.
                let refused = if address.contains("/acme") { 415 } else { 403 };
                assert_eq!(
                    answer.status, refused,
                    "{method} {address}: {}",
                    answer.body
                );
            }
            let other = request()
                .header("cookie", foreign.cookie())
                .header("content-type", "application/json")
                .header("sec-fetch-site", "cross-site");
            let answer = site.send(other.body(Body::from("{}")).unwrap()).await;
            assert_eq!(answer.status, 403, "{method} {address}: {}", answer.body);
            site.wait(SignedDuration::from_secs(1));
        }
    }
}
