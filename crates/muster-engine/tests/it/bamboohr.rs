//! BambooHR's menu: every scenario as a whole job, by the table that reads are held to.

use crate::{
    bamboohr_table::{MENU, Over, PEOPLE, Then as Read},
    case::{self, Case, Expected, check_all},
    harness::SystemSetup,
};
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_testkit::emulator::Product;

pub(crate) const REPORT: SystemSetup = SystemSetup {
    product: Product::BambooHr,
    people: PEOPLE,
    settings: &[("company_domain", "acme"), ("api", "report")],
    selection_field: Some("alleo_access"),
    has_budgets: false,
};
pub(crate) const DATASETS: SystemSetup = SystemSetup {
    product: Product::BambooHr,
    people: PEOPLE,
    settings: &[("company_domain", "acme"), ("api", "datasets")],
    selection_field: Some("alleo_access"),
    has_budgets: false,
};
const OTHER_REPORT: SystemSetup = SystemSetup {
    settings: &[("company_domain", "other"), ("api", "report")],
    ..REPORT
};
const OTHER_DATASETS: SystemSetup = SystemSetup {
    settings: &[("company_domain", "other"), ("api", "datasets")],
    ..DATASETS
};

/// What a scenario does to the directory: nothing unless it is here.
const CHANGES: &[(&str, &[&str])] = &[
    (
        "names-odd",
        &[
            "6 first_name=Ann, the 2nd; \"x\"",
            "7 first_name=Zoë 👩\u{200d}💻🇳🇱",
            "8 first_name=שרה",
            "10 first_name=O'Neil",
        ],
    ),
    ("start-after-end", &["6 status=inactive"]),
    ("email-null", &["6 email=lead3@home.example"]),
    (
        "email-changed",
        &["6 email=changed.jurgen.dang3@acme.example"],
    ),
    (
        "rehire-same-id",
        &[
            "6 onboarding_date=2026-10-23",
            "6 work_anniversary=2022-09-24",
        ],
    ),
    // Who ended yesterday is gone; who ends today or tomorrow is still there.
    (
        "termination-days",
        &[
            "6 status=inactive",
            "7 offboarding_date=2026-11-02",
            "7 onboarding_date=2024-05-16",
            "7 work_anniversary=2024-05-16",
            "8 offboarding_date=2026-11-03",
            "8 onboarding_date=2024-05-16",
            "8 work_anniversary=2024-05-16",
        ],
    ),
    ("future-start", &["6 work_anniversary=2026-11-16"]),
    // The last day is noted, and nobody leaves before it.
    (
        "planned-leaver",
        &[
            "6 offboarding_date=2027-01-31",
            "6 onboarding_date=2024-05-16",
            "6 work_anniversary=2024-05-16",
        ],
    ),
    (
        "on-leave",
        &[
            "6 onboarding_date=2024-05-16",
            "6 work_anniversary=2024-05-16",
        ],
    ),
    (
        "overlapping-employments",
        &[
            "6 onboarding_date=2024-05-16",
            "6 work_anniversary=2024-05-16",
        ],
    ),
    (
        "hire-date-zero",
        &["6 onboarding_date=", "6 work_anniversary="],
    ),
    ("person-vanished", &["6 status=inactive"]),
    ("inactive-without-termination", &["6 status=inactive"]),
];

/// What a scenario makes of a plan although everybody is read.
const EXPECTED: &[(&str, Expected)] = &[
    (
        "half-total",
        Expected::Partial(
            PartialReason::Truncated,
            r#"of: People, count: 37, absence: StillThere, ids: ["61", "62", "63"]"#,
        ),
    ),
    (
        "people-hidden",
        Expected::Partial(PartialReason::Truncated, "absence: Hidden"),
    ),
    ("alleo-all-false", Expected::Held("removals 73 of 73")),
    (
        "names-odd",
        Expected::Reported("Warning Value(CharacterRemoved { code_point: 8235 })"),
    ),
    (
        "email-case-twins",
        Expected::Reported(
            r#"Rejected Match(AddressTaken { address: "JURGEN.DANG3@ACME.EXAMPLE", external_id: Some("7"), holder: Holder { name: "Jürgen Đặng", external_id: Some("6")"#,
        ),
    ),
    (
        "email-same",
        Expected::Reported(
            r#"Rejected Match(AddressTaken { address: "jurgen.dang3@acme.example", external_id: Some("7"), holder: Holder { name: "Jürgen Đặng", external_id: Some("6")"#,
        ),
    ),
    (
        "email-both-null",
        Expected::Reported("Rejected Value(Required { is_absent: false })"),
    ),
    // Only a person can say whether this is the same human.
    (
        "id-changed",
        Expected::Held("held NewExternalId: `6` as `900006`"),
    ),
    (
        "future-start",
        Expected::Reported(
            r#"onboarding_date: `2026-11-16` Warning Lifecycle(OnboardingIgnored { date: "2026-11-16" })"#,
        ),
    ),
    // The status says that the employee left, for which the key is enough; the stored start is before that end.
    ("start-after-end", Expected::Complete),
];

fn cases(setup: SystemSetup, other: SystemSetup, is_met: impl Fn(Over) -> bool) -> Vec<Case> {
    let case = |row: &crate::bamboohr_table::Case| {
        let name = row.scenarios[0];
        let expected = EXPECTED
            .iter()
            .find(|(scenario, _)| *scenario == name)
            .map(|(_, expected)| *expected);
        let changes = CHANGES
            .iter()
            .find(|(scenario, _)| *scenario == name)
            .map_or(&[][..], |(_, changes)| changes);
        let expected = expected.unwrap_or(match row.then {
            Read::Complete | Read::Fewer(_) => Expected::Complete,
            Read::Reported(words) | Read::Rejected(words) => Expected::Reported(words),
            Read::Partial(PartialReason::Empty, _, words) => {
                Expected::Failed(RunStatus::Refused, PartialReason::Empty, words)
            }
            Read::Partial(reason, _, words) => Expected::Partial(reason, words),
            Read::Failed(kind, words) => case::failed(kind, words),
        });
        let setup = if name.starts_with("wrong-domain") {
            other
        } else {
            setup
        };
        Case {
            scenarios: row.scenarios.to_vec(),
            setup,
            expected,
            changes,
        }
    };
    MENU.iter()
        .filter(|row| is_met(row.over))
        .map(case)
        .collect()
}

#[test]
fn every_scenario_of_the_report_ends_as_the_table_says() {
    check_all(&cases(REPORT, OTHER_REPORT, |over| {
        !matches!(over, Over::Datasets)
    }));
}

#[test]
fn every_scenario_of_datasets_ends_as_the_table_says() {
    check_all(&cases(DATASETS, OTHER_DATASETS, |over| {
        !matches!(over, Over::Report)
    }));
}
