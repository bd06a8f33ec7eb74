//! Lists of BambooHR: changes, the directory, datasets, and a very long report.

use crate::bamboohr::{TYPED, with};
use crate::client::{
    bamboohr::{BASIC, JSON, read, row},
    get, post, start,
};
use muster_testkit::emulator::{Emulator, Options, Product};
use serde_json::{Value, json};
use std::time::Duration;

#[test]
fn a22_changes_are_reported_by_id() {
    let emulator = start(Product::BambooHr);
    let changed = read(
        &emulator,
        "/api/v1/employees/changed?since=2026-10-01T00%3A00%3A00Z",
    )
    .json();
    let expected = emulator
        .company()
        .people
        .iter()
        .filter(|it| it.changed.to_string().as_str() >= "2026-10-01")
        .count();
    assert_eq!(changed["employees"].as_object().unwrap().len(), expected);
    assert_eq!(read(&emulator, "/api/v1/employees/changed").status, 400);
    assert_eq!(
        read(
            &emulator,
            "/api/v1/employees/changed?since=2026-10-01T00:00:00+00:00"
        )
        .status,
        400,
        "a raw plus"
    );
    let none = "/api/v1/employees/changed?since=2030-01-01T00:00:00Z";
    assert_eq!(read(&emulator, none).json()["employees"], json!([]));
    assert_eq!(
        read(&with("changed-empty-object"), none).json()["employees"],
        json!({})
    );
    let deleted = read(&with("changed-deleted"), none).json();
    assert_eq!(deleted["employees"]["999"]["action"], "Deleted");
    let table = read(
        &emulator,
        "/api/v1/employees/changed/tables/jobInfo?since=2026-10-01T00:00:00Z",
    )
    .json();
    let rows = table["employees"]
        .as_object()
        .unwrap()
        .values()
        .next()
        .unwrap()["rows"]
        .clone();
    assert_eq!(
        (rows[0].get("id"), rows[0]["department"].is_string()),
        (None, true)
    );
}

#[test]
fn the_directory_leaves_out_who_has_left() {
    let emulator = start(Product::BambooHr);
    let count = |target| {
        read(&emulator, target).json()["employees"]
            .as_array()
            .unwrap()
            .len()
    };
    let (some, all) = (
        count("/api/v1/employees/directory"),
        count("/api/v1/employees/directory?onlyCurrent=false"),
    );
    assert!(some < all && all == 114);
    let one = read(
        &emulator,
        "/api/v1/employees/9?fields=firstName,workEmail,noSuchField",
    )
    .json();
    assert_eq!(one.as_object().unwrap().len(), 3);
    let none = read(&emulator, "/api/v1/employees/99999");
    assert_eq!(
        (none.status, none.header("x-bamboohr-error-messsage")),
        (404, Some("Employee not found, Employee not found"))
    );
}

#[test]
fn datasets_wrap_rows_and_call_future_hires_inactive() {
    let emulator = with("future-start");
    let ask = |page: u64| {
        let body = json!({"fields": ["eeid", "email", "status"], "page": page, "pageSize": 50})
            .to_string();
        post(
            &emulator,
            "/api/v2/datasets/employee/data",
            &[("Authorization", BASIC), JSON, TYPED],
            &body,
        )
        .json()
    };
    let first = ask(1);
    assert_eq!(
        first["meta"],
        json!({"page": 1, "pageSize": 50, "totalPages": 3, "totalItems": 114})
    );
    assert_eq!(first["data"][2]["fields"]["eeid"], "6");
    assert_eq!(
        first["data"][2]["fields"]["status"], "Inactive",
        "in the dataset"
    );
    assert_eq!(
        row(&emulator, 3, "status")["status"],
        "Active",
        "in the report"
    );
    assert_eq!(
        (
            ask(3)["data"].as_array().unwrap().len(),
            ask(4)["data"].as_array().unwrap().len()
        ),
        (14, 0)
    );
    let unknown = post(
        &emulator,
        "/api/v2/datasets/other/data",
        &[("Authorization", BASIC), JSON, TYPED],
        "{}",
    );
    assert_eq!(unknown.status, 422);
    let old = with("next-page-other-host");
    let body = json!({"fields": ["eeid"]}).to_string();
    let page = post(
        &old,
        "/api/v1/datasets/employee?page=1&page_size=50",
        &[("Authorization", BASIC), JSON, TYPED],
        &body,
    )
    .json();
    assert!(
        page["pagination"]["next_page"]
            .as_str()
            .unwrap()
            .starts_with("http://localhost:")
    );
    assert_eq!(page["data"][0]["eeid"], "4", "flat rows in the old version");
}

#[test]
fn oauth_tokens_open_the_new_list_which_a_key_does_not() {
    let emulator = start(Product::BambooHr);
    emulator.scenario("oauth-rotates").unwrap();
    let (id, secret) = (
        emulator.credential("client_id"),
        emulator.credential("client_secret"),
    );
    let ask = |grant: &str| {
        let body = format!("grant_type={grant}&client_id={id}&client_secret={secret}");
        post(
            &emulator,
            "/token.php?request=token",
            &[("Content-Type", "application/x-www-form-urlencoded")],
            &body,
        )
    };
    let first = ask(&format!(
        "authorization_code&code={}",
        emulator.credential("code")
    ))
    .json();
    assert_eq!(first["expires_in"], 3_600);
    let refresh = format!(
        "refresh_token&refresh_token={}",
        first["refresh_token"].as_str().unwrap()
    );
    let second = ask(&refresh).json();
    assert_eq!(ask(&refresh).status, 400, "it rotated");
    assert_eq!(read(&emulator, "/api/v1/employees").status, 401);
    let bearer = format!("Bearer {}", second["access_token"].as_str().unwrap());
    let list = |query: &str| {
        get(
            &emulator,
            &format!("/api/v1/employees?{query}"),
            &[("Authorization", &bearer), JSON],
        )
    };
    let page = list("page[limit]=100").json();
    assert_eq!(
        (
            page["data"].as_array().unwrap().len(),
            &page["meta"]["total"]
        ),
        (100, &json!(114))
    );
    let cursor = page["meta"]["page"]["nextCursor"]
        .as_str()
        .unwrap()
        .replace('=', "%3D");
    assert_eq!(
        list(&format!("page[limit]=100&page[after]={cursor}")).json()["data"]
            .as_array()
            .unwrap()
            .len(),
        14
    );
    emulator.scenario("bad-page").unwrap();
    assert_eq!(
        list(&format!("page[limit]=100&page[after]={cursor}")).json()["code"],
        "BadPage"
    );
    emulator.scenario("restricted-fields").unwrap();
    let row = list("page[limit]=1&fields=workEmail").json()["data"][0].clone();
    assert_eq!(
        (&row["workEmail"], &row["_restrictedFields"]),
        (&Value::Null, &json!(["workEmail"]))
    );
}

#[test]
fn fifty_thousand_people_come_in_one_report() {
    let emulator = Emulator::start(
        Product::BambooHr,
        &Options {
            people: Some(50_000),
            ..Options::default()
        },
    )
    .unwrap();
    let headers = [("Authorization", BASIC), JSON, TYPED];
    let fields = [
        "firstName",
        "lastName",
        "workEmail",
        "homeEmail",
        "dateOfBirth",
        "hireDate",
        "terminationDate",
        "status",
        "department",
        "alleo_access",
    ];
    let body = json!({"fields": fields}).to_string();
    let target = "/api/v1/reports/custom?format=json&onlyCurrent=false";
    let reply = crate::client::ask(
        &emulator.url(),
        "POST",
        target,
        &headers,
        &body,
        Duration::from_secs(100),
    );
    assert_eq!(reply.json()["employees"].as_array().unwrap().len(), 50_000);
    assert!(reply.body.len() > 10_000_000, "{} bytes", reply.body.len());
}
