//! What is said of a record that cannot be used because of one value.

use super::{Entry, column_name};
use crate::model::{
    code::Code,
    problem::{Problem, Severity},
};

pub(super) fn unreadable(entry: &Entry<'_>) -> Problem {
    Problem::new(
        Code::CsvEncoding,
        Severity::Rejected,
        format!(
            "`{}` cannot be decoded; the record is not used",
            column_name(entry)
        ),
        "check the encoding of the file",
    )
}

pub(super) fn required(entry: &Entry<'_>, absent: bool) -> Problem {
    let state = if absent {
        "is not in the record"
    } else {
        "is blank"
    };
    let column = column_name(entry);
    Problem::new(
        Code::ValueRequired,
        Severity::Rejected,
        format!("`{column}` {state}, but every record needs it; the record is not used"),
        "fill it in for this person in the source",
    )
    .of(column, "")
}
