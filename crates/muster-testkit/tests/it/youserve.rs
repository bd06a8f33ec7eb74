//! YouServe as documented: tokens, links, records, limits.

use crate::client::{
    get, post, start, start_fast,
    youserve::{FORM, bearer, read, records, token},
};
use muster_testkit::emulator::{Emulator, Options, Product};
use serde_json::{Value, json};
use std::{collections::HashSet, thread, time::Duration};

#[test]
fn a_list_has_260_records_of_231_people_on_pages_of_100() {
    let emulator = start_fast(Product::YouServe);
    let bearer = bearer(&emulator);
    let (mut target, mut rows, mut sizes) = ("employees".to_owned(), Vec::new(), Vec::new());
    loop {
        let body = read(&emulator, &bearer, &target).json();
        let page = body["value"].as_array().unwrap().clone();
        sizes.push(page.len());
        rows.extend(page);
        let Some(link) = body.get("nextLink") else {
            break;
        };
        let link = link.as_str().unwrap();
        assert!(
            link.starts_with("/v1.0/employees?take=100&nextToken="),
            "{link}: relative, and without /iam"
        );
        assert_eq!(
            get(&emulator, link, &[("Authorization", &bearer)]).status,
            404,
            "taken as it is it leads nowhere"
        );
        target = format!("employees?{}", link.split_once('?').unwrap().1);
    }
    assert_eq!(sizes, [100, 100, 60]);
    let ids: HashSet<String> = rows.iter().map(|row| row["id"].to_string()).collect();
    let codes: HashSet<String> = rows
        .iter()
        .map(|row| row["personCode"].to_string())
        .collect();
    assert_eq!((ids.len(), codes.len()), (260, 231));
}

#[test]
fn a_record_has_what_is_known_and_nothing_else() {
    let emulator = start_fast(Product::YouServe);
    let bearer = bearer(&emulator);
    let all = read(&emulator, &bearer, "EMPLOYEES?take=1000").json();
    assert!(
        !all.to_string().contains("null"),
        "what has no value is left out"
    );
    let two = records(&emulator, 1, "employees");
    assert_eq!(two.len(), 2, "two contracts are two records");
    assert_eq!(two[0]["personCode"], two[1]["personCode"]);
    assert_ne!(
        two[0]["employments"][0]["company"],
        two[1]["employments"][0]["company"]
    );
    let company = emulator.company();
    let person = company
        .people
        .iter()
        .find(|it| !it.prefix.is_empty() && it.service.len() == 1)
        .unwrap();
    let record = &records(&emulator, person.number, "employees")[0];
    assert_eq!(
        record["lastName"],
        person.full_last_name(),
        "the prefix is inside"
    );
    assert_eq!(
        (&record["knownAs"], &record["validUntil"]),
        (&json!(person.first_name), &json!("9999-12-31"))
    );
    assert_eq!(
        record["extensions"][0],
        json!({"key": "alleo", "value": if person.access { "J" } else { "N" }})
    );
    let mail = json!({"type": "Business", "address": person.email});
    assert_eq!(record["emailAddresses"][0], mail);
}

#[test]
fn contracts_join_people_by_code_and_companies_by_short_name() {
    let emulator = start_fast(Product::YouServe);
    let bearer = bearer(&emulator);
    let list = |name: &str| {
        read(&emulator, &bearer, &format!("{name}?take=1000")).json()["value"]
            .as_array()
            .unwrap()
            .clone()
    };
    let (employees, employments, companies) =
        (list("employees"), list("employments"), list("companies"));
    assert_eq!(employments.len(), employees.len());
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let codes: HashSet<String> = employees
        .iter()
        .map(|row| text(row, "personCode"))
        .collect();
    let names: HashSet<String> = companies.iter().map(|row| text(row, "shortName")).collect();
    for row in &employments {
        assert!(codes.contains(&text(row, "personCode")) && names.contains(&text(row, "company")));
        if let Some(last) = row.get("dischargeDate") {
            assert!(row["validUntil"].as_str() > last.as_str(), "half-open");
        }
    }
    assert_eq!(list("organizationUnits").len(), 8);
    assert_eq!(list("valueList/costCenter").len(), 8);
    assert_eq!(
        read(&emulator, &bearer, "companies/7001").json()["shortName"],
        "NL01"
    );
    assert_eq!(read(&emulator, &bearer, "companies/1").status, 404);
}

#[test]
fn who_left_over_ninety_days_ago_is_gone_and_who_starts_is_not_given_alone() {
    let emulator = start_fast(Product::YouServe);
    let bearer = bearer(&emulator);
    let count = || {
        let list = read(&emulator, &bearer, "employees?take=1000").json();
        list["value"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["personCode"].to_string())
            .collect::<HashSet<_>>()
            .len()
    };
    let before = count();
    emulator.age(200);
    assert!(count() < emulator.company().people.len() && before == 231);
    emulator.change(|company| {
        let services = &mut company.people[4].service;
        services.truncate(1);
        (services[0].from, services[0].until) = ("2030-01-01".parse().unwrap(), None);
    });
    let id = records(&emulator, 5, "employees")[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        read(&emulator, &bearer, &format!("employees/{id}")).status,
        404
    );
}

#[test]
fn lists_are_filtered_by_code_company_and_change() {
    let emulator = start_fast(Product::YouServe);
    let bearer = bearer(&emulator);
    let count = |query: &str| {
        read(&emulator, &bearer, &format!("employees?take=1000&{query}")).json()["value"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(count("personCode=100001"), 2);
    assert!(count("company=BE01") < 40);
    let changed = count("from=2026-10-20T00:00:00.000Z&to=2026-11-03T00:00:00.000Z");
    assert!(changed > 5 && changed < 100, "{changed}");
    assert_eq!(count("isActive=true") + count("isActive=false"), 260);
}

#[test]
fn tokens_want_a_form_and_no_cache() {
    let emulator = start(Product::YouServe);
    let good = token(&emulator).json();
    assert_eq!(
        (&good["expires_in"], &good["token_type"]),
        (&json!(3_600), &json!("Bearer"))
    );
    assert_ne!(
        token(&emulator).json()["access_token"],
        good["access_token"],
        "another one each time"
    );
    assert_eq!(
        post(
            &emulator,
            "/authentication/token",
            &FORM[..1],
            "grant_type=client_credentials"
        )
        .status,
        400
    );
    let wrong = post(
        &emulator,
        "/authentication/token",
        &FORM,
        "grant_type=client_credentials&client_id=x&client_secret=y",
    );
    assert_eq!(
        (wrong.status, &wrong.json()["error"]),
        (400, &json!("invalid_client"))
    );
    let none = get(&emulator, "/iam/v1.0/employees", &[]);
    assert_eq!(
        (none.status, &none.json()["error"]["errorCode"]),
        (401, &json!("Unauthorized"))
    );
    assert!(none.json()["error"]["correlationId"].is_string());
}

#[test]
fn a_token_dies_after_an_hour() {
    let emulator = Emulator::start(
        Product::YouServe,
        &Options {
            speed: 1_200.0,
            ..Options::default()
        },
    )
    .unwrap();
    let bearer = bearer(&emulator);
    assert_eq!(read(&emulator, &bearer, "companies").status, 200);
    thread::sleep(Duration::from_millis(3_100));
    assert_eq!(read(&emulator, &bearer, "companies").status, 401);
}

#[test]
fn calls_are_limited_to_one_in_600_milliseconds() {
    // Three seconds and not 0.6, so that a slow machine is fast enough to exceed the limit.
    let emulator = Emulator::start(
        Product::YouServe,
        &Options {
            speed: 0.2,
            ..Options::default()
        },
    )
    .unwrap();
    let bearer = bearer(&emulator);
    let statuses = [0, 0, 3_050].map(|wait| {
        thread::sleep(Duration::from_millis(wait));
        read(&emulator, &bearer, "companies").status
    });
    assert_eq!(statuses, [200, 429, 200]);
    thread::sleep(Duration::from_millis(50));
    let refused = read(&emulator, &bearer, "companies");
    assert_eq!(
        (
            refused.header("retry-after"),
            &refused.json()["error"]["errorCode"]
        ),
        (None, &json!("Too Many Requests"))
    );
}

#[test]
fn token_calls_are_limited_to_400_a_month() {
    let emulator = start(Product::YouServe);
    let statuses: Vec<u16> = (0..401).map(|_| token(&emulator).status).collect();
    assert!(statuses[..400].iter().all(|status| *status == 200));
    assert_eq!(statuses[400], 429);
}

#[test]
fn a_fourth_call_at_the_same_time_is_refused() {
    let emulator = start_fast(Product::YouServe);
    let bearer = bearer(&emulator);
    emulator.scenario("silence").unwrap();
    let waiting = |_| {
        let (url, bearer) = (emulator.url(), bearer.clone());
        thread::spawn(move || {
            let headers = [("Authorization", bearer.as_str())];
            crate::client::ask(
                &url,
                "GET",
                "/iam/v1.0/companies",
                &headers,
                "",
                Duration::from_millis(800),
            )
        })
    };
    let three: Vec<_> = (0..3).map(waiting).collect();
    while emulator
        .requests()
        .iter()
        .filter(|asked| !asked.token)
        .count()
        < 3
    {
        thread::sleep(Duration::from_millis(5));
    }
    emulator.scenario("plain").unwrap();
    assert_eq!(read(&emulator, &bearer, "companies").status, 429);
    assert_eq!(emulator.requests().last().unwrap().parallel, 4);
    for thread in three {
        assert_eq!(thread.join().unwrap().broken, "too slow");
    }
}

#[test]
fn five_thousand_people_are_read_page_by_page() {
    let emulator = Emulator::start(
        Product::YouServe,
        &Options {
            people: Some(5_000),
            speed: 200.0,
            ..Options::default()
        },
    )
    .unwrap();
    let mut codes = HashSet::new();
    let mut target = "employees?take=500".to_owned();
    loop {
        // A token for each page: on a slow machine one does not live through all of them at this speed.
        let body = read(&emulator, &bearer(&emulator), &target).json();
        codes.extend(
            body["value"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["personCode"].to_string()),
        );
        let Some(link) = body.get("nextLink") else {
            break;
        };
        target = format!(
            "employees?{}",
            link.as_str().unwrap().split_once('?').unwrap().1
        );
    }
    assert_eq!(codes.len(), 5_000);
}
