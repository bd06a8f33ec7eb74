//! Records that cannot be used: what is told of them. They still prove that their people are there.

use muster_core::model::{
    code::Code,
    problem::{Problem, Severity, shown},
};

/// What to do when a vendor's system must mend something.
pub(crate) fn later(vendor: &str) -> String {
    format!(
        "run again later; if the problem remains, contact {vendor}'s support with the request id"
    )
}

/// A record without an id.
pub(crate) fn unidentified(vendor: &str) -> Problem {
    let message = "a record has no id, so it could belong to any employee; nobody is deactivated for being missing in this run";
    Problem::new(
        Code::ApiUnidentified,
        Severity::Rejected,
        message,
        later(vendor),
    )
}

/// A record with a value of a kind that it cannot be.
pub(crate) fn unreadable(vendor: &str, column: &str, id: &str) -> Problem {
    let column = shown(column);
    let message = format!(
        "`{column}` of person `{}` is of a kind that it cannot be; the record is not used",
        shown(id)
    );
    let advice = format!(
        "look at this attribute of the person in {vendor}; map another one if it is not a plain value"
    );
    let mut problem = Problem::new(Code::ApiValue, Severity::Rejected, message, advice);
    problem.field = Some(column);
    problem.subject = Some(shown(id));
    problem
}
