//! Records acts that change nothing in the database: personal data that left it, and the database itself, restored.

use crate::{
    audit::chain::{Entry, append},
    db::connection::Store,
    db::error::StoreError,
};
use jiff::Timestamp;
use muster_core::model::{
    audit::{Act, Subject},
    ids::{EmployeeId, RunId, WorkspaceId},
};
use serde_json::json;

impl Store {
    /// Records that the rejected records of a run were downloaded as the source wrote them.
    pub fn record_delivery_download(
        &self,
        workspace: WorkspaceId,
        run: RunId,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("record the download", |connection| {
            let subject = Subject::new("run", run);
            let entry = Entry::new(Act::DeliveryDownloaded, by, subject, now);
            append(connection, entry.within(workspace))
        })
    }

    /// Records that a list of employees was downloaded.
    pub fn record_employees_download(
        &self,
        workspace: WorkspaceId,
        employees: u64,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("record the download", |connection| {
            let subject = Subject::new("workspace", workspace);
            let entry = Entry::new(Act::EmployeesDownloaded, by, subject, now).within(workspace);
            append(
                connection,
                entry.values(None, Some(json!({ "employees": employees }))),
            )
        })
    }

    /// Records that everything about an employee was exported.
    pub fn record_employee_export(
        &self,
        workspace: WorkspaceId,
        employee: EmployeeId,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write("record the export", |connection| {
            let subject = Subject::new("employee", employee);
            let entry = Entry::new(Act::EmployeeExported, by, subject, now);
            append(connection, entry.within(workspace))
        })
    }

    /// Records that the database is a backup that was restored.
    pub fn record_restore(
        &self,
        made: Timestamp,
        by: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_shared("record the restored backup", |connection| {
            let subject = Subject::new("backup", made);
            let entry = Entry::new(Act::DatabaseRestored, by, subject, now);
            append(connection, entry)
        })
    }
}
