//! The rules of YouServe's API that bite, one by one, against its emulator.

use crate::{
    session::{connector, wanted},
    youserve::{everything, ground, read, started, youserve},
};
use async_trait::async_trait;
use jiff::Timestamp;
use muster_connectors::connector::{
    ConnectorError, ErrorKind, Extent, FieldState, Records, Session, Settings, Timer, TokenCache,
    Wanted,
};
use muster_core::{
    model::{code::Code, company::Company},
    read::{reading::PartialReason, record::Cell},
    setup::selection::{Rule, Test},
};
use muster_testkit::emulator::{Emulator, journal::Asked};
use secrecy::SecretSlice;
use std::{collections::HashSet, time::Duration};

/// Code of person 3, who plays the leading part in most scenarios.
const LEAD: &str = "100003";

fn said(records: &Records, code: &str, column: &str) -> String {
    let at = |name: &str| {
        records
            .columns()
            .iter()
            .position(|known| known == name)
            .unwrap()
    };
    let person = records
        .iter()
        .find(|record| record.cell(at("personCode")) == Cell::Text(code))
        .unwrap();
    match person.cell(at(column)) {
        Cell::Absent => "-".to_owned(),
        Cell::Null => "null".to_owned(),
        Cell::Unreadable => "?".to_owned(),
        Cell::Text(text) => text.to_owned(),
    }
}

fn everybody(scenario: &str, more: &[(&str, &str)]) -> (Records, Extent) {
    read(&started(&[scenario]), more).unwrap()
}

#[track_caller]
fn says(scenario: &str, column: &str, expected: &str) {
    assert_eq!(
        said(&everybody(scenario, &[]).0, LEAD, column),
        expected,
        "{scenario}"
    );
}

fn data(emulator: &Emulator) -> Vec<Asked> {
    emulator
        .requests()
        .into_iter()
        .filter(|asked| !asked.token)
        .collect()
}

#[test]
fn calls_keep_sixty_five_hundredths_apart_and_one_at_a_time() {
    let (ground, emulator) = (ground(), started(&[]));
    ground
        .read(&*youserve(&emulator, &[]), &everything())
        .unwrap();
    let calls = emulator.requests().len();
    assert_eq!(
        calls,
        1 + 3 + 1 + 3,
        "a token, three pages of employees and of employments, the companies"
    );
    assert_eq!(
        ground.timer.elapsed(),
        Duration::from_millis(650) * (calls as u32 - 1)
    );
    assert!(emulator.requests().iter().all(|asked| asked.parallel == 1));
}

#[test]
fn only_the_query_of_a_link_is_used_as_it_came_and_nothing_else_is_asked_for() {
    for scenario in [
        "plain",
        "next-link-plus",
        "next-link-absolute",
        "next-link-other-case",
    ] {
        let emulator = started(&[scenario]);
        read(&emulator, &[]).unwrap();
        for asked in data(&emulator) {
            assert!(
                asked.path.starts_with("/iam/v1.0/") && asked.method == "GET",
                "{}",
                asked.path
            );
            assert!(
                !asked.query.contains("skip") && !asked.query.contains("from="),
                "{}",
                asked.query
            );
            assert!(
                asked.query.is_empty() || asked.query.ends_with('='),
                "not encoded again: {}",
                asked.query
            );
            assert!(
                asked.query.contains("%2B") || !asked.query.contains("%2"),
                "{}",
                asked.query
            );
        }
        let pluses = data(&emulator)
            .iter()
            .any(|asked| asked.query.contains("nextToken=++++"));
        assert_eq!(pluses, scenario == "next-link-plus");
    }
}

#[test]
fn a_token_is_asked_for_in_a_form_that_is_not_kept_on_the_way() {
    let emulator = started(&[]);
    read(&emulator, &[]).unwrap();
    let secret = emulator.credential("client_secret");
    let token = &emulator.token_requests()[0];
    assert_eq!(token.header("cache-control"), Some("no-cache"));
    assert_eq!(
        token.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert!(token.body.contains(&secret));
    for asked in emulator.requests() {
        assert!(!format!("{} {} {:?}", asked.path, asked.query, asked.headers).contains(&secret));
        assert!(asked.token || asked.body.is_empty());
    }
}

#[test]
fn a_token_is_kept_across_runs_but_not_for_other_credentials() {
    let (ground, emulator) = (ground(), started(&[]));
    for _ in 0..3 {
        ground
            .read(&*youserve(&emulator, &[]), &everything())
            .unwrap();
    }
    assert_eq!(emulator.token_requests().len(), 1);
    let other = [("base_url", &*emulator.url()), ("client_id", "other")];
    let other = connector("youserve", &other, &[("client_secret", "wrong-one")]);
    assert_eq!(
        ground.read(&*other, &everything()).unwrap_err().kind,
        ErrorKind::Unauthorised
    );
}

/// A store that is out of order.
struct Broken;

#[async_trait]
impl TokenCache for Broken {
    async fn get(&self, _key: &str, _now: Timestamp) -> Result<Option<SecretSlice<u8>>, String> {
        Ok(None)
    }

    async fn put(
        &self,
        _key: &str,
        _secret: SecretSlice<u8>,
        _expires: Timestamp,
    ) -> Result<(), String> {
        Err("the disk is full".to_owned())
    }

    async fn forget(&self, _key: &str) -> Result<(), String> {
        Ok(())
    }
}

#[test]
fn a_token_that_cannot_be_kept_is_told_and_costs_no_run() {
    let (ground, emulator) = (ground(), started(&[]));
    let mut records = Records::default();
    let session = Session {
        now: &|| ground.now,
        today: ground.today,
        timer: &ground.timer,
        expected: &[],
        tokens: &Broken,
        seed: 1,
        network: &ground.network,
        progress: &|_| {},
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let connector = youserve(&emulator, &[]);
    let extent = runtime
        .block_on(connector.read(&session, &everything(), &mut records))
        .unwrap();
    let problems: Vec<(Code, bool)> = extent
        .problems
        .iter()
        .map(|it| (it.code, it.message.contains("the disk is full")))
        .collect();
    assert_eq!(
        (records.len(), extent.partial, problems),
        (231, None, vec![(Code::ApiToken, true)])
    );
}

#[test]
fn a2_tokens_are_few_so_refusals_are_not_repeated() {
    for (scenario, tokens) in [
        ("token-quota", 1),
        ("wrong-secret", 1),
        ("token-expiry", 2),
        ("token-refused", 2),
    ] {
        let emulator = started(&[scenario]);
        let _read = read(&emulator, &[]);
        assert_eq!(emulator.token_requests().len(), tokens, "{scenario}");
    }
    let emulator = started(&[]);
    let error = read(&emulator, &[("tenant", "1")]).unwrap_err();
    assert_eq!(
        (error.kind, emulator.token_requests().len()),
        (ErrorKind::Forbidden, 1),
        "a right is no token"
    );
}

#[test]
fn the_client_is_always_named_and_the_tenant_only_where_it_is_set() {
    for tenant in [None, Some("8001234")] {
        let emulator = started(&[]);
        read(
            &emulator,
            &tenant
                .map(|tenant| ("tenant", tenant))
                .into_iter()
                .collect::<Vec<_>>(),
        )
        .unwrap();
        for asked in data(&emulator) {
            assert_eq!(asked.header("x-client-id"), Some("emulated-api-key-7f3d"));
            assert_eq!(asked.header("x-raet-tenant-id"), tenant);
        }
    }
}

#[test]
fn a_signed_token_is_never_the_same_twice_and_the_private_key_never_travels() {
    let mut seen = HashSet::new();
    for login in ["assertion", "grant", "assertion", "grant"] {
        let emulator = started(&[]);
        read(&emulator, &[("login", login), ("key_id", "key-7")]).unwrap();
        let body = emulator.token_requests()[0].body.clone();
        let token = body
            .split('&')
            .find_map(|pair| pair.split_once("assertion="))
            .unwrap()
            .1
            .to_owned();
        assert_eq!(token.split('.').count(), 3);
        assert!(seen.insert(token));
        let key = emulator.credential("private_key");
        let line = key.lines().nth(5).unwrap();
        assert!(
            emulator
                .requests()
                .iter()
                .all(|asked| !format!("{asked:?}").contains(line))
        );
        assert!(!body.contains("client_secret"), "{body}");
    }
    let emulator = started(&[]);
    read(&emulator, &[("login", "bearer")]).unwrap();
    assert!(emulator.token_requests().is_empty());
    let error = read(
        &started(&[]),
        &[("login", "grant"), ("audience", "https://other.example")],
    )
    .unwrap_err();
    assert!(error.why.contains("the audience is not"), "{error}");
}

fn opened(secrets: &[(&str, &str)], login: &str) -> Result<(), ConnectorError> {
    let settings = Settings::default()
        .with("client_id", "x")
        .with("login", login);
    let settings = secrets.iter().fold(settings, |all, (key, value)| {
        all.with_secret(key, (*value).to_owned().into())
    });
    (muster_connectors::catalogue::find("youserve").unwrap().open)(&settings).map(drop)
}

#[test]
fn a18_a_key_that_cannot_be_used_is_told_when_it_is_set() {
    let rsa = started(&[]).credential("private_key");
    assert_eq!(opened(&[("private_key", &rsa)], "assertion"), Ok(()));
    let half = &rsa[..rsa.len() / 2];
    for (secrets, login, on, why) in [
        (
            vec![("private_key", "hello")],
            "assertion",
            "private_key",
            "not a private key",
        ),
        (
            vec![("private_key", half)],
            "bearer",
            "private_key",
            "not a private key",
        ),
        (
            vec![(
                "private_key",
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            )],
            "grant",
            "private_key",
            "public key",
        ),
        (
            vec![("client_secret", "secret")],
            "grant",
            "private_key",
            "not filled in",
        ),
        (
            vec![("private_key", &*rsa)],
            "secret",
            "client_secret",
            "not filled in",
        ),
    ] {
        let error = opened(&secrets, login).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(
            error.on.contains(on) && error.why.contains(why) && !error.advice.is_empty(),
            "{error}"
        );
    }
}

#[test]
fn the_slice_of_today_counts_else_the_next_else_the_last() {
    let company = started(&[]).company();
    let name = company.person(3).unwrap().full_last_name();
    for scenario in [
        "slices-three",
        "slices-adjacent",
        "slices-gap",
        "slice-future-only",
        "slice-past-only",
    ] {
        says(scenario, "lastName", &name);
    }
    says("slices-overlapping", "lastName", &name);
    let born = company.person(3).unwrap().born.to_string();
    says("dates-with-zone", "dateOfBirth", &born);
}

#[test]
fn several_records_of_one_human_are_one_person() {
    let emulator = started(&[]);
    let (records, _) = read(&emulator, &[]).unwrap();
    let twice = emulator
        .company()
        .people
        .iter()
        .filter(|person| person.second.is_some())
        .count();
    assert_eq!((records.len(), twice), (231, 29));
    // Both run: the record that began first counts.
    let person = emulator
        .company()
        .people
        .iter()
        .find(|it| it.second.is_some() && it.service[0].until.is_none())
        .unwrap()
        .clone();
    let code = (100_000 + person.number).to_string();
    let id = (36_400_000 + person.service[0].contract).to_string();
    assert_eq!(said(&records, &code, "external_id"), id);
    let employments = said(&records, &code, "employments");
    assert_eq!(
        employments.matches("external_id").count(),
        2,
        "{employments}"
    );
    let (records, _) = read(&emulator, &[("external_id", "personCode")]).unwrap();
    assert_eq!(said(&records, &code, "external_id"), code);
    assert_eq!(said(&records, &code, "id"), id);
}

#[test]
fn who_was_hired_again_goes_by_the_record_that_runs() {
    says("rehire-new-id", "external_id", "37300002");
    says("rehire-same-id", "external_id", "37300001");
    for scenario in ["rehire-new-id", "rehire-same-id"] {
        let employments = said(&everybody(scenario, &[]).0, LEAD, "employments");
        assert!(
            employments.contains(r#""end":"2026-09-03""#)
                && employments.matches(r#""start""#).count() == 2
        );
    }
}

#[test]
fn a_human_without_a_code_is_known_by_id_and_by_code_is_nobody() {
    let (records, extent) = everybody("person-code-missing", &[]);
    assert_eq!((records.len(), extent.problems.len()), (231, 0));
    let column = records
        .columns()
        .iter()
        .position(|it| it == "personCode")
        .unwrap();
    let lead = records
        .iter()
        .find(|record| record.cell(column) == Cell::Null)
        .unwrap();
    let employments = records
        .columns()
        .iter()
        .position(|it| it == "employments")
        .unwrap();
    assert!(
        matches!(lead.cell(employments), Cell::Text(text) if text.matches("external_id").count() == 1)
    );
    let (records, _) = everybody("person-code-missing", &[("external_id", "personCode")]);
    assert_eq!(
        records
            .iter()
            .filter(|record| record.cell(0) == Cell::Absent)
            .count(),
        1,
        "rejected as unidentified"
    );
}

#[test]
fn an_employment_is_the_cores_with_the_company_by_id() {
    let emulator = started(&["overlapping-employments"]);
    let (records, extent) = read(&emulator, &[]).unwrap();
    let first = r#"{"external_id":"900001","payroll_id":"000403","type":"1","company":"7001","start":"2024-05-16","original_start":"2024-05-16"}"#;
    let second = r#"{"external_id":"900002","payroll_id":"000403","type":"1","company":"7002","start":"2026-07-25","original_start":"2024-05-16"}"#;
    assert_eq!(
        said(&records, LEAD, "employments"),
        format!("[{first},{second}]")
    );
    let company = |id: &str, short: &str| {
        extent
            .companies
            .iter()
            .any(|it| it.external_id == id && it.short_name == short)
    };
    assert!(
        company("7001", "NL01") && company("7002", "NL02"),
        "{:?}",
        extent.companies
    );
}

#[test]
fn a_contract_that_is_renewed_the_next_day_ends_nothing() {
    let (records, _) = everybody("contract-renewed", &[]);
    let employments = said(&records, LEAD, "employments");
    assert!(
        employments.matches(r#""start""#).count() == 2
            && employments.matches(r#""end":"2026-11-01""#).count() == 1
    );
}

#[test]
fn which_date_ends_an_employment_is_a_setting() {
    let end = |scenario: &str, more: &[(&str, &str)]| {
        let employments = said(&everybody(scenario, more).0, LEAD, "employments");
        employments
            .split_once(r#""end":""#)
            .map(|(_, rest)| rest[..10].to_owned())
    };
    assert_eq!(end("end-date-ahead", &[]).as_deref(), Some("2026-11-22"));
    assert_eq!(end("end-date-ahead", &[("end_date", "discharge")]), None);
    assert_eq!(end("termination-days", &[]).as_deref(), Some("2026-11-01"));
    assert_eq!(
        end("termination-days", &[("discharge_day", "first_day_out")]).as_deref(),
        Some("2026-10-31")
    );
}

#[test]
fn dates_decide_who_works_and_is_active_only_objects() {
    says("inactive-open", "isActive", "false");
    says("future-start", "isActive", "true");
    // The list of employments has it still.
    says("is-active-missing", "isActive", "true");
    says("active-discharged", "isActive", "true");
    says("deceased", "deceased", "true");
    says("plain", "deceased", "null");
}

#[test]
fn a_hire_date_that_is_missing_is_taken_from_the_first_contract_and_one_withheld_stops_departures()
{
    let start = said(&everybody("hire-date-missing", &[]).0, LEAD, "employments");
    assert!(start.contains(r#""start":"20"#), "{start}");
    assert_eq!(
        said(
            &everybody("hire-date-missing", &[]).0,
            LEAD,
            "employments.hireDate"
        ),
        "null"
    );
}

#[test]
fn a19_addresses_are_of_a_type_in_any_case_and_the_first_that_is_there() {
    let company = started(&[]).company();
    let person = |number| company.person(number).unwrap();
    for number in [3, 4, 5] {
        let (records, _) = everybody("mail-types-mixed", &[]);
        let at = |column: &str| said(&records, &(100_000 + number).to_string(), column);
        assert_eq!(
            at("emailAddresses.business"),
            person(number).email.clone().unwrap()
        );
        let private = person(number).private_email.clone();
        assert_eq!(
            at("emailAddresses.private"),
            private.unwrap_or("null".to_owned())
        );
    }
    says(
        "mail-two-business",
        "emailAddresses.business",
        person(3).email.as_deref().unwrap(),
    );
    for scenario in [
        "mail-type-unknown",
        "mail-address-missing",
        "mail-only-private",
        "email-null",
    ] {
        says(scenario, "emailAddresses.business", "null");
    }
    says(
        "mail-only-private",
        "emailAddresses.private",
        "only@home.example",
    );
    says("mail-array-missing", "emailAddresses.business", "-");
}

#[test]
fn names_come_as_the_vendor_formats_them() {
    says("known-as-missing", "knownAs", "null");
    says(
        "known-as-missing",
        "firstNames",
        &started(&[]).company().person(3).unwrap().first_name,
    );
    says("name-odd", "lastName", "’t Hart-Ĳsbrand ë O’Neill");
    says("name-long", "lastName", &"Ĳ".repeat(120));
}

#[test]
fn a_company_that_was_renamed_is_one_and_one_that_is_unknown_keeps_its_short_name() {
    let (_, extent) = everybody("company-renamed", &[]);
    let expected = Company {
        external_id: "7001".into(),
        short_name: "NL01".into(),
        full_name: Some("Voorbeeld Zorg Nederland B.V.".into()),
        valid_from: Some(jiff::civil::date(2020, 4, 1)),
        valid_to: None,
    };
    assert_eq!(
        extent
            .companies
            .iter()
            .filter(|it| it.external_id == "7001")
            .collect::<Vec<_>>(),
        [&expected]
    );
    let (records, _) = everybody("company-unknown", &[]);
    assert!(said(&records, LEAD, "employments").contains(r#""company":"XX99""#));
}

#[test]
fn a15_a_selection_that_vanishes_is_absent_and_stops_departures() {
    let columns = wanted(
        &["external_id", "personCode", "extensions.alleo"],
        &["external_id", "extensions.alleo"],
    );
    let find = |scenario: &str| {
        ground()
            .read(&*youserve(&started(&[scenario]), &[]), &columns)
            .unwrap()
    };
    let company = started(&[]).company();
    let access = if company.person(3).unwrap().access {
        "J"
    } else {
        "N"
    };
    assert_eq!(said(&find("plain").0, LEAD, "extensions.alleo"), access);
    let (records, extent) = find("extension-missing");
    assert_eq!(said(&records, LEAD, "extensions.alleo"), "-");
    assert_eq!(extent.partial, Some(PartialReason::AttributeWithheld));
    assert!(
        extent.problems[0].advice.contains("`alleo`"),
        "{:?}",
        extent.problems
    );
    assert_eq!(find("extension-all-no").1.partial, None);
}

#[test]
fn lists_that_nothing_needs_are_not_read() {
    let emulator = started(&[]);
    let columns = wanted(&["external_id", "lastName"], &["external_id"]);
    ground().read(&*youserve(&emulator, &[]), &columns).unwrap();
    assert!(
        data(&emulator)
            .iter()
            .all(|asked| asked.path == "/iam/v1.0/employees")
    );
}

#[test]
fn homes_and_telephones_are_never_read() {
    let columns = wanted(&["external_id", "personCode"], &["external_id"]);
    let (records, _) = ground()
        .read(&*youserve(&started(&[]), &[]), &columns)
        .unwrap();
    let text: String = records.iter().map(|record| format!("{record:?}")).collect();
    assert!(!text.contains("Voorbeeldstraat") && !text.contains("+316"));
    let error: Wanted = wanted(&["external_id", "addresses"], &["external_id"]);
    let (records, _) = ground()
        .read(&*youserve(&started(&[]), &[]), &error)
        .unwrap();
    assert!(
        !records
            .iter()
            .any(|record| format!("{record:?}").contains("Voorbeeldstraat"))
    );
}

#[test]
fn the_test_tells_fields_a_sample_and_whom_the_selection_takes() {
    let emulator = started(&["birthday-missing"]);
    let mut wanted = everything();
    wanted.selection = vec![Rule::new(
        "isActive".into(),
        Test::NotIn(vec!["false".into()]),
    )];
    let findings = ground().test(&*youserve(&emulator, &[]), &wanted).unwrap();
    let state = |column: &str| {
        findings
            .fields
            .iter()
            .find(|field| field.column == column)
            .unwrap()
            .state
    };
    assert_eq!(state("emailAddresses.business"), FieldState::Readable);
    assert_eq!(state("dateOfBirth"), FieldState::Withheld);
    assert_eq!(state("deceased"), FieldState::Empty);
    assert_eq!(state("extensions.alleo"), FieldState::Unused);
    assert_eq!(state("employments.organizationUnit"), FieldState::Unused);
    assert_eq!(
        (findings.sample.len(), findings.columns.len()),
        (5, wanted.columns.len())
    );
    let taken = findings.taken.unwrap();
    assert_eq!(
        (
            taken.selected + taken.left_out,
            taken.undecided,
            taken.invalid
        ),
        (231, 0, 0)
    );
    assert!(taken.left_out > 0);
}
