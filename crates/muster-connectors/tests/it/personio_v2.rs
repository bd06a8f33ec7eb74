//! Personio v2 against its emulator: persons by cursor, and the employment that counts.

use crate::{
    personio::{company_of, everything, personio},
    scripted::{ScriptedServer, http, reply},
    session::{Ground, Read, cell, connector, described, described_error, wanted},
};
use muster_connectors::connector::{ErrorKind, FieldState};
use muster_core::{
    model::{code::Code, problem::Problem},
    read::reading::PartialReason,
};
use muster_testkit::emulator::Emulator;

const LEAD: &str = "40003";
const PEOPLE: usize = 60;

fn started(scenarios: &[&str]) -> Emulator {
    company_of(PEOPLE, scenarios)
}

fn read(emulator: &Emulator) -> Read {
    let ground = Ground::default();
    let read = ground.read(&*personio(emulator, "v2"), &everything());
    assert!(emulator.writes().is_empty() && emulator.stranger_requests().is_empty());
    assert!(
        !ground
            .tokens
            .text()
            .contains(&emulator.credential("client_secret"))
    );
    read
}

#[track_caller]
fn says(scenario: &str, column: &str, expected: &str) {
    assert_eq!(
        cell(&read(&started(&[scenario])).unwrap().0, LEAD, column),
        expected,
        "{scenario}"
    );
}

#[test]
fn both_versions_say_the_same_of_everybody() {
    let emulator = started(&[]);
    let wanted = everything();
    let (first, _) = Ground::default()
        .read(&*personio(&emulator, "v1"), &wanted)
        .unwrap();
    let (second, extent) = read(&emulator).unwrap();
    assert_eq!(
        (second.len(), extent.partial, extent.problems),
        (PEOPLE, None, Vec::new())
    );
    // Of two employments at a time version 1 shows another one than version 2 lists first.
    for person in emulator
        .company()
        .people
        .iter()
        .filter(|person| person.second.is_none())
    {
        let id = (40_000 + person.number).to_string();
        for column in &wanted.columns {
            assert_eq!(
                cell(&second, &id, column),
                cell(&first, &id, column),
                "{column} of {id}"
            );
        }
    }
}

#[test]
fn the_token_is_asked_for_with_a_form() {
    let emulator = started(&[]);
    let _read = read(&emulator).unwrap();
    let asked = emulator.token_requests();
    assert_eq!(
        (asked.len(), asked[0].header("content-type")),
        (1, Some("application/x-www-form-urlencoded"))
    );
    assert!(
        emulator
            .requests()
            .iter()
            .all(|asked| !asked.query.contains("secret"))
    );
    for scenario in ["wrong-secret", "wrong-secret-401"] {
        let emulator = started(&[scenario]);
        let error = read(&emulator).unwrap_err();
        assert_eq!(
            (error.kind, emulator.requests().len()),
            (ErrorKind::Unauthorised, 1),
            "{error}"
        );
        assert!(
            error.failed_request().unwrap().request_id.is_some(),
            "the trace is in the body"
        );
    }
}

#[test]
fn a1_a_token_that_expires_is_renewed_and_a_missing_right_looks_the_same() {
    let emulator = started(&["token-expiry"]);
    assert_eq!(read(&emulator).unwrap().0.len(), PEOPLE);
    let emulator = started(&["right-missing-401"]);
    let error = read(&emulator).unwrap_err();
    assert_eq!(
        (error.kind, emulator.token_requests().len()),
        (ErrorKind::Forbidden, 2)
    );
}

#[test]
fn links_are_relative_or_have_a_raw_plus() {
    for scenario in ["next-link-relative", "next-link-raw-plus"] {
        let (records, extent) = read(&started(&[scenario])).unwrap();
        assert_eq!(
            (records.len(), extent.partial),
            (PEOPLE, None),
            "{scenario}"
        );
    }
}

#[test]
fn a12_a_link_to_another_origin_is_refused_with_both_named() {
    for scenario in ["next-link-other-host", "next-link-http"] {
        let emulator = started(&[scenario]);
        let error = read(&emulator).unwrap_err();
        assert_eq!(
            (error.kind, error.code()),
            (ErrorKind::Refused, Code::ApiLink),
            "{scenario}"
        );
        assert!(described_error(&error).contains(&emulator.url()), "{error}");
    }
}

#[test]
fn a11_a_link_to_its_own_page_ends_the_read() {
    for scenario in ["next-link-self", "page-for-ever"] {
        let (_, extent) = read(&started(&[&format!("{scenario},on=/v2/persons")])).unwrap();
        assert_eq!(extent.partial, Some(PartialReason::Truncated), "{scenario}");
        assert_eq!(extent.problems[0].code, Code::ApiLink);
    }
}

#[test]
fn a10_people_who_move_between_pages_are_read_again() {
    let (records, extent) = read(&started(&["person-inserted-mid-read,after=1,times=1"])).unwrap();
    assert_eq!((records.len(), extent.partial), (PEOPLE, None));
    let (_, extent) = read(&started(&["person-inserted-mid-read"])).unwrap();
    assert_eq!(extent.partial, Some(PartialReason::ChangedWhileReading));
}

#[test]
fn an_expired_cursor_ends_the_read() {
    let error = read(&started(&["cursor-expired"])).unwrap_err();
    assert!(
        error.kind == ErrorKind::Refused && described_error(&error).contains("filter encoding"),
        "{error}"
    );
}

#[test]
fn a13_a_person_reduced_to_an_id_is_a_missing_right() {
    for scenario in [
        "person-reduced",
        "employment-reduced",
        "email-withheld",
        "status-withheld",
    ] {
        let (records, extent) = read(&started(&[scenario])).unwrap();
        assert_eq!(
            (records.len(), extent.partial),
            (PEOPLE, Some(PartialReason::AttributeWithheld)),
            "{scenario}"
        );
        assert!(
            extent
                .problems
                .iter()
                .all(|problem| described(problem).contains("PersonioAttribute"))
        );
    }
}

#[test]
fn the_employment_of_today_counts() {
    let today = Ground::default().today;
    says("rehire-same-id", "termination_date", "null");
    says(
        "rehire-same-id",
        "hire_date",
        &format!("`{}`", today.saturating_sub(jiff::Span::new().days(10))),
    );
    says("sub-company-switch", "hire_date", &format!("`{today}`"));
    says("sub-company-switch", "termination_date", "null");
    says("future-start", "status", "`onboarding`");
    says("on-leave", "status", "`leave`");
    says(
        "start-after-end",
        "hire_date",
        &format!("`{}`", today.saturating_sub(jiff::Span::new().days(30))),
    );
    says("overlapping-employments", "termination_date", "null");
}

#[test]
fn the_test_tells_what_there_is() {
    let findings = Ground::default()
        .test(&*personio(&started(&[]), "v2"), &everything())
        .unwrap();
    let state = |column: &str| {
        findings
            .fields
            .iter()
            .find(|field| field.column == column)
            .unwrap()
            .state
    };
    assert_eq!(
        (state("hire_date"), state("team")),
        (FieldState::Readable, FieldState::Unused)
    );
    assert_eq!(findings.sample.len(), 5);
}

/// A server of version 2 that answers with these persons, and for each path after them with what is given.
fn server(
    persons: &'static str,
    others: &'static [(&'static str, &'static str, &'static str)],
) -> ScriptedServer {
    http(move |_, request, stream| {
        let path = request.split(' ').nth(1).unwrap_or_default();
        let found = others.iter().find(|(start, ..)| path.starts_with(start));
        let (status, body) = match (path.split('?').next().unwrap_or_default(), found) {
            ("/v2/auth/token", _) => (
                "200 OK",
                r#"{"access_token":"papi-abcdef","expires_in":"86400"}"#,
            ),
            ("/v2/persons", _) => ("200 OK", persons),
            (_, Some((_, status, body))) => (*status, *body),
            _ => (
                "404 Not Found",
                r#"{"errors":[{"detail":"There is no resource for the specified id."}]}"#,
            ),
        };
        reply(
            stream,
            status,
            "Content-Type: application/json\r\n",
            body.as_bytes(),
        );
    })
}

fn read_from(server: &ScriptedServer) -> Read {
    let settings = [
        ("base_url", server.url.as_str()),
        ("client_id", "papi-id"),
        ("api", "v2"),
    ];
    let connector = connector("personio", &settings, &[("client_secret", "papi-secret")]);
    Ground::default().read(
        &*connector,
        &wanted(&["id", "email", "hire_date", "department"], &["id"]),
    )
}

const EMPLOYED: (&str, &str, &str) = (
    "/v2/persons/2/employments",
    "200 OK",
    r#"{"data":[{"id":"e","employment_start_date":"2020-01-01","org_units":[{"type":"department","id":"401"}]}]}"#,
);

#[test]
fn an_employee_who_is_deleted_while_people_are_read_is_not_taken_and_nobody_departs() {
    let server = server(
        r#"{"_data":[{"id":"1"},{"id":"2","email":null}]}"#,
        &[EMPLOYED],
    );
    let (records, extent) = read_from(&server).unwrap();
    assert_eq!(
        (records.len(), extent.partial),
        (1, Some(PartialReason::ChangedWhileReading))
    );
    assert_eq!(cell(&records, "2", "hire_date"), "`2020-01-01`");
}

#[test]
fn a_department_whose_name_is_withheld_is_absent_and_reported_once() {
    let people =
        r#"{"data":[{"id":2,"email":"a@b.example"},{"id":"2","email":"c@d.example"}],"meta":{}}"#;
    let server = server(
        people,
        &[EMPLOYED, ("/v2/org-units", "403 Forbidden", "{}")],
    );
    let (records, extent) = read_from(&server).unwrap();
    assert_eq!(
        (
            cell(&records, "2", "department"),
            cell(&records, "2", "email")
        ),
        ("-".into(), "`c@d.example`".into())
    );
    let reported = extent
        .problems
        .iter()
        .filter(|problem| problem.code == Code::ApiLookup)
        .count();
    assert_eq!(
        (reported, server.count("/v2/org-units")),
        (1, 1),
        "asked once, and once more with a new token"
    );
}

#[test]
fn an_id_never_leads_to_another_path() {
    let server = server(
        r#"{"_data":[{"id":"../../v1/x"},{"id":""},{"email":null}]}"#,
        &[],
    );
    let (records, _) = read_from(&server).unwrap();
    assert_eq!(records.len(), 3);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| !request.contains("employments") && !request.contains("/v1"))
    );
}

#[test]
fn a_next_page_without_a_cursor_is_not_the_end() {
    let server = server(
        r#"{"_data":[{"id":"2"}],"_meta":{"links":{"next":{"href":"/v2/persons"}}}}"#,
        &[EMPLOYED],
    );
    assert_eq!(read_from(&server).unwrap_err().code(), Code::ApiLink);
}

#[test]
fn one_department_that_cannot_be_looked_up_renames_no_other() {
    let people = r#"{"_data":[{"id":"1"},{"id":"2"},{"id":"3"},{"id":"4"}]}"#;
    let employment = |unit: &str| {
        format!(
            r#"{{"_data":[{{"id":"e","employment_start_date":"2020-01-01","org_units":[{{"type":"department","id":"{unit}"}}]}}]}}"#
        )
    };
    let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    let (first, second) = (leak(employment("401")), leak(employment("402")));
    // Whatever the lookup answers, an id is never a name.
    for (status, body, others) in [
        ("404 Not Found", "{}", "`Sales`"),
        ("410 Gone", "{}", "`Sales`"),
        ("200 OK", r#"{"id":"401"}"#, "`Sales`"),
        ("403 Forbidden", "{}", "-"),
        ("400 Bad Request", "{}", "-"),
        ("200 OK", "<html>", "-"),
    ] {
        let answers: [(&str, &str, &str); 6] = [
            ("/v2/persons/1/employments", "200 OK", first),
            ("/v2/persons/2/employments", "200 OK", second),
            ("/v2/persons/3/employments", "200 OK", first),
            ("/v2/persons/4/employments", "200 OK", second),
            ("/v2/org-units/401", status, body),
            ("/v2/org-units/402", "200 OK", r#"{"name":"Sales"}"#),
        ];
        let answers: &'static [(&str, &str, &str)] = Box::leak(Box::new(answers));
        let server = server(people, answers);
        let (records, extent) = read_from(&server).unwrap();
        let said = ["1", "2", "3", "4"].map(|id| cell(&records, id, "department"));
        assert_eq!(said, ["-", others, "-", others], "{status} {body}");
        assert_eq!(server.count("/v2/org-units/401"), 1, "asked once");
        let reported = |problem: &&Problem| {
            problem.code == Code::ApiLookup && described(problem).contains("UnitsUnnamed")
        };
        assert_eq!(
            extent.problems.iter().filter(reported).count(),
            1,
            "{status}"
        );
    }
}
