//! What undoing a run restores, what it leaves alone and lists, and what holds it.

mod keys;

use crate::directory::{Fixture, crowd};
use jiff::Timestamp;
use muster_core::{
    decide::{
        candidates::Candidates,
        proposal::{Proposal, Verdict},
        undo,
    },
    model::{
        employee::Status,
        facts::Facts,
        field::{
            CANONICAL_FIELDS, FieldDefinition, FieldNumber, FieldOrigin, Schema, canonical as c,
        },
        ids::EmployeeId,
        pin::Pin,
        plan::{Change, Changed, OperationKind, Reason},
        problem::{Detail, Problem, undo as listed},
    },
    read::normalise::FieldKind,
};

/// One change that the run made.
fn field(number: FieldNumber, old: &str, new: &str) -> Change {
    let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Change {
        what: Changed::Field(number),
        old: value(old),
        new: value(new),
        reason: Reason::Record,
    }
}

fn status(old: Status, new: Status) -> Change {
    Change {
        what: Changed::Status,
        old: Some(old.as_str().to_owned()),
        new: Some(new.as_str().to_owned()),
        reason: Reason::Record,
    }
}

fn propose(fixture: &Fixture, created: &[i64], changes: &[(i64, Vec<Change>)]) -> Proposal {
    let created: Vec<_> = created.iter().map(|id| EmployeeId(*id)).collect();
    let changes: Vec<_> = changes
        .iter()
        .map(|(id, changes)| (EmployeeId(*id), changes.clone()))
        .collect();
    let candidates = Candidates::new(fixture.people.clone());
    undo::propose(
        &created,
        &changes,
        &candidates,
        &fixture.roster(),
        &fixture.setup.workspace,
        fixture.calendar,
    )
}

/// The operations, and what was left alone.
fn story(fixture: &Fixture, proposal: &Proposal) -> Vec<String> {
    let schema = &fixture.setup.workspace.schema;
    let operations = proposal.plan.operations.iter().map(|operation| {
        let changes = operation.changes.iter().map(|change| {
            let value = |text: &Option<String>| text.clone().unwrap_or("-".to_owned());
            format!(
                " {}={}>{}",
                schema.changed(change.what),
                value(&change.old),
                value(&change.new)
            )
        });
        assert_eq!(operation.reason, Reason::Undo);
        assert!(
            operation
                .changes
                .iter()
                .all(|one| one.reason == Reason::Undo)
        );
        format!(
            "{} {}{}",
            operation.kind.as_str(),
            operation.employee.unwrap(),
            changes.collect::<String>()
        )
    });
    let problems = proposal.problems.kept().iter().map(left_alone);
    operations.chain(problems).collect()
}

fn left_alone(problem: &Problem) -> String {
    match &problem.detail {
        Detail::Undo(listed::Detail::ChangedSince { field, now, .. }) => {
            format!(
                "changed since: {field} is {}",
                now.as_deref().unwrap_or("-")
            )
        }
        Detail::Undo(listed::Detail::Pinned { field, value, .. }) => {
            format!("pinned: {field} is {}", value.as_deref().unwrap_or("-"))
        }
        Detail::Undo(listed::Detail::KeyTaken {
            field,
            name,
            value,
            holder,
        }) => {
            format!("taken: {field} {value} of {name} is {holder}'s")
        }
        Detail::Undo(listed::Detail::OneOffGranted { field, amount, .. }) => {
            format!("granted: {field} {amount}")
        }
        Detail::Undo(listed::Detail::Erased { employee }) => format!("erased: {employee}"),
        _ => problem.code.as_str().to_owned(),
    }
}

#[track_caller]
fn check(fixture: &Fixture, created: &[i64], changes: &[(i64, Vec<Change>)], expected: &[&str]) {
    let proposal = propose(fixture, created, changes);
    assert_eq!(story(fixture, &proposal), expected);
}

const STAFF: &str = "id,email,first,last,born,department,status,protected
E1,a@x.nl,Ann,Aal,1990-01-01,Sales,,
E2,b@x.nl,Bob,Bos,1991-01-01,Sales,,
E3,c@x.nl,Cor,Cas,1992-01-01,Sales,,
E4,d@x.nl,Dan,Dik,1993-01-01,Sales,inactive,
E5,e@x.nl,Eva,Els,1994-01-01,Sales,scheduled,
E6,f@x.nl,Fay,Fok,1995-01-01,Sales,,yes";

fn staff() -> Fixture {
    Fixture::new(STAFF)
}

#[test]
fn values_get_their_old_ones_back_and_created_employees_are_deactivated() {
    let changes = [
        (
            1,
            vec![
                field(c::DEPARTMENT, "HR", "Sales"),
                field(c::TITLE, "Clerk", ""),
            ],
        ),
        (2, vec![field(c::DEPARTMENT, "", "Sales")]),
    ];
    check(
        &staff(),
        &[3],
        &changes,
        &[
            "update 1 title=->Clerk department=Sales>HR",
            "update 2 department=Sales>-",
            "deactivate 3 status=active>inactive",
        ],
    );
    let proposal = propose(&staff(), &[3], &changes);
    assert_eq!(
        (proposal.counts.updated, proposal.counts.deactivated),
        (2, 1)
    );
    assert_eq!(proposal.verdict, Verdict::Go);
    let carried = proposal
        .plan
        .operations
        .iter()
        .map(|one| (one.revision, one.fingerprint));
    assert!(carried.eq([(1, None); 3]));
}

#[test]
fn several_operations_on_one_employee_are_undone_to_the_first_old_value() {
    let changes = [
        (1, vec![field(c::DEPARTMENT, "HR", "IT")]),
        (1, vec![field(c::DEPARTMENT, "IT", "Sales")]),
    ];
    check(&staff(), &[], &changes, &["update 1 department=Sales>HR"]);
    let back = [
        (1, vec![field(c::DEPARTMENT, "Sales", "IT")]),
        (1, vec![field(c::DEPARTMENT, "IT", "Sales")]),
    ];
    check(&staff(), &[], &back, &[]);
}

#[test]
fn a_status_is_undone_as_the_kind_of_operation_that_it_is() {
    use Status::{Active, Inactive, Scheduled};
    check(
        &staff(),
        &[],
        &[
            (1, vec![status(Inactive, Active)]),
            (2, vec![status(Scheduled, Active)]),
            (4, vec![status(Active, Inactive)]),
            (5, vec![status(Inactive, Scheduled)]),
        ],
        &[
            "deactivate 1 status=active>inactive",
            "update 2 status=active>scheduled",
            "reactivate 4 status=inactive>active",
            "deactivate 5 status=scheduled>inactive",
        ],
    );
    let to_scheduled = propose(&staff(), &[], &[(4, vec![status(Scheduled, Inactive)])]);
    assert_eq!(
        to_scheduled.plan.operations[0].kind,
        OperationKind::Reactivate
    );
}

#[test]
fn created_employees_who_left_since_are_not_deactivated_again() {
    check(
        &staff(),
        &[4, 5],
        &[],
        &["deactivate 5 status=scheduled>inactive"],
    );
}

#[test]
fn undo_of_a_run_that_brought_back_25_of_30_employees_is_held_as_25_departures() {
    let fixture = Fixture::crowd(30);
    let back = |count: i64| -> Vec<_> {
        (1..=count)
            .map(|id| (id, vec![status(Status::Inactive, Status::Active)]))
            .collect()
    };
    let proposal = propose(&fixture, &[], &back(25));
    assert_eq!(proposal.verdict, Verdict::Hold);
    let finding = &proposal.findings[0];
    assert_eq!(
        (finding.guard.as_str(), finding.count, finding.of),
        ("removals", 25, 30)
    );
    // An undo is no run of an integration, so no setting decides.
    assert_eq!(finding.settings, []);
    assert_eq!(proposal.counts.deactivated, 25);
    assert_eq!(propose(&fixture, &[], &back(3)).verdict, Verdict::Go);
    assert_eq!(propose(&fixture, &[], &back(4)).verdict, Verdict::Hold);
    // Employees that the run created count like those that it brought back.
    let both = propose(&fixture, &[30, 29], &back(2));
    assert_eq!(both.findings[0].count, 4);
    let few = Fixture::new(&crowd(1..=1));
    assert_eq!(propose(&few, &[1], &[]).verdict, Verdict::Hold, "everybody");
}

#[test]
fn undo_never_revives_an_erased_employee() {
    let mut fixture = staff();
    for at in [0, 1] {
        fixture.people[at].status = Status::Erased;
        fixture.people[at].facts = Facts::default();
    }
    let changes = [
        // The erasure itself, a run of which no change is left, and one whose changes were kept.
        (1, vec![status(Status::Active, Status::Erased)]),
        (2, Vec::new()),
        (3, vec![field(c::DEPARTMENT, "HR", "Sales")]),
    ];
    check(
        &fixture,
        &[1, 2],
        &changes,
        &["update 3 department=Sales>HR", "erased: 1", "erased: 2"],
    );
    let kept = [(
        1,
        vec![
            field(c::EMAIL, "old@x.nl", ""),
            field(c::FIRST_NAME, "Ann", ""),
        ],
    )];
    check(&fixture, &[], &kept, &["erased: 1"]);
    let reactivated = [(2, vec![status(Status::Inactive, Status::Erased)])];
    check(&fixture, &[], &reactivated, &["erased: 2"]);
}

#[test]
fn a_changed_value_of_a_protected_employee_is_undone_and_a_removal_is_not() {
    let changes = [(
        6,
        vec![
            field(c::DEPARTMENT, "HR", "Sales"),
            status(Status::Inactive, Status::Active),
        ],
    )];
    check(
        &staff(),
        &[6],
        &changes,
        &[
            "update 6 department=Sales>HR",
            "MUS-PROTECTED",
            "MUS-PROTECTED",
        ],
    );
    // Protection keeps nobody from coming back, nor from waiting for the first day again.
    let mut inactive = staff();
    inactive.people[5].status = Status::Inactive;
    let left = [(6, vec![status(Status::Active, Status::Inactive)])];
    check(
        &inactive,
        &[],
        &left,
        &["reactivate 6 status=inactive>active"],
    );
    let began = [(6, vec![status(Status::Scheduled, Status::Active)])];
    check(&staff(), &[], &began, &["update 6 status=active>scheduled"]);
}

#[test]
fn what_changed_since_is_left_alone_and_birthdays_are_masked() {
    check(
        &staff(),
        &[],
        &[(
            1,
            vec![
                field(c::DEPARTMENT, "HR", "IT"),
                field(c::TITLE, "Clerk", "Lead"),
                field(c::BIRTHDAY, "1990-01-02", "1990-01-03"),
                status(Status::Active, Status::Inactive),
            ],
        )],
        &[
            "changed since: status is active",
            "changed since: birthday is ####-##-##",
            "changed since: title is -",
            "changed since: department is Sales",
        ],
    );
}

fn pin(field: FieldNumber, value: &str) -> Pin {
    Pin {
        field,
        value: Some(value.to_owned()),
        reason: "ticket".to_owned(),
        author: "eva".to_owned(),
        created: Timestamp::UNIX_EPOCH,
        until: None,
    }
}

#[test]
fn a_pin_protects_its_field_alone() {
    let mut fixture = staff();
    fixture.people[0].pins = vec![pin(c::DEPARTMENT, "Sales")];
    let changes = [(
        1,
        vec![
            field(c::DEPARTMENT, "HR", "Sales"),
            field(c::TITLE, "Clerk", ""),
            status(Status::Inactive, Status::Active),
        ],
    )];
    check(
        &fixture,
        &[],
        &changes,
        &[
            "deactivate 1 status=active>inactive title=->Clerk",
            "pinned: department is Sales",
        ],
    );
}

const ONE_OFF: FieldNumber = FieldNumber(CANONICAL_FIELDS);
const MONTHLY: FieldNumber = FieldNumber(CANONICAL_FIELDS + 1);

/// Employee 1 has a one-off of 250 and employee 5, who is scheduled, one of 100; employee 2 has one of 0.
fn granted() -> Fixture {
    let mut fixture = staff();
    let own = |key: &str| FieldDefinition {
        key: key.to_owned(),
        kind: FieldKind::Decimal,
        origin: FieldOrigin::Budget,
        required: false,
    };
    fixture.setup.workspace.schema =
        Schema::new([own("oneoff_all_budget"), own("monthly_all_budget")]);
    for (at, amount) in [(0, "250"), (1, "0"), (4, "100")] {
        let person = &mut fixture.people[at];
        let facts = person
            .facts
            .with(ONE_OFF, muster_core::model::facts::Fact::Set(amount));
        person.facts = facts.with(MONTHLY, muster_core::model::facts::Fact::Set("50"));
    }
    fixture
}

#[test]
fn a_one_off_that_was_granted_is_listed_and_one_that_was_not_is_not() {
    check(
        &granted(),
        &[1, 2, 5],
        &[],
        &[
            "deactivate 1 status=active>inactive",
            "deactivate 2 status=active>inactive",
            "deactivate 5 status=scheduled>inactive",
            "granted: oneoff_all_budget 250",
        ],
    );
    let changes = [(1, vec![field(ONE_OFF, "", "250"), field(MONTHLY, "", "50")])];
    check(
        &granted(),
        &[],
        &changes,
        &[
            "update 1 oneoff_all_budget=250>- monthly_all_budget=50>-",
            "granted: oneoff_all_budget 250",
        ],
    );
    let undone = Change {
        reason: Reason::Undo,
        ..field(ONE_OFF, "100", "250")
    };
    check(
        &granted(),
        &[],
        &[(1, vec![undone])],
        &["update 1 oneoff_all_budget=250>100"],
    );
}
