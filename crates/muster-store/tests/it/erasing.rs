//! An erasure removes one employee everywhere, and leaves everything about everybody else as it was.

use crate::ground::{Ground, at, change, operation};
use muster_core::model::{
    code::Code,
    employee::Employee,
    field::canonical::{LAST_NAME, MANAGER_EXTERNAL_ID, TITLE},
    ids::EmployeeId,
    plan::{OperationKind, Reason},
    problem::{Detail, Problem, Remedy, Severity},
    run::{RunKind, RunStatus},
};
use muster_store::{Ending, Erasure, Options, Store};
use rusqlite::{Connection, types::Value};
use std::path::PathBuf;
use tempfile::TempDir;

struct Stored {
    folder: TempDir,
    ground: Ground,
}

impl Stored {
    fn with(names: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("muster.db").display());
        let ground = Ground::on(Store::open(&url, Options::default()).unwrap());
        let run = ground.begin(RunKind::Sync);
        ground.settle(run, &ground.joiners(names)).unwrap();
        Self { folder, ground }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("muster.db")
    }

    /// Every value of rows, as stored.
    fn rows(&self, text: &str) -> Vec<Vec<Value>> {
        let connection = Connection::open(self.path()).unwrap();
        let mut statement = connection.prepare(text).unwrap();
        let width = statement.column_count();
        statement
            .query_map([], |row| (0..width).map(|column| row.get(column)).collect())
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    }

    /// Whether the file or its log has these bytes.
    fn has(&self, text: &str) -> bool {
        ["muster.db", "muster.db-wal"].iter().any(|name| {
            let bytes = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
            bytes
                .windows(text.len())
                .any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
        })
    }

    fn erase(&self, id: i64) {
        let ground = &self.ground;
        let erasure = Erasure {
            workspace: &ground.workspace,
            employee: EmployeeId(id),
            revision: ground.person(id).revision,
            run: ground.begin(RunKind::Erase),
            why: "on request",
            by: Some("Eva"),
            now: at(3),
        };
        ground.store.erase(&erasure).unwrap();
    }
}

fn held_update(person: &Employee, title: &str) -> muster_core::model::plan::Operation {
    let mut held = operation(
        OperationKind::Update,
        person,
        vec![change(TITLE, "", title)],
    );
    held.held = Some(Reason::IdReused);
    held
}

fn rejected(subject: &str, message: &str) -> Problem {
    let problem = Problem::new(
        Code::ValueDate,
        Severity::Rejected,
        Detail::Text(message.to_owned()),
        Remedy::Text("correct it".to_owned()),
    );
    Problem {
        subject: Some(subject.to_owned()),
        value: Some("2026-13-01".to_owned()),
        ..problem
    }
}

#[test]
fn erasure_leaves_operations_problems_and_plans_of_everybody_else_byte_for_byte() {
    let stored = Stored::with(&["annika", "benno", "carla"]);
    let ground = &stored.ground;
    // A plan about others only, and a run with problems of the erased one and of others.
    let others = ground.operations(vec![
        held_update(&ground.person(2), "Lead"),
        held_update(&ground.person(3), "Clerk"),
    ]);
    ground.hold(&others);
    let mut proposal = ground.operations(Vec::new());
    for (subject, message) in [
        ("E-annika", "`2026-13-01` is not a date"),
        ("E-benno", "`2026-13-02` is not a date"),
        ("E-carla", "the line has 3 values where the header has 4"),
    ] {
        proposal.problems.push(rejected(subject, message));
    }
    let run = ground.begin(RunKind::Sweep);
    ground.settle(run, &proposal).unwrap();
    let others = || {
        [
            stored.rows("SELECT * FROM operation WHERE employee_id <> 1 ORDER BY run_id, number"),
            stored.rows("SELECT * FROM plan ORDER BY run_id"),
            stored
                .rows("SELECT * FROM problem WHERE subject <> 'E-annika' ORDER BY run_id, number"),
            stored.rows("SELECT * FROM change WHERE employee_id <> 1 ORDER BY employee_id, run_id"),
            stored.rows("SELECT * FROM employee WHERE id <> 1 ORDER BY id"),
            stored.rows("SELECT * FROM roster WHERE employee_id <> 1 ORDER BY employee_id"),
        ]
    };
    let before = others();
    assert!(before[2].len() == 2 && before[0].len() == 2, "{before:?}");
    stored.erase(1);
    assert_eq!(others(), before);
    assert!(
        !stored.has("annika"),
        "nothing of the erased employee is left"
    );
}

#[test]
fn plan_with_an_erased_employee_can_still_be_read() {
    let stored = Stored::with(&["annika", "benno"]);
    let ground = &stored.ground;
    let plan = ground.hold(&ground.operations(vec![
        held_update(&ground.person(1), "Lead"),
        held_update(&ground.person(2), "Clerk"),
    ]));
    stored.erase(1);
    let read = ground
        .store
        .plan_operations(&ground.workspace, &plan)
        .unwrap();
    assert_eq!(read.len(), 2);
    assert_eq!(read[0].operation.employee, Some(EmployeeId(1)));
    assert!(read[0].operation.changes.is_empty() && read[0].operation.who.name.is_empty());
    assert_eq!(read[1].operation.who.name, "benno Jansen");
    assert!(
        ground
            .store
            .plan(ground.workspace.id, &plan)
            .unwrap()
            .is_some()
    );
}

#[test]
fn erased_manager_is_removed_from_the_pending_create_of_an_employee() {
    let stored = Stored::with(&["annika", "benno"]);
    let ground = &stored.ground;
    let joins = muster_core::model::plan::Operation {
        employee: None,
        revision: 0,
        held: Some(Reason::IdReused),
        ..operation(
            OperationKind::Create,
            &ground.person(2),
            vec![
                change(LAST_NAME, "", "Visser"),
                change(MANAGER_EXTERNAL_ID, "", "E-annika"),
            ],
        )
    };
    let plan = ground.hold(&ground.operations(vec![joins]));
    assert!(stored.has("E-annika"));
    stored.erase(1);
    assert!(!stored.has("E-annika"));
    let read = ground
        .store
        .plan_operations(&ground.workspace, &plan)
        .unwrap();
    assert!(
        read[0]
            .operation
            .changes
            .iter()
            .any(|change| change.new.as_deref() == Some("Visser")),
        "the rest of the create stays"
    );
}

#[test]
fn error_texts_of_failed_runs_lose_the_keys_of_the_erased_employee() {
    // A short name, a long address, and an id beside a dash.
    let long = format!("annika.{}", "x".repeat(60));
    for (name, error) in [
        (
            "annika",
            "run failed: `E-annika`-7 is taken by annika@Acme.test".to_owned(),
        ),
        (
            long.as_str(),
            format!("run failed: {long}@acme.TEST cannot be read"),
        ),
    ] {
        let stored = Stored::with(&[name, "benno"]);
        let ground = &stored.ground;
        let run = ground.begin(RunKind::Sync);
        let ending = Ending {
            status: RunStatus::Failed,
            finished: at(3),
            partial: None,
            counts: &Default::default(),
            problems: &Default::default(),
            files: &[],
            error: Some(&error),
        };
        ground
            .store
            .finish_run(ground.workspace.id, run, &ending)
            .unwrap();
        let other = ground.begin(RunKind::Sync);
        let ending = Ending {
            error: Some("run failed: `E-benno` is taken"),
            ..ending
        };
        ground
            .store
            .finish_run(ground.workspace.id, other, &ending)
            .unwrap();
        stored.erase(1);
        for key in [format!("E-{name}"), format!("{name}@acme.test")] {
            assert!(!stored.has(&key), "{key}");
        }
        let kept = ground
            .store
            .run(ground.workspace.id, other)
            .unwrap()
            .unwrap();
        assert_eq!(
            kept.error.as_deref(),
            Some("run failed: `E-benno` is taken")
        );
    }
}

/// The audit log names employees by number, so that erasing one changes no entry.
#[test]
fn p49_erasure_keeps_the_audit_log_intact_and_is_recorded_without_values() {
    let stored = Stored::with(&["annika", "bob"]);
    let store = &stored.ground.store;
    let before = store.verify_audit(None).unwrap();
    assert_eq!(before.fault, None);
    stored.erase(1);
    let after = store.verify_audit(Some(&before.head)).unwrap();
    assert_eq!(after.fault, None);
    let mut log = String::new();
    store
        .audit_after(None, 0, &mut |entry| {
            let after = entry.after.map(|value| value.to_string());
            log += &format!(
                "{} {} {} {}\n",
                entry.actor,
                entry.act.as_str(),
                entry.subject,
                after.unwrap_or_default()
            );
            true
        })
        .unwrap();
    assert!(
        log.contains("unknown user employee_erased employee 1"),
        "{log}"
    );
    assert!(
        log.contains("run_ended run 2 {\"kind\":\"sync\",\"status\":\"applied\"}"),
        "{log}"
    );
    assert!(!log.to_lowercase().contains("annika"), "{log}");
}
