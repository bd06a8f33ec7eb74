//! The rules of YouServe's API that bite, one by one, against its emulator.

mod contracts;

use crate::{
    session::{connector, described, described_error, wanted},
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
fn a_token_that_cannot_be_kept_is_reported_and_costs_no_run() {
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
        .map(|it| (it.code, described(it).contains("the disk is full")))
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
fn a_404_names_the_tenant_only_where_one_is_set() {
    let help = |scenario: &str, tenant: &[(&str, &str)]| {
        let error = read(&started(&[scenario]), tenant).unwrap_err();
        format!("{:?}", error.problem.remedy)
    };
    for (scenario, tenant, expected) in [
        ("tenant-404", Some("1"), "Api(YouServe(Tenant))"),
        ("next-token-gone", None, "Api(YouServe(NoTenant))"),
        ("next-token-gone", Some("8001234"), "Api(YouServe(Tenant))"),
        ("tenant-required", None, "Api(YouServe(Rights))"),
        ("http-404,on=/authentication", None, "Api(YouServe(Paths))"),
    ] {
        let tenant = tenant.map(|tenant| ("tenant", tenant));
        let tenant: Vec<_> = tenant.into_iter().collect();
        assert_eq!(help(scenario, &tenant), expected, "{scenario} {tenant:?}");
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
    assert!(
        described_error(&error).contains("the audience is not"),
        "{error}"
    );
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
fn a18_a_key_that_cannot_be_used_is_reported_when_it_is_set() {
    let rsa = started(&[]).credential("private_key");
    assert_eq!(opened(&[("private_key", &rsa)], "assertion"), Ok(()));
    let half = &rsa[..rsa.len() / 2];
    for (secrets, login, on, why) in [
        (
            vec![("private_key", "hello")],
            "assertion",
            "private_key",
            "Unreadable",
        ),
        (
            vec![("private_key", half)],
            "bearer",
            "private_key",
            "Unreadable",
        ),
        (
            vec![(
                "private_key",
                "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
            )],
            "grant",
            "private_key",
            "Public",
        ),
        (
            vec![("client_secret", "secret")],
            "grant",
            "private_key",
            "NeededFor",
        ),
        (
            vec![("private_key", &*rsa)],
            "secret",
            "client_secret",
            "NeededFor",
        ),
    ] {
        let error = opened(&secrets, login).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Configuration);
        assert!(
            described_error(&error).contains(on) && described_error(&error).contains(why),
            "{error}"
        );
    }
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
        described(&extent.problems[0]).contains(r#"key: "alleo""#),
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
fn the_test_tells_fields_a_sample_and_who_is_selected() {
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
