//! Custom fields in the rules of smart groups.

use super::definition;
use crate::db::sql::Connection;
use crate::{
    db::error::{Contradiction, DbError, StoreError},
    directory::{changes::json, custom_field},
};
use muster_core::{
    derive::smart_group::SmartGroup,
    model::{
        field::{FieldNumber, Schema},
        workspace::Workspace,
    },
};
use std::collections::BTreeSet;

/// The names of the smart groups that use a field.
pub(crate) fn that_ask_for(
    connection: &Connection,
    workspace: &Workspace,
    field: FieldNumber,
) -> Result<Vec<String>, DbError> {
    let key = workspace.schema.key(field);
    let asking = all(connection, workspace)?.into_iter();
    Ok(asking
        .filter(|(_, group)| group.fields(&workspace.schema).contains(key))
        .map(|(_, group)| group.name)
        .collect())
}

/// Replaces the key of a field in every rule that uses it. `workspace` is the state before the
/// rename.
pub(crate) fn rename_field(
    connection: &Connection,
    workspace: &Workspace,
    field: FieldNumber,
    key: &str,
) -> Result<(), DbError> {
    let old = workspace.schema.key(field);
    let schema = custom_field::schema(connection, workspace.id.0)?;
    for (id, group) in all(connection, workspace)? {
        if !group.fields(&workspace.schema).contains(old) {
            continue;
        }
        let renamed = group.renamed(old, key);
        let mut asked = in_expression(&group, &workspace.schema);
        if asked.remove(old) {
            asked.insert(key.to_owned());
        }
        // A key such as `in` or `today` has another meaning in an expression.
        if in_expression(&renamed, &schema) != asked {
            let why = Contradiction::KeyInRule {
                group: group.name.clone(),
                key: key.to_owned(),
            };
            return Err(StoreError::Contradiction { why }.into());
        }
        connection
            .prepare_cached(
                "UPDATE smart_group SET definition = ?3 WHERE workspace_id = ?1 AND id = ?2",
            )?
            .execute((workspace.id.0, id, json(&renamed)))?;
    }
    Ok(())
}

fn in_expression(group: &SmartGroup, schema: &Schema) -> BTreeSet<String> {
    SmartGroup {
        conditions: Vec::new(),
        ..group.clone()
    }
    .fields(schema)
}

fn all(connection: &Connection, workspace: &Workspace) -> Result<Vec<(i64, SmartGroup)>, DbError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, definition FROM smart_group WHERE workspace_id = ?1 AND removed_run IS NULL ORDER BY name",
    )?;
    let mut rows = statement.query([workspace.id.0])?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get("id")?;
        groups.push((id, definition(&row.get::<String>("definition")?, id)?));
    }
    Ok(groups)
}
