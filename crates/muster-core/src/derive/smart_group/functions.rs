//! The functions on days that expressions have besides those of the language. Days are texts, `2026-05-04`,
//! so that they compare in their own order.

use cel::{Context, ExecutionError, ResolveResult, Value};
use jiff::{ToSpan, Unit, civil::Date};
use std::sync::Arc;

pub(super) const FUNCTIONS: [&str; 8] = [
    "days_ago",
    "in_days",
    "years_since",
    "months_since",
    "days_since",
    "year_of",
    "month_of",
    "day_of",
];

/// Those that depend on which day it is.
pub(super) const ON_DAYS: [&str; 5] = [
    "days_ago",
    "in_days",
    "years_since",
    "months_since",
    "days_since",
];

/// How one is used.
pub(super) fn usage(name: &str) -> Option<&'static str> {
    Some(match name {
        "days_ago" => "onboarding_date < days_ago(30)",
        "in_days" => "probation_end_date <= in_days(14)",
        "years_since" => "years_since(work_anniversary) >= 5",
        "months_since" => "months_since(onboarding_date) < 6",
        "days_since" => "days_since(onboarding_date) <= 100",
        "year_of" => "year_of(birthday) < 1970",
        "month_of" => "month_of(birthday) == month_of(today)",
        "day_of" => "day_of(birthday) == day_of(today)",
        "startsWith" => "job_function.startsWith(\"Senior\")",
        "endsWith" => "email.endsWith(\"@acme.example\")",
        "contains" => "title.contains(\"Lead\")",
        "size" => "size(title) > 0",
        _ => return None,
    })
}

/// Gives them to a context.
pub(super) fn add(context: &mut Context<'_, '_>, today: Date) {
    let shifted = move |name, days: Option<i64>| {
        let day = days.and_then(|days| today.checked_add(days.days()).ok());
        day.map(text)
            .ok_or_else(|| ExecutionError::function_error(name, "that day does not exist"))
    };
    // A name of the language would be refused; these are none.
    let _ = context.add_function("days_ago", move |days: i64| {
        shifted("days_ago", days.checked_neg().and_then(small))
    });
    let _ = context.add_function("in_days", move |days: i64| shifted("in_days", small(days)));
    let since = move |name, from: &str, unit| -> ResolveResult {
        let span = day(name, from)?
            .until((unit, today))
            .map_err(|error| ExecutionError::function_error(name, error))?;
        Ok(Value::Int(match unit {
            Unit::Year => i64::from(span.get_years()),
            Unit::Month => i64::from(span.get_months()),
            _ => i64::from(span.get_days()),
        }))
    };
    let _ = context.add_function("years_since", move |from: Arc<String>| {
        since("years_since", &from, Unit::Year)
    });
    let _ = context.add_function("months_since", move |from: Arc<String>| {
        since("months_since", &from, Unit::Month)
    });
    let _ = context.add_function("days_since", move |from: Arc<String>| {
        since("days_since", &from, Unit::Day)
    });
    let _ = context.add_function("year_of", |of: Arc<String>| {
        part("year_of", &of, |day| i64::from(day.year()))
    });
    let _ = context.add_function("month_of", |of: Arc<String>| {
        part("month_of", &of, |day| i64::from(day.month()))
    });
    let _ = context.add_function("day_of", |of: Arc<String>| {
        part("day_of", &of, |day| i64::from(day.day()))
    });
}

fn text(day: Date) -> Value {
    Value::String(Arc::new(day.to_string()))
}

/// No calendar has more days.
fn small(days: i64) -> Option<i64> {
    (-4_000_000..=4_000_000).contains(&days).then_some(days)
}

fn part(name: &str, of: &str, part: impl Fn(Date) -> i64) -> ResolveResult {
    day(name, of).map(|day| Value::Int(part(day)))
}

/// A day, or the day of an instant.
fn day(name: &str, text: &str) -> Result<Date, ExecutionError> {
    let day = text.get(..10).and_then(|day| day.parse().ok());
    day.ok_or_else(|| ExecutionError::function_error(name, "this is not a date"))
}
