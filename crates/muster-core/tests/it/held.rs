//! Records that are held: their evidence lasts until a person has decided, and approving them does what they say, also
//! after what the rest of the plan does to the same employee (directory rules 5 and 7).

use crate::directory::{Fixture, check};
use jiff::{Timestamp, civil::date};
use muster_core::{
    model::{employee::Status, field::canonical as c, pin::Pin},
    read::reading::PartialReason,
    setup::policy::{MatchBy, Missing},
};

const HEADER: &str = "id,email,first,last,born,start,end,department";

/// Ann left on 30 April in the late evening, but nothing has deactivated her yet. Bob works here, Cas has left.
const STAFF: &str = "
    id,email,first,last,born,start,end,status
    1,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,2026-04-30,
    2,bob@x.nl,Bob,Bos,1980-02-02,2020-01-01,,
    3,cas@x.nl,Cas,Cox,1970-03-03,2019-01-01,2025-12-31,inactive";

const BOB: &str = "2,bob@x.nl,Bob,Bos,1980-02-02,2020-01-01,,";

fn file(rows: &str) -> String {
    format!("{HEADER}\n{BOB}\n{rows}")
}

/// Settles a delivery, approves what it holds, and tells what it was and what the next run does.
#[track_caller]
fn approved(fixture: &mut Fixture, file: &str) -> (Vec<String>, Vec<String>) {
    let proposal = fixture.propose(&[file]);
    let story = fixture.story(&proposal);
    fixture.settle(&proposal);
    fixture.approve(&proposal);
    (story, fixture.step(&[file]))
}

#[test]
fn a_held_new_id_can_be_approved_after_the_stored_end_date_has_deactivated_the_employee() {
    let mut fixture = Fixture::new(STAFF);
    let (story, next) = approved(
        &mut fixture,
        &file("9,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,2027-12-31,"),
    );
    assert_eq!(
        story,
        [
            "deactivate 1 offboarding_date",
            "held reactivate 1 new_external_id external_id=1>9 offboarding_date=2026-04-30>2027-12-31"
        ]
    );
    assert_eq!(fixture.person("9").status, Status::Active);
    assert_eq!(next, Vec::<String>::new());
}

#[test]
fn a_held_new_id_with_a_blank_end_renames_the_employee_who_has_left() {
    let mut fixture = Fixture::new(STAFF);
    let (story, next) = approved(
        &mut fixture,
        &file("9,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,,"),
    );
    assert_eq!(
        story,
        [
            "deactivate 1 offboarding_date",
            "held update 1 new_external_id external_id=1>9"
        ]
    );
    assert_eq!(fixture.person("9").status, Status::Inactive);
    assert!(
        next.iter().all(|line| line.contains("warning")),
        "the stored end date is kept, with a warning: {next:?}"
    );
}

#[test]
fn a_held_new_id_is_held_again_while_nobody_decides() {
    let mut fixture = Fixture::new(STAFF);
    let delivery = file("9,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,2027-12-31,");
    fixture.step(&[&delivery]);
    assert_eq!(
        fixture.step(&[&delivery]),
        [
            "held reactivate 1 rehire_or_recycled_address external_id=1>9 \
          offboarding_date=2026-04-30>2027-12-31"
        ]
    );
}

#[test]
fn a_departure_that_a_doubtful_record_states_is_not_asked_about_once_the_stored_date_is_due() {
    let mut fixture = Fixture::new(STAFF);
    let delivery = file("1,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,2026-04-30,");
    let reason = Some(PartialReason::ChangedWhileReading);
    let proposal = fixture.propose_partial(&[&delivery], reason);
    assert!(proposal.counts.balance());
    assert_eq!((proposal.counts.held, proposal.counts.unchanged), (0, 2));
    assert_eq!(fixture.story(&proposal)[0], "deactivate 1 offboarding_date");
    fixture.settle(&proposal);
    assert_eq!(fixture.person("1").status, Status::Inactive);
}

#[test]
fn a_doubted_start_can_be_approved_on_the_day_on_which_a_pin_ends() {
    let mut fixture = Fixture::new(&format!(
        "{STAFF}\n4,dee@x.nl,Dee,Dop,1995-05-05,2026-05-02,,scheduled"
    ));
    fixture.people[3].pins = vec![Pin {
        field: c::DEPARTMENT,
        value: None,
        reason: "ticket".to_owned(),
        author: "eva".to_owned(),
        created: Timestamp::UNIX_EPOCH,
        until: Some(date(2026, 5, 1)),
    }];
    fixture.step(&[&file("")]);
    fixture = fixture.on(2026, 5, 2);
    let (story, _) = approved(&mut fixture, &file(""));
    assert_eq!(
        &story[..2],
        [
            "update 4 pin_expired department=->-",
            "held activate 4 onboarding_date"
        ]
    );
    assert_eq!(fixture.person("4").status, Status::Active);
}

#[test]
fn an_employee_who_has_to_leave_today_is_no_hint_at_a_change_of_address() {
    let mut fixture = Fixture::new(STAFF);
    check(
        &mut fixture,
        &[&file(",ann.new@x.nl,Ann,Aal,1990-01-01,,,")],
        "create ann.new@x.nl new_person active
         deactivate 1 offboarding_date",
    );
}

#[test]
fn a_newcomer_gets_the_address_that_a_former_employee_gives_up_in_the_same_file() {
    let mut fixture = Fixture::new(STAFF);
    check(
        &mut fixture,
        &[&file(
            "3,cas.cox@x.nl,Cas,Cox,1970-03-03,2019-01-01,2025-12-31,\n\
             9,cas@x.nl,Caspar,Cole,1999-09-09,2026-05-01,,",
        )],
        "create 9 new_person active
         deactivate 1 offboarding_date
         update 3 same_external_id email=cas@x.nl>cas.cox@x.nl",
    );
    // Without a record of his own, a person decides.
    check(
        &mut Fixture::new(STAFF),
        &[&file("9,cas@x.nl,Caspar,Cole,1999-09-09,2026-05-01,,")],
        "deactivate 1 offboarding_date
         held reactivate 3 rehire_or_recycled_address external_id=3>9 first_name=Cas>Caspar last_name=Cox>Cole \
         onboarding_date=2019-01-01>2026-05-01 birthday=1970-03-03>1999-09-09 offboarding_date=2025-12-31>-",
    );
}

#[test]
fn an_id_that_passes_on_is_held_with_the_record_that_frees_it_however_often_it_runs() {
    let mut fixture = Fixture::new(STAFF).with(|policy| {
        policy.match_by = MatchBy::Email;
        policy.missing = Missing::Deactivate;
    });
    let delivery = file(
        "7,cas@x.nl,Cas,Cox,1970-03-03,2019-01-01,2025-12-31,\n3,zoe@x.nl,Zoe,Zee,1999-09-09,,,\n\
         1,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,2027-12-31,",
    );
    let held = [
        "held update 3 id_reused external_id=3>7",
        "held create 3 id_reused active",
    ];
    let first = fixture.step(&[&delivery]);
    assert_eq!(
        first,
        [
            "update 1 same_email offboarding_date=2026-04-30>2027-12-31",
            held[0],
            held[1]
        ]
    );
    for _ in 0..3 {
        assert_eq!(fixture.step(&[&delivery]), held);
    }
    let (_, next) = approved(&mut fixture, &delivery);
    assert_eq!(next, Vec::<String>::new());
    assert_eq!(
        (
            fixture.person("7").value(c::LAST_NAME),
            fixture.person("3").value(c::LAST_NAME)
        ),
        (Some("Cox"), Some("Zee"))
    );
}

#[test]
fn a_departure_with_the_address_of_a_former_employee_is_applied() {
    let mut fixture = Fixture::new(STAFF);
    let story = fixture.step(&[&file(
        "1,cas@x.nl,Ann,Aal,1990-01-01,2020-01-01,2026-04-29,\n\
         ,cas@x.nl,Ann,Bos,,,,\n3,cas@x.nl,Cas,Cox,1970-03-03,2026-05-01,,",
    )]);
    assert_eq!(fixture.person("1").status, Status::Inactive, "{story:?}");
    assert_eq!(fixture.person("1").email(), "ann@x.nl");
    assert_eq!(fixture.person("3").email(), "cas@x.nl");
}

#[test]
fn a_row_whose_address_is_pinned_to_another_takes_no_address_from_anybody() {
    let mut fixture = Fixture::new(STAFF);
    fixture.people[0].pins = vec![Pin {
        field: c::EMAIL,
        value: Some("ann@x.nl".to_owned()),
        reason: "ticket".to_owned(),
        author: "eva".to_owned(),
        created: Timestamp::UNIX_EPOCH,
        until: None,
    }];
    let delivery = file("1,bob@x.nl,Ann,Aal,1990-01-01,2020-01-01,2027-12-31,HR");
    let proposal = fixture.propose(&[&delivery]);
    assert_eq!(
        fixture.story(&proposal)[0],
        "update 1 same_external_id offboarding_date=2026-04-30>2027-12-31 department=->HR"
    );
    assert_eq!(proposal.counts.rejected, 0);
}

#[test]
fn every_record_of_one_key_is_rejected_where_one_contradicts_the_others_in_whatever_order() {
    let rows = [
        "9,new@x.nl,New,One,,,,HR",
        "9,new@x.nl,New,One,,,,HR",
        "9,new@x.nl,New,One,,,,IT",
        "9,new@x.nl,New,One,,,2026-04-01,HR",
        "9,new@x.nl,New,One,,,2026-04-02,HR",
    ];
    for turn in 0..rows.len() {
        let mut rows = rows;
        rows.rotate_left(turn);
        let proposal = Fixture::new(STAFF).propose(&[&file(&rows.join("\n"))]);
        let counts = (proposal.counts.rejected, proposal.counts.superseded);
        assert_eq!(counts, (5, 0), "{rows:?}");
    }
}

#[test]
fn a_new_record_that_ended_before_its_start_is_skipped_with_a_warning() {
    let story = |row: &str| Fixture::new(STAFF).step(&[&file(row)]);
    assert_eq!(
        story("9,new@x.nl,New,One,,2026-06-01,2025-12-31,")[1..],
        ["line 3: warning MUS-DATE-ORDER"]
    );
    assert_eq!(
        story("9,new@x.nl,New,One,,2025-06-01,2025-12-31,")[1..],
        Vec::<String>::new()
    );
    assert_eq!(
        story("9,new@x.nl,New,One,,2026-12-31,2026-06-01,")[1..],
        ["line 3: rejected MUS-DATE-ORDER"],
        "an end that is ahead"
    );
}

#[test]
fn the_start_of_a_protected_joiner_is_doubted_where_the_record_cancels_it() {
    let mut fixture = Fixture::new(
        "id,email,first,last,born,start,end,status,protected
         2,bob@x.nl,Bob,Bos,1980-02-02,2020-01-01,,,
         4,dee@x.nl,Dee,Dop,1995-05-05,2026-06-01,,scheduled,yes",
    );
    let delivery = file("4,dee@x.nl,Dee,Dop,1995-05-05,2026-06-01,2026-05-20,");
    let story = fixture.step(&[&delivery]);
    assert_eq!(
        story,
        [
            "update 4 start_cancelled offboarding_date=->2026-05-20",
            "line 3: warning MUS-START-DOUBTED",
            "line 3: warning MUS-PROTECTED"
        ]
    );
    let story = fixture.sweep("2026-06-01T06:00:00Z");
    assert_eq!(fixture.person("4").status, Status::Scheduled, "{story:?}");
}
