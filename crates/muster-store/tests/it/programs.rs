//! What programs read: API tokens, causes of plans, and the change feed.

use crate::ground::{Ground, at, change, operation};
use muster_core::model::{
    actor::Actor,
    edit_request::{EditRequest, ManualEdit},
    field::canonical::{EMAIL, TITLE},
    ids::{EmployeeId, RunId},
    job::JobKind,
    plan::{OperationKind, Reason},
    role::Role,
    run::RunKind,
};
use muster_store::{
    Cause, ClaimLimits, Enqueued, FeedPosition, IdempotencyKey, Lease, NewApiToken, NewJob, NewRun,
    OperationsQuery, PlanStatus, RequestedEdit, RunLease,
};

/// Every statement for programs, for the test that has PostgreSQL read them.
pub(crate) fn read_everything(ground: &Ground) {
    let (store, workspace) = (&ground.store, &ground.workspace);
    let token = NewApiToken {
        workspace: workspace.id,
        name: "payroll",
        token: &[9; 32],
        role: Role::Viewer,
        created_by: "Eva",
        expires: at(24),
    };
    assert!(store.create_api_token(&token, at(0)).unwrap());
    assert!(store.api_token(&[9; 32], at(1)).unwrap().is_some());
    assert_eq!(store.api_tokens(workspace.id).unwrap().len(), 1);
    store
        .revoke_api_token(workspace.id, "payroll", "Eva", at(2))
        .unwrap();
    for plan in store.open_plans(workspace.id).unwrap() {
        for cause in store.causes(workspace, plan.id.run).unwrap() {
            let query = OperationsQuery {
                cause: Some(cause.cause),
                is_open: true,
                limit: 5,
                ..OperationsQuery::default()
            };
            store.operations(workspace, plan.id.run, &query).unwrap();
        }
        let query = OperationsQuery {
            limit: 5,
            ..OperationsQuery::default()
        };
        store.operations(workspace, plan.id.run, &query).unwrap();
        store
            .problems_page(workspace.id, plan.id.run, 0, 5)
            .unwrap();
    }
    for status in [None, Some(PlanStatus::Held)] {
        store.plans_page(workspace.id, status, None, 5).unwrap();
    }
    let first = store.change_feed(workspace, FeedPosition::default(), 1);
    let first = first.unwrap().unwrap();
    store.change_feed(workspace, first.next, 50).unwrap();
    store.end_of_change_feed(workspace).unwrap();
    store
        .formerly_addressed(workspace, "ann@acme.test")
        .unwrap();
    store
        .history_since_of(workspace, at(0), EmployeeId(1), EmployeeId(9))
        .unwrap();
    let (first, last) = (RunId(1), RunId(9));
    store.files_of_runs(workspace.id, first, last).unwrap();
    store.live_jobs_of(workspace.id, 5).unwrap();
    store.ended_jobs_of(workspace.id, 5).unwrap();
    store.job(workspace.id, 1).unwrap();
}

#[test]
fn token_is_found_until_it_expires_or_is_revoked_and_its_use_is_noted() {
    let ground = Ground::new();
    let (store, workspace) = (&ground.store, ground.workspace.id);
    let token = NewApiToken {
        workspace,
        name: "payroll",
        token: &[9; 32],
        role: Role::Operator,
        created_by: "Eva",
        expires: at(24),
    };
    assert!(store.create_api_token(&token, at(0)).unwrap());
    let other = NewApiToken {
        token: &[8; 32],
        ..token
    };
    assert!(!store.create_api_token(&other, at(0)).unwrap());
    let found = |hour| store.api_token(&[9; 32], at(hour)).unwrap();
    let (token, name) = found(1).unwrap();
    assert_eq!(
        (token.role, name.as_str(), token.used),
        (Role::Operator, "acme", None)
    );
    assert_eq!(found(2).unwrap().0.used, Some(at(1)));
    assert_eq!(found(24), None, "expired");
    assert_eq!(store.api_token(&[8; 32], at(1)).unwrap(), None);
    assert!(
        store
            .revoke_api_token(workspace, "payroll", "Bob", at(3))
            .unwrap()
    );
    assert_eq!(found(4), None, "revoked");
    let listed = store.api_tokens(workspace).unwrap().remove(0);
    assert_eq!((listed.used, listed.revoked), (Some(at(2)), Some(at(3))));
    assert_eq!(listed.revoked_by.as_deref(), Some("Bob"));
}

/// Employees of all entries after a position, and the position after them.
fn read(
    ground: &Ground,
    after: FeedPosition,
    limit: u32,
) -> (Vec<(i64, OperationKind)>, FeedPosition) {
    let (mut found, mut at) = (Vec::new(), after);
    loop {
        let page = ground.store.change_feed(&ground.workspace, at, limit);
        let page = page.unwrap().unwrap();
        assert!(page.entries.len() <= limit as usize);
        found.extend(
            page.entries
                .iter()
                .map(|entry| (entry.employee.0, entry.kind)),
        );
        at = page.next;
        if !page.has_more {
            return (found, at);
        }
    }
}

#[test]
fn run_that_ends_after_a_later_one_is_not_skipped_by_the_feed() {
    let ground = Ground::with(&["ann", "bob"]);
    let (before, position) = read(&ground, FeedPosition::default(), 10);
    assert_eq!(
        before,
        [(1, OperationKind::Create), (2, OperationKind::Create)]
    );
    let begin = |integration| {
        let new = NewRun {
            kind: RunKind::Sync,
            integration: Some(integration),
            started: at(1),
            process: 1,
            lease: RunLease::Taken {
                owner: "tester",
                length: Lease::LENGTH,
            },
            of: None,
            actor: None,
        };
        let begun = ground.store.begin_run(ground.workspace.id, &new);
        begun.unwrap().0
    };
    let (first, second) = (begin("hr"), begin("other"));
    let title = |id| {
        let person = ground.person(id);
        ground.operations(vec![operation(
            OperationKind::Update,
            &person,
            vec![change(TITLE, "", "Lead")],
        )])
    };
    ground.settle(second, &title(2)).unwrap();
    let (found, position) = read(&ground, position, 10);
    assert_eq!(found, [(2, OperationKind::Update)]);
    ground.settle(first, &title(1)).unwrap();
    let (found, position) = read(&ground, position, 10);
    assert_eq!(
        found,
        [(1, OperationKind::Update)],
        "run {first} ended last"
    );
    assert_eq!(read(&ground, position, 10).0, []);
}

#[test]
fn pages_of_the_feed_split_runs_and_changes_of_one_employee_without_loss() {
    let ground = Ground::with(&["ann", "bob", "cas"]);
    let run = ground.begin(RunKind::Sync);
    let changes = |id, from: &str, to: &str| {
        operation(
            OperationKind::Update,
            &ground.person(id),
            vec![change(TITLE, from, to)],
        )
    };
    let proposal = ground.operations(vec![
        changes(1, "", "a"),
        changes(2, "", "b"),
        changes(3, "", "c"),
    ]);
    ground.settle(run, &proposal).unwrap();
    let (all, end) = read(&ground, FeedPosition::default(), 100);
    assert_eq!(all.len(), 6);
    for limit in 1..=6 {
        let (found, at) = read(&ground, FeedPosition::default(), limit);
        assert_eq!((found, at), (all.clone(), end), "pages of {limit}");
    }
    let end_now = ground.store.end_of_change_feed(&ground.workspace).unwrap();
    assert_eq!(read(&ground, end_now, 10).0, []);
}

#[test]
fn former_address_is_found_in_any_case_and_nothing_like_it() {
    let ground = Ground::with(&["ann", "bob"]);
    let run = ground.begin(RunKind::Sync);
    let person = ground.person(1);
    let old = person.email().to_owned();
    let proposal = ground.operations(vec![operation(
        OperationKind::Update,
        &person,
        vec![change(EMAIL, &old, "new@acme.test")],
    )]);
    ground.settle(run, &proposal).unwrap();
    let found = |email: &str| {
        ground
            .store
            .formerly_addressed(&ground.workspace, email)
            .unwrap()
    };
    assert_eq!(found(&old), [EmployeeId(1)]);
    assert_eq!(found(&old.to_uppercase()), [EmployeeId(1)]);
    for other in [
        "new@acme.test",
        "%",
        "_nn@acme.test",
        "nn@acme.test",
        "",
        "\"",
    ] {
        assert_eq!(found(other), [], "{other}");
    }
}

#[test]
fn updates_have_one_cause_for_the_fields_that_change() {
    let ground = Ground::with(&["ann", "bob", "cas", "dan"]);
    let update = |id, changes| operation(OperationKind::Update, &ground.person(id), changes);
    let mail = ground.person(3).email().to_owned();
    let mut held = update(4, vec![change(TITLE, "", "Lead")]);
    held.held = Some(Reason::IdReused);
    let proposal = ground.operations(vec![
        update(1, vec![change(TITLE, "", "Lead")]),
        update(2, vec![change(TITLE, "", "Lead")]),
        update(
            3,
            vec![
                change(TITLE, "", "Lead"),
                change(EMAIL, &mail, "x@acme.test"),
            ],
        ),
        held,
    ]);
    let plan = ground.hold(&proposal);
    let causes = ground.store.causes(&ground.workspace, plan.run).unwrap();
    let sums: Vec<_> = causes
        .iter()
        .map(|one| {
            (
                one.cause.fields.join("+"),
                one.cause.is_held,
                one.operations,
                one.examples.len(),
            )
        })
        .collect();
    assert_eq!(
        sums,
        [
            ("title".to_owned(), false, 2, 2),
            ("email+title".to_owned(), false, 1, 1),
            ("title".to_owned(), true, 1, 1),
        ]
    );
    let change = |number: usize| causes[number].change.clone();
    assert_eq!(change(0).unwrap().1.as_deref(), Some("Lead"));
    assert_eq!(change(1), None, "two fields change");
    for cause in &causes {
        assert_eq!(
            Cause::parse(&cause.cause.name()).as_ref(),
            Some(&cause.cause)
        );
        let query = OperationsQuery {
            cause: Some(cause.cause.clone()),
            limit: 10,
            ..OperationsQuery::default()
        };
        let found = ground
            .store
            .operations(&ground.workspace, plan.run, &query)
            .unwrap();
        assert_eq!(found.len() as u64, cause.operations);
    }
    for wrong in ["", "update", "update.nothing.open", "update.source.maybe"] {
        assert_eq!(Cause::parse(wrong), None, "{wrong}");
    }
}

fn edit(ground: &Ground, title: &str) -> NewJob {
    NewJob {
        kind: JobKind::Edit,
        workspace: ground.workspace.id,
        integration: None,
        slot: None,
        priority: 0,
        run_at: None,
        max_attempts: 1,
        host: None,
        dedupe_key: None,
        decision: None,
        request: Some(RequestedEdit {
            request: EditRequest::Manual(ManualEdit::Pin {
                employee: EmployeeId(1),
                field: "title".to_owned(),
                value: title.to_owned(),
                until: None,
            }),
            revision: Some(7),
            note: Some("promoted".to_owned()),
            actor: Actor::Token("payroll".to_owned()),
        }),
    }
}

/// Every statement that programs write with, for the test that has PostgreSQL read them.
pub(crate) fn write_everything(ground: &Ground) {
    let key = IdempotencyKey {
        client: "token payroll",
        name: "7f3a",
        request: &[1; 32],
    };
    let job = edit(ground, "Lead");
    for hour in [3, 4] {
        ground
            .store
            .enqueue_once(&job, Some(&key), at(hour))
            .unwrap();
    }
    ground.store.job_problem(ground.workspace.id, 1).unwrap();
}

#[test]
fn request_with_a_known_key_adds_no_second_job() {
    let ground = Ground::new();
    let store = &ground.store;
    let job = edit(&ground, "Lead");
    let key = |client, request| IdempotencyKey {
        client,
        name: "7f3a",
        request,
    };
    let (one, two) = (&[1; 32], &[2; 32]);
    let enqueue = |key: &IdempotencyKey<'_>, hour| store.enqueue_once(&job, Some(key), at(hour));
    let Enqueued::Job(first) = enqueue(&key("a", one), 0).unwrap() else {
        panic!("no job");
    };
    assert_eq!(enqueue(&key("a", one), 1).unwrap(), Enqueued::Job(first));
    assert_eq!(enqueue(&key("a", two), 1).unwrap(), Enqueued::KeyReused);
    let other = enqueue(&key("b", two), 1).unwrap();
    assert_ne!(
        other,
        Enqueued::Job(first),
        "keys of other clients are their own"
    );
    assert_eq!(store.live_jobs_of(ground.workspace.id, 9).unwrap().len(), 2);
    let later = enqueue(&key("a", two), 24).unwrap();
    assert!(
        matches!(later, Enqueued::Job(job) if job > first),
        "a day later it is forgotten"
    );
    let dedupe = NewJob {
        dedupe_key: Some("one".to_owned()),
        ..job.clone()
    };
    let job = store.enqueue_once(&dedupe, None, at(2)).unwrap();
    assert!(matches!(job, Enqueued::Job(_)));
    assert_eq!(
        store.enqueue_once(&dedupe, None, at(2)).unwrap(),
        Enqueued::Busy
    );
}

#[test]
fn edit_is_claimed_as_it_was_requested() {
    let ground = Ground::new();
    let job = edit(&ground, "Lead \"of\" all");
    ground.store.enqueue_once(&job, None, at(0)).unwrap();
    let claimed = ground
        .store
        .claim_jobs("worker", ClaimLimits::default(), at(0));
    assert_eq!(claimed.unwrap().remove(0).request, job.request);
}
