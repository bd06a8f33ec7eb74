//! Pinned values. There are few, so they are read together with the employees.

use crate::db::sql::{Connection, Params, Row};
use crate::{
    db::{
        connection::Store,
        error::{DbError, StoreError, corrupt},
    },
    runs::record::instant,
};
use jiff::civil::Date;
use muster_core::model::{
    employee::Employee,
    field::{FieldNumber, Schema},
    ids::{EmployeeId, WorkspaceId},
    pin::Pin,
    workspace::Workspace,
};
use std::collections::BTreeMap;

const PIN: &str =
    "SELECT employee_id, field, value, reason, author, created_at, until_day FROM pin";

/// Up to this number of employees, pins are looked up one by one. For more, all pins of the
/// workspace are read at once.
const FEW: usize = 16;

impl Store {
    /// Every pin of a workspace in order of employees, including expired ones.
    pub fn pins(&self, workspace: &Workspace) -> Result<Vec<(EmployeeId, Pin)>, StoreError> {
        self.read("list the pins", |connection| {
            let pins = by_person(connection, workspace)?;
            Ok(pins
                .into_iter()
                .flat_map(|(id, pins)| pins.into_iter().map(move |pin| (id, pin)))
                .collect())
        })
    }
}

/// All pins of a workspace.
pub(crate) fn by_person(
    connection: &Connection,
    workspace: &Workspace,
) -> Result<BTreeMap<EmployeeId, Vec<Pin>>, DbError> {
    let mut people: BTreeMap<EmployeeId, Vec<Pin>> = BTreeMap::new();
    let condition = "WHERE workspace_id = ?1 ORDER BY employee_id, field";
    for (id, pin) in select(connection, &workspace.schema, condition, [workspace.id.0])? {
        people.entry(id).or_default().push(pin);
    }
    Ok(people)
}

/// Adds the pins to employees.
pub(crate) fn attach(
    connection: &Connection,
    workspace: &Workspace,
    people: &mut [Employee],
) -> Result<(), DbError> {
    if people.len() > FEW {
        let mut pins = by_person(connection, workspace)?;
        for person in people.iter_mut().filter(|_| !pins.is_empty()) {
            person.pins = pins.get(&person.id).cloned().unwrap_or_default();
        }
        pins.clear();
        return Ok(());
    }
    for person in people {
        let condition = "WHERE workspace_id = ?1 AND employee_id = ?2 ORDER BY field";
        let pins = select(
            connection,
            &workspace.schema,
            condition,
            (workspace.id.0, person.id.0),
        )?;
        person.pins = pins.into_iter().map(|(_, pin)| pin).collect();
    }
    Ok(())
}

/// The employees with a pin that ended before a day.
pub(crate) fn expired(
    connection: &Connection,
    workspace: WorkspaceId,
    today: Date,
) -> Result<Vec<EmployeeId>, DbError> {
    connection
        .prepare_cached(
            "SELECT DISTINCT employee_id FROM pin WHERE workspace_id = ?1 AND until_day IS NOT NULL \
             AND until_day < ?2 ORDER BY employee_id",
        )?
        .rows((workspace.0, today.to_string()), |row| row.get("employee_id").map(EmployeeId))
}

/// Sets pins. A pin on the same field is replaced.
pub(crate) fn write(
    connection: &Connection,
    workspace: &Workspace,
    pins: &[(EmployeeId, Pin)],
) -> Result<(), DbError> {
    for (employee, pin) in pins {
        connection
            .prepare_cached(
                "INSERT INTO pin (workspace_id, employee_id, field, value, reason, author, created_at, until_day) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (workspace_id, employee_id, field) \
                 DO UPDATE SET value = excluded.value, reason = excluded.reason, author = excluded.author, \
                 created_at = excluded.created_at, until_day = excluded.until_day",
            )?
            .execute((
                workspace.id.0,
                employee.0,
                workspace.schema.stored_key(pin.field),
                &pin.value,
                &pin.reason,
                &pin.author,
                pin.created.as_microsecond(),
                pin.until.map(|day| day.to_string()),
            ))?;
    }
    Ok(())
}

/// Removes the pin of a field.
pub(crate) fn end(
    connection: &Connection,
    workspace: &Workspace,
    employee: EmployeeId,
    field: FieldNumber,
) -> Result<(), DbError> {
    connection
        .prepare_cached(
            "DELETE FROM pin WHERE workspace_id = ?1 AND employee_id = ?2 AND field = ?3",
        )?
        .execute((
            workspace.id.0,
            employee.0,
            workspace.schema.stored_key(field),
        ))?;
    Ok(())
}

fn select(
    connection: &Connection,
    schema: &Schema,
    condition: &str,
    parameters: impl Params,
) -> Result<Vec<(EmployeeId, Pin)>, DbError> {
    let mut statement = connection.prepare_cached(&format!("{PIN} {condition}"))?;
    let mut rows = statement.query(parameters)?;
    let mut pins = Vec::new();
    while let Some(row) = rows.next()? {
        pins.extend(pin(row, schema)?);
    }
    Ok(pins)
}

/// `None`: the field was removed from the workspace.
fn pin(row: Row<'_>, schema: &Schema) -> Result<Option<(EmployeeId, Pin)>, DbError> {
    let employee = EmployeeId(row.get("employee_id")?);
    let Some(field) = schema.find_stored(&row.get::<String>("field")?) else {
        return Ok(None);
    };
    let until: Option<String> = row.get("until_day")?;
    let until = until
        .map(|day| {
            day.parse()
                .map_err(|_| corrupt("pin", "until_day", employee))
        })
        .transpose()?;
    Ok(Some((
        employee,
        Pin {
            field,
            value: row.get("value")?,
            reason: row.get("reason")?,
            author: row.get("author")?,
            created: instant(row.get("created_at")?, "pin", "created_at")?,
            until,
        },
    )))
}
