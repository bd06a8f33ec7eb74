//! The law of smart groups: membership that follows every change equals membership computed from nothing.

use crate::ground::{Ground, at, change, operation};
use crate::smart_groups::{group, is, on, today};
use jiff::{Timestamp, ToSpan};
use muster_core::{
    derive::smart_group::{CompiledGroup, Membership, SmartGroup, evaluate},
    model::{
        employee::{Employee, Status},
        field::{FieldNumber, canonical},
        plan::{Changed, OperationKind},
        run::RunKind,
    },
    setup::selection::{Comparison, Day, Test},
};
use muster_store::PeopleFilter;
use proptest::prelude::*;

/// What can happen to a directory with smart groups.
#[derive(Clone, Debug)]
enum Event {
    Join,
    Change {
        person: usize,
        title: usize,
        ends: i64,
    },
    Leave {
        person: usize,
    },
    Return {
        person: usize,
    },
    Erase {
        person: usize,
    },
    Save {
        rule: usize,
    },
    Remove,
    Days(i64),
}

fn event() -> impl Strategy<Value = Event> {
    let person = 0usize..6;
    prop_oneof![
        2 => Just(Event::Join),
        5 => (person.clone(), 0usize..3, -4i64..5).prop_map(|(person, title, ends)| Event::Change { person, title, ends }),
        2 => person.clone().prop_map(|person| Event::Leave { person }),
        2 => person.clone().prop_map(|person| Event::Return { person }),
        1 => person.prop_map(|person| Event::Erase { person }),
        2 => (0usize..4).prop_map(|rule| Event::Save { rule }),
        1 => Just(Event::Remove),
        2 => (0i64..3).prop_map(Event::Days),
    ]
}

const TITLES: [&str; 3] = ["Lead", "Clerk", ""];

fn rules() -> [SmartGroup; 4] {
    let day = |comparison, days| Test::Date(comparison, Day::Today(days));
    [
        group("A", vec![is("title", "Lead"), is("title", "Clerk")], None),
        group(
            "A",
            vec![
                is("title", "Clerk"),
                on("probation_end_date", day(Comparison::More, 1)),
            ],
            None,
        ),
        group(
            "B",
            vec![],
            Some("title == 'Lead' || probation_end_date < days_ago(1)"),
        ),
        group(
            "B",
            vec![on("probation_end_date", Test::Empty(false))],
            Some("title != 'Clerk'"),
        ),
    ]
}

/// A directory, the day, and the rules that are in force.
struct Story {
    ground: Ground,
    now: Timestamp,
    joined: usize,
    saved: Vec<SmartGroup>,
}

impl Story {
    fn of_kind(
        &self,
        person: usize,
        kind: OperationKind,
        statuses: &[Status],
        changes: &[(FieldNumber, String)],
    ) {
        if person >= self.joined {
            return;
        }
        let person = self.ground.person(person as i64 + 1);
        if !statuses.contains(&person.status) {
            return;
        }
        let changes = changes
            .iter()
            .filter(|(field, new)| person.value(*field).unwrap_or_default() != new);
        let changes: Vec<_> = changes
            .map(|(field, new)| change(*field, person.value(*field).unwrap_or_default(), new))
            .collect();
        assert!(changes.iter().all(|change| change.what != Changed::Status));
        self.ground.settle_at(
            &self
                .ground
                .operations(vec![operation(kind, &person, changes)]),
            self.now,
        );
    }

    fn happens(&mut self, event: &Event) {
        let employed = [Status::Active, Status::Scheduled];
        match event {
            Event::Join => {
                self.ground.settle_at(
                    &self.ground.joiners(&[&format!("p{}", self.joined)]),
                    self.now,
                );
                self.joined += 1;
            }
            Event::Change {
                person,
                title,
                ends,
            } => {
                let ends = today(self.now)
                    .checked_add(ends.days())
                    .unwrap()
                    .to_string();
                let changes = [
                    (canonical::TITLE, TITLES[*title].to_owned()),
                    (canonical::PROBATION_END_DATE, ends),
                ];
                self.of_kind(
                    *person,
                    OperationKind::Update,
                    &[employed[0], employed[1], Status::Inactive],
                    &changes,
                );
            }
            Event::Leave { person } => {
                self.of_kind(*person, OperationKind::Deactivate, &employed, &[])
            }
            Event::Return { person } => {
                self.of_kind(*person, OperationKind::Reactivate, &[Status::Inactive], &[])
            }
            Event::Erase { person } => self.of_kind(*person, OperationKind::Delete, &employed, &[]),
            Event::Save { rule } => {
                let rule = rules()[*rule].clone();
                self.ground.apply(std::slice::from_ref(&rule), self.now);
                self.saved.retain(|saved| saved.name != rule.name);
                self.saved.push(rule);
            }
            Event::Remove => {
                let run = self.ground.begin(RunKind::Groups);
                self.ground
                    .store
                    .remove_smart_group(&self.ground.workspace, "A", run, self.now)
                    .unwrap();
                self.saved.retain(|saved| saved.name != "A");
            }
            Event::Days(days) => {
                self.now += (days * 24).hours();
                let run = self.ground.begin(RunKind::Sweep);
                self.ground
                    .store
                    .refresh_smart_groups(&self.ground.workspace, run, today(self.now))
                    .unwrap();
            }
        }
    }

    /// Membership as it would be if it were computed from nothing, and that the history tells the same.
    fn check(&self) {
        let workspace = &self.ground.workspace;
        let mut people = Vec::new();
        let mut note = |person: &Employee| {
            people.push(person.clone());
            true
        };
        self.ground
            .store
            .people(workspace, PeopleFilter::default(), &mut note)
            .unwrap();
        for rule in &self.saved {
            let compiled = CompiledGroup::new(rule, workspace).unwrap();
            let verdicts = evaluate(
                &[&compiled],
                &people.iter().collect::<Vec<_>>(),
                today(self.now),
            )
            .unwrap();
            let members = people
                .iter()
                .zip(&verdicts[0])
                .filter(|(_, verdict)| **verdict == Membership::Member);
            let members: Vec<_> = members.map(|(person, _)| person.id.0).collect();
            assert_eq!(self.ground.members(&rule.name), members, "{rule:?}");
            let mut history = self
                .ground
                .store
                .smart_group_history(workspace, &rule.name, 9999)
                .unwrap();
            history.reverse();
            let mut reported = std::collections::BTreeSet::new();
            for moved in history {
                let new = if moved.joined {
                    reported.insert(moved.employee.0)
                } else {
                    reported.remove(&moved.employee.0)
                };
                assert!(new, "somebody joined or left twice: {moved:?}");
            }
            assert_eq!(
                reported.into_iter().collect::<Vec<_>>(),
                members,
                "the history of {rule:?}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn membership_that_follows_equals_membership_from_nothing(events in proptest::collection::vec(event(), 1..40)) {
        let mut story = Story { ground: Ground::new(), now: at(2), joined: 0, saved: Vec::new() };
        for rule in &rules()[..3] {
            story.happens(&Event::Join);
            story.ground.apply(std::slice::from_ref(rule), story.now);
            story.saved.retain(|saved| saved.name != rule.name);
            story.saved.push(rule.clone());
        }
        for event in &events {
            story.happens(event);
            story.check();
        }
    }
}
