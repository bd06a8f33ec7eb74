//! Backups: made, restored and verified.

use crate::model::ids::EmployeeId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use std::path::PathBuf;

/// A backup.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Backup {
    pub file: PathBuf,
    pub made: Timestamp,
    /// The version of Muster that made it.
    pub version: String,
    /// The number of the schema of the database.
    pub schema: i64,
    /// The rows of all tables.
    pub rows: u64,
    /// The ids of the master keys that it is encrypted with. The keys are not in the backup.
    pub keys: Vec<String>,
}

/// The answer of `backup`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct BackupAnswer {
    /// `written`.
    pub status: &'static str,
    pub backup: Backup,
}

/// The answer of `database copy`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CopyAnswer {
    /// `copied`.
    pub status: &'static str,
    /// The addresses without passwords.
    pub from: String,
    pub to: String,
    /// The ids of the master keys that the copy is encrypted with. The keys are not copied.
    pub keys: Vec<String>,
    /// The rows of all tables.
    pub rows: u64,
    pub tables: Vec<CopyTable>,
}

/// A table that was copied, and read again from both databases.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CopyTable {
    pub name: String,
    pub rows: u64,
    /// BLAKE3 of all rows, in hexadecimal digits.
    pub blake3: String,
}

/// The answer of `restore`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RestoreAnswer {
    /// `restored`.
    pub status: &'static str,
    pub backup: Backup,
    pub database: PathBuf,
    /// The former database under its new name; none: there was none.
    pub replaced: Option<PathBuf>,
    /// What was verified after the erasures.
    pub verified: Verified,
    /// What contradicts something else in the backup. It was restored nevertheless.
    pub findings: Vec<VerifyFinding>,
    /// The lists from which later erasures were read; none: only the erasures of the backup are known.
    pub lists: Vec<PathBuf>,
    /// Employees of the backup who were erased again.
    pub erased_again: u64,
    /// Employees who were erased after the backup and are not in it. Their records are skipped.
    pub erased_absent: u64,
    /// Employees who may be erased ones: erase them if they are.
    pub unclear: Vec<UnclearErasure>,
}

/// An employee with the number of an erased one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct UnclearErasure {
    pub workspace: String,
    pub employee: EmployeeId,
}

/// The answer of `verify`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VerifyAnswer {
    /// `intact` or `inconsistent`.
    pub status: &'static str,
    /// The backup that was verified; none: the database.
    pub backup: Option<Backup>,
    pub verified: Verified,
    /// What contradicts something else.
    pub findings: Vec<VerifyFinding>,
}

/// What was verified.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub struct Verified {
    pub workspaces: u64,
    pub employees: u64,
    /// Recorded changes that lead to the present values.
    pub changes: u64,
    /// Budgets whose recorded steps lead to their dates.
    pub budgets: u64,
    /// Archived files that were decrypted.
    pub deliveries: u64,
    /// Tokens and credentials that were decrypted.
    pub secrets: u64,
    /// Entries of the audit log whose hash is right.
    pub audit_entries: u64,
    /// Encrypted values that were not read, because there is no master key.
    pub unread: u64,
}

/// A contradiction in the database.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VerifyFinding {
    /// None: it concerns no single workspace.
    pub workspace: Option<String>,
    pub message: String,
}
