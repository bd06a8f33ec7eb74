//! Creates and deletes workspaces. Of a deleted workspace, only the audit log is left, which names employees and runs by their
//! numbers; the number of the workspace is not given out again.

use crate::{
    audit::chain::{Entry, append},
    db::{
        connection::Store,
        dialect,
        error::{DbError, StoreError},
        sql::Connection,
    },
    directory::workspace,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::WorkspaceId,
    workspace::{Workspace, WorkspaceSettings},
};

/// Every table with rows of one workspace, but for the audit log.
const TABLES: &[&str] = &[
    "account_role",
    "alert",
    "alert_channel",
    "alert_item",
    "api_token",
    "budget_grant",
    "budget_seen",
    "change",
    "company",
    "company_end",
    "company_listing",
    "content",
    "content_chunk",
    "credential",
    "delivery_state",
    "employee",
    "erasure",
    "forgotten",
    "host_key",
    "idempotency_key",
    "integration",
    "integration_draft",
    "integration_settings",
    "integration_settings_history",
    "issue",
    "issue_event",
    "job",
    "job_history",
    "master_key",
    "operation",
    "own_field",
    "pause",
    "pin",
    "plan",
    "problem",
    "roster",
    "run",
    "run_file",
    "schedule",
    "schedule_pause",
    "secret",
    "slot",
    "smart_group",
    "smart_group_change",
    "smart_group_member",
    "start_note",
    "tombstone",
    "webhook",
    "webhook_delivery",
    "webhook_event",
    "workspace_group",
    "workspace_service",
];

/// What became of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkspaceDeletion {
    /// `is_rewritten` is false if another process reads the database: unused pages may still contain the data.
    Deleted { is_rewritten: bool },
    /// A job of the workspace is running; nothing was deleted.
    Busy,
    /// Somebody else deleted it.
    Unknown,
}

impl Store {
    /// Creates an empty workspace; none: there is one with this name. `random_key` becomes its fingerprint key.
    pub fn create_workspace(
        &self,
        name: &str,
        random_key: [u8; 32],
        by: &str,
        now: Timestamp,
    ) -> Result<Option<Workspace>, StoreError> {
        self.write("create the workspace", |connection| {
            if workspace::find(connection, name)?.is_some() {
                return Ok(None);
            }
            let settings = WorkspaceSettings::default();
            let created = workspace::create(connection, name, &settings, &random_key)?;
            let subject = Subject::new("workspace", name);
            let entry = Entry::new(Act::WorkspaceCreated, by, subject, now);
            append(connection, entry.within(created.id))?;
            Ok(Some(created))
        })
    }

    /// Deletes a workspace with everything in it, in one transaction.
    pub fn delete_workspace(
        &self,
        deleted: &Workspace,
        by: &str,
        now: Timestamp,
    ) -> Result<WorkspaceDeletion, StoreError> {
        let outcome = self.write("delete the workspace", |connection| {
            // Deleted data is overwritten at once.
            connection.execute_batch(dialect::OVERWRITE)?;
            if is_busy(connection, deleted.id, now)? {
                return Ok(WorkspaceDeletion::Busy);
            }
            let gone = connection.execute("DELETE FROM workspace WHERE id = ?1", [deleted.id.0])?;
            if gone == 0 {
                return Ok(WorkspaceDeletion::Unknown);
            }
            for table in TABLES {
                connection.execute(
                    &format!("DELETE FROM {table} WHERE workspace_id = ?1"),
                    [deleted.id.0],
                )?;
            }
            let subject = Subject::new("workspace", &deleted.name);
            let entry = Entry::new(Act::WorkspaceDeleted, by, subject, now);
            append(connection, entry.within(deleted.id))?;
            Ok(WorkspaceDeletion::Deleted {
                is_rewritten: false,
            })
        })?;
        Ok(match outcome {
            WorkspaceDeletion::Deleted { .. } => WorkspaceDeletion::Deleted {
                is_rewritten: self.rewrite().unwrap_or(false),
            },
            other => other,
        })
    }
}

/// Whether a process works on the workspace.
fn is_busy(
    connection: &Connection,
    workspace: WorkspaceId,
    now: Timestamp,
) -> Result<bool, DbError> {
    connection.scalar(
        "SELECT EXISTS (SELECT 1 FROM job WHERE workspace_id = ?1 AND lease_owner IS NOT NULL AND lease_until > ?2)",
        (workspace.0, now.as_microsecond()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_with_rows_of_a_workspace_is_listed() {
        let mut found: Vec<String> = Connection::migrated()
            .prepare_cached(
                "SELECT s.name FROM sqlite_schema AS s JOIN pragma_table_info(s.name) AS c \
                 WHERE s.type = 'table' AND c.name = 'workspace_id' ORDER BY s.name",
            )
            .unwrap()
            .values([])
            .unwrap();
        found.retain(|table| table != "audit_entry");
        assert_eq!(found, TABLES);
    }
}
