//! Which values of selection rules select, deselect, or decide nothing.

use crate::directory::{Fixture, check};
use muster_core::{
    decide::proposal::Proposal,
    model::{
        employee::Status,
        problem::{Detail, selection},
    },
    read::reading::FieldFill,
    setup::{
        policy::Deselected,
        selection::{BlankSelection, Comparison, Day, Rule, Test},
    },
};

const STAFF: &str = "
    id,email,first,last,end,status
    1,a@x.nl,An,Aa,,
    2,b@x.nl,Bo,Bb,,
    3,c@x.nl,Cy,Cc,,
    4,d@x.nl,Di,Dd,,
    5,e@x.nl,Ed,Ee,,";

/// Employees 1 to 5, of whom a rule on the column `state` selects, reviewed with a first delivery in which
/// an unknown employee is `Terminated`.
fn reviewed(test: Test) -> Fixture {
    let mut fixture = Fixture::new(STAFF).with(|policy| policy.limits.shrunk.number = 100);
    fixture.setup.rules.selection = vec![Rule::new("state".into(), test)];
    let active: String = (1..=5).map(|id| row(id, "Active")).collect();
    let proposal = fixture.propose(&[&format!("{HEADER}{active}{}", row(99, "Terminated"))]);
    assert!(proposal.plan.is_empty(), "{:?}", fixture.story(&proposal));
    fixture.settle(&proposal);
    fixture.remember(&proposal);
    fixture
}

const HEADER: &str = "id,email,first,last,state,end\n";

fn row(id: usize, state: &str) -> String {
    let (first, last) = [
        ("An", "Aa"),
        ("Bo", "Bb"),
        ("Cy", "Cc"),
        ("Di", "Dd"),
        ("Ed", "Ee"),
    ]
    .get(id - 1)
    .copied()
    .unwrap_or(("Zoe", "Zee"));
    let letter = char::from(b'a' + (id as u8 - 1) % 26);
    format!("{id},{letter}@x.nl,{first},{last},{state},\n")
}

/// What the record of employee 1 does.
#[track_caller]
fn says(fixture: &mut Fixture, state: &str, expected: &str) {
    check(fixture, &[&format!("{HEADER}{}", row(1, state))], expected);
}

fn equals() -> Test {
    Test::Equals("Active".into())
}

fn kept(proposal: &Proposal) -> Vec<(String, u64)> {
    let named = |problem: &muster_core::model::problem::Problem| match problem.detail {
        Detail::Selection(selection::Detail::NewValue { employees }) => {
            Some((problem.value.clone().unwrap(), employees))
        }
        Detail::Selection(selection::Detail::Blank { employees }) => {
            Some((String::new(), employees))
        }
        _ => None,
    };
    proposal.problems.kept().iter().filter_map(named).collect()
}

#[test]
fn a_blank_or_new_value_keeps_a_known_employee() {
    let warned = "line 2: warning MUS-SELECT-UNDECIDED";
    let held = "held deactivate 1 new_selection_value\nline 2: warning MUS-SELECT-UNDECIDED";
    for test in [equals(), Test::In(vec!["Active".into(), "Leave".into()])] {
        says(&mut reviewed(test.clone()), "", warned);
        says(&mut reviewed(test.clone()), "<null>", warned);
        says(&mut reviewed(test.clone()), "Onboarding", held);
        says(&mut reviewed(test.clone()), "Actve", held);
        says(&mut reviewed(test.clone()), " ACTIVE ", "");
        says(&mut reviewed(test.clone()), "active", "");
        for no in ["no", "Nein", "FALSE", "0", "terminated", "TERMINATED "] {
            says(&mut reviewed(test.clone()), no, "deactivate 1 deselected");
        }
    }
}

#[test]
fn a_new_value_is_named_once_with_everybody_who_has_it() {
    let fixture = reviewed(equals());
    let file = [
        (1, "Onboarding"),
        (2, "onboarding"),
        (3, "Sabbatical"),
        (4, ""),
        (99, "Intern"),
    ]
    .map(|(id, state)| row(id, state))
    .concat();
    let proposal = fixture.propose(&[&format!("{HEADER}{file}")]);
    assert_eq!(
        kept(&proposal),
        [
            ("Onboarding".into(), 2),
            ("Sabbatical".into(), 1),
            (String::new(), 1)
        ]
    );
    assert_eq!((proposal.counts.held, proposal.counts.excluded), (3, 2));
}

#[test]
fn a_value_means_not_selected_once_its_departures_are_approved() {
    let mut fixture = reviewed(equals());
    let file = format!("{HEADER}{}{}", row(1, "Onboarding"), row(99, "Intern"));
    let proposal = fixture.propose(&[&file]);
    fixture.remember(&proposal);
    // Until the decision, it stays held.
    let again = fixture.propose(&[&file]);
    assert_eq!(fixture.story(&again), fixture.story(&proposal));
    let last = fixture.last_good.as_mut().unwrap();
    last.fills = last.fills.drain(..).map(FieldFill::approved).collect();
    let second = |state| format!("{HEADER}{}", row(2, state));
    check(
        &mut fixture.clone(),
        &[&second("ONBOARDING")],
        "deactivate 2 deselected",
    );
    // Nobody decided on a value of records that are about nobody.
    let held = "held deactivate 2 new_selection_value\nline 2: warning MUS-SELECT-UNDECIDED";
    check(&mut fixture, &[&second("Intern")], held);
}

#[test]
fn an_undecided_record_still_says_when_its_employee_leaves() {
    for state in ["", "Onboarding"] {
        let file = format!("{HEADER}1,a.new@x.nl,Anna,Aa,{state},2026-04-30");
        let mut fixture = reviewed(equals());
        let story = fixture.step(&[&file]);
        assert_eq!(
            story[0], "deactivate 1 offboarding_date offboarding_date=->2026-04-30",
            "{state:?}"
        );
        assert_eq!(
            fixture.person("1").email(),
            "a@x.nl",
            "nothing else is used"
        );
        let ahead = format!("{HEADER}2,b@x.nl,Bo,Bb,{state},2026-06-30");
        let story = fixture.step(&[&ahead]);
        assert_eq!(
            story[0], "update 2 record offboarding_date=->2026-06-30",
            "{state:?}"
        );
        assert_eq!(fixture.person("2").status, Status::Active);
    }
}

#[test]
fn nobody_is_created_or_brought_back_by_an_undecided_record() {
    for state in ["", "Onboarding", "<null>"] {
        let file = format!("{HEADER}{}", row(99, state));
        let proposal = reviewed(equals()).propose(&[&file]);
        assert_eq!(
            (proposal.counts.excluded, proposal.plan.len()),
            (1, 0),
            "{state:?}"
        );
        let mut left = reviewed(equals());
        left.step(&[&format!("{HEADER}{}", row(1, "no"))]);
        assert_eq!(left.person("1").status, Status::Inactive);
        let back = left.propose(&[&format!("{HEADER}{}", row(1, state))]);
        assert!(back.plan.is_empty(), "{state:?}");
    }
}

#[test]
fn a_blank_may_be_declared_a_no() {
    let mut fixture = reviewed(equals());
    fixture.setup.rules.selection[0].blank = BlankSelection::NotSelected;
    says(&mut fixture, "", "deactivate 1 deselected");
    let mut keeping = reviewed(equals()).with(|policy| policy.deselected = Deselected::Keep);
    says(
        &mut keeping,
        "Onboarding",
        "line 2: warning MUS-SELECT-UNDECIDED",
    );
}

#[test]
fn other_rules_decide_about_blank_and_new_values() {
    for (test, state) in [
        (Test::Empty(false), ""),
        (Test::Matches("^A".into()), "Onboarding"),
        (Test::NotIn(vec!["Gone".into()]), " gone"),
        (Test::NotEquals("Gone".into()), "GONE"),
        (Test::StartsWith("A".into()), ""),
    ] {
        let mut fixture = Fixture::new(STAFF);
        fixture.setup.rules.selection = vec![Rule::new("state".into(), test)];
        says(&mut fixture, state, "deactivate 1 deselected");
    }
}

#[test]
fn a_directory_reviewed_before_values_were_remembered_learns_from_those_who_are_not_selected() {
    let mut fixture = reviewed(equals());
    let last = fixture.last_good.as_mut().unwrap();
    last.fills.retain(|fill| !fill.field.starts_with("select:"));
    let file = format!(
        "{HEADER}{}{}{}",
        row(1, "Inactive"),
        row(2, "Onboarding"),
        row(99, "inactive")
    );
    let proposal = fixture.propose(&[&file]);
    assert_eq!(
        fixture.story(&proposal),
        [
            "deactivate 1 deselected",
            "held deactivate 2 new_selection_value",
            "line 3: warning MUS-SELECT-UNDECIDED",
        ]
    );
    let fill = proposal
        .fills
        .iter()
        .find(|fill| fill.field == "select:state")
        .unwrap();
    assert_eq!(fill.not_selected, ["inactive"]);
}

#[test]
fn a_rule_relative_to_today_decides_again_about_the_same_file_on_a_later_day() {
    let mut fixture = Fixture::new(STAFF);
    let until = Test::Date(Comparison::AtLeast, Day::Today(0));
    fixture.setup.rules.selection = vec![Rule::new("until".into(), until)];
    let file = "id,email,first,last,until
        1,a@x.nl,An,Aa,2026-05-10
        2,b@x.nl,Bo,Bb,2026-06-30
        9,i@x.nl,Ian,Ii,2026-05-20";
    check(&mut fixture, &[file], "create 9 new_person active");
    let mut later = fixture.on(2026, 5, 11);
    check(&mut later, &[file], "deactivate 1 deselected");
    // A rule that waits for a day selects on that day.
    let from = Test::Date(Comparison::AtMost, Day::Today(7));
    later.setup.rules.selection = vec![Rule::new("until".into(), from)];
    check(
        &mut later.clone().on(2026, 6, 22),
        &[file],
        "reactivate 1 came_back\ndeactivate 2 deselected",
    );
    let mut last = later.on(2026, 6, 23);
    check(&mut last, &[file], "reactivate 1 came_back");
}
