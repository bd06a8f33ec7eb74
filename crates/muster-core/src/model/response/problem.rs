//! Problems and guard findings, with their text.

use crate::{
    decide::guard,
    model::{
        code::Code,
        origin::DeliveredFile,
        problem::{self, Severity},
    },
};
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
    pub help: String,
}

impl Problem {
    /// `found` with its text; `files` are those of the delivery.
    pub fn new(
        found: &problem::Problem,
        files: &[DeliveredFile],
        message: String,
        help: String,
    ) -> Self {
        let file = found
            .origin
            .and_then(|origin| files.get(usize::from(origin.file)));
        Self {
            code: found.code,
            severity: found.severity,
            origin: found.origin.map(|origin| origin.named(files)),
            file: file.map(|file| file.name.clone()),
            line: found.origin.map(|origin| origin.line),
            field: found.field.clone(),
            value: found.value.clone(),
            subject: found.subject.clone(),
            message,
            help,
        }
    }
}

/// What a guard found.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Finding {
    pub guard: String,
    pub message: String,
    /// What to check or do.
    pub help: String,
    /// The first employees.
    pub people: Vec<String>,
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The settings of the integration that the guard follows, such as `guard.removals`.
    pub settings: Vec<String>,
}

impl Finding {
    /// `found` with its text.
    pub fn new(found: &guard::Finding, message: String, help: String) -> Self {
        Self {
            guard: found.guard.as_str().to_owned(),
            message,
            help,
            people: found.people.clone(),
            count: found.count,
            of: found.of,
            settings: found
                .settings
                .iter()
                .map(|setting| setting.as_str().to_owned())
                .collect(),
        }
    }
}
