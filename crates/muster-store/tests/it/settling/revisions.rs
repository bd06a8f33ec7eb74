//! Settlements that are refused, held, or repeated.

use super::*;

#[test]
fn a_proposal_on_another_revision_is_refused() {
    let ground = Ground::with(&["ann"]);
    let proposal = ground.joiners(&["bob"]);
    ground
        .settle(ground.begin(RunKind::Sync), &ground.joiners(&["cas"]))
        .unwrap();
    let refused = ground
        .settle(ground.begin(RunKind::Sync), &proposal)
        .unwrap_err();
    assert!(matches!(refused, StoreError::Moved { .. }), "{refused}");
    assert!(
        ground
            .store
            .find(&ground.workspace, "E-bob")
            .unwrap()
            .is_empty()
    );
}

#[test]
fn settling_twice_is_refused() {
    let ground = Ground::new();
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.joiners(&["ann"])).unwrap();
    let again = ground.settle(run, &ground.joiners(&["bob"])).unwrap_err();
    assert!(matches!(again, StoreError::RunEnded { .. }), "{again}");
    assert_eq!(
        ground
            .store
            .run(ground.workspace.id, run)
            .unwrap()
            .unwrap()
            .status,
        RunStatus::Applied
    );
}

#[test]
fn unique_key_in_use_rolls_back_the_whole_run() {
    let ground = Ground::with(&["ann"]);
    let failed = ground
        .settle(
            ground.begin(RunKind::Sync),
            &ground.joiners(&["bob", "ann"]),
        )
        .unwrap_err();
    assert!(matches!(failed, StoreError::Failed { .. }), "{failed}");
    assert!(
        ground
            .store
            .find(&ground.workspace, "E-bob")
            .unwrap()
            .is_empty()
    );
}

#[test]
fn a_held_operation_is_saved_and_not_applied() {
    let ground = Ground::with(&["ann"]);
    let mut update = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(TITLE, "", "Lead")],
    );
    update.held = Some(Reason::IdReused);
    let settled = ground
        .settle(
            ground.begin(RunKind::Sync),
            &ground.operations(vec![update]),
        )
        .unwrap();
    assert_eq!((settled.changed, ground.person(1).value(TITLE)), (0, None));
    let plan = ground
        .store
        .plan(ground.workspace.id, &settled.plan.unwrap())
        .unwrap()
        .unwrap();
    assert_eq!((plan.status, plan.open), (PlanStatus::Saved, 1));
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(3))
        .unwrap();
    assert_eq!(
        roster.held_by, None,
        "a single operation does not hold the integration up"
    );
}

/// P03.
#[test]
fn known_content_is_reported_only_while_nothing_is_open() {
    let ground = Ground::with(&["ann"]);
    let known = |setup: &str, files: &[DeliveredFile]| {
        ground
            .store
            .known_content(ground.workspace.id, ground.integration, setup, files)
            .unwrap()
            .is_some()
    };
    assert!(known("setup-1", &files()));
    assert!(!known("setup-2", &files()), "the setup is another");
    let other = files().into_iter().map(|file| DeliveredFile {
        sha256: "ff".repeat(32),
        ..file
    });
    assert!(
        !known("setup-1", &other.collect::<Vec<_>>()),
        "the content is another"
    );
    assert!(!known("setup-1", &[]), "a file is missing");
    let mut update = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(TITLE, "", "Lead")],
    );
    update.fingerprint = None;
    ground
        .settle(
            ground.begin(RunKind::Sync),
            &ground.operations(vec![update]),
        )
        .unwrap();
    assert!(!known("setup-1", &files()), "somebody has no fingerprint");
}

#[test]
fn truncated_delivery_is_no_baseline_for_the_next_one() {
    let ground = Ground::with(&["ann"]);
    let mut cut = ground.joiners(&["bob"]);
    cut.reading.completeness = Completeness::Partial(PartialReason::Truncated);
    let before = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(3))
        .unwrap()
        .last_good;
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &cut).unwrap();
    let after = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(3))
        .unwrap()
        .last_good;
    assert_eq!(before, after);
    assert_eq!(
        ground
            .store
            .known_content(ground.workspace.id, ground.integration, "setup-1", &files())
            .unwrap(),
        None
    );
    let stored = ground.store.run(ground.workspace.id, run).unwrap().unwrap();
    assert_eq!(
        (stored.partial.as_deref(), stored.files, stored.counts.read),
        (Some("truncated"), files(), 3)
    );
}
