//! Problems and guard findings, with their text.

use crate::model::{code::Code, problem::Severity};
use schemars::JsonSchema;
use serde::Serialize;

/// One problem.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Problem {
    #[schemars(with = "String")]
    pub code: Code,
    pub severity: Severity,
    /// File and line, such as `a.csv:19`.
    pub origin: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
    /// The column or field.
    pub field: Option<String>,
    /// The value, shortened; masked for personal fields.
    pub value: Option<String>,
    /// External id or e-mail address of the employee.
    pub subject: Option<String>,
    pub message: String,
    /// The next step.
    pub advice: String,
}

/// What a guard found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    pub guard: String,
    pub message: String,
    /// What to check or do.
    pub advice: String,
    /// The first employees.
    pub people: Vec<String>,
    pub count: u64,
    /// Of how many.
    pub of: u64,
}
