//! Workspaces: their settings, groups and own fields. Groups and fields are added, never taken away:
//! people may have values in them.

use crate::{
    changes::{STATUS, json},
    db::Store,
    error::{StoreError, Trouble, corrupt},
};
use muster_core::{
    field::{FieldDefinition, Schema},
    ids::WorkspaceId,
    workspace::{Workspace, WorkspaceSettings},
};
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

impl Store {
    /// A workspace by its name.
    pub fn workspace(&self, name: &str) -> Result<Option<Workspace>, StoreError> {
        self.read("read the workspace", |connection| find(connection, name))
    }

    /// The names of all workspaces, sorted.
    pub fn workspaces(&self) -> Result<Vec<String>, StoreError> {
        self.read("list the workspaces", |connection| {
            let mut statement = connection.prepare_cached("SELECT name FROM workspace ORDER BY name")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Creates a workspace or gives it these settings; adds groups and own fields that it does not have.
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
            let same_fields = own_fields.iter().all(|field| stored.schema.own().any(|(_, own)| own == field));
            if stored.settings == *settings && same_groups && same_fields {
                return Ok(stored);
            }
        }
        self.write("write the workspace", |connection| {
            let workspace = match find(connection, name)? {
                Some(workspace) => workspace,
                None => create(connection, name, settings, &random_key)?,
            };
            connection.execute("UPDATE workspace SET settings = ?2 WHERE id = ?1", (workspace.id.0, json(settings)))?;
            add_groups(connection, workspace.id, groups)?;
            add_fields(connection, &workspace, own_fields)?;
            find(connection, name)?.ok_or_else(|| corrupt("workspace", "name", name))
        })
    }
}

/// Adds the groups that do not exist.
pub(crate) fn add_groups(connection: &Connection, workspace: WorkspaceId, groups: &[String]) -> Result<(), Trouble> {
    let mut statement = connection
        .prepare_cached("INSERT INTO workspace_group (workspace_id, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?;
    for group in groups {
        statement.execute((workspace.0, group))?;
    }
    Ok(())
}

fn create(
    connection: &Connection,
    name: &str,
    settings: &WorkspaceSettings,
    key: &[u8; 32],
) -> Result<Workspace, Trouble> {
    connection.execute(
        "INSERT INTO workspace (id, name, settings, fingerprint_key, revision, people, employed, next_employee, \
         next_run, next_integration) \
         SELECT coalesce(max(id), 0) + 1, ?1, ?2, ?3, 0, 0, 0, 1, 1, 1 FROM workspace",
        (name, json(settings), key),
    )?;
    find(connection, name)?.ok_or_else(|| corrupt("workspace", "name", name))
}

fn add_fields(connection: &Connection, workspace: &Workspace, own_fields: &[FieldDefinition]) -> Result<(), Trouble> {
    let mut known = workspace.schema.own().map(|(_, field)| field.clone()).collect::<Vec<_>>();
    let reserved: BTreeSet<_> = Schema::new([]).iter().map(|(_, field)| field.key.clone()).collect();
    for field in own_fields {
        let key = &field.key;
        if key == STATUS || reserved.contains(key) {
            let why = format!("`{key}` is a field of every workspace and cannot be defined again");
            return Err(StoreError::Contradiction { why }.into());
        }
        let position = known.iter().position(|stored| stored.key == *key);
        if let Some(position) = position {
            if known[position].kind != field.kind {
                let why = format!(
                    "the field `{key}` of the workspace `{}` exists with another kind ({}) than {}",
                    workspace.name,
                    json(&known[position].kind),
                    json(&field.kind)
                );
                return Err(StoreError::Contradiction { why }.into());
            }
            known[position] = field.clone();
        } else {
            known.push(field.clone());
        }
        let position = position.unwrap_or(known.len() - 1) as i64;
        connection.execute(
            "INSERT INTO own_field (workspace_id, position, definition) VALUES (?1, ?2, ?3) \
             ON CONFLICT (workspace_id, position) DO UPDATE SET definition = excluded.definition",
            (workspace.id.0, position, json(field)),
        )?;
    }
    Ok(())
}

fn find(connection: &Connection, name: &str) -> Result<Option<Workspace>, Trouble> {
    let row = connection
        .prepare_cached("SELECT id, settings, fingerprint_key FROM workspace WHERE name = ?1")?
        .query_row([name], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get(2)?)))
        .optional()?;
    let Some((id, settings, fingerprint_key)) = row else { return Ok(None) };
    let settings = serde_json::from_str(&settings).map_err(|_| corrupt("workspace", "settings", id))?;
    let mut own = Vec::new();
    let mut statement =
        connection.prepare_cached("SELECT definition FROM own_field WHERE workspace_id = ?1 ORDER BY position")?;
    for text in statement.query_map([id], |row| row.get::<_, String>(0))? {
        let field: FieldDefinition =
            serde_json::from_str(&text?).map_err(|_| corrupt("own_field", "definition", id))?;
        own.push(field);
    }
    let groups = connection
        .prepare_cached("SELECT name FROM workspace_group WHERE workspace_id = ?1 ORDER BY name")?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Some(Workspace {
        id: WorkspaceId(id),
        name: name.to_owned(),
        settings,
        schema: Schema::new(own),
        companies: crate::company::all(connection, id)?,
        groups,
        fingerprint_key,
    }))
}
