//! What a person or a program asks to be done with employees. It is written as a job, and the engine carries it out.

use crate::model::{
    ids::{EmployeeId, RunId},
    origin::Origin,
};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A change of an employee, with fields by their keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ManualEdit {
    /// Creates an employee with these values.
    Create { values: BTreeMap<String, String> },
    /// Changes values; a blank value clears its field.
    Edit {
        employee: EmployeeId,
        values: BTreeMap<String, String>,
    },
    /// Deactivates an employee on a day, or today.
    Deactivate {
        employee: EmployeeId,
        on: Option<Date>,
    },
    /// Pins a field to a value, until a day or until the pin is removed.
    Pin {
        employee: EmployeeId,
        field: String,
        value: String,
        until: Option<Date>,
    },
    /// Removes a pin.
    Unpin { employee: EmployeeId, field: String },
    /// Protects an employee, or removes the protection.
    Protect {
        employee: EmployeeId,
        protected: bool,
    },
    /// Links an employee to an external id, and to an integration if one is given.
    Link {
        employee: EmployeeId,
        external_id: String,
        integration: Option<String>,
    },
    /// Unlinks an employee from the source; an inactive employee can also give up the address.
    Unlink {
        employee: EmployeeId,
        #[serde(default)]
        free_address: bool,
    },
    /// Merges the duplicate into the survivor. The fields in `take` are taken from the duplicate.
    Merge {
        survivor: EmployeeId,
        duplicate: EmployeeId,
        #[serde(default)]
        take: Vec<String>,
    },
}

/// A rejected record of a delivery with corrected values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectedRecord {
    /// Where the record is.
    pub origin: Origin,
    /// The corrected values by the columns of the source; other columns have the delivered ones.
    pub values: BTreeMap<String, String>,
}

/// Everything that is requested of employees, and not of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditRequest {
    Manual(ManualEdit),
    Undo {
        run: RunId,
        /// Whether the plan is saved without being applied.
        plan_only: bool,
    },
    Erase {
        employee: EmployeeId,
    },
    /// Applies rejected records of the delivery of a run with corrected values.
    Repair {
        run: RunId,
        records: Vec<CorrectedRecord>,
    },
}

impl ManualEdit {
    /// The employees that it is about; the first is the one that changes.
    pub fn employees(&self) -> Vec<EmployeeId> {
        match self {
            Self::Create { .. } => Vec::new(),
            Self::Merge {
                survivor,
                duplicate,
                ..
            } => vec![*survivor, *duplicate],
            Self::Edit { employee, .. }
            | Self::Deactivate { employee, .. }
            | Self::Pin { employee, .. }
            | Self::Unpin { employee, .. }
            | Self::Protect { employee, .. }
            | Self::Link { employee, .. }
            | Self::Unlink { employee, .. } => vec![*employee],
        }
    }

    /// The keys of the fields that it names.
    pub fn fields(&self) -> Vec<&str> {
        match self {
            Self::Create { values } | Self::Edit { values, .. } => {
                values.keys().map(String::as_str).collect()
            }
            Self::Pin { field, .. } | Self::Unpin { field, .. } => vec![field],
            Self::Merge { take, .. } => take.iter().map(String::as_str).collect(),
            Self::Deactivate { .. }
            | Self::Protect { .. }
            | Self::Link { .. }
            | Self::Unlink { .. } => Vec::new(),
        }
    }
}

impl EditRequest {
    /// The employees that it is about; the first is the one that changes.
    pub fn employees(&self) -> Vec<EmployeeId> {
        match self {
            Self::Manual(edit) => edit.employees(),
            Self::Undo { .. } | Self::Repair { .. } => Vec::new(),
            Self::Erase { employee } => vec![*employee],
        }
    }
}
