//! Undo of addresses and external ids that another employee has now.

use super::*;

#[test]
fn an_address_that_passed_on_is_left_alone_and_the_rest_is_undone() {
    // Ann was aa@ before; the run gave her a@, and Cor, whom it created, the address that she had.
    let fixture = Fixture::new(&STAFF.replace("c@x.nl", "AA@x.nl"));
    let changes = [
        (
            1,
            vec![
                field(c::EMAIL, "aa@x.nl", "a@x.nl"),
                field(c::DEPARTMENT, "HR", "Sales"),
            ],
        ),
        (2, vec![field(c::DEPARTMENT, "HR", "Sales")]),
    ];
    check(
        &fixture,
        &[3],
        &changes,
        &[
            "update 1 department=Sales>HR",
            "update 2 department=Sales>HR",
            "deactivate 3 status=active>inactive",
            "taken: email aa@x.nl of Ann Aal is Cor Cas's",
        ],
    );
    // Nothing else to restore: no operation.
    let only = [(1, vec![field(c::EMAIL, "aa@x.nl", "a@x.nl")])];
    check(
        &fixture,
        &[],
        &only,
        &["taken: email aa@x.nl of Ann Aal is Cor Cas's"],
    );
}

#[test]
fn an_external_id_that_passed_on_is_left_alone_and_case_counts() {
    let changes = [(1, vec![field(c::EXTERNAL_ID, "E4", "E1")])];
    let taken = ["taken: external_id E4 of Ann Aal is Dan Dik's"];
    check(&staff(), &[], &changes, &taken);
    let other = [(1, vec![field(c::EXTERNAL_ID, "e4", "E1")])];
    check(&staff(), &[], &other, &["update 1 external_id=E1>e4"]);
}

#[test]
fn addresses_that_employees_swapped_are_swapped_back() {
    let swap = [
        (1, vec![field(c::EMAIL, "b@x.nl", "a@x.nl")]),
        (2, vec![field(c::EMAIL, "a@x.nl", "b@x.nl")]),
    ];
    check(
        &staff(),
        &[],
        &swap,
        &[
            "update 1 email=a@x.nl>b@x.nl",
            "update 2 email=b@x.nl>a@x.nl",
        ],
    );
    // In a cycle of three, too.
    let cycle = [
        (1, vec![field(c::EMAIL, "b@x.nl", "a@x.nl")]),
        (2, vec![field(c::EMAIL, "c@x.nl", "b@x.nl")]),
        (3, vec![field(c::EMAIL, "a@x.nl", "c@x.nl")]),
    ];
    assert_eq!(propose(&staff(), &[], &cycle).plan.operations.len(), 3);
}

#[test]
fn external_ids_that_employees_swapped_are_swapped_back() {
    let swap = [
        (1, vec![field(c::EXTERNAL_ID, "E2", "E1")]),
        (2, vec![field(c::EXTERNAL_ID, "E1", "E2")]),
    ];
    let swapped = ["update 1 external_id=E1>E2", "update 2 external_id=E2>E1"];
    check(&staff(), &[], &swap, &swapped);
    // Bob had no id before, so that he gives his up.
    let passed_on = [
        (1, vec![field(c::EXTERNAL_ID, "E2", "E1")]),
        (2, vec![field(c::EXTERNAL_ID, "", "E2")]),
    ];
    let returned = ["update 1 external_id=E1>E2", "update 2 external_id=E2>-"];
    check(&staff(), &[], &passed_on, &returned);
}

#[test]
fn one_address_that_stays_keeps_the_whole_chain() {
    // Bob's address changed again since, so that Ann cannot have b@, so that Cor cannot have a@.
    let mut fixture = staff();
    fixture.people[1].pins = vec![pin(c::EMAIL, "b@x.nl")];
    let chain = [
        (1, vec![field(c::EMAIL, "b@x.nl", "a@x.nl")]),
        (2, vec![field(c::EMAIL, "z@x.nl", "b@x.nl")]),
        (3, vec![field(c::EMAIL, "a@x.nl", "c@x.nl")]),
    ];
    check(
        &fixture,
        &[],
        &chain,
        &[
            "pinned: email is b@x.nl",
            "taken: email b@x.nl of Ann Aal is Bob Bos's",
            "taken: email a@x.nl of Cor Cas is Ann Aal's",
        ],
    );
    // Where Bob gives his up, all of them move.
    assert_eq!(propose(&staff(), &[], &chain).plan.operations.len(), 3);
    // A change of case keeps the address.
    let case = [
        (1, vec![field(c::EMAIL, "b@x.nl", "a@x.nl")]),
        (2, vec![field(c::EMAIL, "B@x.nl", "b@x.nl")]),
    ];
    check(
        &staff(),
        &[],
        &case,
        &[
            "update 2 email=b@x.nl>B@x.nl",
            "taken: email b@x.nl of Ann Aal is Bob Bos's",
        ],
    );
    // One's own address in another case is no other employee's.
    let own = [(1, vec![field(c::EMAIL, "A@x.nl", "a@x.nl")])];
    check(&staff(), &[], &own, &["update 1 email=a@x.nl>A@x.nl"]);
    // An address that was cleared is given back to nobody.
    let cleared = [(1, vec![field(c::EMAIL, "", "a@x.nl")])];
    check(&staff(), &[], &cleared, &["update 1 email=a@x.nl>-"]);
}

#[test]
fn the_keys_that_an_undo_gives_back_are_looked_up() {
    let changes = [
        (
            EmployeeId(1),
            vec![
                field(c::EMAIL, "old@x.nl", "a@x.nl"),
                field(c::TITLE, "x", "y"),
            ],
        ),
        (
            EmployeeId(2),
            vec![
                field(c::EXTERNAL_ID, "OLD", "E2"),
                field(c::EMAIL, "", "b@x.nl"),
            ],
        ),
    ];
    assert_eq!(undo::wanted_keys(&changes), (vec!["OLD"], vec!["old@x.nl"]));
}
