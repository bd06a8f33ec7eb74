//! One-off budgets: granted once for each change of the value, whatever is repeated or undone.

use super::{BudgetKind, Case, Effect, Grant, Ledger, Seen, Span, amount};
use crate::model::plan::Reason;
use rust_decimal::Decimal;

pub(super) fn follow(case: &Case<'_>, ledger: &mut Ledger) {
    let known = take(case, ledger);
    let is_known = known.is_some();
    let mut seen = known.unwrap_or_else(|| Seen {
        category: case.category.to_owned(),
        value: None,
        waits: None,
    });
    carry(case, ledger, &mut seen);
    if case.is_undo() {
        keep(case, ledger);
        take_back(case, ledger, &mut seen);
    }
    // Cleared is not zero: a source that withholds the value and gives it again has changed nothing.
    if let Some(value) = case.new.and_then(amount) {
        act(case, ledger, &mut seen, value);
    }
    if is_known || seen.value.is_some() || seen.waits.is_some() {
        ledger.seen.push(seen);
        ledger
            .seen
            .sort_by(|one, other| one.category.cmp(&other.category));
    }
}

/// Takes what was seen of the category out of the ledger.
fn take(case: &Case<'_>, ledger: &mut Ledger) -> Option<Seen> {
    let at = ledger
        .seen
        .iter()
        .position(|seen| seen.category == case.category)?;
    Some(ledger.seen.remove(at))
}

/// What has not begun goes where its person goes: to another first day, or away.
fn carry(case: &Case<'_>, ledger: &mut Ledger, seen: &mut Seen) {
    let starts = case.first_day();
    for grant in ledger
        .grants
        .iter_mut()
        .filter(|grant| grant.is(BudgetKind::OneOff, case.category))
    {
        if case.has_begun(grant.span) {
            continue;
        }
        if case.is_employed() {
            case.set(
                grant,
                Effect::Moved,
                Span {
                    starts,
                    ends: Some(starts),
                    cancelled: false,
                },
            );
        } else {
            case.cancel(grant);
            (seen.value, seen.waits) = (None, Some(grant.amount));
        }
    }
}

/// Lists what stays although the run that granted it is undone.
fn keep(case: &Case<'_>, ledger: &mut Ledger) {
    let undone = case.occasion.undone;
    for grant in ledger
        .grants
        .iter_mut()
        .filter(|grant| grant.is(BudgetKind::OneOff, case.category))
    {
        if undone.is_some()
            && grant.steps.first().map(|step| step.run) == undone
            && case.has_begun(grant.span)
        {
            case.set(grant, Effect::Kept, grant.span);
        }
    }
}

/// What has not begun was given to nobody yet, so that an undo takes it back like any value, and what it was before
/// waits again. What was given stays, and nothing comes in its place.
fn take_back(case: &Case<'_>, ledger: &mut Ledger, seen: &mut Seen) {
    let (old, new) = (case.old.and_then(amount), case.new.and_then(amount));
    let begun = ledger
        .grants
        .iter()
        .rfind(|grant| is_mine(case, grant) && case.has_begun(grant.span));
    if old == new || begun.is_some_and(|grant| Some(grant.amount) == old) {
        return;
    }
    let mut waiting = ledger
        .grants
        .iter()
        .filter(|grant| is_mine(case, grant) && !case.has_begun(grant.span));
    let waited = waiting.next().map(|grant| grant.amount);
    if waited.is_some() && waited == new {
        return;
    }
    withdraw(case, ledger);
    let last = ledger
        .grants
        .iter()
        .rfind(|grant| is_mine(case, grant))
        .map(|grant| grant.amount);
    let is_paid = ledger
        .grants
        .iter()
        .any(|grant| is_mine(case, grant) && Some(grant.amount) == new);
    let is_due = || {
        if is_paid || case.is_employed() {
            was_cancelled(case, ledger, new, is_paid)
        } else {
            true
        }
    };
    let due = new.filter(|value| !value.is_zero() && is_due());
    match due {
        Some(_) if !case.is_employed() => {
            (seen.value, seen.waits) = (seen.value.filter(|value| Some(*value) != due), due);
        }
        Some(value) => {
            ledger
                .grants
                .push(case.grant(BudgetKind::OneOff, value, case.first_day()));
            (seen.value, seen.waits) = (due, None);
        }
        None if waited.is_some() => (seen.value, seen.waits) = (new.or(last), None),
        None => {}
    }
}

/// Whether this amount was taken back before it began, and neither it was granted again since nor another one given; of
/// an amount that was paid once before, by the run that is undone.
fn was_cancelled(case: &Case<'_>, ledger: &Ledger, value: Option<Decimal>, is_paid: bool) -> bool {
    let same = |grant: &Grant| {
        grant.kind == BudgetKind::OneOff
            && grant.category == case.category
            && Some(grant.amount) == value
    };
    let given = ledger
        .grants
        .iter()
        .rposition(|grant| is_mine(case, grant) && case.has_begun(grant.span));
    let last = ledger
        .grants
        .iter()
        .rposition(same)
        .filter(|last| given.is_none_or(|given| *last > given));
    let grant = last
        .and_then(|last| ledger.grants.get(last))
        .filter(|grant| grant.span.cancelled);
    let step = grant.and_then(|grant| grant.steps.last());
    step.is_some_and(|step| !is_paid || Some(step.run) == case.occasion.undone)
}

fn is_mine(case: &Case<'_>, grant: &Grant) -> bool {
    grant.is(BudgetKind::OneOff, case.category)
}

fn act(case: &Case<'_>, ledger: &mut Ledger, seen: &mut Seen, value: Decimal) {
    let changed = case.old.and_then(amount) != Some(value);
    if changed && case.is_undo() {
        return;
    }
    if changed && case.is_merge() {
        // The duplicate was granted this value already.
        (seen.value, seen.waits) = (Some(value), None);
        return;
    }
    let is_news = changed && seen.value != Some(value);
    if changed && !case.is_pinned && returns(case, ledger, seen, value) {
        withdraw(case, ledger);
        (seen.value, seen.waits) = (Some(value), None);
        return;
    }
    if changed && value.is_zero() && case.is_pinned {
        let waited = ledger
            .grants
            .iter()
            .any(|grant| is_mine(case, grant) && !case.has_begun(grant.span));
        withdraw(case, ledger);
        // What the source says was granted already, unless it has not begun: then it waits for the end of the pin.
        seen.value = seen.value.filter(|_| !waited);
        return;
    }
    if changed && value.is_zero() {
        withdraw(case, ledger);
        (seen.value, seen.waits) = (Some(value), None);
        return;
    }
    if !case.is_employed() {
        // What is pinned of an employee who does not work here counts if it still is when they come back.
        if changed && !case.is_pinned {
            seen.waits = is_news.then_some(value);
        }
        return;
    }
    let is_paid = ledger
        .grants
        .iter()
        .any(|grant| is_mine(case, grant) && grant.amount == value);
    let is_due = seen.waits == Some(value) || (case.is_pinned && !is_paid);
    let came_for_it = !case.was_employed() && is_due && !value.is_zero();
    seen.waits = None;
    if is_news || came_for_it {
        withdraw(case, ledger);
        ledger
            .grants
            .push(case.grant(BudgetKind::OneOff, value, case.first_day()));
        seen.value = Some(value);
    }
}

/// Whether a pin is over, and the source says again what was granted before the pin, with no zero since.
fn returns(case: &Case<'_>, ledger: &Ledger, seen: &Seen, value: Decimal) -> bool {
    let cause = |grant: &Grant| {
        grant
            .steps
            .first()
            .map(|step| (step.reason == Reason::Pinned, step.old != step.new))
    };
    let by_pin = |grant: &Grant| cause(grant).is_some_and(|(by_pin, _)| by_pin);
    // An employee who left and came back has the same value as before: that is no cause of its own.
    let has_cause = |grant: &Grant| cause(grant).is_some_and(|(by_pin, is_news)| by_pin || is_news);
    let of_category = ledger
        .grants
        .iter()
        .filter(|grant| grant.kind == BudgetKind::OneOff && grant.category == case.category);
    let mut source = ledger
        .grants
        .iter()
        .rev()
        .filter(|grant| is_mine(case, grant) && !by_pin(grant));
    of_category
        .rev()
        .find(|grant| has_cause(grant))
        .is_some_and(by_pin)
        && seen.value != Some(Decimal::ZERO)
        && source
            .find(|grant| case.has_begun(grant.span))
            .is_some_and(|grant| grant.amount == value)
}

/// A new value replaces one that has not begun.
fn withdraw(case: &Case<'_>, ledger: &mut Ledger) {
    for grant in ledger
        .grants
        .iter_mut()
        .filter(|grant| grant.is(BudgetKind::OneOff, case.category))
    {
        if !case.has_begun(grant.span) {
            case.cancel(grant);
        }
    }
}
