//! Own fields that are renamed and removed: what is stored keeps its meaning.

use crate::ground::{BUDGET, Ground, at, change, operation};
use muster_core::{
    derive::smart_group::{Condition, MoveReason, SmartGroup},
    model::{
        code::Code,
        field::{CANONICAL_FIELDS, FieldDefinition, FieldNumber, FieldOrigin},
        plan::OperationKind,
        run::RunKind,
    },
    read::normalise::FieldKind,
    setup::selection::Test,
};
use muster_store::{Choice, Contradiction, FieldUse, GroupSaving, ManualEdit, StoreError};

/// The number of the field that is added.
const SHOP: FieldNumber = FieldNumber(CANONICAL_FIELDS + 1);

fn done() -> ManualEdit<'static> {
    ManualEdit {
        actor: Some("Eva"),
        note: Some("test"),
        process: 1,
        now: at(3),
    }
}

fn text(key: &str) -> FieldDefinition {
    FieldDefinition {
        key: key.to_owned(),
        kind: FieldKind::Text,
        origin: FieldOrigin::Custom,
        required: false,
    }
}

/// Ann with a shop, which was changed once.
fn ground() -> Ground {
    let mut ground = Ground::with(&["ann", "bob"]);
    ground.workspace = ground
        .store
        .add_field(&ground.workspace, &text("shop"), &done())
        .unwrap();
    for (old, new) in [("", "Delft"), ("Delft", "Leiden")] {
        let run = ground.begin(RunKind::Sync);
        let update = operation(
            OperationKind::Update,
            &ground.person(1),
            vec![change(SHOP, old, new)],
        );
        ground
            .settle(run, &ground.operations(vec![update]))
            .unwrap();
    }
    ground
}

impl Ground {
    fn reread(&mut self) {
        self.workspace = self.store.workspace("acme").unwrap().unwrap();
    }
}

#[test]
fn a_rename_touches_no_person_and_keeps_history_and_plans() {
    let mut ground = ground();
    let update = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(SHOP, "Leiden", "Gouda")],
    );
    let plan = ground.hold(&ground.operations(vec![update]));
    let revision = ground.person(1).revision;
    ground
        .store
        .rename_field(&ground.workspace, SHOP, "town", &done())
        .unwrap();
    ground.reread();
    assert_eq!(
        (
            ground.workspace.schema.find("town"),
            ground.workspace.schema.find("shop")
        ),
        (Some(SHOP), None)
    );
    let ann = ground.person(1);
    assert_eq!((ann.value(SHOP), ann.revision), (Some("Leiden"), revision));
    let history = ground.store.history(&ground.workspace, ann.id).unwrap();
    assert_eq!(
        history
            .iter()
            .flat_map(|entry| &entry.changes)
            .filter(|change| change.new.is_some())
            .count(),
        2
    );
    ground.approve(&plan, &Choice::All, 4).unwrap();
    assert_eq!(ground.person(1).value(SHOP), Some("Gouda"));
    // The old key is not taken for a new field by an integration file that still names it.
    let settings = ground.workspace.settings.clone();
    let again = ground
        .store
        .ensure_workspace("acme", &settings, &[], &[text("shop")], [7; 32]);
    let again = again.unwrap_err();
    assert!(
        matches!(&again, StoreError::Contradiction { why: Contradiction::FieldRenamed { new, .. } } if new == "town"),
        "{again}"
    );
    assert_eq!(ground.person(2).value(BUDGET), Some("12.50"));
}

#[test]
fn a_rename_reaches_the_rules_of_smart_groups_and_a_field_that_they_ask_for_stays() {
    let mut ground = ground();
    let at_leiden = Condition {
        field: "shop".to_owned(),
        tests: vec![Test::Equals("Leiden".to_owned())],
    };
    let rule = SmartGroup {
        name: "Leiden".to_owned(),
        conditions: vec![at_leiden],
        expression: Some("shop != \"shop\" && size(shop) > 0".to_owned()),
    };
    let run = ground.begin(RunKind::Groups);
    let saving = GroupSaving {
        workspace: &ground.workspace,
        run,
        groups: std::slice::from_ref(&rule),
        today: at(3).to_zoned(jiff::tz::TimeZone::UTC).date(),
        now: at(3),
    };
    assert_eq!(
        ground.store.apply_smart_groups(&saving).unwrap()[0].members,
        1
    );
    let refused = ground
        .store
        .remove_field(&ground.workspace, SHOP, true, &done())
        .unwrap_err();
    assert!(
        matches!(&refused, StoreError::FieldInUse { used, .. } if used.smart_groups == ["Leiden"]),
        "{refused}"
    );
    for key in ["in", "today"] {
        let refused = ground
            .store
            .rename_field(&ground.workspace, SHOP, key, &done())
            .unwrap_err();
        let expected = Contradiction::KeyInRule {
            group: "Leiden".to_owned(),
            key: key.to_owned(),
        };
        assert!(
            matches!(&refused, StoreError::Contradiction { why } if *why == expected),
            "{refused}"
        );
    }
    ground
        .store
        .rename_field(&ground.workspace, SHOP, "town", &done())
        .unwrap();
    ground.reread();
    let stored = &ground.store.smart_groups(&ground.workspace).unwrap()[0];
    assert_eq!(stored.group, rule.renamed("shop", "town"));
    assert_eq!(
        stored.group.expression.as_deref(),
        Some("town != \"shop\" && size(town) > 0")
    );
    // Membership continues to follow the field.
    let run = ground.begin(RunKind::Sync);
    let update = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(SHOP, "Leiden", "Gouda")],
    );
    ground
        .settle(run, &ground.operations(vec![update]))
        .unwrap();
    assert_eq!(
        ground.store.smart_groups(&ground.workspace).unwrap()[0].members,
        0
    );
    // History names the field as it is called now: before a rename, after it, and after another field took the key.
    let reason = |ground: &Ground| {
        let history = ground
            .store
            .smart_group_history(&ground.workspace, "Leiden", 10)
            .unwrap();
        history.into_iter().next().unwrap().reason
    };
    let changed = |key: &str| MoveReason::FieldChanged(vec![key.to_owned()]);
    assert_eq!(reason(&ground), changed("town"));
    ground
        .store
        .rename_field(&ground.workspace, SHOP, "place", &done())
        .unwrap();
    ground
        .store
        .add_field(&ground.workspace, &text("town"), &done())
        .unwrap();
    ground.reread();
    assert_eq!(reason(&ground), changed("place"));
}

#[test]
fn a_field_in_use_says_what_is_lost_and_is_removed_with_it() {
    let mut ground = ground();
    let refused = ground
        .store
        .remove_field(&ground.workspace, SHOP, false, &done())
        .unwrap_err();
    assert_eq!(refused.code(), Code::FieldInUse);
    let used = FieldUse {
        people: 1,
        changes: 2,
        ..FieldUse::default()
    };
    assert!(
        matches!(&refused, StoreError::FieldInUse { key, used: found } if key == "shop" && **found == used),
        "{refused}"
    );
    let lost = ground
        .store
        .remove_field(&ground.workspace, SHOP, true, &done())
        .unwrap();
    assert_eq!((lost.people, lost.changes), (1, 2));
    ground.reread();
    assert_eq!(
        (ground.person(1).value(SHOP), ground.person(1).value(BUDGET)),
        (None, Some("12.50"))
    );
    let gone = ground
        .store
        .remove_field(&ground.workspace, SHOP, true, &done());
    assert!(matches!(gone, Err(StoreError::Contradiction { .. })));
    let used = ground.store.field_use(&ground.workspace, SHOP).unwrap();
    assert_eq!(used.changes, 0, "nothing of it is left in the history");
    // Another field of that key has another number and none of the values or history.
    ground.workspace = ground
        .store
        .add_field(&ground.workspace, &text("shop"), &done())
        .unwrap();
    assert_eq!(
        ground.workspace.schema.find("shop"),
        Some(FieldNumber(CANONICAL_FIELDS + 2))
    );
    let history = ground
        .store
        .history(&ground.workspace, ground.person(1).id)
        .unwrap();
    assert_eq!(history.iter().flat_map(|entry| &entry.changes).count(), 0);
    let run = ground.begin(RunKind::Sync);
    let update = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(FieldNumber(CANONICAL_FIELDS + 2), "", "Breda")],
    );
    ground
        .settle(run, &ground.operations(vec![update]))
        .unwrap();
    assert_eq!(
        ground.person(1).value(FieldNumber(CANONICAL_FIELDS + 2)),
        Some("Breda")
    );
}

#[test]
fn changes_of_fields_are_recorded_as_manual_edits() {
    let ground = ground();
    ground
        .store
        .rename_field(&ground.workspace, SHOP, "town", &done())
        .unwrap();
    let run = ground.store.runs(ground.workspace.id, 1).unwrap().remove(0);
    assert_eq!(
        (run.kind, run.actor.as_deref(), run.note.as_deref()),
        (RunKind::Edit, Some("Eva"), Some("test"))
    );
}
