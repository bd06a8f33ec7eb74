//! Why an approval is not applied: an operation is void, or depends on one that is not selected.

use crate::{
    db::{
        error::{ChoiceFault, DbError, StoreError, UniqueValue, VoidCause},
        sql::Connection,
    },
    plans::{
        approve::Approval,
        plan::{self, Decision, OPERATION, StoredOperation},
    },
};
use muster_core::model::{field::canonical, plan::Changed};
use std::collections::BTreeSet;

pub(super) fn void(why: VoidCause) -> DbError {
    StoreError::Void { why }.into()
}

/// The error for a unique key that is in use: the plan is void, or an operation that is not selected
/// would free the key.
pub(super) fn key_in_use(
    connection: &Connection,
    approval: &Approval<'_>,
    error: DbError,
    value: UniqueValue,
) -> DbError {
    if !error.is_taken() {
        return error;
    }
    let found = connection
        .return_to_savepoint()
        .and_then(|()| needed(connection, approval));
    match found {
        Ok(None) => void(VoidCause::ValueInUse(value)),
        Ok(Some(why)) => StoreError::Choice { why }.into(),
        Err(error) => error,
    }
}

/// The operation that is not selected and would free a key that a selected one needs.
fn needed(
    connection: &Connection,
    approval: &Approval<'_>,
) -> Result<Option<ChoiceFault>, DbError> {
    let mut statement = connection.prepare_cached(&format!(
        "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 AND decision IN ('open', 'applied') ORDER BY number"
    ))?;
    let mut rows = statement.query((approval.workspace.id.0, approval.plan.run.0))?;
    let (mut given, mut kept) = (BTreeSet::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let StoredOperation {
            number,
            operation,
            decision,
        } = plan::operation(row, &approval.workspace.schema)?;
        let is_chosen = approval.choice.has(number, operation.kind);
        for change in operation.changes {
            let key = match change.what {
                Changed::Field(canonical::EMAIL) => |value: String| value.to_ascii_lowercase(),
                Changed::Field(canonical::EXTERNAL_ID) => |value| value,
                _ => continue,
            };
            match (is_chosen, change.old, change.new) {
                (true, _, Some(new)) => drop(given.insert(key(new))),
                (false, Some(old), _) if decision == Decision::Open => {
                    kept.push((number, operation.who.name.clone(), key(old)))
                }
                _ => {}
            }
        }
    }
    let first = kept.into_iter().find(|(.., key)| given.contains(key));
    Ok(
        first.map(|(number, name, value)| ChoiceFault::NeedsValueOf {
            number,
            name,
            value,
        }),
    )
}

/// Why there is nothing to apply.
pub(super) fn nothing_to_apply(
    connection: &Connection,
    approval: &Approval<'_>,
) -> Result<DbError, DbError> {
    let mut statement = connection.prepare_cached(&format!(
        "{OPERATION} WHERE workspace_id = ?1 AND run_id = ?2 AND decision = 'void' ORDER BY number"
    ))?;
    let mut rows = statement.query((approval.workspace.id.0, approval.plan.run.0))?;
    while let Some(row) = rows.next()? {
        let StoredOperation {
            number, operation, ..
        } = plan::operation(row, &approval.workspace.schema)?;
        if approval.choice.has(number, operation.kind) {
            return Ok(void(VoidCause::ChangedByPlan {
                plan: approval.plan.clone(),
                number,
                name: operation.who.name,
            }));
        }
    }
    let why = ChoiceFault::NonePending {
        plan: approval.plan.clone(),
    };
    Ok(StoreError::Choice { why }.into())
}
