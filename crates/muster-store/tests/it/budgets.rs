//! The ledger of budgets follows what is settled, in the same transaction.

use crate::ground::{BUDGET, Ground, budget, change, operation};
use jiff::civil::Date;
use muster_core::{
    derive::budget::Month,
    model::{
        field::FieldDefinition,
        ids::EmployeeId,
        plan::{Operation, OperationKind, Reason},
        run::RunKind,
        workspace::WorkspaceSettings,
    },
};
use muster_store::{Choice, Contradiction, StoreError};

/// The day on which the ground settles.
const TODAY: Date = jiff::civil::date(2026, 5, 28);

/// Whose, amount, first day, last day; in the order of the list.
fn grants(ground: &Ground) -> Vec<String> {
    let mut lines = Vec::new();
    let mut each = |found: &muster_store::PersonGrant| {
        let (grant, who) = (
            &found.grant,
            found
                .employee
                .map_or("nobody".to_owned(), |_| found.who.name.clone()),
        );
        let ends = grant
            .span
            .ends
            .map(|ends| format!(" to {ends}"))
            .unwrap_or_default();
        let state = grant.state(TODAY).as_str();
        lines.push(format!(
            "{who} {} {state} from {}{ends}",
            grant.amount, grant.span.starts
        ));
        true
    };
    ground
        .store
        .grants_of(ground.workspace.id, None, TODAY, &mut each)
        .unwrap();
    lines
}

fn due(ground: &Ground, month: &str) -> Vec<String> {
    let month: Month = month.parse().unwrap();
    let mut amounts = Vec::new();
    let mut each = |found: &muster_store::PersonGrant| {
        amounts.push(found.grant.amount.to_string());
        true
    };
    ground
        .store
        .due_in_month(ground.workspace.id, None, month, &mut each)
        .unwrap();
    amounts
}

fn settle(ground: &Ground, operations: Vec<Operation>) {
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.operations(operations)).unwrap();
}

#[test]
fn new_people_are_granted_what_their_fields_say() {
    let ground = Ground::with(&["ann", "bob"]);
    assert_eq!(
        grants(&ground),
        [
            "ann Jansen 12.50 active from 2026-05-28",
            "bob Jansen 12.50 active from 2026-05-28"
        ]
    );
    assert_eq!(
        (due(&ground, "2026-05").len(), due(&ground, "2026-04").len()),
        (2, 0)
    );
}

#[test]
fn changes_end_one_grant_and_begin_another_and_other_changes_do_nothing() {
    let ground = Ground::with(&["ann"]);
    let ann = ground.person(1);
    settle(
        &ground,
        vec![operation(
            OperationKind::Update,
            &ann,
            vec![change(BUDGET, "12.50", "20")],
        )],
    );
    let wanted = [
        "ann Jansen 12.50 active from 2026-05-28 to 2026-05-31",
        "ann Jansen 20 waiting from 2026-06-01",
    ];
    assert_eq!(grants(&ground), wanted);
    let title = change(muster_core::model::field::canonical::TITLE, "", "Lead");
    settle(
        &ground,
        vec![operation(
            OperationKind::Update,
            &ground.person(1),
            vec![title],
        )],
    );
    assert_eq!(grants(&ground), wanted);
    settle(
        &ground,
        vec![operation(
            OperationKind::Deactivate,
            &ground.person(1),
            Vec::new(),
        )],
    );
    assert_eq!(
        grants(&ground),
        [
            "ann Jansen 12.50 active from 2026-05-28 to 2026-05-28",
            "ann Jansen 20 cancelled from 2026-06-01"
        ]
    );
}

#[test]
fn an_approved_undo_of_the_same_day_restores_exactly() {
    let ground = Ground::with(&["ann"]);
    let ann = ground.person(1);
    settle(
        &ground,
        vec![operation(
            OperationKind::Update,
            &ann,
            vec![change(BUDGET, "12.50", "20")],
        )],
    );
    let changed = ground.store.runs(ground.workspace.id, 1).unwrap()[0].id;
    let mut back = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(BUDGET, "20", "12.50")],
    );
    back.reason = Reason::Undo;
    let run = ground.begin_about(RunKind::Undo, changed);
    let plan = ground.hold_as(run, &ground.operations(vec![back]));
    ground.approve(&plan, &Choice::All, 3).unwrap();
    assert_eq!(
        grants(&ground),
        [
            "ann Jansen 12.50 active from 2026-05-28",
            "ann Jansen 20 cancelled from 2026-06-01"
        ]
    );
}

#[test]
fn erasure_keeps_the_sums_of_budgets() {
    let ground = Ground::with(&["ann", "bob"]);
    settle(
        &ground,
        vec![operation(
            OperationKind::Delete,
            &ground.person(1),
            Vec::new(),
        )],
    );
    assert_eq!(
        grants(&ground),
        [
            "bob Jansen 12.50 active from 2026-05-28",
            "nobody 12.50 active from 2026-05-28 to 2026-05-28"
        ]
    );
    assert_eq!(
        (due(&ground, "2026-05").len(), due(&ground, "2026-06").len()),
        (2, 1)
    );
    let mut found = 0;
    ground
        .store
        .grants_of(ground.workspace.id, Some(EmployeeId(1)), TODAY, &mut |_| {
            found += 1;
            true
        })
        .unwrap();
    assert_eq!(found, 0);
}

#[test]
fn a_workspace_has_one_field_for_one_budget() {
    let ground = Ground::new();
    let other = FieldDefinition {
        key: "x_monthly_all_budget".to_owned(),
        ..budget()
    };
    let refused = ground.store.ensure_workspace(
        "acme",
        &WorkspaceSettings::default(),
        &[],
        &[other],
        [0; 32],
    );
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Contradiction { why: Contradiction::SameBudget { one, other, .. } } if one == "monthly_all_budget" && other == "x_monthly_all_budget"),
        "{refused}"
    );
}
