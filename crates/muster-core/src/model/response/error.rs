//! Errors, and commands that answer with little more than their end.

use crate::model::{code::Code, ids::RunId};
use schemars::JsonSchema;
use serde::Serialize;

/// Why something failed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ErrorAnswer {
    #[schemars(with = "Option<String>")]
    pub code: Option<Code>,
    pub message: String,
    /// The next step.
    pub help: String,
}

/// The answer of a command that failed before it did anything.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Failure {
    /// Always `failed`.
    pub status: &'static str,
    pub error: ErrorAnswer,
}

/// The answer of a command that only says what became of a run.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Done {
    pub run: RunId,
    pub status: super::RunStatus,
    /// False: the run had already ended.
    pub abandoned: bool,
}
