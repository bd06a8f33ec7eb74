//! Manual edits that are refused, and values that pins keep.

use muster_core::model::problem::edit::{Detail, Pinned, Remedy, UniqueKey};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::Erased { number } => format!("employee {number} was erased"),
        Detail::Required { field } => format!("`{field}` is required for every employee"),
        Detail::KeyTaken {
            key,
            value,
            holder,
            number,
            is_employed,
        } => {
            let state = if *is_employed {
                ""
            } else {
                ", who is inactive"
            };
            format!(
                "the {} `{value}` belongs to {holder} (employee {number}){state}",
                key_name(*key)
            )
        }
        Detail::DateOrder {
            onboarding,
            offboarding,
        } => format!(
            "the offboarding date `{offboarding}` is before the onboarding date `{onboarding}`"
        ),
        Detail::AlreadyActive { name } => {
            format!("{name} is already active, so the onboarding date cannot be in the future")
        }
        Detail::AlreadyInactive { name } => format!("{name} is already inactive"),
        Detail::EndPassed => "the offboarding date has passed".to_owned(),
        Detail::Protected { name } => {
            format!("{name} is protected, and this would deactivate them")
        }
        Detail::Pinned(pin) => format!("{} (reason: {})", pinned(pin), pin.reason),
        Detail::NotPinned { field, name } => format!("`{field}` of {name} is not pinned"),
        Detail::FromIntegration {
            field,
            name,
            integration,
        } => format!(
            "`{field}` of {name} comes from the integration `{integration}`, whose next delivery would overwrite it"
        ),
        Detail::PinOfId => {
            "the external id matches records to employees, so it cannot be pinned".to_owned()
        }
        Detail::PinOfOnlyKey { name } => format!(
            "records are matched to {name} only by the e-mail address, so it cannot be pinned"
        ),
        Detail::PinInPast { last } => format!(
            "the last day of the pin, {}, is in the past",
            last.map(|day| day.to_string()).unwrap_or_default()
        ),
        Detail::PinWithoutReason => "a pin needs a reason".to_owned(),
        Detail::BlankBudget { field } => format!("a blank `{field}` would change nothing"),
        Detail::Repeated { field } => format!("`{field}` occurs twice"),
        Detail::UnknownField => "the workspace has no such field".to_owned(),
        Detail::PinKept {
            pin,
            until,
            delivered,
        } => format!(
            "{}{} (reason: {}), so {} from the source was not applied",
            pinned(pin),
            until.map_or(String::new(), |day| format!(" until {day}")),
            pin.reason,
            value_or_blank(delivered.as_deref())
        ),
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Nothing => "no action is needed".to_owned(),
        Remedy::Impossible => "an erased employee cannot be changed".to_owned(),
        Remedy::AddField { field } => format!("add it, for example `{field}=...`"),
        Remedy::UseAnother { key } => format!(
            "use another {}, or change that employee instead",
            key_name(*key)
        ),
        Remedy::CorrectDates => "correct one of the two dates".to_owned(),
        Remedy::UseFirstDay => "use the actual first day".to_owned(),
        Remedy::OmitDate => "omit it, or use a date in the future".to_owned(),
        Remedy::Unprotect { employee } => {
            format!("remove the protection first: muster unprotect {employee}")
        }
        Remedy::PinAgain { employee, field } => format!(
            "pin it to the new value, or remove the pin first: muster unpin {employee} {field}"
        ),
        Remedy::Pin {
            employee,
            field,
            value,
        } => format!(
            "correct the source, or pin the value: muster pin {employee} {field} '{value}' --reason TEXT"
        ),
        Remedy::CorrectIdInSource => "correct the id in the source".to_owned(),
        Remedy::CorrectAddressInSource => "correct the address in the source".to_owned(),
        Remedy::UseLaterDay => "use today or a later day".to_owned(),
        Remedy::AddReason => {
            "add a reason, for example --reason \"the source is wrong\"".to_owned()
        }
        Remedy::UseZero => "use 0 to end the budget".to_owned(),
        Remedy::ListPins => "run `muster pins` to list all pins".to_owned(),
        Remedy::ListFields => "run `muster fields` to list the fields".to_owned(),
        Remedy::UseOnce => "use it once".to_owned(),
        Remedy::CorrectSourceOrUnpin => {
            "correct the source, which releases the pin, or remove the pin with `muster unpin`"
                .to_owned()
        }
    }
}

fn pinned(pin: &Pinned) -> String {
    format!(
        "`{}` of {} is pinned to {} by {}",
        pin.field,
        pin.employee,
        value_or_blank(pin.value.as_deref()),
        pin.author
    )
}

fn value_or_blank(value: Option<&str>) -> String {
    value.map_or("blank".to_owned(), |value| format!("`{value}`"))
}

fn key_name(key: UniqueKey) -> &'static str {
    match key {
        UniqueKey::Address => "address",
        UniqueKey::ExternalId => "external id",
    }
}
