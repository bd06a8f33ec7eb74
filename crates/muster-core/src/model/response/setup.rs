//! The check of an integration file.

use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `check`.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct CheckAnswer {
    pub valid: bool,
    pub workspace: Option<String>,
    pub integration: Option<String>,
    /// Times of the day, in UTC.
    pub schedule: Vec<String>,
    /// Why the file is not valid.
    pub problems: Vec<ConfigProblem>,
}

/// One problem of a file.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ConfigProblem {
    pub line: Option<usize>,
    /// The setting, such as `source.url`.
    pub setting: String,
    pub message: String,
    pub advice: String,
}
