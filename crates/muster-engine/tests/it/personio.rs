//! Personio's menu: every scenario as a whole job.

use crate::{
    case::{Case, check_all},
    harness::SystemSetup,
    personio_table::{Api, MENU, Row},
};
use muster_testkit::emulator::Product;
use std::collections::BTreeSet;

/// Two pages of version 1, which has a hundred people on each.
pub(crate) const V1: SystemSetup = SystemSetup {
    product: Product::Personio,
    people: 120,
    settings: &[("api", "v1")],
    selection_field: Some("Alleo"),
    has_budgets: true,
};
/// Two pages of version 2, which has fifty.
pub(crate) const V2: SystemSetup = SystemSetup {
    product: Product::Personio,
    people: 60,
    settings: &[("api", "v2")],
    selection_field: Some("Alleo"),
    has_budgets: true,
};

fn cases(setup: SystemSetup, is_met: impl Fn(Api) -> bool) -> Vec<Case> {
    let case = |row: &Row| Case {
        scenarios: row.scenarios.to_vec(),
        setup,
        expected: row.expected,
        changes: row.changes,
    };
    MENU.iter()
        .filter(|row| is_met(row.api))
        .map(case)
        .collect()
}

#[test]
fn every_scenario_of_version_1_ends_as_the_table_says() {
    check_all(&cases(V1, |api| api != Api::V2));
}

#[test]
fn every_scenario_of_version_2_ends_as_the_table_says() {
    check_all(&cases(V2, |api| api != Api::V1));
}

#[test]
fn the_table_has_every_scenario_of_the_menu() {
    let menu: BTreeSet<&str> = Product::Personio
        .scenarios()
        .iter()
        .map(|scenario| scenario.name)
        .collect();
    let bare = |row: &Row| row.scenarios[0].split(',').next().unwrap_or_default();
    let table: BTreeSet<&str> = MENU.iter().map(bare).collect();
    assert_eq!(table, menu);
}
