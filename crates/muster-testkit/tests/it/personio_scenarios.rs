//! What Personio's scenarios do, one by one.

use crate::client::{
    Reply, get,
    personio::{attributes, bearer, bearer_v2, page, token, token_v2},
    start,
};
use muster_testkit::emulator::{Emulator, Product};
use serde_json::{Value, json};

fn with(name: &str) -> Emulator {
    let emulator = start(Product::Personio);
    emulator.scenario(name).unwrap();
    emulator
}

/// The list's rows on pages of 100, with one token.
fn pages(emulator: &Emulator) -> Vec<Reply> {
    let bearer = bearer(emulator);
    [0, 100, 200]
        .map(|offset| page(emulator, &bearer, &format!("limit=100&offset={offset}")))
        .to_vec()
}

fn ids(reply: &Reply) -> Vec<u64> {
    let body = reply.json();
    let rows = body["data"].as_array().unwrap();
    rows.iter()
        .map(|row| row["attributes"]["id"]["value"].as_u64().unwrap())
        .collect()
}

/// The value of an attribute of person 3 while a scenario is on.
fn lead(name: &str, key: &str) -> Value {
    attributes(&with(name), 3)[key]["value"].clone()
}

#[test]
fn a01_token_dies_before_the_second_page_and_a_new_one_works() {
    let emulator = with("token-expiry");
    let replies = pages(&emulator);
    assert_eq!(
        replies.iter().map(|reply| reply.status).collect::<Vec<_>>(),
        [200, 403, 403]
    );
    assert_eq!(
        replies[1].json()["error"]["message"],
        "Provided authorization is not valid"
    );
    assert_eq!(
        ids(&pages(&emulator)[1])[0],
        40_101,
        "the same page works with a new token"
    );
    let emulator = with("token-expiry");
    let dead = bearer_v2(&emulator);
    let read = |bearer: &str| {
        get(
            &emulator,
            "/v2/persons?cursor=%2B%2B%2B%2BMTA%3D",
            &[("Authorization", bearer)],
        )
        .status
    };
    assert_eq!(
        (read(&dead), read(&dead), read(&bearer_v2(&emulator))),
        (401, 401, 200)
    );
}

#[test]
fn a02_tokens_and_secrets_are_refused() {
    let emulator = with("token-refused");
    for _ in 0..2 {
        let statuses: Vec<u16> = pages(&emulator).iter().map(|reply| reply.status).collect();
        assert_eq!(statuses[1..], [403, 403], "for ever");
    }
    let emulator = with("wrong-secret");
    assert_eq!(
        (token(&emulator).status, token_v2(&emulator).status),
        (403, 400)
    );
    assert_eq!(token_v2(&with("wrong-secret-401")).status, 401);
    assert_eq!(
        token(&with("token-without-lifetime")).json()["data"].get("expires_in"),
        None
    );
    let emulator = with("token-429");
    assert_eq!(
        (token(&emulator).status, token(&emulator).status),
        (429, 429),
        "it rests for a minute"
    );
}

#[test]
fn tokens_rotate_as_of_old() {
    let emulator = with("rotating-token");
    let mut current = bearer(&emulator);
    for offset in [0, 100, 200] {
        let reply = page(&emulator, &current, &format!("limit=100&offset={offset}"));
        assert_eq!(reply.status, 200);
        let next = reply.header("authorization").unwrap().to_owned();
        assert_eq!(
            page(&emulator, &current, "limit=1").status,
            403,
            "the old one is dead"
        );
        current = next;
    }
    let emulator = with("token-header-missing");
    assert!(
        pages(&emulator)
            .iter()
            .all(|reply| reply.status == 200 && reply.header("authorization").is_none())
    );
}

#[test]
fn a13_attributes_are_withheld_from_rows_and_list() {
    for (name, key) in [
        ("status-withheld", "status"),
        ("email-withheld", "email"),
        ("termination-withheld", "termination_date"),
        ("alleo-withheld", "dynamic_902114"),
        ("birthday-withheld", "dynamic_902077"),
        ("department-withheld", "department"),
    ] {
        let emulator = with(name);
        assert_eq!(attributes(&emulator, 5).get(key), None, "{name}");
        let bearer = bearer(&emulator);
        let list = get(
            &emulator,
            "/v1/company/employees/attributes",
            &[("Authorization", &bearer)],
        )
        .text();
        assert!(!list.contains(&format!("\"key\":\"{key}\"")), "{name}");
        let asked = page(&emulator, &bearer, &format!("limit=1&attributes[]={key}")).json();
        assert_eq!(
            asked["data"][0]["attributes"].as_object().unwrap().len(),
            1,
            "not even when asked for"
        );
    }
    let emulator = with("person-reduced");
    let bearer = bearer_v2(&emulator);
    let person = get(
        &emulator,
        "/v2/persons?limit=1",
        &[("Authorization", &bearer)],
    )
    .json();
    assert_eq!(
        person["_data"][0]
            .as_object()
            .unwrap()
            .keys()
            .collect::<Vec<_>>(),
        ["_meta", "employments", "id"]
    );
    let emulator = with("right-missing-401");
    let bearer = bearer_v2(&emulator);
    assert_eq!(
        get(&emulator, "/v2/persons", &[("Authorization", &bearer)]).status,
        401
    );
}

#[test]
fn a14_attributes_come_in_every_form() {
    let emulator = with("empty-forms");
    let form = |number| {
        attributes(&emulator, number)
            .get("termination_type")
            .map(|it| it["value"].clone())
    };
    assert_eq!(
        [4, 5, 6, 7].map(form),
        [Some(Value::Null), Some(json!("")), Some(json!([])), None]
    );
    let emulator = with("department-forms");
    let form = |number| attributes(&emulator, number)["department"]["value"].clone();
    assert_eq!([4, 5, 6].map(form), [Value::Null, json!(""), json!([])]);
    assert_eq!(form(7)["attributes"]["name"], "Logistik");
    assert!(lead("hours-as-number", "weekly_working_hours").is_u64());
    assert_eq!(lead("id-as-text", "id"), "40003");
    assert_eq!(
        attributes(&with("tags-as-json"), 4)["dynamic_902116"]["value"],
        "[\"A\",\"B\"]"
    );
    assert_eq!(
        attributes(&with("labels-german"), 4)["dynamic_902077"]["label"],
        "Geburtstag"
    );
    assert_eq!(
        attributes(&with("unknown-type"), 4)["email"]["type"],
        "hologram"
    );
    assert_eq!(
        attributes(&with("type-missing"), 4)["email"]
            .as_object()
            .unwrap()
            .len(),
        2
    );
    assert!(["Ja", "Nein"].contains(&lead("alleo-localized", "dynamic_902114").as_str().unwrap()));
    assert_eq!(lead("alleo-all-no", "dynamic_902114"), "No");
}

#[test]
fn a21_dates_come_in_every_form() {
    assert_eq!(lead("date-zero", "hire_date"), "0000-00-00");
    assert_eq!(
        lead("date-impossible", "hire_date"),
        "2026-02-30T00:00:00+01:00"
    );
    assert_eq!(
        lead("dates-local-mean-time", "dynamic_902077"),
        "1835-02-01T00:00:00+00:53"
    );
    assert_eq!(
        lead("date-extremes", "termination_date"),
        "9999-12-31T00:00:00+01:00"
    );
    assert_eq!(
        lead("date-leap-day", "dynamic_902077"),
        "1992-02-29T00:00:00+01:00"
    );
    assert_eq!(
        lead("date-dst-edges", "hire_date"),
        "2019-03-31T00:00:00+01:00"
    );
    assert_eq!(lead("dates-plain", "hire_date").as_str().unwrap().len(), 10);
    assert!(
        lead("dates-without-colon", "hire_date")
            .as_str()
            .unwrap()
            .ends_with("00")
    );
    assert!(
        !lead("dates-without-colon", "hire_date")
            .as_str()
            .unwrap()
            .ends_with(":00")
    );
}

#[test]
fn people_play_their_parts() {
    let plain = attributes(&start(Product::Personio), 3);
    let email = plain["email"]["value"].as_str().unwrap().to_owned();
    assert_eq!(lead("email-null", "email"), Value::Null);
    assert_eq!(lead("email-changed", "email"), format!("changed.{email}"));
    assert_eq!(
        attributes(&with("email-case-twins"), 4)["email"]["value"],
        email.to_uppercase()
    );
    assert_eq!(attributes(&with("email-same"), 4)["email"]["value"], email);
    assert_eq!(lead("on-leave", "status"), "leave");
    assert_eq!(lead("future-start", "status"), "onboarding");
    assert_eq!(
        lead("future-start", "hire_date"),
        "2026-11-16T00:00:00+01:00"
    );
    assert_eq!(lead("rehire-same-id", "termination_date"), Value::Null);
    assert_eq!(
        lead("rehire-same-id", "hire_date"),
        "2026-10-23T00:00:00+02:00"
    );
    assert_eq!(lead("inactive-future-termination", "status"), "inactive");
    let changed = with("id-changed");
    let last = ids(&pages(&changed)[2]);
    assert_eq!(
        last.last(),
        Some(&940_003),
        "the id changed, so the person is last"
    );
    let days = with("termination-days");
    let day = |number| {
        attributes(&days, number)["termination_date"]["value"]
            .as_str()
            .unwrap()[..10]
            .to_owned()
    };
    assert_eq!(
        [3, 4, 5].map(day),
        ["2026-11-01", "2026-11-02", "2026-11-03"]
    );
    let status = |number| attributes(&days, number)["status"]["value"].clone();
    assert_eq!([3, 4, 5].map(status), ["inactive", "active", "active"]);
    let wrong = attributes(&with("start-after-end"), 3);
    assert!(wrong["hire_date"]["value"].as_str() > wrong["termination_date"]["value"].as_str());
}

#[test]
fn v2_people_have_several_employments() {
    let employments = |name: &str| {
        let emulator = with(name);
        let bearer = bearer_v2(&emulator);
        get(
            &emulator,
            "/v2/persons/40003/employments",
            &[("Authorization", &bearer)],
        )
        .json()["_data"]
            .clone()
    };
    let switched = employments("sub-company-switch");
    assert_eq!(switched[0]["employment_start_date"], "2026-11-02");
    assert_eq!(switched[1]["termination"]["type"], "SUB_COMPANY_SWITCH");
    assert_eq!(switched[1]["termination"]["termination_date"], "2026-11-01");
    let both = employments("overlapping-employments");
    assert!(
        both.as_array()
            .unwrap()
            .iter()
            .all(|it| it["status"] == "ACTIVE")
            && both.as_array().unwrap().len() == 2
    );
    assert_eq!(
        employments("employment-reduced")[0]
            .as_object()
            .unwrap()
            .len(),
        4
    );
}

#[test]
fn a10_pages_shift_while_they_are_read() {
    let replies = pages(&with("person-deleted-mid-read"));
    assert_eq!(
        (ids(&replies[0])[99], ids(&replies[1])[0]),
        (40_100, 40_102),
        "one is skipped"
    );
    assert_eq!(replies[1].json()["metadata"]["total_elements"], 236);
    let replies = pages(&with("person-inserted-mid-read"));
    assert_eq!(
        (ids(&replies[0])[99], ids(&replies[1])[0]),
        (40_100, 40_100),
        "one comes twice"
    );
    assert_eq!(replies[1].json()["metadata"]["total_elements"], 238);
    assert_eq!(
        pages(&with("total-changes"))[1].json()["metadata"]["total_elements"],
        240
    );
    let replies = pages(&with("page-duplicate"));
    assert_eq!(ids(&replies[0]), ids(&replies[1]));
    let replies = pages(&with("empty-page"));
    assert!(ids(&replies[1]).is_empty() && ids(&replies[2]).len() == 37);
    assert_eq!(ids(&pages(&with("order-descending"))[0])[0], 40_237);
}

#[test]
fn a08_a09_lists_are_empty_or_half() {
    let replies = pages(&with("empty-list"));
    assert_eq!(
        (
            ids(&replies[0]).len(),
            &replies[0].json()["metadata"]["total_elements"]
        ),
        (0, &json!(0))
    );
    let replies = pages(&with("half-list"));
    assert_eq!(
        replies.iter().map(|reply| ids(reply).len()).sum::<usize>(),
        118
    );
    assert!(
        replies
            .iter()
            .all(|reply| reply.json()["metadata"]["total_elements"] == 237)
    );
}

#[test]
fn a11_pages_never_end() {
    let replies = pages(&with("page-for-ever"));
    assert_eq!(ids(&replies[0]), ids(&replies[2]));
    let emulator = with("next-link-self");
    let bearer = bearer_v2(&emulator);
    let read = |target: &str| get(&emulator, target, &[("Authorization", &bearer)]).json();
    let first = read("/v2/persons?limit=50");
    let next = first["_meta"]["links"]["next"]["href"]
        .as_str()
        .unwrap()
        .trim_start_matches(&emulator.url())
        .to_owned();
    let second = read(&format!("{next}&limit=50"));
    assert_eq!(
        second["_meta"]["links"]["next"],
        first["_meta"]["links"]["next"]
    );
}

#[test]
fn metadata_is_wrong_missing_or_text() {
    assert_eq!(
        pages(&with("total-pages-wrong"))[0].json()["metadata"]["total_pages"],
        99
    );
    assert_eq!(
        pages(&with("metadata-missing"))[0]
            .json()
            .as_object()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(pages(&with("offset-as-text"))[1].json()["offset"], "100");
    let emulator = with("limit-400");
    let bearer = bearer(&emulator);
    assert_eq!(page(&emulator, &bearer, "limit=101").status, 400);
    assert_eq!(page(&emulator, &bearer, "limit=100").status, 200);
}

#[test]
fn updated_since_may_ignore_pages() {
    let emulator = with("updated-since-whole");
    let bearer = bearer(&emulator);
    let one = page(&emulator, &bearer, "limit=5&updated_since=2026-09-01").json();
    let other = page(
        &emulator,
        &bearer,
        "limit=5&offset=50&updated_since=2026-09-01",
    )
    .json();
    assert!(one["data"].as_array().unwrap().len() > 5);
    assert_eq!(
        one["data"], other["data"],
        "the same answer for every offset"
    );
}

#[test]
fn a12_next_links_lead_elsewhere() {
    let link = |name: &str| {
        let emulator = with(name);
        let bearer = bearer_v2(&emulator);
        let body = get(
            &emulator,
            "/v2/persons?limit=10",
            &[("Authorization", &bearer)],
        )
        .json();
        body["_meta"]["links"]["next"]["href"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        link("next-link-relative"),
        "/v2/persons?cursor=%2B%2B%2B%2BMTA%3D"
    );
    assert!(link("next-link-raw-plus").ends_with("?cursor=++++MTA="));
    assert!(link("next-link-other-host").starts_with("http://localhost:"));
    assert!(link("next-link-http").starts_with("http://127.0.0.1:"));
    let emulator = with("cursor-expired");
    let bearer = bearer_v2(&emulator);
    let read = |target: &str| get(&emulator, target, &[("Authorization", &bearer)]).status;
    let cursor = "/v2/persons?cursor=%2B%2B%2B%2BMTA%3D";
    assert_eq!(
        [read("/v2/persons"), read(cursor), read(cursor)],
        [200, 400, 200]
    );
    assert_eq!(
        read("/v2/persons?cursor=++++MTA="),
        400,
        "a raw plus has become a blank"
    );
}

#[test]
fn salaries_come_unasked() {
    let emulator = with("salary-unasked");
    let bearer = bearer(&emulator);
    let body = page(&emulator, &bearer, "limit=1&attributes[]=email").json();
    assert_eq!(
        body["data"][0]["attributes"]["fix_salary"]["currency"],
        "EUR"
    );
}
