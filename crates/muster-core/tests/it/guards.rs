//! What holds a plan until a person approves it (directory rule 7).

mod fields;
mod sentinels;

use crate::directory::{Fixture, assert_lawful, crowd};
use muster_core::{
    decide::{
        guard::{Evidence, Finding},
        proposal::{Proposal, Verdict},
    },
    model::{code::Code, employee::Status, field::canonical as c, ids::RunId},
    read::reading::PartialReason,
    setup::{
        mapping::Source,
        policy::{Approve, MatchBy, Missing, OnGuard},
    },
};

/// People with ids from 1 who are missed when they are not in a delivery; the week is not looked at.
fn people(count: usize) -> Fixture {
    Fixture::crowd(count).with(|policy| {
        policy.missing = Missing::Deactivate;
        policy.limits.removals_week.number = 10_000;
    })
}

/// The guards that a delivery trips.
#[track_caller]
fn trips(fixture: &Fixture, delivery: &str, expected: &[&str]) -> Proposal {
    let proposal = fixture.propose(&[delivery]);
    assert_lawful(fixture, &proposal);
    let guards: Vec<&str> = proposal
        .findings
        .iter()
        .map(|finding| finding.guard.as_str())
        .collect();
    assert_eq!(guards, expected, "{:?}", proposal.findings);
    assert_eq!(
        proposal.verdict,
        if expected.is_empty() {
            Verdict::Go
        } else {
            Verdict::Hold
        }
    );
    proposal
}

fn only(proposal: &Proposal) -> &Finding {
    &proposal.findings[0]
}

/// Rows with a column of text made from the id.
fn rows(
    ids: impl IntoIterator<Item = usize>,
    header: &str,
    row: impl Fn(usize) -> String,
) -> String {
    format!("{header}\n") + &ids.into_iter().map(|id| row(id) + "\n").collect::<String>()
}

/// P08.
#[test]
fn m01_a_mass_departure_is_held_whole() {
    let proposal = trips(
        &people(20),
        &(crowd(1..=4) + "99,new@x.nl,New,Person,1990-01-01,Sales"),
        &["removals"],
    );
    let finding = only(&proposal);
    let Evidence::Removals {
        limit,
        at_most,
        deselected,
        ..
    } = &finding.evidence
    else {
        panic!("{finding:?}")
    };
    assert_eq!(
        (limit.percent, limit.number, *at_most, *deselected),
        (10.0, 3, 500, 0)
    );
    assert_eq!(
        (finding.count, finding.of, finding.people.len()),
        (16, 20, 16)
    );
    assert_eq!(finding.people[0], "First5 Last5 (5)");
    assert_eq!(
        proposal.counts.created, 1,
        "the joiner is in the plan that is held"
    );
    assert_eq!(
        only(&trips(&people(100), &crowd(1..=4), &["removals"]))
            .people
            .len(),
        20,
        "the first twenty are named"
    );
}

#[test]
fn more_than_ten_percent_and_more_than_three_may_not_leave() {
    trips(&people(40), &crowd(5..=40), &[]);
    trips(&people(39), &crowd(5..=39), &["removals"]);
    trips(&people(5), &crowd(4..=5), &[]);
    trips(&people(5), &crowd(5..=5), &["removals"]);
}

#[test]
fn more_than_500_may_not_leave_whatever_their_share() {
    trips(&people(6_000), &crowd(501..=6_000), &[]);
    trips(&people(6_000), &crowd(502..=6_000), &["removals"]);
}

#[test]
fn m06_in_a_small_company_the_floor_decides_but_never_everybody() {
    trips(&people(3), &crowd(3..=3), &[]);
    trips(&people(3), &crowd(9..=9), &["removals"]);
    trips(&people(1), &crowd(9..=9), &["removals"]);
}

#[test]
fn an_empty_delivery_is_held_and_a_partial_one_removes_nobody() {
    for count in [1, 2, 3, 50] {
        let empty = "id,email,first,last";
        assert_eq!(
            trips(&people(count), empty, &["removals"]).counts.missing,
            count as u64
        );
        let partial = people(count).propose_partial(&[empty], Some(PartialReason::Empty));
        assert!(partial.plan.is_empty());
    }
}

/// P08.
#[test]
fn m04_every_way_of_leaving_counts() {
    let header = "id,email,first,last,end,access";
    let row = |id: usize, end: &str, access: &str| {
        format!("{id},p{id}@x.nl,First{id},Last{id},{end},{access}")
    };
    // Everybody's end date has passed.
    let past = rows(1..=20, header, |id| row(id, "2026-04-01", "yes"));
    assert_eq!(only(&trips(&people(20), &past, &["removals"])).count, 20);
    // Four people: one missing, one by date, one deselected, one whose date came due without a record.
    let mut fixture = people(20).gated();
    let settle = rows(1..=20, header, |id| {
        row(id, if id == 4 { "2026-05-10" } else { "" }, "yes")
    });
    assert_eq!(
        fixture.step(&[&settle]),
        ["update 4 same_external_id offboarding_date=->2026-05-10"]
    );
    let four = rows(2..=20, header, |id| match id {
        2 => row(id, "2026-05-01", "yes"),
        3 => row(id, "", "no"),
        4 => row(id, "2026-05-10", "yes"),
        _ => row(id, "", "yes"),
    });
    let proposal = trips(&fixture.on(2026, 5, 11), &four, &["removals"]);
    assert_eq!(only(&proposal).count, 4);
}

#[test]
fn m04_everybody_losing_the_selection_is_held() {
    let lost = rows(1..=20, "id,email,first,last,access", |id| {
        format!("{id},p{id}@x.nl,First{id},Last{id},no")
    });
    let proposal = trips(&people(20).gated(), &lost, &["removals"]);
    let Evidence::Removals {
        missing,
        deselected,
        rules,
        ..
    } = &only(&proposal).evidence
    else {
        panic!("{:?}", proposal.findings)
    };
    assert_eq!((*missing, *deselected), (0, 20));
    assert_eq!(*rules, [("access".to_owned(), 20)]);
}

#[test]
fn departures_for_another_reason_name_no_selection_rule() {
    let header = "id,email,first,last,access";
    // The one who is not selected was never in the directory.
    let delivery = rows((9..=20).chain([99]), header, |id| {
        let access = if id == 99 { "no" } else { "yes" };
        format!("{id},p{id}@x.nl,First{id},Last{id},{access}")
    });
    let proposal = trips(&people(20).gated(), &delivery, &["removals"]);
    let Evidence::Removals {
        missing,
        deselected,
        rules,
        ..
    } = &only(&proposal).evidence
    else {
        panic!("{:?}", proposal.findings)
    };
    assert_eq!((*missing, *deselected), (8, 0));
    assert!(rules.is_empty(), "{rules:?}");
}

#[test]
fn m05_everybody_replaced_is_held_with_who_comes_and_who_goes() {
    let proposal = trips(&people(20), &crowd(101..=120), &["removals"]);
    assert_eq!((proposal.counts.created, proposal.counts.missing), (20, 20));
    // Under new ids with the old addresses they are held one by one: nobody leaves.
    let renumbered = rows(1..=20, "id,email,first,last", |id| {
        format!("N{id},p{id}@x.nl,First{id},Last{id}")
    });
    let proposal = trips(&people(20), &renumbered, &[]);
    assert_eq!((proposal.counts.held, proposal.plan.len()), (20, 20));
}

#[test]
fn m03_a_slow_bleed_is_held_by_the_week() {
    let mut fixture = Fixture::crowd(100).with(|policy| policy.missing = Missing::Deactivate);
    fixture.removed_this_week = 17;
    trips(&fixture, &crowd(4..=100), &[]);
    fixture.removed_this_week = 25;
    let proposal = trips(&fixture, &crowd(4..=100), &["removals_week"]);
    let finding = only(&proposal);
    assert_eq!((finding.count, finding.of), (28, 125));
    assert!(
        matches!(
            finding.evidence,
            Evidence::RemovalsWeek { now: 3, earlier: 25, limit } if limit.percent == 20.0 && limit.number == 10
        ),
        "{finding:?}"
    );
    fixture.removed_this_week = 60;
    trips(&fixture, &crowd(1..=101), &[]);
}

#[test]
fn m25_protected_people_are_never_removed() {
    let roster = "id,email,first,last,protected\n1,a@x.nl,A,A,yes\n2,b@x.nl,B,B,\n3,c@x.nl,C,C,";
    let pinned = || {
        Fixture::new(roster)
            .with(|policy| policy.missing = Missing::Deactivate)
            .gated()
    };
    let others = "2,b@x.nl,B,B,,yes\n3,c@x.nl,C,C,,yes";
    for row in ["", "1,a@x.nl,A,A,,no", "1,a@x.nl,A,A,2026-04-01,yes"] {
        let mut fixture = pinned();
        let file = format!("id,email,first,last,end,access\n{others}\n{row}");
        let proposal = fixture.propose(&[&file]);
        assert_lawful(&fixture, &proposal);
        let warned = proposal
            .problems
            .kept()
            .iter()
            .any(|problem| problem.code == Code::Protected);
        assert!(warned, "{row:?}: {:?}", proposal.problems);
        fixture.settle(&proposal);
        assert_eq!(fixture.person("1").status, Status::Active, "{row:?}");
    }
    let mut fixture = pinned();
    fixture.step(&[&format!(
        "id,email,first,last,end,access\n{others}\n1,a@x.nl,A,A,2026-05-20,yes"
    )]);
    assert_eq!(
        fixture.sweep("2026-05-21T00:00:00Z"),
        ["warning MUS-PROTECTED"]
    );
}

#[test]
fn deletions_are_always_held_and_may_be_held_alone() {
    let deleting = |on_guard| {
        Fixture::crowd(40).with(|policy| {
            policy.missing = Missing::Delete;
            policy.on_guard = on_guard;
        })
    };
    let proposal = trips(&deleting(OnGuard::HoldAll), &crowd(2..=41), &["deletions"]);
    let finding = only(&proposal);
    assert_eq!((finding.count, finding.of), (1, 40));
    assert_eq!(finding.people, ["First1 Last1 (1)"]);
    let apart = deleting(OnGuard::HoldRemovals).propose(&[&crowd(2..=41)]);
    assert_eq!(apart.verdict, Verdict::HoldRemovals);
    assert_eq!(
        deleting(OnGuard::HoldAll)
            .propose(&[&crowd(1..=41)])
            .verdict,
        Verdict::Go
    );
}

#[test]
fn a_date_of_access_is_not_missed_if_no_record_could_be_used() {
    let row = |id: usize| format!("{id},p{id}@x.nl,First{id},Last{id},2020-01-01");
    let mut fixture = Fixture::crowd(40);
    let first = fixture.propose(&[&rows(1..=40, "id,email,first,last,start", row)]);
    fixture.remember(&first);
    fixture.settle(&first);
    // Every row has a value too many: nothing is known of their columns.
    let broken = rows(1..=12, "id,email,first,last,begin", |id| {
        format!("!{}", row(id))
    });
    trips(&fixture, &broken, &["rejected"]);
    // One that could be used tells that the column is gone.
    let one = broken + "13,p13@x.nl,First13,Last13,2020-01-01\n";
    trips(&fixture, &one, &["rejected", "fill"]);
}

#[test]
fn m21_a_changed_mapping_is_looked_at_first() {
    let mut fixture = Fixture::crowd(30).with(|policy| policy.approve = Approve::First);
    let file = crowd(1..=30);
    let first = fixture.propose(&[&file]);
    fixture.remember(&first);
    trips(
        &fixture,
        &(file.clone() + "99,new@x.nl,New,Person,1990-01-01,Sales"),
        &[],
    );
    let entries = &mut fixture.setup.rules.mapping.entries;
    entries
        .iter_mut()
        .find(|entry| entry.field == c::LAST_NAME)
        .unwrap()
        .source = Source::Column("department".to_owned());
    trips(
        &fixture,
        &file,
        &["one_value", "field_changes", "setup_changed"],
    );
    let mut selecting = Fixture::crowd(30).with(|policy| policy.approve = Approve::First);
    selecting.remember(&first);
    let more = file + "99,new@x.nl,New,Person,1990-01-01,Sales";
    let with_access = more
        .replace("department", "department,access")
        .replace("Sales", "Sales,yes");
    trips(&selecting.gated(), &with_access, &["setup_changed"]);
}

#[test]
fn the_first_run_is_approved_or_every_run_or_none() {
    let file = crowd(1..=31);
    let approving = |approve| Fixture::crowd(30).with(|policy| policy.approve = approve);
    trips(&approving(Approve::First), &file, &["first_run"]);
    trips(&approving(Approve::Always), &file, &["approve_always"]);
    trips(&approving(Approve::Never), &file, &[]);
    trips(&approving(Approve::Always), &crowd(1..=30), &[]);
}

#[test]
fn a_plan_that_waits_holds_the_next() {
    let mut fixture = Fixture::crowd(3);
    fixture.held_by = Some(RunId(12));
    let proposal = trips(&fixture, &crowd(1..=4), &["integration_held"]);
    assert_eq!(
        only(&proposal).evidence,
        Evidence::IntegrationHeld { run: RunId(12) }
    );
}

#[test]
fn hold_removals_lets_the_rest_through_unless_something_else_is_wrong() {
    let mut fixture = people(20).with(|policy| policy.on_guard = OnGuard::HoldRemovals);
    assert_eq!(
        fixture.propose(&[&crowd(1..=4)]).verdict,
        Verdict::HoldRemovals
    );
    fixture.held_by = Some(RunId(1));
    assert_eq!(fixture.propose(&[&crowd(1..=4)]).verdict, Verdict::Hold);
    assert_eq!(
        fixture.propose(&[&crowd(1..=20)]).verdict,
        Verdict::Go,
        "nothing to do is never held"
    );
}

#[test]
fn removals_wait_with_the_rest_where_another_employee_gets_the_address_or_id() {
    let header = "id,email,first,last,end";
    let row = |id: usize| match id {
        1..=4 => format!("{id},old{id}@x.nl,First{id},Last{id},2026-04-01"),
        _ => format!("{id},p{id}@x.nl,First{id},Last{id},"),
    };
    let leaving = rows(1..=20, header, row);
    let fixture = |by: MatchBy| {
        people(20).with(|policy| {
            policy.on_guard = OnGuard::HoldRemovals;
            policy.limits.key_changes.number = 100;
            policy.match_by = by;
        })
    };
    let by_id = fixture(MatchBy::ExternalIdThenEmail);
    assert_eq!(by_id.propose(&[&leaving]).verdict, Verdict::HoldRemovals);
    // Another person gets it, or a new employee.
    for taking in [
        leaving.replace("p20@", "P1@"),
        leaving.clone() + "99,p1@x.nl,New,Person,",
    ] {
        let proposal = trips(&by_id, &taking, &["removals", "passed_on"]);
        let Evidence::PassedOn { value } = &proposal.findings[1].evidence else {
            panic!("{:?}", proposal.findings)
        };
        assert!(["p1@x.nl", "P1@x.nl"].contains(&value.as_str()), "{value}");
    }
    // Where addresses decide, an id that passes on is held together with the record that gives it up.
    let by_address = rows(1..=20, header, |id| match id {
        1..=5 => format!("N{id},p{id}@x.nl,First{id},Last{id},2026-04-01"),
        20 => "1,p20@x.nl,First20,Last20,".to_owned(),
        _ => row(id),
    });
    let proposal = fixture(MatchBy::Email).propose(&[&by_address]);
    assert_eq!(
        (proposal.verdict, proposal.counts.held),
        (Verdict::HoldRemovals, 2)
    );
}

#[test]
fn a_record_that_waits_for_a_person_holds_only_itself() {
    let reused = "1,zoe@x.nl,Zoe,Zee,2001-01-01,Sales\n";
    let proposal = trips(&people(20), &(crowd(2..=21) + reused), &[]);
    assert_eq!((proposal.counts.held, proposal.counts.created), (1, 1));
}

#[test]
fn a_sweep_is_guarded_too() {
    let end = |id: usize| if id <= 4 { "2026-05-20" } else { "" };
    let staff = rows(1..=20, "id,email,first,last,end", |id| {
        format!("{id},p{id}@x.nl,First{id},Last{id},{}", end(id))
    });
    let story = Fixture::new(&staff).sweep("2026-05-20T23:00:00Z");
    assert_eq!(
        story.last().map(String::as_str),
        Some("guard removals"),
        "{story:?}"
    );
}

#[test]
fn m02_a_plan_for_another_state_of_the_directory_is_another_plan() {
    let fixture = people(20);
    let file = crowd(1..=19);
    let hash = |fixture: &Fixture| {
        fixture
            .propose(&[&file])
            .hash(&fixture.setup.workspace.schema)
    };
    let shown = hash(&fixture);
    let mut touched = fixture.clone();
    touched.people[19].revision += 1;
    assert_ne!(hash(&touched), shown, "the person was changed since");
    assert_eq!(hash(&fixture), shown);
    let other = fixture
        .propose(&[&crowd(2..=20)])
        .hash(&fixture.setup.workspace.schema);
    assert_ne!(other, shown, "the same number of other people");
}
