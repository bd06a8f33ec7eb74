//! Joining, leaving and protection.

use muster_core::model::problem::lifecycle::{Detail, Remedy};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::Protected { name } => format!("{name} is protected and stays active"),
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Unprotect => {
            "remove the protection with `muster unprotect` if the employee has really left"
                .to_owned()
        }
    }
}
