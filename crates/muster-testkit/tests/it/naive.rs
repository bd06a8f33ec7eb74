//! What a connector gets that takes the vendors' interfaces for simpler than they are: each fact with a request that such
//! a connector would make.

use crate::client::{
    bamboohr,
    personio::{bearer, bearer_v2, page},
    start, youserve,
};
use muster_testkit::emulator::{Emulator, Product, Switch};
use serde_json::{Value, json};

fn with(product: Product, scenarios: &[&str]) -> Emulator {
    let emulator = start(product);
    for scenario in scenarios {
        emulator.switch(&Switch::parse(scenario).unwrap()).unwrap();
    }
    emulator
}

fn personio(target: &str, bearer: &str, emulator: &Emulator) -> crate::client::Reply {
    crate::client::get(emulator, target, &[("Authorization", bearer)])
}

#[test]
fn personio_names_no_id_in_its_list_of_attributes_and_every_record_carries_one() {
    let emulator = with(Product::Personio, &[]);
    let bearer = bearer(&emulator);
    let listed = personio("/v1/company/employees/attributes", &bearer, &emulator).json();
    let keys = |data: &Value| {
        let all = data.as_array().unwrap().iter();
        all.map(|it| it["key"].clone()).collect::<Vec<_>>()
    };
    assert!(!keys(&listed["data"]).contains(&json!("id")));
    let rows = page(&emulator, &bearer, "limit=5&attributes[]=email").json();
    for row in rows["data"].as_array().unwrap() {
        assert!(row["attributes"]["id"]["value"].is_u64(), "{row}");
    }
}

#[test]
fn personio_sends_every_attribute_of_one_employee_whatever_is_asked_for() {
    let emulator = with(Product::Personio, &["salary-unasked"]);
    let bearer = bearer(&emulator);
    let one = personio(
        "/v1/company/employees/40003?attributes[]=id",
        &bearer,
        &emulator,
    );
    let attributes = one.json()["data"]["attributes"].clone();
    assert!(attributes.as_object().unwrap().len() > 20, "{attributes}");
    assert!(attributes.get("fix_salary").is_some());
}

#[test]
fn personio_refuses_pages_of_none_and_of_more_than_200() {
    let emulator = with(Product::Personio, &[]);
    let bearer = bearer(&emulator);
    for (query, status) in [
        ("limit=0", 400),
        ("limit=201", 400),
        ("limit=-1", 400),
        ("limit=many", 400),
        ("limit=1", 200),
        ("limit=200", 200),
    ] {
        assert_eq!(page(&emulator, &bearer, query).status, status, "{query}");
    }
}

#[test]
fn personio_v2_refuses_filters_operators_and_values_that_are_not_documented() {
    let emulator = with(Product::Personio, &[]);
    let bearer = bearer_v2(&emulator);
    for (target, status) in [
        ("/v2/persons?attributes[]=id", 400),
        ("/v2/persons?department=Sales", 400),
        ("/v2/persons?updated_at.gte=2026-01-01T00:00:00Z", 400),
        ("/v2/persons?email.gt=a", 400),
        ("/v2/persons?status=active", 400),
        ("/v2/persons?updated_at.gt=yesterday", 400),
        ("/v2/persons/40003?attributes[]=id", 400),
        ("/v2/persons/40003/employments?status=ACTIVE", 400),
        ("/v2/persons?status=ACTIVE&limit=5", 200),
        ("/v2/persons?updated_at.gt=2026-01-01T00:00:00Z", 200),
        ("/v2/persons/40003", 200),
    ] {
        let reply = personio(target, &bearer, &emulator);
        assert_eq!(reply.status, status, "{target}: {}", reply.text());
    }
}

#[test]
fn personio_v2_knows_departments_by_id_and_may_refuse_their_names() {
    let emulator = with(
        Product::Personio,
        &["org-unit-404,times=1,on=/v2/org-units"],
    );
    let bearer = bearer_v2(&emulator);
    let name = |id: &str| {
        let target = format!("/v2/org-units/{id}?type=department");
        personio(&target, &bearer, &emulator)
    };
    assert_eq!(name("7700").status, 404, "which says nothing of the others");
    assert!(name("7701").json()["name"].is_string());
}

#[test]
fn bamboohr_reports_transfers_to_come_unless_only_today_is_asked_for() {
    let emulator = with(Product::BambooHr, &["planned-transfer"]);
    let department = |current: bool| {
        let reply = bamboohr_report(&emulator, current, r#"["department"]"#);
        of_lead(&reply)["department"].clone()
    };
    assert_ne!(department(true), department(false));
    let jobs = bamboohr::read(&emulator, "/api/v1/employees/6/tables/jobInfo").json();
    let rows = jobs.as_array().unwrap();
    assert_eq!(rows.len(), 2, "one of them in the future");
    assert_ne!(rows[0]["department"], rows[1]["department"]);
}

#[test]
fn bamboohr_lists_planned_departures_as_inactive_months_ahead() {
    let emulator = with(Product::BambooHr, &["planned-leaver"]);
    for current in [true, false] {
        let reply = bamboohr_report(
            &emulator,
            current,
            r#"["status","employmentHistoryStatus","terminationDate"]"#,
        );
        let lead = of_lead(&reply);
        assert_eq!(lead["status"], "Inactive");
        assert_eq!(lead["employmentHistoryStatus"], "Terminated");
        assert_eq!(lead["terminationDate"] == "0000-00-00", current);
    }
}

#[test]
fn bamboohr_leaves_out_employees_who_are_to_start_where_only_today_is_asked_for() {
    let emulator = with(Product::BambooHr, &["future-start"]);
    let count = |current: bool| {
        let reply = bamboohr_report(&emulator, current, r#"["hireDate"]"#);
        reply["employees"].as_array().unwrap().len()
    };
    assert!(count(true) < count(false));
}

#[test]
fn bamboohr_datasets_have_pages_of_100_and_refuse_what_they_cannot_do() {
    let emulator = with(Product::BambooHr, &[]);
    let ask = |body: Value| bamboohr_post(&emulator, "v2/datasets/employee/data", &body);
    let usual = ask(json!({"fields": ["eeid"]})).json();
    assert_eq!(usual["data"].as_array().unwrap().len(), 100);
    assert_eq!(usual["meta"]["totalPages"], 2);
    for size in [0, 1_001, 5_000] {
        assert_eq!(
            ask(json!({"fields": ["eeid"], "pageSize": size})).status,
            422,
            "{size}"
        );
    }
    let by_name = json!({"fields": ["eeid"], "orderBy": "lastName asc"});
    assert_eq!(ask(by_name).status, 422);
    let by_id = json!({"fields": ["eeid"], "orderBy": "eeid asc", "pageSize": 1_000});
    assert_eq!(ask(by_id).status, 200);
    let supervisors = json!({"fields": ["eeid", "supervisorId", "supervisorEid"]});
    let rows = ask(supervisors).json();
    let has_both = |row: &Value| {
        row["fields"]["supervisorId"].is_string() && row["fields"]["supervisorEid"].is_string()
    };
    assert!(rows["data"].as_array().unwrap().iter().any(has_both));
}

#[test]
fn youserve_has_employments_and_vetoes_in_either_of_two_lists() {
    let emulator = with(Product::YouServe, &["nested-missing", "inactive-open"]);
    let bearer = youserve::bearer(&emulator);
    let employees = youserve::read(&emulator, &bearer, "employees?take=1000").json();
    let records = employees["value"].as_array().unwrap();
    assert!(
        records
            .iter()
            .all(|record| record.get("employments").is_none())
    );
    std::thread::sleep(std::time::Duration::from_millis(700));
    let own = youserve::records(&emulator, 3, "employments");
    assert_eq!(own[0]["isActive"], true);
    let vetoed = records
        .iter()
        .find(|record| record["personCode"] == own[0]["personCode"])
        .unwrap();
    assert_eq!(vetoed["isActive"], false);
}

/// The row of person 3.
fn of_lead(reply: &Value) -> Value {
    let rows = reply["employees"].as_array().unwrap();
    rows.iter().find(|row| row["id"] == "6").unwrap().clone()
}

fn bamboohr_report(emulator: &Emulator, only_current: bool, fields: &str) -> Value {
    let path = format!("v1/reports/custom?format=json&onlyCurrent={only_current}");
    let fields: Value = serde_json::from_str(fields).unwrap();
    bamboohr_post(emulator, &path, &json!({"title": "x", "fields": fields})).json()
}

fn bamboohr_post(emulator: &Emulator, path: &str, body: &Value) -> crate::client::Reply {
    crate::client::post(
        emulator,
        &format!("/api/gateway.php/acme/{path}"),
        &[
            ("Authorization", bamboohr::BASIC),
            ("Accept", "application/json"),
            ("Content-Type", "application/json"),
        ],
        &body.to_string(),
    )
}
