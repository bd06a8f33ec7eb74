//! Budgets: each rule by its name, and what holds for every sequence of files, undos, departures and returns.

mod one_off;

use crate::person::Person;
use jiff::civil::date;
use muster_core::{
    derive::budget::{self, Effect, Grant, Month},
    model::employee::Status,
};

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
fn undo_that_makes_an_employee_wait_again_ends_what_had_begun() {
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
fn an_undo_leaves_the_history_of_grants_of_other_runs_untouched() {
    let mut ann = Person::on("2026-05-04");
    ann.says("50", "100").later(1).says("", "200");
    ann.later(1).says("60", "300");
    /// The steps that each grant has got since, by its amount.
    fn added(ann: &Person, before: &[Grant]) -> Vec<(String, Vec<Effect>)> {
        let grants = ann.ledger.grants.iter().zip(before);
        grants
            .map(|(now, before)| {
                let (old, new) = now.steps.split_at(before.steps.len());
                assert_eq!(old, before.steps);
                (
                    now.amount.to_string(),
                    new.iter().map(|step| step.effect).collect(),
                )
            })
            .filter(|(_, new): &(String, Vec<Effect>)| !new.is_empty())
            .collect()
    }
    let before = ann.ledger.grants.clone();
    ann.clone().undo(2).one_off(&[
        "100 on 2026-05-04",
        "200 on 2026-05-05",
        "300 on 2026-05-06",
    ]);
    let mut undone = ann.clone();
    undone.undo(2);
    assert_eq!(added(&undone, &before), [], "300 was said since");
    ann.undo(3);
    assert_eq!(
        added(&ann, &before),
        [
            ("50".to_owned(), vec![Effect::Restored]),
            ("60".to_owned(), vec![Effect::Cancelled]),
            ("300".to_owned(), vec![Effect::Kept]),
        ]
    );
    let before = ann.ledger.grants.clone();
    ann.later(1).undo(2);
    assert_eq!(
        added(&ann, &before),
        [("200".to_owned(), vec![Effect::Kept])]
    );
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
