//! Who comes, stays and leaves, and when (directory rule 6).

mod selected;

use crate::directory::{Fixture, check, crowd};
use muster_core::{
    model::{
        code::Code, employee::Status, field::canonical as c, problem::value,
        workspace::OffboardingHour,
    },
    read::reading::PartialReason,
    setup::{mapping::BlankPolicy, policy::Missing},
};

/// Ann works here, Bob will, Cas left by date, Dee works here, Eve left by absence, Fay leaves in August.
const STAFF: &str = "
    id,email,first,last,start,end,status
    1,ann@x.nl,Ann,Aal,2020-01-01,,
    2,bob@x.nl,Bob,Bos,2026-06-01,,scheduled
    3,cas@x.nl,Cas,Cox,2020-01-01,2026-03-31,inactive
    4,dee@x.nl,Dee,Dop,,,
    5,eve@x.nl,Eve,Eik,,,inactive
    6,fay@x.nl,Fay,Fok,2020-01-01,2026-08-31,";

/// Rows with Bob's as it is stored, unless they have another of his: his start is doubted where he is missing.
fn rows(rows: &str) -> String {
    let rows = rows.trim();
    let bob = if rows.lines().any(|row| row.trim().starts_with("2,")) {
        ""
    } else {
        "2,bob@x.nl,Bob,Bos,2026-06-01,"
    };
    format!("id,email,first,last,start,end\n{rows}\n{bob}")
}

/// What one row does on 2026-05-01, and the status that its person has then.
#[track_caller]
fn becomes(row: &str, expected: &str, status: Option<Status>) {
    let mut fixture = Fixture::new(STAFF);
    check(&mut fixture, &[&rows(row)], expected);
    let id = row.split(',').next().unwrap();
    let person = fixture
        .people
        .iter()
        .find(|person| person.external_id() == Some(id));
    assert_eq!(person.map(|person| person.status), status);
}

#[test]
fn a_blank_or_past_onboarding_date_starts_today_and_is_kept() {
    let active = Some(Status::Active);
    becomes("9,zoe@x.nl,Zoe,Zee,,", "create 9 new_person active", active);
    becomes(
        "9,zoe@x.nl,Zoe,Zee,2019-02-03,",
        "create 9 new_person active",
        active,
    );
    becomes(
        "9,zoe@x.nl,Zoe,Zee,2026-05-01,",
        "create 9 new_person active",
        active,
    );
    let mut fixture = Fixture::new(STAFF);
    fixture.step(&[&rows("9,zoe@x.nl,Zoe,Zee,2019-02-03,")]);
    assert_eq!(
        fixture.person("9").value(c::ONBOARDING_DATE),
        Some("2019-02-03")
    );
}

/// P29.
#[test]
fn a_future_joiner_waits_for_the_day_m16() {
    let file = rows("9,zoe@x.nl,Zoe,Zee,2026-05-02,");
    let mut fixture = Fixture::new(STAFF);
    assert_eq!(fixture.step(&[&file]), ["create 9 new_person scheduled"]);
    let mut swept = fixture.clone();
    let mut next_day = fixture.on(2026, 5, 2);
    check(&mut next_day, &[&file], "activate 9 onboarding_date");
    assert_eq!(next_day.person("9").status, Status::Active);
    // Without a delivery, once.
    assert_eq!(swept.sweep("2026-05-01T23:59:59Z"), [""; 0]);
    assert_eq!(
        swept.sweep("2026-05-02T00:00:00Z"),
        ["activate 9 onboarding_date"]
    );
    assert_eq!(swept.sweep("2026-05-02T00:00:01Z"), [""; 0]);
}

#[test]
fn an_onboarding_date_may_move_while_it_is_ahead_m16() {
    becomes(
        "2,bob@x.nl,Bob,Bos,2026-07-01,",
        "update 2 same_external_id onboarding_date=2026-06-01>2026-07-01",
        Some(Status::Scheduled),
    );
    becomes(
        "2,bob@x.nl,Bob,Bos,2026-04-01,",
        "update 2 onboarding_date onboarding_date=2026-06-01>2026-04-01",
        Some(Status::Active),
    );
}

#[test]
fn an_active_person_cannot_be_onboarded_in_the_future() {
    let warning = "line 2: warning MUS-DATE-ONBOARDING-IGNORED";
    becomes(
        "1,ann@x.nl,Ann,Aal,2026-06-01,",
        warning,
        Some(Status::Active),
    );
    becomes(
        "4,dee@x.nl,Dee,Dop,2026-05-02,",
        warning,
        Some(Status::Active),
    );
    let past = "update 4 same_external_id onboarding_date=->2026-04-01";
    becomes("4,dee@x.nl,Dee,Dop,2026-04-01,", past, Some(Status::Active));
}

/// P29.
#[test]
fn a_future_offboarding_date_is_due_at_23_utc_once_m15() {
    let file = rows("1,ann@x.nl,Ann,Aal,,2026-05-20");
    let mut fixture = Fixture::new(STAFF);
    check(
        &mut fixture,
        &[&file],
        "update 1 same_external_id offboarding_date=->2026-05-20",
    );
    assert_eq!(fixture.sweep("2026-05-20T22:59:59Z"), [""; 0]);
    let mut down = fixture.clone();
    assert_eq!(
        fixture.sweep("2026-05-20T23:00:00Z"),
        ["deactivate 1 offboarding_date"]
    );
    assert_eq!(fixture.sweep("2026-05-20T23:00:01Z"), [""; 0]);
    // Nor does the file that still says so bring the person back.
    check(&mut fixture.on(2026, 5, 21), &[&file], "");
    // A sweep that was missed is caught up, once.
    assert_eq!(
        down.sweep("2026-05-25T08:00:00Z"),
        ["deactivate 1 offboarding_date"]
    );
    assert_eq!(down.sweep("2026-05-25T08:00:01Z"), [""; 0]);
}

#[test]
fn a_delivery_after_the_day_does_what_a_sweep_would_have_done_m15() {
    let file = rows("1,ann@x.nl,Ann,Aal,,2026-05-20");
    let mut fixture = Fixture::new(STAFF);
    fixture.step(&[&file]);
    check(&mut fixture.clone().on(2026, 5, 20), &[&file], "");
    check(
        &mut fixture.on(2026, 5, 21),
        &[&file],
        "deactivate 1 offboarding_date",
    );
}

#[test]
fn the_hour_may_be_the_end_of_the_day_m15() {
    let mut fixture = Fixture::new(STAFF);
    fixture.setup.workspace.settings.time_zone = "Europe/Amsterdam".to_owned();
    fixture.setup.workspace.settings.offboarding = OffboardingHour::EndOfDay;
    fixture.step(&[&rows("1,ann@x.nl,Ann,Aal,,2026-05-20")]);
    assert_eq!(fixture.sweep("2026-05-20T21:59:59Z"), [""; 0]);
    assert_eq!(
        fixture.sweep("2026-05-20T22:00:00Z"),
        ["deactivate 1 offboarding_date"]
    );
}

#[test]
fn an_end_date_today_waits_for_the_hour_m15() {
    let row = "1,ann@x.nl,Ann,Aal,,2026-05-01";
    becomes(
        row,
        "update 1 same_external_id offboarding_date=->2026-05-01",
        Some(Status::Active),
    );
    let mut late = Fixture::new(STAFF);
    late.calendar.offboarded_through = late.calendar.today;
    check(
        &mut late,
        &[&rows(row)],
        "deactivate 1 offboarding_date offboarding_date=->2026-05-01",
    );
}

#[test]
fn an_offboarding_date_that_has_passed_deactivates_in_the_run_that_brings_it() {
    becomes(
        "1,ann@x.nl,Ann,Aal,,2026-04-01",
        "deactivate 1 offboarding_date offboarding_date=->2026-04-01\nline 2: warning MUS-DATE-OFFBOARDING-PAST",
        Some(Status::Inactive),
    );
    becomes(
        "2,bob@x.nl,Bob,Bos,2026-01-01,2026-04-01",
        "deactivate 2 offboarding_date onboarding_date=2026-06-01>2026-01-01 offboarding_date=->2026-04-01
         line 2: warning MUS-DATE-OFFBOARDING-PAST",
        Some(Status::Inactive),
    );
}

#[test]
fn an_employee_who_left_before_they_were_known_is_not_created() {
    becomes("9,zoe@x.nl,Zoe,Zee,2019-01-01,2026-04-01", "", None);
    assert_eq!(
        Fixture::new(STAFF)
            .propose(&[&rows("9,zoe@x.nl,Zoe,Zee,,2026-04-01")])
            .counts
            .excluded,
        1
    );
}

#[test]
fn a_withdrawn_end_date_cancels_the_departure_m15() {
    let cancelled = "update 6 same_external_id offboarding_date=2026-08-31>-";
    becomes(
        "6,fay@x.nl,Fay,Fok,,<null>",
        cancelled,
        Some(Status::Active),
    );
    becomes(
        "6,fay@x.nl,Fay,Fok,,9999-12-31",
        cancelled,
        Some(Status::Active),
    );
    becomes(
        "6,fay@x.nl,Fay,Fok,,",
        "line 2: warning MUS-DATE-BLANK-KEPT",
        Some(Status::Active),
    );
    becomes("6,fay@x.nl,Fay,Fok,,<absent>", "", Some(Status::Active));
    let mut clearing = Fixture::new(STAFF).with(|policy| policy.blank = BlankPolicy::Clear);
    check(
        &mut clearing,
        &[&rows("6,fay@x.nl,Fay,Fok,2020-01-01,")],
        cancelled,
    );
    assert_eq!(
        clearing.sweep("2026-08-31T23:00:00Z"),
        ["activate 2 onboarding_date"],
        "only Bob, who came in June"
    );
}

#[test]
fn the_day_9999_12_31_means_no_end_m15() {
    becomes(
        "9,zoe@x.nl,Zoe,Zee,,9999-12-31",
        "create 9 new_person active",
        Some(Status::Active),
    );
    becomes("1,ann@x.nl,Ann,Aal,,9999-12-31", "", Some(Status::Active));
}

#[test]
fn who_comes_back_is_the_same_person_m10() {
    becomes(
        "5,eve@x.nl,Eve,Eik,,",
        "reactivate 5 came_back",
        Some(Status::Active),
    );
    becomes(
        "5,eve@x.nl,Eve,Eik,2026-09-01,",
        "reactivate 5 came_back onboarding_date=->2026-09-01",
        Some(Status::Scheduled),
    );
    // The end date that is stored has passed: only news about it brings the person back.
    becomes("3,cas@x.nl,Cas,Cox,,", "", Some(Status::Inactive));
    becomes(
        "3,cas@x.nl,Cas,Cox,2020-01-01,2026-03-31",
        "",
        Some(Status::Inactive),
    );
    let back = "reactivate 3 came_back offboarding_date=2026-03-31>-";
    becomes("3,cas@x.nl,Cas,Cox,,<null>", back, Some(Status::Active));
    becomes("3,cas@x.nl,Cas,Cox,,9999-12-31", back, Some(Status::Active));
    becomes(
        "3,cas@x.nl,Cas,Cox,,2026-12-31",
        "reactivate 3 came_back offboarding_date=2026-03-31>2026-12-31",
        Some(Status::Active),
    );
    becomes(
        "3,cas@x.nl,Cas,Cox,2026-05-01,",
        "reactivate 3 came_back onboarding_date=2020-01-01>2026-05-01 offboarding_date=2026-03-31>-",
        Some(Status::Active),
    );
    becomes(
        "3,cas@x.nl,Cas,Cox,2026-07-01,",
        "reactivate 3 came_back onboarding_date=2020-01-01>2026-07-01 offboarding_date=2026-03-31>-",
        Some(Status::Scheduled),
    );
}

#[test]
fn who_is_hired_again_before_their_departure_was_seen_does_not_leave_m10() {
    // Nothing ran between the last day, a month ago, and the day on which they are back.
    let gus = format!("{STAFF}\n    7,gus@x.nl,Gus,Gal,2020-01-01,2026-04-01,");
    let mut fixture = Fixture::new(&gus);
    let back = "update 7 same_external_id onboarding_date=2020-01-01>2026-05-01 offboarding_date=2026-04-01>-";
    check(
        &mut fixture,
        &[&rows("7,gus@x.nl,Gus,Gal,2026-05-01,")],
        back,
    );
    assert_eq!(fixture.person("7").status, Status::Active);
    // Back on a day ahead: they leave, and the same record brings them back.
    let (mut fixture, file) = (Fixture::new(&gus), rows("7,gus@x.nl,Gus,Gal,2026-06-01,"));
    assert_eq!(
        fixture.step(&[&file]),
        [
            "deactivate 7 offboarding_date",
            "line 2: warning MUS-DATE-BLANK-KEPT"
        ]
    );
    let back = "reactivate 7 came_back onboarding_date=2020-01-01>2026-06-01 offboarding_date=2026-04-01>-";
    check(&mut fixture, &[&file], back);
    assert_eq!(fixture.person("7").status, Status::Scheduled);
}

#[test]
fn an_end_before_the_start_is_refused_and_the_same_day_is_fine_m14() {
    let refused = "line 2: rejected MUS-DATE-ORDER";
    becomes("9,zoe@x.nl,Zoe,Zee,2026-06-02,2026-06-01", refused, None);
    becomes(
        "1,ann@x.nl,Ann,Aal,2026-06-02,2026-06-01",
        refused,
        Some(Status::Active),
    );
    becomes(
        "9,zoe@x.nl,Zoe,Zee,2026-06-01,2026-06-01",
        "create 9 new_person scheduled",
        Some(Status::Scheduled),
    );
    let proposal =
        Fixture::new(STAFF).propose(&[&rows("9,zoe@x.nl,Zoe,Zee,2026-06-02,2026-06-01")]);
    let problem = proposal
        .problems
        .kept()
        .iter()
        .find(|problem| problem.code == Code::DateOrder)
        .unwrap();
    let detail = value::Detail::OffboardingBeforeOnboarding {
        onboarding: "2026-06-02".into(),
        offboarding: "2026-06-01".into(),
    };
    assert_eq!(problem.detail, detail.into());
}

#[test]
fn leap_days_are_days_m17() {
    let file =
        "id,email,first,last,born,joined,end\n9,zoe@x.nl,Zoe,Zee,2000-02-29,2024-02-29,2028-02-29";
    let mut fixture = Fixture::new(&STAFF.replace("scheduled", ""));
    check(&mut fixture, &[file], "create 9 new_person active");
    for (year, month, day) in [(2027, 2, 28), (2027, 3, 1), (2028, 2, 28), (2028, 2, 29)] {
        assert_eq!(
            fixture
                .clone()
                .on(year, month, day)
                .propose(&[file])
                .counts
                .unchanged,
            1
        );
    }
    fixture.sweep("2026-06-01T00:00:00Z");
    fixture.sweep("2026-08-31T23:00:00Z");
    assert_eq!(fixture.sweep("2028-02-28T23:00:00Z"), [""; 0]);
    assert_eq!(
        fixture.sweep("2028-02-29T23:00:00Z"),
        ["deactivate 9 offboarding_date"]
    );
    becomes(
        "9,zoe@x.nl,Zoe,Zee,2027-02-29,",
        "line 2: rejected MUS-VALUE-DATE",
        None,
    );
}

#[test]
fn people_missing_from_a_complete_delivery_leave_as_the_policy_says() {
    let all_but_two = crowd(3..=40);
    let missing = |missing| Fixture::crowd(40).with(|policy| policy.missing = missing);
    check(&mut missing(Missing::Keep), &[&all_but_two], "");
    let mut fixture = missing(Missing::Deactivate);
    check(
        &mut fixture,
        &[&all_but_two],
        "deactivate 1 missing\ndeactivate 2 missing",
    );
    check(
        &mut fixture,
        &[&crowd(1..=40)],
        "reactivate 1 came_back\nreactivate 2 came_back",
    );
    check(
        &mut missing(Missing::Delete),
        &[&all_but_two],
        "delete 1 missing\ndelete 2 missing\nguard deletions",
    );
    let proposal = missing(Missing::Deactivate).propose(&[&all_but_two]);
    assert_eq!(
        (proposal.counts.missing, proposal.counts.deactivated),
        (2, 0),
        "counted apart from records"
    );
}

#[test]
fn only_people_of_the_integration_can_be_missing() {
    let people = "id,email,first,last,owner\n1,a@x.nl,A,A,other\n2,b@x.nl,B,B,nobody\n3,c@x.nl,C,C,\n4,d@x.nl,D,D,";
    let mut fixture = Fixture::new(people).with(|policy| policy.missing = Missing::Deactivate);
    check(
        &mut fixture,
        &["id,email,first,last\n4,d@x.nl,D,D"],
        "deactivate 3 missing",
    );
}

#[test]
fn only_complete_deliveries_in_a_row_make_an_employee_missing() {
    let mut fixture = Fixture::crowd(40).with(|policy| {
        policy.missing = Missing::Deactivate;
        policy.missing_runs = 2;
    });
    let (all, but_one) = (crowd(1..=40), crowd(2..=40));
    assert_eq!(fixture.step(&[&but_one]), [""; 0], "missed once");
    let partial = fixture.propose_partial(&[&but_one], Some(PartialReason::Truncated));
    assert_eq!(fixture.story(&partial), ["partial truncated"]);
    fixture.settle(&partial);
    assert_eq!(fixture.step(&[&all]), [""; 0], "seen again");
    assert_eq!(fixture.step(&[&but_one]), [""; 0], "missed once");
    assert_eq!(fixture.step(&[&but_one]), ["deactivate 1 missing"]);
    assert_eq!(fixture.step(&[&all]), ["reactivate 1 came_back"]);
    assert_eq!(
        fixture.step(&[&but_one]),
        [""; 0],
        "misses are counted from the return"
    );
    assert_eq!(fixture.step(&[&but_one]), ["deactivate 1 missing"]);
}
