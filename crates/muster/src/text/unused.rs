//! Why a record created no employee.

use muster_engine::Unused;

/// One sentence about the record.
pub(crate) fn message(cause: &Unused) -> String {
    match cause {
        Unused::NotSelected { column, value } if value.is_empty() => {
            format!("not selected: `{column}` is blank, and the selection rules do not select blank values")
        }
        Unused::NotSelected { column, value } => {
            format!("not selected: the selection rule on `{column}` does not select `{value}`")
        }
        Unused::Undecided => {
            "not selected: the delivery lacks a column that the selection rules need".to_owned()
        }
        Unused::Ended { on } => format!(
            "not created: the offboarding date {on} had passed when the record was read"
        ),
        Unused::Rejected(problems) if problems.is_empty() => "rejected".to_owned(),
        Unused::Rejected(problems) => {
            let messages: Vec<String> = problems.iter().map(super::message).collect();
            format!("rejected: {}", messages.join("; "))
        }
        Unused::Superseded => {
            "superseded: a newer file has a record for the same employee".to_owned()
        }
        Unused::Pending(plan) => format!(
            "not applied yet: plan {plan} is pending; run `muster approve {plan}` to apply it"
        ),
        Unused::NotApplied => {
            "the record is valid, but no run has applied it; run `muster plan` to see what a sync would do"
                .to_owned()
        }
    }
}
