//! A record that ends the employment needs only its match key (directory rule 6).

use crate::directory::{Fixture, check};
use muster_core::{
    model::{employee::Status, field::canonical as c},
    read::reading::PartialReason,
    setup::{
        mapping::InvalidPolicy,
        policy::{Deselected, MatchBy, Missing, UnknownGroup},
    },
};

const STAFF: &str = "
    id,email,first,last,born,start,end,budget,status
    1,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,,50,
    2,bob@x.nl,Bob,Bos,1980-02-02,2020-01-01,,50,
    3,cas@x.nl,Cas,Cox,1970-03-03,2020-01-01,,50,";

const HEADER: &str = "id,email,first,last,born,start,end,group,language,phone,budget";

fn strict() -> Fixture {
    Fixture::new(STAFF).with(|policy| {
        policy.invalid_value = InvalidPolicy::Reject;
        policy.unknown_group = UnknownGroup::Reject;
        policy.missing = Missing::Deactivate;
    })
}

fn with_others(row: &str) -> String {
    format!(
        "{HEADER}\n2,bob@x.nl,Bob,Bos,1980-02-02,2020-01-01,,,,,50\n3,cas@x.nl,Cas,Cox,1970-03-03,2020-01-01,,,,,50\n{row}"
    )
}

/// What the row of a leaver does to Ann, who has to leave by it.
#[track_caller]
fn leaves(row: &str, warnings: &[&str]) -> Fixture {
    let mut fixture = strict();
    let story = fixture.step(&[&with_others(row)]);
    assert_eq!(
        fixture.person("1").status,
        Status::Inactive,
        "{row}: {story:?}"
    );
    let warned: Vec<_> = story
        .iter()
        .filter(|line| line.contains("warning") && !line.contains("OFFBOARDING-PAST"))
        .collect();
    let expected: Vec<String> = warnings
        .iter()
        .map(|code| format!("line 4: warning MUS-{code}"))
        .collect();
    assert_eq!(warned, expected.iter().collect::<Vec<_>>(), "{row}");
    assert!(
        !story.iter().any(|line| line.contains("rejected")),
        "{story:?}"
    );
    fixture
}

#[test]
fn a_departure_is_applied_whatever_else_is_wrong_with_the_row() {
    for (row, warnings) in [
        (
            "1,,Ann,Aal,,2020-01-01,2026-04-20,,,,50",
            &["VALUE-REQUIRED"][..],
        ),
        (
            "1,ann.x.nl,Ann,Aal,,2020-01-01,2026-04-20,,,,50",
            &["VALUE-EMAIL"],
        ),
        (
            "1,ann@x.nl,,,,2020-01-01,2026-04-20,,,,50",
            &["VALUE-REQUIRED", "VALUE-REQUIRED"],
        ),
        (
            "1,ann@x.nl,Ann,Aal,1990-13-01,2020-01-01,2026-04-20,,,,50",
            &["VALUE-DATE"],
        ),
        ("1,ann@x.nl,Ann,Aal,,soon,2026-04-20,,,,50", &["VALUE-DATE"]),
        (
            "1,ann@x.nl,Ann,Aal,,2020-01-01,2026-04-20,Nowhere,,,50",
            &["VALUE-GROUP"],
        ),
        (
            "1,ann@x.nl,Ann,Aal,,2020-01-01,2026-04-20,,,123,50",
            &["VALUE-PHONE"],
        ),
        (
            "1,ann@x.nl,Ann,Aal,,2020-01-01,2026-04-20,,,,\u{20ac}50",
            &["VALUE-DECIMAL"],
        ),
        (
            "1,<unreadable>,Ann,Aal,,2020-01-01,2026-04-20,,,,50",
            &["CSV-ENCODING"],
        ),
        (
            "1,ann@x.nl,Ann,<unreadable>,,2020-01-01,2026-04-20,,,,50",
            &["CSV-ENCODING"],
        ),
        (
            "1,ann@x.nl,Ann,Aal,,2020-01-01,2026-04-20,,,<object>,50",
            &["API-VALUE"],
        ),
        (
            "1,,,,,,2026-04-20,,,,",
            &["VALUE-REQUIRED", "VALUE-REQUIRED", "VALUE-REQUIRED"],
        ),
    ] {
        let fixture = leaves(row, warnings);
        let ann = fixture.person("1");
        assert_eq!(ann.email(), "ann@x.nl", "{row}");
        assert_eq!(ann.value(c::LAST_NAME), Some("Aal"), "{row}");
        assert_eq!(ann.value(c::OFFBOARDING_DATE), Some("2026-04-20"), "{row}");
    }
}

#[test]
fn the_end_of_a_departure_is_compared_with_the_stored_start() {
    let fixture = leaves(
        "1,ann@x.nl,Ann,Aal,,2026-06-01,2026-04-20,,,,50",
        &["DATE-ORDER"],
    );
    let start = fixture.person("1").value(c::ONBOARDING_DATE);
    assert_eq!(
        start,
        Some("2020-01-01"),
        "the start of the record is not used"
    );
    // An end before the stored start is a person's decision: the row may be that of an earlier employment.
    let mut rehired =
        Fixture::new(&STAFF.replace("1990-01-01,2020-01-01", "1990-01-01,2026-04-25"));
    let story = rehired.step(&[&with_others("1,ann@x.nl,Ann,Aal,,,2026-04-20,,,,50")]);
    assert_eq!(
        story,
        [
            "held deactivate 1 end_before_start offboarding_date=->2026-04-20",
            "line 4: warning MUS-DATE-OFFBOARDING-PAST"
        ][..1]
    );
    assert_eq!(rehired.person("1").status, Status::Active);
}

#[test]
fn an_end_that_is_still_ahead_needs_the_whole_record() {
    let mut fixture = strict();
    let story = fixture.step(&[&with_others("1,,Ann,Aal,,2020-01-01,2026-06-30,,,,50")]);
    assert_eq!(story, ["line 4: rejected MUS-VALUE-REQUIRED"]);
    assert_eq!(fixture.person("1").status, Status::Active);
}

#[test]
fn a_departure_without_a_readable_key_is_rejected() {
    for row in [
        ",,Ann,Aal,,2020-01-01,2026-04-20,,,,50",
        "<unreadable>,,Ann,Aal,,2020-01-01,2026-04-20,,,,50",
    ] {
        let mut fixture = strict();
        let story = fixture.step(&[&with_others(row)]);
        assert!(
            story.iter().any(|line| line.contains("line 4: rejected")),
            "{story:?}"
        );
        assert_eq!(fixture.person("1").status, Status::Active);
    }
}

#[test]
fn a_departure_is_matched_by_address_where_there_is_no_id() {
    leaves(",ann@x.nl,,Aal,,,2026-04-20,,,,50", &["VALUE-REQUIRED"]);
    let mut fixture = strict().with(|policy| policy.match_by = MatchBy::Email);
    fixture.step(&[&with_others("1,ann@x.nl,,,,soon,2026-04-20,,,,")]);
    assert_eq!(fixture.person("1").status, Status::Inactive);
}

#[test]
fn a_departure_with_the_address_of_another_employee_is_applied_without_it() {
    let fixture = leaves(
        "1,bob@x.nl,Ann,Aal,,,2026-04-20,,,,50",
        &["MATCH-ADDRESS-TAKEN"],
    );
    assert_eq!(fixture.person("1").email(), "ann@x.nl");
    // Also where a joiner of the same file has it.
    let mut fixture = strict();
    let rows = "1,zoe@x.nl,Ann,Aal,,,2026-04-20,,,,50\n9,zoe@x.nl,Zoe,Zee,,,,,,,50";
    fixture.step(&[&with_others(rows)]);
    assert_eq!(fixture.person("1").status, Status::Inactive);
    assert_eq!(fixture.person("9").email(), "zoe@x.nl");
}

#[test]
fn a_departure_that_looks_like_another_person_is_held() {
    let mut fixture = strict();
    let row = "1,zoe@x.nl,Zoe,Zee,2000-01-01,,2026-04-20,,,,50";
    let story = fixture.step(&[&with_others(row)]);
    assert!(
        story[0].starts_with("held deactivate 1 id_reused"),
        "{story:?}"
    );
    assert_eq!(fixture.person("1").status, Status::Active);
}

#[test]
fn two_different_rows_that_both_end_the_employment_end_it() {
    let rows = "1,ann@x.nl,Ann,Aal,,,2026-04-20,,,,50\n1,ann@x.nl,Anne,Aal,,,2026-04-25,,,,60";
    let mut fixture = strict();
    let story = fixture.step(&[&with_others(rows)]);
    assert_eq!(fixture.person("1").status, Status::Inactive, "{story:?}");
    assert_eq!(
        fixture.person("1").value(c::FIRST_NAME),
        Some("Ann"),
        "only what both say"
    );
    assert_eq!(
        fixture.person("1").value(c::OFFBOARDING_DATE),
        Some("2026-04-25")
    );
    assert!(
        story.contains(&"line 5: warning MUS-RECORD-DUPLICATE".to_owned()),
        "{story:?}"
    );
    // One that ends it and one that does not contradict each other.
    let rows = "1,ann@x.nl,Ann,Aal,,,2026-04-20,,,,50\n1,ann@x.nl,Ann,Aal,,,,,,,50";
    let mut fixture = strict();
    fixture.step(&[&with_others(rows)]);
    assert_eq!(fixture.person("1").status, Status::Active);
}

#[test]
fn a_departure_that_is_not_selected_needs_only_the_key_too() {
    let gated = |row: &str| {
        format!(
            "id,email,first,last,born,start,end,access\n2,bob@x.nl,Bob,Bos,,,,yes\n3,cas@x.nl,Cas,Cox,,,,yes\n{row}"
        )
    };
    for row in [
        "1,ann.x.nl,Ann,Aal,,,,no",
        "1,,,,1990-13-01,,,no",
        "1,ann@x.nl,Ann,Aal,,soon,,no",
        "1,ann@x.nl,Ann,Aal,,,later,no",
        "1,ann@x.nl,Ann,Aal,,,2026-04-20,perhaps",
        "1,ann@x.nl,Ann,Aal,,,2026-04-20,<absent>",
    ] {
        let mut fixture = strict().gated();
        let story = fixture.step(&[&gated(row)]);
        assert_eq!(
            fixture.person("1").status,
            Status::Inactive,
            "{row}: {story:?}"
        );
    }
    // Where the selection never deactivates, an end date that has come still does.
    let mut keeping = strict()
        .gated()
        .with(|policy| policy.deselected = Deselected::Keep);
    keeping.step(&[&gated("1,ann@x.nl,Anna,Aal,,,2026-04-20,no")]);
    assert_eq!(keeping.person("1").status, Status::Inactive);
    assert_eq!(
        keeping.person("1").value(c::FIRST_NAME),
        Some("Ann"),
        "nothing but the end is used"
    );
    // Not selected, and another person by all evidence: a person decides.
    let mut reused = strict().gated();
    let story = reused.step(&[&gated("1,zoe@x.nl,Zoe,Zee,2000-01-01,,,no")]);
    assert_eq!(story[0], "held deactivate 1 id_reused");
}

#[test]
fn in_a_damaged_delivery_departures_that_records_state_are_held_or_count_as_the_damage_says() {
    let row = "1,ann@x.nl,Ann,Aal,1990-01-01,2020-01-01,2026-04-20,,,,50";
    let file = with_others(row);
    let status = |file: &str, reason| {
        let mut fixture = strict();
        let proposal = fixture.propose_partial(&[file], Some(reason));
        assert_eq!(proposal.counts.missing, 0);
        fixture.settle(&proposal);
        (fixture.person("1").status, proposal.counts.held)
    };
    for reason in [
        PartialReason::UnknownPeople,
        PartialReason::Shrunk,
        PartialReason::Unproven,
        PartialReason::AttributeWithheld,
    ] {
        assert_eq!(status(&file, reason), (Status::Inactive, 0), "{reason:?}");
    }
    for reason in [
        PartialReason::SuspiciousRows,
        PartialReason::ChangedWhileReading,
    ] {
        assert_eq!(status(&file, reason), (Status::Active, 1), "{reason:?}");
    }
    // Only the last record of a truncated file is in doubt.
    assert_eq!(status(&file, PartialReason::Truncated), (Status::Active, 1));
    let first = format!("{HEADER}\n{row}\n2,bob@x.nl,Bob,Bos,1980-02-02,2020-01-01,,,,,50");
    assert_eq!(
        status(&first, PartialReason::Truncated),
        (Status::Inactive, 0)
    );
}

#[test]
fn an_unknown_employee_who_has_left_is_not_created_whatever_is_wrong_with_the_row() {
    let file = format!("{HEADER}\n9,,Zoe,Zee,,2026-06-01,2026-04-20,,,,50");
    check(
        &mut Fixture::new(STAFF),
        &[&file],
        "line 2: warning MUS-VALUE-REQUIRED
         line 2: warning MUS-DATE-ORDER",
    );
}
