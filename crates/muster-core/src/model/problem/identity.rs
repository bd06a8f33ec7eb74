//! Problems of who is who: linking, unlinking and merging employees, and replacing one source by another.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The external id that an employee should be linked to is another employee's.
    IdOfAnother {
        id: String,
        /// Display name and number of the employee who has it.
        holder: String,
        number: i64,
    },
    /// The employee has no external id and no integration manages them.
    NotLinked { name: String },
    /// The address of an employee who still works here would be taken away.
    AddressInUse { name: String },
    /// Survivor and duplicate are one employee.
    SameEmployee { name: String },
    /// A field that is pinned would change.
    FieldPinned { name: String, field: String },
    /// An erased employee has no identity left.
    Erased { number: i64 },
    /// Several records of the new source pair with one employee, or the other way round.
    Ambiguous {
        name: String,
        candidates: Vec<String>,
    },
    /// The integration that should be replaced manages nobody.
    NothingToReplace { integration: String },
    /// Both names are of one integration.
    SameIntegration { integration: String },
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Merge the two employees if they are one person.
    Merge { survivor: i64, duplicate: i64 },
    /// Nothing to do.
    Nothing,
    /// Deactivate the employee first, or keep the address.
    DeactivateFirst,
    /// Name two different employees.
    NameAnother,
    /// Remove the pin first.
    Unpin { field: String },
    /// Link the right record manually.
    LinkManually,
    /// Give the new source a prefix for its external ids, or unlink the other employee.
    SetIdPrefix,
    /// Check the name of the integration.
    CheckIntegration,
}
