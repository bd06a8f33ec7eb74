//! The data for reporting lines: all employees with their external ids and manager ids.

use crate::db::sql::{OptionalRow, Row};
use crate::db::{
    connection::Store,
    error::{StoreError, corrupt},
};
use jiff::Timestamp;
use muster_core::{
    derive::reporting_lines::Member,
    model::{
        employee::Status,
        field::canonical,
        ids::{EmployeeId, WorkspaceId},
        plan::{Changed, OperationKind},
        workspace::Workspace,
    },
};

impl Store {
    /// All employees except erased ones, in ascending order of number.
    pub fn members(&self, workspace: &Workspace) -> Result<Vec<Member>, StoreError> {
        self.read("read the organisation", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, external_id, manager_external_id, first_name, prefix, last_name, title, status \
                 FROM employee WHERE workspace_id = ?1 AND status <> 'erased' ORDER BY id",
            )?;
            let mut rows = statement.query([workspace.id.0])?;
            let mut members = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get("id")?;
                let names: [Option<String>; 3] = [row.get("first_name")?, row.get("prefix")?, row.get("last_name")?];
                let status = Status::parse(&row.get::<String>("status")?);
                members.push(Member {
                    id: EmployeeId(id),
                    external_id: row.get("external_id")?,
                    manager: row.get("manager_external_id")?,
                    name: names.into_iter().flatten().collect::<Vec<_>>().join(" "),
                    title: row.get("title")?,
                    status: status.ok_or_else(|| corrupt("employee", "status", id))?,
                });
            }
            Ok(members)
        })
    }

    /// The addresses of all employees with an external id, and these ids.
    pub fn manager_addresses(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<(String, String)>, StoreError> {
        self.read("read the addresses of managers", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT email, external_id FROM employee WHERE workspace_id = ?1 AND status <> 'erased' \
                 AND email IS NOT NULL AND external_id IS NOT NULL",
            )?;
            let mut rows = statement.query([workspace.0])?;
            let mut addresses = Vec::new();
            while let Some(row) = rows.next()? {
                addresses.push((row.get("email")?, row.get("external_id")?));
            }
            Ok(addresses)
        })
    }

    /// The number of the employee with an external id, and the external id of the manager.
    pub fn link_of(
        &self,
        workspace: WorkspaceId,
        external_id: &str,
    ) -> Result<Option<(EmployeeId, Option<String>)>, StoreError> {
        self.read("look up a manager", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, manager_external_id FROM employee WHERE workspace_id = ?1 AND external_id = ?2",
            )?;
            let link = |row: Row<'_>| Ok((EmployeeId(row.get("id")?), row.get("manager_external_id")?));
            statement.query_row((workspace.0, external_id), link).optional()
        })
    }

    /// When an employee got the present manager id; none: the history says nothing of it any more.
    pub fn manager_id_since(
        &self,
        workspace: &Workspace,
        employee: EmployeeId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let about = Changed::Field(canonical::MANAGER_EXTERNAL_ID);
        let history = self.history(workspace, employee)?;
        let set = history.iter().rev().find(|entry| {
            entry.kind == OperationKind::Create
                || entry.changes.iter().any(|change| change.what == about)
        });
        Ok(set.map(|entry| entry.at))
    }

    /// All employees with a manager: number, external id, and external id of the manager. `each`
    /// must not call the store.
    pub fn links(
        &self,
        workspace: WorkspaceId,
        each: &mut dyn FnMut(EmployeeId, &str, &str),
    ) -> Result<(), StoreError> {
        self.read("read the reporting lines", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, external_id, manager_external_id FROM employee WHERE workspace_id = ?1 \
                 AND external_id IS NOT NULL AND manager_external_id IS NOT NULL",
            )?;
            let mut rows = statement.query([workspace.0])?;
            while let Some(row) = rows.next()? {
                let id = EmployeeId(row.get("id")?);
                let text = |column| {
                    row.text(column)?
                        .ok_or_else(|| corrupt("employee", "external_id", id))
                };
                each(id, text("external_id")?, text("manager_external_id")?);
            }
            Ok(())
        })
    }
}
