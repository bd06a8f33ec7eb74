//! What holds for every proposal, and for the next one of the same delivery.

use super::{Fixture, OTHER};
use muster_core::{
    decide::proposal::{Proposal, Verdict},
    model::plan::Changed,
};
use std::collections::BTreeSet;

impl Fixture {
    /// Checks that what a settled proposal holds can still be approved: nothing that it rests on has changed.
    pub(crate) fn assert_approvable(&self, proposal: &Proposal) {
        for view in proposal.views().filter(|view| view.held.is_some()) {
            let Some(id) = view.employee else { continue };
            let person = self.people.iter().find(|person| person.id == id).unwrap();
            assert_eq!(person.revision, view.revision, "{view:?}");
            for change in view.changes.iter() {
                let stored = match change.what {
                    Changed::Field(field) => person.value(field),
                    Changed::Status => Some(person.status.as_str()),
                    Changed::Owner => continue,
                };
                assert_eq!(stored, change.old.as_deref(), "{view:?}");
            }
        }
    }

    /// Approves what a settled proposal holds.
    pub(crate) fn approve(&mut self, proposal: &Proposal) {
        self.assert_approvable(proposal);
        for view in proposal.views().filter(|view| view.held.is_some()) {
            self.apply(&view);
        }
        self.assert_keys_are_unique();
    }
}

/// Compares a plan with the lines expected, checks what holds for every plan, settles it, and checks that
/// the same delivery then has nothing more to do than wait for a person.
#[track_caller]
pub(crate) fn check(fixture: &mut Fixture, files: &[&str], expected: &str) {
    let proposal = fixture.propose(files);
    let expected: Vec<&str> = expected
        .trim()
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(fixture.story(&proposal), expected);
    assert_lawful(fixture, &proposal);
    fixture.settle(&proposal);
    let waiting = |proposal: &Proposal| {
        let story = proposal
            .views()
            .filter(|view| view.held.is_some())
            .map(|view| fixture.operation(&view));
        story.collect::<Vec<_>>()
    };
    let again = fixture.propose(files);
    assert_eq!(
        again.plan.len(),
        waiting(&again).len(),
        "settled, yet: {:?}",
        fixture.story(&again)
    );
    assert_eq!(waiting(&again), waiting(&proposal));
}

/// What holds for every proposal.
#[track_caller]
pub(crate) fn assert_lawful(fixture: &Fixture, proposal: &Proposal) {
    assert!(proposal.counts.balance(), "{:?}", proposal.counts);
    assert_eq!(
        proposal.verdict == Verdict::Go,
        proposal.findings.is_empty()
    );
    let mut people = BTreeSet::new();
    for view in proposal.views() {
        let is_second = view.held.is_none()
            && view
                .employee
                .is_some_and(|employee| !people.insert(employee));
        assert!(!is_second, "one operation a person: {view:?}");
        assert!(
            view.changes
                .iter()
                .all(|change| change.old != change.new || change.reason.ends_pin()),
            "{view:?}"
        );
        assert!(
            !view.changes.is_empty() || view.takes_ownership || view.held.is_some(),
            "{view:?}"
        );
        let person = view.employee.map(|id| {
            fixture
                .people
                .iter()
                .find(|person| person.id == id)
                .unwrap()
        });
        if let Some(person) = person {
            let is_ours = person.owner != Some(OTHER);
            assert!(
                is_ours || view.held == Some(muster_core::model::plan::Reason::TakeOver),
                "{view:?}"
            );
            assert!(
                !(person.protected && view.kind.is_removal() && view.held.is_none()),
                "{view:?}"
            );
            // What is held rests on what is applied before.
            let is_changed_before = view.held.is_some() && people.contains(&person.id);
            assert_eq!(
                person.revision + i64::from(is_changed_before),
                view.revision
            );
        }
    }
}
