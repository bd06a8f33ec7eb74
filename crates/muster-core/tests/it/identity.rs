//! Records that may be about another person than their keys say, and records that would change the wrong employee
//! (directory rules 3 and 5).

use crate::{
    directory::{Fixture, check},
    matching::{PEOPLE, against, by, details, matched, with_header},
};
use muster_core::setup::policy::{MatchBy, Missing};

const NAMESAKES: &str = "
    id,email,first,last,born
    1,jan@x.nl,Jan,Bos,
    2,piet@x.nl,Piet,Bos,
    3,cas@x.nl,Cas,Cox,";

#[test]
fn namesakes_by_surname_who_swap_ids_are_held() {
    let swapped = "1,piet@x.nl,Piet,Bos,\n2,jan@x.nl,Jan,Bos,";
    let held = "held update 1 id_reused email=jan@x.nl>piet@x.nl first_name=Jan>Piet
        held update 2 id_reused email=piet@x.nl>jan@x.nl first_name=Piet>Jan";
    against(NAMESAKES, swapped, held);
    // Known birthdays say it more plainly.
    let born = NAMESAKES
        .replace("Jan,Bos,", "Jan,Bos,1980-01-01")
        .replace("Piet,Bos,", "Piet,Bos,1990-02-02");
    let swapped = "1,piet@x.nl,Piet,Bos,1990-02-02\n2,jan@x.nl,Jan,Bos,1980-01-01";
    let proposal = Fixture::new(&born).propose(&[&with_header(swapped)]);
    assert_eq!(proposal.counts.held, 2);
    // Also namesakes by both names, whose birthdays differ.
    let twins = born.replace("Piet", "Jan");
    let swapped = "1,piet@x.nl,Jan,Bos,1990-02-02\n2,jan@x.nl,Jan,Bos,1980-01-01";
    let proposal = Fixture::new(&twins).propose(&[&with_header(swapped)]);
    assert_eq!(proposal.counts.held, 2);
}

#[test]
fn an_id_passed_to_a_namesake_while_its_holder_has_another_is_held() {
    // Jan has a new id and keeps his address and name; his old id is in the record of another Bos.
    let rows =
        "1,ilse@x.nl,Ilse,Bos,\n9,jan@x.nl,Jan,Bos,\n2,piet@x.nl,Piet,Bos,\n3,cas@x.nl,Cas,Cox,";
    for by in [MatchBy::ExternalIdThenEmail, MatchBy::ExternalId] {
        let proposal = Fixture::new(NAMESAKES)
            .with(|policy| policy.match_by = by)
            .propose(&[&with_header(rows)]);
        let counts = &proposal.counts;
        assert_eq!(
            (counts.created, counts.updated, counts.unchanged),
            (0, 0, 2)
        );
        assert_eq!(counts.held + counts.rejected, 2, "{proposal:?}");
    }
    // A new name and address of Jan alone are his: nobody else has what he had.
    against(
        NAMESAKES,
        "1,ilse@x.nl,Ilse,Bos,\n2,piet@x.nl,Piet,Bos,\n3,cas@x.nl,Cas,Cox,",
        "update 1 same_external_id email=jan@x.nl>ilse@x.nl first_name=Jan>Ilse",
    );
    // A newcomer who gets Jan's former address under another name is no reason for a doubt.
    against(
        NAMESAKES,
        "1,jan.bos@x.nl,Jan,Bos,\n9,jan@x.nl,Jan,Jas,\n2,piet@x.nl,Piet,Bos,\n3,cas@x.nl,Cas,Cox,",
        "create 9 new_person active
        update 1 same_external_id email=jan@x.nl>jan.bos@x.nl",
    );
}

#[test]
fn an_id_that_only_looks_like_a_known_one_is_held_and_never_a_second_employee() {
    let staff = "
        id,email,first,last,born
        E-12,ann@x.nl,Ann,Aal,1990-01-01
        2,bob@x.nl,Bob,Bos,1980-02-02";
    // Another case, a Cyrillic letter, another hyphen, a blank within, full-width digits, letters for digits.
    for id in [
        "e-12",
        "\u{415}-12",
        "E\u{2010}12",
        "E-1 2",
        "E-\u{ff11}2",
        "E-l2",
    ] {
        let row = format!("{id},ann@x.nl,Ann,Aal,1990-01-01\n2,bob@x.nl,Bob,Bos,1980-02-02");
        let held = format!("held update E-12 new_external_id external_id=E-12>{id}");
        against(staff, &row, &held);
    }
    // What spreadsheets and editors leave around an id is no part of it.
    for id in [" E-12 ", "E-12\u{a0}", "\u{feff}E-12", "E-12\u{200b}"] {
        let row = format!("{id},ann@x.nl,Ann,Aal,1990-01-01\n2,bob@x.nl,Bob,Bos,1980-02-02");
        against(staff, &row, "");
    }
}

#[test]
fn a_name_by_marriage_with_a_new_address_is_an_update() {
    against(
        NAMESAKES,
        "1,jan.vos@x.nl,Jan,Vos,",
        "update 1 same_external_id email=jan@x.nl>jan.vos@x.nl last_name=Bos>Vos",
    );
    matched(
        "1,ann.vos@x.nl,Ann,Vos,1990-01-01",
        "update 1 same_external_id email=ann@x.nl>ann.vos@x.nl last_name=Aal>Vos",
    );
    // Another spelling is no other name.
    matched(
        "1,ann.new@x.nl,ANN,AAL,2000-01-01",
        "update 1 same_external_id email=ann@x.nl>ann.new@x.nl first_name=Ann>ANN last_name=Aal>AAL birthday=1990-01-01>2000-01-01",
    );
}

#[test]
fn a_new_id_of_an_employed_employee_is_held_with_all_that_the_record_says() {
    matched(
        "X1,ann@x.nl,Ann,Aal,1990-01-01",
        "held update 1 new_external_id external_id=1>X1",
    );
    matched(
        "X1,ann@x.nl,Ann,Aal,",
        "held update 1 new_external_id external_id=1>X1",
    );
    let row = "id,email,first,last,born,end\nX1,ann@x.nl,Ann,Aal,1990-01-01,2026-04-01";
    check(
        &mut Fixture::new(PEOPLE),
        &[row],
        "held deactivate 1 new_external_id external_id=1>X1 offboarding_date=->2026-04-01",
    );
    // Nobody is missing because of it.
    let mut leaving = Fixture::new(PEOPLE).with(|policy| policy.missing = Missing::Deactivate);
    let rows = "X1,ann@x.nl,Ann,Aal,1990-01-01\n2,bob@x.nl,Bob,Bos,1980-02-02\n3,cas@x.nl,Cas,Cox,1970-03-03\n,dee@x.nl,Dee,Dop,";
    check(
        &mut leaving,
        &[&with_header(rows)],
        "held update 1 new_external_id external_id=1>X1",
    );
}

#[test]
fn a_new_id_is_a_conflict_where_it_is_not_the_same_employee() {
    let conflict = "line 2: rejected MUS-MATCH-CONFLICT";
    matched("X1,ann@x.nl,Zoe,Aal,1990-01-01", conflict);
    matched("X1,ann@x.nl,Ann,Aal,1991-01-01", conflict);
    matched("X1,ann@x.nl,Ann,Vos,1990-01-01", conflict);
    // Ann's own record is there, and is used.
    matched(
        "X1,ann@x.nl,Ann,Aal,1990-01-01\n1,ann@x.nl,Anna,Aal,1990-01-01",
        "update 1 same_external_id first_name=Ann>Anna\nline 2: rejected MUS-RECORD-DUPLICATE",
    );
    let mut fixture = Fixture::new(PEOPLE);
    let own = "1,ann@x.nl,Ann,Aal,1990-01-01";
    fixture.step(&[&with_header(own)]);
    let both = format!("X1,ann@x.nl,Ann,Aal,1990-01-01\n{own}");
    check(&mut fixture, &[&with_header(&both)], conflict);
}

#[test]
fn an_id_twice_in_one_file_names_both_lines_where_one_is_unchanged() {
    let mut fixture = Fixture::new(PEOPLE);
    let own = "1,ann@x.nl,Ann,Aal,1990-01-01";
    fixture.step(&[&with_header(own)]);
    for second in [
        "1,zoe@x.nl,Zoe,Zee,2000-01-01",
        "1,zoe@x.nl,Zoe,Zee,",
        "1,ann@x.nl,Anna,Aal,1990-01-01",
        "1,bob@x.nl,Bob,Bos,1980-02-02",
    ] {
        let rows = format!("{own}\n{second}");
        check(
            &mut fixture,
            &[&with_header(&rows)],
            "line 3: rejected MUS-RECORD-DUPLICATE",
        );
        let text = details(&fixture, &rows);
        assert!(
            text.contains("line: 3 }, other: Origin { file: 0, line: 2 }"),
            "{text}"
        );
        assert_eq!(fixture.person("1").email(), "ann@x.nl");
    }
    // The fields that differ are named.
    let text = details(&fixture, &format!("{own}\n1,ann@x.nl,Anna,Aal,1990-01-01"));
    assert!(text.contains(r#"fields: ["first_name"]"#), "{text}");
}

#[test]
fn a_record_without_id_that_is_rejected_keeps_its_employee() {
    let others = "2,bob@x.nl,Bob,Bos,1980-02-02,,\n3,cas@x.nl,Cas,Cox,1970-03-03,,\n,dee@x.nl,Dee,Dop,1960-04-04,,";
    for ann in [
        ",ann.new@x.nl,Ann,Aal,1990-01-01,,31-12-2024",
        ",ann.new@x.nl,Ann,Aal,1990-01-01,soon,",
        ",ann.new@x.nl,Ann,Aal,,soon,",
        ",ann.new.x.nl,Ann,Aal,1990-01-01,,",
        ",,Ann,Aal,1990-01-01,,",
        ",ann.new@x.nl,Ann,Aal,1990-01-01,,\n,ann.new@x.nl,Ann,Aal,1990-01-02,,",
    ] {
        let mut fixture = Fixture::new(PEOPLE).with(|policy| policy.missing = Missing::Deactivate);
        let file = format!("id,email,first,last,born,start,end\n{others}\n{ann}");
        let story = fixture.step(&[&file]);
        assert!(
            !story.iter().any(|line| line.contains("missing")),
            "{ann}: {story:?}"
        );
        assert!(fixture.person("1").status.is_employed(), "{ann}: {story:?}");
    }
    // Another birthday is another person.
    let mut fixture = Fixture::new(PEOPLE).with(|policy| policy.missing = Missing::Deactivate);
    let ann = ",ann.new@x.nl,Ann,Aal,1999-01-01,soon,";
    let story = fixture.step(&[&format!(
        "id,email,first,last,born,start,end\n{others}\n{ann}"
    )]);
    assert_eq!(story[0], "deactivate 1 missing");
}

#[test]
fn an_employee_whose_own_record_is_refused_is_changed_by_no_other_record() {
    let refused = "1,ann.new@x.nl,Ann,Aal,1990-01-01,soon";
    for other in [
        ",ann@x.nl,Bo,Bb,1995-05-05,",
        ",ann@x.nl,Anna,Aal,1990-01-01,",
        ",ann@x.nl,Ann,Aal,1990-01-01,2019-01-01",
    ] {
        for rows in [format!("{refused}\n{other}"), format!("{other}\n{refused}")] {
            let fixture = Fixture::new(PEOPLE);
            let file = format!("id,email,first,last,born,start\n{rows}");
            let proposal = fixture.propose(&[&file]);
            assert_eq!(
                (proposal.plan.len(), proposal.counts.rejected),
                (0, 2),
                "{rows}"
            );
        }
    }
    // Held, not refused: the same.
    let held = "1,zoe@x.nl,Zoe,Zee,2000-01-01\n,ann@x.nl,Anna,Aal,1990-01-01";
    let proposal = Fixture::new(PEOPLE).propose(&[&with_header(held)]);
    assert!(
        proposal.views().all(|view| view.held.is_some()),
        "{:?}",
        proposal.plan
    );
}

#[test]
fn a_good_record_is_not_blocked_by_the_typo_of_another() {
    // A new row claims Ann's address: she keeps it, and her record is used.
    let used = "update 1 same_external_id first_name=Ann>Anna";
    for typo in [
        "9,ann@x.nl,Zoe,Zee,2000-01-01",
        "2,ann@x.nl,Bob,Bos,1980-02-02",
        ",ann@x.nl,Zoe,Zee,2000-01-01",
    ] {
        let own = "1,ann@x.nl,Anna,Aal,1990-01-01";
        let refused = "line 3: rejected MUS-RECORD-DUPLICATE";
        matched(&format!("{own}\n{typo}"), &format!("{used}\n{refused}"));
        matched(
            &format!("{typo}\n{own}"),
            &format!("{used}\n{}", refused.replace('3', "2")),
        );
    }
    // Across files, each named with its file.
    let newest = with_header("9,ann@x.nl,Zoe,Zee,2000-01-01");
    let older = with_header("1,ann@x.nl,Anna,Aal,1990-01-01");
    let proposal = Fixture::new(PEOPLE).propose(&[&newest, &older]);
    assert_eq!((proposal.counts.updated, proposal.counts.rejected), (1, 1));
    let text = format!("{:?}", proposal.problems.kept());
    assert!(
        text.contains("line: Origin { file: 0, line: 2 }, other: Origin { file: 1, line: 2 }"),
        "{text}"
    );
    // Where nobody has the address, neither record can be right about it.
    matched(
        "8,zoe@x.nl,Zoe,Zee,\n9,zoe@x.nl,Yan,Yde,",
        "line 2: rejected MUS-RECORD-DUPLICATE\nline 3: rejected MUS-RECORD-DUPLICATE",
    );
}

#[test]
fn a_newcomer_without_id_takes_an_address_that_is_given_up_in_the_same_file() {
    let moved = "update 1 same_external_id email=ann@x.nl>ann.new@x.nl";
    matched(
        "1,ann.new@x.nl,Ann,Aal,1990-01-01\n,ann@x.nl,Zoe,Zee,2000-01-01",
        &format!("create ann@x.nl new_person active\n{moved}"),
    );
    // Under Ann's names it is a second record of hers.
    matched(
        "1,ann.new@x.nl,Ann,Aal,1990-01-01\n,ann@x.nl,Ann,Aal,1990-01-01",
        "line 2: rejected MUS-RECORD-DUPLICATE\nline 3: rejected MUS-RECORD-DUPLICATE",
    );
    // Ann cannot move, so the address is not free.
    let proposal = Fixture::new(PEOPLE).propose(&[&with_header(
        "1,bob@x.nl,Ann,Aal,1990-01-01\n,ann@x.nl,Zoe,Zee,2000-01-01",
    )]);
    assert_eq!((proposal.plan.len(), proposal.counts.rejected), (0, 2));
}

#[test]
fn a_recycled_address_without_id_is_held() {
    // Names and known birthday differ.
    matched(
        ",ann@x.nl,Zoe,Aal,2000-01-01",
        "held update 1 recycled_address first_name=Ann>Zoe birthday=1990-01-01>2000-01-01",
    );
    // Without a birthday both names must differ.
    matched(
        ",ann@x.nl,Zoe,Zee,",
        "held update 1 recycled_address first_name=Ann>Zoe last_name=Aal>Zee",
    );
    matched(
        ",ann@x.nl,Ann,Vos,",
        "update 1 same_email last_name=Aal>Vos",
    );
    matched(
        ",ann@x.nl,Anna,Vos,1990-01-01",
        "update 1 same_email first_name=Ann>Anna last_name=Aal>Vos",
    );
    // An employee who left does not wake up as another person.
    matched(
        ",eve@x.nl,Zoe,Eik,",
        "held reactivate 5 recycled_address first_name=Eve>Zoe",
    );
    matched(",eve@x.nl,Eve,Eik,", "reactivate 5 came_back");
}

#[test]
fn matched_by_address_an_id_is_still_evidence() {
    // Jan takes a new address, Ilse gets his old one.
    let staff = "id,email,first,last,born\nJ,jan@x.nl,Jan,Jas,\nB,bob@x.nl,Bob,Bos,";
    let mut fixture = Fixture::new(staff).with(|policy| policy.match_by = MatchBy::Email);
    let rows = "I,jan@x.nl,Ilse,Iep,\nJ,jan.new@x.nl,Jan,Jas,\nB,bob@x.nl,Bob,Bos,";
    assert_eq!(
        fixture.step(&[&with_header(rows)]),
        [
            "held update J recycled_address external_id=J>I first_name=Jan>Ilse last_name=Jas>Iep",
            "held update J probable_email_change email=jan@x.nl>jan.new@x.nl",
        ]
    );
    assert_eq!(fixture.people.len(), 2, "nobody is paid twice");
    // An id of somebody with a record of their own is a conflict.
    by(
        MatchBy::Email,
        "1,ann@x.nl,Ann,Aal,\n1,zoe@x.nl,Zoe,Zee,",
        "line 3: rejected MUS-RECORD-DUPLICATE",
    );
    // The same address under another id and another name is a recycled one.
    by(
        MatchBy::Email,
        "9,ann@x.nl,Zoe,Aal,",
        "held update 1 recycled_address external_id=1>9 first_name=Ann>Zoe",
    );
    by(
        MatchBy::Email,
        "9,ann@x.nl,Ann,Aal,",
        "update 1 same_email external_id=1>9",
    );
}

#[test]
fn a_scheduled_joiner_whose_address_changes_is_one_person() {
    let staff = "id,email,first,last,born,start,status\n,zoe@x.nl,Zoe,Zee,2000-01-01,2026-06-01,scheduled\n1,ann@x.nl,Ann,Aal,,,";
    let file = "id,email,first,last,born,start\n,zoe.zee@x.nl,Zoe,Zee,2000-01-01,2026-06-01\n1,ann@x.nl,Ann,Aal,,";
    check(
        &mut Fixture::new(staff),
        &[file],
        "held update zoe@x.nl probable_email_change email=zoe@x.nl>zoe.zee@x.nl",
    );
}

#[test]
fn an_invalid_row_of_an_older_file_is_superseded() {
    let newest = "id,email,first,last,born,start\n1,ann@x.nl,Anna,Aal,1990-01-01,";
    for row in [
        "1,ann@x.nl,Ann,Aal,1990-01-01,soon",
        "1,,Ann,Aal,1990-01-01,",
        ",ann@x.nl,Ann,Aal,1990-01-01,soon",
    ] {
        let older = format!("id,email,first,last,born,start\n{row}");
        let mut fixture = Fixture::new(PEOPLE);
        let proposal = fixture.propose(&[newest, &older]);
        assert_eq!(
            (proposal.counts.superseded, proposal.counts.rejected),
            (1, 0),
            "{row}"
        );
        assert_eq!(
            fixture.story(&proposal),
            ["update 1 same_external_id first_name=Ann>Anna"],
            "{row}"
        );
        // Also where the record of the newest file is unchanged.
        fixture.settle(&proposal);
        let proposal = fixture.propose(&[newest, &older]);
        assert_eq!(
            (proposal.counts.superseded, proposal.counts.rejected),
            (1, 0),
            "{row}"
        );
        assert_eq!(fixture.story(&proposal), [""; 0], "{row}");
    }
}

#[test]
fn rows_that_differ_in_spelling_alone_are_one() {
    let repeated = "line 3: warning MUS-RECORD-REPEATED";
    for second in [
        "1,ANN@x.nl,Anna,Aal,1990-01-01",
        "1,ann@x.nl,Anna ,Aal,1990-01-01",
    ] {
        matched(
            &format!("1,ann@x.nl,Anna,Aal,1990-01-01\n{second}"),
            &format!("update 1 same_external_id first_name=Ann>Anna\n{repeated}"),
        );
    }
    // Composed and decomposed, and beside an unchanged row.
    let people = "id,email,first,last\n1,ann@x.nl,Zo\u{eb},Aal";
    let mut fixture = Fixture::new(people);
    let rows = format!("{people}\n1,ann@x.nl,Zoe\u{308},Aal");
    check(&mut fixture, &[&rows], repeated);
    check(&mut fixture, &[&rows], repeated);
}
