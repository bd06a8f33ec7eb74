//! Smart groups in the database: their rules, their members, and who joined and left.

mod everybody;
mod fields;
mod follow;
mod save;

pub use everybody::GroupMoves;
pub(crate) use fields::{rename_field, that_ask_for};
pub(crate) use follow::{follow, is_followed};
pub use save::GroupSaving;

use crate::db::sql::{Connection, OptionalRow, Params, Row};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::employee,
    runs::record::instant,
};
use jiff::Timestamp;
use muster_core::{
    derive::smart_group::{MoveReason, SmartGroup},
    model::{
        employee::Employee,
        field::Schema,
        ids::{EmployeeId, RunId, WorkspaceId},
        plan::Who,
        workspace::Workspace,
    },
};
use std::collections::BTreeMap;

/// A saved smart group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredGroup {
    pub group: SmartGroup,
    /// The number of members.
    pub members: u64,
    /// Whether membership can change from one day to the next.
    pub depends_on_today: bool,
    /// The day of the last evaluation of all employees, `YYYY-MM-DD`.
    pub evaluated_on: String,
    /// The run that saved the rule.
    pub saved_run: RunId,
    pub saved_at: Timestamp,
    pub saved_by: Option<String>,
}

/// An employee joined or left a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipMove {
    /// Name of the group.
    pub group: String,
    pub employee: EmployeeId,
    /// The current name of the employee.
    pub who: Who,
    /// True if the employee joined, false if the employee left.
    pub joined: bool,
    /// The run.
    pub run: RunId,
    /// When the run began.
    pub at: Timestamp,
    pub reason: MoveReason,
}

/// How many employees joined and left a group in some time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoveCounts {
    pub joined: u64,
    pub left: u64,
}

const MOVES: &str = "SELECT moved.employee_id, moved.joined, moved.run_id, run.started_at, moved.reason, moved.fields, \
    smart_group.name, person.external_id, person.email, person.first_name, person.prefix, person.last_name \
    FROM smart_group_change AS moved \
    JOIN smart_group ON smart_group.workspace_id = moved.workspace_id AND smart_group.id = moved.group_id \
    JOIN run ON run.workspace_id = moved.workspace_id AND run.id = moved.run_id \
    JOIN employee AS person ON person.workspace_id = moved.workspace_id AND person.id = moved.employee_id";

const GROUPS: &str = "SELECT smart_group.definition, (SELECT count(*) FROM smart_group_member AS member \
    WHERE member.workspace_id = smart_group.workspace_id AND member.group_id = smart_group.id) AS members, \
    depends_on_today, evaluated_on, saved_run, run.started_at, run.actor, smart_group.id FROM smart_group \
    JOIN run ON run.workspace_id = smart_group.workspace_id AND run.id = smart_group.saved_run \
    WHERE smart_group.workspace_id = ?1 AND removed_run IS NULL";

impl Store {
    /// The smart groups of a workspace, by name.
    pub fn smart_groups(&self, workspace: &Workspace) -> Result<Vec<StoredGroup>, StoreError> {
        self.read("list the smart groups", |connection| {
            let mut statement =
                connection.prepare_cached(&format!("{GROUPS} ORDER BY smart_group.name"))?;
            let mut rows = statement.query([workspace.id.0])?;
            let mut groups = Vec::new();
            while let Some(row) = rows.next()? {
                groups.push(stored(row)?);
            }
            Ok(groups)
        })
    }

    /// The name of a smart group, also of one that was removed.
    pub fn smart_group_name(
        &self,
        workspace: WorkspaceId,
        id: i64,
    ) -> Result<Option<String>, StoreError> {
        self.read("read the name of a smart group", |connection| {
            connection
                .prepare_cached("SELECT name FROM smart_group WHERE workspace_id = ?1 AND id = ?2")?
                .scalar((workspace.0, id))
                .optional()
        })
    }

    /// The members of a group in order of number, with the run in which each joined, until `each`
    /// returns false. `each` must not call the store.
    pub fn smart_group_members(
        &self,
        workspace: &Workspace,
        name: &str,
        each: &mut dyn FnMut(&Employee, RunId) -> bool,
    ) -> Result<(), StoreError> {
        self.read("list the members of a smart group", |connection| {
            let Some(group) = number(connection, workspace, name)? else { return Ok(()) };
            let mut statement = connection.prepare_cached(
                "SELECT employee_id, since_run FROM smart_group_member WHERE workspace_id = ?1 AND group_id = ?2 \
                 ORDER BY employee_id",
            )?;
            let mut rows = statement.query((workspace.id.0, group))?;
            while let Some(row) = rows.next()? {
                let id = EmployeeId(row.get("employee_id")?);
                let person = employee::by_id(connection, workspace, id)?
                    .ok_or_else(|| corrupt("smart_group_member", "employee_id", id))?;
                if !each(&person, RunId(row.get("since_run")?)) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// Members of a group in order of number, each with the change that added the employee.
    pub fn smart_group_members_page(
        &self,
        workspace: &Workspace,
        name: &str,
        after: Option<EmployeeId>,
        most: u32,
    ) -> Result<Vec<MembershipMove>, StoreError> {
        self.read("list members of a smart group", |connection| {
            let Some(group) = number(connection, workspace, name)? else { return Ok(Vec::new()) };
            let text = format!(
                "{MOVES} JOIN smart_group_member AS member ON member.workspace_id = moved.workspace_id \
                 AND member.employee_id = moved.employee_id AND member.group_id = moved.group_id \
                 AND member.since_run = moved.run_id \
                 WHERE member.workspace_id = ?1 AND member.group_id = ?2 AND member.employee_id > ?3 \
                 AND moved.joined = 1 ORDER BY member.employee_id LIMIT ?4"
            );
            let after = after.map_or(0, |after| after.0);
            moves(connection, &workspace.schema, &text, (workspace.id.0, group, after, most))
        })
    }

    /// How many employees joined and left each group since a time; groups without changes are not listed.
    pub fn smart_group_move_counts(
        &self,
        workspace: WorkspaceId,
        since: Timestamp,
    ) -> Result<BTreeMap<String, MoveCounts>, StoreError> {
        self.read("count who joined and left smart groups", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT smart_group.name, CAST(sum(moved.joined) AS BIGINT) AS joined, count(*) AS changes \
                 FROM smart_group_change AS moved \
                 JOIN smart_group ON smart_group.workspace_id = moved.workspace_id AND smart_group.id = moved.group_id \
                 JOIN run ON run.workspace_id = moved.workspace_id AND run.id = moved.run_id \
                 WHERE moved.workspace_id = ?1 AND smart_group.removed_run IS NULL AND run.started_at >= ?2 \
                 GROUP BY smart_group.name",
            )?;
            statement.rows((workspace.0, since.as_microsecond()), |row| {
                let (joined, changes): (i64, i64) = (row.get("joined")?, row.get("changes")?);
                let counts = MoveCounts {
                    joined: joined.unsigned_abs(),
                    left: (changes - joined).unsigned_abs(),
                };
                Ok((row.get("name")?, counts))
            })
        })
    }

    /// The latest changes of membership of a group, newest first. The history of a removed group is
    /// kept.
    pub fn smart_group_history(
        &self,
        workspace: &Workspace,
        name: &str,
        most: u32,
    ) -> Result<Vec<MembershipMove>, StoreError> {
        self.read("read the history of a smart group", |connection| {
            let text = format!(
                "{MOVES} WHERE moved.workspace_id = ?1 AND smart_group.name = ?2 \
                 ORDER BY moved.run_id DESC, moved.employee_id LIMIT ?3"
            );
            moves(
                connection,
                &workspace.schema,
                &text,
                (workspace.id.0, name, most),
            )
        })
    }

    /// The membership changes of a run, up to a maximum number.
    pub fn smart_group_moves(
        &self,
        workspace: &Workspace,
        run: RunId,
        most: u32,
    ) -> Result<Vec<MembershipMove>, StoreError> {
        self.read("read the smart groups of a run", |connection| {
            let text = format!(
                "{MOVES} WHERE moved.workspace_id = ?1 AND smart_group.workspace_id = ?1 AND moved.run_id = ?2 \
                 ORDER BY smart_group.name, moved.employee_id LIMIT ?3"
            );
            moves(connection, &workspace.schema, &text, (workspace.id.0, run.0, most))
        })
    }

    /// The groups of an employee, with the change that added the employee.
    pub fn smart_groups_of(
        &self,
        workspace: &Workspace,
        person: EmployeeId,
    ) -> Result<Vec<MembershipMove>, StoreError> {
        self.read("read the smart groups of an employee", |connection| {
            let text = format!(
                "{MOVES} JOIN smart_group_member AS member ON member.workspace_id = moved.workspace_id \
                 AND member.employee_id = moved.employee_id AND member.group_id = moved.group_id \
                 AND member.since_run = moved.run_id \
                 WHERE moved.workspace_id = ?1 AND moved.employee_id = ?2 AND moved.joined = 1 \
                 ORDER BY smart_group.name"
            );
            moves(connection, &workspace.schema, &text, (workspace.id.0, person.0))
        })
    }

    /// The number of active and scheduled employees in each group of the workspace, including empty
    /// groups.
    pub fn group_sizes(&self, workspace: &Workspace) -> Result<Vec<(String, u64)>, StoreError> {
        self.read("count the members of the groups", |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name, count(person.id) AS size FROM workspace_group LEFT JOIN employee AS person \
                 ON person.workspace_id = workspace_group.workspace_id AND person.group_name = workspace_group.name \
                 AND person.status IN ('scheduled', 'active') \
                 WHERE workspace_group.workspace_id = ?1 GROUP BY name ORDER BY name",
            )?;
            statement.rows([workspace.id.0], |row| {
                Ok((row.get("name")?, row.get::<i64>("size")?.unsigned_abs()))
            })
        })
    }
}

/// The number of the group with a name.
fn number(
    connection: &Connection,
    workspace: &Workspace,
    name: &str,
) -> Result<Option<i64>, DbError> {
    connection
        .prepare_cached("SELECT id FROM smart_group WHERE workspace_id = ?1 AND name = ?2 AND removed_run IS NULL")?
        .scalar((workspace.id.0, name))
        .optional()
}

fn stored(row: Row<'_>) -> Result<StoredGroup, DbError> {
    let id: i64 = row.get("id")?;
    Ok(StoredGroup {
        group: definition(&row.get::<String>("definition")?, id)?,
        members: row.get::<i64>("members")?.unsigned_abs(),
        depends_on_today: row.get::<i64>("depends_on_today")? != 0,
        evaluated_on: row.get("evaluated_on")?,
        saved_run: RunId(row.get("saved_run")?),
        saved_at: instant(row.get("started_at")?, "run", "started_at")?,
        saved_by: row.get("actor")?,
    })
}

/// Reads a stored rule.
fn definition(text: &str, id: i64) -> Result<SmartGroup, DbError> {
    serde_json::from_str(text).map_err(|_| corrupt("smart_group", "definition", id))
}

fn moves(
    connection: &Connection,
    schema: &Schema,
    text: &str,
    parameters: impl Params,
) -> Result<Vec<MembershipMove>, DbError> {
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query(parameters)?;
    let mut moves = Vec::new();
    while let Some(row) = rows.next()? {
        moves.push(membership_move(row, schema)?);
    }
    Ok(moves)
}

fn membership_move(row: Row<'_>, schema: &Schema) -> Result<MembershipMove, DbError> {
    let employee = EmployeeId(row.get("employee_id")?);
    let reason = MoveReason::parse(
        &row.get::<String>("reason")?,
        row.get::<Option<String>>("fields")?.as_deref(),
        schema,
    );
    let mut name = Vec::new();
    for part in ["first_name", "prefix", "last_name"] {
        name.extend(row.get::<Option<String>>(part)?);
    }
    Ok(MembershipMove {
        group: row.get("name")?,
        employee,
        who: Who {
            external_id: row.get("external_id")?,
            email: row.get("email")?,
            name: name.join(" "),
        },
        joined: row.get::<i64>("joined")? != 0,
        run: RunId(row.get("run_id")?),
        at: instant(row.get("started_at")?, "run", "started_at")?,
        reason: reason.ok_or_else(|| corrupt("smart_group_change", "reason", employee))?,
    })
}
