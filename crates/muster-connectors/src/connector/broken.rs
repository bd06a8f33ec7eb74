//! What is said of records that cannot be used.

use muster_core::{
    code::Code,
    problem::{Problem, Severity, shown},
};

/// A record that does not say whom it is about.
pub(crate) fn unidentified(vendor: &str) -> Problem {
    let advice = format!("run again later; if it stays so, ask {vendor}'s support with the request id");
    Problem::new(
        Code::ApiUnidentified,
        Severity::Rejected,
        "a person comes without an id, so it could be anybody; nobody departs in this run",
        advice,
    )
}

/// A person's record with a value that cannot be meant.
pub(crate) fn unreadable(vendor: &str, column: &str, id: &str) -> Problem {
    let column = shown(column);
    let message =
        format!("`{column}` of person `{}` is of a kind that it cannot be; the record is not used", shown(id));
    let advice =
        format!("look at this attribute of the person in {vendor}; map another one if it is not a plain value");
    let mut problem = Problem::new(Code::ApiValue, Severity::Rejected, message, advice);
    problem.field = Some(column);
    problem.subject = Some(shown(id));
    problem
}
