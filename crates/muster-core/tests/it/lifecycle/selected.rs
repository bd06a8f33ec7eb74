//! Who is selected, who is deselected, and what an unreadable selection column decides (directory rule 6).

use crate::directory::{Fixture, check, crowd};
use muster_core::{
    model::{code::Code, problem::selection},
    setup::policy::{Deselected, Missing},
};

fn gated(row: &str) -> String {
    let others: String = (2..=9)
        .map(|id| format!("{id},p{id}@x.nl,First{id},Last{id},yes\n"))
        .collect();
    format!("id,email,first,last,access\n{others}{row}")
}

#[test]
fn who_is_not_selected_needs_nothing_but_the_key() {
    let fixture = || Fixture::crowd(9).gated();
    // The address goes with who leaves, and so may names.
    check(
        &mut fixture(),
        &[&gated("1,,First1,Last1,no")],
        "deactivate 1 deselected",
    );
    check(
        &mut fixture(),
        &[&gated("1,<null>,,,no")],
        "deactivate 1 deselected",
    );
    check(&mut fixture(), &[&gated("99,,Zoe,Zee,no")], "");
    check(
        &mut fixture(),
        &[&gated("1,,First1,Last1,yes")],
        "line 10: rejected MUS-VALUE-REQUIRED",
    );
    let nobody = "line 10: rejected MUS-VALUE-REQUIRED\npartial unknown_people";
    check(&mut fixture(), &[&gated(",,First1,Last1,no")], nobody);
}

#[test]
fn who_is_not_selected_is_deselected_if_known_and_excluded_if_not() {
    let fixture = || Fixture::crowd(9).gated();
    let deselected = "deactivate 1 deselected";
    check(
        &mut fixture(),
        &[&gated("1,p1@x.nl,First1,Last1,no")],
        deselected,
    );
    check(&mut fixture(), &[&gated("1,p1@x.nl,First1,Last1,yes")], "");
    check(&mut fixture(), &[&gated("99,zoe@x.nl,Zoe,Zee,no")], "");
    let mut keeping = fixture().with(|policy| policy.deselected = Deselected::Keep);
    check(&mut keeping, &[&gated("1,p1@x.nl,First1,Last1,no")], "");
    let mut back = fixture();
    back.step(&[&gated("1,p1@x.nl,First1,Last1,no")]);
    check(
        &mut back,
        &[&gated("1,p1@x.nl,First1,Last1,yes")],
        "reactivate 1 came_back",
    );
}

#[test]
fn a_row_that_is_not_selected_removes_nobody_by_a_reused_address() {
    check(
        &mut Fixture::crowd(9).gated(),
        &[&gated("99,p1@x.nl,Zoe,Zee,no")],
        "",
    );
}

#[test]
fn a_selection_column_that_cannot_be_read_decides_nothing() {
    let mut fixture = Fixture::crowd(9)
        .gated()
        .with(|policy| policy.missing = Missing::Deactivate);
    check(
        &mut fixture,
        &[&gated("1,p1@x.nl,First1,Last1,perhaps")],
        "line 10: rejected MUS-VALUE-BOOLEAN",
    );
    check(
        &mut fixture,
        &[&gated("1,p1@x.nl,First1,Last1,<unreadable>")],
        "line 10: rejected MUS-CSV-ENCODING",
    );
    // An attribute that one record lacks is not a "no", and not a "yes" either.
    let lacking = gated("1,p1@x.nl,First1,Last1,<absent>\n99,zoe@x.nl,Zoe,Zee,<absent>");
    check(&mut fixture, &[&lacking], "warning MUS-SELECT-ABSENT");
    let proposal = fixture.propose(&[&lacking]);
    let reported = proposal
        .problems
        .kept()
        .iter()
        .find(|problem| problem.code == Code::SelectionColumnAbsent)
        .unwrap();
    let detail = selection::Detail::ColumnsAbsentInSome {
        columns: vec!["access".into()],
        records: 2,
        read: 10,
    };
    assert_eq!(reported.detail, detail.into());
}

#[test]
fn a_selection_column_that_is_absent_from_every_record_deselects_nobody() {
    let mut fixture = Fixture::crowd(9)
        .gated()
        .with(|policy| policy.missing = Missing::Deactivate);
    check(
        &mut fixture,
        &[&crowd(2..=12)],
        "warning MUS-SELECT-ABSENT\npartial attribute_withheld",
    );
    let withheld: String = (1..=9)
        .map(|id| format!("{id},p{id}@x.nl,First{id},Last{id},<absent>\n"))
        .collect();
    let file = format!("id,email,first,last,access\n{withheld}");
    check(
        &mut fixture,
        &[&file],
        "warning MUS-SELECT-ABSENT\npartial attribute_withheld",
    );
}
