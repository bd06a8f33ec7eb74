//! Whom a record is about (directory rule 5): every row of the matching table, duplicates, several files.

use crate::directory::{Fixture, check};
use muster_core::setup::policy::{EmailChange, MatchBy, Missing};

/// Ann, Bob and Cas with ids, Dee without, Eve who has left.
pub(crate) const PEOPLE: &str = "
    id,email,first,last,born,status
    1,ann@x.nl,Ann,Aal,1990-01-01,
    2,bob@x.nl,Bob,Bos,1980-02-02,
    3,cas@x.nl,Cas,Cox,1970-03-03,
    ,dee@x.nl,Dee,Dop,1960-04-04,
    5,eve@x.nl,Eve,Eik,1950-05-05,inactive";

#[track_caller]
pub(crate) fn against(people: &str, rows: &str, expected: &str) {
    check(&mut Fixture::new(people), &[&with_header(rows)], expected);
}

#[track_caller]
pub(crate) fn matched(rows: &str, expected: &str) {
    against(PEOPLE, rows, expected);
}

#[track_caller]
pub(crate) fn by(match_by: MatchBy, rows: &str, expected: &str) {
    check(
        &mut Fixture::new(PEOPLE).with(|policy| policy.match_by = match_by),
        &[&with_header(rows)],
        expected,
    );
}

pub(crate) fn with_header(rows: &str) -> String {
    format!("id,email,first,last,born\n{}", rows.trim())
}

/// The details of all problems, for what they must name.
pub(crate) fn details(fixture: &Fixture, rows: &str) -> String {
    let proposal = fixture.propose(&[&with_header(rows)]);
    proposal
        .problems
        .kept()
        .iter()
        .map(|problem| format!("{:?} {:?}\n", problem.detail, problem.remedy))
        .collect()
}

#[test]
fn a_known_id_updates_the_person_and_their_address() {
    matched(
        "1,ann@x.nl,Anna,Aal,1990-01-01",
        "update 1 same_external_id first_name=Ann>Anna",
    );
    matched(
        "1,anna@x.nl,Ann,Aal,1990-01-01",
        "update 1 same_external_id email=ann@x.nl>anna@x.nl",
    );
    matched("1,ann@x.nl,Ann,Aal,1990-01-01", "");
}

#[test]
fn an_id_with_other_names_birthday_and_address_waits_for_a_person_m09() {
    matched(
        "1,zoe@x.nl,Zoe,Zee,2000-01-01",
        "held update 1 id_reused email=ann@x.nl>zoe@x.nl first_name=Ann>Zoe last_name=Aal>Zee birthday=1990-01-01>2000-01-01",
    );
    // A birthday that is not delivered proves nothing.
    matched(
        "1,zoe@x.nl,Zoe,Zee,",
        "held update 1 id_reused email=ann@x.nl>zoe@x.nl first_name=Ann>Zoe last_name=Aal>Zee",
    );
    // With both birthdays known, one other name is enough, and the same birthday is proof of the same employee.
    matched(
        "1,zoe@x.nl,Zoe,Zee,1990-01-01",
        "update 1 same_external_id email=ann@x.nl>zoe@x.nl first_name=Ann>Zoe last_name=Aal>Zee",
    );
    matched(
        "1,zoe@x.nl,Ann,Zee,2000-01-01",
        "held update 1 id_reused email=ann@x.nl>zoe@x.nl last_name=Aal>Zee birthday=1990-01-01>2000-01-01",
    );
    matched(
        "1,ANN@x.nl,Zoe,Zee,2000-01-01",
        "update 1 same_external_id email=ann@x.nl>ANN@x.nl first_name=Ann>Zoe last_name=Aal>Zee birthday=1990-01-01>2000-01-01",
    );
}

#[test]
fn an_address_that_its_employee_keeps_is_not_given_away() {
    matched(
        "1,bob@x.nl,Ann,Aal,1990-01-01",
        "line 2: rejected MUS-MATCH-ADDRESS-TAKEN",
    );
    let text = details(&Fixture::new(PEOPLE), "1,bob@x.nl,Ann,Aal,1990-01-01");
    assert!(
        text.contains(r#"AddressTaken { address: "bob@x.nl", external_id: Some("1"), holder: Holder { name: "Bob Bos", external_id: Some("2")"#),
        "{text}"
    );
}

#[test]
fn addresses_swap_in_one_step_m07() {
    matched(
        "1,bob@x.nl,Ann,Aal,1990-01-01\n2,ann@x.nl,Bob,Bos,1980-02-02",
        "update 1 same_external_id email=ann@x.nl>bob@x.nl\nupdate 2 same_external_id email=bob@x.nl>ann@x.nl",
    );
    // Different case is still the same address.
    matched(
        "1,BOB@x.nl,Ann,Aal,1990-01-01\n2,Ann@X.nl,Bob,Bos,1980-02-02",
        "update 1 same_external_id email=ann@x.nl>BOB@x.nl\nupdate 2 same_external_id email=bob@x.nl>Ann@X.nl",
    );
}

#[test]
fn cycles_of_any_length_move_in_one_step_m07() {
    for size in [2, 3, 5, 40] {
        let row = |id: usize, address: usize| {
            format!("{id},a{address}@x.nl,First{id},Last{id},1990-01-01\n")
        };
        let people: String = (1..=size).map(|id| row(id, id)).collect();
        let cycle: String = (1..=size).map(|id| row(id, id % size + 1)).collect();
        let mut fixture = Fixture::new(&with_header(&people)).with(|policy| {
            policy.limits.key_changes.number = 100;
            policy.limits.core_field_changes.number = 100;
        });
        let expected = |id| {
            format!(
                "update {id} same_external_id email=a{id}@x.nl>a{}@x.nl\n",
                id % size + 1
            )
        };
        check(
            &mut fixture,
            &[&with_header(&cycle)],
            &(1..=size).map(expected).collect::<String>(),
        );
    }
}

#[test]
fn a_new_person_takes_an_address_that_is_given_up_m07() {
    matched(
        "9,ann@x.nl,Zoe,Zee,2000-01-01\n1,anna@x.nl,Ann,Aal,1990-01-01",
        "create 9 new_person active\nupdate 1 same_external_id email=ann@x.nl>anna@x.nl",
    );
}

#[test]
fn a_refused_record_keeps_its_address_so_that_the_next_in_the_chain_is_refused_too() {
    // Cas wants Bob's, Bob wants Ann's, Ann keeps hers.
    matched(
        "3,bob@x.nl,Cas,Cox,1970-03-03\n2,ann@x.nl,Bob,Bos,1980-02-02\n1,ann@x.nl,,Aal,1990-01-01",
        "line 2: rejected MUS-MATCH-ADDRESS-TAKEN
         line 3: rejected MUS-MATCH-ADDRESS-TAKEN
         line 4: rejected MUS-VALUE-REQUIRED",
    );
    // A cycle of which one record cannot be used does not turn.
    matched(
        "1,bob@x.nl,Ann,Aal,1990-01-01\n2,cas@x.nl,Bob,Bos,1980-02-02\n3,ann@x.nl,,Cox,1970-03-03",
        "line 2: rejected MUS-MATCH-ADDRESS-TAKEN
         line 3: rejected MUS-MATCH-ADDRESS-TAKEN
         line 4: rejected MUS-VALUE-REQUIRED",
    );
}

#[test]
fn an_unknown_id_is_adopted_by_the_person_with_the_address() {
    matched(
        "4,dee@x.nl,Dee,Dop,1960-04-04",
        "update dee@x.nl id_adopted external_id=->4",
    );
}

#[test]
fn an_unknown_id_with_the_address_of_an_active_employee_is_a_conflict() {
    matched(
        "9,ann@x.nl,Zoe,Zee,2000-01-01",
        "line 2: rejected MUS-MATCH-CONFLICT",
    );
    let text = details(&Fixture::new(PEOPLE), "9,ann@x.nl,Zoe,Zee,2000-01-01");
    assert!(
        text.contains(
            r#"external_id: Some("9"), holder: Holder { name: "Ann Aal", external_id: Some("1")"#
        ),
        "{text}"
    );
}

#[test]
fn the_address_of_an_inactive_employee_waits_for_a_person_m08() {
    matched(
        "9,eve@x.nl,Eve,Eik,1950-05-05",
        "held reactivate 5 rehire_or_recycled_address external_id=5>9",
    );
    // A known employee cannot take it either.
    matched(
        "1,eve@x.nl,Ann,Aal,1990-01-01",
        "line 2: rejected MUS-MATCH-ADDRESS-TAKEN",
    );
    let text = details(&Fixture::new(PEOPLE), "1,eve@x.nl,Ann,Aal,1990-01-01");
    assert!(
        text.contains("Eve Eik") && text.contains("is_employed: false"),
        "{text}"
    );
}

#[test]
fn an_inactive_employee_who_comes_back_elsewhere_leaves_the_address_to_a_new_one() {
    matched(
        "9,eve@x.nl,Zoe,Zee,2000-01-01\n5,eve2@x.nl,Eve,Eik,1950-05-05",
        "create 9 new_person active\nreactivate 5 came_back email=eve@x.nl>eve2@x.nl",
    );
}

#[test]
fn neither_id_nor_address_known_is_a_new_employee() {
    matched(
        "9,zoe@x.nl,Zoe,Zee,2000-01-01",
        "create 9 new_person active",
    );
    matched(
        ",zoe@x.nl,Zoe,Zee,2000-01-01",
        "create zoe@x.nl new_person active",
    );
}

#[test]
fn without_id_the_address_matches_and_the_id_stays_m12() {
    matched(
        ",ann@x.nl,Anna,Aal,1990-01-01",
        "update 1 same_email first_name=Ann>Anna",
    );
    let mut fixture = Fixture::new(PEOPLE).with(|policy| policy.missing = Missing::Deactivate);
    let column_gone =
        "email,first,last\nann@x.nl,Ann,Aal\nbob@x.nl,Bob,Bos\ncas@x.nl,Cas,Cox\ndee@x.nl,Dee,Dop";
    check(&mut fixture, &[column_gone], "");
    assert_eq!(fixture.person("1").email(), "ann@x.nl");
}

#[test]
fn a_change_of_case_is_no_new_person_m13() {
    matched(
        ",Ann@X.nl,Ann,Aal,1990-01-01",
        "update 1 same_email email=ann@x.nl>Ann@X.nl",
    );
    matched(
        "1,ANN@x.nl,Ann,Aal,1990-01-01",
        "update 1 same_external_id email=ann@x.nl>ANN@x.nl",
    );
}

#[test]
fn a_new_address_without_id_looks_like_a_change_of_address_m11() {
    let rows = ",ann.new@x.nl,Ann,Aal,1990-01-01";
    matched(
        rows,
        "held update 1 probable_email_change email=ann@x.nl>ann.new@x.nl",
    );
    let mut created = Fixture::new(PEOPLE).with(|policy| policy.email_change = EmailChange::Create);
    check(
        &mut created,
        &[&with_header(rows)],
        "create ann.new@x.nl new_person active",
    );
    assert!(
        created.person("1").status.is_employed(),
        "the old account stays active"
    );
}

#[test]
fn only_one_absent_active_namesake_is_a_likeness_m11() {
    let created = "create ann.new@x.nl new_person active";
    // In the delivery under the old address.
    matched(
        "1,ann@x.nl,Ann,Aal,1990-01-01\n,ann.new@x.nl,Ann,Aal,1990-01-01",
        created,
    );
    // Another birthday, or none.
    matched(",ann.new@x.nl,Ann,Aal,1990-01-02", created);
    matched(",ann.new@x.nl,Ann,Aal,", created);
    // An employee who has left.
    matched(
        ",eve.new@x.nl,Eve,Eik,1950-05-05",
        "create eve.new@x.nl new_person active",
    );
    let twins =
        "id,email,first,last,born\n1,ann1@x.nl,Ann,Aal,1990-01-01\n2,ann2@x.nl,Ann,Aal,1990-01-01";
    against(twins, ",ann.new@x.nl,Ann,Aal,1990-01-01", created);
    // Who is known is nobody's likeness.
    against(twins, ",ann1@x.nl,Ann,Aal,1990-01-01", "");
}

#[test]
fn an_employee_without_owner_is_a_likeness_and_one_of_another_integration_is_not_m11() {
    let rows = ",ann.new@x.nl,Ann,Aal,1990-01-01";
    let people = "id,email,first,last,born,owner\n,ann@x.nl,Ann,Aal,1990-01-01,nobody";
    against(
        people,
        rows,
        "held update ann@x.nl probable_email_change email=ann@x.nl>ann.new@x.nl",
    );
    against(
        &people.replace("nobody", "other"),
        rows,
        "create ann.new@x.nl new_person active",
    );
    // Of two, a person could not say which.
    let two = people.to_owned() + "\n,ann2@x.nl,Ann,Aal,1990-01-01,";
    against(&two, rows, "create ann.new@x.nl new_person active");
}

#[test]
fn a_namesake_who_becomes_active_in_the_same_run_is_one_more_m11() {
    // Held for the first and created for the second run, if only those counted who were active before.
    let twins = "id,email,first,last,born,start,status\n1,ann1@x.nl,Ann,Aal,1990-01-01,,\n\
        2,ann2@x.nl,Ann,Aal,1990-01-01,2026-05-01,scheduled";
    let both = "create ann.new@x.nl new_person active\nheld activate 2 onboarding_date\nwarning MUS-START-DOUBTED";
    against(twins, ",ann.new@x.nl,Ann,Aal,1990-01-01", both);
    // Also one who is scheduled for a later day.
    let later = twins.replace("2026-05-01", "2026-05-02");
    let both = "create ann.new@x.nl new_person active\nwarning MUS-START-DOUBTED";
    against(&later, ",ann.new@x.nl,Ann,Aal,1990-01-01", both);
}

#[test]
fn the_person_held_under_a_new_address_is_not_missing_m11() {
    let mut fixture = Fixture::new(PEOPLE).with(|policy| policy.missing = Missing::Deactivate);
    let rows = with_header(
        ",ann.new@x.nl,Ann,Aal,1990-01-01\n2,bob@x.nl,Bob,Bos,\n3,cas@x.nl,Cas,Cox,\n,dee@x.nl,Dee,Dop,",
    );
    check(
        &mut fixture,
        &[&rows],
        "held update 1 probable_email_change email=ann@x.nl>ann.new@x.nl",
    );
}

const SHARED: &str = "
    id,email,first,last,owner,status
    1,ann@x.nl,Ann,Aal,other,
    2,bob@x.nl,Bob,Bos,nobody,
    3,eve@x.nl,Eve,Eik,other,inactive
    ,fay@x.nl,Fay,Fok,other,";

/// P11.
#[test]
fn a_person_of_another_integration_is_reported_and_left_alone_m19() {
    against(
        SHARED,
        "1,ann@x.nl,Anna,Aal,",
        "line 2: rejected MUS-MATCH-OWNER",
    );
    against(
        SHARED,
        ",ann@x.nl,Anna,Aal,",
        "line 2: rejected MUS-MATCH-OWNER",
    );
    against(
        SHARED,
        "8,fay@x.nl,Fay,Fok,",
        "line 2: rejected MUS-MATCH-OWNER",
    );
    against(
        SHARED,
        "9,eve@x.nl,Eve,Eik,",
        "held reactivate 3 take_over external_id=3>9",
    );
    against(SHARED, "2,bob@x.nl,Bob,Bos,", "update 2 same_external_id");
}

#[test]
fn neither_integration_removes_the_others_people_m19() {
    let mut fixture = Fixture::new(SHARED)
        .gated()
        .with(|policy| policy.missing = Missing::Deactivate);
    check(
        &mut fixture,
        &["id,email,first,last,access\n1,ann@x.nl,Ann,Aal,no"],
        "",
    );
    check(
        &mut fixture,
        &["id,email,first,last,access\n,ann@x.nl,Ann,Aal,no\n9,z@x.nl,Zoe,Zee,no"],
        "",
    );
}

#[test]
fn match_by_address_knows_people_by_address_only() {
    by(
        MatchBy::Email,
        "7,dee@x.nl,Dee,Dop,",
        "update dee@x.nl same_email external_id=->7",
    );
    by(
        MatchBy::Email,
        "1,ann.new@x.nl,Ann,Ash,",
        "held update 1 id_reused email=ann@x.nl>ann.new@x.nl last_name=Aal>Ash",
    );
    by(
        MatchBy::Email,
        "2,ann@x.nl,Ann,Aal,",
        "line 2: rejected MUS-MATCH-CONFLICT",
    );
    by(
        MatchBy::Email,
        "8,zoe@x.nl,Zoe,Zee,",
        "create 8 new_person active",
    );
}

#[test]
fn ids_that_pass_on_are_held_where_addresses_decide_m07() {
    by(
        MatchBy::Email,
        "2,ann@x.nl,Ann,Aal,\n1,bob@x.nl,Bob,Bos,",
        "held update 1 id_reused external_id=1>2\nheld update 2 id_reused external_id=2>1",
    );
    let rows = "2,ann@x.nl,Ann,Aal,\n7,bob@x.nl,Bob,Bos,\n1,zoe@x.nl,Zoe,Zee,";
    let mut fixture = Fixture::new(PEOPLE).with(|policy| policy.match_by = MatchBy::Email);
    assert_eq!(
        fixture.step(&[&with_header(rows)]),
        [
            "held update 1 id_reused external_id=1>2",
            "held update 2 id_reused external_id=2>7",
            "held create 1 id_reused active",
        ]
    );
    assert_eq!(
        fixture.step(&[&with_header(rows)]).len(),
        3,
        "the next run holds the newcomer again"
    );
    // Bob keeps his id, so Ann keeps hers, so Zoe cannot have it.
    by(
        MatchBy::Email,
        "2,ann@x.nl,Ann,Aal,\n,bob@x.nl,Bob,Bos,\n1,zoe@x.nl,Zoe,Zee,",
        "line 2: rejected MUS-MATCH-CONFLICT\nline 4: rejected MUS-MATCH-CONFLICT",
    );
}

#[test]
fn match_by_address_never_gives_one_id_to_two_people() {
    by(
        MatchBy::Email,
        "7,dee@x.nl,Dee,Dop,\n7,zoe@x.nl,Zoe,Zee,",
        "line 2: rejected MUS-RECORD-DUPLICATE\nline 3: rejected MUS-RECORD-DUPLICATE",
    );
}

#[test]
fn match_by_id_needs_an_id() {
    by(
        MatchBy::ExternalId,
        "1,anna@x.nl,Ann,Aal,",
        "update 1 same_external_id email=ann@x.nl>anna@x.nl",
    );
    by(
        MatchBy::ExternalId,
        ",ann@x.nl,Ann,Aal,",
        "line 2: rejected MUS-VALUE-REQUIRED\npartial unknown_people",
    );
}
