//! Several records about one employee, in one file and in several (directory rule 5).

use crate::{
    directory::{Fixture, check},
    matching::{PEOPLE, details, matched, with_header},
};
use muster_core::{
    model::{
        code::Code,
        problem::{Remedy, matching},
    },
    setup::policy::Missing,
};

#[test]
fn the_same_row_twice_is_one_person_f36() {
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
fn one_key_with_different_content_refuses_both_and_touches_nobody_f37() {
    let both = "line 2: rejected MUS-RECORD-DUPLICATE\nline 3: rejected MUS-RECORD-DUPLICATE";
    matched("1,ann@x.nl,Anna,Aal,\n1,ann@x.nl,Anne,Aal,", both);
    matched(",zoe@x.nl,Zoe,Zee,\n,ZOE@x.nl,Zoë,Zee,", both);
    let text = details(
        &Fixture::new(PEOPLE),
        "1,ann@x.nl,Anna,Aal,\n1,ann@x.nl,Anne,Aal,",
    );
    assert!(
        text.contains("line: 2 }, other: Origin { file: 0, line: 3 }, key: Some(\"1\"), fields: [\"first_name\"]")
            && text.contains("line: 3 }, other: Origin { file: 0, line: 2 }"),
        "{text}"
    );
    // One by id, one by address: still the same person.
    matched("1,ann.new@x.nl,Ann,Aal,\n,ann@x.nl,Ann,Aal,", both);
}

#[test]
fn a_duplicate_of_an_unchanged_record_is_refused_too_f37() {
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
fn a_refused_record_proves_the_holders_of_its_id_and_of_its_address_f37() {
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
fn an_employee_who_stays_only_because_a_refused_record_has_their_address_is_named_p06() {
    let leaving = || Fixture::new(PEOPLE).with(|policy| policy.missing = Missing::Deactivate);
    // Bob has left and his mailbox is Ann's now: she cannot have it while he is stored with it.
    let rest = "3,cas@x.nl,Cas,Cox,1970-03-03\n,dee@x.nl,Dee,Dop,";
    let handed_on = format!("1,bob@x.nl,Ann,Aal,1990-01-01\n{rest}");
    let refused = "line 2: warning MUS-RECORD-NAMESAKE\nline 2: rejected MUS-MATCH-ADDRESS-TAKEN";
    check(&mut leaving(), &[&with_header(&handed_on)], refused);
    let text = details(&leaving(), &handed_on);
    assert!(
        text.contains(r#"KeptByKey { employee: "Bob Bos (2)" }"#),
        "{text}"
    );
    // He is still there.
    let both = format!("{handed_on}\n2,bob@x.nl,Bob,Bos,1980-02-02");
    assert!(!details(&leaving(), &both).contains("KeptByKey"));
    // Nobody leaves by absence anyway.
    assert!(!details(&Fixture::new(PEOPLE), &handed_on).contains("KeptByKey"));
    // The same with a newcomer who is given his address, with an id of his own or without one.
    let all = "1,ann@x.nl,Ann,Aal,1990-01-01\n";
    for newcomer in [
        "9,bob@x.nl,Zoe,Zee,1999-09-09",
        ",bob@x.nl,Zoe,Zee,1999-09-09\n,bob@x.nl,Zac,Zed,",
    ] {
        let handed_on = format!("{all}{newcomer}\n{rest}");
        let text = details(&leaving(), &handed_on);
        let kept = r#"KeptByKey { employee: "Bob Bos (2)" }"#;
        assert_eq!(text.matches(kept).count(), 1, "{text}");
        let both = format!("{handed_on}\n2,bob@x.nl,Bob,Bos,1980-02-02");
        assert!(
            !details(&leaving(), &both).contains("KeptByKey"),
            "{newcomer}"
        );
    }
}

#[test]
fn three_of_a_kind_are_three_refusals_f37() {
    let three = "1,ann@x.nl,A,Aal,\n1,ann@x.nl,B,Aal,\n1,ann@x.nl,C,Aal,";
    let lines = [2, 3, 4]
        .map(|line| format!("line {line}: rejected MUS-RECORD-DUPLICATE\n"))
        .concat();
    matched(three, &lines);
}

#[test]
fn one_mailbox_under_two_ids_is_refused_with_both_f38() {
    let rows = "8,zoe@x.nl,Zoe,Zee,\n9,Zoe@X.nl,Zoe,Zee,";
    matched(
        rows,
        "line 2: rejected MUS-RECORD-DUPLICATE\nline 3: rejected MUS-RECORD-DUPLICATE",
    );
    let text = details(&Fixture::new(PEOPLE), rows);
    assert!(
        text.contains(r#"external_id: Some("8"), other_external_id: Some("9")"#)
            && text.contains("Zoe@X.nl"),
        "{text}"
    );
}

#[test]
fn ids_are_exact_text_f40() {
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

/// P03.
#[test]
fn the_same_delivery_again_changes_nothing_m22() {
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
fn ids_that_a_spreadsheet_changed_are_rejected_with_that_advice_f40() {
    let people = Fixture::new("id,email,first,last\n00123,ann@x.nl,Ann,Aal\n7,bob@x.nl,Bob,Bos");
    // Any other id may be Ann's new one.
    let proposal = people.propose(&["id,email,first,last\n124,ann@x.nl,Ann,Aal"]);
    assert_eq!((proposal.counts.rejected, proposal.counts.held), (0, 1));
    for (id, is_named) in [
        ("123", true),
        ("'00123", true),
        ("124", false),
        ("0", false),
    ] {
        let name = if is_named { "Ann" } else { "Zoe" };
        let proposal = people.propose(&[&format!("id,email,first,last\n{id},ann@x.nl,{name},Aal")]);
        let found = &proposal
            .problems
            .kept()
            .iter()
            .find(|problem| problem.origin.is_some())
            .unwrap();
        assert_eq!(
            (
                found.code,
                found.remedy == Remedy::Match(matching::Remedy::ExportIdsAsText)
            ),
            (Code::MatchConflict, is_named),
            "{id}"
        );
    }
}
