//! Personio v1 against its emulator: every rule of its fact sheet, and what it may do wrong.

mod delivery;

use crate::session::{Ground, Read, cell, connector, described, described_error, wanted};
use muster_connectors::connector::{Connector, ErrorKind, FieldState, Timer, Wanted};
use muster_core::{
    model::code::Code,
    read::reading::PartialReason,
    setup::selection::{Rule, Test},
};
use muster_testkit::emulator::{Emulator, Options, Product, Switch, company::Company};
use std::time::Duration;

/// Person 3, who plays the leading part in most scenarios.
const LEAD: &str = "40003";

const COLUMNS: &[&str] = &[
    "id",
    "email",
    "first_name",
    "last_name",
    "date_of_birth",
    "status",
    "hire_date",
    "termination_date",
    "department",
    "supervisor",
    "Alleo",
    "alleo_monthly_all_budget",
];
const DECIDING: &[&str] = &[
    "id",
    "email",
    "status",
    "hire_date",
    "termination_date",
    "Alleo",
];

pub(crate) fn everything() -> Wanted {
    wanted(COLUMNS, DECIDING)
}

pub(crate) fn started(scenarios: &[&str]) -> Emulator {
    company_of(237, scenarios)
}

pub(crate) fn company_of(people: usize, scenarios: &[&str]) -> Emulator {
    // Limits pass quickly, since the waits of these tests take no time.
    let options = Options {
        people: Some(people),
        speed: 500.0,
        ..Options::default()
    };
    let emulator = Emulator::start(Product::Personio, &options).unwrap();
    scenarios
        .iter()
        .for_each(|scenario| emulator.switch(&Switch::parse(scenario).unwrap()).unwrap());
    emulator
}

pub(crate) fn personio(emulator: &Emulator, api: &str) -> Box<dyn Connector> {
    personio_with(emulator, api, &[])
}

/// The same with other settings than the usual ones.
pub(crate) fn personio_with(
    emulator: &Emulator,
    api: &str,
    more: &[(&str, &str)],
) -> Box<dyn Connector> {
    let (id, secret) = (
        emulator.credential("client_id"),
        emulator.credential("client_secret"),
    );
    let plain = [
        ("base_url", emulator.url()),
        ("client_id", id),
        ("api", api.to_owned()),
    ];
    let mut plain: Vec<(&str, &str)> = plain
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect();
    plain.extend_from_slice(more);
    connector("personio", &plain, &[("client_secret", &secret)])
}

fn read(emulator: &Emulator) -> Read {
    let read = Ground::default().read(&*personio(emulator, "v1"), &everything());
    assert!(emulator.writes().is_empty() && emulator.stranger_requests().is_empty());
    read
}

#[track_caller]
fn says(scenario: &str, column: &str, expected: &str) {
    let emulator = started(&[scenario]);
    let (records, _) = read(&emulator).unwrap();
    assert_eq!(cell(&records, LEAD, column), expected, "{scenario}");
}

/// The read is not complete; gives the codes of its problems.
#[track_caller]
fn partial(scenarios: &[&str], reason: PartialReason) -> Vec<Code> {
    let (_, extent) = read(&started(scenarios)).unwrap();
    assert_eq!(
        extent.partial,
        Some(reason),
        "{scenarios:?}: {:?}",
        extent.problems
    );
    extent.problems.iter().map(|problem| problem.code).collect()
}

#[track_caller]
fn complete(scenario: &str) -> usize {
    let (records, extent) = read(&started(&[scenario])).unwrap();
    assert_eq!(
        (extent.partial, extent.problems.len()),
        (None, 0),
        "{scenario}: {:?}",
        extent.problems
    );
    records.len()
}

fn lead(company: &Company) -> &muster_testkit::emulator::person::Person {
    company.person(3).unwrap()
}

#[test]
fn everybody_is_read_in_pages_of_a_hundred_with_what_is_wanted_and_no_more() {
    let emulator = started(&[]);
    let (records, extent) = read(&emulator).unwrap();
    assert_eq!(
        (records.len(), extent.announced, extent.partial),
        (237, Some(237), None)
    );
    assert_eq!(
        (extent.records, extent.delivered.len(), extent.problems),
        (237, 1, Vec::new())
    );
    let company = emulator.company();
    let person = lead(&company);
    let expected = |text: &str| format!("`{text}`");
    assert_eq!(
        cell(&records, LEAD, "email"),
        expected(person.email.as_deref().unwrap())
    );
    assert_eq!(
        cell(&records, LEAD, "last_name"),
        expected(&person.full_last_name())
    );
    assert_eq!(
        cell(&records, LEAD, "date_of_birth"),
        expected(&person.born.to_string())
    );
    assert_eq!(
        cell(&records, LEAD, "Alleo"),
        expected(if person.access { "Yes" } else { "No" })
    );
    assert_eq!(
        cell(&records, LEAD, "hire_date"),
        expected(&person.serving(company.today).from.to_string())
    );
    let supervised = company
        .people
        .iter()
        .find(|it| it.supervisor.is_some())
        .unwrap();
    let id = (40_000 + supervised.number).to_string();
    assert_eq!(
        cell(&records, &id, "supervisor"),
        expected(&(40_000 + supervised.supervisor.unwrap()).to_string())
    );
    let queries: Vec<String> = emulator
        .requests()
        .iter()
        .map(|it| it.query.clone())
        .collect();
    let pages: Vec<&String> = queries
        .iter()
        .filter(|query| query.contains("limit=100"))
        .collect();
    assert_eq!(pages.len(), 3, "{queries:?}");
    assert!(
        pages
            .iter()
            .all(|query| query.matches("attributes").count() == COLUMNS.len()),
        "{pages:?}"
    );
    assert!(!queries.join(" ").contains("salary"));
}

#[test]
fn credentials_travel_in_the_body_alone() {
    let emulator = started(&[]);
    let _read = read(&emulator).unwrap();
    let secret = emulator.credential("client_secret");
    for asked in emulator.requests() {
        let elsewhere = format!("{} {} {:?}", asked.path, asked.query, asked.headers);
        assert!(!elsewhere.contains(&secret));
        assert_eq!(asked.body.contains(&secret), asked.token, "{}", asked.path);
    }
}

#[test]
fn names_of_the_system_are_never_looked_at() {
    assert_eq!(complete("labels-german"), 237);
    says(
        "labels-german",
        "last_name",
        &format!("`{}`", lead(&started(&[]).company()).full_last_name()),
    );
    let columns = wanted(&["id", "Vorname"], &["id"]);
    let (records, extent) = Ground::default()
        .read(&*personio(&started(&["labels-german"]), "v1"), &columns)
        .unwrap();
    assert_eq!(cell(&records, LEAD, "Vorname"), "-");
    assert_eq!(extent.problems[0].code, Code::ApiWithheld);
}

#[test]
fn custom_attributes_are_found_by_key_mark_and_name() {
    let columns = wanted(
        &[
            "id",
            "dynamic_902114",
            "dynamic_902077",
            "date_of_birth",
            "Alleo",
        ],
        &["id"],
    );
    let (records, extent) = Ground::default()
        .read(&*personio(&started(&[]), "v1"), &columns)
        .unwrap();
    assert_eq!(
        cell(&records, LEAD, "dynamic_902114"),
        cell(&records, LEAD, "Alleo")
    );
    assert_eq!(
        cell(&records, LEAD, "dynamic_902077"),
        cell(&records, LEAD, "date_of_birth")
    );
    assert_eq!(extent.problems, []);
}

#[test]
fn where_the_list_of_attributes_is_withheld_what_records_carry_is_found() {
    let columns = wanted(
        &[
            "id",
            "email",
            "dynamic_902114",
            "Alleo",
            "alleo_monthly_all_budget",
        ],
        &["id"],
    );
    let (records, extent) = Ground::default()
        .read(&*personio(&started(&["attributes-403"]), "v1"), &columns)
        .unwrap();
    assert_ne!(cell(&records, LEAD, "dynamic_902114"), "-");
    assert_eq!(
        cell(&records, LEAD, "Alleo"),
        cell(&records, LEAD, "dynamic_902114"),
        "by its label, because it was requested by its key"
    );
    assert_eq!(cell(&records, LEAD, "alleo_monthly_all_budget"), "-");
    let codes: Vec<Code> = extent.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::ApiLookup, Code::ApiWithheld]);
}

#[test]
fn dates_are_their_first_ten_characters() {
    for scenario in ["dates-without-colon", "dates-plain", "plain"] {
        let emulator = started(&[scenario]);
        let (company, (records, _)) = (emulator.company(), read(&emulator).unwrap());
        let person = lead(&company);
        assert_eq!(
            cell(&records, LEAD, "date_of_birth"),
            format!("`{}`", person.born),
            "{scenario}"
        );
    }
    says("dates-local-mean-time", "date_of_birth", "`1835-02-01`");
    says("date-dst-edges", "hire_date", "`2019-03-31`");
    says("date-dst-edges", "date_of_birth", "`1996-10-27`");
    says("date-leap-day", "date_of_birth", "`1992-02-29`");
    says("date-extremes", "termination_date", "`9999-12-31`");
    // That these are no days is for the rules of all sources to say.
    says("date-zero", "hire_date", "`0000-00-00`");
    says("date-impossible", "hire_date", "`2026-02-30`");
}

#[test]
fn nothing_has_many_forms() {
    let emulator = started(&["department-forms", "empty-forms"]);
    let columns = wanted(&["id", "department", "termination_type"], &["id"]);
    let (records, extent) = Ground::default()
        .read(&*personio(&emulator, "v1"), &columns)
        .unwrap();
    assert_eq!(extent.problems, []);
    let at = |column| ["40003", "40004", "40005", "40006"].map(|id| cell(&records, id, column));
    assert_eq!(at("department"), ["`Logistik`", "null", "null", "null"]);
    assert_eq!(at("termination_type"), ["-", "null", "null", "null"]);
}

#[test]
fn ids_and_hours_are_numbers_or_text() {
    says(
        "id-as-text",
        "status",
        &cell(&read(&started(&[])).unwrap().0, LEAD, "status"),
    );
    for scenario in ["plain", "hours-as-number"] {
        let columns = wanted(&["id", "weekly_working_hours"], &["id"]);
        let emulator = started(&[scenario]);
        let (records, _) = Ground::default()
            .read(&*personio(&emulator, "v1"), &columns)
            .unwrap();
        assert_eq!(
            cell(&records, LEAD, "weekly_working_hours"),
            format!("`{}`", lead(&emulator.company()).hours)
        );
    }
}

#[test]
fn types_and_attributes_that_nobody_documented_change_nothing() {
    for scenario in ["unknown-attribute", "unknown-type", "salary-unasked"] {
        assert_eq!(complete(scenario), 237, "{scenario}");
    }
    says(
        "alleo-localized",
        "Alleo",
        if lead(&started(&[]).company()).access {
            "`Ja`"
        } else {
            "`Nein`"
        },
    );
    says("unknown-status", "status", "`sabbatical`");
}

#[test]
fn salaries_are_refused_in_a_mapping_and_dropped_when_they_come_unasked() {
    let emulator = started(&["salary-unasked"]);
    let (records, _) = read(&emulator).unwrap();
    let text: String = records.iter().map(|record| format!("{record:?}")).collect();
    assert!(!text.contains("4321"));
    let error = Ground::default()
        .read(
            &*personio(&emulator, "v1"),
            &wanted(&["id", "fix_salary"], &[]),
        )
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
}

#[test]
fn the_connection_test_lists_no_salary_among_the_attributes() {
    for api in ["v1", "v2"] {
        let emulator = started(&["salary-unasked"]);
        let found = Ground::patient()
            .test(&*personio(&emulator, api), &everything())
            .unwrap();
        assert!(found.fields.len() > 10, "{api}");
        for field in &found.fields {
            let names = format!("{} {:?}", field.column, field.label).to_lowercase();
            assert!(!names.contains("salar"), "{api}: {names}");
        }
    }
}

#[test]
fn a13_an_attribute_that_is_withheld_is_absent_and_stops_departures_if_it_decides() {
    for (scenario, column, name) in [
        ("status-withheld", "status", "`Status`"),
        ("email-withheld", "email", "`Email`"),
        (
            "termination-withheld",
            "termination_date",
            "`Termination date`",
        ),
        ("alleo-withheld", "Alleo", "`Alleo`"),
    ] {
        let (records, extent) = read(&started(&[scenario])).unwrap();
        assert_eq!(cell(&records, LEAD, column), "-");
        assert_eq!(
            extent.partial,
            Some(PartialReason::AttributeWithheld),
            "{scenario}"
        );
        let advice = described(&extent.problems[0]);
        assert!(
            advice.contains("PersonioAttribute") && advice.contains(&name.replace('`', "\"")),
            "{advice}"
        );
    }
    for scenario in ["birthday-withheld", "department-withheld"] {
        let (_, extent) = read(&started(&[scenario])).unwrap();
        assert_eq!(
            (extent.partial, extent.problems.len()),
            (None, 1),
            "{scenario} decides nothing"
        );
    }
}

#[test]
fn requests_keep_to_the_published_pace() {
    let (ground, emulator) = (Ground::default(), company_of(1_700, &[]));
    let (records, _) = ground
        .read(&*personio(&emulator, "v1"), &everything())
        .unwrap();
    // A token, the attributes and 17 pages; at most 15 of them in the first second.
    assert_eq!((records.len(), emulator.requests().len()), (1_700, 19));
    assert_eq!(ground.timer.elapsed(), Duration::from_secs(1));
}

#[test]
fn the_test_tells_fields_a_sample_and_who_is_selected() {
    let emulator = started(&["birthday-withheld"]);
    let mut wanted = everything();
    wanted.selection = vec![Rule::new("Alleo".into(), Test::Is(true))];
    let findings = Ground::default()
        .test(&*personio(&emulator, "v1"), &wanted)
        .unwrap();
    let state = |column: &str| {
        findings
            .fields
            .iter()
            .find(|field| field.column == column)
            .unwrap()
            .state
    };
    assert_eq!(state("email"), FieldState::Readable);
    assert_eq!(state("date_of_birth"), FieldState::Withheld);
    assert_eq!(state("team"), FieldState::Unused);
    assert!(
        !findings
            .fields
            .iter()
            .any(|field| field.column == "dynamic_902114"),
        "it is known as `Alleo`"
    );
    assert_eq!(
        (findings.sample.len(), findings.sample[0].len()),
        (5, COLUMNS.len())
    );
    let taken = findings.taken.unwrap();
    let access = emulator
        .company()
        .people
        .iter()
        .filter(|person| person.access)
        .count() as u64;
    assert_eq!(
        (taken.selected, taken.left_out, taken.undecided),
        (access, 237 - access, 0)
    );
}
