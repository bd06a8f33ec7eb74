//! The audit log.

use crate::model::audit::Act;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// An entry of the audit log.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AuditEntry {
    pub number: i64,
    pub time: Timestamp,
    /// Who acted, by reference: `user 3`, `token payroll`.
    pub actor: String,
    /// The present e-mail address of a user; of others the same as `actor`.
    pub actor_name: String,
    /// The address of the client of a sign-in.
    pub client: Option<String>,
    /// Null: the whole installation, or a workspace that no longer exists.
    pub workspace: Option<String>,
    pub act: Act,
    /// What it was done to, by reference.
    pub subject: String,
    /// The present e-mail address of a user; of others the same as `subject`.
    pub subject_name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// Covers the entry and the hash of the one before it.
    pub hash: String,
}

/// The answer of `audit verify`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AuditVerification {
    /// `intact` or `changed`.
    pub status: &'static str,
    /// Entries that were verified before the first fault.
    pub entries: u64,
    /// The last entry, as `NUMBER:HASH`.
    pub head: String,
    pub fault: Option<AuditFault>,
}

/// Why the audit log is not intact.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AuditFault {
    /// `missing`, `changed`, `removed` or `unexpected`.
    pub kind: &'static str,
    /// The number of the first entry concerned.
    pub entry: i64,
}
