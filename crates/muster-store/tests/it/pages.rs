//! What the admin pages read: pages of lists, counts, and who may sign in.

use crate::ground::{Ground, at};
use jiff::SignedDuration;
use muster_core::{
    decide::shared_change::SharedChange,
    model::{
        employee::Status,
        ids::{EmployeeId, RunId},
        plan::{Changed, OperationKind, Reason},
        role::Role,
        run::{RunKind, RunStatus},
    },
};
use muster_store::{
    GroupsQuery, NewSession, NewUser, OperationSort, PeopleQuery, RunsQuery, SessionLimits, Store,
};

const ALL: PeopleQuery<'_> = PeopleQuery {
    search: None,
    status: None,
    owner: None,
    group: None,
    after: None,
    limit: 50,
};

/// Every statement of the pages, for the test that has PostgreSQL read them.
pub(crate) fn read_everything(ground: &Ground, run: RunId) {
    let (store, workspace) = (&ground.store, &ground.workspace);
    let query = PeopleQuery {
        search: Some("ann"),
        status: Some(Status::Active),
        owner: Some(ground.integration),
        group: Some("Sales"),
        ..ALL
    };
    for query in [ALL, query] {
        store.people_page(workspace, &query).unwrap();
    }
    store.people_counts(workspace).unwrap();
    store.smart_group_move_counts(workspace.id, at(0)).unwrap();
    let query = RunsQuery {
        statuses: &[RunStatus::Held, RunStatus::Failed],
        is_waiting: true,
        integration: Some(ground.integration),
        before: Some(run),
        limit: 5,
    };
    store.runs_page(workspace.id, &query).unwrap();
    for plan in store.open_plans(workspace.id).unwrap() {
        let run = plan.id.run;
        for by_change in [false, true] {
            for search in [None, Some("%")] {
                let query = GroupsQuery { by_change, search };
                for group in store.operation_groups(workspace, run, &query).unwrap() {
                    let page = store.operations_page(workspace, run, &group.sort, &query, 0, 5);
                    assert!(!page.unwrap().is_empty());
                }
            }
        }
    }
    for (by_change, shared) in [
        (false, None),
        (true, None),
        (
            true,
            Some(SharedChange::SameField {
                what: Changed::Status,
            }),
        ),
    ] {
        let query = GroupsQuery {
            by_change,
            search: None,
        };
        let sort = OperationSort {
            kind: OperationKind::Update,
            reason: Reason::SameExternalId,
            is_held: false,
            shared,
        };
        store.operation_groups(workspace, run, &query).unwrap();
        store
            .operations_page(workspace, run, &sort, &query, 0, 5)
            .unwrap();
    }
    store.pending_sorts(workspace, run).unwrap();
    store.changed_since(workspace, run).unwrap();
    store.undone_by(workspace.id, run).unwrap();
    store.head_count_changes(workspace.id, at(0)).unwrap();
    store
        .earlier_deliveries(workspace.id, ground.integration, run, 5)
        .unwrap();
    store
        .departure_evidence(workspace, run, ground.integration)
        .unwrap();
    store.plan_statuses(workspace, RunId(1), run).unwrap();
    store.held_operations(workspace, 5).unwrap();
    store.held_operation_count(workspace).unwrap();
    store
        .pending_operations_of(workspace, EmployeeId(1))
        .unwrap();
    store.change_counts(workspace, run).unwrap();
    for kind in [OperationKind::Create, OperationKind::Update] {
        store
            .changes_page(workspace, run, kind, EmployeeId(0), 5)
            .unwrap();
    }
    store.integration_states(workspace).unwrap();
    store.integration_names(workspace).unwrap();
    store.workspace_states().unwrap();
}

/// Every statement of accounts.
pub(crate) fn sign_in(store: &Store) {
    let user = NewUser {
        email: "Eva@acme.test",
        name: "Eva",
        password_hash: "hash",
        is_admin: true,
    };
    assert!(store.renew_setup_link(&[1; 32], at(24)).unwrap());
    assert!(store.is_setup_link(&[1; 32], at(0)).unwrap());
    let id = store
        .redeem_setup_link(&[1; 32], &user, at(0))
        .unwrap()
        .unwrap();
    assert!(store.has_users().unwrap());
    let acme = store.workspace("acme").unwrap().unwrap();
    for role in [Some(Role::Viewer), Some(Role::Approver), None] {
        store
            .set_role(id, acme.id, role, "eva@acme.test", at(0))
            .unwrap();
    }
    store.roles(id).unwrap();
    store
        .set_password(id, "other", "eva@acme.test", at(0))
        .unwrap();
    assert_eq!(
        store.user_by_email("eva@acme.test").unwrap().unwrap().1,
        "other"
    );
    let limits = SessionLimits::default();
    let session = NewSession {
        token: &[2; 32],
        user: id,
        device: "Firefox",
        client: "192.0.2.1",
    };
    store.begin_session(&session, limits, at(0)).unwrap();
    let later = at(0) + SignedDuration::from_mins(5);
    assert_eq!(
        store.session(&[2; 32], limits, later).unwrap().unwrap().id,
        id
    );
    store.end_session(&[2; 32], at(0)).unwrap();
    assert_eq!(store.session(&[2; 32], limits, later).unwrap(), None);
}

#[test]
fn setup_link_works_once_and_only_while_there_are_no_users() {
    let ground = Ground::new();
    let store = &ground.store;
    let eva = NewUser {
        email: "eva@acme.test",
        name: "Eva",
        password_hash: "hash",
        is_admin: true,
    };
    let bob = NewUser {
        email: "bob@acme.test",
        ..eva
    };
    store.renew_setup_link(&[1; 32], at(24)).unwrap();
    assert_eq!(
        store.redeem_setup_link(&[2; 32], &eva, at(0)).unwrap(),
        None
    );
    assert_eq!(
        store.redeem_setup_link(&[1; 32], &eva, at(24)).unwrap(),
        None,
        "expired"
    );
    assert!(
        store
            .redeem_setup_link(&[1; 32], &eva, at(0))
            .unwrap()
            .is_some()
    );
    assert_eq!(
        store.redeem_setup_link(&[1; 32], &bob, at(0)).unwrap(),
        None
    );
    assert!(!store.renew_setup_link(&[3; 32], at(24)).unwrap());
    assert_eq!(
        store.redeem_setup_link(&[3; 32], &bob, at(0)).unwrap(),
        None
    );
}

#[test]
fn people_are_found_by_parts_of_name_id_and_address_page_by_page() {
    let ground = Ground::new();
    let (store, workspace) = (&ground.store, &ground.workspace);
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.joiners(&["ann", "bob", "cas"]))
        .unwrap();
    let names = |query: &PeopleQuery<'_>| -> Vec<String> {
        let people = store.people_page(workspace, query).unwrap();
        people
            .iter()
            .map(|person| person.email().to_owned())
            .collect()
    };
    let search = |text| {
        names(&PeopleQuery {
            search: Some(text),
            ..ALL
        })
    };
    assert_eq!(search("e-BOB"), ["bob@Acme.test"]);
    assert_eq!(search("ann@"), ["ann@Acme.test"]);
    assert_eq!(search("%"), Vec::<String>::new(), "it is no wildcard");
    assert_eq!(search("nobody"), Vec::<String>::new());
    let first = names(&PeopleQuery { limit: 2, ..ALL });
    assert_eq!(first, ["ann@Acme.test", "bob@Acme.test"]);
    let after = store
        .people_page(workspace, &PeopleQuery { limit: 2, ..ALL })
        .unwrap()[1]
        .id;
    assert_eq!(
        names(&PeopleQuery {
            after: Some(after),
            limit: 2,
            ..ALL
        }),
        ["cas@Acme.test"]
    );
    let inactive = PeopleQuery {
        status: Some(Status::Inactive),
        ..ALL
    };
    assert_eq!(names(&inactive), Vec::<String>::new());
    let counts = store.people_counts(workspace).unwrap();
    assert_eq!((counts.people, counts.employed), (3, 3));
}

#[test]
fn changes_of_a_run_are_counted_and_listed_by_kind() {
    let ground = Ground::new();
    let (store, workspace) = (&ground.store, &ground.workspace);
    let run = ground.begin(RunKind::Sync);
    ground
        .settle(run, &ground.joiners(&["ann", "bob", "cas"]))
        .unwrap();
    let counts = store.change_counts(workspace, run).unwrap();
    assert_eq!(
        counts.into_iter().collect::<Vec<_>>(),
        [(OperationKind::Create, 3)]
    );
    let page = |after| {
        store
            .changes_page(workspace, run, OperationKind::Create, after, 2)
            .unwrap()
    };
    let first = page(EmployeeId(0));
    assert_eq!(first.len(), 2);
    let second = page(first[1].employee);
    assert_eq!(second.len(), 1);
    assert!(second[0].employee > first[1].employee);
}
