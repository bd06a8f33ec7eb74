//! Held plans: shown, approved in whole or in part, and void when the directory moved.

use crate::ground::{BUDGET, Ground, at, change, files, operation};
use muster_core::{
    model::{
        employee::Status,
        field::canonical::{EMAIL, EXTERNAL_ID, TITLE},
        plan::{Operation, OperationKind, Plan, PlanId, Reason},
        run::RunKind,
    },
    read::reading::Drafts,
};
use muster_store::{
    Choice, ChoiceFault, Decision, ManualEdit, PlanStatus, StoreError, UniqueValue, VoidCause,
};

/// Whether a plan is no longer pending, with this status.
fn is_decided(error: &StoreError, wanted: &str) -> bool {
    matches!(error, StoreError::Void { why: VoidCause::Decided { status, .. } } if status == wanted)
}

fn status(ground: &Ground, plan: &PlanId) -> PlanStatus {
    ground
        .store
        .plan(ground.workspace.id, plan)
        .unwrap()
        .unwrap()
        .status
}

fn held_by(ground: &Ground, hour: i64) -> Option<i64> {
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(hour))
        .unwrap();
    roster.held_by.map(|run| run.0)
}

/// One joiner and one change.
pub(crate) fn held() -> (Ground, PlanId) {
    let ground = Ground::with(&["ann"]);
    let mut proposal = ground.joiners(&["bob"]);
    proposal.plan.operations = vec![operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(TITLE, "", "Lead")],
    )];
    let plan = ground.hold(&proposal);
    (ground, plan)
}

#[test]
fn approval_applies_the_held_plan_unchanged() {
    let (ground, plan) = held();
    assert_eq!(held_by(&ground, 3), Some(plan.run.0));
    let shown = ground
        .store
        .plan_operations(&ground.workspace, &plan)
        .unwrap();
    assert_eq!(
        shown
            .iter()
            .map(|one| (one.number, one.operation.kind))
            .collect::<Vec<_>>(),
        [(1, OperationKind::Create), (2, OperationKind::Update)]
    );
    assert_eq!(
        (
            shown[0].operation.who.name.as_str(),
            shown[1].operation.changes.len()
        ),
        ("bob Jansen", 1)
    );

    let settled = ground.approve(&plan, &Choice::All, 4).unwrap();
    assert_eq!((settled.created, settled.changed), (1, 1));
    assert_eq!(ground.person(1).value(TITLE), Some("Lead"));
    assert_eq!(
        (ground.person(2).value(BUDGET), ground.person(2).owner),
        (Some("12.50"), Some(ground.integration))
    );
    assert_eq!(
        (status(&ground, &plan), held_by(&ground, 5)),
        (PlanStatus::Approved, None)
    );
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(5))
        .unwrap();
    assert_eq!(roster.last_good.as_ref().unwrap().setup, "setup-2");
    assert!(
        roster.unchanged(&[2; 16], 0).is_some(),
        "the fingerprint of the joiner was kept"
    );
    let history = ground
        .store
        .history(&ground.workspace, ground.person(1).id)
        .unwrap();
    assert_eq!(history[1].approved_by.as_deref(), Some("Eva"));

    let again = ground.approve(&plan, &Choice::All, 5).unwrap_err();
    assert!(is_decided(&again, "approved"), "{again}");
}

#[test]
fn partly_approved_plan_stays_pending() {
    let (ground, plan) = held();
    ground
        .approve(&plan, &Choice::Kinds(vec![OperationKind::Create]), 4)
        .unwrap();
    assert_eq!(
        (status(&ground, &plan), held_by(&ground, 5)),
        (PlanStatus::Partly, Some(plan.run.0))
    );
    let operations = ground
        .store
        .plan_operations(&ground.workspace, &plan)
        .unwrap();
    assert_eq!(
        operations
            .iter()
            .map(|one| one.decision)
            .collect::<Vec<_>>(),
        [Decision::Applied, Decision::Open]
    );
    ground
        .approve(&plan, &Choice::Numbers([2].into()), 5)
        .unwrap();
    assert_eq!(status(&ground, &plan), PlanStatus::Approved);
}

#[test]
fn the_second_of_two_held_operations_on_one_person_is_void_once_the_first_is_approved() {
    let ground = Ground::with(&["ann", "bob"]);
    let held = |person, title| {
        let mut update = operation(
            OperationKind::Update,
            &ground.person(person),
            vec![change(TITLE, "", title)],
        );
        update.held = Some(Reason::IdReused);
        update
    };
    let proposal = ground.operations(vec![held(1, "Lead"), held(1, "Chef"), held(2, "Cook")]);
    let plan = ground
        .settle(ground.begin(RunKind::Sync), &proposal)
        .unwrap()
        .plan
        .unwrap();
    let known = || {
        ground
            .store
            .known_content(ground.workspace.id, ground.integration, "setup-1", &files())
            .unwrap()
            .is_some()
    };
    assert!(!known(), "what waits is told again");
    ground
        .approve(&plan, &Choice::Numbers([1].into()), 4)
        .unwrap();
    let operations = ground
        .store
        .plan_operations(&ground.workspace, &plan)
        .unwrap();
    let decisions: Vec<_> = operations.iter().map(|one| one.decision).collect();
    assert_eq!(
        decisions,
        [Decision::Applied, Decision::Void, Decision::Open]
    );
    assert!(
        !known(),
        "the record of the void operation must be read again"
    );

    let void = ground
        .approve(&plan, &Choice::Numbers([2].into()), 5)
        .unwrap_err();
    let changed = VoidCause::ChangedByPlan {
        plan: plan.clone(),
        number: 2,
        name: "ann Jansen".to_owned(),
    };
    assert!(
        matches!(&void, StoreError::Void { why } if *why == changed),
        "{void}"
    );
    ground.approve(&plan, &Choice::All, 6).unwrap();
    assert_eq!(
        (ground.person(1).value(TITLE), ground.person(2).value(TITLE)),
        (Some("Lead"), Some("Cook"))
    );
    assert_eq!(status(&ground, &plan), PlanStatus::Approved);
}

/// P09.
#[test]
fn approval_is_void_if_an_employee_has_changed() {
    let (ground, plan) = held();
    let done = ManualEdit {
        actor: Some("Eva"),
        note: None,
        process: 1,
        now: at(3),
    };
    ground
        .store
        .protect(&ground.workspace, ground.person(1).id, true, &done)
        .unwrap();
    let void = ground.approve(&plan, &Choice::All, 4).unwrap_err();
    assert!(
        matches!(&void, StoreError::Void { why: VoidCause::Changed { who, .. } } if who.name == "ann Jansen"),
        "{void}"
    );
    assert!(
        ground
            .store
            .find(&ground.workspace, "E-bob")
            .unwrap()
            .is_empty(),
        "nothing of it was applied"
    );
    assert_eq!(status(&ground, &plan), PlanStatus::Held);
}

#[test]
fn approval_is_void_if_an_address_is_in_use() {
    let (ground, plan) = held();
    // Another integration's run, say, created the same person meanwhile.
    let mut proposal = ground.joiners(&["bob"]);
    proposal.revision = ground
        .store
        .roster(ground.workspace.id, None, at(1))
        .unwrap()
        .revision;
    let run = ground.begin(RunKind::Undo);
    let settlement = muster_store::Settlement {
        workspace: &ground.workspace,
        integration: None,
        run,
        proposal: &proposal,
        apply_removals: true,
        setup: "",
        files: &[],
        now: at(2),
        expires: at(3),
        approved_by: None,
        held_plan_hash: None,
    };
    ground.store.settle(&settlement, &mut |_| {}).unwrap();
    let void = ground.approve(&plan, &Choice::All, 4).unwrap_err();
    assert!(
        matches!(&void, StoreError::Void { why: VoidCause::ValueInUse(UniqueValue::OfEmployee { name }) } if name == "bob Jansen"),
        "{void}"
    );
}

#[test]
fn selection_that_depends_on_another_operation_is_refused_with_its_number() {
    let ground = Ground::with(&["ann", "bob"]);
    let address = |person: i64, old: &str, new: &str| {
        let change = change(
            EMAIL,
            &format!("{old}@Acme.test"),
            &format!("{new}@acme.test"),
        );
        operation(OperationKind::Update, &ground.person(person), vec![change])
    };
    let mut proposal = ground.joiners(&["cas"]);
    proposal.plan.operations = vec![address(1, "ann", "bob"), address(2, "bob", "ann")];
    let plan = ground.hold(&proposal);
    let refused = ground
        .approve(&plan, &Choice::Numbers([2].into()), 4)
        .unwrap_err();
    assert!(
        matches!(&refused, StoreError::Choice { why: ChoiceFault::NeedsValueOf { number: 3, name, .. } } if name == "bob Jansen"),
        "{refused}"
    );
    let refused = ground
        .approve(&plan, &Choice::Kinds(vec![OperationKind::Deactivate]), 4)
        .unwrap_err();
    assert!(
        matches!(
            &refused,
            StoreError::Choice {
                why: ChoiceFault::NonePending { .. }
            }
        ),
        "{refused}"
    );
    assert_eq!(status(&ground, &plan), PlanStatus::Held);
    ground
        .approve(&plan, &Choice::Numbers([2, 3].into()), 5)
        .unwrap();
    assert_eq!(
        (ground.person(1).email(), ground.person(2).email()),
        ("bob@acme.test", "ann@acme.test")
    );
}

#[test]
fn run_with_nothing_to_do_does_not_count_as_reviewed() {
    let ground = Ground::new();
    let roster = || {
        ground
            .store
            .roster(ground.workspace.id, Some(ground.integration), at(3))
            .unwrap()
    };
    assert_eq!(
        roster().last_good,
        None,
        "the next run is as much the first one"
    );
    ground
        .approve(&ground.hold(&ground.joiners(&["ann"])), &Choice::All, 4)
        .unwrap();
    assert_eq!(roster().last_good.unwrap().setup, "setup-2");
    let nothing = ground.proposal(Plan::default(), Drafts::default());
    ground
        .settle_by("other-3", ground.begin(RunKind::Sync), &nothing)
        .unwrap();
    assert_eq!(
        roster().last_good.unwrap().setup,
        "setup-3",
        "seen is what was seen, but the file is known"
    );
    let known = |stamp| {
        ground
            .store
            .known_content(ground.workspace.id, ground.integration, stamp, &files())
            .unwrap()
    };
    assert_eq!(
        (known("other-3").is_some(), known("other-2").is_some()),
        (true, false)
    );
}

#[test]
fn rejected_expired_or_replaced_plan_cannot_be_approved() {
    let (ground, plan) = held();
    let late = ground.approve(&plan, &Choice::All, 171).unwrap_err();
    assert!(
        matches!(&late, StoreError::Void { why: VoidCause::Expired { plan: of, .. } } if *of == plan),
        "{late}"
    );
    assert_eq!(
        held_by(&ground, 171),
        Some(plan.run.0),
        "nobody has decided: the next run must be held again"
    );
    let newer = ground.hold(&ground.joiners(&["cas"]));
    assert_eq!(
        (status(&ground, &plan), held_by(&ground, 3)),
        (PlanStatus::Replaced, Some(newer.run.0))
    );
    ground
        .store
        .reject_plan(ground.workspace.id, &newer, Some("Eva"), at(4))
        .unwrap();
    assert_eq!(held_by(&ground, 5), None);
    let void = ground.approve(&newer, &Choice::All, 5).unwrap_err();
    assert!(is_decided(&void, "rejected"), "{void}");
}

#[test]
fn later_sweep_replaces_only_the_pending_plan_of_an_earlier_sweep() {
    let (ground, sync) = held();
    let proposal = || {
        let title = vec![change(TITLE, "", "Lead")];
        ground.operations(vec![operation(
            OperationKind::Update,
            &ground.person(1),
            title,
        )])
    };
    let first = ground.hold_sweep(&proposal());
    let second = ground.hold_sweep(&proposal());
    assert_eq!(
        (status(&ground, &first), status(&ground, &second)),
        (PlanStatus::Replaced, PlanStatus::Held)
    );
    assert_eq!(status(&ground, &sync), PlanStatus::Held);
    ground.hold(&proposal());
    assert_eq!(
        (status(&ground, &sync), status(&ground, &second)),
        (PlanStatus::Replaced, PlanStatus::Held)
    );
}

#[test]
fn a_held_first_load_is_applied_whole() {
    let ground = Ground::new();
    let names: Vec<_> = (0..5_100).map(|number| format!("p{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let plan = ground.hold(&ground.joiners(&names));
    assert_eq!(
        ground.approve(&plan, &Choice::All, 4).unwrap().created,
        5_100
    );
    assert_eq!(
        ground
            .store
            .find(&ground.workspace, "E-p5099")
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn expired_plan_can_be_rejected_and_then_holds_nothing() {
    let (ground, plan) = held();
    ground
        .store
        .reject_plan(ground.workspace.id, &plan, Some("Eva"), at(400))
        .unwrap();
    assert_eq!(
        (status(&ground, &plan), held_by(&ground, 401)),
        (PlanStatus::Rejected, None)
    );
    let again = ground
        .store
        .reject_plan(ground.workspace.id, &plan, Some("Eva"), at(402))
        .unwrap_err();
    assert!(is_decided(&again, "rejected"), "{again}");
}

/// Ann, whose end date is due, and a held record that speaks of her as she is after that.
fn held_after_a_departure(ground: &Ground) -> Vec<Operation> {
    let ann = ground.person(1);
    let departure = operation(OperationKind::Deactivate, &ann, Vec::new());
    let mut renamed = operation(
        OperationKind::Update,
        &ann,
        vec![change(EXTERNAL_ID, "E-ann", "N-ann")],
    );
    renamed.revision += 1;
    renamed.held = Some(Reason::NewExternalId);
    vec![departure, renamed]
}

#[test]
fn what_is_held_is_approved_after_the_rest_of_its_plan_has_changed_the_employee() {
    let ground = Ground::with(&["ann", "bob"]);
    let proposal = ground.operations(held_after_a_departure(&ground));
    let settled = ground
        .settle(ground.begin(RunKind::Sync), &proposal)
        .unwrap();
    assert_eq!(ground.person(1).status, Status::Inactive);
    ground
        .approve(&settled.plan.unwrap(), &Choice::All, 4)
        .unwrap();
    assert_eq!(ground.person(1).external_id(), Some("N-ann"));
}

#[test]
fn operations_on_one_employee_are_approved_together_or_in_their_order() {
    let ground = Ground::with(&["ann", "bob"]);
    let plan = ground.hold(&ground.operations(held_after_a_departure(&ground)));
    let refused = ground
        .approve(&plan, &Choice::Numbers([2].into()), 4)
        .unwrap_err();
    assert!(
        matches!(
            &refused,
            StoreError::Choice {
                why: ChoiceFault::NeedsEarlier { number: 2, .. }
            }
        ),
        "{refused}"
    );
    assert_eq!(status(&ground, &plan), PlanStatus::Held);
    ground
        .approve(&plan, &Choice::Numbers([1].into()), 5)
        .unwrap();
    ground
        .approve(&plan, &Choice::Numbers([2].into()), 6)
        .unwrap();
    let ann = ground.person(1);
    assert_eq!(
        (ann.status, ann.external_id()),
        (Status::Inactive, Some("N-ann"))
    );

    let ground = Ground::with(&["ann", "bob"]);
    let plan = ground.hold(&ground.operations(held_after_a_departure(&ground)));
    let settled = ground.approve(&plan, &Choice::All, 4).unwrap();
    assert_eq!((settled.changed, settled.created), (1, 0));
    assert_eq!(ground.person(1).external_id(), Some("N-ann"));
}
