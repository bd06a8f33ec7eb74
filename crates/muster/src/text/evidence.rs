//! Warnings of guards.

use muster_core::model::problem::evidence::{Detail, Remedy};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::OldContent { run, at } => format!(
            "the delivery has the same content as the delivery of run {run} ({at:.0}), and a different one has been applied since"
        ),
        Detail::ReportingCycle { path, more } => {
            let first = path.first().map(String::as_str).unwrap_or_default();
            let what = if path.len() == 2 && *more == 0 {
                "is their own manager"
            } else {
                "is in a reporting cycle"
            };
            let mut path = path.join(", ");
            if *more > 0 {
                path.push_str(&format!(", ... and {more} more"));
            }
            format!("`{first}` {what} ({path}); the manager that closes the cycle is ignored")
        }
        Detail::CompanyUnlisted {
            id,
            short_name,
            employees,
        } => {
            let employed = match employees {
                1 => "1 employee is".to_owned(),
                number => format!("{number} employees are"),
            };
            format!(
                "company `{id}` ({short_name}) is not in any list of companies, but {employed} employed in it; the company is unchanged"
            )
        }
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    let text = match remedy {
        Remedy::DeliverNewest => {
            "if an old file was delivered again, replace it with the newest; if this content is intended, no action is needed"
        }
        Remedy::CorrectManager => "correct the manager of one of them in the source",
        Remedy::ListCompany => {
            "put the company back into its list, or give these employees another company; it ends with the first run \
             in which nobody is employed in it"
        }
    };
    text.to_owned()
}
