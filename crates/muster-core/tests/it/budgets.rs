//! Budgets: each rule by its name, and what holds for every sequence of files, undos, departures and returns.

use crate::person::{MONTHLY, ONE_OFF, Person};
use jiff::civil::{Date, date};
use muster_core::{
    derive::budget::{self, BudgetKind, Effect, Grant, Month, Totals},
    model::{employee::Status, field::canonical},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn monthly_starts_today_in_full_and_the_same_amount_does_nothing() {
    let mut ann = Person::on("2026-05-20");
    ann.says("50", "").monthly(&["50 from 2026-05-20"]);
    assert!(
        ann.ledger.grants[0].is_due_in("2026-05".parse().unwrap()),
        "never pro-rated"
    );
    ann.later(1)
        .says("50", "")
        .says("50", "")
        .says("", "")
        .monthly(&["50 from 2026-05-20"]);
}

#[test]
fn monthly_of_another_amount_starts_on_the_first() {
    let mut ann = Person::on("2026-05-04");
    ann.says("50", "")
        .later(1)
        .says("60", "")
        .monthly(&["50 from 2026-05-04 to 2026-05-31", "60 from 2026-06-01"]);
    ann.later(1)
        .says("70", "")
        .monthly(&["50 from 2026-05-04 to 2026-05-31", "70 from 2026-06-01"]);
    assert_eq!(ann.cancelled(), 1, "what never began is kept as cancelled");
    ann.later(1)
        .says("50", "")
        .monthly(&["50 from 2026-05-04 to 2026-05-31", "50 from 2026-06-01"]);
    ann.day("2026-06-10").says("10.5", "").monthly(&[
        "10.5 from 2026-07-01",
        "50 from 2026-05-04 to 2026-05-31",
        "50 from 2026-06-01 to 2026-06-30",
    ]);
}

#[test]
fn monthly_of_zero_ends_and_blank_does_nothing() {
    let mut ann = Person::on("2026-05-04");
    ann.says("0", "")
        .monthly(&[])
        .says("50", "")
        .day("2026-07-08")
        .says("", "")
        .monthly(&["50 from 2026-05-04"]);
    ann.says("0", "")
        .monthly(&["50 from 2026-05-04 to 2026-07-08"]);
    ann.later(1)
        .says("0", "")
        .monthly(&["50 from 2026-05-04 to 2026-07-08"]);
    ann.later(1)
        .says("50", "")
        .monthly(&["50 from 2026-05-04 to 2026-07-08", "50 from 2026-08-01"]);
    ann.later(1)
        .says("0", "")
        .monthly(&["50 from 2026-05-04 to 2026-07-08"]);
    ann.day("2026-08-03")
        .says("50", "")
        .monthly(&["50 from 2026-05-04 to 2026-07-08", "50 from 2026-08-03"]);
}

#[test]
fn monthly_of_a_scheduled_person_waits_and_moves_with_the_date() {
    let mut ann = Person::on("2026-05-04");
    ann.file("50", "", "2026-06-15", false)
        .monthly(&["50 from 2026-06-15"]);
    ann.later(1)
        .file("50", "", "2026-07-01", false)
        .monthly(&["50 from 2026-07-01"]);
    ann.later(1)
        .file("60", "", "2026-07-01", false)
        .monthly(&["60 from 2026-07-01"]);
    ann.day("2026-07-01")
        .file("60", "", "2026-08-01", false)
        .monthly(&["60 from 2026-08-01"]);
    ann.day("2026-08-02")
        .sweep()
        .monthly(&["60 from 2026-08-01"]);
    assert_eq!(ann.status(), Some(Status::Active));
    let mut bob = Person::on("2026-05-04");
    bob.file("50", "", "2026-06-15", false)
        .later(2)
        .file("50", "", "2026-05-01", false)
        .monthly(&["50 from 2026-05-06"]);
    let mut eve = Person::on("2026-05-04");
    eve.file("50", "", "2026-06-15", false)
        .later(2)
        .leave()
        .monthly(&[]);
    eve.later(1)
        .file("", "", "2026-06-20", false)
        .monthly(&["50 from 2026-06-20"]);
}

#[test]
fn monthly_ends_with_the_departure_and_no_month_is_covered_twice() {
    let mut ann = Person::on("2026-05-04");
    ann.says("50", "")
        .later(2)
        .leave()
        .monthly(&["50 from 2026-05-04 to 2026-05-06"]);
    ann.later(1)
        .says("", "")
        .monthly(&["50 from 2026-05-04 to 2026-05-06", "50 from 2026-06-01"]);
    ann.later(1)
        .leave()
        .monthly(&["50 from 2026-05-04 to 2026-05-06"]);
    ann.day("2026-06-10")
        .says("60", "")
        .monthly(&["50 from 2026-05-04 to 2026-05-06", "60 from 2026-06-10"]);
}

/// The hour of a last day comes when the next day has begun in most time zones, and sweeps may be late.
#[test]
fn monthly_ends_with_the_last_day_of_who_leaves_and_not_with_the_sweep() {
    let mut ann = Person::on("2026-05-04");
    ann.says("50", "")
        .later(1)
        .leaves_on("2026-05-31")
        .day("2026-06-01")
        .sweep();
    ann.monthly(&["50 from 2026-05-04 to 2026-05-31"]);
    ann.day("2026-06-03")
        .says("50", "")
        .monthly(&["50 from 2026-05-04 to 2026-05-31", "50 from 2026-06-03"]);
    let mut bob = Person::on("2026-05-04");
    bob.says("50", "")
        .later(1)
        .leaves_on("2026-05-31")
        .says("60", "")
        .day("2026-06-01")
        .sweep();
    bob.monthly(&["50 from 2026-05-04 to 2026-05-31"]);
    let mut eve = Person::on("2026-05-04");
    eve.says("50", "")
        .later(1)
        .leaves_on("2026-05-20")
        .day("2026-07-03")
        .sweep();
    eve.monthly(&["50 from 2026-05-04 to 2026-06-30"]);
    eve.undo_last().monthly(&["50 from 2026-05-04"]);
    let mut tom = Person::on("2026-05-04");
    tom.says("50", "")
        .day("2026-06-02")
        .file("", "", "", true)
        .monthly(&["50 from 2026-05-04 to 2026-06-02"]);
}

#[test]
fn undo_on_the_same_day_restores_monthly_exactly() {
    let mut ann = Person::on("2026-05-04");
    ann.says("50", "")
        .later(3)
        .says("60", "")
        .undo_last()
        .monthly(&["50 from 2026-05-04"]);
    ann.undo_last()
        .monthly(&["50 from 2026-05-04 to 2026-05-31", "60 from 2026-06-01"]);
    ann.says("0", "")
        .monthly(&["50 from 2026-05-04 to 2026-05-07"]);
    ann.undo_last()
        .monthly(&["50 from 2026-05-04 to 2026-05-31", "60 from 2026-06-01"]);
    ann.leave()
        .undo_last()
        .monthly(&["50 from 2026-05-04 to 2026-05-31", "60 from 2026-06-01"]);
    let mut bob = Person::on("2026-05-04");
    bob.says("50", "").undo_last().monthly(&[]);
    assert_eq!((bob.status(), bob.cancelled()), (Some(Status::Inactive), 1));
    bob.says("50", "").monthly(&["50 from 2026-05-04"]);
}

#[test]
fn undo_that_makes_somebody_wait_again_ends_what_had_begun() {
    let mut ann = Person::on("2026-05-04");
    ann.file("50", "", "2026-08-01", false)
        .later(1)
        .file("", "", "2026-05-01", false)
        .monthly(&["50 from 2026-05-05"]);
    ann.clone().undo_last().monthly(&["50 from 2026-08-01"]);
    ann.later(1)
        .undo_last()
        .monthly(&["50 from 2026-05-05 to 2026-05-06", "50 from 2026-08-01"]);
}

#[test]
fn undo_on_a_later_day_follows_like_a_change() {
    let mut ann = Person::on("2026-05-04");
    ann.says("50", "")
        .later(3)
        .says("60", "")
        .later(1)
        .undo_last();
    ann.monthly(&["50 from 2026-05-04 to 2026-05-31", "50 from 2026-06-01"]);
    let mut bob = Person::on("2026-05-04");
    bob.says("50", "")
        .later(1)
        .undo_last()
        .monthly(&["50 from 2026-05-04 to 2026-05-05"]);
    bob.later(1)
        .says("50", "")
        .monthly(&["50 from 2026-05-04 to 2026-05-05", "50 from 2026-06-01"]);
}

#[test]
fn one_off_is_granted_once_for_each_change_of_value() {
    let mut ann = Person::on("2026-05-04");
    ann.says("", "100")
        .later(1)
        .says("", "100")
        .says("", "")
        .one_off(&["100 on 2026-05-04"]);
    ann.later(1)
        .says("", "250")
        .one_off(&["100 on 2026-05-04", "250 on 2026-05-06"]);
    ann.later(1).says("", "0").says("", "250").one_off(&[
        "100 on 2026-05-04",
        "250 on 2026-05-06",
        "250 on 2026-05-07",
    ]);
}

#[test]
fn one_off_stays_granted_after_an_undo_and_the_same_file_grants_nothing() {
    let mut ann = Person::on("2026-05-04");
    ann.says("", "").says("10", "100").undo_last();
    assert_eq!(ann.value(ONE_OFF), None);
    ann.one_off(&["100 on 2026-05-04"]);
    let story: Vec<_> = ann.ledger.grants[1]
        .steps
        .iter()
        .map(|step| step.effect)
        .collect();
    assert_eq!(story, [Effect::Granted, Effect::Kept]);
    ann.later(1)
        .says("10", "100")
        .one_off(&["100 on 2026-05-04"]);
    ann.later(1)
        .says("", "200")
        .undo_last()
        .says("", "200")
        .one_off(&["100 on 2026-05-04", "200 on 2026-05-06"]);
}

#[test]
fn one_off_of_a_scheduled_person_waits_and_the_last_value_counts() {
    let mut ann = Person::on("2026-05-04");
    ann.file("", "100", "2026-06-15", false)
        .one_off(&["100 on 2026-06-15"]);
    ann.later(1)
        .file("", "", "2026-07-01", false)
        .one_off(&["100 on 2026-07-01"]);
    ann.later(1).says("", "200").one_off(&["200 on 2026-07-01"]);
    ann.later(1)
        .says("", "0")
        .one_off(&[])
        .says("", "300")
        .one_off(&["300 on 2026-07-01"]);
    ann.later(1).leave().one_off(&[]);
    ann.later(1).says("", "").one_off(&["300 on 2026-07-01"]);
    ann.day("2026-07-01")
        .sweep()
        .later(1)
        .leave()
        .later(1)
        .says("", "")
        .one_off(&["300 on 2026-07-01"]);
}

#[test]
fn undo_of_a_one_off_that_has_not_begun_is_as_if_nothing_had_happened() {
    let mut ann = Person::on("2026-05-04");
    ann.file("", "100", "2026-06-15", false)
        .later(1)
        .says("", "200")
        .undo_last()
        .one_off(&["100 on 2026-06-15"]);
    ann.undo_last()
        .one_off(&["200 on 2026-06-15"])
        .undo_last()
        .says("", "100")
        .one_off(&["100 on 2026-06-15"]);
    ann.says("", "0")
        .one_off(&[])
        .undo_last()
        .says("", "100")
        .one_off(&["100 on 2026-06-15"]);
    ann.says("", "0").day("2026-06-15").sweep();
    let cleared = ann.runs.len() as i64 - 1;
    ann.undo(cleared).one_off(&["100 on 2026-06-15"]);
    let mut bob = Person::on("2026-05-04");
    bob.file("", "", "2026-06-15", false)
        .later(1)
        .says("", "100")
        .undo_last()
        .one_off(&[]);
    bob.later(1).says("", "100").one_off(&["100 on 2026-06-15"]);
    bob.file("", "200", "", true)
        .undo_last()
        .one_off(&["100 on 2026-06-15"]);
    // What was given in its place is not given again after what waited before it was brought back.
    let mut tom = Person::on("2026-05-04");
    tom.file("", "", "2026-05-20", false)
        .says("", "250.1")
        .undo(2)
        .file("", "100", "2026-05-01", false)
        .undo(4);
    tom.one_off(&["100 on 2026-05-04"])
        .undo(3)
        .says("", "100")
        .one_off(&["100 on 2026-05-04"]);
    let mut eve = Person::on("2026-05-04");
    eve.says("", "100")
        .later(1)
        .leave()
        .file("", "", "2026-08-01", false)
        .says("", "200")
        .undo_last();
    eve.one_off(&["100 on 2026-05-04"])
        .says("", "100")
        .one_off(&["100 on 2026-05-04"]);
}

#[test]
fn one_off_of_the_source_is_not_granted_again_after_a_pin() {
    let mut ann = Person::on("2026-05-04");
    ann.says("", "100")
        .later(1)
        .pin(ONE_OFF, "200")
        .says("", "100")
        .unpin()
        .later(1)
        .says("", "100");
    ann.one_off(&["100 on 2026-05-04", "200 on 2026-05-05"]);
    ann.says("", "250").one_off(&[
        "100 on 2026-05-04",
        "200 on 2026-05-05",
        "250 on 2026-05-06",
    ]);
    ann.later(1)
        .leave()
        .pin(ONE_OFF, "300")
        .says("", "")
        .unpin()
        .says("", "250");
    assert_eq!(ann.counts(BudgetKind::OneOff).len(), 4, "{ann:?}");
    for pins in [&["0"][..], &[""], &["100"], &["0", "100"], &["", "0"]] {
        let mut bob = Person::on("2026-05-04");
        bob.says("", "100").later(1);
        for value in pins {
            bob.pin(ONE_OFF, value);
        }
        bob.unpin()
            .later(1)
            .says("", "100")
            .one_off(&["100 on 2026-05-04"]);
    }
    let mut eve = Person::on("2026-05-04");
    eve.file("", "100", "2026-06-15", false)
        .later(1)
        .pin(ONE_OFF, "0")
        .one_off(&[]);
    eve.unpin()
        .says("", "100")
        .one_off(&["100 on 2026-06-15"])
        .pin(ONE_OFF, "200")
        .one_off(&["200 on 2026-06-15"]);
    eve.unpin().says("", "100").one_off(&["100 on 2026-06-15"]);
}

#[test]
fn one_off_is_not_granted_again_to_who_comes_back() {
    let mut ann = Person::on("2026-05-04");
    ann.says("", "100")
        .later(1)
        .leave()
        .later(1)
        .says("", "100")
        .one_off(&["100 on 2026-05-04"]);
    ann.later(1)
        .leave()
        .file("", "250", "", true)
        .one_off(&["100 on 2026-05-04"]);
    ann.later(1)
        .says("", "")
        .one_off(&["100 on 2026-05-04", "250 on 2026-05-08"]);
}

#[test]
fn two_keys_of_one_budget_are_found() {
    assert_eq!(
        budget::same_budget([
            "a_monthly_all_budget",
            "monthly_fun_budget",
            "x_monthly_all_budget"
        ]),
        Some(("a_monthly_all_budget", "x_monthly_all_budget"))
    );
    assert_eq!(
        budget::same_budget([
            "monthly_all_budget",
            "oneoff_all_budget",
            "title",
            "monthly_all_budget"
        ]),
        None
    );
}

#[test]
fn months_are_read_and_written() {
    let may: Month = "2026-05".parse().unwrap();
    assert_eq!(
        (may.to_string(), may.first(), may.last()),
        ("2026-05".to_owned(), date(2026, 5, 1), date(2026, 5, 31))
    );
    for wrong in ["2026-13", "2026-5", "05-2026", "2026-05-01", ""] {
        assert!(wrong.parse::<Month>().is_err(), "{wrong}");
    }
    assert_eq!(budget::shown(budget::amount("12.5").unwrap()), "12.50");
}

/// One thing that happens on a day.
#[derive(Clone, Debug)]
enum Event {
    File {
        monthly: &'static str,
        one_off: &'static str,
        onboarding: &'static str,
        leaves: bool,
    },
    Repeat,
    Undo(usize),
    Leave,
    Sweep,
    /// It is known that today is the last day.
    LastDay,
    /// A record clears one of the amounts.
    Clear(bool),
    Pin(&'static str),
    Unpin,
}

fn event() -> impl Strategy<Value = Event> {
    let pick = |values: &'static [&'static str]| proptest::sample::select(values);
    let monthly = pick(&["", "", "0", "50", "60.25", "0.05"]);
    let one_off = pick(&["", "", "0", "100", "250.1"]);
    let onboarding = pick(&[
        "",
        "",
        "",
        "2026-05-01",
        "2026-05-20",
        "2026-06-01",
        "2026-06-30",
        "2026-08-01",
    ]);
    let file = (monthly, one_off, onboarding, proptest::bool::weighted(0.15)).prop_map(
        |(monthly, one_off, onboarding, leaves)| Event::File {
            monthly,
            one_off,
            onboarding,
            leaves,
        },
    );
    prop_oneof![
        6 => file,
        1 => Just(Event::Repeat),
        3 => (0usize..4).prop_map(Event::Undo),
        1 => Just(Event::Leave),
        2 => Just(Event::Sweep),
        1 => Just(Event::LastDay),
        1 => any::<bool>().prop_map(Event::Clear),
        1 => pick(&["", "0", "100", "300"]).prop_map(Event::Pin),
        1 => Just(Event::Unpin),
    ]
}

/// Several on one day, or some days later.
fn events() -> impl Strategy<Value = Vec<(u8, Event)>> {
    proptest::collection::vec(
        (
            prop_oneof![3 => Just(0u8), 2 => 1u8..4, 1 => 4u8..35],
            event(),
        ),
        1..40,
    )
}

fn counted(person: &Person, kind: BudgetKind) -> impl Iterator<Item = &Grant> {
    person
        .ledger
        .grants
        .iter()
        .filter(move |grant| grant.kind == kind && !grant.span.cancelled)
}

/// The months from May 2026 on.
fn months() -> impl Iterator<Item = Month> {
    (0..36).map(|month| {
        Month::of(date(
            2026 + (4 + month) / 12,
            1 + ((4 + month) % 12) as i8,
            1,
        ))
    })
}

fn due(person: &Person, month: Month) -> Vec<(BudgetKind, String)> {
    let due = person
        .ledger
        .grants
        .iter()
        .filter(|grant| grant.is_due_in(month));
    due.map(|grant| (grant.kind, grant.amount.to_string()))
        .collect()
}

/// What holds at every moment.
fn check_laws(person: &Person) {
    let open = counted(person, BudgetKind::Monthly)
        .filter(|grant| grant.span.ends.is_none())
        .collect::<Vec<_>>();
    let employed = person.status().is_some_and(Status::is_employed);
    let should_have = person
        .value(MONTHLY)
        .filter(|value| employed && *value != "0");
    assert_eq!(
        open.iter()
            .map(|grant| grant.amount.to_string())
            .collect::<Vec<_>>()
            .first()
            .map(String::as_str),
        should_have
    );
    assert!(open.len() < 2, "one open monthly grant: {person:?}");
    if !employed {
        assert!(
            person
                .ledger
                .grants
                .iter()
                .all(|grant| grant.span.cancelled || grant.span.starts <= person.today)
        );
    }
    let first_day = person
        .value(canonical::ONBOARDING_DATE)
        .and_then(|day| day.parse::<Date>().ok());
    if let (Some(Status::Scheduled), Some(day)) = (person.status(), first_day) {
        assert!(
            day <= person.today || open.iter().all(|grant| grant.span.starts >= day),
            "{person:?}"
        );
    }
    for month in months() {
        let monthly = due(person, month)
            .iter()
            .filter(|(kind, _)| *kind == BudgetKind::Monthly)
            .count();
        assert!(monthly < 2, "{month} is paid {monthly} times: {person:?}");
        check_sum(person, month);
    }
    let worth = person
        .value(ONE_OFF)
        .filter(|value| employed && *value != "0");
    if let Some(value) = worth {
        let amount = budget::amount(value).unwrap();
        // Whoever keeps what an undo cannot take back has that in its place; so has who was pinned and had left.
        let is_granted = counted(person, BudgetKind::OneOff).any(|grant| grant.amount == amount);
        assert!(is_granted || person.by_hand, "{value} is lost: {person:?}");
    }
    let mut causes = BTreeSet::new();
    for grant in counted(person, BudgetKind::OneOff) {
        assert!(
            causes.insert(grant.steps[0].run),
            "one change of value paid twice: {person:?}"
        );
        assert!(!grant.amount.is_zero());
    }
    for grant in &person.ledger.grants {
        assert_eq!(
            grant.steps.last().unwrap().span,
            grant.span,
            "a grant is as its story ends"
        );
        assert!(
            grant.span.cancelled || grant.span.ends.is_none_or(|ends| ends >= grant.span.starts),
            "{grant:?}"
        );
    }
    assert_eq!(
        person.again(),
        person.ledger,
        "the same once more changes nothing"
    );
}

/// The list of a month comes to the cent to the sum of its entries, added up as whole numbers.
fn check_sum(person: &Person, month: Month) {
    let mut totals = Totals::default();
    let mut hundredths = 0;
    for grant in person
        .ledger
        .grants
        .iter()
        .filter(|grant| grant.is_due_in(month))
    {
        totals.add(grant);
        let text = grant.amount.to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        hundredths += format!("{whole}{fraction:0<2}").parse::<u64>().unwrap();
    }
    let sum = totals
        .iter()
        .map(|(.., sum)| sum)
        .next()
        .unwrap_or_default();
    assert_eq!(
        (sum * budget::amount("100").unwrap())
            .normalize()
            .to_string(),
        hundredths.to_string()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: crate::cases(400), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_runs_pays_anything_twice(events in events()) {
        let mut ann = Person::on("2026-05-04");
        // How often the source changed what it says: an independent bound on what may be paid.
        let mut said: BTreeMap<&str, usize> = BTreeMap::new();
        let mut last = "";
        let mut latest = ("", "", "", false);
        let mut settled: BTreeMap<Month, Vec<(BudgetKind, String)>> = BTreeMap::new();
        for (days, event) in events {
            let month = Month::of(ann.today);
            let list = due(&ann, month);
            ann.later(days);
            if Month::of(ann.today) != month {
                settled.insert(month, list);
            }
            match event {
                Event::File { monthly, one_off, onboarding, leaves } => {
                    if !one_off.is_empty() && one_off != last && (ann.now.is_some() || !leaves) {
                        *said.entry(one_off).or_default() += 1;
                        last = one_off;
                    }
                    latest = (monthly, one_off, onboarding, leaves);
                    ann.file(monthly, one_off, onboarding, leaves);
                }
                Event::Repeat => {
                    let (monthly, one_off, onboarding, leaves) = latest;
                    ann.file(monthly, one_off, onboarding, leaves);
                }
                Event::Undo(back) => {
                    let run = ann.runs.len().saturating_sub(back);
                    ann.undo(run as i64);
                }
                Event::Leave => { ann.leave(); }
                Event::Sweep => { ann.sweep(); }
                Event::LastDay => { let today = ann.today.to_string(); ann.leaves_on(&today); }
                Event::Clear(monthly) => { ann.clear(if monthly { MONTHLY } else { ONE_OFF }); }
                Event::Pin(value) => {
                    *said.entry(value).or_default() += usize::from(ann.now.is_some() && ann.value(ONE_OFF) != Some(value));
                    ann.pin(ONE_OFF, value);
                }
                Event::Unpin => { ann.unpin(); }
            }
            check_laws(&ann);
            for (month, list) in &settled {
                prop_assert_eq!(&due(&ann, *month), list, "the list of a past month changed");
            }
            let mut paid: BTreeMap<String, usize> = BTreeMap::new();
            counted(&ann, BudgetKind::OneOff).for_each(|grant| *paid.entry(grant.amount.to_string()).or_default() += 1);
            for (amount, times) in paid {
                let changes = said.get(amount.as_str()).copied().unwrap_or_default();
                prop_assert!(times <= changes, "{} was paid {} times and said {} times: {:?}", amount, times, changes, ann);
            }
        }
    }

    #[test]
    fn an_undo_on_the_same_day_is_as_if_nothing_had_happened(events in events(), monthly in "[1-9]0", undone in 1usize..4) {
        let mut ann = Person::on("2026-05-04");
        for (days, event) in events {
            ann.later(days);
            match event {
                Event::File { monthly, one_off, onboarding, leaves } => { ann.file(monthly, one_off, onboarding, leaves); }
                Event::Undo(back) => { ann.undo(ann.runs.len().saturating_sub(back) as i64); }
                Event::Leave => { ann.leave(); }
                Event::LastDay => { let today = ann.today.to_string(); ann.leaves_on(&today); }
                Event::Clear(monthly) => { ann.clear(if monthly { MONTHLY } else { ONE_OFF }); }
                Event::Sweep | Event::Repeat | Event::Pin(_) | Event::Unpin => { ann.sweep(); }
            }
        }
        ann.sweep();
        let runs = ann.runs.len();
        let before = (ann.counts(BudgetKind::Monthly), ann.status(), ann.value(MONTHLY).map(str::to_owned));
        prop_assume!(ann.now.is_some());
        match undone {
            1 => ann.says(&monthly, ""),
            2 => ann.says("0", ""),
            _ => ann.leave(),
        };
        if ann.runs.len() > runs {
            ann.undo_last();
        }
        prop_assert_eq!((ann.counts(BudgetKind::Monthly), ann.status(), ann.value(MONTHLY).map(str::to_owned)), before);
    }
}

#[test]
fn laws_hold_at_the_ends_of_months() {
    let last: Date = "2026-05-31".parse().unwrap();
    let mut ann = Person::on(&last.to_string());
    ann.says("50", "")
        .says("60", "")
        .monthly(&["50 from 2026-05-31 to 2026-05-31", "60 from 2026-06-01"]);
    ann.later(1).says("70", "").monthly(&[
        "50 from 2026-05-31 to 2026-05-31",
        "60 from 2026-06-01 to 2026-06-30",
        "70 from 2026-07-01",
    ]);
    check_laws(&ann);
}
