//! Rows that refer to other rows. The tables have no foreign keys, because a distributed database cannot check them; the
//! transactions keep the references whole.

use super::{Finding, Verified};
use crate::db::{
    error::{DbError, Inconsistency},
    sql::Connection,
};

/// A table, the table that its rows refer to, and the number of rows without such a row.
type Reference = (&'static str, &'static str, &'static str);

const REFERENCES: &[Reference] = &[
    (
        "employee",
        "workspace",
        "SELECT count(*) FROM employee AS part WHERE NOT EXISTS (SELECT 1 FROM workspace AS whole WHERE whole.id = part.workspace_id)",
    ),
    (
        "employee",
        "run",
        "SELECT count(*) FROM employee AS part WHERE NOT EXISTS (SELECT 1 FROM run AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.created_run)",
    ),
    (
        "employee",
        "integration",
        "SELECT count(*) FROM employee AS part WHERE part.integration_id IS NOT NULL AND NOT EXISTS (SELECT 1 \
         FROM integration AS whole WHERE whole.workspace_id = part.workspace_id AND whole.id = part.integration_id)",
    ),
    (
        "roster",
        "employee",
        "SELECT count(*) FROM roster AS part WHERE NOT EXISTS (SELECT 1 FROM employee AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.employee_id)",
    ),
    (
        "change",
        "employee",
        "SELECT count(*) FROM change AS part WHERE NOT EXISTS (SELECT 1 FROM employee AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.employee_id)",
    ),
    (
        "change",
        "run",
        "SELECT count(*) FROM change AS part WHERE NOT EXISTS (SELECT 1 FROM run AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.run_id)",
    ),
    (
        "pin",
        "employee",
        "SELECT count(*) FROM pin AS part WHERE NOT EXISTS (SELECT 1 FROM employee AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.employee_id)",
    ),
    (
        "smart_group_member",
        "employee",
        "SELECT count(*) FROM smart_group_member AS part WHERE NOT EXISTS (SELECT 1 FROM employee AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.employee_id AND whole.status <> 'erased')",
    ),
    (
        "budget_grant",
        "employee",
        "SELECT count(*) FROM budget_grant AS part WHERE part.employee_id > 0 AND NOT EXISTS (SELECT 1 FROM employee AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.employee_id AND whole.status <> 'erased')",
    ),
    (
        "run_file",
        "run",
        "SELECT count(*) FROM run_file AS part WHERE NOT EXISTS (SELECT 1 FROM run AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.run_id)",
    ),
    (
        "problem",
        "run",
        "SELECT count(*) FROM problem AS part WHERE NOT EXISTS (SELECT 1 FROM run AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.run_id)",
    ),
    (
        "plan",
        "run",
        "SELECT count(*) FROM plan AS part WHERE NOT EXISTS (SELECT 1 FROM run AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.id = part.run_id)",
    ),
    (
        "operation",
        "plan",
        "SELECT count(*) FROM operation AS part WHERE NOT EXISTS (SELECT 1 FROM plan AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.run_id = part.run_id)",
    ),
    (
        "content_chunk",
        "content",
        "SELECT count(*) FROM content_chunk AS part WHERE NOT EXISTS (SELECT 1 FROM content AS whole \
         WHERE whole.workspace_id = part.workspace_id AND whole.sha256 = part.sha256)",
    ),
    (
        "content_chunk",
        "master_key",
        "SELECT count(*) FROM content_chunk AS part WHERE NOT EXISTS (SELECT 1 FROM master_key AS whole \
         WHERE whole.workspace_id = part.workspace_id)",
    ),
    (
        "credential",
        "master_key",
        "SELECT count(*) FROM credential AS part WHERE NOT EXISTS (SELECT 1 FROM master_key AS whole \
         WHERE whole.workspace_id = part.workspace_id)",
    ),
    (
        "secret",
        "master_key",
        "SELECT count(*) FROM secret AS part WHERE NOT EXISTS (SELECT 1 FROM master_key AS whole \
         WHERE whole.workspace_id = part.workspace_id)",
    ),
    (
        "integration_settings",
        "workspace",
        "SELECT count(*) FROM integration_settings AS part WHERE NOT EXISTS (SELECT 1 FROM workspace AS whole \
         WHERE whole.id = part.workspace_id)",
    ),
];

pub(super) fn verify(connection: &Connection, verified: &mut Verified) -> Result<(), DbError> {
    for (table, of, text) in REFERENCES {
        let rows: i64 = connection.prepare_cached(text)?.scalar([])?;
        if rows > 0 {
            verified.findings.push(Finding {
                workspace: None,
                what: Inconsistency::Orphans {
                    table: (*table).to_owned(),
                    of: (*of).to_owned(),
                    rows,
                },
            });
        }
    }
    Ok(())
}
