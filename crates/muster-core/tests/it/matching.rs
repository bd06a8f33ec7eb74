//! Whom a record is about (directory rule 5): every row of the matching table, duplicates, several files.

use crate::directory::{Fixture, check};
use muster_core::{
    model::code::Code,
    setup::policy::{EmailChange, MatchBy, Missing},
};

/// Ann, Bob and Cas with ids, Dee without, Eve who has left.
const PEOPLE: &str = "
    id,email,first,last,born,status
    1,ann@x.nl,Ann,Aal,1990-01-01,
    2,bob@x.nl,Bob,Bos,1980-02-02,
    3,cas@x.nl,Cas,Cox,1970-03-03,
    ,dee@x.nl,Dee,Dop,1960-04-04,
    5,eve@x.nl,Eve,Eik,1950-05-05,inactive";

#[track_caller]
fn against(people: &str, rows: &str, expected: &str) {
    check(&mut Fixture::new(people), &[&with_header(rows)], expected);
}

#[track_caller]
fn matched(rows: &str, expected: &str) {
    against(PEOPLE, rows, expected);
}

#[track_caller]
fn by(match_by: MatchBy, rows: &str, expected: &str) {
    check(
        &mut Fixture::new(PEOPLE).with(|policy| policy.match_by = match_by),
        &[&with_header(rows)],
        expected,
    );
}

fn with_header(rows: &str) -> String {
    format!("id,email,first,last,born\n{}", rows.trim())
}

/// The messages of all problems, for what they must name.
fn messages(fixture: &Fixture, rows: &str) -> String {
    let proposal = fixture.propose(&[&with_header(rows)]);
    proposal
        .problems
        .kept()
        .iter()
        .map(|problem| format!("{}; {}\n", problem.message, problem.advice))
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
fn m09_an_id_with_other_names_birthday_and_address_waits_for_a_person() {
    matched(
        "1,zoe@x.nl,Zoe,Zee,2000-01-01",
        "held update 1 id_reused email=ann@x.nl>zoe@x.nl first_name=Ann>Zoe last_name=Aal>Zee birthday=1990-01-01>2000-01-01",
    );
    // A birthday that is not delivered proves nothing.
    matched(
        "1,zoe@x.nl,Zoe,Zee,",
        "held update 1 id_reused email=ann@x.nl>zoe@x.nl first_name=Ann>Zoe last_name=Aal>Zee",
    );
    // One thing that stays the same is enough.
    matched(
        "1,zoe@x.nl,Zoe,Zee,1990-01-01",
        "update 1 same_external_id email=ann@x.nl>zoe@x.nl first_name=Ann>Zoe last_name=Aal>Zee",
    );
    matched(
        "1,zoe@x.nl,Ann,Zee,2000-01-01",
        "update 1 same_external_id email=ann@x.nl>zoe@x.nl last_name=Aal>Zee birthday=1990-01-01>2000-01-01",
    );
    matched(
        "1,ANN@x.nl,Zoe,Zee,2000-01-01",
        "update 1 same_external_id email=ann@x.nl>ANN@x.nl first_name=Ann>Zoe last_name=Aal>Zee birthday=1990-01-01>2000-01-01",
    );
}

#[test]
fn an_address_of_somebody_who_keeps_it_is_not_given_away() {
    matched(
        "1,bob@x.nl,Ann,Aal,1990-01-01",
        "line 2: rejected MUS-MATCH-ADDRESS-TAKEN",
    );
    let text = messages(&Fixture::new(PEOPLE), "1,bob@x.nl,Ann,Aal,1990-01-01");
    assert!(
        text.contains("`bob@x.nl` of `1` belongs to Bob Bos") && text.contains("`2`"),
        "{text}"
    );
}

#[test]
fn m07_addresses_swap_in_one_step() {
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
fn m07_rings_of_any_length_move_in_one_step() {
    for size in [2, 3, 5, 40] {
        let row = |id: usize, address: usize| {
            format!("{id},a{address}@x.nl,First{id},Last{id},1990-01-01\n")
        };
        let people: String = (1..=size).map(|id| row(id, id)).collect();
        let ring: String = (1..=size).map(|id| row(id, id % size + 1)).collect();
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
            &[&with_header(&ring)],
            &(1..=size).map(expected).collect::<String>(),
        );
    }
}

#[test]
fn m07_a_new_person_takes_an_address_that_is_given_up() {
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
    // A ring of which one record cannot be used does not turn.
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
fn an_unknown_id_with_the_address_of_somebody_active_is_a_conflict() {
    matched(
        "9,ann@x.nl,Ann,Aal,1990-01-01",
        "line 2: rejected MUS-MATCH-CONFLICT",
    );
    let text = messages(&Fixture::new(PEOPLE), "9,ann@x.nl,Ann,Aal,1990-01-01");
    assert!(
        text.contains("`9`") && text.contains("`1`") && text.contains("Ann Aal"),
        "{text}"
    );
}

#[test]
fn m08_the_address_of_somebody_inactive_waits_for_a_person() {
    matched(
        "9,eve@x.nl,Eve,Eik,1950-05-05",
        "held reactivate 5 rehire_or_recycled_address external_id=5>9",
    );
    // Somebody known cannot take it either.
    matched(
        "1,eve@x.nl,Ann,Aal,1990-01-01",
        "line 2: rejected MUS-MATCH-ADDRESS-TAKEN",
    );
    let text = messages(&Fixture::new(PEOPLE), "1,eve@x.nl,Ann,Aal,1990-01-01");
    assert!(text.contains("Eve Eik, who is inactive"), "{text}");
}

#[test]
fn somebody_inactive_who_comes_back_elsewhere_leaves_their_address_to_a_new_person() {
    matched(
        "9,eve@x.nl,Zoe,Zee,2000-01-01\n5,eve2@x.nl,Eve,Eik,1950-05-05",
        "create 9 new_person active\nreactivate 5 came_back email=eve@x.nl>eve2@x.nl",
    );
}

#[test]
fn neither_id_nor_address_known_is_somebody_new() {
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
fn m12_without_id_the_address_matches_and_the_id_stays() {
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
fn m13_a_change_of_case_is_no_new_person() {
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
fn m11_a_new_address_without_id_looks_like_a_change_of_address() {
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
fn m11_only_one_absent_active_namesake_is_a_likeness() {
    let created = "create ann.new@x.nl new_person active";
    // In the delivery under the old address.
    matched(
        "1,ann@x.nl,Ann,Aal,1990-01-01\n,ann.new@x.nl,Ann,Aal,1990-01-01",
        created,
    );
    // Another birthday, or none.
    matched(",ann.new@x.nl,Ann,Aal,1990-01-02", created);
    matched(",ann.new@x.nl,Ann,Aal,", created);
    // Somebody who has left.
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
fn m11_somebody_whom_nobody_owns_is_a_likeness_and_somebody_of_another_integration_is_not() {
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
fn m11_a_namesake_who_becomes_active_in_the_same_run_is_one_more() {
    // Held for the first and created for the second run, if only those counted who were active before.
    let twins = "id,email,first,last,born,start,status\n1,ann1@x.nl,Ann,Aal,1990-01-01,,\n\
        2,ann2@x.nl,Ann,Aal,1990-01-01,2026-05-01,scheduled";
    let both = "create ann.new@x.nl new_person active\nactivate 2 onboarding_date";
    against(twins, ",ann.new@x.nl,Ann,Aal,1990-01-01", both);
    let later = twins.replace("2026-05-01", "2026-05-02");
    let held = "held update 1 probable_email_change email=ann1@x.nl>ann.new@x.nl";
    against(&later, ",ann.new@x.nl,Ann,Aal,1990-01-01", held);
}

#[test]
fn m11_the_person_held_under_a_new_address_is_not_missing() {
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

#[test]
fn m19_a_person_of_another_integration_is_reported_and_left_alone() {
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
        "line 2: rejected MUS-MATCH-OWNER",
    );
    against(SHARED, "2,bob@x.nl,Bob,Bos,", "update 2 same_external_id");
}

#[test]
fn m19_neither_integration_removes_the_others_people() {
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
        "line 2: rejected MUS-MATCH-CONFLICT",
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
fn m07_ids_swap_in_one_step_where_addresses_decide() {
    by(
        MatchBy::Email,
        "2,ann@x.nl,Ann,Aal,\n1,bob@x.nl,Bob,Bos,",
        "update 1 same_email external_id=1>2\nupdate 2 same_email external_id=2>1",
    );
    by(
        MatchBy::Email,
        "2,ann@x.nl,Ann,Aal,\n7,bob@x.nl,Bob,Bos,\n1,zoe@x.nl,Zoe,Zee,",
        "create 1 new_person active\nupdate 1 same_email external_id=1>2\nupdate 2 same_email external_id=2>7",
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

#[test]
fn f36_the_same_row_twice_is_one_person() {
    matched(
        "9,zoe@x.nl,Zoe,Zee,\n9,zoe@x.nl,Zoe,Zee,",
        "create 9 new_person active\nline 3: warning MUS-RECORD-REPEATED",
    );
    // Also once the person is settled and unchanged.
    let mut fixture = Fixture::new(PEOPLE);
    let rows = with_header("1,ann@x.nl,Ann,Aal,\n1,ann@x.nl,Ann,Aal,");
    check(
        &mut fixture,
        &[&rows],
        "line 3: warning MUS-RECORD-REPEATED",
    );
    check(
        &mut fixture,
        &[&rows],
        "line 3: warning MUS-RECORD-REPEATED",
    );
}

#[test]
fn f37_one_key_with_different_content_refuses_both_and_touches_nobody() {
    let both = "line 2: rejected MUS-RECORD-DUPLICATE\nline 3: rejected MUS-RECORD-DUPLICATE";
    matched("1,ann@x.nl,Anna,Aal,\n1,ann@x.nl,Anne,Aal,", both);
    matched(",zoe@x.nl,Zoe,Zee,\n,ZOE@x.nl,Zoë,Zee,", both);
    let text = messages(
        &Fixture::new(PEOPLE),
        "1,ann@x.nl,Anna,Aal,\n1,ann@x.nl,Anne,Aal,",
    );
    assert!(
        text.contains("lines 2 and 3 are both `1`") && text.contains("lines 3 and 2"),
        "{text}"
    );
    // One by id, one by address: still the same person.
    matched("1,ann.new@x.nl,Ann,Aal,\n,ann@x.nl,Ann,Aal,", both);
}

#[test]
fn f37_a_duplicate_of_an_unchanged_record_is_refused_too() {
    let mut fixture = Fixture::new(PEOPLE);
    check(&mut fixture, &[&with_header("1,ann@x.nl,Ann,Aal,")], "");
    let rows = with_header("1,ann@x.nl,Ann,Aal,\n1,ann@x.nl,Anne,Aal,");
    check(
        &mut fixture,
        &[&rows],
        "line 3: rejected MUS-RECORD-DUPLICATE",
    );
    assert_eq!(
        fixture.propose(&[&rows]).counts.rejected,
        2,
        "the unchanged one is not used either"
    );
}

#[test]
fn f37_a_refused_record_proves_whoever_has_its_id_and_whoever_has_its_address() {
    let rows = "1,ann@x.nl,Ann,Aal,1990-01-01\n1,bob@x.nl,Bob,Bos,1980-02-02\n3,cas@x.nl,Cas,Cox,1970-03-03\n,dee@x.nl,Dee,Dop,";
    let refused = "line 2: rejected MUS-RECORD-DUPLICATE\nline 3: rejected MUS-RECORD-DUPLICATE\n\
        line 3: warning MUS-RECORD-NAMESAKE";
    let leaving = || Fixture::new(PEOPLE).with(|policy| policy.missing = Missing::Deactivate);
    check(&mut leaving(), &[&with_header(rows)], refused);
    // Not a duplicate: the names of neither.
    let unnamed = "2,ann@x.nl,,Bos,\n3,cas@x.nl,Cas,Cox,1970-03-03\n,dee@x.nl,Dee,Dop,";
    let refused = "line 2: rejected MUS-VALUE-REQUIRED\nline 2: warning MUS-RECORD-NAMESAKE";
    check(&mut leaving(), &[&with_header(unnamed)], refused);
}

#[test]
fn p06_whoever_stays_only_because_a_refused_record_has_their_address_is_named() {
    let leaving = || Fixture::new(PEOPLE).with(|policy| policy.missing = Missing::Deactivate);
    // Bob has left and his mailbox is Ann's now: she cannot have it while he is stored with it.
    let rest = "3,cas@x.nl,Cas,Cox,1970-03-03\n,dee@x.nl,Dee,Dop,";
    let handed_on = format!("1,bob@x.nl,Ann,Aal,1990-01-01\n{rest}");
    let refused = "line 2: warning MUS-RECORD-NAMESAKE\nline 2: rejected MUS-MATCH-ADDRESS-TAKEN";
    check(&mut leaving(), &[&with_header(&handed_on)], refused);
    let text = messages(&leaving(), &handed_on);
    assert!(
        text.contains("Bob Bos (2) is missing")
            && text.contains("has their address or id; they stay"),
        "{text}"
    );
    // He is still there.
    let both = format!("{handed_on}\n2,bob@x.nl,Bob,Bos,1980-02-02");
    assert!(!messages(&leaving(), &both).contains("is missing"));
    // Nobody leaves by absence anyway.
    assert!(!messages(&Fixture::new(PEOPLE), &handed_on).contains("is missing"));
}

#[test]
fn f37_three_of_a_kind_are_three_refusals() {
    let three = "1,ann@x.nl,A,Aal,\n1,ann@x.nl,B,Aal,\n1,ann@x.nl,C,Aal,";
    let lines = [2, 3, 4]
        .map(|line| format!("line {line}: rejected MUS-RECORD-DUPLICATE\n"))
        .concat();
    matched(three, &lines);
}

#[test]
fn f38_one_mailbox_under_two_ids_is_refused_with_both() {
    let rows = "8,zoe@x.nl,Zoe,Zee,\n9,Zoe@X.nl,Zoe,Zee,";
    matched(
        rows,
        "line 2: rejected MUS-RECORD-DUPLICATE\nline 3: rejected MUS-RECORD-DUPLICATE",
    );
    let text = messages(&Fixture::new(PEOPLE), rows);
    assert!(
        text.contains("id `8`") && text.contains("id `9`") && text.contains("Zoe@X.nl"),
        "{text}"
    );
}

#[test]
fn f40_ids_are_exact_text() {
    let mut fixture = Fixture::new("id,email,first,last\n123,ann@x.nl,Ann,Aal");
    let rows = "id,email,first,last\n00123,zoe@x.nl,Zoe,Zee\n123.5,yan@x.nl,Yan,Yde\n123456789012345678901,wim@x.nl,Wim,Wit";
    let expected = "create 00123 new_person active
        create 123.5 new_person active
        create 123456789012345678901 new_person active";
    check(&mut fixture, &[rows], expected);
}

#[test]
fn of_several_files_the_newest_wins() {
    let newest = with_header("1,ann@x.nl,Newest,Aal,\n8,yan@x.nl,Yan,Yde,");
    let old = with_header("1,ann@x.nl,Old,Aal,\n9,zoe@x.nl,Zoe,Zee,\n8,yan@x.nl,Yan,Yde,");
    let mut fixture = Fixture::new(PEOPLE);
    let expected = "create 8 new_person active\ncreate 9 new_person active\nupdate 1 same_external_id first_name=Ann>Newest";
    check(&mut fixture, &[&newest, &old], expected);
    assert_eq!(fixture.propose(&[&newest, &old]).counts.superseded, 2);
}

#[test]
fn an_old_file_never_undoes_an_unchanged_record_of_a_new_one() {
    let newest = with_header("1,ann@x.nl,Ann,Aal,");
    let mut fixture = Fixture::new(PEOPLE);
    check(&mut fixture, &[&newest], "");
    check(
        &mut fixture,
        &[&newest, &with_header("1,ann@x.nl,Old,Aal,")],
        "",
    );
    check(
        &mut fixture,
        &[
            &newest,
            &with_header("1,ann.old@x.nl,Ann,Aal,\n,ann@x.nl,Older,Aal,"),
        ],
        "",
    );
    // The other way round the unchanged record is the old one.
    let changed = "update 1 same_external_id first_name=Ann>New";
    check(
        &mut fixture,
        &[&with_header("1,ann@x.nl,New,Aal,"), &newest],
        changed,
    );
}

#[test]
fn the_newest_file_wins_also_where_one_of_them_has_no_ids() {
    let without = with_header(",ann@x.nl,Newest,Aal,");
    let with = with_header("1,ann@x.nl,Old,Aal,");
    let newest = "update 1 same_email first_name=Ann>Newest";
    check(&mut Fixture::new(PEOPLE), &[&without, &with], newest);
    let other = "update 1 same_external_id first_name=Ann>Old";
    check(&mut Fixture::new(PEOPLE), &[&with, &without], other);
}

#[test]
fn m22_the_same_delivery_again_changes_nothing() {
    let rows = with_header("1,ann@x.nl,Anna,Aal,\n9,zoe@x.nl,Zoe,Zee,");
    let mut fixture = Fixture::new(PEOPLE);
    check(
        &mut fixture,
        &[&rows],
        "create 9 new_person active\nupdate 1 same_external_id first_name=Ann>Anna",
    );
    check(&mut fixture, &[&rows], "");
    assert_eq!(
        fixture.propose(&[&rows, &rows]).counts.superseded,
        2,
        "a copy under another name is superseded"
    );
}

#[test]
fn f40_ids_that_a_spreadsheet_changed_are_told_as_that() {
    let people = Fixture::new("id,email,first,last\n00123,ann@x.nl,Ann,Aal\n7,bob@x.nl,Bob,Bos");
    for (id, is_told) in [
        ("123", true),
        ("'00123", true),
        ("124", false),
        ("0", false),
    ] {
        let proposal = people.propose(&[&format!("id,email,first,last\n{id},ann@x.nl,Ann,Aal")]);
        let told = &proposal
            .problems
            .kept()
            .iter()
            .find(|problem| problem.place.is_some())
            .unwrap();
        assert_eq!(
            (told.code, told.advice.contains("export them as text")),
            (Code::MatchConflict, is_told),
            "{id}"
        );
    }
}
