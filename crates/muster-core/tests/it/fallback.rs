//! The first of several columns (`first_of`) is withheld or gone: the others do not replace it.

use crate::directory::Fixture;
use muster_core::{
    decide::guard::{Evidence, Guard},
    model::{
        code::Code,
        field::{FieldNumber, canonical as c},
        problem::{Detail, columns},
    },
    setup::mapping::Source,
};

const DAY_ONE: &str = "id,email,first,last,start,original,known,end,contract,title\n\
     1,a@x.nl,Anna,Aa,2020-01-01,2012-05-01,An,,2027-04-01,Boss\n\
     2,b@x.nl,Bob,Bb,2021-01-01,,,,,\n\
     3,c@x.nl,Cees,Cc,2022-01-01,2019-02-01,Kees,2026-12-31,2026-06-01,";

/// Day one is applied; anniversaries, first names and last days have a fallback.
fn settled() -> Fixture {
    let mut fixture = Fixture::new("id,email,first,last\n");
    let first_of = |columns: [&str; 2]| Source::FirstOf(columns.map(str::to_owned).to_vec());
    let mut map = |field: FieldNumber, source: Source| {
        let entries = &mut fixture.setup.rules.mapping.entries;
        entries
            .iter_mut()
            .find(|entry| entry.field == field)
            .unwrap()
            .source = source;
    };
    map(c::WORK_ANNIVERSARY, first_of(["original", "start"]));
    map(c::FIRST_NAME, first_of(["known", "first"]));
    map(c::OFFBOARDING_DATE, first_of(["end", "contract"]));
    let proposal = fixture.propose(&[DAY_ONE]);
    fixture.settle(&proposal);
    fixture.remember(&proposal);
    fixture
}

/// A delivery without these columns.
fn without(delivery: &str, gone: &[&str]) -> String {
    let header: Vec<&str> = delivery.lines().next().unwrap().split(',').collect();
    let kept = |line: &str| {
        let cells = line.split(',').zip(&header);
        let kept = cells.filter(|(_, name)| !gone.contains(name));
        kept.map(|(cell, _)| cell).collect::<Vec<_>>().join(",")
    };
    delivery.lines().map(kept).collect::<Vec<_>>().join("\n")
}

/// The changes of a delivery, and how many columns are reported.
fn changes(fixture: &Fixture, delivery: &str) -> (Vec<String>, usize) {
    let proposal = fixture.propose(&[delivery]);
    let reported = proposal
        .problems
        .kept()
        .iter()
        .filter(|problem| problem.code == Code::ColumnOptional)
        .filter(|problem| {
            matches!(
                &problem.detail,
                Detail::Columns(columns::Detail::FirstColumn { .. })
            )
        })
        .count();
    let mut story = fixture.story(&proposal);
    story.retain(|line| !line.starts_with("warning") && !line.starts_with("guard"));
    (story, reported)
}

#[test]
fn stored_values_stay_where_the_first_of_several_columns_is_withheld() {
    let fixture = settled();
    assert_eq!(
        fixture.person("1").value(c::WORK_ANNIVERSARY),
        Some("2012-05-01")
    );
    for gone in [
        &["original"][..],
        &["known"],
        &["end"],
        &["original", "known", "end"],
    ] {
        let (story, reported) = changes(&fixture, &without(DAY_ONE, gone));
        assert_eq!(
            (story, reported),
            (Vec::<String>::new(), gone.len()),
            "{gone:?}"
        );
    }
    let absent = DAY_ONE
        .replace("2012-05-01", "<absent>")
        .replace("2019-02-01", "<absent>")
        .replace("2021-01-01,,", "2021-01-01,<absent>,");
    assert_eq!(
        changes(&fixture, &absent),
        (Vec::new(), 1),
        "no record has it"
    );
}

#[test]
fn other_fields_of_the_same_records_change_and_newcomers_get_the_fallback() {
    let fixture = settled();
    let delivery =
        without(DAY_ONE, &["known"]).replace("Bb", "Bakker") + "\n4,d@x.nl,Dirk,Dd,2026-05-01,,,,";
    let (story, reported) = changes(&fixture, &delivery);
    assert_eq!(reported, 1);
    assert_eq!(
        story,
        [
            "create 4 new_person active",
            "update 2 same_external_id last_name=Bb>Bakker"
        ]
    );
}

#[test]
fn the_plan_is_held_where_the_fallback_would_change_a_stored_value() {
    let fixture = settled();
    let newcomer = "\n4,d@x.nl,Dirk,Dd,2026-05-01,,,,";
    let finding = |delivery: &str| {
        let proposal = fixture.propose(&[delivery]);
        let mut findings = proposal.findings.into_iter();
        findings.find(|finding| finding.guard == Guard::FirstColumn)
    };
    let found = finding(&(without(DAY_ONE, &["original"]) + newcomer)).unwrap();
    assert_eq!((found.count, found.of, found.people.len()), (2, 3, 2));
    assert_eq!(
        found.evidence,
        Evidence::FirstColumn {
            fields: vec!["work_anniversary".to_owned()]
        }
    );
    // Nothing to apply, nothing that changes, nothing withheld.
    assert_eq!(finding(&without(DAY_ONE, &["original"])), None);
    let equal = DAY_ONE
        .replace("2012-05-01,An", "2020-01-01,An")
        .replace("2019-02-01", "2022-01-01");
    let mut same = fixture.clone();
    let proposal = same.propose(&[&equal]);
    same.settle(&proposal);
    let proposal = same.propose(&[&(without(&equal, &["original"]) + newcomer)]);
    assert!(
        proposal
            .findings
            .iter()
            .all(|finding| finding.guard != Guard::FirstColumn)
    );
    assert_eq!(finding(&(DAY_ONE.to_owned() + newcomer)), None);
}

#[test]
fn the_plan_is_held_also_on_the_days_after_the_column_went() {
    let mut fixture = settled();
    let gone = without(DAY_ONE, &["end"]);
    let quiet = fixture.propose(&[&gone]);
    assert_eq!(quiet.findings, []);
    fixture.settle(&quiet);
    fixture.remember(&quiet);
    let proposal = fixture.propose(&[&gone.replace("Bb", "Bakker")]);
    let guards: Vec<_> = proposal
        .findings
        .iter()
        .map(|finding| finding.guard)
        .collect();
    assert_eq!(guards, [Guard::FirstColumn]);
}

#[test]
fn it_is_missed_until_it_is_back_and_then_counts_again() {
    let mut fixture = settled();
    let delivery = without(DAY_ONE, &["original"]);
    for _ in 0..3 {
        let proposal = fixture.propose(&[&delivery]);
        assert_eq!(changes(&fixture, &delivery), (Vec::new(), 1));
        fixture.settle(&proposal);
        fixture.remember(&proposal);
    }
    let back = DAY_ONE.replace("2012-05-01", "2012-06-01");
    let (story, reported) = changes(&fixture, &back);
    assert_eq!(reported, 0);
    assert_eq!(
        story,
        ["update 1 same_external_id work_anniversary=2012-05-01>2012-06-01"]
    );
}

#[test]
fn a_first_column_that_never_existed_is_only_another_spelling() {
    let mut fixture = Fixture::new("id,email,first,last\n");
    let entries = &mut fixture.setup.rules.mapping.entries;
    entries
        .iter_mut()
        .find(|entry| entry.field == c::FIRST_NAME)
        .unwrap()
        .source = Source::FirstOf(["Voornaam", "first"].map(str::to_owned).to_vec());
    let day = "id,email,first,last\n1,a@x.nl,Anna,Aa";
    let proposal = fixture.propose(&[day]);
    fixture.settle(&proposal);
    fixture.remember(&proposal);
    let (story, reported) = changes(&fixture, &day.replace("Anna", "Annie"));
    assert_eq!(reported, 0);
    assert_eq!(story, ["update 1 same_external_id first_name=Anna>Annie"]);
}

#[test]
fn a_blank_first_column_falls_back_as_it_always_did() {
    let fixture = settled();
    let (story, reported) = changes(&fixture, &DAY_ONE.replace("2012-05-01", ""));
    assert_eq!(reported, 0);
    assert_eq!(
        story,
        ["update 1 same_external_id work_anniversary=2012-05-01>2020-01-01"]
    );
}
