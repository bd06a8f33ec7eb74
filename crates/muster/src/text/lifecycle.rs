//! Joining, leaving and protection.

use muster_core::model::problem::lifecycle::{Detail, Remedy, UnconfirmedStart};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::Protected { name } => format!("{name} is protected and stays active"),
        Detail::OnboardingIgnored { date } => format!(
            "the onboarding date `{date}` is ignored: it was in the future when the employee was already active"
        ),
        Detail::OffboardingPast { date } => {
            format!(
                "the offboarding date `{date}` is in the past; the employee is deactivated today"
            )
        }
        Detail::StartAfterEnd { start, end } => format!(
            "the onboarding date `{start}` is after the offboarding date `{end}`, which has passed; the onboarding date \
             is ignored"
        ),
        Detail::ErasedRecord => {
            "the record belongs to a person whose personal data was erased; it was not selected"
                .to_owned()
        }
        Detail::StartUnconfirmed {
            employee,
            start,
            why,
        } => {
            let day = start
                .as_ref()
                .map_or(String::new(), |day| format!(" on {day}"));
            let why = match why {
                UnconfirmedStart::Missing => "is missing from the last complete delivery",
                UnconfirmedStart::Rejected => "has a rejected record",
                UnconfirmedStart::Ended => "is not employed according to the latest record",
            };
            format!(
                "{employee} is scheduled to start{day} but {why}; the start will be held for review"
            )
        }
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Unprotect => {
            "remove the protection with `muster unprotect` if the employee has really left"
        }
        Remedy::CorrectStart => {
            "correct the date in the source, or deliver an offboarding date before the employee starts again"
        }
        Remedy::DeliverEndsInAdvance => {
            "no action is needed if this is intended; deliver offboarding dates in advance so that employees are \
             deactivated on the right day"
        }
        Remedy::CorrectDates => "correct one of the two dates in the source",
        Remedy::RemoveErased => {
            "remove the person from the source; if this is another person with the same id or address, run \
             `muster erase --lift` with that id or address"
        }
        Remedy::ConfirmStart => {
            "correct the record in the source, or approve the start on that day"
        }
    }
    .to_owned()
}
