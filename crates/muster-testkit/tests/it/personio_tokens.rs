//! Tokens of Personio: how they are requested, how long they are valid.

use crate::client::{
    get,
    personio::{bearer, page, token, token_v2},
    post, start,
};
use crate::personio::{FORM, JSON};
use muster_testkit::emulator::{Emulator, Options, Product};
use serde_json::json;
use std::{thread, time::Duration};

#[test]
fn v1_tokens_are_the_same_for_a_day_and_are_echoed() {
    let emulator = start(Product::Personio);
    let (first, second) = (token(&emulator).json(), token(&emulator).json());
    assert_eq!(first["data"]["token"], second["data"]["token"]);
    assert_eq!(first["data"]["expires_in"], 86_400);
    let bearer = bearer(&emulator);
    assert_eq!(
        page(&emulator, &bearer, "limit=1").header("authorization"),
        Some(bearer.as_str())
    );
    assert_eq!(get(&emulator, "/v1/company/employees", &[]).status, 401);
    let other = page(&emulator, "Bearer papi-other", "limit=1");
    assert_eq!(
        (other.status, &other.json()["error"]["message"]),
        (403, &json!("Provided authorization is not valid"))
    );
}

#[test]
fn v1_tokens_die_after_a_day() {
    // A day in three seconds.
    let emulator = Emulator::start(
        Product::Personio,
        &Options {
            speed: 28_800.0,
            ..Options::default()
        },
    )
    .unwrap();
    let signed_in = token(&emulator).json();
    assert_eq!(
        signed_in["data"]["expires_in"], 3,
        "stated in the client's seconds"
    );
    let bearer = format!("Bearer {}", signed_in["data"]["token"].as_str().unwrap());
    assert_eq!(page(&emulator, &bearer, "limit=1").status, 200);
    thread::sleep(Duration::from_millis(3_100));
    assert_eq!(page(&emulator, &bearer, "limit=1").status, 403);
    assert_ne!(
        token(&emulator).json()["data"]["token"],
        signed_in["data"]["token"]
    );
}

#[test]
fn v1_credentials_go_in_the_body_only() {
    let emulator = start(Product::Personio);
    let (id, secret) = (
        emulator.credential("client_id"),
        emulator.credential("client_secret"),
    );
    let fields = format!("client_id={id}&client_secret={secret}");
    assert_eq!(
        post(&emulator, &format!("/v1/auth?{fields}"), &[FORM], "").status,
        403
    );
    assert_eq!(post(&emulator, "/v1/auth", &[FORM], &fields).status, 200);
    let wrong = post(
        &emulator,
        "/v1/auth",
        &[JSON],
        &json!({"client_id": id, "client_secret": "x"}).to_string(),
    );
    assert_eq!(wrong.status, 403);
    assert_eq!(
        wrong.json(),
        json!({"success": false, "error": {"code": 0, "message": "Wrong credentials"}})
    );
}

#[test]
fn v2_tokens_want_a_form_and_say_what_is_missing() {
    let emulator = start(Product::Personio);
    let good = token_v2(&emulator).json();
    assert_eq!(
        (&good["token_type"], &good["expires_in"]),
        (&json!("Bearer"), &json!(86_400))
    );
    let body = json!({"grant_type": "client_credentials"}).to_string();
    let refused = post(&emulator, "/v2/auth/token", &[JSON], &body);
    assert_eq!(
        (refused.status, &refused.json()["error"]),
        (400, &json!("invalid_request"))
    );
    assert_eq!(
        refused.header("content-type"),
        Some("application/problem+json")
    );
    let missing = post(
        &emulator,
        "/v2/auth/token",
        &[FORM],
        "client_id=a&client_secret=b",
    )
    .json();
    assert_eq!(missing["meta"]["missing_parameters"], json!(["grant_type"]));
    let wrong = post(
        &emulator,
        "/v2/auth/token",
        &[FORM],
        "grant_type=client_credentials&client_id=a&client_secret=b",
    );
    assert_eq!(
        (wrong.status, &wrong.json()["error"]),
        (400, &json!("invalid_client"))
    );
    let bearer = format!("Bearer {}", good["access_token"].as_str().unwrap());
    assert_eq!(
        get(&emulator, "/v2/persons", &[("Authorization", &bearer)]).status,
        200
    );
    let revoked = format!("token={}", good["access_token"].as_str().unwrap());
    assert_eq!(
        post(&emulator, "/v2/auth/revoke", &[FORM], &revoked).status,
        200
    );
    let dead = get(&emulator, "/v2/persons", &[("Authorization", &bearer)]);
    assert_eq!(
        (dead.status, dead.json()),
        (401, json!({"error": {"message": "Unauthorized Request"}}))
    );
}
