//! What two decisions on one directory do to each other, and what exactly a departure changes.

use crate::ground::{Ground, at, change, operation};
use muster_core::model::{
    employee::Status,
    field::canonical::{DEPARTMENT, OFFBOARDING_DATE, TITLE},
    ids::EmployeeId,
    plan::{Changed, OperationKind},
    run::RunKind,
};
use muster_store::StoreError;

#[test]
fn second_proposal_from_one_revision_is_refused_even_with_updates_only() {
    let ground = Ground::with(&["ann", "ben"]);
    let update = |id, title| {
        let changes = vec![change(TITLE, "", title)];
        ground.operations(vec![operation(
            OperationKind::Update,
            &ground.person(id),
            changes,
        )])
    };
    let (first, second) = (update(1, "Lead"), update(2, "Clerk"));
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &first).unwrap();
    let run = ground.begin(RunKind::Sync);
    let refused = ground.settle(run, &second);
    assert!(
        matches!(refused, Err(StoreError::Moved { expected, found }) if found == expected + 1),
        "{refused:?}"
    );
    assert_eq!(
        ground.person(2).value(TITLE),
        None,
        "nothing of it happened"
    );
}

#[test]
fn refreshed_fingerprints_and_missed_deliveries_void_a_decision_as_well() {
    let ground = Ground::with(&["ann", "ben"]);
    let stale = ground.operations(vec![operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(TITLE, "", "Lead")],
    )]);
    let mut proposal = ground.operations(Vec::new());
    proposal.missed = vec![(EmployeeId(2), 1)];
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &proposal).unwrap();
    let run = ground.begin(RunKind::Sync);
    assert!(matches!(
        ground.settle(run, &stale),
        Err(StoreError::Moved { .. })
    ));
}

#[test]
fn missed_deliveries_are_counted_and_start_again_when_the_employee_is_delivered() {
    let ground = Ground::with(&["ann", "ben"]);
    let missed = || {
        let roster = ground
            .store
            .roster(ground.workspace.id, Some(ground.integration), at(3))
            .unwrap();
        let missed: Vec<u16> = roster.entries().iter().map(|entry| entry.missed).collect();
        missed
    };
    let miss = |times: &[(i64, u16)]| {
        let mut proposal = ground.operations(Vec::new());
        proposal.missed = times
            .iter()
            .map(|(id, times)| (EmployeeId(*id), *times))
            .collect();
        let run = ground.begin(RunKind::Sync);
        ground.settle(run, &proposal).unwrap();
    };
    miss(&[(1, 1)]);
    assert_eq!(missed(), [1, 0]);
    miss(&[(1, 2), (2, 1)]);
    assert_eq!(missed(), [2, 1]);
    miss(&[(2, 0)]);
    assert_eq!(missed(), [2, 0], "delivered unchanged");
    let changed = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(TITLE, "", "Lead")],
    );
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.operations(vec![changed]))
        .unwrap();
    assert_eq!(missed(), [0, 0], "delivered with a change");
}

#[test]
fn refreshed_fingerprint_is_the_one_of_the_next_run() {
    let ground = Ground::with(&["ann", "ben"]);
    let mut proposal = ground.operations(Vec::new());
    proposal.refreshed = vec![(EmployeeId(2), [77; 16])];
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &proposal).unwrap();
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(3))
        .unwrap();
    let found: Vec<_> = roster
        .entries()
        .iter()
        .map(|entry| entry.fingerprint)
        .collect();
    assert_eq!(found, [Some([2; 16]), Some([77; 16])]);
}

#[test]
fn two_operations_on_one_employee_are_one_change_of_the_directory_and_two_of_the_history() {
    let ground = Ground::with(&["ann", "ben"]);
    let before = ground.person(1);
    let title = operation(
        OperationKind::Update,
        &before,
        vec![change(TITLE, "", "Lead")],
    );
    let leaves = operation(
        OperationKind::Deactivate,
        &before,
        vec![change(DEPARTMENT, "", "Sales")],
    );
    let run = ground.begin(RunKind::Sync);
    let settled = ground
        .settle(run, &ground.operations(vec![title, leaves]))
        .unwrap();
    assert_eq!((settled.changed, settled.removed), (1, 1), "one employee");
    let after = ground.person(1);
    assert_eq!(
        (after.value(TITLE), after.value(DEPARTMENT), after.status),
        (Some("Lead"), Some("Sales"), Status::Inactive)
    );
    assert_eq!(after.revision, before.revision + 2);
    let history = ground
        .store
        .history(&ground.workspace, EmployeeId(1))
        .unwrap();
    assert_eq!(history.len(), 3, "created, updated, deactivated");
}

#[test]
fn departure_changes_only_the_status_and_the_listed_fields() {
    let ground = Ground::with(&["ann"]);
    let before = ground.person(1);
    let leaves = operation(
        OperationKind::Deactivate,
        &before,
        vec![change(OFFBOARDING_DATE, "", "2026-05-31")],
    );
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.operations(vec![leaves]))
        .unwrap();
    let history = ground
        .store
        .history(&ground.workspace, EmployeeId(1))
        .unwrap();
    let changes: Vec<_> = history[1]
        .changes
        .iter()
        .map(|change| (change.what, change.old.as_deref(), change.new.as_deref()))
        .collect();
    assert_eq!(
        changes,
        [
            (Changed::Field(OFFBOARDING_DATE), None, Some("2026-05-31")),
            (Changed::Status, Some("active"), Some("inactive")),
        ]
    );
    let after = ground.person(1);
    let kept = |person: &muster_core::model::employee::Employee| {
        ground
            .workspace
            .schema
            .iter()
            .filter(|(field, _)| *field != OFFBOARDING_DATE)
            .map(|(field, _)| person.value(field).map(str::to_owned))
            .collect::<Vec<_>>()
    };
    assert_eq!(kept(&after), kept(&before));
}
