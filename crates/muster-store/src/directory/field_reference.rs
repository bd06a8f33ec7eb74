//! The uses of a custom field, and removing them with the field.

use crate::db::sql::Connection;
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::{changes::json, smart_group},
};
use muster_core::{
    model::{
        field::FieldNumber,
        ids::{RunId, WorkspaceId},
        plan::PlanId,
        workspace::Workspace,
    },
    read::reading::FieldFill,
};
use serde_json::Value;
use std::collections::BTreeMap;

pub use muster_core::model::problem::store::FieldUse;

impl Store {
    /// The uses of a custom field.
    pub fn field_use(
        &self,
        workspace: &Workspace,
        field: FieldNumber,
    ) -> Result<FieldUse, StoreError> {
        self.read("look up what the field is used for", |connection| {
            find(connection, workspace, field)
        })
    }
}

pub(crate) fn find(
    connection: &Connection,
    workspace: &Workspace,
    field: FieldNumber,
) -> Result<FieldUse, DbError> {
    let stored = workspace.schema.stored_key(field);
    let pins: i64 = connection.scalar(
        "SELECT count(*) FROM pin WHERE workspace_id = ?1 AND field = ?2",
        (workspace.id.0, stored),
    )?;
    Ok(FieldUse {
        people: values(connection, workspace.id, stored)?.len() as u64,
        pins: pins.unsigned_abs(),
        changes: changes(connection, workspace.id, stored)?,
        integrations: integrations(connection, workspace.id, stored)?,
        smart_groups: smart_group::that_ask_for(connection, workspace, field)?,
        plans: plans(connection, workspace.id, stored)?,
    })
}

/// Removes the values and pins of a field, and its changes in history and closed plans.
pub(crate) fn remove_values(
    connection: &Connection,
    workspace: &Workspace,
    field: FieldNumber,
) -> Result<(), DbError> {
    let stored = workspace.schema.stored_key(field);
    let mut statement = connection.prepare_cached(
        "UPDATE employee SET own = ?3, revision = revision + 1 WHERE workspace_id = ?1 AND id = ?2",
    )?;
    for (id, mut own) in values(connection, workspace.id, stored)? {
        own.remove(stored);
        statement.execute((workspace.id.0, id, (!own.is_empty()).then(|| json(&own))))?;
    }
    connection.execute(
        "DELETE FROM pin WHERE workspace_id = ?1 AND field = ?2",
        (workspace.id.0, stored),
    )?;
    forget(
        connection,
        "SELECT employee_id, run_id, number, changes FROM change WHERE workspace_id = ?1 AND changes LIKE ?2",
        "UPDATE change SET changes = ?5 WHERE workspace_id = ?1 AND employee_id = ?2 AND run_id = ?3 AND number = ?4",
        (workspace.id, stored),
    )?;
    forget(
        connection,
        "SELECT 0 AS employee_id, run_id, number, payload AS changes FROM operation WHERE workspace_id = ?1 AND payload LIKE ?2",
        "UPDATE operation SET payload = ?5 WHERE workspace_id = ?1 AND ?2 = 0 AND run_id = ?3 AND number = ?4",
        (workspace.id, stored),
    )
}

/// Removes a key from every text that a query returns.
fn forget(
    connection: &Connection,
    found: &str,
    update: &str,
    (workspace, key): (WorkspaceId, &str),
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(found)?;
    let rows: Vec<(i64, i64, i64, String)> = statement.rows((workspace.0, like(key)), |row| {
        Ok((
            row.get("employee_id")?,
            row.get("run_id")?,
            row.get("number")?,
            row.get("changes")?,
        ))
    })?;
    let mut write = connection.prepare_cached(update)?;
    for (person, run, number, text) in rows {
        write.execute((workspace.0, person, run, number, without(&text, key)))?;
    }
    Ok(())
}

/// Changes, or the values of a create, without those of a key.
fn without(text: &str, key: &str) -> String {
    match serde_json::from_str(text) {
        Ok(Value::Array(mut changes)) => {
            changes.retain(|change| change["key"] != key);
            json(&changes)
        }
        Ok(Value::Object(mut values)) => {
            values.remove(key);
            json(&values)
        }
        _ => text.to_owned(),
    }
}

/// The custom fields of an employee, by their stored keys.
type OwnValues = BTreeMap<String, String>;

/// A text that may contain a key. It is parsed before it counts.
fn like(key: &str) -> String {
    format!("%\"{key}\"%")
}

/// The employees with a value under a key, with all their custom fields.
fn values(
    connection: &Connection,
    workspace: WorkspaceId,
    key: &str,
) -> Result<Vec<(i64, OwnValues)>, DbError> {
    let mut statement = connection
        .prepare_cached("SELECT id, own FROM employee WHERE workspace_id = ?1 AND own LIKE ?2")?;
    let mut rows = statement.query((workspace.0, like(key)))?;
    let mut people = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get("id")?;
        let own: OwnValues = serde_json::from_str(&row.get::<String>("own")?)
            .map_err(|_| corrupt("employee", "own", id))?;
        if own.contains_key(key) {
            people.push((id, own));
        }
    }
    Ok(people)
}

fn changes(connection: &Connection, workspace: WorkspaceId, key: &str) -> Result<u64, DbError> {
    let mut statement = connection
        .prepare_cached("SELECT changes FROM change WHERE workspace_id = ?1 AND changes LIKE ?2")?;
    let mut rows = statement.query((workspace.0, like(key)))?;
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += u64::from(speaks(&row.get::<String>("changes")?, key));
    }
    Ok(count)
}

/// Whether changes, or the values of a create, contain a key.
fn speaks(text: &str, key: &str) -> bool {
    match serde_json::from_str(text) {
        Ok(Value::Array(changes)) => changes.iter().any(|change| change["key"] == key),
        Ok(Value::Object(values)) => values.contains_key(key),
        _ => false,
    }
}

fn integrations(
    connection: &Connection,
    workspace: WorkspaceId,
    key: &str,
) -> Result<Vec<String>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT name, last_good_fills FROM integration WHERE workspace_id = ?1 AND last_good_fills IS NOT NULL \
         ORDER BY name",
    )?;
    let mut rows = statement.query([workspace.0])?;
    let mut names = Vec::new();
    while let Some(row) = rows.next()? {
        let name: String = row.get("name")?;
        let fills: Vec<FieldFill> = serde_json::from_str(&row.get::<String>("last_good_fills")?)
            .map_err(|_| corrupt("integration", "last_good_fills", &name))?;
        if fills.iter().any(|fill| fill.field == key) {
            names.push(name);
        }
    }
    Ok(names)
}

fn plans(
    connection: &Connection,
    workspace: WorkspaceId,
    key: &str,
) -> Result<Vec<PlanId>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT plan.run_id, plan.hash, operation.payload FROM plan JOIN operation \
         ON operation.workspace_id = plan.workspace_id AND operation.run_id = plan.run_id \
         WHERE plan.workspace_id = ?1 AND plan.status IN ('held', 'partly', 'saved') \
         AND operation.decision = 'open' AND operation.payload LIKE ?2 ORDER BY plan.run_id, operation.number",
    )?;
    let mut rows = statement.query((workspace.0, like(key)))?;
    let mut plans: Vec<PlanId> = Vec::new();
    while let Some(row) = rows.next()? {
        let id = PlanId {
            run: RunId(row.get("run_id")?),
            hash: row.get("hash")?,
        };
        if plans.last() != Some(&id) && speaks(&row.get::<String>("payload")?, key) {
            plans.push(id);
        }
    }
    Ok(plans)
}
