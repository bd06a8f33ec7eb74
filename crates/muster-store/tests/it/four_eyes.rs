//! Four eyes: the requester of a plan may not approve it.

use crate::ground::{EXPIRED, Ground, at, change, operation};
use muster_core::model::{
    field::canonical::TITLE,
    plan::{OperationKind, PlanId},
    role::Role,
    run::RunKind,
};
use muster_store::{Approval, Choice, NewApiToken, NewRun, SettingsChange, StoreError};

const EVA: &str = "eva@acme.test";
const BOB: &str = "bob@acme.test";

fn change_settings(ground: &Ground, expected: i64, by: &str, hour: i64) {
    let change = SettingsChange {
        integration: "hr",
        expected,
        form: 1,
        settings: Some("{}"),
        managed_by: None,
        is_active: true,
        dropped_credentials: &[],
    };
    ground
        .store
        .change_settings(ground.workspace.id, &[change], Some(by), at(hour))
        .unwrap();
}

/// A held plan of a run that an actor started.
fn held(ground: &Ground, actor: &str) -> PlanId {
    let new = NewRun {
        kind: RunKind::Sync,
        integration: Some("hr"),
        started: at(1),
        process: 1,
        lease: EXPIRED,
        of: None,
        actor: Some(actor),
    };
    let run = ground.store.begin_run(ground.workspace.id, &new).unwrap().0;
    let person = ground.person(1);
    let update = operation(
        OperationKind::Update,
        &person,
        vec![change(TITLE, "", "Cook")],
    );
    ground.hold_as(run, &ground.operations(vec![update]))
}

fn approve(ground: &Ground, plan: &PlanId, by: Option<&str>) -> Result<(), String> {
    let approval = Approval {
        workspace: &ground.workspace,
        plan,
        choice: &Choice::All,
        run: ground.begin_about(RunKind::Approve, plan.run),
        approved_by: by,
        now: at(5),
    };
    match ground.store.apply_plan(&approval, &mut |_| {}) {
        Err(StoreError::FourEyes { requester }) => Err(requester),
        applied => {
            applied.unwrap();
            Ok(())
        }
    }
}

fn require(ground: &Ground) {
    let store = &ground.store;
    let set = |is| {
        store
            .set_four_eyes(ground.workspace.id, is, EVA, at(0))
            .unwrap()
    };
    assert!(set(true));
    assert!(!set(true), "it was so already");
    assert!(store.four_eyes(ground.workspace.id).unwrap());
}

#[test]
fn who_started_the_run_may_not_approve_and_the_plan_stays_pending() {
    let ground = Ground::with(&["ann"]);
    require(&ground);
    let plan = held(&ground, EVA);
    assert_eq!(approve(&ground, &plan, Some(EVA)), Err(EVA.to_owned()));
    assert_eq!(ground.person(1).facts.value(TITLE), None);
    let store = &ground.store;
    let may = |by| {
        store
            .requester_who_approves(ground.workspace.id, plan.run, by)
            .unwrap()
    };
    assert_eq!(may(EVA).as_deref(), Some(EVA));
    assert_eq!(may(BOB), None);
    assert_eq!(approve(&ground, &plan, Some(BOB)), Ok(()));
}

#[test]
fn without_the_setting_everybody_may_approve() {
    let ground = Ground::with(&["ann"]);
    let plan = held(&ground, EVA);
    assert_eq!(approve(&ground, &plan, Some(EVA)), Ok(()));
}

#[test]
fn who_changed_the_settings_that_the_run_used_or_later_ones_may_not_approve() {
    let ground = Ground::with(&["ann"]);
    require(&ground);
    change_settings(&ground, 0, "cas@acme.test", -2);
    change_settings(&ground, 1, EVA, 0);
    let plan = held(&ground, "schedule");
    change_settings(&ground, 2, "dan (command line)", 3);
    for refused in [EVA, "dan (command line)"] {
        assert_eq!(
            approve(&ground, &plan, Some(refused)),
            Err(refused.to_owned())
        );
    }
    assert_eq!(
        approve(&ground, &plan, Some("cas@acme.test")),
        Ok(()),
        "an earlier version that the run did not use"
    );
}

#[test]
fn token_approves_for_the_user_who_created_it() {
    let ground = Ground::with(&["ann"]);
    require(&ground);
    let token = |name, hash, by| {
        let new = NewApiToken {
            workspace: ground.workspace.id,
            name,
            token: hash,
            role: Role::Approver,
            created_by: by,
            expires: at(90),
        };
        assert!(ground.store.create_api_token(&new, at(0)).unwrap());
    };
    token("of-eva", &[1; 32], EVA);
    token("of-bob", &[2; 32], BOB);
    let plan = held(&ground, EVA);
    assert_eq!(
        approve(&ground, &plan, Some("token of-eva")),
        Err(EVA.to_owned())
    );
    let other = held(&ground, "token of-eva");
    assert_eq!(approve(&ground, &other, Some(EVA)), Err(EVA.to_owned()));
    assert_eq!(approve(&ground, &other, Some("token of-bob")), Ok(()));
}
