//! Starts of scheduled employees: cancelled, doubted, ignored (directory rule 6).

use crate::directory::Fixture;
use muster_core::{
    model::{employee::Status, field::canonical as c},
    read::reading::PartialReason,
    setup::policy::{Deselected, Missing},
};

const STAFF: &str = "
    id,email,first,last,born,start,end,status
    1,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,,
    2,bob@x.nl,Bob,Bos,1980-02-02,2026-06-01,,scheduled
    3,cas@x.nl,Cas,Cox,1970-03-03,2020-01-01,,";

fn rows(bob: &str) -> String {
    format!(
        "id,email,first,last,born,start,end\n1,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,\n\
         3,cas@x.nl,Cas,Cox,1970-03-03,2020-01-01,\n{bob}"
    )
}

const GOOD: &str = "2,bob@x.nl,Bob,Bos,1980-02-02,2026-06-01,";

/// Bob's status on his first day, after a delivery in May, by a sweep and by a sync of the same file.
#[track_caller]
fn on_the_day(bob: &str) -> (Status, Vec<String>) {
    let mut fixture = Fixture::new(STAFF);
    let story = fixture.step(&[&rows(bob)]);
    let mut swept = fixture.clone();
    swept.sweep("2026-06-01T06:00:00Z");
    let mut synced = fixture.on(2026, 6, 1);
    synced.step(&[&rows(bob)]);
    assert_eq!(
        swept.person("2").status,
        synced.person("2").status,
        "sweep and sync agree"
    );
    (swept.person("2").status, story)
}

#[test]
fn a_confirmed_joiner_starts_on_the_day() {
    assert_eq!(on_the_day(GOOD), (Status::Active, vec![]));
    // Another value of a good record changes nothing about that.
    let (status, _) = on_the_day("2,bob@x.nl,Bobby,Bos,1980-02-02,2026-06-01,");
    assert_eq!(status, Status::Active);
}

#[test]
fn a_joiner_with_a_rejected_record_is_held_on_the_day_and_shown_at_once() {
    for bob in [
        "2,bob@x.nl,Bob,Bos,1980-02-02,cancelled,",
        "2,bob@x.nl,Bob,Bos,1980-02-02,2026-06-01,cancelled",
        "2,bob@x.nl,,Bos,1980-02-02,2026-06-01,",
        "2,,Bob,Bos,1980-02-02,2026-06-01,",
        "2,ann@x.nl,Bob,Bos,1980-02-02,2026-06-01,",
        ",bob@x.nl,Bob,Bos,1980-02-02,soon,",
    ] {
        let (status, story) = on_the_day(bob);
        assert_eq!(status, Status::Scheduled, "{bob}: {story:?}");
        assert!(
            story
                .iter()
                .any(|line| line.ends_with("warning MUS-START-DOUBTED")),
            "{bob}: {story:?}"
        );
    }
}

#[test]
fn a_joiner_missing_from_the_last_complete_delivery_is_held_on_the_day() {
    let (status, story) = on_the_day("");
    assert_eq!(
        (status, story),
        (
            Status::Scheduled,
            vec!["warning MUS-START-DOUBTED".to_owned()]
        )
    );
    let mut fixture = Fixture::new(STAFF);
    fixture.step(&[&rows("")]);
    assert_eq!(
        fixture.sweep("2026-06-01T06:00:00Z"),
        ["held activate 2 start_doubted"]
            .map(|line| line.replace("start_doubted", "onboarding_date"))
    );
}

#[test]
fn incomplete_deliveries_neither_raise_nor_end_a_doubt_about_a_missing_joiner() {
    let mut fixture = Fixture::new(STAFF);
    let partial = fixture.propose_partial(&[&rows("")], Some(PartialReason::Truncated));
    fixture.settle(&partial);
    assert_eq!(
        fixture.clone().sweep("2026-06-01T06:00:00Z"),
        ["activate 2 onboarding_date"]
    );
    fixture.step(&[&rows("")]);
    let partial = fixture.propose_partial(&[&rows("")], Some(PartialReason::Truncated));
    fixture.settle(&partial);
    assert_eq!(
        fixture.clone().sweep("2026-06-01T06:00:00Z"),
        ["held activate 2 onboarding_date"]
    );
    // A record that names the joiner does, complete or not.
    let partial = fixture.propose_partial(&[&rows(GOOD)], Some(PartialReason::Shrunk));
    fixture.settle(&partial);
    assert_eq!(
        fixture.sweep("2026-06-01T06:00:00Z"),
        ["activate 2 onboarding_date"]
    );
}

#[test]
fn a_corrected_record_ends_the_doubt_also_where_it_is_the_one_of_before() {
    let mut fixture = Fixture::new(STAFF);
    fixture.step(&[&rows(GOOD)]);
    fixture.step(&[&rows("2,bob@x.nl,Bob,Bos,1980-02-02,cancelled,")]);
    assert_eq!(fixture.unconfirmed_starts.len(), 1);
    assert_eq!(fixture.step(&[&rows(GOOD)]), [""; 0]);
    assert_eq!(fixture.unconfirmed_starts.len(), 0);
    assert_eq!(
        fixture.sweep("2026-06-01T06:00:00Z"),
        ["activate 2 onboarding_date"]
    );
}

#[test]
fn a_joiner_who_is_missing_leaves_where_the_policy_says_so() {
    let mut fixture = Fixture::new(STAFF).with(|policy| policy.missing = Missing::Deactivate);
    assert_eq!(fixture.step(&[&rows("")]), ["deactivate 2 missing"]);
    // Missed once of two: the start is held meanwhile.
    let mut fixture = Fixture::new(STAFF)
        .with(|policy| {
            policy.missing = Missing::Deactivate;
            policy.missing_runs = 2;
        })
        .on(2026, 6, 1);
    assert_eq!(
        fixture.step(&[&rows("")]),
        [
            "held activate 2 onboarding_date",
            "warning MUS-START-DOUBTED"
        ]
    );
}

#[test]
fn an_end_on_or_before_the_start_cancels_it() {
    for (bob, end) in [
        (
            "2,bob@x.nl,Bob,Bos,1980-02-02,2026-06-01,2026-05-20",
            "2026-05-20",
        ),
        (
            "2,bob@x.nl,Bob,Bos,1980-02-02,2026-06-01,2026-06-01",
            "2026-06-01",
        ),
        ("2,bob@x.nl,Bob,Bos,1980-02-02,,2026-05-31", "2026-05-31"),
        (
            "2,bob@x.nl,Bob,Bos,1980-02-02,2026-06-10,2026-06-05",
            "2026-06-05",
        ),
        (
            "2,bob@x.nl,Bob,Bos,1980-02-02,2026-06-01,2026-04-01",
            "2026-04-01",
        ),
    ] {
        let mut fixture = Fixture::new(STAFF);
        let story = fixture.step(&[&rows(bob)]);
        assert!(story[0].starts_with("deactivate 2"), "{story:?}");
        let person = fixture.person("2");
        assert_eq!(
            (person.status, person.value(c::OFFBOARDING_DATE)),
            (Status::Inactive, Some(end))
        );
        // It stays cancelled: with the same file, with another name in it, on the day, and with a blank end.
        let without_end = bob[..bob.len() - end.len()].to_owned();
        for again in [bob.to_owned(), bob.replace("Bob", "Bobby"), without_end] {
            let mut later = fixture.clone();
            later.step(&[&rows(&again)]);
            assert_eq!(later.person("2").status, Status::Inactive, "{again}");
            later.sweep("2026-06-01T06:00:00Z");
            let mut later = later.on(2026, 6, 12);
            later.step(&[&rows(&again)]);
            assert_eq!(later.person("2").status, Status::Inactive, "{again}");
        }
        // A new start brings the joiner back.
        let story = fixture.step(&[&rows("2,bob@x.nl,Bob,Bos,1980-02-02,2026-07-01,")]);
        assert!(story[0].starts_with("reactivate 2 came_back"), "{story:?}");
        assert_eq!(fixture.person("2").status, Status::Scheduled);
    }
}

#[test]
fn an_employment_of_one_day_is_fine() {
    let mut fixture = Fixture::new(STAFF);
    let zoe = format!("{GOOD}\n9,zoe@x.nl,Zoe,Zee,,2026-06-01,2026-06-01");
    assert_eq!(
        fixture.step(&[&rows(&zoe)]),
        ["create 9 new_person scheduled"]
    );
    let changed = zoe.replace("Zoe", "Zoey");
    fixture.step(&[&rows(&changed)]);
    assert_eq!(
        fixture.person("9").status,
        Status::Scheduled,
        "the same dates cancel nothing"
    );
    fixture.sweep("2026-06-01T06:00:00Z");
    assert_eq!(fixture.person("9").status, Status::Active);
    fixture.sweep("2026-06-01T23:00:00Z");
    assert_eq!(fixture.person("9").status, Status::Inactive);
}

#[test]
fn a_status_that_says_left_holds_the_start_where_the_selection_never_deactivates() {
    let gated = |bob: &str| {
        format!(
            "id,email,first,last,start,access\n1,ann@x.nl,Ann,Aal,2020-01-01,yes\n3,cas@x.nl,Cas,Cox,2020-01-01,yes\n{bob}"
        )
    };
    let mut fixture = Fixture::new(STAFF)
        .gated()
        .with(|policy| policy.deselected = Deselected::Keep);
    let story = fixture.step(&[&gated("2,bob@x.nl,Bob,Bos,2026-06-01,no")]);
    assert_eq!(story, ["line 4: warning MUS-START-DOUBTED"]);
    assert_eq!(
        fixture.sweep("2026-06-01T06:00:00Z"),
        ["held activate 2 onboarding_date"]
    );
}

#[test]
fn due_dates_of_an_employee_with_a_rejected_or_held_record_take_effect_in_a_sync_too() {
    let staff = STAFF.replace("2020-01-01,,", "2020-01-01,2026-05-20,");
    for row in [
        "1,ann@x.nl,Ann,Aal,1990-01-01,soon,",
        "1,zoe@x.nl,Zoe,Zee,2000-01-01,,",
        ",zoe@x.nl,Ann,Aal,1990-01-01,,",
    ] {
        let mut fixture = Fixture::new(&staff).on(2026, 5, 21);
        let file = format!("id,email,first,last,born,start,end\n{row}\n{GOOD}");
        let story = fixture.step(&[&file]);
        assert!(
            story.contains(&"deactivate 1 offboarding_date".to_owned()),
            "{row}: {story:?}"
        );
    }
}

#[test]
fn an_ignored_start_stays_ignored_with_the_same_warning_in_every_run() {
    let file = rows(GOOD).replace("Aal,1990-01-01,2020-01-01", "Aal,1990-01-01,2026-05-10");
    let warning = ["line 2: warning MUS-DATE-ONBOARDING-IGNORED"];
    let mut fixture = Fixture::new(STAFF);
    assert_eq!(fixture.step(&[&file]), warning);
    assert_eq!(fixture.step(&[&file]), warning, "also when nothing changed");
    let mut fixture = fixture.on(2026, 5, 20);
    assert_eq!(
        fixture.step(&[&file]),
        warning,
        "also when the day has come"
    );
    let changed = file.replace("Ann", "Anna");
    let story = fixture.step(&[&changed]);
    assert_eq!(
        story,
        ["update 1 same_external_id first_name=Ann>Anna", warning[0]]
    );
    assert_eq!(
        fixture.person("1").value(c::ONBOARDING_DATE),
        Some("2020-01-01")
    );
    // Another date, which lies in the past, is a correction.
    let corrected = changed.replace("2026-05-10", "2019-01-01");
    let story = fixture.step(&[&corrected]);
    assert_eq!(
        story,
        ["update 1 same_external_id onboarding_date=2020-01-01>2019-01-01"]
    );
    assert_eq!(fixture.step(&[&corrected]), [""; 0]);
}

#[test]
fn a_file_that_is_read_again_untouched_is_no_second_miss() {
    let mut fixture = Fixture::crowd(40).with(|policy| {
        policy.missing = Missing::Deactivate;
        policy.missing_runs = 2;
    });
    let but_one = crate::directory::crowd(2..=40);
    assert_eq!(fixture.step(&[&but_one]), [""; 0]);
    fixture.is_same_delivery = true;
    assert_eq!(fixture.step(&[&but_one]), [""; 0], "the same file again");
    assert_eq!(fixture.step(&[&but_one]), [""; 0], "and again");
    fixture.is_same_delivery = false;
    assert_eq!(fixture.step(&[&but_one]), ["deactivate 1 missing"]);
    // Once is enough where one run is, untouched or not.
    let mut fixture = Fixture::crowd(40).with(|policy| policy.missing = Missing::Deactivate);
    fixture.is_same_delivery = true;
    assert_eq!(fixture.step(&[&but_one]), ["deactivate 1 missing"]);
}

#[test]
fn an_employee_who_left_stays_away_where_the_row_restates_the_old_start_without_an_end() {
    let staff = "id,email,first,last,start,end,status\n\
        1,ann@x.nl,Ann,Aal,2020-01-01,2026-03-31,inactive\n2,bob@x.nl,Bob,Bos,2020-01-01,,";
    for start in ["2020-01-01", "2021-05-01", "2026-03-31"] {
        let mut fixture = Fixture::new(staff);
        let file = format!(
            "id,email,first,last,start,end\n1,ann@x.nl,Ann,Aal,{start},\n2,bob@x.nl,Bob,Bos,2020-01-01,"
        );
        fixture.step(&[&file]);
        assert_eq!(fixture.person("1").status, Status::Inactive, "{start}");
    }
}

#[test]
fn expired_pins_of_an_employee_who_leaves_by_a_date_end_with_the_departure() {
    let mut fixture =
        Fixture::new(&STAFF.replace("2020-01-01,,\n    2", "2020-01-01,2026-05-20,\n    2"));
    fixture.people[0].pins = vec![muster_core::model::pin::Pin {
        field: c::DEPARTMENT,
        value: None,
        reason: "ticket".to_owned(),
        author: "eva".to_owned(),
        created: jiff::Timestamp::UNIX_EPOCH,
        until: Some(jiff::civil::date(2026, 5, 2)),
    }];
    let mut fixture = fixture.on(2026, 5, 21);
    let proposal =
        fixture.propose(&[&rows(GOOD).replace("1,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,\n", "")]);
    let ended = |view: &muster_core::decide::proposal::OperationView<'_>| {
        view.changes.iter().any(|change| change.reason.ends_pin())
    };
    let leaves: Vec<_> = proposal
        .views()
        .filter(|view| view.kind.is_removal())
        .collect();
    assert_eq!(leaves.len(), 1);
    assert!(leaves.iter().all(ended), "{leaves:?}");
    fixture.settle(&proposal);
    assert!(fixture.person("1").pins.is_empty());
}
