//! Membership of smart groups: what transactions, days and new rules do to it, and what is remembered.

use crate::ground::{Ground, at, change, operation};
use jiff::{Timestamp, ToSpan, civil::Date};
use muster_core::{
    decide::proposal::Proposal,
    derive::smart_group::{CompiledGroup, Condition, Membership, MoveReason, SmartGroup, evaluate},
    model::{
        calendar::Calendar,
        employee::{Employee, Status},
        field::{FieldNumber, canonical},
        ids::{EmployeeId, RunId},
        plan::{Changed, Operation, OperationKind, Reason},
        run::{RunKind, RunStatus},
    },
    setup::selection::{Comparison, Day, Test},
};
use muster_store::{GroupMoves, GroupSaving, PeopleFilter, Settlement};
use proptest::prelude::*;

fn on(field: &str, test: Test) -> Condition {
    Condition {
        field: field.to_owned(),
        tests: vec![test],
    }
}

fn is(field: &str, value: &str) -> Condition {
    on(field, Test::Equals(value.to_owned()))
}

fn group(name: &str, conditions: Vec<Condition>, expression: Option<&str>) -> SmartGroup {
    SmartGroup {
        name: name.to_owned(),
        conditions,
        expression: expression.map(str::to_owned),
    }
}

fn today(now: Timestamp) -> Date {
    Calendar::at(now, &Default::default()).today
}

impl Ground {
    fn apply(&self, groups: &[SmartGroup], now: Timestamp) -> (RunId, Vec<GroupMoves>) {
        let run = self.begin(RunKind::Groups);
        let saving = GroupSaving {
            workspace: &self.workspace,
            run,
            groups,
            today: today(now),
            now,
        };
        (run, self.store.apply_smart_groups(&saving).unwrap())
    }

    fn settle_at(&self, proposal: &Proposal, now: Timestamp) -> RunId {
        let run = self.begin(RunKind::Sync);
        let settlement = Settlement {
            workspace: &self.workspace,
            integration: Some(self.integration),
            run,
            proposal,
            apply_removals: true,
            setup: "setup-1",
            files: &[],
            now,
            expires: at(170),
            approved_by: None,
            held_plan_hash: None,
        };
        self.store.settle(&settlement, &mut |_| {}).unwrap();
        run
    }

    fn members(&self, name: &str) -> Vec<i64> {
        let mut members = Vec::new();
        let mut note = |person: &Employee, _| {
            members.push(person.id.0);
            true
        };
        self.store
            .smart_group_members(&self.workspace, name, &mut note)
            .unwrap();
        members
    }

    fn update(&self, id: i64, field: FieldNumber, new: &str) -> Operation {
        let person = self.person(id);
        let old = person.value(field).unwrap_or_default().to_owned();
        operation(
            OperationKind::Update,
            &person,
            vec![change(field, &old, new)],
        )
    }
}

#[test]
fn saving_a_rule_moves_everybody_whom_it_takes_and_a_preview_says_so_before() {
    let ground = Ground::with(&["ann", "bob", "cas"]);
    let rules = [
        group("Annes", vec![is("first_name", "ann")], None),
        group("All", vec![], Some("last_name == 'Jansen'")),
    ];
    let preview = ground
        .store
        .preview_smart_groups(&ground.workspace, &rules, today(at(2)))
        .unwrap();
    assert!(
        ground
            .store
            .smart_groups(&ground.workspace)
            .unwrap()
            .is_empty(),
        "a preview saves nothing"
    );
    let (run, did) = ground.apply(&rules, at(2));
    assert_eq!(preview, did, "what was shown is what was done");
    assert_eq!(
        (did[0].is_new, did[0].members, did[0].joins, did[0].leaves),
        (true, 1, 1, 0)
    );
    assert_eq!(did[0].first_joining[0].name, "ann Jansen");
    assert_eq!(
        (ground.members("Annes"), ground.members("All")),
        (vec![1], vec![1, 2, 3])
    );

    let stored = ground.store.smart_groups(&ground.workspace).unwrap();
    assert_eq!(
        stored
            .iter()
            .map(|group| (group.group.name.as_str(), group.members))
            .collect::<Vec<_>>(),
        [("All", 3), ("Annes", 1)]
    );
    assert_eq!(
        (stored[1].saved_run, stored[1].saved_by.as_deref()),
        (run, Some("tester"))
    );
    assert_eq!(
        ground
            .store
            .run(ground.workspace.id, run)
            .unwrap()
            .unwrap()
            .status,
        RunStatus::Applied
    );

    let (again, nothing) = ground.apply(&rules, at(3));
    assert_eq!(
        (nothing[0].is_new, nothing[0].is_changed, nothing[0].joins),
        (false, false, 0)
    );
    assert_eq!(
        ground
            .store
            .run(ground.workspace.id, again)
            .unwrap()
            .unwrap()
            .status,
        RunStatus::NothingToDo
    );
    assert_eq!(
        ground.store.smart_groups(&ground.workspace).unwrap()[0].saved_run,
        run
    );

    let (changed, _) = ground.apply(
        &[group("Annes", vec![is("first_name", "bob")], None)],
        at(4),
    );
    assert_eq!(ground.members("Annes"), [2]);
    let history = ground
        .store
        .smart_group_history(&ground.workspace, "Annes", 9)
        .unwrap();
    let history: Vec<_> = history
        .iter()
        .map(|moved| (moved.run, moved.employee.0, moved.joined, &moved.reason))
        .collect();
    let rule = &MoveReason::RuleChanged;
    assert_eq!(
        history,
        [
            (changed, 1, false, rule),
            (changed, 2, true, rule),
            (run, 1, true, rule)
        ]
    );
}

#[test]
fn membership_follows_every_change_with_its_reason() {
    let ground = Ground::with(&["ann", "bob"]);
    ground.apply(&[group("Leads", vec![is("title", "Lead")], None)], at(2));
    let reason = || {
        let newest = ground
            .store
            .smart_group_history(&ground.workspace, "Leads", 1)
            .unwrap()
            .remove(0);
        (newest.employee.0, newest.joined, newest.reason)
    };
    let fields = |field: &str| MoveReason::FieldChanged(vec![field.to_owned()]);

    let run = ground.settle_at(
        &ground.operations(vec![ground.update(1, canonical::TITLE, "Lead")]),
        at(2),
    );
    assert_eq!(
        (ground.members("Leads"), reason()),
        (vec![1], (1, true, fields("title")))
    );
    let of_ann = ground
        .store
        .smart_groups_of(&ground.workspace, EmployeeId(1))
        .unwrap();
    assert_eq!(
        (of_ann.len(), of_ann[0].group.as_str(), of_ann[0].run),
        (1, "Leads", run)
    );

    let leave = operation(OperationKind::Deactivate, &ground.person(1), Vec::new());
    ground.settle_at(&ground.operations(vec![leave]), at(3));
    assert_eq!(
        (ground.members("Leads"), reason()),
        (vec![], (1, false, fields("status")))
    );

    let back = operation(OperationKind::Reactivate, &ground.person(1), Vec::new());
    ground.settle_at(&ground.operations(vec![back]), at(4));
    assert_eq!(
        (ground.members("Leads"), reason()),
        (vec![1], (1, true, fields("status")))
    );

    let delete = operation(OperationKind::Delete, &ground.person(1), Vec::new());
    ground.settle_at(&ground.operations(vec![delete]), at(5));
    assert_eq!(
        (ground.members("Leads"), reason()),
        (vec![], (1, false, fields("status")))
    );

    ground.apply(
        &[group("Leads", vec![is("first_name", "cas")], None)],
        at(6),
    );
    ground.settle_at(&ground.joiners(&["cas"]), at(6));
    assert_eq!(
        (ground.members("Leads"), reason()),
        (vec![3], (3, true, MoveReason::NewPerson))
    );
}

#[test]
fn an_approved_plan_moves_people_like_any_other() {
    let ground = Ground::with(&["ann"]);
    ground.apply(&[group("Leads", vec![is("title", "Lead")], None)], at(2));
    let mut update = ground.update(1, canonical::TITLE, "Lead");
    update.held = Some(Reason::IdReused);
    let plan = ground.hold(&ground.operations(vec![update]));
    assert!(ground.members("Leads").is_empty());
    ground
        .approve(&plan, &muster_store::Choice::All, 3)
        .unwrap();
    assert_eq!(ground.members("Leads"), [1]);
}

#[test]
fn a_passing_day_moves_people_once() {
    let ground = Ground::with(&["ann", "bob"]);
    let soon = today(at(2)).checked_add(2.days()).unwrap().to_string();
    ground.settle_at(
        &ground.operations(vec![ground.update(1, canonical::PROBATION_END_DATE, &soon)]),
        at(2),
    );
    let probation = group(
        "Probation",
        vec![on(
            "probation_end_date",
            Test::Date(Comparison::AtLeast, Day::Today(0)),
        )],
        None,
    );
    ground.apply(
        &[
            probation,
            group("Annes", vec![is("first_name", "ann")], None),
        ],
        at(2),
    );
    assert_eq!(ground.members("Probation"), [1]);
    let refresh = |hours| {
        let run = ground.begin(RunKind::Sweep);
        let moves = ground
            .store
            .refresh_smart_groups(&ground.workspace, run, today(at(hours)))
            .unwrap();
        moves
            .into_iter()
            .map(|moves| (moves.name, moves.joins, moves.leaves))
            .collect::<Vec<_>>()
    };
    let probation = || "Probation".to_owned();
    assert_eq!(refresh(2), [], "the day has not passed");
    assert_eq!(refresh(2 + 48), [(probation(), 0, 0)]);
    assert_eq!(refresh(2 + 72), [(probation(), 0, 1)]);
    assert_eq!(refresh(2 + 72), []);
    assert!(ground.members("Probation").is_empty());
    let newest = ground
        .store
        .smart_group_history(&ground.workspace, "Probation", 1)
        .unwrap()
        .remove(0);
    assert_eq!(
        (newest.joined, newest.reason),
        (false, MoveReason::DatePassed)
    );
}

#[test]
fn a_removed_group_is_left_by_everybody_and_remembered() {
    let ground = Ground::with(&["ann", "bob"]);
    let all = group("All", vec![is("last_name", "Jansen")], None);
    ground.apply(std::slice::from_ref(&all), at(2));
    let run = ground.begin(RunKind::Groups);
    let remove = |name| {
        ground
            .store
            .remove_smart_group(&ground.workspace, name, run, at(3))
            .unwrap()
    };
    assert_eq!((remove("Nobody"), remove("All")), (None, Some(2)));
    assert!(
        ground.members("All").is_empty()
            && ground
                .store
                .smart_groups(&ground.workspace)
                .unwrap()
                .is_empty()
    );
    let history = ground
        .store
        .smart_group_history(&ground.workspace, "All", 9)
        .unwrap();
    assert_eq!(
        history
            .iter()
            .filter(|moved| moved.reason == MoveReason::GroupRemoved && !moved.joined)
            .count(),
        2
    );
    ground.settle_at(&ground.joiners(&["cas"]), at(4));
    ground.apply(&[all], at(5));
    assert_eq!(ground.members("All"), [1, 2, 3], "a name can be used again");
}

#[test]
fn groups_of_the_workspace_are_counted() {
    let ground = Ground::with(&["ann", "bob"]);
    assert_eq!(
        ground.store.group_sizes(&ground.workspace).unwrap(),
        [("Sales".to_owned(), 0)]
    );
    ground.settle_at(
        &ground.operations(vec![ground.update(1, canonical::GROUP, "Sales")]),
        at(2),
    );
    assert_eq!(
        ground.store.group_sizes(&ground.workspace).unwrap(),
        [("Sales".to_owned(), 1)]
    );
}

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
            let mut told = std::collections::BTreeSet::new();
            for moved in history {
                let new = if moved.joined {
                    told.insert(moved.employee.0)
                } else {
                    told.remove(&moved.employee.0)
                };
                assert!(new, "somebody joined or left twice: {moved:?}");
            }
            assert_eq!(
                told.into_iter().collect::<Vec<_>>(),
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
