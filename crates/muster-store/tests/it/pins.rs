//! Pins and protection at rest: set and ended with the changes that say so, and part of the history.

use crate::ground::{Ground, at, change, files, operation};
use jiff::civil::date;
use muster_core::model::{
    field::canonical::TITLE,
    ids::EmployeeId,
    pin::Pin,
    plan::{Change, OperationKind, Reason},
    run::RunKind,
};
use muster_store::{ManualEdit, PeopleFilter};

fn pin(until: Option<&str>) -> Pin {
    Pin {
        field: TITLE,
        value: Some("Lead".to_owned()),
        reason: "ticket".to_owned(),
        author: "Eva".to_owned(),
        created: at(2),
        until: until.map(|day| day.parse().unwrap()),
    }
}

/// Ann with a pinned title; whatever a record said of her is forgotten.
fn ground(until: Option<&str>) -> Ground {
    let ground = Ground::with(&["ann", "bob"]);
    let set = Change {
        reason: Reason::Pinned,
        ..change(TITLE, "", "Lead")
    };
    let mut update = operation(OperationKind::Update, &ground.person(1), vec![set]);
    update.fingerprint = None;
    let mut proposal = ground.operations(vec![update]);
    proposal.new_pins.push((EmployeeId(1), pin(until)));
    ground
        .settle(ground.begin(RunKind::Edit), &proposal)
        .unwrap();
    ground
}

#[test]
fn reading_employees_gives_their_pins() {
    let ground = ground(Some("2026-06-30"));
    let wanted = [pin(Some("2026-06-30"))];
    assert_eq!(ground.person(1).pins, wanted);
    assert_eq!(ground.person(2).pins, []);
    assert_eq!(
        ground.store.find(&ground.workspace, "E-ann").unwrap()[0].pins,
        wanted
    );
    assert_eq!(
        ground.store.pins(&ground.workspace).unwrap(),
        [(EmployeeId(1), wanted[0].clone())]
    );
    let mut listed = Vec::new();
    let mut each = |person: &muster_core::model::employee::Employee| {
        listed.push(person.pins.len());
        true
    };
    ground
        .store
        .people(&ground.workspace, PeopleFilter::default(), &mut each)
        .unwrap();
    assert_eq!(listed, [1, 0]);
    // More people than are looked up one by one.
    let many: Vec<_> = (1..=40).map(EmployeeId).collect();
    let found = ground
        .store
        .employees_by_ids(&ground.workspace, &many)
        .unwrap();
    assert_eq!(
        found
            .iter()
            .map(|person| person.pins.len())
            .collect::<Vec<_>>(),
        [1, 0]
    );
}

#[test]
fn pin_ends_on_the_day_after_its_last_with_a_recorded_change() {
    let ground = ground(Some("2026-06-30"));
    assert!(
        ground
            .store
            .due(&ground.workspace, date(2026, 6, 30))
            .unwrap()
            .is_empty()
    );
    let due = ground
        .store
        .due(&ground.workspace, date(2026, 7, 1))
        .unwrap();
    assert_eq!(
        due.iter()
            .map(|person| (person.id, person.pins.len()))
            .collect::<Vec<_>>(),
        [(EmployeeId(1), 1)]
    );
    let ends = Change {
        reason: Reason::PinExpired,
        ..change(TITLE, "Lead", "Lead")
    };
    let update = operation(OperationKind::Update, &ground.person(1), vec![ends]);
    ground
        .settle(
            ground.begin(RunKind::Sweep),
            &ground.operations(vec![update]),
        )
        .unwrap();
    assert_eq!(ground.store.pins(&ground.workspace).unwrap(), []);
    let history = ground
        .store
        .history(&ground.workspace, EmployeeId(1))
        .unwrap();
    assert_eq!(
        history.last().unwrap().changes[0].reason,
        Reason::PinExpired
    );
}

#[test]
fn same_content_is_read_again_while_a_field_is_pinned() {
    let ground = Ground::with(&["ann"]);
    let known = |ground: &Ground| {
        ground
            .store
            .known_content(ground.workspace.id, ground.integration, "setup-1", &files())
            .unwrap()
            .is_some()
    };
    assert!(known(&ground));
    let mut proposal = ground.operations(vec![operation(
        OperationKind::Deactivate,
        &ground.person(1),
        Vec::new(),
    )]);
    proposal.new_pins.push((EmployeeId(1), pin(None)));
    ground
        .settle(ground.begin(RunKind::Sync), &proposal)
        .unwrap();
    assert!(!known(&ground), "also of somebody who has left");
}

#[test]
fn removing_values_removes_pins() {
    let ground = ground(None);
    let delete = operation(OperationKind::Delete, &ground.person(1), Vec::new());
    ground
        .settle(
            ground.begin(RunKind::Sync),
            &ground.operations(vec![delete]),
        )
        .unwrap();
    assert_eq!(ground.store.pins(&ground.workspace).unwrap(), []);
}

#[test]
fn protection_is_history_and_forgets_what_the_record_said() {
    let ground = Ground::with(&["ann"]);
    let done = ManualEdit {
        actor: Some("Eva"),
        note: Some("director"),
        process: 1,
        now: at(3),
    };
    let protect = |on| {
        ground
            .store
            .protect(&ground.workspace, EmployeeId(1), on, &done)
            .unwrap()
    };
    assert!(protect(true).is_some());
    assert_eq!(protect(true), None, "that is so already");
    assert!(ground.person(1).protected);
    let entry = ground
        .store
        .history(&ground.workspace, EmployeeId(1))
        .unwrap()
        .pop()
        .unwrap();
    assert_eq!(
        (entry.reason, entry.by.as_deref(), entry.note.as_deref()),
        (Reason::Protected, Some("Eva"), Some("director"))
    );
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(4))
        .unwrap();
    assert_eq!(roster.entries()[0].fingerprint, None);
    let revision = roster.revision;
    assert!(protect(false).is_some() && !ground.person(1).protected);
    let after = ground
        .store
        .roster(ground.workspace.id, None, at(4))
        .unwrap()
        .revision;
    assert!(after > revision, "a decision made before is void");
}
