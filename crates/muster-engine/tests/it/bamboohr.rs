//! BambooHR's menu: every scenario as a whole job, by the table that reads are held to.

use crate::{
    bamboohr_table::{MENU, Over, PEOPLE, Then as Read},
    case::{self, Case, Then, check_all},
    ground::Plot,
};
use muster_testkit::emulator::Product;

pub(crate) const REPORT: Plot =
    Plot { product: Product::BambooHr, people: PEOPLE, settings: &[("company_domain", "acme"), ("api", "report")] };
pub(crate) const DATASETS: Plot =
    Plot { product: Product::BambooHr, people: PEOPLE, settings: &[("company_domain", "acme"), ("api", "datasets")] };
const OTHER_REPORT: Plot =
    Plot { settings: &[("company_domain", "other"), ("api", "report")], ..REPORT };
const OTHER_DATASETS: Plot =
    Plot { settings: &[("company_domain", "other"), ("api", "datasets")], ..DATASETS };

/// What a scenario does to the directory: nothing unless it is here.
const CHANGES: &[(&str, &[&str])] = &[];

/// What a scenario makes of a plan although everybody is read.
const THEN: &[(&str, Then)] = &[];

fn cases(plot: Plot, other: Plot, is_met: impl Fn(Over) -> bool) -> Vec<Case> {
    let case = |row: &crate::bamboohr_table::Case| {
        let name = row.scenarios[0];
        let then = THEN.iter().find(|(scenario, _)| *scenario == name).map(|(_, then)| *then);
        let changes = CHANGES.iter().find(|(scenario, _)| *scenario == name).map_or(&[][..], |(_, changes)| changes);
        let then = then.unwrap_or(match row.then {
            Read::Complete => Then::Complete,
            Read::Told(words) | Read::Rejected(words) => Then::Told(words),
            Read::Partial(reason, _, words) => Then::Partial(reason, words),
            Read::Failed(kind, words) => case::failed(kind, words),
        });
        let plot = if name.starts_with("wrong-domain") { other } else { plot };
        Case { scenarios: row.scenarios.to_vec(), plot, then, changes }
    };
    MENU.iter().filter(|row| is_met(row.over)).map(case).collect()
}

#[test]
fn every_scenario_of_the_report_ends_as_the_table_says() {
    check_all(&cases(REPORT, OTHER_REPORT, |over| !matches!(over, Over::Datasets)));
}

#[test]
fn every_scenario_of_datasets_ends_as_the_table_says() {
    check_all(&cases(DATASETS, OTHER_DATASETS, |over| !matches!(over, Over::Report)));
}
