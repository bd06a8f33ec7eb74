//! What each test selects, and which values decide nothing.

use super::*;
use crate::{
    model::{ids::RunId, problem},
    read::{reading::FieldFill, roster::LastGood},
};
use jiff::civil::date;

const DAY: Date = date(2026, 5, 1);

/// The rules were reviewed when `not_selected` had failed.
fn reviewed(not_selected: &[&str]) -> LastGood {
    let fill = FieldFill {
        not_selected: not_selected
            .iter()
            .map(|value| (*value).to_owned())
            .collect(),
        ..FieldFill::of_selection(fill_key("c"))
    };
    LastGood {
        run: RunId(1),
        records: 10,
        setup: String::new(),
        fills: vec![fill],
        final_line_break: None,
    }
}

fn verdict_of(rule: Rule, value: &str, last: Option<&LastGood>) -> Verdict {
    let rules = [rule];
    let compiled = compile(&rules, &["c".into()]).unwrap();
    let mut classification = Classification::new(&rules, last);
    holds(&compiled, |_| Cell::Text(value), DAY, &mut classification)
}

fn verdict(test: Test, value: &str) -> Verdict {
    verdict_of(
        Rule::new("c".into(), test),
        value,
        Some(&reviewed(&["left"])),
    )
}

#[track_caller]
fn check(test: Test, selected: &[&str], not_selected: &[&str], undecided: &[&str]) {
    for value in selected {
        assert_eq!(
            verdict(test.clone(), value),
            Verdict::Selected,
            "{test:?} {value:?}"
        );
    }
    for value in not_selected {
        assert_eq!(
            verdict(test.clone(), value),
            Verdict::NotSelected { rule: 0 },
            "{test:?} {value:?}"
        );
    }
    for value in undecided {
        let written = value.trim().to_owned();
        let value_of = (!written.is_empty()).then_some(written);
        assert_eq!(
            verdict(test.clone(), value),
            Verdict::Undecided {
                rule: 0,
                value: value_of
            },
            "{test:?} {value:?}"
        );
    }
}

#[test]
fn listed_values_select_in_any_case_and_new_ones_decide_nothing() {
    let text = || "Active".to_owned();
    check(
        Test::Equals(text()),
        &["Active", " active ", "ACTIVE"],
        &["Left", "no", "Nein", "ja", "0"],
        &["Onboarding", "", "  ", "Actve"],
    );
    check(
        Test::In(vec![text(), "Leave".into()]),
        &["leave", "Active"],
        &["LEFT", "false"],
        &["Sabbatical", ""],
    );
    check(
        Test::NotEquals(text()),
        &["Left", "", "Onboarding"],
        &["active"],
        &[],
    );
    check(Test::NotIn(vec![text()]), &["Left", ""], &[" ACTIVE"], &[]);
}

#[test]
fn a_yes_in_another_language_is_no_no() {
    check(
        Test::Equals("yes".into()),
        &["YES"],
        &["no", "Nee", "0"],
        &["Ja", "1"],
    );
    check(Test::In(vec!["x".into()]), &["X"], &["no", "yes"], &["y x"]);
}

#[test]
fn yes_and_no_are_read_in_eight_languages() {
    check(
        Test::Is(true),
        &["yes", "Ja", "1", "OUI", "Sí", "sì", "TRUE", "Y"],
        &["no", "Nein", "nee", "Non", "NEJ", "0", "False"],
        &["", " "],
    );
    check(Test::Is(false), &["no", "", "Nein"], &["yes", "Oui"], &[]);
}

#[test]
fn other_tests_always_decide() {
    let text = || "NL".to_owned();
    check(Test::Contains(text()), &["x NL y"], &["x", ""], &[]);
    check(Test::StartsWith(text()), &["NL-1"], &["1-NL", ""], &[]);
    check(Test::EndsWith(text()), &["1-NL"], &["NL-1", ""], &[]);
    check(Test::Empty(true), &["", "  "], &["x"], &[]);
    check(Test::Empty(false), &["x"], &["", "\u{a0}"], &[]);
    check(
        Test::Matches("^[A-Z]{2}$".into()),
        &["NL"],
        &["N", "NLD", ""],
        &[],
    );
    check(
        Test::Number(Comparison::AtLeast, 32.into()),
        &["32", "32.5"],
        &["31.9", ""],
        &[],
    );
    check(
        Test::Date(Comparison::Less, Day::Today(-30)),
        &["2026-03-31"],
        &["2026-04-01", ""],
        &[],
    );
    check(
        Test::Date(Comparison::AtLeast, Day::On(date(2026, 1, 1))),
        &["2026-01-01"],
        &["2025-12-31"],
        &[],
    );
}

#[test]
fn a_blank_may_be_declared_a_no() {
    let rule = Rule {
        blank: BlankSelection::NotSelected,
        ..Rule::new("c".into(), Test::Is(true))
    };
    assert_eq!(
        verdict_of(rule, " ", Some(&reviewed(&[]))),
        Verdict::NotSelected { rule: 0 }
    );
}

#[test]
fn the_first_reviewed_delivery_classifies_its_values() {
    let rules = [Rule::new("c".into(), Test::Equals("Active".into()))];
    let compiled = compile(&rules, &["c".into()]).unwrap();
    let mut first = Classification::new(&rules, None);
    let says = |value, classification: &mut Classification| {
        holds(&compiled, |_| Cell::Text(value), DAY, classification)
    };
    assert_eq!(
        says("Terminated", &mut first),
        Verdict::NotSelected { rule: 0 }
    );
    let last = LastGood {
        fills: first.fills().collect(),
        ..reviewed(&[])
    };
    let mut second = Classification::new(&rules, Some(&last));
    assert_eq!(
        says(" TERMINATED", &mut second),
        Verdict::NotSelected { rule: 0 }
    );
    let new = Verdict::Undecided {
        rule: 0,
        value: Some("Onboarding".into()),
    };
    assert_eq!(says("Onboarding", &mut second), new);
    let pending: Vec<FieldFill> = second.fills().collect();
    assert_eq!(pending[0].pending, ["onboarding"]);
    let approved = LastGood {
        fills: pending.into_iter().map(FieldFill::approved).collect(),
        ..last
    };
    let mut third = Classification::new(&rules, Some(&approved));
    assert_eq!(
        says("onboarding", &mut third),
        Verdict::NotSelected { rule: 0 }
    );
}

#[test]
fn a_rule_that_fails_for_certain_outweighs_an_undecided_one() {
    let rules = [
        Rule::new("c".into(), Test::Is(true)),
        Rule::new("d".into(), Test::Empty(true)),
    ];
    let compiled = compile(&rules, &["c".into(), "d".into()]).unwrap();
    let mut classification = Classification::new(&rules, Some(&reviewed(&[])));
    let cell = |column| Cell::Text(if column == 0 { "" } else { "left" });
    assert_eq!(
        holds(&compiled, cell, DAY, &mut classification),
        Verdict::NotSelected { rule: 1 }
    );
}

#[test]
fn an_unreadable_value_rejects_and_an_absent_column_decides_nothing() {
    let Verdict::Invalid(rejected) = verdict(Test::Is(true), "perhaps") else {
        panic!("rejected");
    };
    assert_eq!(rejected.code, Code::ValueBoolean);
    let fault = problem::selection::Detail::Invalid {
        fault: Fault::Boolean,
    };
    assert_eq!(rejected.detail, fault.into());
    let rules = [Rule::new("gone".into(), Test::Is(true))];
    let compiled = compile(&rules, &["c".into()]).unwrap();
    let mut classification = Classification::new(&rules, None);
    assert_eq!(
        holds(&compiled, |_| Cell::Text("yes"), DAY, &mut classification),
        Verdict::Absent
    );
}
