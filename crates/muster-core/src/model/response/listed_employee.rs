//! Employees in a list: every field of the workspace is a member of the object.

use crate::model::{employee::Employee, field::Schema};
use schemars::{JsonSchema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer, ser::SerializeMap};
use std::{
    borrow::{Borrow, Cow},
    collections::BTreeMap,
};

/// One employee with the value of every field, by its key.
#[derive(Clone, Debug)]
pub struct ListedEmployee<E, S> {
    pub employee: E,
    pub schema: S,
}

/// The value of each field in the order of the schema, in one pass: asking for each field alone is a search each time.
pub fn values<'e>(employee: &'e Employee, schema: &Schema) -> Vec<Option<&'e str>> {
    let mut by_number = BTreeMap::new();
    for (field, fact) in employee.facts.as_ref().iter() {
        by_number.insert(field, fact.value());
    }
    schema
        .iter()
        .map(|(field, _)| by_number.get(&field).copied().flatten())
        .collect()
}

impl<E: Borrow<Employee>, S: Borrow<Schema>> Serialize for ListedEmployee<E, S> {
    fn serialize<T: Serializer>(&self, serializer: T) -> Result<T::Ok, T::Error> {
        let (employee, schema) = (self.employee.borrow(), self.schema.borrow());
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("employee", &employee.id)?;
        object.serialize_entry("status", &employee.status)?;
        object.serialize_entry("protected", &employee.protected)?;
        let pins = employee.pins.iter().map(|pin| schema.key(pin.field));
        object.serialize_entry("pins", &pins.collect::<Vec<_>>())?;
        for ((_, definition), value) in schema.iter().zip(values(employee, schema)) {
            object.serialize_entry(&definition.key, &value)?;
        }
        object.end()
    }
}

impl<E, S> JsonSchema for ListedEmployee<E, S> {
    fn schema_name() -> Cow<'static, str> {
        "Employee".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> schemars::Schema {
        json_schema!({
            "description": "One employee with the value of every field, by its key.",
            "type": "object",
            "properties": {
                "employee": generator.subschema_for::<crate::model::ids::EmployeeId>(),
                "status": generator.subschema_for::<crate::model::employee::Status>(),
                "protected": { "type": "boolean", "description": "Whether no sync deactivates or deletes the employee." },
                "pins": { "type": "array", "items": { "type": "string" }, "description": "The fields with a pinned value." },
            },
            "required": ["employee", "status", "protected", "pins"],
            "additionalProperties": { "type": ["string", "null"] },
        })
    }
}
