//! BambooHR against its emulator: every rule of its fact sheet.

mod values;

use crate::bamboohr_table::PEOPLE;
use crate::session::{Ground, Read, cell, connector, described, described_error, wanted};
use muster_connectors::{
    catalogue,
    connector::{Connector, ErrorKind, FieldState, Settings, Wanted},
};
use muster_core::{
    model::code::Code,
    read::reading::PartialReason,
    setup::selection::{Rule, Test},
};
use muster_testkit::emulator::{Asked, Emulator, Options, Product, Switch};
use serde_json::{Value, json};

/// Person 3, who plays the leading part in most scenarios.
pub(crate) const LEAD: &str = "6";

const COLUMNS: &[&str] = &[
    "id",
    "workEmail",
    "homeEmail",
    "firstName",
    "lastName",
    "dateOfBirth",
    "status",
    "hireDate",
    "originalHireDate",
    "terminationDate",
    "location",
    "department",
    "alleo_access",
];

pub(crate) fn everything() -> Wanted {
    let mut wanted = wanted(
        COLUMNS,
        &[
            "id",
            "status",
            "hireDate",
            "terminationDate",
            "alleo_access",
        ],
    );
    wanted
        .deciding
        .push(vec!["workEmail".to_owned(), "homeEmail".to_owned()]);
    wanted
}

/// An account whose person 3 has a private address and is to be taken over.
pub(crate) fn started(scenarios: &[&str]) -> Emulator {
    // Limits pass quickly, since the waits of these tests take no time.
    let options = Options {
        people: Some(PEOPLE),
        speed: 500.0,
        ..Options::default()
    };
    let emulator = Emulator::start(Product::BambooHr, &options).unwrap();
    emulator.change(|company| {
        for lead in company
            .people
            .iter_mut()
            .filter(|person| person.number == 3)
        {
            lead.private_email = Some("lead@home.example".to_owned());
            lead.access = true;
        }
    });
    scenarios
        .iter()
        .for_each(|scenario| emulator.switch(&Switch::parse(scenario).unwrap()).unwrap());
    emulator
}

pub(crate) fn bamboohr(emulator: &Emulator, settings: &[(&str, &str)]) -> Box<dyn Connector> {
    bamboohr_at(&emulator.url(), &emulator.credential("api_key"), settings)
}

pub(crate) fn bamboohr_at(url: &str, key: &str, settings: &[(&str, &str)]) -> Box<dyn Connector> {
    let mut plain = vec![("base_url", url), ("company_domain", "acme")];
    plain.retain(|(key, _)| settings.iter().all(|(other, _)| other != key));
    plain.extend_from_slice(settings);
    connector("bamboohr", &plain, &[("api_key", key)])
}

fn read_with(emulator: &Emulator, settings: &[(&str, &str)], wanted: &Wanted) -> Read {
    let read = Ground::patient().read(&*bamboohr(emulator, settings), wanted);
    assert!(emulator.writes().is_empty() && emulator.stranger_requests().is_empty());
    read
}

fn read(emulator: &Emulator) -> Read {
    read_with(emulator, &[], &everything())
}

const SETS: &[(&str, &str)] = &[("api", "datasets")];

/// What was asked of paths that end so.
fn asked(emulator: &Emulator, end: &str) -> Vec<Asked> {
    emulator
        .requests()
        .into_iter()
        .filter(|asked| asked.path.ends_with(end))
        .collect()
}

#[test]
fn everybody_is_read_in_one_report_of_today_and_one_of_values_to_come() {
    let emulator = started(&[]);
    let (records, extent) = read(&emulator).unwrap();
    assert_eq!(
        (records.len(), extent.partial, extent.problems),
        (PEOPLE, None, Vec::new())
    );
    let company = emulator.company();
    for person in &company.people {
        let says = |column: &str| cell(&records, &(person.number + 3).to_string(), column);
        let quoted = |text: &str| format!("`{text}`");
        assert_eq!(says("workEmail"), quoted(person.email.as_deref().unwrap()));
        assert_eq!(says("lastName"), quoted(&person.full_last_name()));
        assert_eq!(says("dateOfBirth"), quoted(&person.born.to_string()));
        assert_eq!(
            says("alleo_access"),
            quoted(if person.access { "true" } else { "false" })
        );
        let service = person.serving(company.today);
        assert_eq!(says("hireDate"), quoted(&service.from.to_string()));
        assert_eq!(
            says("terminationDate"),
            service
                .until
                .map_or("null".into(), |day| quoted(&day.to_string()))
        );
    }
    let report = asked(&emulator, "/v1/reports/custom");
    let body: Value = serde_json::from_str(&report[0].body).unwrap();
    assert_eq!((report.len(), body["fields"].clone()), (2, json!(COLUMNS)));
    let queries: Vec<&str> = report.iter().map(|asked| asked.query.as_str()).collect();
    assert_eq!(
        queries,
        [
            "format=json&onlyCurrent=false",
            "format=json&onlyCurrent=true"
        ]
    );
    assert_eq!(
        emulator.requests().len(),
        4,
        "the fields of the account, the table, both reports"
    );
}

#[test]
fn without_fields_of_the_customers_own_the_list_of_fields_is_not_asked_for() {
    let emulator = started(&[]);
    read_with(&emulator, &[], &wanted(&["id", "workEmail"], &["id"])).unwrap();
    assert_eq!(
        emulator.requests().len(),
        2,
        "nor the table, where neither status nor last day is read"
    );
}

#[test]
fn accept_and_content_type_are_exact_and_the_format_is_given() {
    for settings in [&[][..], SETS] {
        let emulator = started(&[]);
        read_with(&emulator, settings, &everything()).unwrap();
        for asked in emulator.requests() {
            assert_eq!(
                asked.header("accept"),
                Some("application/json"),
                "{}",
                asked.path
            );
            let is_post = asked.method == "POST";
            assert_eq!(
                asked.header("content-type"),
                is_post.then_some("application/json"),
                "{}",
                asked.path
            );
            assert_eq!(
                asked.query.contains("format=json"),
                asked.path.ends_with("/custom")
            );
            assert_eq!(asked.status, 200);
        }
    }
}

#[test]
fn the_key_is_the_user_of_basic_and_travels_nowhere_else() {
    let emulator = started(&[]);
    read(&emulator).unwrap();
    // The key with the password `x`.
    let login = "Basic MGYzYzlhN2I1ZDFlMmY0YTZiOGMwZDJlNGY2YThiMGMxZDNlNWY3MDp4";
    for asked in emulator.requests() {
        assert_eq!(asked.header("authorization"), Some(login));
        assert!(
            !format!("{} {} {}", asked.path, asked.query, asked.body)
                .contains(&emulator.credential("api_key"))
        );
    }
}

#[test]
fn both_forms_of_hosts_and_paths_are_asked() {
    for path in ["", "/api", "/api/gateway.php/{company_domain}"] {
        let emulator = started(&[]);
        let url = format!("{}{path}", emulator.url());
        assert_eq!(
            read_with(&emulator, &[("base_url", &url)], &everything())
                .unwrap()
                .0
                .len(),
            PEOPLE,
            "{path}"
        );
        let expected = if path == "/api" {
            "/api/v1/"
        } else {
            "/api/gateway.php/acme/v1/"
        };
        assert!(
            emulator.requests()[0].path.starts_with(expected),
            "{}",
            emulator.requests()[0].path
        );
    }
}

#[test]
fn a23_a_domain_never_leads_to_another_host() {
    for domain in [
        "evil.example/",
        "acme/../..",
        "acme.bamboohr.com",
        "https://acme",
        "Acme",
        "a@b",
        "a:1",
        "ä",
        "a b",
    ] {
        let settings = Settings::default()
            .with("company_domain", domain)
            .with_secret("api_key", "k".to_owned().into());
        let error = (catalogue::find("bamboohr").unwrap().open)(&settings).unwrap_err();
        assert!(
            error.kind == ErrorKind::Configuration
                && described_error(&error).contains("company_domain"),
            "{domain}: {error}"
        );
    }
    let mut ground = Ground::patient();
    ground.network.any_host = false;
    for url in [
        "https://acme.bamboohr.com.evil.example",
        "https://10.0.0.1",
        "http://acme.bamboohr.com",
    ] {
        let connector = bamboohr(&started(&[]), &[("base_url", url)]);
        assert_eq!(
            ground.read(&*connector, &everything()).unwrap_err().kind,
            ErrorKind::Configuration,
            "{url}"
        );
    }
}

#[test]
fn a2_a_refused_key_is_never_tried_again() {
    for (scenario, kind) in [
        ("wrong-key", ErrorKind::Unauthorised),
        ("key-disabled", ErrorKind::Forbidden),
    ] {
        let (ground, emulator) = (Ground::patient(), started(&[scenario]));
        let columns = wanted(&["id", "workEmail"], &["id"]);
        let error = ground
            .read(&*bamboohr(&emulator, &[]), &columns)
            .unwrap_err();
        assert_eq!(
            (error.kind, emulator.requests().len(), ground.waited().len()),
            (kind, 1, 0),
            "{error}"
        );
    }
}

#[test]
fn at_most_four_hundred_fields_are_asked_for() {
    let names: Vec<String> = (0..400)
        .map(|number| format!("{}", 5_000 + number))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let emulator = started(&[]);
    let error = read_with(&emulator, &[], &wanted(&names, &[])).unwrap_err();
    assert!(
        error.kind == ErrorKind::Configuration && described_error(&error).contains("401"),
        "{error}"
    );
    assert!(asked(&emulator, "/custom").is_empty());
    assert!(read_with(&emulator, &[], &wanted(&names[1..], &[])).is_ok());
}

#[test]
fn a13_fields_that_are_silently_dropped_are_absent_and_stop_departures_if_they_decide() {
    for settings in [&[][..], SETS] {
        for (scenario, column, name) in [
            ("work-email-withheld", "workEmail", "`Work Email`"),
            (
                "termination-withheld",
                "terminationDate",
                "`Employment Status (all of it)`",
            ),
            ("hire-date-withheld", "hireDate", "`Hire Date`"),
            ("alleo-withheld", "alleo_access", "`alleo_access`"),
        ] {
            let (records, extent) =
                read_with(&started(&[scenario]), settings, &everything()).unwrap();
            assert_eq!(cell(&records, LEAD, column), "-", "{scenario}");
            assert_eq!(
                extent.partial,
                Some(PartialReason::AttributeWithheld),
                "{scenario}"
            );
            let reported = extent
                .problems
                .iter()
                .find(|it| it.field.as_deref() == Some(column))
                .unwrap();
            assert!(
                described(reported).contains(name.trim_matches('`'))
                    && described(reported).contains("BambooField"),
                "{reported:?}"
            );
            assert!(
                described(reported).contains("decides: true"),
                "{reported:?}"
            );
        }
        for scenario in ["birth-date-withheld", "home-email-withheld"] {
            let (_, extent) = read_with(&started(&[scenario]), settings, &everything()).unwrap();
            assert_eq!(
                (extent.partial, extent.problems.len()),
                (None, 1),
                "{scenario} decides nothing"
            );
            assert!(
                described(&extent.problems[0]).contains("decides: false"),
                "{:?}",
                extent.problems
            );
        }
    }
}

#[test]
fn a_key_that_is_not_listed_says_nothing() {
    let (records, extent) = read(&started(&["unlisted-key", "termination-withheld"])).unwrap();
    assert_eq!(
        cell(&records, LEAD, "terminationDate"),
        "-",
        "it is \"\" in every row, and no field of the answer"
    );
    assert_eq!(extent.partial, Some(PartialReason::AttributeWithheld));
}

#[test]
fn a_field_without_alias_is_found_by_name_and_number() {
    let emulator = started(&["alias-missing", "field-id-decimal"]);
    let columns = wanted(
        &[
            "id",
            "alleo_access",
            "4391",
            "4391.0",
            "alleo_monthly_all_budget",
        ],
        &["id"],
    );
    let (records, extent) = read_with(&emulator, &[], &columns).unwrap();
    assert_eq!(extent.problems, []);
    for column in ["alleo_access", "4391", "4391.0"] {
        assert_eq!(cell(&records, LEAD, column), "`true`", "{column}");
    }
    let body: Value = serde_json::from_str(&asked(&emulator, "/custom")[0].body).unwrap();
    assert_eq!(body["fields"], json!(["id", "4391", "4392"]));
}

#[test]
fn the_test_tells_fields_a_sample_and_who_is_selected() {
    for settings in [&[][..], SETS] {
        let emulator = started(&["birth-date-withheld"]);
        let mut wanted = everything();
        wanted.selection = vec![Rule::new("alleo_access".into(), Test::Is(true))];
        let findings = Ground::patient()
            .test(&*bamboohr(&emulator, settings), &wanted)
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
            (state("workEmail"), state("dateOfBirth")),
            (FieldState::Readable, FieldState::Withheld)
        );
        let unused = if settings.is_empty() {
            "employmentHistoryStatus"
        } else {
            "employmentStatus"
        };
        assert_eq!(state(unused), FieldState::Unused);
        let taken = findings.taken.unwrap();
        let access = emulator
            .company()
            .people
            .iter()
            .filter(|person| person.access)
            .count() as u64;
        assert_eq!(
            (taken.selected, taken.left_out),
            (access, PEOPLE as u64 - access)
        );
        assert_eq!(
            (findings.sample.len(), findings.sample[0].len()),
            (5, COLUMNS.len())
        );
    }
}
