//! Assertions of the administrator about the directory.

use super::{only, people, rows, trips};
use crate::directory::{Fixture, crowd};
use muster_core::decide::guard::Evidence;

fn with(count: usize, sentinels: &[&str]) -> Fixture {
    people(count).with(|policy| {
        let sentinels = sentinels.iter().map(|sentinel| (*sentinel).to_owned());
        policy.limits.sentinels = sentinels.collect();
    })
}

#[test]
fn a_headcount_outside_its_range_holds_the_plan() {
    let joiner = "99,new@x.nl,New,Person,1990-01-01,Sales";
    trips(
        &with(20, &["headcount between 19 and 20"]),
        &crowd(1..=19),
        &[],
    );
    let proposal = trips(
        &with(20, &["headcount between 20 and 30"]),
        &crowd(1..=19),
        &["sentinel"],
    );
    let finding = only(&proposal);
    assert_eq!((finding.count, finding.of), (19, 20));
    let grown = trips(
        &with(20, &["headcount between 0 and 20"]),
        &(crowd(1..=20) + joiner),
        &["sentinel"],
    );
    assert_eq!(only(&grown).count, 21);
    // One employee departs and another starts.
    trips(
        &with(20, &["headcount between 20 and 20"]),
        &(crowd(1..=19) + joiner),
        &[],
    );
    // A delivery that changes nothing holds nothing.
    trips(
        &with(20, &["headcount between 100 and 200"]),
        &crowd(1..=20),
        &[],
    );
}

#[test]
fn a_named_employee_is_never_deactivated() {
    for employee in ["20", "p20@x.nl", "P20@X.nl"] {
        let sentinel = format!("{employee} is never deactivated");
        let proposal = trips(&with(20, &[&sentinel]), &crowd(1..=19), &["sentinel"]);
        let finding = only(&proposal);
        assert_eq!(
            finding.evidence,
            Evidence::Sentinel {
                sentinel,
                is_headcount: false
            }
        );
        assert_eq!((finding.count, finding.people.len()), (1, 1));
    }
    for other in ["2", "21", "p2@x.nl"] {
        let sentinel = format!("{other} is never deactivated");
        trips(&with(20, &[&sentinel]), &crowd(1..=19), &[]);
    }
}

#[test]
fn a_named_employee_is_never_changed() {
    let renamed = rows(1..=20, "id,email,first,last", |id| {
        let last = if id == 7 {
            "Other".to_owned()
        } else {
            format!("Last{id}")
        };
        format!("{id},p{id}@x.nl,First{id},{last}")
    });
    let sentinels = [
        "7 is never changed",
        "8 is never changed",
        "7 is never deactivated",
    ];
    let proposal = trips(&with(20, &sentinels), &renamed, &["sentinel"]);
    assert_eq!(only(&proposal).count, 1);
}
