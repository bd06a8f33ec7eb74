//! Why an approval is not applied: something is void, or was not chosen that belongs to it.

use crate::{
    db::{
        error::{DbError, StoreError},
        sql::Connection,
    },
    plans::{
        approve::Approval,
        plan::{self, Decision, OPERATION, StoredOperation},
    },
};
use muster_core::model::{field::canonical, plan::Changed};
use std::collections::BTreeSet;

pub(super) fn void(why: String) -> DbError {
    StoreError::Void { why }.into()
}

/// What belongs to another employee where it is not known which of the operations wants it.
pub(super) const GIVEN: &str = "an address or external id that it gives out";

/// A unique key that is taken makes the approval void: the plan was made when it was free, or is freed by another
/// operation of the plan that was not chosen.
pub(super) fn taken(
    connection: &Connection,
    approval: &Approval<'_>,
    trouble: DbError,
    whose: &str,
) -> DbError {
    if !trouble.is_taken() {
        return trouble;
    }
    match needed(connection, approval) {
        Ok(None) => void(format!("{whose} belongs to somebody else now")),
        Ok(Some(why)) => StoreError::Choice { why }.into(),
        Err(trouble) => trouble,
    }
}

/// Which operation that was not chosen gives up what a chosen one gives out.
fn needed(connection: &Connection, approval: &Approval<'_>) -> Result<Option<String>, DbError> {
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
    Ok(first.map(|(number, name, key)| {
        format!("`{key}` is free only once operation {number}, on `{name}`, is applied too")
    }))
}

/// Why there is nothing to apply.
pub(super) fn none_waits(
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
            let who = &operation.who.name;
            return Ok(void(format!(
                "operation {number} of plan `{}` is about `{who}`, whom another operation of the plan changed already",
                approval.plan
            )));
        }
    }
    let why = format!(
        "none of the chosen operations of plan `{}` waits",
        approval.plan
    );
    Ok(StoreError::Choice { why }.into())
}
