//! One-off budgets: granted once for each change of the value, whatever is repeated or undone.

use super::{BudgetKind, Case, Effect, Ledger, Seen, Span, amount};
use rust_decimal::Decimal;

pub(super) fn follow(case: &Case<'_>, ledger: &mut Ledger) {
    let known = take(case, ledger);
    let is_known = known.is_some();
    let mut seen = known.unwrap_or_else(|| Seen { category: case.category.to_owned(), value: None, waits: None });
    carry(case, ledger, &mut seen);
    if case.is_undo() {
        keep(case, ledger);
    }
    // Cleared is not zero: a source that withholds the value and gives it again has changed nothing.
    if let Some(value) = case.new.and_then(amount) {
        act(case, ledger, &mut seen, value);
    }
    if is_known || seen.value.is_some() || seen.waits.is_some() {
        ledger.seen.push(seen);
        ledger.seen.sort_by(|one, other| one.category.cmp(&other.category));
    }
}

/// Takes what was seen of the category out of the ledger.
fn take(case: &Case<'_>, ledger: &mut Ledger) -> Option<Seen> {
    let at = ledger.seen.iter().position(|seen| seen.category == case.category)?;
    Some(ledger.seen.remove(at))
}

/// What has not begun goes where its person goes: to another first day, or away.
fn carry(case: &Case<'_>, ledger: &mut Ledger, seen: &mut Seen) {
    let starts = case.first_day();
    for grant in ledger.grants.iter_mut().filter(|grant| grant.is(BudgetKind::OneOff, case.category)) {
        if case.has_begun(grant.span) {
            continue;
        }
        if case.is_employed() {
            case.set(grant, Effect::Moved, Span { starts, ends: Some(starts), cancelled: false });
        } else {
            case.cancel(grant);
            (seen.value, seen.waits) = (None, Some(grant.amount));
        }
    }
}

/// Lists what stays although the run that granted it is undone.
fn keep(case: &Case<'_>, ledger: &mut Ledger) {
    let undone = case.occasion.undone;
    for grant in ledger.grants.iter_mut().filter(|grant| grant.is(BudgetKind::OneOff, case.category)) {
        if undone.is_some() && grant.steps.first().map(|step| step.run) == undone {
            case.set(grant, Effect::Kept, grant.span);
        }
    }
}

fn act(case: &Case<'_>, ledger: &mut Ledger, seen: &mut Seen, value: Decimal) {
    let changed = case.old.and_then(amount) != Some(value);
    if changed && case.is_undo() {
        return;
    }
    let is_news = changed && seen.value != Some(value);
    if changed && value.is_zero() {
        withdraw(case, ledger);
        (seen.value, seen.waits) = (Some(value), None);
        return;
    }
    if !case.is_employed() {
        if changed {
            seen.waits = is_news.then_some(value);
        }
        return;
    }
    let came_for_it = !case.was_employed() && seen.waits == Some(value);
    seen.waits = None;
    if is_news || came_for_it {
        withdraw(case, ledger);
        ledger.grants.push(case.grant(BudgetKind::OneOff, value, case.first_day()));
        seen.value = Some(value);
    }
}

/// A new value replaces one that has not begun.
fn withdraw(case: &Case<'_>, ledger: &mut Ledger) {
    for grant in ledger.grants.iter_mut().filter(|grant| grant.is(BudgetKind::OneOff, case.category)) {
        if !case.has_begun(grant.span) {
            case.cancel(grant);
        }
    }
}
