//! Adding, renaming and removing the custom fields of a workspace. Values are stored under the
//! first key of a field, so that renaming changes no employee. The number of a removed field is not
//! reused.

use crate::db::sql::Connection;
use crate::{
    db::{
        connection::Store,
        error::{Contradiction, DbError, StoreError, corrupt},
    },
    directory::{
        changes::{STATUS, json},
        field_reference::{self, FieldUse},
        smart_group, workspace,
    },
    runs::run::{self, ManualEdit},
};
use muster_core::{
    derive::budget::same_budget,
    model::{
        field::{CANONICAL_FIELDS, FieldDefinition, FieldNumber, Past, Schema},
        workspace::Workspace,
    },
    read::normalise::FieldKind,
};

/// Keys that lists of employees use for something other than a field.
const RESERVED: [&str; 5] = [STATUS, "employee", "protected", "pins", "values"];

impl Store {
    /// Adds a field to a workspace, or changes the settings of a field of the same type.
    pub fn add_field(
        &self,
        workspace: &Workspace,
        field: &FieldDefinition,
        done: &ManualEdit<'_>,
    ) -> Result<Workspace, StoreError> {
        self.write_in(workspace.id, "add the field", |connection| {
            let current = reread(connection, workspace)?;
            write_definition(connection, &current, field)?;
            run::record(connection, workspace.id, done)?;
            reread(connection, workspace)
        })
    }

    /// Renames a field. Values, history and plans keep the stored key; rules of smart groups are
    /// rewritten to the new one.
    pub fn rename_field(
        &self,
        workspace: &Workspace,
        field: FieldNumber,
        key: &str,
        done: &ManualEdit<'_>,
    ) -> Result<(), StoreError> {
        self.write_in(workspace.id, "rename the field", |connection| {
            let current = reread(connection, workspace)?;
            refuse_reserved(key)?;
            if current.schema.find(key).is_some() {
                let why = Contradiction::FieldExists {
                    workspace: workspace.name.clone(),
                    key: key.to_owned(),
                };
                return Err(StoreError::Contradiction { why }.into());
            }
            let Some(definition) = current.schema.get(field) else {
                return Err(gone(workspace));
            };
            let mut former = former(connection, workspace, field)?;
            former.retain(|old| old != key);
            former.push(definition.key.clone());
            connection.execute(
                "UPDATE own_field SET definition = ?3, stored_key = ?4, former_keys = ?5 \
                 WHERE workspace_id = ?1 AND position = ?2",
                (
                    workspace.id.0,
                    position(field),
                    json(&FieldDefinition {
                        key: key.to_owned(),
                        ..definition.clone()
                    }),
                    current.schema.stored_key(field),
                    json(&former),
                ),
            )?;
            smart_group::rename_field(connection, &current, field, key)?;
            run::record(connection, workspace.id, done)?;
            Ok(())
        })
    }

    /// Removes a field, and with `and_values` the values and pins of employees. Returns what was
    /// removed. Fails while something else uses the field, such as a pending plan or a smart group.
    pub fn remove_field(
        &self,
        workspace: &Workspace,
        field: FieldNumber,
        and_values: bool,
        done: &ManualEdit<'_>,
    ) -> Result<FieldUse, StoreError> {
        self.write_in(workspace.id, "remove the field", |connection| {
            let current = reread(connection, workspace)?;
            let Some(definition) = current.schema.get(field) else { return Err(gone(workspace)) };
            let used = field_reference::find(connection, &current, field)?;
            if !used.plans.is_empty() || !used.smart_groups.is_empty() || (used.is_used() && !and_values) {
                return Err(StoreError::FieldInUse { key: definition.key.clone(), used: Box::new(used) }.into());
            }
            field_reference::remove_values(connection, &current, field)?;
            connection.execute(
                "UPDATE own_field SET removed_at = ?3, removed_by = ?4 WHERE workspace_id = ?1 AND position = ?2",
                (workspace.id.0, position(field), done.now.as_microsecond(), done.actor),
            )?;
            run::record(connection, workspace.id, done)?;
            Ok(used)
        })
    }
}

fn gone(workspace: &Workspace) -> DbError {
    let why = Contradiction::FieldRemoved {
        workspace: workspace.name.clone(),
    };
    StoreError::Contradiction { why }.into()
}

fn reread(connection: &Connection, workspace: &Workspace) -> Result<Workspace, DbError> {
    workspace::find(connection, &workspace.name)?
        .ok_or_else(|| corrupt("workspace", "name", &workspace.name))
}

fn position(field: FieldNumber) -> i64 {
    i64::from(field.0) - i64::from(CANONICAL_FIELDS)
}

fn former(
    connection: &Connection,
    workspace: &Workspace,
    field: FieldNumber,
) -> Result<Vec<String>, DbError> {
    let text: Option<String> = connection.scalar(
        "SELECT former_keys FROM own_field WHERE workspace_id = ?1 AND position = ?2",
        (workspace.id.0, position(field)),
    )?;
    let text = text.unwrap_or_else(|| "[]".to_owned());
    serde_json::from_str(&text).map_err(|_| corrupt("own_field", "former_keys", workspace.id))
}

/// The fields of a workspace.
pub(crate) fn schema(connection: &Connection, workspace: i64) -> Result<Schema, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT definition, stored_key, former_keys, removed_at IS NOT NULL AS removed FROM own_field WHERE workspace_id = ?1 \
         ORDER BY position",
    )?;
    let mut rows = statement.query([workspace])?;
    let (mut own, mut past) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        let unreadable = |column| move |_| corrupt("own_field", column, workspace);
        let field: FieldDefinition = serde_json::from_str(&row.get::<String>("definition")?)
            .map_err(unreadable("definition"))?;
        let (stored, former): (Option<String>, Option<String>) =
            (row.get("stored_key")?, row.get("former_keys")?);
        let removed: bool = row.get("removed")?;
        if stored.is_some() || removed {
            let former =
                former.map(|text| serde_json::from_str(&text).map_err(unreadable("former_keys")));
            past.push(Past {
                number: FieldNumber(CANONICAL_FIELDS + own.len() as u16),
                stored: stored.unwrap_or_else(|| field.key.clone()),
                former: former.transpose()?.unwrap_or_default(),
                removed,
            });
        }
        own.push(field);
    }
    Ok(Schema::new(own).with_past(past))
}

/// Adds the fields that an integration file defines.
pub(crate) fn define(
    connection: &Connection,
    workspace: &Workspace,
    fields: &[FieldDefinition],
) -> Result<(), DbError> {
    let mut current = workspace.clone();
    for field in fields {
        if let Some(number) = current.schema.formerly(&field.key) {
            let why = Contradiction::FieldRenamed {
                workspace: workspace.name.clone(),
                old: field.key.clone(),
                new: current.schema.key(number).to_owned(),
            };
            return Err(StoreError::Contradiction { why }.into());
        }
        write_definition(connection, &current, field)?;
        current.schema = schema(connection, workspace.id.0)?;
    }
    Ok(())
}

fn refuse_reserved(key: &str) -> Result<(), DbError> {
    if RESERVED.contains(&key) || Schema::new([]).find(key).is_some() {
        let why = Contradiction::StandardField {
            key: key.to_owned(),
        };
        return Err(StoreError::Contradiction { why }.into());
    }
    Ok(())
}

fn write_definition(
    connection: &Connection,
    workspace: &Workspace,
    field: &FieldDefinition,
) -> Result<(), DbError> {
    let key = &field.key;
    refuse_reserved(key)?;
    if let Some(number) = workspace.schema.find(key) {
        let known = workspace.schema.get(number).map(|known| &known.kind);
        if !known.is_some_and(|known| grows_into(known, &field.kind)) {
            let why = match (known, &field.kind) {
                (Some(FieldKind::Choice(known)), FieldKind::Choice(new)) => {
                    let lost = known.iter().filter(|choice| !new.contains(choice));
                    Contradiction::ChoicesLost {
                        workspace: workspace.name.clone(),
                        key: key.clone(),
                        choices: lost.cloned().collect(),
                    }
                }
                (known, new) => Contradiction::OtherType {
                    workspace: workspace.name.clone(),
                    key: key.clone(),
                    known: known.cloned(),
                    new: new.clone(),
                },
            };
            return Err(StoreError::Contradiction { why }.into());
        }
        connection.execute(
            "UPDATE own_field SET definition = ?3 WHERE workspace_id = ?1 AND position = ?2",
            (workspace.id.0, position(number), json(field)),
        )?;
        return Ok(());
    }
    let keys = workspace.schema.own().map(|(_, known)| known.key.as_str());
    if let Some((one, other)) = same_budget(keys.chain([key.as_str()])) {
        let why = Contradiction::SameBudget {
            workspace: workspace.name.clone(),
            one: one.to_owned(),
            other: other.to_owned(),
        };
        return Err(StoreError::Contradiction { why }.into());
    }
    let stored = free_key(connection, workspace, key)?;
    connection.execute(
        "INSERT INTO own_field (workspace_id, position, definition, stored_key) \
         SELECT ?1, coalesce(max(position) + 1, 0), ?2, ?3 FROM own_field WHERE workspace_id = ?1",
        (
            workspace.id.0,
            json(field),
            stored.filter(|stored| stored != key),
        ),
    )?;
    Ok(())
}

/// The same type, possibly with more choices: every stored value stays valid.
fn grows_into(known: &FieldKind, new: &FieldKind) -> bool {
    match (known, new) {
        (FieldKind::Choice(known), FieldKind::Choice(new)) => {
            known.iter().all(|choice| new.contains(choice))
        }
        (known, new) => known == new,
    }
}

/// A new storage key, different from the keys of all removed fields, whose history is still stored.
fn free_key(
    connection: &Connection,
    workspace: &Workspace,
    key: &str,
) -> Result<Option<String>, DbError> {
    let mut statement = connection
        .prepare_cached("SELECT definition, stored_key FROM own_field WHERE workspace_id = ?1")?;
    let mut rows = statement.query([workspace.id.0])?;
    let mut taken = Vec::new();
    while let Some(row) = rows.next()? {
        let field: FieldDefinition = serde_json::from_str(&row.get::<String>("definition")?)
            .map_err(|_| corrupt("own_field", "definition", workspace.id))?;
        taken.push(
            row.get::<Option<String>>("stored_key")?
                .unwrap_or(field.key),
        );
    }
    let numbered = (2u32..).map(|number| format!("{key}~{number}"));
    Ok(std::iter::once(key.to_owned())
        .chain(numbered)
        .find(|candidate| !taken.contains(candidate)))
}
