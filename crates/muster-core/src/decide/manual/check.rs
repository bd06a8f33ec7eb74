//! Why a manual edit is refused.

use super::{
    Candidates, Code, EditContext, Employee, Facts, FieldNumber, Pin, Problem, Severity, Status,
    Workspace, shown,
};
use crate::model::{
    field::{FieldOrigin, canonical},
    problem::edit::{Detail, Remedy, UniqueKey},
};

/// All reasons why an edit is refused; never empty where it is an error.
pub(super) type Refused = Vec<Problem>;

pub(super) fn refuse(detail: Detail, remedy: Remedy) -> Problem {
    Problem::new(Code::EditRefused, Severity::Rejected, detail, remedy)
}

pub(super) fn exists(employee: &Employee) -> Refused {
    let gone = employee.status == Status::Erased;
    gone.then(|| {
        let number = employee.id.0;
        refuse(Detail::Erased { number }, Remedy::Impossible)
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
    let field = key.to_owned();
    let detail = Detail::Required {
        field: field.clone(),
    };
    let mut problem = refuse(detail, Remedy::AddField { field });
    problem.code = Code::ValueRequired;
    problem.field = Some(shown(key));
    problem
}

/// Address and external id belong to one person each.
pub(super) fn keys(facts: &Facts, me: Option<&Employee>, candidates: &Candidates) -> Refused {
    let holders = [
        (
            Code::AddressTaken,
            UniqueKey::Address,
            canonical::EMAIL,
            facts
                .value(canonical::EMAIL)
                .and_then(|key| candidates.by_email(key)),
        ),
        (
            Code::MatchConflict,
            UniqueKey::ExternalId,
            canonical::EXTERNAL_ID,
            facts
                .value(canonical::EXTERNAL_ID)
                .and_then(|key| candidates.by_external_id(key)),
        ),
    ];
    let others = holders
        .into_iter()
        .filter_map(|(code, what, field, holder)| Some((code, what, field, holder?)));
    let others = others.filter(|(.., holder)| me.is_none_or(|me| me.id != holder.id));
    others
        .map(|(code, what, field, holder)| {
            let detail = Detail::KeyTaken {
                key: what,
                value: facts.value(field).map(shown).unwrap_or_default(),
                holder: holder.name(),
                number: holder.id.0,
                is_employed: holder.status.is_employed(),
            };
            Problem {
                code,
                ..refuse(detail, Remedy::UseAnother { key: what })
            }
        })
        .collect()
}

/// ISO dates compare as text.
pub(super) fn date_order(onboarding: Option<&str>, offboarding: Option<&str>) -> Option<Problem> {
    let (onboarding, offboarding) = (onboarding?, offboarding?);
    (offboarding < onboarding).then(|| {
        let detail = Detail::DateOrder {
            onboarding: onboarding.to_owned(),
            offboarding: offboarding.to_owned(),
        };
        Problem {
            code: Code::DateOrder,
            ..refuse(detail, Remedy::CorrectDates)
        }
    })
}

pub(super) fn is_active_already(employee: &Employee) -> Problem {
    let name = employee.name();
    Problem {
        code: Code::OnboardingIgnored,
        ..refuse(Detail::AlreadyActive { name }, Remedy::UseFirstDay)
    }
}

pub(super) fn is_protected(employee: &Employee) -> Problem {
    let name = employee.name();
    let remedy = Remedy::Unprotect {
        employee: key(employee),
    };
    Problem {
        code: Code::Protected,
        ..refuse(Detail::Protected { name }, remedy)
    }
}

pub(super) fn is_pinned(employee: &Employee, field: &str, pin: &Pin) -> Problem {
    let remedy = Remedy::PinAgain {
        employee: key(employee),
        field: field.to_owned(),
    };
    Problem {
        code: Code::Pinned,
        ..refuse(Detail::Pinned(pin.describe(field, employee.name())), remedy)
    }
}

/// The next delivery would overwrite the edit, so it is refused.
pub(super) fn is_owned(
    employee: &Employee,
    field: &str,
    value: Option<&str>,
    owner: &str,
) -> Problem {
    let detail = Detail::FromIntegration {
        field: field.to_owned(),
        name: employee.name(),
        integration: owner.to_owned(),
    };
    let remedy = Remedy::Pin {
        employee: key(employee),
        field: field.to_owned(),
        value: shown(value.unwrap_or_default()),
    };
    Problem {
        code: Code::EditOwned,
        ..refuse(detail, remedy)
    }
}

/// A pin must not hide who a record is about, and must hold for a day at least.
pub(super) fn may_be_pinned(employee: &Employee, pin: &Pin, around: &EditContext<'_>) -> Refused {
    let key = around.workspace.schema.key(pin.field);
    let refused = |detail, remedy| Problem {
        code: Code::PinRefused,
        ..refuse(detail, remedy)
    };
    let mut problems = Vec::new();
    if pin.field == canonical::EXTERNAL_ID {
        problems.push(refused(Detail::PinOfId, Remedy::CorrectIdInSource));
    }
    if pin.field == canonical::EMAIL && employee.external_id().is_none() {
        let name = employee.name();
        problems.push(refused(
            Detail::PinOfOnlyKey { name },
            Remedy::CorrectAddressInSource,
        ));
    }
    if !pin.holds(around.calendar.today) {
        let last = pin.until;
        problems.push(refused(Detail::PinInPast { last }, Remedy::UseLaterDay));
    }
    if pin.reason.trim().is_empty() {
        problems.push(refused(Detail::PinWithoutReason, Remedy::AddReason));
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
    let field = key.to_owned();
    refuse(Detail::BlankBudget { field }, Remedy::UseZero)
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
