//! Which parameters each path of v2 has: a filter, an operator or a value that is not documented is refused.

use super::{
    super::{answer::Answer, request::Request},
    persons::problem,
};
use jiff::civil::Date;

const DAYS: [&str; 2] = ["created_at", "updated_at"];

/// The refusal of a request for its parameters; none: they are fine.
pub(super) fn refusal(path: &[&str], request: &Request) -> Option<Answer> {
    let known: &[&str] = match path {
        ["v2", "persons"] => &[
            "limit",
            "cursor",
            "id",
            "email",
            "first_name",
            "last_name",
            "preferred_name",
            "created_at",
            "updated_at",
            "status",
        ],
        ["v2", "persons", _, "employments"] => &["limit", "cursor", "id", "updated_at"],
        ["v2", "org-units", _] => &["type"],
        _ => &[],
    };
    let wrong = request
        .parameters()
        .into_iter()
        .find(|(name, value)| !is_right(known, name, value));
    wrong.map(|_| {
        problem(
            400,
            "Bad request",
            "Provided request parameters are invalid.",
        )
    })
}

fn is_right(known: &[&str], name: &str, value: &str) -> bool {
    let (field, operator) = name.split_once('.').unwrap_or((name, ""));
    let is_day = DAYS.contains(&field);
    known.contains(&field)
        && (operator.is_empty() || is_day && ["gt", "lt"].contains(&operator))
        && (!is_day
            || value
                .get(..10)
                .is_some_and(|day| day.parse::<Date>().is_ok()))
        && (field != "status" || ["ACTIVE", "INACTIVE"].contains(&value))
}
