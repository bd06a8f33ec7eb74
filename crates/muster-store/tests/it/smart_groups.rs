//! Membership of smart groups: what transactions, days and new rules do to it, and what is remembered.

use crate::ground::{Ground, at, change, operation};
use jiff::{Timestamp, ToSpan, civil::Date};
use muster_core::{
    decide::proposal::Proposal,
    derive::smart_group::{Condition, MoveReason, SmartGroup},
    model::{
        calendar::Calendar,
        employee::Employee,
        field::{FieldNumber, canonical},
        ids::{EmployeeId, RunId},
        plan::{Operation, OperationKind, Reason},
        run::{RunKind, RunStatus},
    },
    setup::selection::{Comparison, Day, Test},
};
use muster_store::{GroupMoves, GroupSaving, Settlement};

pub(crate) fn on(field: &str, test: Test) -> Condition {
    Condition {
        field: field.to_owned(),
        tests: vec![test],
    }
}

pub(crate) fn is(field: &str, value: &str) -> Condition {
    on(field, Test::Equals(value.to_owned()))
}

pub(crate) fn group(
    name: &str,
    conditions: Vec<Condition>,
    expression: Option<&str>,
) -> SmartGroup {
    SmartGroup {
        name: name.to_owned(),
        conditions,
        expression: expression.map(str::to_owned),
    }
}

pub(crate) fn today(now: Timestamp) -> Date {
    Calendar::at(now, &Default::default()).today
}

impl Ground {
    pub(crate) fn apply(&self, groups: &[SmartGroup], now: Timestamp) -> (RunId, Vec<GroupMoves>) {
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

    pub(crate) fn settle_at(&self, proposal: &Proposal, now: Timestamp) -> RunId {
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

    pub(crate) fn members(&self, name: &str) -> Vec<i64> {
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

    pub(crate) fn update(&self, id: i64, field: FieldNumber, new: &str) -> Operation {
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
fn saving_a_rule_moves_all_its_members_and_a_preview_says_so_before() {
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
    let page = |after| {
        let workspace = &ground.workspace;
        let page = ground
            .store
            .smart_group_members_page(workspace, "Annes", after, 9);
        let members = page.unwrap().into_iter();
        members
            .map(|moved| (moved.employee.0, moved.run, moved.reason))
            .collect::<Vec<_>>()
    };
    assert_eq!(page(None), [(2, changed, rule.clone())]);
    assert_eq!(page(Some(EmployeeId(2))), []);
    let counts = |since| {
        let counts = ground
            .store
            .smart_group_move_counts(ground.workspace.id, since);
        counts
            .unwrap()
            .get("Annes")
            .map(|one| (one.joined, one.left))
    };
    assert_eq!(counts(at(0)), Some((2, 1)));
    assert_eq!(counts(at(1_000)), None);
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
fn approved_plan_updates_memberships() {
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
fn date_rules_change_memberships_once_a_day() {
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
fn removed_smart_group_loses_its_members_and_keeps_its_history() {
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
