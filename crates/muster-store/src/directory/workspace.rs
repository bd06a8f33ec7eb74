//! Workspaces: their settings and groups. Groups are added, never taken away: people may be in them.

use crate::db::sql::{Connection, OptionalRow};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    directory::{changes::json, custom_field},
};
use muster_core::model::{
    field::FieldDefinition,
    ids::WorkspaceId,
    workspace::{Workspace, WorkspaceSettings},
};

impl Store {
    /// A workspace by its name.
    pub fn workspace(&self, name: &str) -> Result<Option<Workspace>, StoreError> {
        self.read("read the workspace", |connection| find(connection, name))
    }

    pub fn workspace_by_id(&self, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        self.read("read the workspace", |connection| {
            let name: Option<String> = connection
                .prepare_cached("SELECT name FROM workspace WHERE id = ?1")?
                .scalar([id.0])
                .optional()?;
            name.map_or(Ok(None), |name| find(connection, &name))
        })
    }

    /// The names of all workspaces, sorted.
    pub fn workspaces(&self) -> Result<Vec<String>, StoreError> {
        self.read("list the workspaces", |connection| {
            let mut statement =
                connection.prepare_cached("SELECT name FROM workspace ORDER BY name")?;
            statement.values([])
        })
    }

    /// Creates a workspace or gives it these settings; adds groups and custom fields that it does not have.
    ///
    /// `random_key` becomes the fingerprint key of a new workspace, and is not used for one that exists.
    pub fn ensure_workspace(
        &self,
        name: &str,
        settings: &WorkspaceSettings,
        groups: &[String],
        own_fields: &[FieldDefinition],
        random_key: [u8; 32],
    ) -> Result<Workspace, StoreError> {
        if let Some(stored) = self.workspace(name)? {
            // Nothing new is the usual case, and needs no lock.
            let same_groups = groups.iter().all(|group| stored.groups.contains(group));
            let same_fields = own_fields
                .iter()
                .all(|field| stored.schema.own().any(|(_, own)| own == field));
            if stored.settings == *settings && same_groups && same_fields {
                return Ok(stored);
            }
        }
        self.write("write the workspace", |connection| {
            let workspace = match find(connection, name)? {
                Some(workspace) => workspace,
                None => create(connection, name, settings, &random_key)?,
            };
            connection.execute(
                "UPDATE workspace SET settings = ?2 WHERE id = ?1",
                (workspace.id.0, json(settings)),
            )?;
            add_groups(connection, workspace.id, groups)?;
            custom_field::define(connection, &workspace, own_fields)?;
            find(connection, name)?.ok_or_else(|| corrupt("workspace", "name", name))
        })
    }
}

/// Adds the groups that do not exist.
pub(crate) fn add_groups(
    connection: &Connection,
    workspace: WorkspaceId,
    groups: &[String],
) -> Result<(), DbError> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO workspace_group (workspace_id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for group in groups {
        statement.execute((workspace.0, group))?;
    }
    Ok(())
}

pub(super) fn create(
    connection: &Connection,
    name: &str,
    settings: &WorkspaceSettings,
    key: &[u8; 32],
) -> Result<Workspace, DbError> {
    connection.execute(
        // The audit log names deleted workspaces by their numbers, which are not given out again.
        "INSERT INTO workspace (id, name, settings, fingerprint_key, revision, people, employed, next_employee, \
         next_run, next_integration) \
         SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3, 0, 0, 0, 1, 1, 1 \
         FROM (SELECT id FROM workspace UNION ALL SELECT workspace_id FROM audit_entry) AS used",
        (name, json(settings), key),
    )?;
    find(connection, name)?.ok_or_else(|| corrupt("workspace", "name", name))
}

pub(crate) fn find(connection: &Connection, name: &str) -> Result<Option<Workspace>, DbError> {
    let row = connection
        .prepare_cached("SELECT id, settings, fingerprint_key FROM workspace WHERE name = ?1")?
        .query_row([name], |row| {
            Ok((
                row.get::<i64>("id")?,
                row.get::<String>("settings")?,
                row.get("fingerprint_key")?,
            ))
        })
        .optional()?;
    let Some((id, settings, fingerprint_key)) = row else {
        return Ok(None);
    };
    let settings =
        serde_json::from_str(&settings).map_err(|_| corrupt("workspace", "settings", id))?;
    let schema = custom_field::schema(connection, id)?;
    let groups = connection
        .prepare_cached("SELECT name FROM workspace_group WHERE workspace_id = ?1 ORDER BY name")?
        .values([id])?;
    Ok(Some(Workspace {
        id: WorkspaceId(id),
        name: name.to_owned(),
        settings,
        schema,
        companies: crate::directory::company::all(connection, id)?,
        groups,
        fingerprint_key,
    }))
}
