//! YouServe's menu: every scenario as a whole job, by the table that reads are held to.

use crate::{
    case::{self, Case, Expected, check_all},
    directory::changes,
    faults::keeps,
    harness::{Harness, RECORDS, SystemSetup},
    youserve_table::{Outcome, PEOPLE, Row, TABLE},
};
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_engine::Mode;
use muster_testkit::emulator::Product;

pub(crate) const SECRET: SystemSetup = SystemSetup {
    product: Product::YouServe,
    people: PEOPLE,
    settings: &[("login", "secret")],
    selection_field: None,
    has_budgets: false,
};

/// What a scenario does to the directory: nothing unless it is here.
const CHANGES: &[(&str, &[&str])] = &[
    // Who ended yesterday is gone; who ends today is still there.
    (
        "termination-days",
        &[
            "36488005 employments=[{\"external_id\":\"88005\",\"payroll_id\":\"00",
            "36488005 offboarding_date=2026-11-02",
            "36488005 onboarding_date=2024-05-16",
            "36488005 work_anniversary=2024-05-16",
            "36488004 status=inactive",
        ],
    ),
    // No longer active, whatever the dates say.
    ("start-after-end", &["36488004 status=inactive"]),
    (
        "end-date-ahead",
        &[EMPLOYMENTS, "36488004 offboarding_date=2026-11-22"],
    ),
    ("contract-renewed", &[EMPLOYMENTS]),
    ("original-later", &[EMPLOYMENTS]),
    (
        "active-discharged",
        &[
            EMPLOYMENTS,
            "36488004 offboarding_date=2026-10-13",
            "36488004 status=inactive",
        ],
    ),
    ("inactive-open", &["36488004 status=inactive"]),
    ("deceased", &["36488004 status=inactive"]),
    ("person-vanished", &["36488004 status=inactive"]),
    (
        "email-changed",
        &["36488004 email=changed.jurgen.dang3@acme.example"],
    ),
    ("mail-two-business", &["36488004 private_email="]),
    (
        "name-odd",
        &["36488004 last_name=’t Hart-Ĳsbrand ë O’Neill"],
    ),
    (
        "name-long",
        &["36488004 last_name=ĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲĲ"],
    ),
    ("company-unknown", &["36488004 company=XX99", EMPLOYMENTS]),
    // The record is gone at YouServe, too.
    ("record-deleted", &["36488103 status=inactive"]),
];

const EMPLOYMENTS: &str = "36488004 employments=[{\"external_id\":\"88004\",\"payroll_id\":\"00";

/// What a scenario makes of a plan although everybody is read.
const EXPECTED: &[(&str, Expected)] = &[
    // Of several records of one human another one counts: only a person can say whether that is right.
    (
        "rehire-new-id",
        Expected::Held("held NewExternalId: `36488004` as `37300002`"),
    ),
    (
        "rehire-same-id",
        Expected::Held(
            "held NewExternalId: `36488007` as `36488006`\n\
             held NewExternalId: `36488212` as `36488211`\n\
             held NewExternalId: `36488004` as `37300001`",
        ),
    ),
    (
        "future-start",
        Expected::Held("held NewExternalId: `36488004` as `37300001`"),
    ),
    (
        "overlapping-employments",
        Expected::Held("held NewExternalId: `36488004` as `37300001`"),
    ),
    (
        "termination-days",
        Expected::Reported("held NewExternalId: `36488007` as `36488006`"),
    ),
    (
        "start-after-end",
        Expected::Reported("start: 2026-10-03, end: 2026-09-03"),
    ),
    (
        "active-discharged",
        Expected::Reported(
            r#"offboarding_date: `2026-10-13` Warning Lifecycle(OffboardingPast { date: "2026-10-13" })"#,
        ),
    ),
    ("email-null", Expected::Reported(BLANK)),
    ("mail-type-unknown", Expected::Reported(BLANK)),
    ("mail-address-missing", Expected::Reported(BLANK)),
    ("mail-only-private", Expected::Reported(BLANK)),
    (
        "email-same",
        Expected::Reported(
            r#"Rejected Match(AddressTaken { address: "jurgen.dang3@acme.example", external_id: Some("36488005"), holder: Holder { name: "Jürgen Đặng", external_id: Some("36488004")"#,
        ),
    ),
    (
        "email-case-twins",
        Expected::Reported(
            r#"Rejected Match(AddressTaken { address: "JURGEN.DANG3@ACME.EXAMPLE", external_id: Some("36488005"), holder: Holder { name: "Jürgen Đặng", external_id: Some("36488004")"#,
        ),
    ),
    (
        "company-unknown",
        Expected::Reported("`XX99` Warning Value(CompanyUnknown)"),
    ),
    (
        "company-gone",
        Expected::Reported("CompanyUnlisted { id: \"7001\", short_name: \"NL01\""),
    ),
    // Nothing says how many there are: those who are missing are asked for.
    (
        "half-list",
        Expected::Partial(
            PartialReason::Truncated,
            r#"of: Employees, count: 108, absence: StillThere"#,
        ),
    ),
];

const BLANK: &str = "emailAddresses.business: `` Rejected Value(Required { is_absent: false })";

fn case(row: &Row) -> Case {
    let expected = EXPECTED
        .iter()
        .find(|(scenario, _)| *scenario == row.scenario)
        .map(|(_, expected)| *expected);
    let changes = CHANGES
        .iter()
        .find(|(scenario, _)| *scenario == row.scenario)
        .map_or(&[][..], |(_, changes)| changes);
    let expected = expected.unwrap_or(match row.outcome {
        Outcome::Complete(_) if row.says.is_empty() => Expected::Complete,
        Outcome::Complete(_) => Expected::Reported(row.says),
        Outcome::Partial(PartialReason::Empty) => {
            Expected::Failed(RunStatus::Refused, PartialReason::Empty, row.says)
        }
        Outcome::Partial(reason) => Expected::Partial(reason, row.says),
        Outcome::Failed(kind) => case::failed(kind, row.says),
    });
    let mut settings = vec![("login", row.login)];
    if !row.tenant.is_empty() {
        settings.push(("tenant", row.tenant));
    }
    Case {
        scenarios: vec![row.scenario],
        setup: SystemSetup {
            settings: settings.leak(),
            ..SECRET
        },
        expected,
        changes,
    }
}

fn cases(is_it: impl Fn(u8) -> bool) -> Vec<Case> {
    TABLE
        .iter()
        .filter(|row| is_it(row.menu))
        .map(case)
        .collect()
}

#[test]
fn every_scenario_of_people_ends_as_the_table_says() {
    check_all(&cases(|menu| (6..=10).contains(&menu)));
}

#[test]
fn every_scenario_of_the_line_ends_as_the_table_says() {
    check_all(&cases(|menu| !(6..=10).contains(&menu)));
}

#[test]
fn company_deleted_at_youserve_without_employees_ends_today() {
    let harness = Harness::after_first_run(SECRET);
    harness.scenario("company-same-short-name,times=1,on=/iam/v1.0/companies");
    harness.run(Mode::Apply);
    let ended = harness.run(Mode::Apply);
    let ends = &ended
        .is(RunStatus::Applied)
        .outcome
        .proposal
        .as_ref()
        .unwrap()
        .company_ends;
    assert_eq!(
        ends.iter()
            .map(|end| end.external_id.as_str())
            .collect::<Vec<_>>(),
        ["7099"],
        "{}",
        ended.said
    );
    let companies = harness.workspace().companies;
    let last = |id: &str| {
        companies
            .iter()
            .find(|company| company.external_id == id)
            .unwrap()
            .valid_to
    };
    assert_eq!(
        (last("7099"), last("7001")),
        (Some(jiff::civil::date(2026, 11, 2)), None)
    );
    harness.run(Mode::Apply).is(RunStatus::NothingToDo);
}

#[test]
fn empty_list_of_companies_and_an_incomplete_delivery_end_no_company() {
    let harness = Harness::after_first_run(SECRET);
    harness.scenario("company-same-short-name,times=1,on=/iam/v1.0/companies");
    harness.run(Mode::Apply);
    let last_days = || {
        let companies = harness.workspace().companies;
        companies
            .into_iter()
            .map(|company| (company.external_id, company.valid_to))
            .collect::<Vec<_>>()
    };
    let before = last_days();
    assert!(before.contains(&("7099".to_owned(), None)), "{before:?}");
    harness.scenario("empty-list,times=1,on=/iam/v1.0/companies");
    let people = harness.directory();
    let refused = harness.run(Mode::Apply);
    refused
        .is(RunStatus::Refused)
        .says("NoCompanies { listed: 0, named: 3");
    assert_eq!((last_days(), harness.directory()), (before.clone(), people));
    // The list of companies is whole, and that of employees is not: a company may be missing by mistake as well.
    harness.scenario("half-list,on=/iam/v1.0/employees");
    let ended = harness.run(Mode::Apply);
    assert!(ended.partial().is_some(), "{}", ended.said);
    assert_eq!(last_days(), before);
}

#[test]
fn without_a_list_of_employments_those_in_the_records_are_used() {
    const NONE: &str = "empty-list,on=/iam/v1.0/employments";
    let (_, ended) = keeps(SECRET, NONE, RunStatus::Refused, "NoEmployments");
    ended.says("ContactSupport").says("EmploymentsFromRecords");
    let harness = Harness::after_first_run(SystemSetup {
        settings: &[("login", "secret"), RECORDS],
        ..SECRET
    });
    harness.scenario(NONE);
    harness.run(Mode::Apply).is(RunStatus::NothingToDo);
    assert!(
        harness
            .emulator
            .requests()
            .iter()
            .all(|asked| !asked.path.ends_with("/employments"))
    );
    let before = harness.directory();
    harness
        .emulator
        .change(|company| company.people[2].service[0].until = company.today.yesterday().ok());
    let ended = harness.run(Mode::Apply);
    assert_eq!(
        ended.is(RunStatus::Applied).partial(),
        None,
        "{}",
        ended.said
    );
    let changed = changes(&before, &harness.directory());
    assert!(
        changed
            .iter()
            .any(|change| change == "36488004 status=inactive"),
        "{changed:?}"
    );
}
