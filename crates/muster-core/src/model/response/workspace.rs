//! Custom fields, erasure, protection, the master key and the SSH algorithms.

use crate::{
    model::{
        field::{FieldDefinition, FieldOrigin},
        ids::{EmployeeId, RunId},
    },
    read::normalise::FieldKind,
};
use schemars::JsonSchema;
use serde::Serialize;
use std::path::PathBuf;

/// A custom field, in the answer of `fields`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CustomField {
    pub key: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub choices: Option<Vec<String>>,
    pub required: bool,
    pub budget: bool,
    /// Employees with a value.
    pub people: u64,
    pub integrations: Vec<String>,
    pub smart_groups: Vec<String>,
}

impl CustomField {
    /// A field with what uses it.
    pub fn new(
        field: &FieldDefinition,
        people: u64,
        integrations: &[String],
        smart_groups: &[String],
    ) -> Self {
        let choices = match &field.kind {
            FieldKind::Choice(choices) => Some(choices.clone()),
            _ => None,
        };
        Self {
            key: field.key.clone(),
            kind: field.kind.name().to_owned(),
            choices,
            required: field.required,
            budget: field.origin == FieldOrigin::Budget,
            people,
            integrations: integrations.to_vec(),
            smart_groups: smart_groups.to_vec(),
        }
    }
}

/// The answer of `fields add`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldAdded {
    pub field: String,
    pub created: bool,
    pub people: u64,
    /// Employees without a value.
    pub without: u64,
}

/// The answer of `fields rename`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldRenamed {
    pub field: String,
    pub formerly: String,
    pub people: u64,
}

/// The answer of `fields remove`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldRemoved {
    pub field: String,
    pub removed: bool,
    pub lost: FieldUse,
}

/// What was removed with a field.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FieldUse {
    pub people: u64,
    pub pins: u64,
    pub changes: u64,
    pub integrations: Vec<String>,
}

/// The answer of `protect` and `unprotect`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Protection {
    pub employee: EmployeeId,
    pub protected: bool,
    pub changed: bool,
}

/// The answer of `erase`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ErasureAnswer {
    /// `planned` without --yes, else `applied`.
    pub status: &'static str,
    pub run: Option<RunId>,
    pub employee: EmployeeId,
    /// Where the personal data is, or was.
    pub places: Vec<DataLocation>,
    /// Whether the deleted data is gone from unused pages of the database too.
    pub purged: Option<bool>,
}

/// A location of personal data.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DataLocation {
    pub what: String,
    pub count: u64,
}

/// The answer of `erase --lift`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Lifted {
    /// Always `applied`.
    pub status: &'static str,
}

/// The answer of `key show`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeyAnswer {
    pub file: PathBuf,
    /// Ids of the keys in the file.
    pub keys: Vec<String>,
    /// The id of the key that encrypts.
    pub encrypts: Option<String>,
    /// Ids of the keys that the database needs.
    pub wanted: Vec<String>,
    pub missing: Vec<String>,
    /// Whether a rotation was interrupted.
    pub under_way: bool,
    pub old: Vec<OldKey>,
}

/// A key that is kept for earlier backups.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OldKey {
    pub id: String,
    pub file: PathBuf,
}

/// The answer of `key rotate`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct KeyRotated {
    /// Always `applied`.
    pub status: &'static str,
    pub key: String,
    pub old: Vec<String>,
    pub file: PathBuf,
    pub kept: Vec<PathBuf>,
    /// Whether an interrupted rotation was finished.
    pub resumed: bool,
    pub deliveries: u64,
    pub secrets: u64,
    pub credentials: u64,
    /// Whether unused pages of the database were rewritten too.
    pub rewritten: bool,
}

/// Algorithms of one kind, in the answer of `ssh-algorithms`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Algorithms {
    pub kind: String,
    pub usual: Vec<String>,
    /// Only with `legacy_algorithms = true`.
    pub legacy: Vec<String>,
}
