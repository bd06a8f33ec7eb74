//! One-off budgets: granted once for each change of the value, whatever is undone, pinned or repeated.

use crate::person::{ONE_OFF, Person};
use muster_core::derive::budget::{BudgetKind, Effect, Seen};

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
fn one_off_is_neither_paid_twice_nor_lost_after_departures_undos_and_returns() {
    let start = || Person::on("2026-05-04");
    // What waited for June is granted at the return, and what a departure said in between is not.
    let mut ann = start();
    ann.file("", "100", "2026-06-15", false)
        .file("", "200", "2026-05-05", true);
    ann.later(1).says("", "100").undo_last();
    ann.later(1).says("", "").one_off(&["100 on 2026-05-05"]);
    // An undone return gives nothing, and the next one neither.
    let mut bob = start();
    bob.says("", "200")
        .leave()
        .file("", "100", "2026-06-15", false);
    bob.undo_last().later(1).says("", "");
    bob.one_off(&["200 on 2026-05-04"]);
    let mut cem = start();
    cem.says("", "100").later(1).undo_last();
    cem.later(1)
        .file("", "200", "2026-05-05", true)
        .undo_last()
        .says("", "");
    cem.one_off(&["100 on 2026-05-04"]);
    // The same value while nobody is employed is no change.
    let mut dan = start();
    dan.says("", "200").later(1).clear(ONE_OFF).later(1);
    dan.file("", "200", "2026-05-05", true).later(1);
    dan.says("", "200").one_off(&["200 on 2026-05-04"]);
    // A pinned value is paid once, whoever comes back with it.
    let mut eve = start();
    eve.says("", "0")
        .pin(ONE_OFF, "200")
        .leave()
        .file("", "100", "2026-06-15", false);
    eve.one_off(&["200 on 2026-05-04"]);
    let mut fay = start();
    fay.says("", "200")
        .file("", "200", "2026-05-05", true)
        .pin(ONE_OFF, "200")
        .says("", "");
    fay.one_off(&["200 on 2026-05-04"]);
    // A zero of the source ends what was paid, so that the same amount is news after it, also after a pin.
    let mut gil = start();
    gil.says("", "100").later(1).pin(ONE_OFF, "200").later(1);
    gil.unpin().undo_last().says("", "0").later(1);
    gil.says("", "100").one_off(&[
        "100 on 2026-05-04",
        "100 on 2026-05-07",
        "200 on 2026-05-05",
    ]);
}

#[test]
fn one_off_of_another_category_has_a_history_of_its_own() {
    let mut ann = Person::on("2026-05-04");
    ann.says("", "100");
    let other = Seen {
        category: "a".to_owned(),
        value: Some(250.into()),
        waits: None,
    };
    ann.ledger.seen.insert(0, other.clone());
    ann.later(1)
        .says("", "250")
        .one_off(&["100 on 2026-05-04", "250 on 2026-05-05"]);
    assert_eq!(ann.ledger.seen[0], other);
    assert_eq!(ann.ledger.seen.len(), 2);
}

#[test]
fn undo_gives_a_withdrawn_one_off_again_whatever_another_category_has() {
    let mut ann = Person::on("2026-05-04");
    ann.file("", "100", "2026-06-15", false);
    let mut other = ann.ledger.grants[0].clone();
    "a".clone_into(&mut other.category);
    ann.later(1).says("", "0").one_off(&[]);
    ann.ledger.grants.push(other);
    ann.one_off(&["100 on 2026-06-15"]);
    ann.undo_last()
        .one_off(&["100 on 2026-06-15", "100 on 2026-06-15"]);
}
