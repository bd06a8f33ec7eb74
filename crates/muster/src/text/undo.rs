//! Undoing a run: what it leaves alone.

use muster_core::model::problem::undo::{Detail, Remedy};

pub(super) fn message(detail: &Detail) -> String {
    match detail {
        Detail::ChangedSince { field, name, now } => format!(
            "`{field}` of {name} changed again after the run and is now {}; it was not restored",
            value(now.as_deref())
        ),
        Detail::Pinned {
            field,
            name,
            value: pinned,
            author,
            reason,
        } => format!(
            "`{field}` of {name} is pinned to {} by {author} (reason: {reason}); it was not restored",
            value(pinned.as_deref())
        ),
        Detail::KeyTaken {
            field,
            name,
            value,
            holder,
        } => format!(
            "`{field}` of {name} cannot be restored to `{value}`, which now belongs to {holder}"
        ),
        Detail::OneOffGranted {
            field,
            name,
            amount,
        } => format!("`{field}` of {name} is {amount} and stays granted"),
        Detail::Erased { employee } => {
            format!("employee {employee} was erased and is not restored")
        }
        Detail::CompanyEnd { company } => format!(
            "the last day of company `{company}` changed again after the run; it was not restored"
        ),
    }
}

pub(super) fn help(remedy: &Remedy) -> String {
    let text = match remedy {
        Remedy::None => "no action is needed",
        Remedy::EditManually => {
            "if the value is wrong, correct it with `muster employee edit`, or in the source"
        }
        Remedy::Unpin => "to restore the old value, remove the pin with `muster unpin` first",
        Remedy::FreeKey => {
            "change the other employee first, for example with `muster employee edit`, then undo the run again"
        }
        Remedy::TakeBackOutside => {
            "if the amount was wrong, reclaim it where it was paid; the same amount is not granted again"
        }
        Remedy::CorrectCompanyList => "if the date is wrong, correct it in the list of companies",
    };
    text.to_owned()
}

fn value(value: Option<&str>) -> String {
    value.map_or_else(|| "blank".to_owned(), |value| format!("`{value}`"))
}
