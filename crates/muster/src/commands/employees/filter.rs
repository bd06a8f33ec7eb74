//! Which employees are listed, and which of their fields.

use crate::{arguments::Employees, error::CommandError};
use muster_core::model::{
    employee::{Employee, Status},
    field::{FieldNumber, Schema, canonical},
};

pub(super) struct Filter {
    text: Option<String>,
    conditions: Vec<(FieldNumber, String)>,
    status: Option<Status>,
}

impl Filter {
    pub(super) fn new(wanted: &Employees, schema: &Schema) -> Result<Self, CommandError> {
        let conditions = wanted.conditions.iter();
        let conditions = conditions.map(|(key, value)| Ok((field(key, schema)?, folded(value))));
        Ok(Self {
            text: wanted.find.as_deref().map(folded),
            conditions: conditions.collect::<Result<_, CommandError>>()?,
            status: wanted.status.map(Status::from),
        })
    }

    /// Whether there is a condition at all.
    pub(super) fn is_set(&self) -> bool {
        self.text.is_some() || self.status.is_some() || !self.conditions.is_empty()
    }

    pub(super) fn takes(&self, employee: &Employee) -> bool {
        let has_text = |text: &String| {
            let names = [
                Some(employee.name()),
                employee.value(canonical::EXTERNAL_ID).map(str::to_owned),
                employee.value(canonical::EMAIL).map(str::to_owned),
            ];
            let mut names = names.into_iter().flatten();
            names.any(|name| folded(&name).contains(text))
        };
        let holds = |(field, wanted): &(FieldNumber, String)| {
            folded(employee.value(*field).unwrap_or_default()) == *wanted
        };
        self.status.is_none_or(|status| employee.status == status)
            && self.text.as_ref().is_none_or(has_text)
            && self.conditions.iter().all(holds)
    }
}

/// The fields to show; empty: the usual ones.
pub(super) fn columns(
    wanted: &Employees,
    schema: &Schema,
) -> Result<Vec<(String, Option<FieldNumber>)>, CommandError> {
    let keys = wanted.columns.iter().map(|key| key.trim());
    let column = |key: &str| {
        let number = match key {
            "name" => None,
            key => Some(field(key, schema)?),
        };
        Ok((key.to_owned(), number))
    };
    keys.map(column).collect()
}

fn field(key: &str, schema: &Schema) -> Result<FieldNumber, CommandError> {
    schema.find(key).ok_or_else(|| {
        CommandError::usage(
            format!("there is no field `{key}`"),
            "`muster fields` lists the custom fields, and docs/integration-file.md the standard fields",
        )
    })
}

fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}
