//! Single conditions of the filter and of guards, each with the neighbour for which it must not hold.

use crate::directory::{Fixture, crowd};
use muster_core::{
    decide::{
        candidates::Candidates,
        guard::{Evidence, Guard},
        proposal::Proposal,
        propose::propose,
    },
    model::code::Code,
    privacy::tombstone::Tombstones,
    setup::policy::Missing,
};

/// A delivery to a workspace in which the employee with an id was erased.
fn after_erasure(erased: Option<&str>, delivery: &str) -> Proposal {
    let fixture = Fixture::crowd(3);
    let mut roster = fixture.roster();
    let none = Tombstones::new(&[7; 32], []);
    let marks = erased.map(|id| none.of_external_id(id));
    roster.tombstones = Tombstones::new(&[7; 32], marks);
    let reading = fixture.read_with(&roster, &[delivery], None).unwrap();
    let known = Candidates::new(fixture.people.clone());
    propose(reading, &fixture.setup, &roster, &known, fixture.calendar)
}

#[test]
fn record_of_an_erased_employee_is_not_applied_and_leaves_no_value() {
    let delivery = crowd(1..=3) + "9,nine@x.nl,Nine,Nemo,1990-01-01,Sales";
    let kept_out = after_erasure(Some("9"), &delivery);
    assert!(kept_out.plan.is_empty(), "{kept_out:?}");
    assert_eq!((kept_out.counts.created, kept_out.counts.excluded), (0, 1));
    let reported = kept_out.problems.kept();
    assert!(reported.iter().any(|problem| problem.code == Code::Erased));
    assert!(!format!("{kept_out:?}").contains("Nemo"));
    for other in [None, Some("8")] {
        let created = after_erasure(other, &delivery);
        assert_eq!((created.counts.created, created.counts.excluded), (1, 0));
    }
}

/// Missing and deselected employees, and the rules that records fail, of a plan whose departures are held.
fn removals(proposal: &Proposal) -> (u64, u64, Vec<(String, u64)>) {
    let found = proposal
        .findings
        .iter()
        .find(|finding| finding.guard == Guard::Removals);
    match found.map(|finding| &finding.evidence) {
        Some(Evidence::Removals {
            missing,
            deselected,
            rules,
            ..
        }) => (*missing, *deselected, rules.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn held_departures_say_how_many_are_missing_and_which_rule_deselected_the_others() {
    let fixture = Fixture::crowd(20)
        .gated()
        .with(|policy| policy.missing = Missing::Deactivate);
    let rows = |last: usize, deselected: usize| {
        let row = |id: usize| {
            let access = if id <= deselected { "no" } else { "yes" };
            format!("{id},p{id}@x.nl,First{id},Last{id},{access}\n")
        };
        let rows: String = (1..=last).map(row).collect();
        format!("id,email,first,last,access\n{rows}")
    };
    let of = |last, deselected| removals(&fixture.propose(&[&rows(last, deselected)]));
    assert_eq!(of(20, 5), (0, 5, vec![("access".to_owned(), 5)]));
    assert_eq!(of(18, 5), (2, 5, vec![("access".to_owned(), 5)]));
    assert_eq!(of(15, 0), (5, 0, vec![]));
}
