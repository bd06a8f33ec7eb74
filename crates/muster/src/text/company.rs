//! What happens to a company, in words.

use muster_core::model::company::CompanyEnd;

/// A change of the last day, as it reads after the name of the company.
pub(crate) fn end(end: &CompanyEnd) -> String {
    match (end.old, end.new) {
        (_, None) => "is open again".to_owned(),
        (None, Some(new)) => format!("ends on {new}"),
        (Some(old), Some(new)) => format!("ends on {new} instead of {old}"),
    }
}
