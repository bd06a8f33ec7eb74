//! Protected employees: no sync, sweep or undo removes them. The protection is part of their
//! history.

use crate::{
    db::{connection::Store, error::StoreError},
    directory::roster::Rosters,
    runs::run::{self, ManualEdit},
};
use muster_core::model::{
    ids::{EmployeeId, IntegrationId, RunId},
    plan::{OperationKind, Reason},
    workspace::Workspace,
};

impl Store {
    /// Protects an employee or removes the protection. `None` if nothing changes. The next record
    /// of the employee is processed completely.
    pub fn protect(
        &self,
        workspace: &Workspace,
        person: EmployeeId,
        protected: bool,
        done: &ManualEdit<'_>,
    ) -> Result<Option<RunId>, StoreError> {
        self.write_in(workspace.id, "protect an employee", |connection| {
            let changed = connection.execute(
                "UPDATE employee SET protected = ?3, revision = revision + 1 \
                 WHERE workspace_id = ?1 AND id = ?2 AND protected <> ?3 AND status <> 'erased'",
                (workspace.id.0, person.0, i64::from(protected)),
            )?;
            if changed == 0 {
                return Ok(None);
            }
            let owner: Option<i64> = connection.query_row(
                "SELECT integration_id FROM employee WHERE workspace_id = ?1 AND id = ?2",
                (workspace.id.0, person.0),
                |row| row.get("integration_id"),
            )?;
            if let Some(owner) = owner {
                let mut rosters = Rosters::new(connection, workspace.id);
                rosters.set_fingerprint(IntegrationId(owner), person, None)?;
                rosters.finish()?;
            }
            let run = run::record(connection, workspace.id, done)?;
            let reason = if protected { Reason::Protected } else { Reason::Unprotected };
            connection.execute(
                "INSERT INTO change (workspace_id, employee_id, run_id, number, kind, reason, changes) \
                 VALUES (?1, ?2, ?3, 1, ?4, ?5, '[]')",
                (workspace.id.0, person.0, run.0, OperationKind::Update.as_str(), reason.as_str()),
            )?;
            Ok(Some(run))
        })
    }
}
