//! What the record of a known employee changes, and the reason that is stored with each change.

use crate::directory::Fixture;
use jiff::Timestamp;
use muster_core::{
    model::{
        employee::Status,
        field::{FieldNumber, canonical as c},
        pin::Pin,
        plan::{Changed, Reason},
    },
    setup::policy::MatchBy,
};

const STAFF: &str = "
    id,email,first,last,department,start,end,status
    1,ann@x.nl,Ann,Aal,Sales,2020-01-01,2026-04-01,inactive
    ,bob@x.nl,Bob,Bos,Sales,2020-01-01,,";

fn file(rows: &str) -> String {
    format!("id,email,first,last,department,start,end\n{rows}")
}

fn pinned(field: FieldNumber, value: &str) -> Pin {
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
fn rehired_employee_stays_away_while_the_end_date_is_pinned() {
    let back = file("1,ann@x.nl,Ann,Aal,Sales,2026-05-01,");
    let mut free = Fixture::new(STAFF);
    free.step(&[&back]);
    let ann = free.person("1");
    assert_eq!(
        (ann.status, ann.value(c::OFFBOARDING_DATE)),
        (Status::Active, None)
    );
    let mut held = Fixture::new(STAFF);
    held.people[0].pins = vec![pinned(c::OFFBOARDING_DATE, "2026-04-01")];
    held.step(&[&back]);
    let ann = held.person("1");
    assert_eq!(
        (ann.status, ann.value(c::OFFBOARDING_DATE)),
        (Status::Inactive, Some("2026-04-01"))
    );
}

/// The reasons of the changes that a delivery makes to a field, beside the person whom it names by address.
fn reasons(fixture: &Fixture, rows: &str, field: FieldNumber) -> Vec<Reason> {
    let proposal = fixture.propose(&[&file(rows)]);
    let changes = proposal
        .plan
        .operations
        .iter()
        .flat_map(|operation| &operation.changes);
    let of_field = changes.filter(|change| change.what == Changed::Field(field));
    of_field.map(|change| change.reason).collect()
}

#[test]
fn reason_of_a_change_says_whether_an_id_was_adopted_or_changed() {
    let fixture = Fixture::new(STAFF);
    let adopts = "2,bob@x.nl,Bob,Bos,Sales,2020-01-01,";
    assert_eq!(
        reasons(&fixture, adopts, c::EXTERNAL_ID),
        [Reason::IdAdopted]
    );
    let known = STAFF.replace("\n    ,bob", "\n    2,bob");
    let fixture = Fixture::new(&known).with(|policy| policy.match_by = MatchBy::Email);
    let changes = "9,bob@x.nl,Bob,Bos,Sales,2020-01-01,";
    assert_eq!(reasons(&fixture, changes, c::EXTERNAL_ID), [Reason::Record]);
}

#[test]
fn pin_of_one_field_is_no_reason_for_a_change_of_another() {
    let mut fixture = Fixture::new(STAFF);
    fixture.people[1].pins = vec![pinned(c::LAST_NAME, "Bos")];
    let moves = ",bob@x.nl,Bob,Bos,Legal,2020-01-01,";
    assert_eq!(reasons(&fixture, moves, c::DEPARTMENT), [Reason::Record]);
}
