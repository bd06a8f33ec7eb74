//! Personio as documented: tokens, pages, attributes and limits.

use crate::client::{
    get,
    personio::{bearer, bearer_v2, page, token},
    start, start_fast,
};
use muster_testkit::emulator::{Emulator, Options, Product};
use serde_json::{Value, json};
use std::{collections::HashSet, thread, time::Duration};

pub(crate) const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");

#[test]
fn v1_gives_237_people_on_pages_of_100_100_and_37() {
    let emulator = start(Product::Personio);
    let bearer = bearer(&emulator);
    let mut ids = Vec::new();
    for (offset, count) in [(0, 100), (100, 100), (200, 37), (300, 0)] {
        let body = page(&emulator, &bearer, &format!("limit=100&offset={offset}")).json();
        assert_eq!(body["data"].as_array().unwrap().len(), count);
        assert_eq!(
            body["metadata"],
            json!({"total_elements": 237, "current_page": offset / 100, "total_pages": 3})
        );
        assert_eq!(
            (&body["offset"], &body["limit"]),
            (&json!(offset), &json!(100))
        );
        ids.extend(
            body["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["attributes"]["id"]["value"].as_u64().unwrap()),
        );
    }
    assert!(ids.is_sorted());
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 237);
    assert_eq!(
        page(&emulator, &bearer, "").json()["data"]
            .as_array()
            .unwrap()
            .len(),
        50,
        "the usual page"
    );
    assert_eq!(
        page(&emulator, &bearer, "limit=200").json()["limit"],
        100,
        "the largest page"
    );
}

#[test]
fn v1_gives_only_the_attributes_that_are_asked_for_and_the_id() {
    let emulator = start(Product::Personio);
    let bearer = bearer(&emulator);
    let body = page(
        &emulator,
        &bearer,
        "limit=1&attributes[]=email&attributes%5B%5D=department&attributes[]=fix_salary",
    )
    .json();
    let attributes = body["data"][0]["attributes"].as_object().unwrap();
    assert_eq!(
        attributes.keys().collect::<Vec<_>>(),
        ["department", "email", "id"],
        "a salary is not granted"
    );
    assert_eq!(attributes["email"]["universal_id"], "email");
    assert_eq!(attributes["department"]["value"]["type"], "Department");
}

#[test]
fn v1_filters_by_address_and_by_change() {
    let emulator = start(Product::Personio);
    let bearer = bearer(&emulator);
    let person = emulator.company().people[41].clone();
    let one = page(
        &emulator,
        &bearer,
        &format!("email={}", person.email.unwrap()),
    )
    .json();
    assert_eq!(one["data"].as_array().unwrap().len(), 1);
    assert_eq!(one["data"][0]["attributes"]["id"]["value"], 40_042);
    let since = "updated_since=2026-10-20T00:00:00";
    let changed = page(
        &emulator,
        &bearer,
        &format!("limit=100&{since}&email=nobody"),
    )
    .json();
    let expected = emulator
        .company()
        .people
        .iter()
        .filter(|it| it.changed.to_string().as_str() >= "2026-10-20")
        .count();
    assert_eq!(
        changed["metadata"]["total_elements"], expected,
        "with updated_since the address counts for nothing"
    );
    assert!(expected > 3 && expected < 100);
    assert_eq!(
        page(&emulator, &bearer, &format!("limit=3&{since}")).json()["data"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn v1_names_every_attribute_that_may_be_read() {
    let emulator = start(Product::Personio);
    let bearer = bearer(&emulator);
    let list = get(
        &emulator,
        "/v1/company/employees/attributes",
        &[("Authorization", &bearer)],
    )
    .json();
    let alleo = json!({"key": "dynamic_902114", "label": "Alleo", "type": "list", "universal_id": null, "options": ["Yes", "No"]});
    assert!(list["data"].as_array().unwrap().contains(&alleo));
    let listed: HashSet<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["key"].as_str().unwrap())
        .collect();
    let row = page(&emulator, &bearer, "limit=1").json();
    let given: HashSet<&str> = row["data"][0]["attributes"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let unlisted: Vec<&&str> = given.difference(&listed).collect();
    assert_eq!(unlisted, [&"id"], "every record carries it all the same");
    assert!(listed.is_subset(&given));
    let old = get(
        &emulator,
        "/v1/company/employees/custom-attributes",
        &[("Authorization", &bearer)],
    );
    assert_eq!(old.json(), list);
}

#[test]
fn v1_knows_one_person_and_says_in_german_that_another_is_unknown() {
    let emulator = start(Product::Personio);
    let bearer = bearer(&emulator);
    let one = get(
        &emulator,
        "/v1/company/employees/40007",
        &[("Authorization", &bearer)],
    )
    .json();
    assert_eq!(
        one["data"]["attributes"]["first_name"]["value"],
        emulator.company().people[6].first_name
    );
    let none = get(
        &emulator,
        "/v1/company/employees/99",
        &[("Authorization", &bearer)],
    );
    assert_eq!(
        (none.status, &none.json()["error"]["message"]),
        (404, &json!("Es ist ein Problem aufgetreten "))
    );
}

#[test]
fn v2_gives_everybody_by_cursor_ten_or_fifty_at_a_time() {
    let emulator = start(Product::Personio);
    let bearer = bearer_v2(&emulator);
    let read = |target: &str| get(&emulator, target, &[("Authorization", &bearer)]);
    assert_eq!(
        read("/v2/persons").json()["_data"]
            .as_array()
            .unwrap()
            .len(),
        10
    );
    assert_eq!(read("/v2/persons?limit=100").status, 400);
    let (mut target, mut ids, mut pages) = ("/v2/persons?limit=50".to_owned(), HashSet::new(), 0);
    loop {
        let body = read(&target).json();
        pages += 1;
        ids.extend(
            body["_data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].as_str().unwrap().to_owned()),
        );
        let Some(next) = body["_meta"]["links"]["next"]["href"].as_str() else {
            break;
        };
        assert!(
            next.starts_with(&format!("{}/v2/persons?cursor=%2B", emulator.url())),
            "{next}"
        );
        target = format!("{}&limit=50", next.trim_start_matches(&emulator.url()));
    }
    assert_eq!((ids.len(), pages), (237, 5));
    let one = read("/v2/persons?id=40005,40006").json();
    assert_eq!(one["_data"].as_array().unwrap().len(), 2);
    let gone = read("/v2/persons?limit=50&status=INACTIVE").json();
    assert!(
        gone["_data"]
            .as_array()
            .unwrap()
            .iter()
            .all(|row| row["status"] == "INACTIVE")
    );
}

#[test]
fn v2_employments_are_the_most_recent_first_and_name_the_department_by_id() {
    let emulator = start(Product::Personio);
    let bearer = bearer_v2(&emulator);
    let read = |target: &str| get(&emulator, target, &[("Authorization", &bearer)]);
    // Person 1 has a second contract, person 2 has none.
    let list = read("/v2/persons/40001/employments").json();
    let starts: Vec<&str> = list["_data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["employment_start_date"].as_str().unwrap())
        .collect();
    assert!(starts.len() == 2 && starts[0] > starts[1], "{starts:?}");
    assert_eq!(
        read("/v2/persons/40002/employments").json()["_data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let unit = list["_data"][0]["org_units"][1].clone();
    assert_eq!(unit["type"], "department");
    let named = read(&format!(
        "/v2/org-units/{}?type=department",
        unit["id"].as_str().unwrap()
    ))
    .json();
    let v1 = page(
        &emulator,
        &crate::client::personio::bearer(&emulator),
        "limit=1",
    )
    .json();
    assert_eq!(
        named["name"],
        v1["data"][0]["attributes"]["department"]["value"]["attributes"]["name"]
    );
    let unknown = read("/v2/persons/1/employments");
    assert_eq!(unknown.status, 404);
    assert_eq!(
        unknown.json()["errors"][0]["detail"],
        "There is no resource for the specified id."
    );
}

#[test]
fn v1_lists_are_limited_to_15_a_second() {
    // A second in five, so that a slow machine is fast enough to exceed the limit.
    let emulator = Emulator::start(
        Product::Personio,
        &Options {
            speed: 0.2,
            ..Options::default()
        },
    )
    .unwrap();
    let bearer = bearer(&emulator);
    let replies: Vec<_> = (0..16)
        .map(|_| page(&emulator, &bearer, "limit=1"))
        .collect();
    assert!(replies[..15].iter().all(|reply| reply.status == 200));
    let wait: u64 = replies[15].header("retry-after").unwrap().parse().unwrap();
    assert!(
        replies[15].status == 429 && (1..=5).contains(&wait),
        "{wait}"
    );
    thread::sleep(Duration::from_secs(wait));
    assert_eq!(page(&emulator, &bearer, "limit=1").status, 200);
}

#[test]
fn v1_lists_are_limited_to_300_a_minute() {
    // A minute in six seconds, so that fifteen a second are a hundred and fifty.
    let emulator = Emulator::start(
        Product::Personio,
        &Options {
            speed: 10.0,
            people: Some(3),
            ..Options::default()
        },
    )
    .unwrap();
    let bearer = bearer(&emulator);
    let mut taken = 0;
    let refused = loop {
        let reply = page(&emulator, &bearer, "limit=1");
        match reply
            .header("retry-after")
            .map(|wait| wait.parse::<u64>().unwrap())
        {
            None => taken += 1,
            // Within one second of the emulator.
            Some(1) => thread::sleep(Duration::from_millis(30)),
            Some(wait) => break wait,
        }
    };
    assert_eq!(taken, 300);
    assert!((2..=6).contains(&refused), "{refused}");
}

#[test]
fn tokens_are_limited_to_60_a_minute_and_then_rest() {
    let emulator = start(Product::Personio);
    let statuses: Vec<u16> = (0..62).map(|_| token(&emulator).status).collect();
    assert!(statuses[..60].iter().all(|status| *status == 200));
    assert_eq!(statuses[60..], [429, 429]);
    assert_eq!(token(&emulator).header("retry-after"), Some("60"));
}

#[test]
fn v2_has_a_bucket_and_says_on_every_answer_how_full_it_is() {
    let emulator = Emulator::start(
        Product::Personio,
        &Options {
            speed: 0.1,
            ..Options::default()
        },
    )
    .unwrap();
    let bearer = bearer_v2(&emulator);
    let read = || {
        get(
            &emulator,
            "/v2/org-units/7700",
            &[("Authorization", &bearer)],
        )
    };
    let first = read();
    assert_eq!(
        (
            first.header("x-ratelimit-burst-capacity"),
            first.header("x-ratelimit-remaining")
        ),
        (Some("100"), Some("99"))
    );
    let refused = (0..400)
        .map(|_| read())
        .find(|reply| reply.status != 200)
        .unwrap();
    assert_eq!(
        (
            refused.status,
            refused.header("retry-after"),
            refused.body.len()
        ),
        (429, None, 0)
    );
}

#[test]
fn ten_thousand_people_and_a_hundred_pages_are_read() {
    let emulator = Emulator::start(
        Product::Personio,
        &Options {
            people: Some(10_000),
            speed: 2_000.0,
            ..Options::default()
        },
    )
    .unwrap();
    let bearer = bearer(&emulator);
    let rows = |offset: usize| {
        let body = page(
            &emulator,
            &bearer,
            &format!("limit=100&offset={offset}&attributes[]=email"),
        )
        .json();
        body["data"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(
        (0..100).map(|number| rows(number * 100)).sum::<usize>(),
        10_000
    );
}

#[test]
fn dates_are_midnights_of_the_company_and_hours_are_text() {
    let emulator = start_fast(Product::Personio);
    let bearer = bearer(&emulator);
    let body = page(&emulator, &bearer, "limit=100").json();
    let company = emulator.company();
    for (row, person) in body["data"].as_array().unwrap().iter().zip(&company.people) {
        let value = |key: &str| row["attributes"][key]["value"].clone();
        let day = |value: Value| {
            value
                .as_str()
                .map(|text| text.get(..10).unwrap().to_owned())
        };
        assert!(value("hire_date").as_str().unwrap().contains("T00:00:00+0"));
        assert_eq!(day(value("dynamic_902077")), Some(person.born.to_string()));
        let service = person.serving(company.today);
        assert_eq!(
            day(value("termination_date")),
            service.until.map(|day| day.to_string())
        );
        assert_eq!(
            value("weekly_working_hours"),
            json!(person.hours.to_string())
        );
        assert_eq!(
            value("dynamic_902114"),
            json!(if person.access { "Yes" } else { "No" })
        );
    }
}
