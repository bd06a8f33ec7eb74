//! A copy of a workspace in memory, as it was before a run, for replays.

use crate::db::sql::{Connection, Value, params_from_iter};
use crate::{
    db::{
        connection::{Options, Store},
        error::{DbError, StoreError},
    },
    directory::{
        changes::json,
        employee::COLUMNS,
        history::{HistoryEntry, rewind},
    },
};
use muster_core::model::{
    employee::Employee,
    field::{CANONICAL_FIELDS, FieldNumber},
    ids::{EmployeeId, RunId},
    workspace::Workspace,
};
use std::collections::{BTreeMap, HashMap};

/// Small tables that are copied whole. They contain no personal data.
const COPIED: [&str; 3] = ["workspace_group", "own_field", "tombstone"];

impl Store {
    /// Copies a workspace as it was before a run, with its number, settings and employees. The copy
    /// has no fingerprints, so every record is processed.
    pub fn scratch(&self, workspace: &Workspace, before: RunId) -> Result<Self, StoreError> {
        let scratch = Self::open("sqlite::memory:", Options::default())?;
        let mut later: HashMap<EmployeeId, Vec<HistoryEntry>> = HashMap::new();
        for entry in self.history_from(workspace, before)? {
            later.entry(entry.employee).or_default().push(entry);
        }
        let tables = self.read("copy the workspace", |connection| {
            read_tables(connection, workspace)
        })?;
        scratch.write("copy the workspace", |into| {
            for (text, row) in &tables {
                into.prepare_cached(text)?.execute(params_from_iter(row))?;
            }
            let mut failed = None;
            let (mut people, mut employed) = (0, 0);
            // The read and the write lock two different stores.
            self.people(workspace, Default::default(), &mut |employee| {
                let then = match later.get(&employee.id) {
                    Some(later) => rewind(employee, later),
                    None => Some(employee.clone()),
                };
                let Some(then) = then else { return true };
                people += 1;
                employed += i64::from(then.status.is_employed());
                failed = insert(into, workspace, &then).err();
                failed.is_none()
            })?;
            if let Some(error) = failed {
                return Err(error);
            }
            into.execute(
                "UPDATE workspace SET people = ?2, employed = ?3 WHERE id = ?1",
                (workspace.id.0, people, employed),
            )?;
            Ok(())
        })?;
        Ok(scratch)
    }
}

type Rows = Vec<(String, Vec<Value>)>;

/// The rows of all other tables, each with the statement that writes it.
fn read_tables(connection: &Connection, workspace: &Workspace) -> Result<Rows, DbError> {
    let mut found = Rows::new();
    let mut take = |table: &str, columns: &str, key: &str| -> Result<(), DbError> {
        let mut statement = connection
            .prepare_cached(&format!("SELECT {columns} FROM {table} WHERE {key} = ?1"))?;
        let names = statement.names();
        let places: Vec<_> = (1..=names.len())
            .map(|number| format!("?{number}"))
            .collect();
        let insert = format!(
            "INSERT INTO {table} ({}) VALUES ({})",
            names.join(", "),
            places.join(", ")
        );
        let mut rows = statement.query([workspace.id.0])?;
        while let Some(row) = rows.next()? {
            let values = names
                .iter()
                .map(|name| row.get(name))
                .collect::<Result<_, DbError>>()?;
            found.push((insert.clone(), values));
        }
        Ok(())
    };
    let columns = "id, name, settings, fingerprint_key, revision, people, employed, next_employee, next_run, \
        next_integration";
    take("workspace", columns, "id")?;
    // The last successful run is later than the copy.
    take("integration", "workspace_id, id, name", "workspace_id")?;
    for table in COPIED {
        take(table, "*", "workspace_id")?;
    }
    Ok(found)
}

fn insert(into: &Connection, workspace: &Workspace, person: &Employee) -> Result<(), DbError> {
    let columns = COLUMNS.join(", ");
    let places: Vec<_> = (1..=COLUMNS.len())
        .map(|number| format!("?{}", number + 6))
        .collect();
    let text = format!(
        "INSERT INTO employee (workspace_id, id, revision, status, integration_id, protected, created_run, {columns}, \
         own) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, {}, ?{})",
        places.join(", "),
        COLUMNS.len() + 7
    );
    let owner = person.owner.map(|owner| owner.0);
    let mut values: Vec<Value> = vec![
        workspace.id.0.into(),
        person.id.0.into(),
        person.revision.into(),
        person.status.as_str().to_owned().into(),
        owner.into(),
        i64::from(person.protected).into(),
    ];
    values.extend(
        (0..CANONICAL_FIELDS)
            .map(|field| person.value(FieldNumber(field)).map(str::to_owned).into()),
    );
    let own: BTreeMap<_, _> = person
        .facts
        .as_ref()
        .iter()
        .filter(|(field, _)| field.0 >= CANONICAL_FIELDS)
        .filter_map(|(field, fact)| Some((workspace.schema.key(field), fact.value()?)))
        .collect();
    values.push((!own.is_empty()).then(|| json(&own)).into());
    into.prepare_cached(&text)?
        .execute(params_from_iter(values))?;
    if let Some(owner) = owner {
        into.prepare_cached(
            "INSERT INTO roster (workspace_id, integration_id, employee_id, fingerprint, missed, employed) \
             VALUES (?1, ?2, ?3, NULL, 0, ?4)",
        )?
        .execute((workspace.id.0, owner, person.id.0, i64::from(person.status.is_employed())))?;
    }
    Ok(())
}
