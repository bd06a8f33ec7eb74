//! The field by which YouServe's customer selects people (A15), as whole jobs.

use crate::{
    directory::changes,
    faults::{keeps, the_next_slot_is_not_lost},
    harness::{Harness, SystemSetup},
    youserve::SECRET,
};
use muster_core::{model::run::RunStatus, read::reading::PartialReason};
use muster_engine::Mode;

/// The customer's own field at YouServe selects people.
const SELECTING: SystemSetup = SystemSetup {
    selection_field: Some("extensions.alleo"),
    ..SECRET
};

#[test]
fn a15_youserve_selection_field_that_is_false_for_everyone_is_held() {
    let (harness, ended) = keeps(
        SELECTING,
        "extension-all-no",
        RunStatus::Held,
        "removals 156 of 156",
    );
    ended.says("deselected: 156, rules: [(\"extensions.alleo\", 212)");
    // Nobody approves it, and the next slot has people with access again.
    harness.scenario("plain");
    let before = harness.directory();
    assert_eq!(
        harness
            .run(Mode::Apply)
            .is(RunStatus::NothingToDo)
            .partial(),
        None
    );
    assert_eq!(before, harness.directory());
}

#[test]
fn a15_missing_youserve_selection_field_deselects_nobody() {
    let (harness, ended) = keeps(
        SELECTING,
        "extension-missing",
        RunStatus::NothingToDo,
        r#"Withheld { column: "extensions.alleo", decides: true }"#,
    );
    ended.says("Selection(ColumnsAbsent { columns: [\"extensions.alleo\"] })");
    assert_eq!(ended.partial(), Some(PartialReason::AttributeWithheld));
    the_next_slot_is_not_lost(&harness);
}

#[test]
fn a15_employee_who_loses_the_youserve_selection_field_is_the_only_departure() {
    let harness = Harness::after_first_run(SELECTING);
    let (before, mail) = (
        harness.directory(),
        harness.emulator.company().people[2].email.clone().unwrap(),
    );
    harness
        .emulator
        .change(|company| company.people[2].access = false);
    harness.run(Mode::Apply).is(RunStatus::Applied);
    let changed = changes(&before, &harness.directory());
    let id = before
        .values()
        .find(|person| person["email"] == mail)
        .map(|person| person["external_id"].clone());
    assert_eq!(changed, [format!("{} status=inactive", id.unwrap())]);
}
