//! What HR systems handed over, kept and run again under other rules.

use crate::{
    aging::morning,
    bamboohr::REPORT,
    harness::{Harness, SystemSetup},
    personio::V2,
    youserve::SECRET,
};
use muster_core::{
    model::{
        field::{FieldNumber, canonical},
        ids::RunId,
        plan::Changed,
    },
    read::reading::PartialReason,
    setup::mapping::Source,
};
use muster_engine::{From, Integration, Mode, Replayed, RunError, erase, rehearse, replay};

/// Two weeks of runs.
fn lived(setup: SystemSetup) -> Harness {
    let mut harness = Harness::after_first_run(setup);
    for _ in 0..3 {
        harness.emulator.age(4);
        harness.now = morning(harness.emulator.company().today);
        let ended = harness.run(Mode::Apply);
        harness.approve_held(&ended);
    }
    harness
}

fn again(harness: &Harness, integration: &Integration) -> Result<Replayed, RunError> {
    replay(
        integration,
        From::Run(RunId(1)),
        &harness.deps(),
        &mut |_| {},
    )
}

/// The same integration with another column for a field.
fn mapped(harness: &Harness, field: FieldNumber, column: &str) -> Integration {
    let mut integration = harness.integration();
    let entries = &mut integration.setup.rules.mapping.entries;
    entries
        .iter_mut()
        .find(|entry| entry.field == field)
        .unwrap()
        .source = Source::Column(column.to_owned());
    integration
}

#[test]
fn replay_of_hr_systems_has_no_differences() {
    for setup in [V2, REPORT, SECRET] {
        let harness = lived(setup);
        let replayed = again(&harness, &harness.integration()).unwrap();
        assert!(
            replayed.deliveries >= 4 && replayed.lost.is_empty(),
            "{setup:?}: {replayed:?}"
        );
        assert!(
            replayed.refused.is_empty() && replayed.unread.is_empty(),
            "{setup:?}: {:?}",
            replayed.refused
        );
        let different: Vec<_> = replayed
            .differences
            .iter()
            .map(|found| &found.changes)
            .collect();
        assert_eq!(replayed.different, 0, "{setup:?}: {different:?}");
    }
}

#[test]
fn replay_with_another_mapping_lists_differences_and_columns_not_read_then() {
    let harness = lived(REPORT);
    let before = harness.directory();
    let location = |column: &str| mapped(&harness, canonical::LOCATION, column);
    let replayed = again(&harness, &location("department")).unwrap();
    let what: Vec<_> = replayed.fields.keys().copied().collect();
    assert_eq!(what, [Changed::Field(canonical::LOCATION)]);
    assert!(
        replayed.different > 50 && replayed.unread.is_empty(),
        "{}",
        replayed.different
    );
    let asked_never = again(&harness, &location("nickname")).unwrap();
    assert_eq!(asked_never.unread.iter().collect::<Vec<_>>(), ["nickname"]);
    let rehearsed = rehearse(&location("department"), &harness.deps(), &mut |_| {}).unwrap();
    assert!(
        rehearsed.proposal.counts.updated > 50,
        "{:?}",
        rehearsed.proposal.counts
    );
    assert_eq!(harness.directory(), before, "it only reads");
}

#[test]
fn replay_of_an_incomplete_delivery_causes_no_departures() {
    let mut harness = Harness::after_first_run(SECRET);
    harness.scenario("next-link-loop,on=/iam/v1.0/employees");
    harness.now = morning(harness.emulator.company().today);
    let ended = harness.run(Mode::Apply);
    assert_eq!(
        ended.partial(),
        Some(PartialReason::Truncated),
        "{}",
        ended.said
    );
    let replayed = again(&harness, &harness.integration()).unwrap();
    assert_eq!(
        (replayed.different, replayed.lost.len()),
        (0, 0),
        "{:?}",
        replayed.fields
    );
}

#[test]
fn m24_erased_employee_is_removed_from_archived_records_of_hr_systems() {
    let harness = lived(REPORT);
    let all = harness.directory();
    let id = &all
        .values()
        .find(|person| person["status"] == "active")
        .unwrap()["external_id"];
    let deps = harness.deps();
    let workspace = harness.workspace();
    let person = harness
        .store
        .employees_by_external_ids(&workspace, &[id])
        .unwrap()
        .pop()
        .unwrap();
    let texts = || {
        let runs = harness.store.runs(workspace.id, 100).unwrap();
        let kept = runs
            .iter()
            .filter_map(|run| harness.store.delivery(workspace.id, run.id).unwrap());
        kept.flatten()
            .map(|kept| String::from_utf8(kept.bytes.to_vec()).unwrap())
            .collect::<Vec<_>>()
    };
    let address = person.email().to_owned();
    assert!(texts().iter().any(|text| text.contains(&address)));
    let erased = erase(&workspace, &person, "on request", &deps).unwrap();
    assert!(
        erased
            .places
            .iter()
            .any(|location| location.what.contains("archived deliveries") && location.count > 0),
        "{erased:?}"
    );
    assert!(!texts().is_empty() && !texts().iter().any(|text| text.contains(&address)));
    let replayed = again(&harness, &harness.integration()).unwrap();
    assert_eq!(replayed.different, 0, "{:?}", replayed.differences);
}
