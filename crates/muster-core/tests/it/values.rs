//! What values do (directory rule 4): absent, blank, null, invalid; columns that are not there.

use crate::directory::{Fixture, check};
use muster_core::{
    decide::proposal::Proposal,
    model::{
        code::Code,
        field::canonical as c,
        problem::{Detail, Problem, Remedy, columns, value},
    },
    setup::{
        mapping::{BlankPolicy, InvalidPolicy},
        policy::{MatchBy, UnknownGroup},
    },
};

pub(crate) const PEOPLE: &str = "
    id,email,first,last,department,born,phone,group,level,budget
    1,ann@x.nl,Ann,Aal,Sales,1990-01-01,+31612345678,Sales,3,100
    2,bob@x.nl,Bob,Bos,,,,,,
    3,cas@x.nl,Cas,Cox,,,,,,
    4,dee@x.nl,Dee,Dop,,,,,,";

/// Ann's record with one more column, and what it does.
#[track_caller]
fn says(fixture: Fixture, column: &str, value: &str, expected: &str) {
    let file = format!("id,email,first,last,{column}\n1,ann@x.nl,Ann,Aal,{value}");
    check(&mut fixture.clone(), &[&file], expected);
}

/// Why values were invalid.
fn faults(proposal: &Proposal) -> Vec<value::Fault> {
    let fault = |problem: &Problem| match &problem.detail {
        Detail::Value(value::Detail::Invalid { fault, .. }) => Some(fault.clone()),
        _ => None,
    };
    proposal.problems.kept().iter().filter_map(fault).collect()
}

fn people() -> Fixture {
    Fixture::new(PEOPLE)
}

fn clearing() -> Fixture {
    people().with(|policy| policy.blank = BlankPolicy::Clear)
}

#[test]
fn absent_blank_null_and_a_value_are_four_things() {
    let cleared = "update 1 same_external_id department=Sales>-";
    for (value, keep, clear) in [
        ("<absent>", "", ""),
        ("", "", cleared),
        ("  ", "", cleared),
        ("<null>", cleared, cleared),
    ] {
        says(people(), "department", value, keep);
        says(clearing(), "department", value, clear);
    }
    says(
        people(),
        "department",
        "HR",
        "update 1 same_external_id department=Sales>HR",
    );
}

#[test]
fn a_field_may_differ_from_the_integration_about_blanks() {
    let at = |mut fixture: Fixture, blank| {
        let entries = &mut fixture.setup.rules.mapping.entries;
        entries
            .iter_mut()
            .find(|entry| entry.field == c::DEPARTMENT)
            .unwrap()
            .blank = Some(blank);
        fixture
    };
    says(
        at(people(), BlankPolicy::Clear),
        "department",
        "",
        "update 1 same_external_id department=Sales>-",
    );
    says(at(clearing(), BlankPolicy::Keep), "department", "", "");
}

#[test]
fn ids_and_budgets_are_not_cleared_by_blanks() {
    says(clearing(), "budget", "", "");
    check(
        &mut clearing(),
        &["id,email,first,last\n,ann@x.nl,Ann,Aal"],
        "",
    );
    check(
        &mut clearing(),
        &["id,email,first,last\n<null>,ann@x.nl,Ann,Aal"],
        "",
    );
    says(
        people(),
        "budget",
        "0",
        "update 1 same_external_id monthly_all_budget=100>0",
    );
    says(people(), "budget", "100.00", "");
}

/// P13.
#[test]
fn f24_a_missing_optional_column_leaves_stored_values() {
    let file = "id,email,first,last\n1,ann@x.nl,Ann,Aal";
    check(&mut clearing(), &[file], "");
    let proposal = clearing().propose(&[file]);
    let note = proposal
        .problems
        .kept()
        .iter()
        .find(|problem| problem.code == Code::ColumnOptional)
        .unwrap();
    let absent = columns::Detail::Absent {
        columns: names(&[
            "born",
            "start",
            "end",
            "joined",
            "language",
            "group",
            "department",
            "phone",
            "manager",
            "level",
            "budget",
        ]),
    };
    assert_eq!(note.detail, Detail::Columns(absent));
}

#[test]
fn missing_required_columns_refuse_the_delivery_once_with_all_their_names() {
    let refused = people()
        .read(&["id,e-mail,first_name,x\n1,ann@x.nl,Ann,Aal"], None)
        .unwrap_err();
    assert_eq!(refused.code, Code::CsvColumnMissing);
    let required = |columns: &[&str], present: &[&str]| {
        Detail::Columns(columns::Detail::Required {
            columns: names(columns),
            present: names(present),
        })
    };
    let renamed = |pairs: &[(&str, &str)]| {
        let renamed = pairs.iter().map(|(from, to)| columns::Renamed {
            from: (*from).to_owned(),
            to: (*to).to_owned(),
        });
        Remedy::Columns(columns::Remedy::CorrectNames {
            renamed: renamed.collect(),
        })
    };
    assert_eq!(
        refused.detail,
        required(
            &["email", "first", "last"],
            &["id", "e-mail", "first_name", "x"]
        )
    );
    assert_eq!(
        refused.remedy,
        renamed(&[("email", "e-mail"), ("first", "first_name")])
    );
    let dutch = people()
        .read(
            &["id,Mailadres,Voornaam,Achternaam\n1,ann@x.nl,Ann,Aal"],
            None,
        )
        .unwrap_err();
    let pairs = [
        ("email", "Mailadres"),
        ("first", "Voornaam"),
        ("last", "Achternaam"),
    ];
    assert_eq!(dutch.remedy, renamed(&pairs));
    let title = people()
        .read(&["Staff of Acme\n\nid,email,first,last"], None)
        .unwrap_err();
    assert_eq!(title.remedy, Remedy::Columns(columns::Remedy::RemoveTitle));
    let by_id = people().with(|policy| policy.match_by = MatchBy::ExternalId);
    assert_eq!(
        by_id
            .read(&["email,first,last\nann@x.nl,Ann,Aal"], None)
            .unwrap_err()
            .detail,
        required(&["id"], &["email", "first", "last"])
    );
}

#[test]
fn f26_columns_that_are_not_mapped_are_bound_to_nothing() {
    let file =
        "id,email,first,last,status,owner,revision,protected,external_id,__proto__,'; DROP TABLE
        1,ann@x.nl,Ann,Aal,erased,2,99,no,77,x,y";
    check(&mut people(), &[file], "warning MUS-MAPPING-IGNORED");
    let proposal = people().propose(&[file]);
    let reported: Vec<_> = proposal
        .problems
        .kept()
        .iter()
        .filter(|reported| reported.code == Code::ColumnIgnored)
        .collect();
    assert_eq!(reported.len(), 1);
    let ignored = [
        "status",
        "owner",
        "revision",
        "protected",
        "external_id",
        "__proto__",
        "'; DROP TABLE",
    ];
    let ignored = columns::Detail::Ignored {
        columns: names(&ignored),
        more: 0,
    };
    assert_eq!(reported[0].detail, Detail::Columns(ignored));
}

#[test]
fn an_invalid_optional_value_is_dropped_and_the_rest_is_used() {
    let file = "id,email,first,last,department,born,phone,level
        1,ann@x.nl,Ann,Aal,HR,01-02-1990,12,many";
    let mut fixture = people();
    check(
        &mut fixture,
        &[file],
        "update 1 same_external_id department=Sales>HR
         line 2: warning MUS-VALUE-DATE
         line 2: warning MUS-VALUE-NUMBER
         line 2: warning MUS-VALUE-PHONE",
    );
    let ann = fixture.person("1");
    assert_eq!(
        (ann.value(c::BIRTHDAY), ann.value(c::PHONE)),
        (Some("1990-01-01"), Some("+31612345678"))
    );
    let proposal = people().propose(&[file]);
    let problem = proposal
        .problems
        .kept()
        .iter()
        .find(|problem| problem.code == Code::ValueDate)
        .unwrap();
    assert_eq!(
        (problem.field.as_deref(), problem.value.as_deref()),
        (Some("born"), Some("##-##-####"))
    );
    assert!(
        problem.remedy == value::Remedy::WriteDate.into()
            && problem.subject.as_deref() == Some("1"),
        "{problem:?}"
    );
}

#[test]
fn an_invalid_optional_value_may_reject_the_record() {
    let rejecting = people().with(|policy| policy.invalid_value = InvalidPolicy::Reject);
    says(
        rejecting,
        "born",
        "1990-02-30",
        "line 2: rejected MUS-VALUE-DATE",
    );
    let mut one_field = people();
    let entries = &mut one_field.setup.rules.mapping.entries;
    entries
        .iter_mut()
        .find(|entry| entry.field == c::BIRTHDAY)
        .unwrap()
        .invalid = Some(InvalidPolicy::Reject);
    says(
        one_field.clone(),
        "born",
        "1990-02-30",
        "line 2: rejected MUS-VALUE-DATE",
    );
    says(one_field, "phone", "12", "line 2: warning MUS-VALUE-PHONE");
}

#[test]
fn values_that_decide_access_are_never_dropped() {
    for (column, value) in [
        ("start", "soon"),
        ("end", "31-12-2026"),
        ("end", "2026-02-30"),
        ("start", "0000-00-00"),
    ] {
        says(people(), column, value, "line 2: rejected MUS-VALUE-DATE");
    }
}

#[test]
fn required_values_reject_the_record_when_blank_or_invalid() {
    let header = "id,email,first,last";
    for (row, code) in [
        ("1,,Ann,Aal", "VALUE-REQUIRED"),
        ("1,<null>,Ann,Aal", "VALUE-REQUIRED"),
        ("1,ann@x.nl,<absent>,Aal", "VALUE-REQUIRED"),
        ("1,ann@x.nl,Ann, ", "VALUE-REQUIRED"),
        ("1,no address,Ann,Aal", "VALUE-EMAIL"),
        ("1,ann@x.nl,A\u{fffd}nn,Aal", "VALUE-LOST"),
        ("1,an\u{1b}n@x.nl,Ann,Aal", "VALUE-CONTROL"),
        ("1,ann@x.nl,#N/A,Aal", "VALUE-SPREADSHEET"),
        ("1,ann@x.nl,<unreadable>,Aal", "CSV-ENCODING"),
    ] {
        check(
            &mut people(),
            &[&format!("{header}\n{row}")],
            &format!("line 2: rejected MUS-{code}"),
        );
    }
}

#[test]
fn f48_an_unknown_group_is_warned_of_created_or_rejected() {
    let with = |unknown| people().with(|policy| policy.unknown_group = unknown);
    says(
        with(UnknownGroup::Warn),
        "group",
        "sales",
        "line 2: warning MUS-VALUE-GROUP",
    );
    says(
        with(UnknownGroup::Reject),
        "group",
        "sales",
        "line 2: rejected MUS-VALUE-GROUP",
    );
    says(
        with(UnknownGroup::Create),
        "group",
        "Legal",
        "update 1 same_external_id group=Sales>Legal",
    );
    says(
        people(),
        "group",
        "Finance",
        "update 1 same_external_id group=Sales>Finance",
    );
    let file = "id,email,first,last,group\n8,a@x.nl,A,A,Legal\n9,b@x.nl,B,B,Legal";
    assert_eq!(
        with(UnknownGroup::Create).propose(&[file]).new_groups,
        ["Legal"]
    );
    let warned =
        with(UnknownGroup::Warn).propose(&["id,email,first,last,group\n9,z@x.nl,Z,Z,sales"]);
    assert_eq!(warned.counts.created, 1, "the person is kept");
    let nearest = value::Fault::Group {
        nearest: Some("Sales".into()),
        groups: Vec::new(),
    };
    assert_eq!(faults(&warned), [nearest]);
}

/// F48.
#[test]
fn unknown_languages_are_ignored_with_the_known_ones_named() {
    let ignored = "line 2: warning MUS-VALUE-LANGUAGE";
    says(people(), "language", "tlh", ignored);
    let proposal = people().propose(&["id,email,first,last,language\n1,ann@x.nl,Ann,Aal,fr"]);
    let languages = vec!["en".to_owned(), "nl".to_owned()];
    assert_eq!(faults(&proposal), [value::Fault::Language { languages }]);
}

#[test]
fn a_new_person_without_language_gets_the_workspaces() {
    for (value, language) in [("", "en"), ("NL", "nl"), ("tlh", "en")] {
        let mut fixture = people();
        fixture.step(&[&format!(
            "id,email,first,last,language\n9,zoe@x.nl,Zoe,Zee,{value}"
        )]);
        assert_eq!(
            fixture.person("9").value(c::LANGUAGE),
            Some(language),
            "{value:?}"
        );
    }
    says(clearing(), "language", "", "");
}

#[test]
fn m18_managers_never_keep_anybody_out() {
    let file = "id,email,first,last,manager
        1,ann@x.nl,Ann,Aal,1
        2,bob@x.nl,Bob,Bos,3
        3,cas@x.nl,Cas,Cox,2
        8,yan@x.nl,Yan,Yde,9
        9,zoe@x.nl,Zoe,Zee,nobody";
    let proposal = people().propose(&[file]);
    assert_eq!(
        (
            proposal.counts.created,
            proposal.counts.updated,
            proposal.counts.rejected
        ),
        (2, 3, 0)
    );
    let mut fixture = people();
    fixture.step(&[file]);
    assert_eq!(
        fixture.person("9").value(c::MANAGER_EXTERNAL_ID),
        Some("nobody"),
        "kept until that person appears"
    );
    assert!(fixture.propose(&[file]).plan.is_empty());
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
