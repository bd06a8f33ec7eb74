//! What people do by hand, against what a delivery, a sweep and an undo would do.

use crate::directory::{Fixture, check};
use jiff::{Timestamp, civil::date};
use muster_core::{
    decide::{
        candidates::Candidates,
        manual::{self, EditContext, Ownership},
        proposal::Proposal,
        undo,
    },
    model::{
        code::Code,
        employee::{Employee, Status},
        facts::{Fact, Facts},
        field::{CANONICAL_FIELDS, FieldNumber, canonical as c},
        ids::EmployeeId,
        pin::Pin,
        plan::{Change, Changed, OperationKind, Reason},
        problem::Problem,
    },
    setup::policy::{Deselected, Missing},
};

/// Ann and Bob of the tested integration, and Zoe whom nobody owns.
const STAFF: &str = "
    id,email,first,last,department,end,status,owner,protected
    1,ann@x.nl,Ann,Aal,Sales,,,,
    2,bob@x.nl,Bob,Bos,Sales,,,,
    9,zoe@x.nl,Zoe,Zee,Sales,,,nobody,";

fn pin(field: FieldNumber, value: &str) -> Pin {
    Pin {
        field,
        value: (!value.is_empty()).then(|| value.to_owned()),
        reason: "ticket".to_owned(),
        author: "eva".to_owned(),
        created: Timestamp::UNIX_EPOCH,
        until: None,
    }
}

/// Does something by hand to a person, or says with which codes it is refused.
fn act(
    fixture: &mut Fixture,
    id: &str,
    edit: impl Fn(&Employee, &EditContext<'_>) -> Result<Proposal, Vec<Problem>>,
) -> Result<Vec<String>, Vec<Code>> {
    let candidates = Candidates::new(fixture.people.clone());
    let around = EditContext {
        workspace: &fixture.setup.workspace,
        candidates: &candidates,
        calendar: fixture.calendar,
        revision: 0,
    };
    let done = edit(fixture.person(id), &around);
    let codes = |problems: Vec<Problem>| {
        problems
            .iter()
            .map(|problem| problem.code)
            .collect::<Vec<_>>()
    };
    let proposal = done.map_err(codes)?;
    fixture.settle(&proposal);
    Ok(fixture.story(&proposal))
}

fn pinned(field: FieldNumber, value: &str) -> Fixture {
    let mut fixture = Fixture::new(STAFF);
    act(&mut fixture, "1", |ann, around| {
        manual::pin(ann, pin(field, value), around)
    })
    .unwrap();
    fixture
}

fn rows(rows: &str) -> String {
    format!("id,email,first,last,department,end\n{}", rows.trim())
}

#[test]
fn a_pin_stands_against_the_record_and_the_rest_of_it_is_used() {
    let mut fixture = pinned(c::DEPARTMENT, "Board");
    let file = rows("1,ann@x.nl,Anna,Aal,Sales,\n2,bob@x.nl,Bob,Bos,Sales,");
    check(
        &mut fixture,
        &[&file],
        "update 1 same_external_id first_name=Ann>Anna\nline 2: warning MUS-PINNED",
    );
    assert_eq!(fixture.person("1").value(c::DEPARTMENT), Some("Board"));
    let again = fixture.propose(&[&file]);
    let notice = &again.pins[0];
    assert_eq!(
        (
            again.pins.len(),
            notice.said.as_deref(),
            notice.origin.map(|at| at.line)
        ),
        (1, Some("Sales"), Some(2))
    );
    assert_eq!(
        again.refreshed.len(),
        0,
        "a pinned person is looked at in full every time"
    );
}

#[test]
fn a_pin_is_released_when_the_source_agrees_and_ends_the_day_after_its_last() {
    let agrees = rows("1,ann@x.nl,Ann,Aal,Board,");
    check(
        &mut pinned(c::DEPARTMENT, "Board"),
        &[&agrees],
        "update 1 same_external_id department=Board>Board",
    );
    let mut fixture = pinned(c::DEPARTMENT, "Board");
    fixture.people[0].pins[0].until = Some(date(2026, 5, 2));
    let file = rows("1,ann@x.nl,Ann,Aal,Sales,");
    let mut last = fixture.clone().on(2026, 5, 2);
    assert_eq!(last.step(&[&file]), ["line 2: warning MUS-PINNED"]);
    let mut after = fixture.clone().on(2026, 5, 3);
    let proposal = after.propose(&[&file]);
    assert_eq!(
        proposal.plan.operations[0].changes[0].reason,
        Reason::PinExpired
    );
    check(
        &mut after,
        &[&file],
        "update 1 same_external_id department=Board>Sales",
    );
    assert_eq!(after.person("1").pins, []);
    // A sweep ends it too, and leaves the value to the next delivery.
    let mut swept = fixture.on(2026, 5, 3);
    assert_eq!(
        swept.sweep("2026-05-03T01:00:00Z"),
        ["update 1 pin_expired department=Board>Board"]
    );
    assert_eq!(swept.sweep("2026-05-03T02:00:00Z"), [""; 0]);
    check(
        &mut swept,
        &[&file],
        "update 1 same_external_id department=Board>Sales",
    );
}

#[test]
fn a_silent_record_neither_releases_nor_shows_a_pin() {
    let mut fixture = pinned(c::DEPARTMENT, "Board");
    check(&mut fixture, &[&rows("1,ann@x.nl,Ann,Aal,,")], "");
    assert_eq!(fixture.person("1").pins.len(), 1);
}

#[test]
fn a_pinned_offboarding_date_decides_who_leaves() {
    let mut kept = pinned(c::OFFBOARDING_DATE, "");
    check(
        &mut kept,
        &[&rows("1,ann@x.nl,Ann,Aal,Sales,2026-04-30")],
        "line 2: warning MUS-PINNED",
    );
    let mut gone = pinned(c::OFFBOARDING_DATE, "2026-04-30");
    assert_eq!(
        gone.person("1").status,
        Status::Inactive,
        "the pinned day has passed"
    );
    check(
        &mut gone,
        &[&rows("1,ann@x.nl,Ann,Aal,Sales,<null>")],
        "line 2: warning MUS-PINNED",
    );
    assert_eq!(gone.person("1").status, Status::Inactive);
}

#[test]
fn a_pinned_address_moves_to_nobody() {
    let mut fixture = pinned(c::EMAIL, "aal@x.nl");
    // Ann's record frees nothing and Bob cannot have hers.
    let file = rows("1,new@x.nl,Ann,Aal,Sales,\n2,aal@x.nl,Bob,Bos,Sales,");
    check(
        &mut fixture,
        &[&file],
        "line 2: warning MUS-PINNED\nline 3: rejected MUS-MATCH-ADDRESS-TAKEN",
    );
}

#[test]
fn what_cannot_be_pinned_is_refused() {
    let mut fixture = Fixture::new(STAFF);
    let mut refused = |wanted: Pin| {
        act(&mut fixture, "1", |ann, around| {
            manual::pin(ann, wanted.clone(), around)
        })
    };
    assert_eq!(
        refused(pin(c::EXTERNAL_ID, "7")),
        Err(vec![Code::PinRefused])
    );
    assert_eq!(
        refused(pin(c::EMAIL, "BOB@x.nl")),
        Err(vec![Code::AddressTaken])
    );
    assert_eq!(
        refused(pin(c::LAST_NAME, "")),
        Err(vec![Code::ValueRequired])
    );
    assert_eq!(
        refused(Pin {
            reason: " ".to_owned(),
            ..pin(c::TITLE, "x")
        }),
        Err(vec![Code::PinRefused])
    );
    assert_eq!(
        refused(pin(FieldNumber(CANONICAL_FIELDS + 1), "")),
        Err(vec![Code::EditRefused]),
        "a budget ends at 0"
    );
    let over = Pin {
        until: Some(date(2026, 4, 30)),
        ..pin(c::TITLE, "x")
    };
    assert_eq!(refused(over), Err(vec![Code::PinRefused]));
    assert_eq!(
        refused(Pin {
            until: Some(date(2026, 5, 1)),
            ..pin(c::TITLE, "x")
        }),
        Ok(vec!["update 1 pinned title=->x".to_owned()])
    );
    let unpin = act(&mut fixture, "1", |ann, around| {
        manual::unpin(ann, c::PHONE, around)
    });
    assert_eq!(unpin, Err(vec![Code::PinRefused]));
}

#[test]
fn undo_leaves_pinned_values_and_protected_people_alone() {
    let mut fixture = pinned(c::DEPARTMENT, "Board");
    fixture.people[1].protected = true;
    let change = |what, old: &str, new: &str| Change {
        what,
        old: Some(old.to_owned()),
        new: Some(new.to_owned()),
        reason: Reason::Record,
    };
    let changes = [
        (
            EmployeeId(1),
            vec![change(Changed::Field(c::DEPARTMENT), "Sales", "Board")],
        ),
        (
            EmployeeId(2),
            vec![change(Changed::Status, "inactive", "active")],
        ),
    ];
    let candidates = Candidates::new(fixture.people.clone());
    let workspace = &fixture.setup.workspace;
    let created = [EmployeeId(2), EmployeeId(3)];
    let undone = undo::propose(
        &created,
        &changes,
        &candidates,
        &fixture.roster(),
        workspace,
        fixture.calendar,
    );
    assert_eq!(
        undone
            .plan
            .operations
            .iter()
            .map(|one| one.employee)
            .collect::<Vec<_>>(),
        [Some(EmployeeId(3))]
    );
    let codes: Vec<_> = undone
        .problems
        .kept()
        .iter()
        .map(|problem| problem.code)
        .collect();
    assert_eq!(codes, [Code::Protected, Code::UndoSkipped, Code::Protected]);
}

#[test]
fn m25_every_way_of_leaving_stops_at_a_protected_person() {
    let staff = STAFF.replace(
        "1,ann@x.nl,Ann,Aal,Sales,,,,",
        "1,ann@x.nl,Ann,Aal,Sales,,,,yes",
    );
    let bob = "2,bob@x.nl,Bob,Bos,Sales,";
    for missing in [Missing::Deactivate, Missing::Delete] {
        let mut fixture = Fixture::new(&staff).with(|policy| policy.missing = missing);
        check(&mut fixture, &[&rows(bob)], "warning MUS-PROTECTED");
    }
    let dated = rows(&format!("1,ann@x.nl,Ann,Aal,Sales,2026-04-30\n{bob}"));
    let story = "update 1 offboarding_date offboarding_date=->2026-04-30\n\
        line 2: warning MUS-DATE-OFFBOARDING-PAST\nline 2: warning MUS-PROTECTED";
    let mut fixture = Fixture::new(&staff);
    let mut lines = fixture.step(&[&dated]);
    lines.sort();
    let mut wanted: Vec<_> = story.lines().collect();
    wanted.sort_unstable();
    assert_eq!(lines, wanted);
    assert_eq!(
        fixture.sweep("2026-05-02T01:00:00Z"),
        ["warning MUS-PROTECTED"]
    );
    let gated =
        format!("id,email,first,last,department,access\n1,ann@x.nl,Ann,Aal,Sales,no\n{bob}yes");
    let mut fixture = Fixture::new(&staff)
        .gated()
        .with(|policy| policy.deselected = Deselected::Deactivate);
    check(&mut fixture, &[&gated], "line 2: warning MUS-PROTECTED");
    // The id given to another employee, with a date that has passed: what waits for a person removes nobody either.
    let reused = rows(&format!("1,kim@x.nl,Kim,Kok,Sales,2026-04-30\n{bob}"));
    let proposal = Fixture::new(&staff).propose(&[&reused]);
    assert_eq!(proposal.plan.operations[0].kind, OperationKind::Update);
    assert!(proposal.plan.operations[0].held.is_some());
    // By hand.
    let mut fixture = Fixture::new(&staff.replace("Zee,Sales,,,nobody,", "Zee,Sales,,,nobody,yes"));
    let leaves = act(&mut fixture, "9", |zoe, around| {
        manual::deactivate(zoe, date(2026, 5, 1), &Ownership::default(), around)
    });
    assert_eq!(leaves, Err(vec![Code::Protected]));
}

#[test]
fn m23_an_edit_of_an_owned_field_is_refused_and_of_another_is_not() {
    let mut fixture = Fixture::new(STAFF);
    let hr = |fields: &[FieldNumber]| Ownership {
        integration: Some("hr".to_owned()),
        fields: Some(fields.to_vec()),
    };
    let values = |value: &str| Facts::of_values([(c::DEPARTMENT, "Board"), (c::TITLE, value)]);
    let mut edit = |ownership: Ownership, facts: Facts| {
        act(&mut fixture, "1", |ann, around| {
            manual::edit(ann, &facts, &ownership, around)
        })
    };
    assert_eq!(
        edit(hr(&[c::DEPARTMENT, c::TITLE]), values("Lead")),
        Err(vec![Code::EditOwned, Code::EditOwned])
    );
    assert_eq!(
        edit(hr(&[c::TITLE]), values("Lead")),
        Err(vec![Code::EditOwned])
    );
    let unknown = Ownership {
        integration: Some("hr".to_owned()),
        fields: None,
    };
    assert_eq!(
        edit(unknown, Facts::of_values([(c::LOCATION, "Delft")])),
        Err(vec![Code::EditOwned])
    );
    let same = Facts::of_values([(c::DEPARTMENT, "Sales"), (c::TITLE, "Lead")]);
    assert_eq!(
        edit(hr(&[c::DEPARTMENT]), same),
        Ok(vec!["update 1 manual_edit title=->Lead".to_owned()])
    );
}

#[test]
fn an_employee_leaves_by_a_manual_edit_at_once_or_on_a_day_ahead() {
    let leave = |fixture: &mut Fixture, on| {
        act(fixture, "9", |zoe, around| {
            manual::deactivate(zoe, on, &Ownership::default(), around)
        })
    };
    let mut today = Fixture::new(STAFF);
    let lines = leave(&mut today, date(2026, 5, 1)).unwrap();
    assert_eq!(
        lines,
        ["deactivate 9 manual_edit offboarding_date=->2026-05-01"]
    );
    assert_eq!(
        leave(&mut today, date(2026, 5, 1)),
        Err(vec![Code::EditRefused]),
        "inactive already"
    );
    // An employee who was to begin does not.
    let mut scheduled = Fixture::new(STAFF);
    let person = scheduled
        .people
        .iter_mut()
        .find(|one| one.external_id() == Some("9"))
        .unwrap();
    person.status = Status::Scheduled;
    person.facts = person
        .facts
        .with(c::ONBOARDING_DATE, Fact::Set("2026-06-01"));
    assert_eq!(
        leave(&mut scheduled.clone(), date(2026, 5, 20)),
        Err(vec![Code::DateOrder]),
        "before they begin"
    );
    let lines = leave(&mut scheduled, date(2026, 5, 1)).unwrap();
    assert_eq!(
        lines,
        ["deactivate 9 manual_edit offboarding_date=->2026-05-01 onboarding_date=2026-06-01>-"]
    );
    let mut ahead = Fixture::new(STAFF);
    let lines = leave(&mut ahead, date(2026, 5, 2)).unwrap();
    assert_eq!(
        (lines[0].as_str(), ahead.person("9").status),
        (
            "update 9 manual_edit offboarding_date=->2026-05-02",
            Status::Active
        )
    );
    // On the day itself, before its hour.
    let mut ahead = ahead.on(2026, 5, 2);
    assert_eq!(
        leave(&mut ahead, date(2026, 5, 2)),
        Ok(vec!["deactivate 9 manual_edit".to_owned()])
    );
    assert_eq!(ahead.person("9").status, Status::Inactive);
}

#[test]
fn the_name_that_version_0_1_0_stored_for_manual_edits_is_read() {
    assert_eq!(Reason::ManualEdit.as_str(), "manual_edit");
    assert_eq!(Reason::parse("by_hand"), Some(Reason::ManualEdit));
    let stored: Reason = serde_json::from_str("\"by_hand\"").unwrap();
    assert_eq!(stored, Reason::ManualEdit);
    assert_eq!(Reason::parse("manual_edit"), Some(Reason::ManualEdit));
    assert_eq!(serde_json::to_string(&stored).unwrap(), "\"manual_edit\"");
}

#[test]
fn values_of_manual_edits_are_read_as_those_of_a_file() {
    let fixture = Fixture::new(STAFF);
    let workspace = &fixture.setup.workspace;
    let read = |field, text, country| {
        let read = manual::read(&[(field, text)], country, workspace, fixture.calendar.today);
        read.map(|facts| facts.value(field).map(str::to_owned))
            .map_err(|problems| problems[0].code)
    };
    let is = |value: &str| Ok(Some(value.to_owned()));
    assert_eq!(read(c::PHONE, "06 12345678", None), is("+31612345678"));
    assert_eq!(
        read(c::PHONE, "030 901820", Some("DE")),
        is("+4930901820"),
        "the person's own country"
    );
    assert_eq!(read(c::EXTERNAL_ID, " 0042 ", None), is("0042"));
    assert_eq!(read(c::OFFBOARDING_DATE, "9999-12-31", None), Ok(None));
    assert_eq!(read(c::TITLE, " ", None), Ok(None));
    assert_eq!(read(c::EMAIL, "", None), Err(Code::ValueRequired));
    assert_eq!(read(c::GROUP, "Sale", None), Err(Code::ValueGroup));
    assert_eq!(read(c::BIRTHDAY, "2023-02-29", None), Err(Code::ValueDate));
    assert_eq!(
        read(FieldNumber(CANONICAL_FIELDS + 1), "", None),
        Err(Code::EditRefused),
        "a blank budget changes nothing"
    );
    assert_eq!(read(FieldNumber(99), "x", None), Err(Code::EditRefused));
    let all = manual::read(
        &[(c::EMAIL, "x"), (c::BIRTHDAY, "y"), (c::TITLE, "z")],
        None,
        workspace,
        fixture.calendar.today,
    );
    assert_eq!(
        all.unwrap_err().len(),
        2,
        "everything wrong is told at once"
    );
}
