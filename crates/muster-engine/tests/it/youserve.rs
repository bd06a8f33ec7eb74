//! YouServe's menu: every scenario as a whole job, by the table that reads are held to.

use crate::{
    case::{self, Case, Then, check_all},
    ground::Plot,
    youserve_table::{Outcome, PEOPLE, Row, TABLE},
};
use muster_testkit::emulator::Product;

pub(crate) const SECRET: Plot = Plot { product: Product::YouServe, people: PEOPLE, settings: &[("login", "secret")] };

/// What a scenario does to the directory: nothing unless it is here.
const CHANGES: &[(&str, &[&str])] = &[];

/// What a scenario makes of a plan although everybody is read.
const THEN: &[(&str, Then)] = &[];

fn case(row: &Row) -> Case {
    let then = THEN.iter().find(|(scenario, _)| *scenario == row.scenario).map(|(_, then)| *then);
    let changes = CHANGES.iter().find(|(scenario, _)| *scenario == row.scenario).map_or(&[][..], |(_, changes)| changes);
    let then = then.unwrap_or(match row.outcome {
        Outcome::Complete(_) if row.says.is_empty() => Then::Complete,
        Outcome::Complete(_) => Then::Told(row.says),
        Outcome::Partial(reason) => Then::Partial(reason, row.says),
        Outcome::Failed(kind) => case::failed(kind, row.says),
    });
    let mut settings = vec![("login", row.login)];
    if !row.tenant.is_empty() {
        settings.push(("tenant", row.tenant));
    }
    Case { scenarios: vec![row.scenario], plot: Plot { settings: settings.leak(), ..SECRET }, then, changes }
}

fn cases(is_it: impl Fn(u8) -> bool) -> Vec<Case> {
    TABLE.iter().filter(|row| is_it(row.menu)).map(case).collect()
}

#[test]
fn every_scenario_of_people_ends_as_the_table_says() {
    check_all(&cases(|menu| (6..=10).contains(&menu)));
}

#[test]
fn every_scenario_of_the_line_ends_as_the_table_says() {
    check_all(&cases(|menu| !(6..=10).contains(&menu)));
}
