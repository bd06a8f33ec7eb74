//! Personio v2 against its emulator: persons by cursor, and the employment that counts.

use crate::{
    personio::{company_of, everything, personio},
    session::{Ground, Read, cell},
};
use muster_connectors::connector::{ErrorKind, FieldState};
use muster_core::{code::Code, reading::PartialReason};
use muster_testkit::emulator::Emulator;

const LEAD: &str = "40003";
/// Two pages.
const PEOPLE: usize = 60;

fn started(scenarios: &[&str]) -> Emulator {
    company_of(PEOPLE, scenarios)
}

fn read(emulator: &Emulator) -> Read {
    let ground = Ground::default();
    let read = ground.read(&*personio(emulator, "v2"), &everything());
    assert!(emulator.writes().is_empty() && emulator.stranger_requests().is_empty());
    assert!(!ground.tokens.text().contains(&emulator.credential("client_secret")));
    read
}

#[track_caller]
fn says(scenario: &str, column: &str, expected: &str) {
    assert_eq!(cell(&read(&started(&[scenario])).unwrap().0, LEAD, column), expected, "{scenario}");
}

#[test]
fn both_versions_say_the_same_of_everybody() {
    let emulator = started(&[]);
    let wanted = everything();
    let (first, _) = Ground::default().read(&*personio(&emulator, "v1"), &wanted).unwrap();
    let (second, extent) = read(&emulator).unwrap();
    assert_eq!((second.len(), extent.partial, extent.problems), (PEOPLE, None, Vec::new()));
    // Of two employments at a time version 1 shows another one than version 2 lists first.
    for person in emulator.company().people.iter().filter(|person| person.second.is_none()) {
        let id = (40_000 + person.number).to_string();
        for column in &wanted.columns {
            assert_eq!(cell(&second, &id, column), cell(&first, &id, column), "{column} of {id}");
        }
    }
}

#[test]
fn the_token_is_asked_for_with_a_form() {
    let emulator = started(&[]);
    let _read = read(&emulator).unwrap();
    let asked = emulator.token_requests();
    assert_eq!((asked.len(), asked[0].header("content-type")), (1, Some("application/x-www-form-urlencoded")));
    assert!(emulator.requests().iter().all(|asked| !asked.query.contains("secret")));
    for scenario in ["wrong-secret", "wrong-secret-401"] {
        let emulator = started(&[scenario]);
        let error = read(&emulator).unwrap_err();
        assert_eq!((error.kind, emulator.requests().len()), (ErrorKind::Unauthorised, 1), "{error}");
        assert!(error.request_id.is_some(), "the trace is in the body");
    }
}

#[test]
fn a1_a_token_that_expires_is_renewed_and_a_missing_right_looks_the_same() {
    let emulator = started(&["token-expiry,after=20,times=1"]);
    assert_eq!(read(&emulator).unwrap().0.len(), PEOPLE);
    let emulator = started(&["right-missing-401"]);
    let error = read(&emulator).unwrap_err();
    assert_eq!((error.kind, emulator.token_requests().len()), (ErrorKind::Forbidden, 2));
}

#[test]
fn links_are_relative_or_have_a_raw_plus() {
    for scenario in ["next-link-relative", "next-link-raw-plus"] {
        let (records, extent) = read(&started(&[scenario])).unwrap();
        assert_eq!((records.len(), extent.partial), (PEOPLE, None), "{scenario}");
    }
}

#[test]
fn a12_a_link_to_another_origin_is_refused_with_both_named() {
    for scenario in ["next-link-other-host", "next-link-http"] {
        let emulator = started(&[scenario]);
        let error = read(&emulator).unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Refused, Code::ApiLink), "{scenario}");
        assert!(error.why.contains(&emulator.url()), "{error}");
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
    assert!(error.kind == ErrorKind::Refused && error.why.contains("filter encoding"), "{error}");
}

#[test]
fn a13_a_person_reduced_to_an_id_is_a_missing_right() {
    for scenario in ["person-reduced", "employment-reduced", "email-withheld", "status-withheld"] {
        let (records, extent) = read(&started(&[scenario])).unwrap();
        assert_eq!((records.len(), extent.partial), (PEOPLE, Some(PartialReason::AttributeWithheld)), "{scenario}");
        assert!(extent.problems.iter().all(|problem| problem.advice.contains("API credentials")));
    }
}

#[test]
fn the_employment_of_today_counts() {
    let today = Ground::default().today;
    says("rehire-same-id", "termination_date", "null");
    says("rehire-same-id", "hire_date", &format!("`{}`", today.saturating_sub(jiff::Span::new().days(10))));
    says("sub-company-switch", "hire_date", &format!("`{today}`"));
    says("sub-company-switch", "termination_date", "null");
    says("future-start", "status", "`onboarding`");
    says("on-leave", "status", "`leave`");
    says("start-after-end", "hire_date", &format!("`{}`", today.saturating_sub(jiff::Span::new().days(30))));
    says("overlapping-employments", "termination_date", "null");
}

#[test]
fn the_test_tells_what_there_is() {
    let findings = Ground::default().test(&*personio(&started(&[]), "v2"), &everything()).unwrap();
    let state = |column: &str| findings.fields.iter().find(|field| field.column == column).unwrap().state;
    assert_eq!((state("hire_date"), state("team")), (FieldState::Readable, FieldState::Unused));
    assert_eq!(findings.sample.len(), 5);
}
