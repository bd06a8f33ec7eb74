//! What settling does to people, their history and the roster.

mod revisions;

use crate::ground::{BUDGET, Ground, LEASED, at, budget, change, files, operation};
use muster_core::{
    model::{
        code::Code,
        employee::Status,
        facts::Fact,
        field::canonical::{self, EMAIL, EXTERNAL_ID, OFFBOARDING_DATE, TITLE},
        ids::EmployeeId,
        origin::{DeliveredFile, Origin},
        plan::{Changed, Create, OperationKind, Plan, Reason},
        problem::{Problem, Severity, value},
        run::{RunKind, RunStatus},
        workspace::WorkspaceSettings,
    },
    read::reading::{Completeness, DraftState, Drafts, PartialReason},
};
use muster_store::{Contradiction, NewRun, PeopleFilter, PlanStatus, StoreError};

#[test]
fn everybody_of_a_large_load_is_on_the_roster() {
    let names: Vec<String> = (0..100).map(|number| format!("ann{number}")).collect();
    let ground = Ground::with(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(3))
        .unwrap();
    let listed = roster
        .entries()
        .iter()
        .map(|entry| (entry.employee.0, entry.fingerprint, entry.employed));
    assert!(listed.eq((0..100).map(|number| (
        i64::from(number) + 1,
        Some([number as u8 + 2; 16]),
        true
    ))));
}

#[test]
fn new_people_are_stored_with_every_value() {
    let ground = Ground::with(&["ann", "bob"]);
    let ann = ground.person(1);
    assert_eq!(
        (ann.email(), ann.external_id(), ann.name().as_str()),
        ("ann@Acme.test", Some("E-ann"), "ann Jansen")
    );
    assert_eq!(
        (ann.value(BUDGET), ann.value(TITLE), ann.status),
        (Some("12.50"), None, Status::Active)
    );
    assert_eq!(ann.owner, Some(ground.integration));
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(3))
        .unwrap();
    assert_eq!(
        (
            roster.workspace_people,
            roster.workspace_employed,
            roster.employed()
        ),
        (2, 2, 2)
    );
    assert_eq!(roster.unchanged(&[3; 16], 0), Some(1));
    assert_eq!(roster.last_good.unwrap().setup, "setup-1");
}

#[test]
fn people_are_found_by_each_key_and_by_name() {
    let ground = Ground::with(&["ann", "bob"]);
    for who in ["E-bob", "BOB@ACME.TEST", "2", "bob jansen"] {
        let found = ground.store.find(&ground.workspace, who).unwrap();
        assert_eq!(
            found.iter().map(|person| person.id.0).collect::<Vec<_>>(),
            [2],
            "{who}"
        );
    }
    let berg = vec![
        change(canonical::PREFIX, "", "van der"),
        change(canonical::LAST_NAME, "Jansen", "Berg Op Zoom"),
    ];
    let renamed = ground.operations(vec![operation(
        OperationKind::Update,
        &ground.person(2),
        berg,
    )]);
    ground
        .settle(ground.begin(RunKind::Sync), &renamed)
        .unwrap();
    for (who, count) in [
        ("BOB VAN DER berg op zoom", 1),
        ("bob Berg Op Zoom", 1),
        ("berg op zoom", 1),
        ("op zoom", 0),
        ("bob zoom", 0),
    ] {
        assert_eq!(
            ground.store.find(&ground.workspace, who).unwrap().len(),
            count,
            "{who}"
        );
    }
    let by_email = ground
        .store
        .employees_by_emails(&ground.workspace, &["ANN@acme.test", "nobody"])
        .unwrap();
    let by_id = ground
        .store
        .employees_by_external_ids(&ground.workspace, &["E-ann", "e-ann"])
        .unwrap();
    assert_eq!(
        (by_email.len(), by_id.len()),
        (1, 1),
        "external ids are case-sensitive, addresses are not"
    );
    let mut names = Vec::new();
    let mut note = |person: &muster_core::model::employee::Employee| {
        names.push(person.name());
        false
    };
    ground
        .store
        .people(&ground.workspace, PeopleFilter::default(), &mut note)
        .unwrap();
    assert_eq!(names, ["ann Jansen"], "listing stops when it is told to");
}

/// P15.
#[test]
fn an_update_changes_columns_own_fields_and_history() {
    let ground = Ground::with(&["ann"]);
    let changes = vec![
        change(TITLE, "", "Lead"),
        change(BUDGET, "12.50", ""),
        change(OFFBOARDING_DATE, "", "2026-12-31"),
    ];
    let run = ground.begin(RunKind::Sync);
    let update = operation(OperationKind::Update, &ground.person(1), changes.clone());
    let settled = ground
        .settle(run, &ground.operations(vec![update]))
        .unwrap();
    assert_eq!(
        (settled.created, settled.changed, settled.status),
        (0, 1, RunStatus::Applied)
    );
    let ann = ground.person(1);
    assert_eq!(
        (ann.value(TITLE), ann.value(BUDGET), ann.revision),
        (Some("Lead"), None, 2)
    );

    let history = ground.store.history(&ground.workspace, ann.id).unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(
        (history[0].kind, history[0].origin.unwrap().line),
        (OperationKind::Create, 2)
    );
    assert_eq!(history[0].file.as_deref(), Some("employees.csv"));
    assert_eq!((history[1].run, &history[1].changes), (run, &changes));
    assert_eq!(history[1].integration.as_deref(), Some("hr"));
    assert_eq!(
        ground
            .store
            .history_since(&ground.workspace, at(0))
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        ground
            .store
            .changes_of_run(&ground.workspace, run)
            .unwrap()
            .changes
            .len(),
        1
    );

    let due = |day: &str| {
        ground
            .store
            .due(&ground.workspace, day.parse().unwrap())
            .unwrap()
            .len()
    };
    assert_eq!((due("2026-12-30"), due("2026-12-31")), (0, 1));
}

/// P14.
#[test]
fn a_swap_of_two_addresses_and_a_cycle_of_three_ids_are_one_step() {
    let ground = Ground::with(&["ann", "bob", "cas"]);
    let people = [1, 2, 3].map(|id| ground.person(id));
    let mut changes = [0, 1, 2].map(|at: usize| {
        let (from, to) = (
            people[at].external_id().unwrap(),
            people[(at + 1) % 3].external_id().unwrap(),
        );
        vec![change(EXTERNAL_ID, from, to)]
    });
    // The other case of the letters is the same address.
    changes[0].push(change(EMAIL, people[0].email(), "BOB@acme.test"));
    changes[1].push(change(EMAIL, people[1].email(), "ANN@acme.test"));
    let updates = people
        .iter()
        .zip(changes)
        .map(|(person, changes)| operation(OperationKind::Update, person, changes));
    let proposal = ground.operations(updates.collect());
    ground
        .settle(ground.begin(RunKind::Sync), &proposal)
        .unwrap();
    let now = [1, 2, 3].map(|id| {
        (
            ground.person(id).email().to_owned(),
            ground.person(id).external_id().unwrap().to_owned(),
        )
    });
    let expected = [
        ("BOB@acme.test", "E-bob"),
        ("ANN@acme.test", "E-cas"),
        ("cas@Acme.test", "E-ann"),
    ]
    .map(|(email, id)| (email.to_owned(), id.to_owned()));
    assert_eq!(now, expected);
}

#[test]
fn departure_is_counted_and_recorded_in_the_roster() {
    let ground = Ground::with(&["ann", "bob"]);
    let leave = operation(OperationKind::Deactivate, &ground.person(1), Vec::new());
    let settled = ground
        .settle(ground.begin(RunKind::Sync), &ground.operations(vec![leave]))
        .unwrap();
    assert_eq!((settled.changed, settled.removed), (1, 1));
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(3))
        .unwrap();
    assert_eq!(
        (
            roster.workspace_employed,
            roster.employed(),
            roster.removed_this_week
        ),
        (1, 1, 1)
    );
    let later = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(24 * 8))
        .unwrap();
    assert_eq!(later.removed_this_week, 0);
    let history = ground
        .store
        .history(&ground.workspace, EmployeeId(1))
        .unwrap();
    assert_eq!(
        history[1].changes[0].what,
        Changed::Status,
        "the status is in the history although only the kind said so"
    );
}

#[test]
fn removing_values_leaves_none_in_row_or_history() {
    let ground = Ground::with(&["ann"]);
    let title = operation(
        OperationKind::Update,
        &ground.person(1),
        vec![change(TITLE, "", "Lead")],
    );
    ground
        .settle(ground.begin(RunKind::Sync), &ground.operations(vec![title]))
        .unwrap();
    let delete = operation(
        OperationKind::Delete,
        &ground.person(1),
        vec![change(EMAIL, "ann@Acme.test", "")],
    );
    ground
        .settle(
            ground.begin(RunKind::Sync),
            &ground.operations(vec![delete]),
        )
        .unwrap();
    let ann = ground.person(1);
    assert_eq!(
        (ann.status, ann.facts.as_ref().iter().count()),
        (Status::Erased, 0)
    );
    let history = ground.store.history(&ground.workspace, ann.id).unwrap();
    assert!(!format!("{history:?}").contains("ann@"), "{history:?}");
    assert!(!format!("{history:?}").contains("Lead"), "{history:?}");
    let roster = ground
        .store
        .roster(ground.workspace.id, Some(ground.integration), at(3))
        .unwrap();
    assert_eq!((roster.workspace_people, roster.entries().len()), (0, 0));
    // The address is free again.
    ground
        .settle(ground.begin(RunKind::Sync), &ground.joiners(&["ann"]))
        .unwrap();
}

#[test]
fn problems_are_kept_with_their_run_and_found_by_person() {
    let ground = Ground::with(&["ann"]);
    let mut proposal = ground.joiners(&[]);
    let mut problem = Problem::new(
        Code::ValueDate,
        Severity::Rejected,
        value::Detail::Undecodable,
        value::Remedy::WriteDate,
    )
    .at(Origin { file: 0, line: 18 })
    .of("start", "2026-02-30");
    problem.subject = Some("E-ann".to_owned());
    proposal.problems.push(problem.clone());
    let run = ground.begin(RunKind::Sync);
    ground.settle(run, &proposal).unwrap();
    assert_eq!(
        ground.store.problems(ground.workspace.id, run).unwrap(),
        [problem.clone()]
    );
    assert_eq!(
        ground
            .store
            .problems_about(ground.workspace.id, &["E-ann", "x"])
            .unwrap(),
        [(run, problem)]
    );
    assert_eq!(
        ground
            .store
            .problem_counts(ground.workspace.id, run)
            .unwrap()[&Code::ValueDate],
        1
    );
}

#[test]
fn an_own_field_keeps_its_kind() {
    let ground = Ground::new();
    let mut other = budget();
    other.kind = muster_core::read::normalise::FieldKind::Text;
    let settings = WorkspaceSettings::default();
    let refused = ground
        .store
        .ensure_workspace("acme", &settings, &[], &[other], [0; 32])
        .unwrap_err();
    assert!(
        matches!(&refused, StoreError::Contradiction { why: Contradiction::OtherType { key, .. } } if key == "monthly_all_budget"),
        "{refused}"
    );
    let same = ground
        .store
        .ensure_workspace("acme", &settings, &["Ops".to_owned()], &[budget()], [0; 32])
        .unwrap();
    assert_eq!(
        same.groups,
        ["Ops", "Sales"],
        "groups are added and never removed"
    );
    assert_eq!(
        same.fingerprint_key, [7; 32],
        "the key of a workspace stays"
    );
}

#[test]
fn second_run_waits_for_an_active_one_and_replaces_an_interrupted_one() {
    let ground = Ground::new();
    let expired = ground.begin(RunKind::Sync);
    let new = NewRun {
        kind: RunKind::Sync,
        integration: Some("hr"),
        started: at(1),
        process: 2,
        lease: LEASED,
        of: None,
        actor: None,
    };
    let begin = || ground.store.begin_run(ground.workspace.id, &new);
    let (active, _) = begin().unwrap();
    let interrupted = ground
        .store
        .run(ground.workspace.id, expired)
        .unwrap()
        .unwrap();
    assert_eq!(interrupted.status, RunStatus::Interrupted);
    assert!(interrupted.error.unwrap().contains("nothing was applied"));
    let busy = begin().unwrap_err();
    assert!(
        matches!(busy, StoreError::RunBusy { run, process: 2 } if run == active),
        "{busy}"
    );
}

#[test]
fn a_first_load_costs_at_most_450_bytes_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("muster.db");
    let url = format!("sqlite:{}", path.display());
    let ground =
        Ground::on(muster_store::Store::open(&url, muster_store::Options::default()).unwrap());
    let before = path.metadata().unwrap().len();
    let mut drafts = Drafts::default();
    let people = 5_000u32;
    for number in 0..people {
        let texts = [
            format!("E{number:07}"),
            format!("firstname.lastname{number}@example-company.test"),
            format!("Firstname{number}"),
            "Lastname-Otherone".to_owned(),
        ];
        let fields = [
            EXTERNAL_ID,
            EMAIL,
            canonical::FIRST_NAME,
            canonical::LAST_NAME,
        ];
        let rest = [
            (canonical::ONBOARDING_DATE, "2019-04-01"),
            (canonical::BIRTHDAY, "1985-07-12"),
            (canonical::LANGUAGE, "en"),
            (canonical::GROUP, "Sales"),
            (TITLE, "Senior engineer"),
            (canonical::DEPARTMENT, "Research, Development"),
            (canonical::LOCATION, "Amsterdam"),
            (canonical::PAYROLL_ID, "P1234567"),
            (canonical::EMPLOYMENT_TYPE, "permanent"),
            (canonical::PHONE, "+31612345678"),
            (canonical::COUNTRY, "NL"),
            (canonical::MANAGER_EXTERNAL_ID, "E0000001"),
        ];
        let facts = fields
            .into_iter()
            .zip(texts.iter().map(String::as_str))
            .chain(rest);
        let origin = Origin {
            file: 0,
            line: number + 2,
        };
        let mut fingerprint = [0x5A; 16];
        fingerprint[..4].copy_from_slice(&number.to_le_bytes());
        drafts.push(
            origin,
            DraftState::Candidate,
            fingerprint,
            facts.map(|(field, text)| (field, Fact::Set(text))),
        );
    }
    let creates = (0..people)
        .map(|draft| Create {
            draft,
            status: Status::Active,
        })
        .collect();
    let proposal = ground.proposal(
        Plan {
            creates,
            operations: Vec::new(),
        },
        drafts,
    );
    ground
        .settle(ground.begin(RunKind::Sync), &proposal)
        .unwrap();
    drop(ground);
    let each = (path.metadata().unwrap().len() - before) / u64::from(people);
    assert!(each <= 450, "{each} bytes a person");
    assert!(
        each >= 200,
        "{each} bytes a person: something was not stored"
    );
}
