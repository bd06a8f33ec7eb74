//! Monthly budgets: one at a time for each category, and no month covered twice.

use super::{BudgetKind, Case, Effect, Grant, Span, amount};
use crate::model::{employee::Employee, ids::RunId};
use jiff::civil::Date;
use rust_decimal::Decimal;

pub(super) fn follow(case: &Case<'_>, grants: &mut Vec<Grant>) {
    let occasion = case.occasion;
    let should_have = wanted(occasion.after, case.new);
    let had = occasion.before.and_then(|before| wanted(before, case.old));
    if let Some(undone) = occasion
        .undone
        .filter(|_| had != should_have || occasion.moves())
    {
        rewind(case, grants, undone);
    }
    let Some(amount) = should_have else {
        return stop(case, grants);
    };
    let open = grants
        .iter()
        .position(|grant| is_mine(case, grant) && grant.span.ends.is_none());
    if let Some(open) = open {
        let span = grants[open].span;
        if grants[open].amount == amount {
            if !case.has_begun(span) {
                let starts = start(case, grants, Some(open));
                case.set(&mut grants[open], Effect::Moved, Span { starts, ..span });
                return;
            }
            if case.first_day() <= occasion.today {
                return;
            }
            // An employee who worked here is to start on a later day, because an undo says so.
            case.set(
                &mut grants[open],
                Effect::Ends,
                Span {
                    ends: Some(occasion.today),
                    ..span
                },
            );
        } else if case.has_begun(span) {
            let ends = Some(occasion.today.last_of_month());
            case.set(&mut grants[open], Effect::Ends, Span { ends, ..span });
        } else {
            case.cancel(&mut grants[open]);
        }
    }
    let starts = start(case, grants, None);
    grants.push(case.grant(BudgetKind::Monthly, amount, starts));
}

/// What a person should have each month.
fn wanted(employee: &Employee, value: Option<&str>) -> Option<Decimal> {
    value
        .and_then(amount)
        .filter(|amount| employee.status.is_employed() && *amount > Decimal::ZERO)
}

fn is_mine(case: &Case<'_>, grant: &Grant) -> bool {
    grant.is(BudgetKind::Monthly, case.category)
}

/// The day on which a grant starts: as soon as may be, but not in a month that another one covers.
fn start(case: &Case<'_>, grants: &[Grant], except: Option<usize>) -> Date {
    let others = grants
        .iter()
        .enumerate()
        .filter(|(at, grant)| Some(*at) != except && is_mine(case, grant));
    let covered = others.filter_map(|(_, grant)| grant.span.ends).max();
    let first = case.first_day();
    // The duplicate of a merge was granted this month already.
    let first = if case.is_merge() {
        first.last_of_month().tomorrow().unwrap_or(first)
    } else {
        first
    };
    let covered = covered.filter(|last| last.first_of_month() >= first.first_of_month());
    covered
        .and_then(|last| last.last_of_month().tomorrow().ok())
        .unwrap_or(first)
}

/// Nothing from now on. The month that has begun was granted in full.
fn stop(case: &Case<'_>, grants: &mut [Grant]) {
    let (today, last) = (case.occasion.today, case.last_day());
    for grant in grants.iter_mut().filter(|grant| is_mine(case, grant)) {
        if grant.span.ends.is_some_and(|ends| ends <= today) {
            continue;
        }
        if case.has_begun(grant.span) && grant.span.starts <= last {
            case.set(
                grant,
                Effect::Ends,
                Span {
                    ends: Some(last),
                    ..grant.span
                },
            );
        } else {
            case.cancel(grant);
        }
    }
}

/// Puts the category back to how it stood before a run of the same day; what that run began is cancelled.
///
/// Runs after it changed the value back to what it had made of it, or the undo would leave the value alone: their
/// steps go with it.
fn rewind(case: &Case<'_>, grants: &mut [Grant], undone: RunId) {
    let today = case.occasion.today;
    let all =
        |grant: &&mut Grant| grant.kind == BudgetKind::Monthly && grant.category == case.category;
    let happened_today = |grant: &Grant| {
        grant
            .steps
            .iter()
            .any(|step| step.run == undone && step.on == today)
    };
    if !grants
        .iter_mut()
        .filter(all)
        .any(|grant| happened_today(grant))
    {
        return;
    }
    for grant in grants.iter_mut().filter(all) {
        let before = grant
            .steps
            .iter()
            .rfind(|step| step.run < undone || step.on != today);
        match before.map(|step| step.span) {
            Some(span) if span.cancelled => case.cancel(grant),
            Some(span) => case.set(grant, Effect::Restored, span),
            None => case.cancel(grant),
        }
    }
}
