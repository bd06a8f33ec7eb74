//! BambooHR: what is documented, and what its scenarios do.

use crate::client::{
    bamboohr::{BASIC, JSON, read, report, row},
    get, post, start, start_fast,
};
use muster_testkit::emulator::{Emulator, Options, Product, person::Standing};
use serde_json::{Value, json};

pub(crate) const TYPED: (&str, &str) = ("Content-Type", "application/json");
pub(crate) const BOTH_PATHS: [&str; 2] = ["/api/gateway.php/acme", "/api"];

pub(crate) fn with(name: &str) -> Emulator {
    let emulator = start_fast(Product::BambooHr);
    emulator.scenario(name).unwrap();
    emulator
}

pub(crate) fn lead(name: &str, field: &str) -> Value {
    row(&with(name), 3, field)[field].clone()
}

#[test]
fn a_report_has_all_114_people_whatever_their_status_in_one_answer() {
    let emulator = start(Product::BambooHr);
    let body = json!({"title": "sync", "fields": ["firstName", "status"]}).to_string();
    for path in BOTH_PATHS {
        let target = format!("{path}/v1/reports/custom?format=JSON&onlyCurrent=false");
        let reply = post(
            &emulator,
            &target,
            &[("Authorization", BASIC), TYPED],
            &body,
        );
        let body = reply.json();
        let rows = body["employees"].as_array().unwrap();
        assert_eq!(rows.len(), 114);
        let gone = rows
            .iter()
            .filter(|row| row["status"] == "Inactive")
            .count();
        let company = emulator.company();
        let expected = company
            .people
            .iter()
            .filter(|it| it.standing(company.today) == Standing::Inactive)
            .count();
        assert!(gone == expected && gone > 0);
        assert_eq!(
            body["fields"][0],
            json!({"id": "firstName", "type": "text", "name": "First Name"})
        );
        assert!(rows[0]["id"].is_string());
        assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
        assert!(reply.header("x-request-id").is_some());
    }
    let current = post(
        &emulator,
        "/api/v1/reports/custom?format=json",
        &[("Authorization", BASIC), TYPED],
        &body,
    )
    .json();
    assert!(
        current["employees"].as_array().unwrap().len() < 114,
        "who is to start is not current"
    );
    assert!(emulator.writes().is_empty(), "a report is a read");
}

#[test]
fn a_report_is_particular_about_its_headers() {
    let emulator = start(Product::BambooHr);
    let body = json!({"fields": ["firstName"]}).to_string();
    let ask = |query: &str, headers: &[(&str, &str)]| {
        let headers: Vec<_> = headers
            .iter()
            .copied()
            .chain([("Authorization", BASIC)])
            .collect();
        post(
            &emulator,
            &format!("/api/v1/reports/custom{query}"),
            &headers,
            &body,
        )
    };
    let charset = ask(
        "?format=json",
        &[("Content-Type", "application/json; charset=UTF-8")],
    );
    assert_eq!(
        (charset.status, charset.header("x-bamboohr-error-message")),
        (400, Some("Malformed XML"))
    );
    assert_eq!(ask("", &[TYPED, ("Accept", "*/*")]).status, 404);
    assert_eq!(ask("", &[TYPED, ("Accept", "application/xml")]).status, 404);
    assert_eq!(
        ask("", &[TYPED, JSON]).header("content-type"),
        Some("application/json")
    );
    assert_eq!(ask("", &[TYPED]).header("content-type"), Some("text/xml"));
    assert_eq!(
        get(
            &emulator,
            "/api/v1/meta/fields",
            &[("Authorization", BASIC)]
        )
        .header("content-type"),
        Some("text/xml")
    );
    let many: Vec<String> = (0..401).map(|number| number.to_string()).collect();
    assert_eq!(report(&emulator, &many.join(",")).status, 400);
    assert_eq!(report(&emulator, &many[..400].join(",")).status, 200);
}

#[test]
fn a_report_drops_unknown_fields_silently_and_takes_numbers() {
    let emulator = start(Product::BambooHr);
    let body = report(&emulator, "firstName,noSuchField,4391,payRate").json();
    let ids: Vec<&Value> = body["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| &field["id"])
        .collect();
    assert_eq!(
        ids,
        [&json!("firstName"), &json!(4391)],
        "a number in the list, text in the rows"
    );
    assert!(["true", "false"].contains(&body["employees"][0]["4391"].as_str().unwrap()));
    let since = json!({"fields": ["firstName"], "filters": {"lastChanged": {"includeNull": "no", "value": "2026-10-01T00:00:00Z"}}});
    let headers = [("Authorization", BASIC), JSON, TYPED];
    let some = post(
        &emulator,
        "/api/v1/reports/custom?format=json&onlyCurrent=false",
        &headers,
        &since.to_string(),
    )
    .json();
    let changed = emulator
        .company()
        .people
        .iter()
        .filter(|it| it.changed.to_string().as_str() >= "2026-10-01")
        .count();
    assert_eq!(some["employees"].as_array().unwrap().len(), changed);
    let mut nulls = since;
    nulls["filters"]["lastChanged"] = json!({"value": "2027-01-01T00:00:00Z"});
    let some = post(
        &emulator,
        "/api/v1/reports/custom?format=json",
        &headers,
        &nulls.to_string(),
    )
    .json();
    assert_eq!(
        some["employees"].as_array().unwrap().len(),
        2,
        "includeNull is yes unless said otherwise"
    );
}

#[test]
fn values_look_as_recorded() {
    let emulator = start_fast(Product::BambooHr);
    let company = emulator.company();
    let fields = "employeeNumber,terminationDate,originalHireDate,supervisor,supervisorId,supervisorEId,bestEmail,status,employmentStatus,employmentHistoryStatus";
    for person in &company.people[..40] {
        let row = row(&emulator, person.number, fields);
        assert_ne!(row["employeeNumber"], row["id"]);
        if person.serving(company.today).until.is_none() {
            assert_eq!(row["terminationDate"], "0000-00-00");
        }
        if let Some(chief) = person.supervisor.and_then(|number| company.person(number)) {
            assert_eq!(
                row["supervisorId"],
                (70_000 + chief.number).to_string(),
                "the employee number"
            );
            assert_eq!(
                row["supervisorEId"],
                (chief.number + 3).to_string(),
                "the id"
            );
            assert_eq!(
                row["supervisor"],
                format!("{}, {}", chief.full_last_name(), chief.first_name)
            );
        }
        assert_eq!(row["bestEmail"], json!(person.email));
        assert_eq!(
            row["status"], row["employmentStatus"],
            "an alias, not the list"
        );
        assert_eq!(
            row["employmentHistoryStatus"] == "Terminated",
            row["status"] == "Inactive"
        );
    }
}

#[test]
fn keys_are_distinguished_and_failures_are_empty_html() {
    let emulator = start(Product::BambooHr);
    let wrong = get(
        &emulator,
        "/api/gateway.php/acme/v1/meta/fields",
        &[("Authorization", "Basic eDp4"), JSON],
    );
    assert_eq!((wrong.status, wrong.body.len()), (401, 0));
    assert_eq!(
        wrong.header("content-type"),
        Some("text/html; charset=UTF-8")
    );
    assert_eq!(
        wrong.header("x-bamboohr-error-message"),
        Some("API key not provided or invalid")
    );
    assert_eq!(
        wrong.header("www-authenticate"),
        Some("Basic realm=\"https://api.bamboohr.com/acme\"")
    );
    // The key with the password `secret`.
    let other = "Basic MGYzYzlhN2I1ZDFlMmY0YTZiOGMwZDJlNGY2YThiMGMxZDNlNWY3MDpzZWNyZXQ=";
    assert_eq!(
        get(
            &emulator,
            "/api/v1/meta/fields",
            &[("Authorization", other), JSON]
        )
        .status,
        200
    );
    assert_eq!(
        read(&emulator, "/api/gateway.php/other/v1/meta/fields").status,
        404
    );
    assert_eq!(
        read(
            &with("wrong-domain-401"),
            "/api/gateway.php/other/v1/meta/fields"
        )
        .status,
        401
    );
    assert_eq!(
        read(&with("key-disabled"), "/api/v1/meta/fields").status,
        403
    );
    let locked: Vec<u16> = (0..11)
        .map(|_| get(&emulator, "/api/v1/meta/fields", &[]).status)
        .collect();
    assert_eq!(locked.last(), Some(&429), "failures count");
}

#[test]
fn a03_reads_are_limited_and_the_wait_is_reported() {
    // A second in ten, so that a slow machine is fast enough to exceed the limit.
    let emulator = Emulator::start(
        Product::BambooHr,
        &Options {
            speed: 0.1,
            ..Options::default()
        },
    )
    .unwrap();
    let refused = (0..60)
        .map(|_| read(&emulator, "/api/v1/employees/0"))
        .find(|reply| reply.status != 200)
        .unwrap();
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!(refused.status == 429 && (5..=10).contains(&wait), "{wait}");
    let old = read(&with("throttled-503-seconds"), "/api/v1/employees/0");
    assert_eq!((old.status, old.header("retry-after")), (503, Some("2")));
    assert_eq!(
        read(&with("throttled-503"), "/api/v1/employees/0").header("retry-after"),
        None
    );
    assert!(
        read(&with("throttled-503-date"), "/api/v1/employees/0")
            .header("retry-after")
            .unwrap()
            .ends_with("GMT")
    );
}

#[test]
fn a13_fields_are_withheld_from_list_and_rows() {
    for (name, field) in [
        ("work-email-withheld", "workEmail"),
        ("birth-date-withheld", "dateOfBirth"),
        ("termination-withheld", "terminationDate"),
        ("alleo-withheld", "alleo_access"),
    ] {
        let emulator = with(name);
        let body = report(&emulator, &format!("firstName,{field}")).json();
        assert_eq!(body["fields"].as_array().unwrap().len(), 1, "{name}");
        assert_eq!(body["employees"][0].as_object().unwrap().len(), 2, "{name}");
        assert!(
            !read(&emulator, "/api/v1/meta/fields")
                .text()
                .contains(field),
            "{name}"
        );
    }
    assert_eq!(
        read(&with("directory-403"), "/api/v1/employees/directory").status,
        403
    );
    assert_eq!(
        read(&with("directory-empty-404"), "/api/v1/employees/directory").status,
        404
    );
}

#[test]
fn a14_values_come_in_every_form() {
    let nothing = |name| row(&with(name), 2, "originalHireDate")["originalHireDate"].clone();
    assert_eq!(
        (nothing("dates-empty"), nothing("dates-null")),
        (json!(""), Value::Null)
    );
    let emulator = with("nothing-forms");
    let form = |number| {
        row(&emulator, number, "originalHireDate")
            .get("originalHireDate")
            .cloned()
    };
    assert_eq!(
        [4, 9, 6, 7].map(form),
        [
            Some(json!("")),
            Some(Value::Null),
            None,
            Some(json!("0000-00-00"))
        ]
    );
    assert_eq!(row(&with("id-as-number"), 3, "status")["id"], 6);
    assert!(lead("bool-real", "alleo_access").is_boolean());
    assert!(["Yes", "No"].contains(&lead("bool-yes-no", "alleo_access").as_str().unwrap()));
    assert!(["1", "0"].contains(&lead("bool-digit", "alleo_access").as_str().unwrap()));
    let nameless = with("alias-missing");
    assert_eq!(
        report(&nameless, "alleo_access,4391").json()["fields"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        report(&with("field-id-decimal"), "4391").json()["fields"][0]["id"],
        "4391.0"
    );
    assert_eq!(
        row(&with("unlisted-key"), 3, "status")["terminationDate"],
        ""
    );
    assert_eq!(lead("status-localized", "status"), "Aktiv");
    assert_eq!(lead("status-swapped", "employmentHistoryStatus"), "Active");
    assert_eq!(
        row(&with("names-odd"), 7, "firstName")["firstName"],
        "O&#039;Neil"
    );
    assert_eq!(lead("email-both-null", "bestEmail"), Value::Null);
    assert!(
        lead("email-padded", "workEmail")
            .as_str()
            .unwrap()
            .starts_with("  ")
    );
    let shell = row(
        &with("shell-person"),
        3,
        "firstName,hireDate,dateOfBirth,workEmail,department,status",
    );
    assert_eq!(
        (&shell["hireDate"], &shell["dateOfBirth"]),
        (&json!("0000-00-00"), &json!("0000-00-00"))
    );
    assert_eq!(
        (&shell["workEmail"], &shell["department"], &shell["status"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(lead("inactive-without-termination", "status"), "Inactive");
    assert!(
        lead("active-with-termination", "terminationDate")
            .as_str()
            .unwrap()
            > "2000"
    );
}

#[test]
fn leaving_to_come_is_in_the_table_before_it_is_in_the_report() {
    let emulator = with("termination-days");
    let rows = |number: u64| {
        let id = number + 3;
        read(
            &emulator,
            &format!("/api/v1/employees/{id}/tables/employmentStatus"),
        )
        .json()
        .as_array()
        .unwrap()
        .clone()
    };
    let ends = |number| {
        let all = rows(number);
        all.iter()
            .find(|row| row["employmentStatus"] == "Terminated")
            .map(|row| row["date"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        [3, 4, 5].map(ends),
        ["2026-11-01", "2026-11-02", "2026-11-03"].map(|day| Some(day.to_owned()))
    );
    let headers = [("Authorization", BASIC), JSON, TYPED];
    let body = json!({"fields": ["terminationDate", "status"]}).to_string();
    let current = post(
        &emulator,
        "/api/v1/reports/custom?format=json",
        &headers,
        &body,
    )
    .json();
    let row = |id: &str| {
        current["employees"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["id"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (&row("6")["status"], &row("6")["terminationDate"]),
        (&json!("Inactive"), &json!("2026-11-01"))
    );
    assert_eq!(
        (&row("8")["status"], &row("8")["terminationDate"]),
        (&json!("Active"), &json!("0000-00-00"))
    );
    let all = read(&emulator, "/api/v1/employees/all/tables/employmentStatus").json();
    assert!(all.as_array().unwrap().len() > 114);
    assert_eq!(
        read(&emulator, "/api/v1/employees/all/tables/secrets").status,
        404
    );
    assert_eq!(
        read(&emulator, "/api/v1/employees/99999/tables/jobInfo").status,
        404
    );
    let twice = with("overlapping-rows");
    let table = read(&twice, "/api/v1/employees/6/tables/employmentStatus").json();
    assert_eq!(
        table[0]["date"],
        table.as_array().unwrap().last().unwrap()["date"]
    );
}
