//! Everything that is stored about one employee, for the employee who asks for it.

use super::{DataLocation, Explanation, Grant};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `employee export`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EmployeeExport {
    pub workspace: String,
    pub exported: Timestamp,
    /// Present values, pins, history, reported problems and memberships of smart groups.
    pub employee: Explanation,
    pub budgets: Vec<Grant>,
    /// Records of the employee in archived deliveries.
    pub records: Vec<ArchivedRecord>,
    /// Archived deliveries in which records cannot be told apart, by SHA-256. They may name the employee.
    pub unclear: Vec<String>,
    /// Every kind of location with data of the employee.
    pub locations: Vec<DataLocation>,
}

/// A record as the source delivered it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ArchivedRecord {
    /// SHA-256 of the delivered file.
    pub sha256: String,
    pub line: u32,
    /// The first line of the file, if it names the columns.
    pub columns: Option<String>,
    pub text: String,
}
