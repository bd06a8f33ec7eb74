//! The employees that the next delivery of an integration should contain: those that it owns and
//! that are employed.

use crate::db::{
    connection::Store,
    error::{StoreError, corrupt},
};
use muster_core::model::{
    employee::Status,
    ids::{EmployeeId, IntegrationId, WorkspaceId},
};

impl Store {
    /// External id and status of every active or scheduled employee with an id, in ascending order
    /// of number.
    pub fn expected(
        &self,
        workspace: WorkspaceId,
        integration: IntegrationId,
    ) -> Result<Vec<(String, Status)>, StoreError> {
        self.read("list the expected employees", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, external_id, status FROM employee WHERE workspace_id = ?1 AND integration_id = ?2 \
                 AND status IN ('scheduled', 'active') AND external_id IS NOT NULL ORDER BY id",
            )?;
            let mut rows = statement.query((workspace.0, integration.0))?;
            let mut expected = Vec::new();
            while let Some(row) = rows.next()? {
                let id = EmployeeId(row.get("id")?);
                let status = Status::parse(&row.get::<String>("status")?);
                expected.push((row.get("external_id")?, status.ok_or_else(|| corrupt("employee", "status", id.0))?));
            }
            Ok(expected)
        })
    }
}
