//! The ledger of budgets: the steps of each grant lead to its dates, and the grants of an employee are numbered from 1
//! without a gap.

use super::Verified;
use crate::{
    db::{
        error::{DbError, Inconsistency},
        sql::Connection,
    },
    directory::budget,
};
use muster_core::model::{ids::EmployeeId, workspace::Workspace};

pub(super) fn verify(
    connection: &Connection,
    workspace: &Workspace,
    verified: &mut Verified,
) -> Result<(), DbError> {
    let mut last = (EmployeeId(0), 0);
    budget::each_grant(connection, workspace.id, &mut |employee, grant| {
        verified.grants += 1;
        let expected = if last.0 == employee { last.1 + 1 } else { 1 };
        last = (employee, grant.number);
        let follows = grant
            .steps
            .last()
            .is_some_and(|step| step.span == grant.span);
        let is_dated =
            grant.span.ends.is_none_or(|ends| ends >= grant.span.starts) || grant.span.cancelled;
        if !follows || !is_dated || grant.number != expected {
            let grant = grant.number;
            verified.add(workspace, Inconsistency::Ledger { employee, grant });
        }
    })
}
