//! Deliveries that look unusual and are right: no rule holds or refuses them.

use crate::directory::{Fixture, crowd};
use muster_core::{
    decide::proposal::{Proposal, Verdict},
    model::employee::Status,
    setup::policy::{Coverage, Missing},
};

/// So many employees that an applied delivery has confirmed.
fn confirmed(count: usize) -> Fixture {
    let mut fixture = Fixture::crowd(count).with(|policy| policy.missing = Missing::Deactivate);
    let proposal = fixture.propose(&[&crowd(1..=count)]);
    fixture.settle(&proposal);
    fixture.remember(&proposal);
    fixture
}

#[track_caller]
fn passes(fixture: &Fixture, delivery: &str) -> Proposal {
    let proposal = fixture.propose(&[delivery]);
    let story = fixture.story(&proposal);
    assert_eq!(proposal.verdict, Verdict::Go, "{story:?}");
    assert_eq!(
        (proposal.counts.held, proposal.counts.missing),
        (0, 0),
        "{story:?}"
    );
    proposal
}

#[test]
fn a_delivery_of_changes_is_neither_small_nor_does_anybody_miss_from_it() {
    let mut fixture = confirmed(40).with(|policy| policy.coverage = Coverage::Changes);
    fixture.people[39].status = Status::Scheduled;
    // One change, one joiner, and every value of one column is the same.
    let rows =
        crowd(7..=7).replace("Sales", "Care") + "41,p41@x.nl,First41,Last41,1990-01-01,Care\n";
    let proposal = passes(&fixture, &rows);
    assert_eq!((proposal.counts.updated, proposal.counts.created), (1, 1));
    assert!(proposal.unconfirmed_starts.is_empty() && proposal.missed.is_empty());
    // The same rows as a delivery of everyone are held.
    let fixture = fixture.with(|policy| policy.coverage = Coverage::Everyone);
    assert_eq!(fixture.propose(&[&rows]).verdict, Verdict::Hold);
}

#[test]
fn one_date_in_the_other_order_in_a_large_file_is_one_warning() {
    let fixture = confirmed(400);
    let typo = crowd(1..=400).replacen("1990-01-01", "1990-21-01", 1);
    let proposal = passes(&fixture, &typo);
    assert_eq!(fixture.story(&proposal), ["line 2: warning MUS-VALUE-DATE"]);
}

#[test]
fn a_file_with_every_known_spelling_of_a_value_changes_nothing_twice() {
    let mut fixture = confirmed(12);
    let spelled = crowd(1..=12)
        .replace("p3@x.nl", "P3@X.NL")
        .replace("First4", " First4 ");
    fixture.step(&[&spelled]);
    assert_eq!(fixture.step(&[&spelled]), Vec::<String>::new());
}

#[test]
fn joiners_of_the_first_of_the_month_start_together_after_an_outage() {
    let mut fixture = confirmed(12);
    for person in &mut fixture.people[..6] {
        person.status = Status::Scheduled;
        let start = muster_core::model::facts::Fact::Set("2026-05-01");
        person.facts = person
            .facts
            .with(muster_core::model::field::canonical::ONBOARDING_DATE, start);
    }
    let fixture = fixture.on(2026, 5, 4);
    let proposal = passes(&fixture, &crowd(1..=12));
    assert_eq!(proposal.counts.due, 6);
}
