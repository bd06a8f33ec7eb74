//! One field would change for nearly everyone. Keys, names, the status and dates trip at a smaller number of employees
//! than other fields, and a field that is marked volatile never does.

use super::{Evidence, Finding, Guard, acting};
use crate::{
    decide::proposal::Proposal,
    model::{
        field::{FieldNumber, Schema, canonical},
        plan::{Change, Changed, Operation, OperationKind},
    },
    read::{
        normalise::{FieldKind, fold_email},
        roster::Roster,
    },
    setup::{integration::Setup, policy::GuardLimits},
};
use std::collections::BTreeMap;

pub(super) fn findings(
    proposal: &Proposal,
    setup: &Setup,
    roster: &Roster,
    limits: &GuardLimits,
) -> Vec<Finding> {
    let schema = &setup.workspace.schema;
    let mut changed: BTreeMap<Changed, u64> = BTreeMap::new();
    for operation in acting(proposal).filter(|operation| operation.kind != OperationKind::Create) {
        let replaced = operation
            .changes
            .iter()
            .filter(|one| counts(one, operation));
        replaced.for_each(|change| *changed.entry(change.what).or_default() += 1);
    }
    let finding = |(what, count): (Changed, u64)| {
        let of = match what {
            // Employees who come back are not among the active ones yet.
            Changed::Status => roster.employed() + count,
            _ => roster.employed(),
        };
        if matches!(what, Changed::Field(field) if limits.volatile.contains(&field)) {
            return None;
        }
        let is_core = is_core(what, schema);
        let limit = if is_core {
            limits.core_field_changes
        } else {
            limits.field_changes
        };
        let field = schema.changed(what).to_owned();
        let evidence = Evidence::FieldChanges {
            field,
            limit,
            is_core,
        };
        let finding = || Finding::new(Guard::FieldChanges, evidence, count, of);
        limit.is_exceeded(count, of).then(finding)
    };
    changed.into_iter().filter_map(finding).collect()
}

/// Whether a change replaces a value. Of the status only returns count: departures have guards of their own, and
/// employees who start on their date are expected.
fn counts(change: &Change, operation: &Operation) -> bool {
    match change.what {
        Changed::Status => operation.kind == OperationKind::Reactivate,
        Changed::Field(field) => change.old.is_some() && !is_case_only(field, change),
        Changed::Owner => false,
    }
}

/// Whether an address differs in nothing but case.
pub(super) fn is_case_only(field: FieldNumber, change: &Change) -> bool {
    let folded =
        |value: &Option<String>| value.as_deref().map(|value| fold_email(value).into_owned());
    field == canonical::EMAIL && folded(&change.old) == folded(&change.new)
}

/// Keys, names, the status and dates.
fn is_core(what: Changed, schema: &Schema) -> bool {
    use canonical::{EMAIL, EXTERNAL_ID, FIRST_NAME, LAST_NAME, PREFIX};
    let Changed::Field(field) = what else {
        return true;
    };
    let is_date = || {
        schema
            .get(field)
            .is_some_and(|definition| definition.kind == FieldKind::Date)
    };
    [EXTERNAL_ID, EMAIL, FIRST_NAME, LAST_NAME, PREFIX].contains(&field) || is_date()
}
