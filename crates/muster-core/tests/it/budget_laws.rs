//! Laws of budgets: no sequence of files, dates and undos grants anything twice.

use crate::person::{MONTHLY, ONE_OFF, Person};
use jiff::civil::{Date, date};
use muster_core::{
    derive::budget::{self, BudgetKind, Grant, Month, Totals},
    model::{employee::Status, field::canonical},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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
    /// The employee is delivered without amounts.
    Return,
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
        4 => (0usize..4).prop_map(Event::Undo),
        2 => Just(Event::Leave),
        2 => Just(Event::Return),
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

crate::for_every_seed! {
    cases: 400;

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
                Event::Return => { ann.says("", ""); }
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
                Event::Return => { ann.says("", ""); }
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
