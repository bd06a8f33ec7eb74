//! The settings of integrations: their check, the difference that applying files makes, and their secrets.

use crate::setup::settings::IntegrationChange;
use jiff::Timestamp;
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
    pub help: String,
}

/// The answer of `apply`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ApplyAnswer {
    /// `applied`, `planned` or `nothing_to_do`.
    pub status: &'static str,
    pub workspace: String,
    pub changes: Vec<IntegrationChange>,
    /// Stored secrets that were or would be removed, because they would be sent to another host or user.
    pub removed_secrets: Vec<SecretName>,
    /// Secrets that the settings refer to and that are not stored yet.
    pub missing_secrets: Vec<SecretName>,
    /// Integrations that no file manages; they are not changed.
    pub unmanaged: Vec<String>,
}

/// A secret of an integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SecretName {
    pub integration: String,
    /// The setting, such as `credentials.password`.
    pub setting: String,
}

/// One integration in the answer of `export`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExportedIntegration {
    pub integration: String,
    /// The file that manages it; none: it can be changed anywhere.
    pub managed_by: Option<String>,
    /// The version of its settings.
    pub version: i64,
    pub changed_at: Timestamp,
    pub changed_by: Option<String>,
    pub settings: serde_json::Value,
}

/// A stored secret. Its value is never shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListedSecret {
    pub integration: String,
    /// The setting, such as `credentials.password`.
    pub setting: String,
    pub set_at: Timestamp,
    pub set_by: Option<String>,
    /// The id of the master key that it is encrypted with.
    pub key: String,
    pub expires: Option<Timestamp>,
}

/// The answer of `secret set` and `secret remove`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SecretAnswer {
    /// `stored` or `removed`.
    pub status: &'static str,
    pub integration: String,
    pub setting: String,
}
