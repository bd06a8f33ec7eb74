//! A saved plan in parts: sorts of operations, those that are pending, and those whose employees have changed since.

use crate::{
    ground::{Ground, at, change, operation},
    plans::held,
};
use muster_core::{
    decide::shared_change::SharedChange,
    model::{
        field::canonical::TITLE,
        plan::{Changed, OperationKind},
    },
};
use muster_store::{Choice, GroupsQuery, ManualEdit};

#[test]
fn pending_operations_are_found_with_their_sort_until_they_are_applied() {
    let (ground, plan) = held();
    let (store, workspace) = (&ground.store, &ground.workspace);
    let pending = || {
        let pending = store.pending_sorts(workspace, plan.run).unwrap();
        let pending = pending.into_iter();
        pending
            .map(|(number, sort)| (number, sort.kind))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        pending(),
        [(1, OperationKind::Create), (2, OperationKind::Update)]
    );
    let choice = Choice::Numbers([1].into());
    ground.approve(&plan, &choice, 4).unwrap();
    assert_eq!(pending(), [(2, OperationKind::Update)]);
}

#[test]
fn operations_of_employees_who_changed_since_are_found() {
    let (ground, plan) = held();
    let (store, workspace) = (&ground.store, &ground.workspace);
    let changed = || store.changed_since(workspace, plan.run).unwrap();
    assert_eq!(changed(), [].into());
    let edit = ManualEdit {
        actor: Some("Eva"),
        note: None,
        process: 1,
        now: at(4),
    };
    store
        .protect(workspace, ground.person(1).id, true, &edit)
        .unwrap();
    assert_eq!(changed(), [2].into());
}

#[test]
fn operations_are_grouped_by_change_and_searched() {
    let names = ["ann", "bob", "cas", "dan", "eva", "fay"];
    let ground = Ground::with(&names);
    let mut proposal = ground.joiners(&["gus"]);
    let titles = ["Lead", "Lead", "Lead", "Lead", "Lead", "Driver"];
    proposal.plan.operations = (1..)
        .zip(titles)
        .map(|(person, title)| {
            let changes = vec![change(TITLE, "Clerk", title)];
            operation(OperationKind::Update, &ground.person(person), changes)
        })
        .collect();
    let plan = ground.hold(&proposal);
    let (store, workspace) = (&ground.store, &ground.workspace);
    let groups = |by_change, search| {
        let query = GroupsQuery { by_change, search };
        let groups = store.operation_groups(workspace, plan.run, &query).unwrap();
        let groups = groups.into_iter().map(|group| {
            let page = store.operations_page(workspace, plan.run, &group.sort, &query, 0, 50);
            assert_eq!(page.unwrap().len() as u64, group.count);
            (group.sort.shared, group.count)
        });
        groups.collect::<Vec<_>>()
    };
    let what = Changed::Field(TITLE);
    let same = SharedChange::SameChange {
        what,
        old: Some("Clerk".to_owned()),
        new: Some("Lead".to_owned()),
    };
    let other = SharedChange::SameField { what };
    assert_eq!(groups(false, None), [(None, 1), (None, 6)]);
    assert_eq!(
        groups(true, None),
        [(None, 1), (Some(same.clone()), 5), (Some(other), 1)]
    );
    assert_eq!(groups(true, Some("EVA")), [(Some(same), 1)]);
    assert_eq!(groups(false, Some("gus")), [(None, 1)]);
    // The names of stored parts are not found, and a wildcard is a character.
    for nobody in ["external_id", "name", "%", "_"] {
        assert_eq!(groups(false, Some(nobody)), [], "{nobody}");
    }
}
