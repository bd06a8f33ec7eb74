//! What YouServe's scenarios do, one by one.

use crate::client::{
    Reply, get, start_fast,
    youserve::{bearer, read, records, token},
};
use muster_testkit::emulator::{Emulator, Product};
use serde_json::{Value, json};

fn with(name: &str) -> Emulator {
    let emulator = start_fast(Product::YouServe);
    emulator.scenario(name).unwrap();
    emulator
}

fn list(name: &str, target: &str) -> Reply {
    let emulator = with(name);
    let bearer = bearer(&emulator);
    read(&emulator, &bearer, target)
}

fn link(name: &str, target: &str) -> Option<Value> {
    list(name, target).json().get("nextLink").cloned()
}

fn lead(name: &str, target: &str) -> Vec<Value> {
    records(&with(name), 3, target)
}

/// Validity of person 3's slices.
fn slices(name: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    lead(name, "employees")
        .iter()
        .map(|it| (text(&it["validFrom"]), text(&it["validUntil"])))
        .collect()
}

#[test]
fn a11_a12_links_come_in_every_form() {
    assert_eq!(link("next-link-null", "companies"), Some(Value::Null));
    assert_eq!(link("next-link-empty", "companies"), Some(json!("")));
    assert_eq!(link("plain", "companies"), None);
    let text = |name| {
        link(name, "employees")
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(text("next-link-absolute").starts_with("http://127.0.0.1:"));
    assert!(text("next-link-absolute").contains("/iam/v1.0/employees?"));
    assert!(text("next-link-other-host").starts_with("http://localhost:"));
    assert!(text("next-link-http").starts_with("http://127.0.0.1:"));
    assert!(text("next-link-other-case").starts_with("/v1.0/EMPLOYEES?"));
    assert!(text("next-link-plus").contains("nextToken=++++"));
    let emulator = with("next-link-plus");
    let bearer = bearer(&emulator);
    let next = |link: &Value| {
        format!(
            "employees?{}",
            link.as_str().unwrap().split_once('?').unwrap().1
        )
    };
    let first = read(&emulator, &bearer, "employees").json();
    let second = read(&emulator, &bearer, &next(&first["nextLink"])).json();
    assert_ne!(
        first["value"][0], second["value"][0],
        "the token as it came is understood"
    );
    let spoilt = next(&first["nextLink"]).replace('+', "%20");
    assert_eq!(
        read(&emulator, &bearer, &spoilt).status,
        400,
        "a blank is no plus"
    );
    emulator.scenario("next-link-loop").unwrap();
    let loops = read(&emulator, &bearer, &next(&first["nextLink"])).json();
    let again = read(&emulator, &bearer, &next(&loops["nextLink"])).json();
    assert_eq!(loops["nextLink"], again["nextLink"]);
    assert_eq!(
        list("next-token-expired", "employees?nextToken=IjEwMCI=").status,
        400
    );
    assert_eq!(
        list("next-token-gone", "employees?nextToken=IjEwMCI=").status,
        404
    );
}

#[test]
fn envelopes_come_in_every_form() {
    assert!(
        list("plain", "employees")
            .text()
            .starts_with("{\"nextLink\":")
    );
    assert!(
        list("value-first", "employees")
            .text()
            .starts_with("{\"value\":")
    );
    assert!(list("bare-array", "companies").json().is_array());
    assert_eq!(
        list("values-envelope", "companies").json()["values"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(
        list("value-null", "companies").json(),
        json!({"value": null})
    );
    assert_eq!(list("value-missing", "companies").json(), json!({}));
    assert!(list("single-object", "companies").json()["value"].is_object());
}

#[test]
fn a01_a02_tokens_expire_and_are_refused() {
    let emulator = with("token-expiry");
    let dead = bearer(&emulator);
    let later = "employees?nextToken=IjEwMCI=";
    assert_eq!(read(&emulator, &dead, "employees").status, 200);
    assert_eq!(
        [later, later].map(|target| read(&emulator, &dead, target).status),
        [401, 401]
    );
    assert_eq!(read(&emulator, &bearer(&emulator), later).status, 200);
    let emulator = with("token-refused");
    let statuses = [0, 1, 2].map(|_| read(&emulator, &bearer(&emulator), "companies").status);
    assert_eq!(statuses, [200, 401, 401]);
    assert_eq!(
        token(&with("lifetime-as-text")).json()["expires_in"],
        "18",
        "an hour, as the client feels it"
    );
    assert_eq!(
        token(&with("token-without-lifetime"))
            .json()
            .get("expires_in"),
        None
    );
    let missing = token(&with("token-missing"));
    assert_eq!(
        (missing.status, missing.json().get("access_token")),
        (200, None)
    );
    assert_eq!(
        (
            token(&with("token-quota")).status,
            token(&with("wrong-secret")).status
        ),
        (429, 400)
    );
}

#[test]
fn tenants_are_wanted_ignored_or_wrong() {
    let status = |name: &str, headers: &[(&str, &str)]| {
        let emulator = with(name);
        let bearer = bearer(&emulator);
        let headers: Vec<_> = headers
            .iter()
            .copied()
            .chain([("Authorization", bearer.as_str())])
            .collect();
        get(&emulator, "/iam/v1.0/companies", &headers).status
    };
    let (right, wrong) = (("x-raet-tenant-id", "8001234"), ("X-Raet-Tenant-Id", "1"));
    assert_eq!(
        [
            status("plain", &[]),
            status("plain", &[right]),
            status("plain", &[wrong])
        ],
        [200, 200, 403]
    );
    assert_eq!(
        [
            status("tenant-required", &[]),
            status("tenant-required", &[right])
        ],
        [403, 200]
    );
    assert_eq!(
        [
            status("tenant-ignored", &[wrong]),
            status("tenant-404", &[wrong])
        ],
        [200, 404]
    );
    let client = ("X-Client-Id", "emulated-api-key-7f3d");
    assert_eq!(
        [
            status("client-id-required", &[]),
            status("client-id-required", &[client])
        ],
        [401, 200]
    );
    assert_eq!(status("client-id-mismatch", &[client]), 401);
}

#[test]
fn slices_cut_one_record_in_time() {
    let days = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(from, until)| ((*from).to_owned(), (*until).to_owned()))
            .collect()
    };
    let three = slices("slices-three");
    assert_eq!(three.len(), 3);
    assert!(
        three.windows(2).all(|two| two[0].1 == two[1].0),
        "one ends where the next begins"
    );
    assert_eq!(three[2].1, "9999-12-31");
    let ids: Vec<Value> = lead("slices-three", "employees")
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(
        slices("slices-adjacent")[1],
        ("2026-11-02".to_owned(), "9999-12-31".to_owned())
    );
    assert_eq!(slices("slices-gap")[1].0, "2026-12-02");
    assert_eq!(slices("slices-gap")[0].1, "2026-10-03");
    assert_eq!(
        slices("slice-future-only"),
        days(&[("2026-11-22", "9999-12-31")])
    );
    assert_eq!(slices("slice-past-only")[0].1, "2026-10-13");
    let names: Vec<Value> = lead("slices-overlapping", "employees")
        .iter()
        .map(|it| it["lastName"].clone())
        .collect();
    assert!(names.len() == 2 && names[0] != names[1]);
    assert_eq!(slices("valid-until-missing")[0].1, "-");
    assert_eq!(slices("valid-until-empty")[0].1, "");
    assert_eq!(slices("dates-with-zone")[0].1, "9999-12-31T00:00:00Z");
}

#[test]
fn a20_people_have_several_contracts() {
    let renewed = lead("contract-renewed", "employments");
    assert_eq!(
        (&renewed[0]["endDate"], &renewed[1]["validFrom"]),
        (&json!("2026-11-01"), &json!("2026-11-02"))
    );
    assert_ne!(renewed[0]["id"], renewed[1]["id"]);
    let (again, same) = (
        lead("rehire-new-id", "employees"),
        lead("rehire-same-id", "employees"),
    );
    assert!(
        again.len() == 2
            && again[0]["id"] != again[1]["id"]
            && again[0]["personCode"] == again[1]["personCode"]
    );
    assert!(same.len() == 2 && same[0]["id"] == same[1]["id"]);
    assert_eq!(same[0]["employments"][0]["dischargeDate"], "2026-09-03");
    let ends = |number: u64| {
        records(&with("termination-days"), number, "employees")[0]["employments"][0]["dischargeDate"].clone()
    };
    assert_eq!(
        [3, 4, 5].map(ends),
        ["2026-11-01", "2026-11-02", "2026-11-03"]
    );
    let first = |name: &str| lead(name, "employees")[0].clone();
    assert_eq!(first("person-code-missing").get("personCode"), None);
    assert_eq!(first("inactive-open")["isActive"], false);
    assert_eq!(
        first("active-discharged")["employments"][0]["dischargeDate"],
        "2026-10-13"
    );
    assert_eq!(first("deceased")["deceased"], true);
    assert_eq!(
        first("original-later")["employments"][0]["originalHireDate"],
        "2030-01-01"
    );
    assert_eq!(
        first("hire-date-missing")["employments"][0].get("hireDate"),
        None
    );
    assert!(lead("person-vanished", "employees").is_empty());
}

#[test]
fn a19_addresses_come_in_every_form() {
    let mails = |name: &str| lead(name, "employees")[0].get("emailAddresses").cloned();
    assert_eq!(
        mails("mail-only-private"),
        Some(json!([{"type": "Private", "address": "only@home.example"}]))
    );
    assert_eq!(mails("mail-array-missing"), None);
    assert_eq!(mails("mail-type-unknown").unwrap()[0]["type"], "Pigeon");
    assert_eq!(mails("mail-two-business").unwrap()[0]["address"], "");
    assert_eq!(
        mails("mail-address-missing").unwrap()[0],
        json!({"type": "Business"})
    );
    let kinds = [3, 4, 5].map(|number| {
        records(&with("mail-types-mixed"), number, "employees")[0]["emailAddresses"][0]["type"]
            .clone()
    });
    assert_eq!(kinds, ["Business", "business", "BUSINESS"]);
}

#[test]
fn names_and_look_ups_are_odd() {
    let first = |name: &str| lead(name, "employees")[0].clone();
    assert_eq!(first("known-as-missing").get("knownAs"), None);
    assert_eq!(
        first("name-long")["lastName"]
            .as_str()
            .unwrap()
            .chars()
            .count(),
        120
    );
    assert_eq!(
        first("company-unknown")["employments"][0]["company"],
        "XX99"
    );
    let renamed = list("company-renamed", "companies").json()["value"].clone();
    assert_eq!(
        (&renamed[0]["id"], &renamed[0]["validUntil"]),
        (&renamed[3]["id"], &renamed[3]["validFrom"])
    );
    let twins = list("company-same-short-name", "companies").json()["value"].clone();
    assert_eq!(twins[0]["shortName"], twins[3]["shortName"]);
    assert_eq!(
        list("manager-unknown", "organizationUnits").json()["value"][0]["manager"],
        "99999999"
    );
}

#[test]
fn a10_records_move_while_they_are_read() {
    let emulator = with("record-moved");
    let bearer = bearer(&emulator);
    let first = read(&emulator, &bearer, "employees").json()["value"][0]["id"].clone();
    let last = read(&emulator, &bearer, "employees?nextToken=IjIwMCI=").json()["value"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!((last.len(), &last[60]["id"]), (61, &first));
}

#[test]
fn part_of_it_is_out() {
    let emulator = with("employments-500");
    let bearer = bearer(&emulator);
    assert_eq!(
        ["employees", "employments", "companies"].map(|it| read(&emulator, &bearer, it).status),
        [200, 500, 200]
    );
    emulator.scenario("companies-500").unwrap();
    assert_eq!(read(&emulator, &bearer, "companies").status, 500);
}
