//! Events about employees: written with what they report, sent in order, recalled, given up and sent again.

use crate::ground::{BUDGET, Ground, at, change, operation};
use jiff::{SignedDuration, Timestamp};
use muster_core::{
    alert::{SendCause, SendFailure, SendRetry},
    model::{
        event::{EventDetail, EventKind},
        field::canonical::TITLE,
        plan::{Operation, OperationKind},
        run::RunKind,
    },
};
use muster_store::{ClaimedDelivery, Keyring, NewWebhook, Replay, StoreError};

fn with_webhook(ground: &Ground) -> i64 {
    // With another master key, what is encrypted already would be lost.
    if ground.store.wanted_keys().unwrap().is_empty() {
        ground.store.unlock(Keyring::generate().unwrap()).unwrap();
    }
    let new = NewWebhook {
        workspace: ground.workspace.id,
        url: "https://hooks.acme.test",
        allows_internal: false,
        departure_wait: 120,
        ca_certificate: None,
        secret: b"secret",
    };
    ground.store.add_webhook(&new, "eva", at(1)).unwrap()
}

fn settle(ground: &Ground, operations: Vec<Operation>) {
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.operations(operations)).unwrap();
}

fn retitle(ground: &Ground, id: i64, old: &str, new: &str) {
    let changes = vec![change(TITLE, old, new)];
    let person = ground.person(id);
    settle(
        ground,
        vec![operation(OperationKind::Update, &person, changes)],
    );
}

fn act(ground: &Ground, kind: OperationKind, id: i64) {
    let person = ground.person(id);
    settle(ground, vec![operation(kind, &person, Vec::new())]);
}

fn minutes(number: i64) -> Timestamp {
    at(3) + SignedDuration::from_mins(number)
}

fn claim(ground: &Ground, minute: i64) -> Vec<ClaimedDelivery> {
    ground.store.claim_deliveries(minutes(minute)).unwrap()
}

fn kinds(claimed: &[ClaimedDelivery]) -> Vec<(&'static str, i64)> {
    claimed
        .iter()
        .map(|one| (one.event.kind.as_str(), one.event.employee.0))
        .collect()
}

fn deliver(ground: &Ground, claimed: &[ClaimedDelivery], minute: i64) {
    for one in claimed {
        ground.store.event_delivered(one, minutes(minute)).unwrap();
    }
}

/// Everything that is sent now, in order.
fn send_all(ground: &Ground, minute: i64) -> Vec<ClaimedDelivery> {
    let mut sent = Vec::new();
    loop {
        let claimed = claim(ground, minute);
        if claimed.is_empty() {
            return sent;
        }
        deliver(ground, &claimed, minute);
        sent.extend(claimed);
    }
}

/// What of it is about employees themselves.
fn about_employees(sent: &[ClaimedDelivery]) -> Vec<(&'static str, i64)> {
    let mut kinds = kinds(sent);
    kinds.retain(|(kind, _)| kind.starts_with("employee."));
    kinds
}

/// Every statement of webhooks, for the test that has PostgreSQL read them.
pub(crate) fn story(ground: &Ground) {
    let (store, workspace) = (&ground.store, ground.workspace.id);
    let webhook = with_webhook(ground);
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &ground.joiners(&["zoe"])).unwrap();
    let zoe = store.employees_by_external_ids(&ground.workspace, &["E-zoe"]);
    let id = zoe.unwrap()[0].id.0;
    act(ground, OperationKind::Deactivate, id);
    act(ground, OperationKind::Reactivate, id);
    let claimed = claim(ground, 0);
    let gone = SendFailure {
        cause: SendCause::Status(410),
        retry: SendRetry::Gone,
    };
    store
        .event_failed(&claimed[0], &gone, Some(at(4)), at(3))
        .unwrap();
    store.event_failed(&claimed[0], &gone, None, at(3)).unwrap();
    store.dead_letters(workspace, 5).unwrap();
    store.deliveries(workspace, webhook, None, None, 5).unwrap();
    for replay in [Replay::Dead, Replay::Since(at(0))] {
        store
            .replay_events(workspace, webhook, replay, "ops", at(4))
            .unwrap();
    }
    store.event_delivered(&claimed[0], at(5)).unwrap();
    store
        .pause_webhook(workspace, webhook, true, "ops (command line)", at(0))
        .unwrap();
    store.webhooks(workspace).unwrap();
    store.webhook_secret(workspace, webhook).unwrap();
    store.smart_group_name(workspace, 1).unwrap();
    store.forget_events(at(9)).unwrap();
    store
        .remove_webhook(workspace, webhook, "ops (command line)", at(0))
        .unwrap();
}

#[test]
fn each_settlement_writes_its_events_and_one_that_is_refused_writes_none() {
    let ground = Ground::new();
    with_webhook(&ground);
    let stale = ground.joiners(&["ann"]);
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.joiners(&["ann", "bob"]))
        .unwrap();
    let refused = ground.settle(ground.begin(RunKind::Sync), &stale);
    assert!(
        matches!(refused, Err(StoreError::Moved { .. })),
        "{refused:?}"
    );
    let claimed = claim(&ground, 0);
    // The budget of each follows its creation, and waits for it.
    assert_eq!(
        kinds(&claimed),
        [("employee.created", 1), ("employee.created", 2)]
    );
    let EventDetail::Changed(keys) = &claimed[0].event.detail else {
        panic!("{:?}", claimed[0].event);
    };
    for key in ["external_id", "email", "first_name", "last_name"] {
        assert!(keys.iter().any(|found| found == key), "{keys:?}");
    }
    deliver(&ground, &claimed, 0);
    let budgets = claim(&ground, 0);
    assert_eq!(
        kinds(&budgets),
        [("budget.granted", 1), ("budget.granted", 2)]
    );
}

#[test]
fn workspace_without_a_webhook_writes_no_event() {
    let ground = Ground::with(&["ann"]);
    retitle(&ground, 1, "", "Lead");
    with_webhook(&ground);
    assert_eq!(claim(&ground, 0), []);
    retitle(&ground, 1, "Lead", "Head");
    let claimed = claim(&ground, 0);
    assert_eq!(kinds(&claimed), [("employee.updated", 1)]);
    assert_eq!(
        claimed[0].event.detail,
        EventDetail::Changed(vec!["title".to_owned()])
    );
}

#[test]
fn events_of_an_employee_are_sent_in_order_and_a_failed_one_holds_up_no_other_employee() {
    let ground = Ground::with(&["ann", "bob"]);
    with_webhook(&ground);
    for (id, old, new) in [(1, "", "A"), (1, "A", "B"), (2, "", "C"), (2, "C", "D")] {
        retitle(&ground, id, old, new);
    }
    let first = claim(&ground, 0);
    assert_eq!(
        kinds(&first),
        [("employee.updated", 1), ("employee.updated", 2)]
    );
    assert_eq!(claim(&ground, 0), [], "both are on their way");
    let later = SendFailure::later(SendCause::TimedOut);
    let store = &ground.store;
    store
        .event_failed(&first[0], &later, Some(minutes(30)), minutes(0))
        .unwrap();
    deliver(&ground, &first[1..], 0);
    let second = claim(&ground, 1);
    assert_eq!(kinds(&second), [("employee.updated", 2)]);
    deliver(&ground, &second, 1);
    assert_eq!(claim(&ground, 29), []);
    let again = claim(&ground, 30);
    assert_eq!(
        (again[0].event.id, again[0].attempt),
        (first[0].event.id, 2)
    );
    deliver(&ground, &again, 30);
    let last = claim(&ground, 30);
    assert_eq!(kinds(&last), [("employee.updated", 1)]);
    assert!(last[0].event.id > first[0].event.id);
}

#[test]
fn delivery_whose_process_ended_is_claimed_again() {
    let ground = Ground::with(&["ann"]);
    with_webhook(&ground);
    retitle(&ground, 1, "", "Lead");
    let first = claim(&ground, 0);
    assert_eq!(claim(&ground, 4), []);
    let again = claim(&ground, 5);
    assert_eq!(
        (again[0].event.id, again[0].attempt),
        (first[0].event.id, 2)
    );
}

#[test]
fn departure_waits_and_is_recalled_by_a_return_in_time() {
    let ground = Ground::with(&["ann", "bob", "cas"]);
    with_webhook(&ground);
    act(&ground, OperationKind::Deactivate, 1);
    act(&ground, OperationKind::Deactivate, 2);
    assert_eq!(claim(&ground, 0), [], "they wait from now on");
    act(&ground, OperationKind::Reactivate, 1);
    let nothing: [(&str, i64); 0] = [];
    assert_eq!(
        about_employees(&send_all(&ground, 1)),
        nothing,
        "the return recalls the departure"
    );
    assert_eq!(
        about_employees(&send_all(&ground, 2)),
        [("employee.deactivated", 2)]
    );
    // Bob's departure is known: so must be the return.
    act(&ground, OperationKind::Reactivate, 2);
    assert_eq!(
        about_employees(&send_all(&ground, 3)),
        [("employee.reactivated", 2)]
    );
}

/// Ann has a budget: it ends with her departure, and is granted again with her return.
#[test]
fn recalled_departure_recalls_what_followed_from_it() {
    let ground = Ground::with(&["ann"]);
    with_webhook(&ground);
    let kinds_of = |sent: &[ClaimedDelivery]| -> Vec<&str> {
        sent.iter().map(|one| one.event.kind.as_str()).collect()
    };
    act(&ground, OperationKind::Deactivate, 1);
    act(&ground, OperationKind::Reactivate, 1);
    assert_eq!(kinds_of(&send_all(&ground, 9)), Vec::<&str>::new());

    // What was not recalled is sent with both sides.
    act(&ground, OperationKind::Deactivate, 1);
    claim(&ground, 10);
    let left = send_all(&ground, 13);
    assert_eq!(kinds_of(&left), ["employee.deactivated", "budget.ended"]);
    act(&ground, OperationKind::Reactivate, 1);
    let back = send_all(&ground, 14);
    assert_eq!(kinds_of(&back), ["employee.reactivated", "budget.granted"]);

    // A budget that is replaced by another one is no departure.
    let changes = vec![change(BUDGET, "12.50", "20")];
    let person = ground.person(1);
    settle(
        &ground,
        vec![operation(OperationKind::Update, &person, changes)],
    );
    let replaced = send_all(&ground, 15);
    assert_eq!(kinds_of(&replaced)[0], "employee.updated");
    assert!(kinds_of(&replaced).contains(&"budget.granted"));
}

#[test]
fn departure_that_is_on_its_way_is_not_recalled() {
    let ground = Ground::with(&["ann"]);
    with_webhook(&ground);
    act(&ground, OperationKind::Deactivate, 1);
    claim(&ground, 0);
    let sent = claim(&ground, 2);
    assert_eq!(kinds(&sent), [("employee.deactivated", 1)]);
    act(&ground, OperationKind::Reactivate, 1);
    deliver(&ground, &sent, 2);
    assert_eq!(
        about_employees(&send_all(&ground, 3)),
        [("employee.reactivated", 1)]
    );
}

#[test]
fn return_that_changes_more_reports_the_rest_when_the_departure_is_recalled() {
    let ground = Ground::with(&["ann"]);
    with_webhook(&ground);
    act(&ground, OperationKind::Deactivate, 1);
    let changes = vec![change(TITLE, "", "Lead"), change(BUDGET, "12.50", "20")];
    let person = ground.person(1);
    settle(
        &ground,
        vec![operation(OperationKind::Reactivate, &person, changes)],
    );
    let sent = send_all(&ground, 0);
    let ann = sent.iter().find(|one| one.event.kind == EventKind::Updated);
    let EventDetail::Changed(keys) = &ann.unwrap().event.detail else {
        panic!("{sent:?}");
    };
    assert!(keys.contains(&"title".to_owned()) && !keys.contains(&"status".to_owned()));
}

/// M24.
#[test]
fn erasure_is_an_event_and_no_event_holds_a_value() {
    let ground = Ground::with(&["ann"]);
    with_webhook(&ground);
    retitle(&ground, 1, "", "Lead");
    act(&ground, OperationKind::Delete, 1);
    let sent = send_all(&ground, 0);
    for one in &sent {
        let detail = serde_json::to_string(&one.event.detail).unwrap();
        for value in ["Lead", "ann", "Jansen", "12.50"] {
            assert!(!detail.contains(value), "{detail}");
        }
    }
    let erased = ("employee.erased", 1);
    assert_eq!(about_employees(&sent), [("employee.updated", 1), erased]);
}

#[test]
fn event_that_is_given_up_is_listed_and_can_be_sent_again_with_its_id() {
    let ground = Ground::with(&["ann"]);
    let webhook = with_webhook(&ground);
    retitle(&ground, 1, "", "A");
    retitle(&ground, 1, "A", "B");
    let first = claim(&ground, 0);
    let failure = SendFailure::later(SendCause::Status(500));
    let (store, workspace) = (&ground.store, ground.workspace.id);
    store
        .event_failed(&first[0], &failure, None, minutes(1))
        .unwrap();
    let dead = store.dead_letters(workspace, 10).unwrap();
    assert_eq!(
        (dead.len(), dead[0].event, dead[0].failure.clone()),
        (1, first[0].event.id, Some(failure))
    );
    assert_eq!(store.webhooks(workspace).unwrap()[0].dead, 1);
    // It no longer holds up the next one.
    let second = claim(&ground, 1);
    deliver(&ground, &second, 1);
    let replay = |replay| {
        let sent = store.replay_events(workspace, webhook, replay, "ops", minutes(2));
        sent.unwrap()
    };
    assert_eq!(replay(Replay::Dead), 1);
    let again = claim(&ground, 2);
    assert_eq!(
        (again[0].event.id, again[0].attempt),
        (first[0].event.id, 1)
    );
    deliver(&ground, &again, 2);
    assert_eq!(replay(Replay::Dead), 0);
    assert_eq!(replay(Replay::Since(at(0))), 2);
    assert_eq!(claim(&ground, 3).len(), 1, "in order");
}

#[test]
fn paused_webhook_collects_events_and_a_disabled_one_does_not() {
    let ground = Ground::with(&["ann"]);
    let webhook = with_webhook(&ground);
    let (store, workspace) = (&ground.store, ground.workspace.id);
    assert!(
        store
            .pause_webhook(workspace, webhook, true, "ops (command line)", at(0))
            .unwrap()
    );
    retitle(&ground, 1, "", "A");
    assert_eq!(claim(&ground, 0), []);
    assert!(
        store
            .pause_webhook(workspace, webhook, false, "ops (command line)", at(0))
            .unwrap()
    );
    let claimed = claim(&ground, 0);
    assert_eq!(kinds(&claimed), [("employee.updated", 1)]);
    let gone = SendFailure {
        cause: SendCause::Status(410),
        retry: SendRetry::Gone,
    };
    store
        .event_failed(&claimed[0], &gone, None, minutes(0))
        .unwrap();
    retitle(&ground, 1, "A", "B");
    assert_eq!(claim(&ground, 60), []);
    assert_eq!(store.webhooks(workspace).unwrap()[0].waiting, 0);
    assert!(
        !store
            .pause_webhook(workspace, 99, true, "ops (command line)", at(0))
            .unwrap()
    );
}
