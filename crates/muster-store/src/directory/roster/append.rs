//! Appends new employees to the roster of the integration that manages them, several with one statement: their numbers
//! ascend, so one statement finds the end of the table once.

use crate::db::error::DbError;
use crate::db::sql::{Connection, Statement};
use muster_core::{
    model::ids::{EmployeeId, IntegrationId, WorkspaceId},
    read::roster::Fingerprint,
};
use std::sync::LazyLock;

/// How many people one statement takes.
const TOGETHER: usize = 32;

/// Parameters before those of a person, and of each person.
const BEFORE: usize = 2;
const EACH: usize = 3;

static MANY: LazyLock<String> = LazyLock::new(|| text(TOGETHER));
static ONE: LazyLock<String> = LazyLock::new(|| text(1));

fn text(people: usize) -> String {
    let row = |at: usize| {
        let first = BEFORE + at * EACH + 1;
        format!("(?1, ?2, ?{}, ?{}, 0, ?{})", first, first + 1, first + 2)
    };
    let rows: Vec<_> = (0..people).map(row).collect();
    format!(
        "INSERT INTO roster (workspace_id, integration_id, employee_id, fingerprint, missed, employed) VALUES {}",
        rows.join(", ")
    )
}

/// The new people of one owner in one transaction.
pub(crate) struct NewEntries<'c> {
    connection: &'c Connection,
    workspace: WorkspaceId,
    owner: IntegrationId,
    many: Statement<'c>,
    waiting: Vec<(EmployeeId, Option<Fingerprint>, bool)>,
}

impl<'c> NewEntries<'c> {
    pub(crate) fn new(
        connection: &'c Connection,
        workspace: WorkspaceId,
        owner: IntegrationId,
    ) -> Result<Self, DbError> {
        let many = connection.prepare_cached(&MANY)?;
        Ok(Self {
            connection,
            workspace,
            owner,
            many,
            waiting: Vec::with_capacity(TOGETHER),
        })
    }

    /// Takes a person; on the roster only after [`NewEntries::finish`].
    pub(crate) fn push(
        &mut self,
        employee: EmployeeId,
        fingerprint: Option<Fingerprint>,
        employed: bool,
    ) -> Result<(), DbError> {
        self.waiting.push((employee, fingerprint, employed));
        if self.waiting.len() == TOGETHER {
            insert(&mut self.many, self.workspace, self.owner, &self.waiting)?;
            self.waiting.clear();
        }
        Ok(())
    }

    /// Writes who still waits.
    pub(crate) fn finish(self) -> Result<(), DbError> {
        let mut one = self.connection.prepare_cached(&ONE)?;
        self.waiting
            .chunks(1)
            .try_for_each(|person| insert(&mut one, self.workspace, self.owner, person))
    }
}

fn insert(
    statement: &mut Statement<'_>,
    workspace: WorkspaceId,
    owner: IntegrationId,
    people: &[(EmployeeId, Option<Fingerprint>, bool)],
) -> Result<(), DbError> {
    statement.bind(1, workspace.0)?;
    statement.bind(2, owner.0)?;
    for ((employee, fingerprint, employed), first) in
        people.iter().zip((BEFORE + 1..).step_by(EACH))
    {
        statement.bind(first, employee.0)?;
        statement.bind(first + 1, fingerprint.as_ref())?;
        statement.bind(first + 2, i64::from(*employed))?;
    }
    statement.run()
}
