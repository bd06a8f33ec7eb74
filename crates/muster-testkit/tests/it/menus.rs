//! Every scenario of every menu: its name, its number, and that what it does can be seen.

use crate::client::{Reply, ask, bamboohr, start, youserve};
use crate::youserve_tokens::assertion_form;
use muster_testkit::emulator::{Emulator, Options, Product, scenario::Scope};
use std::{collections::HashSet, thread, time::Duration};

const PRODUCTS: [Product; 3] = [Product::Personio, Product::BambooHr, Product::YouServe];

/// A walk through everything that a provider offers, as seen by a client.
struct Walk<'a> {
    emulator: &'a Emulator,
    seen: Vec<Reply>,
    /// What is seen without the scenario; the walk ends where something else is seen.
    plain: &'a [Reply],
    patience: Duration,
}

impl Walk<'_> {
    fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let place = self.seen.len();
        if place > 0
            && self
                .plain
                .get(place - 1)
                .is_some_and(|plain| *plain != self.seen[place - 1])
        {
            return Reply::default();
        }
        // The narrowest limit of the three, at the speed of the walk.
        thread::sleep(Duration::from_millis(5));
        let mut reply = ask(
            &self.emulator.url(),
            method,
            target,
            headers,
            body,
            self.patience,
        );
        let whole = reply.clone();
        let volatile = ["date", "x-request-id", "x-ratelimit-remaining", "location"];
        // A clock that is off shows in the date's minute; where the stranger listens differs each time.
        let minute = reply
            .header("date")
            .map(|date| date.get(..22).unwrap_or_default().to_owned());
        reply
            .headers
            .retain(|(name, _)| !volatile.contains(&name.to_lowercase().as_str()));
        let far = minute.filter(|minute| !is_near(minute));
        if far.is_some() {
            reply.broken = "another time".to_owned();
        }
        let text = reply.text().replace(&self.emulator.url(), "URL");
        reply.body = without_times(&text).into_bytes();
        self.seen.push(reply);
        whole
    }

    fn get(&mut self, target: &str, bearer: &str) -> Reply {
        self.ask(
            "GET",
            target,
            &[("Authorization", bearer), ("Accept", "application/json")],
            "",
        )
    }
}

/// Whether a minute of a `Date` header is this one or a neighbour.
fn is_near(minute: &str) -> bool {
    #[allow(
        clippy::disallowed_methods,
        reason = "a test of a server's clock needs one"
    )]
    let now = jiff::Timestamp::now();
    (-1..=1).any(|away| {
        let near = now + jiff::SignedDuration::from_mins(away);
        near.strftime("%a, %d %b %Y %H:%M").to_string() == minute
    })
}

/// Error bodies of one provider have the time in them.
fn without_times(text: &str) -> String {
    match text.split_once("\"issuedAt\":\"") {
        Some((before, after)) => {
            format!(
                "{before}{}",
                after.split_once('"').map_or("", |(_, rest)| rest)
            )
        }
        None => text.to_owned(),
    }
}

fn personio(walk: &mut Walk<'_>) {
    let fields = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        walk.emulator.credential("client_id"),
        walk.emulator.credential("client_secret")
    );
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let token = walk.ask("POST", "/v2/auth/token", &form, &fields);
    let bearer = token
        .text()
        .split("\"access_token\":\"")
        .nth(1)
        .map_or("Bearer none".to_owned(), |rest| {
            format!("Bearer {}", rest.split('"').next().unwrap_or_default())
        });
    let company = walk.emulator.company();
    let departure = company
        .people
        .iter()
        .find(|it| it.service[0].until.is_some())
        .map_or(0, |it| 40_000 + it.number);
    walk.get(&format!("/v2/persons/{departure}/employments"), &bearer);
    for target in [
        "/v2/persons?limit=50",
        "/v2/org-units/7701?type=department",
        "/v2/persons?limit=50&cursor=%2B%2B%2B%2BNTA%3D",
        "/v2/persons/40003/employments",
        "/v2/persons/40001/employments",
        "/v2/persons/40003",
    ] {
        walk.get(target, &bearer);
    }
    let credentials = walk.emulator.credentials().to_string();
    let token = walk.ask(
        "POST",
        "/v1/auth",
        &[("Content-Type", "application/json")],
        &credentials,
    );
    let mut bearer = token
        .text()
        .split("\"token\":\"")
        .nth(1)
        .map_or("Bearer none".to_owned(), |rest| {
            format!("Bearer {}", rest.split('"').next().unwrap_or_default())
        });
    for query in [
        "limit=40",
        "limit=40&offset=40",
        "limit=40&offset=80",
        "limit=200",
        "limit=10&updated_since=2026-01-01",
    ] {
        let reply = walk.get(&format!("/v1/company/employees?{query}"), &bearer);
        if let Some(next) = reply.header("authorization") {
            bearer = next.to_owned();
        }
    }
    walk.get("/v1/company/employees/attributes", &bearer);
}

fn bamboo(walk: &mut Walk<'_>) {
    let (basic, typed) = (
        ("Authorization", bamboohr::BASIC),
        ("Content-Type", "application/json"),
    );
    let fields = "firstName,lastName,preferredName,workEmail,homeEmail,bestEmail,dateOfBirth,hireDate,originalHireDate,\
                  terminationDate,status,employmentHistoryStatus,alleo_access,4391,4392,department,supervisorEId";
    let named: Vec<&str> = fields.split(',').map(str::trim).collect();
    let body = serde_json::json!({"title": "sync", "fields": named}).to_string();
    walk.ask(
        "POST",
        "/api/v1/reports/custom?format=json&onlyCurrent=false",
        &[basic, typed],
        &body,
    );
    let less = serde_json::json!({"title": "sync", "fields": ["firstName"]}).to_string();
    walk.ask(
        "POST",
        "/api/v1/reports/custom?format=json&onlyCurrent=false",
        &[basic, typed],
        &less,
    );
    for target in [
        "/api/v1/meta/fields",
        "/api/v1/employees/all/tables/employmentStatus",
        "/api/v1/employees/changed?since=2026-10-25T00:00:00Z",
        "/api/v1/employees/changed?since=2030-01-01T00:00:00Z",
        "/api/v1/employees/directory",
        "/api/v1/employees/6?fields=id",
        "/api/gateway.php/other/v1/meta/fields",
    ] {
        walk.get(target, bamboohr::BASIC);
    }
    let id = (
        walk.emulator.credential("client_id"),
        walk.emulator.credential("client_secret"),
    );
    let code = walk.emulator.credential("code");
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let mut proof = format!("authorization_code&code={code}");
    for _ in 0..2 {
        let body = format!(
            "grant_type={proof}&client_id={}&client_secret={}",
            id.0, id.1
        );
        let token = walk
            .ask("POST", "/token.php?request=token", &form, &body)
            .text();
        let part = |name: &str| {
            let after = token
                .split(&format!("\"{name}\":\""))
                .nth(1)
                .unwrap_or("none\"");
            after.split('"').next().unwrap_or_default().to_owned()
        };
        if token.contains("refresh_token") {
            proof = format!("refresh_token&refresh_token={}", part("refresh_token"));
        }
        let bearer = format!("Bearer {}", part("access_token"));
        for target in [
            "page[limit]=40&fields=workEmail",
            "page[limit]=40&page[after]=NDA%3D",
        ] {
            walk.get(&format!("/api/v1/employees?{target}"), &bearer);
        }
    }
    let names = [
        "eeid",
        "firstName",
        "lastName",
        "email",
        "status",
        "noSuchField",
    ];
    for page in [1, 2, 3] {
        let body = serde_json::json!({"fields": names, "page": page, "pageSize": 40}).to_string();
        let headers = [basic, typed, bamboohr::JSON];
        walk.ask("POST", "/api/v2/datasets/employee/data", &headers, &body);
        walk.ask(
            "POST",
            &format!("/api/v1/datasets/employee?page={page}&page_size=40"),
            &headers,
            &body,
        );
    }
}

fn youserve(walk: &mut Walk<'_>) {
    let secret = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}",
        walk.emulator.credential("client_id"),
        walk.emulator.credential("client_secret")
    );
    let signed = assertion_form(walk.emulator);
    let token = walk.ask("POST", "/authentication/token", &youserve::FORM, &secret);
    walk.ask("POST", "/authentication/token", &youserve::FORM, &signed);
    let bearer = token
        .text()
        .split("\"access_token\":\"")
        .nth(1)
        .map_or("Bearer none".to_owned(), |rest| {
            format!("Bearer {}", rest.split('"').next().unwrap_or_default())
        });
    for target in [
        "employees",
        "employees?take=50&nextToken=IjUwIg==",
        "employees?take=100&nextToken=IjIwMCI=",
        "employees?take=500",
        "employees/36488004",
        "employments?take=500",
        "companies",
        "organizationUnits",
    ] {
        walk.get(&format!("/iam/v1.0/{target}"), &bearer);
    }
    for header in [
        ("X-Raet-Tenant-Id", "other"),
        ("X-Client-Id", "emulated-api-key-7f3d"),
    ] {
        walk.ask(
            "GET",
            "/iam/v1.0/companies",
            &[("Authorization", &bearer), header],
            "",
        );
    }
}

fn walk(product: Product, scenario: &str, plain: &[Reply]) -> Vec<Reply> {
    let speed = if product == Product::YouServe {
        200.0
    } else {
        1.0
    };
    let emulator = Emulator::start(
        product,
        &Options {
            speed,
            ..Options::default()
        },
    )
    .unwrap();
    emulator.scenario(scenario).unwrap();
    let hangs = ["silence", "slow-trickle", "endless-header"].contains(&scenario);
    let patience = Duration::from_millis(if hangs { 300 } else { 30_000 });
    let mut walk = Walk {
        emulator: &emulator,
        seen: Vec::new(),
        plain,
        patience,
    };
    match product {
        Product::Personio => personio(&mut walk),
        Product::BambooHr => bamboo(&mut walk),
        Product::YouServe => youserve(&mut walk),
    }
    walk.seen
}

#[track_caller]
fn check(product: Product) {
    let plain = walk(product, "plain", &[]);
    assert!(
        plain.iter().all(|reply| reply.broken.is_empty()),
        "an answer is not whole"
    );
    // No `assert_eq`: the answers are too long to be read.
    assert!(
        plain == walk(product, "plain", &plain),
        "two emulators with one seed answer the same"
    );
    let switched = product
        .scenarios()
        .into_iter()
        .filter(|scenario| scenario.scope != Scope::Always);
    let missing: Vec<_> = switched
        .map(|scenario| scenario.name)
        .filter(|name| walk(product, name, &plain) == plain)
        .collect();
    assert!(missing.is_empty(), "nothing can be seen of {missing:?}");
}

#[test]
fn every_scenario_of_personio_can_be_seen() {
    check(Product::Personio);
}

#[test]
fn every_scenario_of_bamboohr_can_be_seen() {
    check(Product::BambooHr);
}

#[test]
fn every_scenario_of_youserve_can_be_seen() {
    check(Product::YouServe);
}

#[test]
fn every_number_of_the_menus_has_scenarios_and_names_are_used_once() {
    for (product, numbers) in PRODUCTS.into_iter().zip([15, 12, 14]) {
        let list = product.scenarios();
        let found: HashSet<u8> = list.iter().map(|scenario| scenario.menu).collect();
        assert_eq!(found, (1..=numbers).collect(), "{product:?}");
        let names: HashSet<&str> = list.iter().map(|scenario| scenario.name).collect();
        assert_eq!(names.len(), list.len(), "{product:?}");
        let is_kebab = |name: &str| {
            name.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        };
        assert!(names.iter().all(|name| is_kebab(name)), "{names:?}");
    }
}

#[test]
fn plain_switches_all_off() {
    let emulator = start(Product::Personio);
    emulator.scenario("server-500").unwrap();
    emulator.scenario("plain").unwrap();
    assert_eq!(
        crate::client::get(&emulator, "/v1/nothing", &[("Authorization", "Bearer x")]).status,
        403
    );
}
