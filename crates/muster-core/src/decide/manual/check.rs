//! What stands against an act by hand, each with the way out.

use super::{
    Candidates, Code, EditContext, Employee, Facts, FieldNumber, Pin, Problem, Severity, Status,
    Workspace, shown,
};
use crate::model::field::{FieldOrigin, canonical};

/// Everything that stands against an act by hand; never empty where it is an error.
pub(super) type Refused = Vec<Problem>;

pub(super) fn refuse(message: impl Into<String>, advice: impl Into<String>) -> Problem {
    Problem::new(Code::EditRefused, Severity::Rejected, message, advice)
}

/// Somebody whose values were removed for good is nobody any more.
pub(super) fn exists(employee: &Employee) -> Refused {
    let gone = employee.status == Status::Erased;
    gone.then(|| {
        refuse(
            format!("employee {} was erased", employee.id),
            "an erased employee cannot be changed",
        )
    })
    .into_iter()
    .collect()
}

/// Fields that every person needs.
pub(super) fn required(facts: &Facts, workspace: &Workspace) -> Refused {
    let missing = workspace
        .schema
        .iter()
        .filter(|(number, field)| field.required && facts.value(*number).is_none());
    missing.map(|(_, field)| is_required(&field.key)).collect()
}

pub(super) fn is_required(key: &str) -> Problem {
    let mut problem = refuse(
        format!("`{key}` is required for every employee"),
        format!("add it, for example `{key}=...`"),
    );
    problem.code = Code::ValueRequired;
    problem.field = Some(shown(key));
    problem
}

/// Address and external id belong to one person each.
pub(super) fn keys(facts: &Facts, me: Option<&Employee>, known: &Candidates) -> Refused {
    let holders = [
        (
            Code::AddressTaken,
            "address",
            canonical::EMAIL,
            facts
                .value(canonical::EMAIL)
                .and_then(|key| known.by_email(key)),
        ),
        (
            Code::MatchConflict,
            "external id",
            canonical::EXTERNAL_ID,
            facts
                .value(canonical::EXTERNAL_ID)
                .and_then(|key| known.by_external_id(key)),
        ),
    ];
    let others = holders
        .into_iter()
        .filter_map(|(code, what, field, holder)| Some((code, what, field, holder?)));
    let others = others.filter(|(.., holder)| me.is_none_or(|me| me.id != holder.id));
    others
        .map(|(code, what, field, holder)| {
            let value = facts.value(field).map(shown).unwrap_or_default();
            let state = if holder.status.is_employed() {
                ""
            } else {
                ", who is inactive"
            };
            let message = format!(
                "the {what} `{value}` belongs to {} (employee {}){state}",
                holder.name(),
                holder.id
            );
            Problem {
                code,
                ..refuse(
                    message,
                    format!("use another {what}, or change that employee instead"),
                )
            }
        })
        .collect()
}

/// ISO dates compare as text.
pub(super) fn date_order(onboarding: Option<&str>, offboarding: Option<&str>) -> Option<Problem> {
    let (onboarding, offboarding) = (onboarding?, offboarding?);
    (offboarding < onboarding).then(|| {
        let message = format!(
            "the offboarding date `{offboarding}` is before the onboarding date `{onboarding}`"
        );
        Problem {
            code: Code::DateOrder,
            ..refuse(message, "correct one of the two dates")
        }
    })
}

pub(super) fn is_active_already(employee: &Employee) -> Problem {
    let message = format!(
        "{} is already active, so the onboarding date cannot be in the future",
        employee.name()
    );
    let advice = "use the actual first day";
    Problem {
        code: Code::OnboardingIgnored,
        ..refuse(message, advice)
    }
}

pub(super) fn is_protected(employee: &Employee) -> Problem {
    let message = format!(
        "{} is protected, and this would deactivate them",
        employee.name()
    );
    let advice = format!(
        "remove the protection first: muster unprotect {}",
        key(employee)
    );
    Problem {
        code: Code::Protected,
        ..refuse(message, advice)
    }
}

pub(super) fn is_pinned(employee: &Employee, field: &str, pin: &Pin) -> Problem {
    let value = pin
        .value
        .as_deref()
        .map_or("blank".to_owned(), |value| format!("`{}`", shown(value)));
    let message = format!(
        "`{field}` of {} is pinned to {value} by {} (reason: {})",
        employee.name(),
        shown(&pin.author),
        shown(&pin.reason)
    );
    let advice = format!(
        "pin it to the new value, or remove the pin first: muster unpin {} {field}",
        key(employee)
    );
    Problem {
        code: Code::Pinned,
        ..refuse(message, advice)
    }
}

/// Never silently overwritten next morning: refused now, with the way that holds.
pub(super) fn is_owned(
    employee: &Employee,
    field: &str,
    value: Option<&str>,
    owner: &str,
) -> Problem {
    let message = format!(
        "`{field}` of {} comes from the integration `{owner}`, whose next delivery would overwrite it",
        employee.name()
    );
    let value = value.unwrap_or_default();
    let advice = format!(
        "correct the source, or pin the value: muster pin {} {field} '{}' --reason TEXT",
        key(employee),
        shown(value)
    );
    Problem {
        code: Code::EditOwned,
        ..refuse(message, advice)
    }
}

/// A pin must not hide who a record is about, and must hold for a day at least.
pub(super) fn may_be_pinned(employee: &Employee, pin: &Pin, around: &EditContext<'_>) -> Refused {
    let key = around.workspace.schema.key(pin.field);
    let refused = |message: String, advice: &str| Problem {
        code: Code::PinRefused,
        ..refuse(message, advice)
    };
    let mut problems = Vec::new();
    if pin.field == canonical::EXTERNAL_ID {
        let message =
            "the external id matches records to employees, so it cannot be pinned".to_owned();
        problems.push(refused(message, "correct the id in the source"));
    }
    if pin.field == canonical::EMAIL && employee.external_id().is_none() {
        let message = format!(
            "records are matched to {} only by the e-mail address, so it cannot be pinned",
            employee.name()
        );
        problems.push(refused(message, "correct the address in the source"));
    }
    if !pin.holds(around.calendar.today) {
        let last = pin.until.map(|day| day.to_string()).unwrap_or_default();
        problems.push(refused(
            format!("the last day of the pin, {last}, is in the past"),
            "use today or a later day",
        ));
    }
    if pin.reason.trim().is_empty() {
        problems.push(refused(
            "a pin needs a reason".to_owned(),
            "add a reason, for example --reason \"the source is wrong\"",
        ));
    }
    if pin.value.is_none() && is_needed(pin.field, around.workspace) {
        problems.push(is_required(key));
    }
    if pin.value.is_none() && is_budget(pin.field, around.workspace) {
        problems.push(blank_budget(key));
    }
    problems
}

/// Whether a field is a budget, for which a blank value means nothing.
pub(super) fn is_budget(field: FieldNumber, workspace: &Workspace) -> bool {
    workspace
        .schema
        .get(field)
        .is_some_and(|field| field.origin == FieldOrigin::Budget)
}

pub(super) fn blank_budget(key: &str) -> Problem {
    refuse(
        format!("a blank `{key}` would change nothing"),
        "use 0 to end the budget",
    )
}

/// Whether every person needs a field.
pub(super) fn is_needed(field: FieldNumber, workspace: &Workspace) -> bool {
    workspace
        .schema
        .get(field)
        .is_some_and(|field| field.required)
}

fn key(employee: &Employee) -> String {
    employee
        .external_id()
        .map_or_else(|| employee.id.to_string(), shown)
}
