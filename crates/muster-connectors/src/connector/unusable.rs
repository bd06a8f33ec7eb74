//! Records that cannot be used: what is reported of them. They still prove that their employees are there.

use muster_core::model::{
    code::Code,
    problem::{
        Problem, Severity,
        api::{Detail, Remedy},
        shown,
    },
};

/// A record without an id.
pub(crate) fn unidentified(vendor: &str) -> Problem {
    let remedy = Remedy::ContactSupport {
        system: Some(vendor.to_owned()),
    };
    let detail = Detail::Unidentified;
    Problem::new(Code::ApiUnidentified, Severity::Rejected, detail, remedy)
}

/// A record with a value of a kind that it cannot be.
pub(crate) fn unreadable(vendor: &str, column: &str, id: &str) -> Problem {
    let (column, id) = (shown(column), shown(id));
    let detail = Detail::UnreadableValue {
        column: column.clone(),
        id: id.clone(),
    };
    let remedy = Remedy::CheckAttribute {
        system: vendor.to_owned(),
    };
    let mut problem = Problem::new(Code::ApiValue, Severity::Rejected, detail, remedy);
    problem.field = Some(column);
    problem.subject = Some(id);
    problem
}
