//! Which employee a record is about when its keys are blank, unreadable or of nobody.

use crate::{
    directory::{Fixture, check},
    values::PEOPLE,
};
use muster_core::{
    model::{code::Code, problem::matching},
    read::reading::Completeness,
    setup::policy::{MatchBy, Missing},
};

fn people() -> Fixture {
    Fixture::new(PEOPLE)
}

/// Bob, Cas and Dee are in the delivery; the row is all that may speak for Ann.
#[track_caller]
fn among(match_by: MatchBy, row: &str, expected: &str) {
    let mut fixture = people().with(|policy| {
        policy.missing = Missing::Deactivate;
        policy.match_by = match_by;
    });
    let others = "2,bob@x.nl,Bob,Bos\n3,cas@x.nl,Cas,Cox\n4,dee@x.nl,Dee,Dop";
    check(
        &mut fixture,
        &[&format!("id,email,first,last,start\n{others}\n{row}")],
        expected,
    );
}

#[test]
fn p06_a_rejected_record_proves_that_its_person_is_present() {
    use MatchBy::{Email, ExternalId, ExternalIdThenEmail as Both};
    among(
        Both,
        "99,zoe@x.nl,,Zee",
        "deactivate 1 missing\nline 5: rejected MUS-VALUE-REQUIRED",
    );
    among(Both, "1,,Ann,Aal", "line 5: rejected MUS-VALUE-REQUIRED");
    among(
        Both,
        ",ann@x.nl,,Aal",
        "line 5: rejected MUS-VALUE-REQUIRED",
    );
    among(
        Both,
        "1,no address,Ann,Aal",
        "line 5: rejected MUS-VALUE-EMAIL",
    );
    among(
        Email,
        "1,ann@x.nl,,Aal",
        "line 5: rejected MUS-VALUE-REQUIRED",
    );
    among(
        ExternalId,
        "1,other@x.nl,,Aal",
        "line 5: rejected MUS-VALUE-REQUIRED",
    );
    among(
        Both,
        "!1,ann@x.nl,Ann,Aal,spare",
        "line 5: rejected MUS-CSV-COLUMNS",
    );
}

#[test]
fn p07_a_record_whose_key_cannot_be_read_could_be_anybody() {
    use MatchBy::{Email, ExternalId, ExternalIdThenEmail as Both};
    let unknown = |code: &str| format!("line 5: rejected MUS-{code}\npartial unknown_people");
    among(Both, "!", &unknown("CSV-COLUMNS"));
    among(
        Both,
        "<unreadable>,new@x.nl,Ann,Aal",
        &unknown("CSV-ENCODING"),
    );
    among(
        Both,
        "#REF!,new@x.nl,Ann,Aal",
        &unknown("VALUE-SPREADSHEET"),
    );
    among(
        Both,
        "1\u{202e}2,new@x.nl,Ann,Aal",
        &unknown("VALUE-CONTROL"),
    );
    among(Both, ",<unreadable>,Ann,Aal", &unknown("CSV-ENCODING"));
    among(Both, ",,Ann,Aal", &unknown("VALUE-REQUIRED"));
    among(
        ExternalId,
        "<unreadable>,ann@x.nl,Ann,Aal",
        &unknown("CSV-ENCODING"),
    );
    among(Email, "1,<unreadable>,Ann,Aal", &unknown("CSV-ENCODING"));
    among(
        Email,
        "<unreadable>,ann@x.nl,Ann,Aal",
        "line 5: rejected MUS-CSV-ENCODING",
    );
}

#[test]
fn p07_a_record_of_nobodys_id_with_an_unreadable_address_could_be_anybody() {
    use MatchBy::{Email, ExternalId, ExternalIdThenEmail as Both};
    let unknown = |code: &str| {
        format!(
            "line 5: rejected MUS-{code}\nline 5: warning MUS-RECORD-UNKNOWN\npartial unknown_people"
        )
    };
    among(Both, "99,ann.x.nl,Ann,Aal", &unknown("VALUE-EMAIL"));
    among(Both, "99,<unreadable>,Ann,Aal", &unknown("CSV-ENCODING"));
    among(Both, "!99,ann", &unknown("CSV-COLUMNS"));
    // Without a word of an address there is none to find anybody by; with one key alone, the id says it all.
    among(
        Both,
        "99,,Zoe,Zee",
        "deactivate 1 missing\nline 5: rejected MUS-VALUE-REQUIRED",
    );
    among(
        ExternalId,
        "99,zoe.x.nl,Zoe,Zee",
        "deactivate 1 missing\nline 5: rejected MUS-VALUE-EMAIL",
    );
    among(
        Email,
        "99,ann.x.nl,Ann,Aal",
        "line 5: rejected MUS-VALUE-EMAIL\npartial unknown_people",
    );
    let people = Fixture::crowd(3).with(|policy| policy.missing = Missing::Deactivate);
    let proposal = people.propose(&[
        "id,email,first,last\n2,p2@x.nl,First2,Last2\n3,p3@x.nl,First3,Last3\n99,ann.x.nl,Ann,Aal",
    ]);
    let reported = proposal
        .problems
        .kept()
        .iter()
        .find(|problem| problem.code == Code::RecordUnknown)
        .unwrap();
    let detail = matching::Detail::CouldBeAnybody {
        name: Some("Ann Aal".to_owned()),
        external_id: Some("99".to_owned()),
    };
    assert_eq!(reported.detail, detail.into());
    assert_eq!(reported.subject.as_deref(), Some("99"));
    // Whom the selection leaves out would leave by that, and nobody departs by absence where nobody may.
    let gated = "id,email,first,last,access\n2,p2@x.nl,First2,Last2,yes\n3,p3@x.nl,First3,Last3,yes\n99,ann.x.nl,Ann,Aal,no";
    assert_eq!(people.clone().gated().propose(&[gated]).counts.missing, 1);
    let kept = Fixture::crowd(3).propose(&["id,email,first,last\n99,ann.x.nl,Ann,Aal"]);
    assert_eq!(kept.reading.completeness, Completeness::Complete);
}

#[test]
fn p06_a_rejected_record_keeps_the_employee_with_its_names() {
    use MatchBy::{Email, ExternalId, ExternalIdThenEmail as Both};
    among(
        Both,
        "99,,Ann,Aal",
        "line 5: rejected MUS-VALUE-REQUIRED\nline 5: warning MUS-RECORD-NAMESAKE",
    );
    among(
        ExternalId,
        "99,ann.x.nl,Ann,Aal",
        "line 5: rejected MUS-VALUE-EMAIL\nline 5: warning MUS-RECORD-NAMESAKE",
    );
    among(
        Both,
        "99,,Ann,Other",
        "deactivate 1 missing\nline 5: rejected MUS-VALUE-REQUIRED",
    );
    // An address that can be read is somebody's or nobody's: a likeness does not count beside it.
    among(
        Email,
        "99,new@x.nl,Ann,Aal,2026-02-30",
        "deactivate 1 missing\nline 5: rejected MUS-VALUE-DATE",
    );
}

#[test]
fn f40_an_id_in_scientific_notation_could_be_anybodys() {
    let expected = "line 5: rejected MUS-VALUE-SCIENTIFIC\npartial unknown_people";
    among(
        MatchBy::ExternalIdThenEmail,
        "1.00E+05,new@x.nl,Ann,Aal",
        expected,
    );
}
