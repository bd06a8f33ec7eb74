//! Where a record came from, small enough to be kept for every person.

use serde::{Deserialize, Serialize};

/// A row of a file, or a record of an API answer, within one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// Position of the file (or endpoint) in the delivery's list of files, from 0.
    pub file: u16,
    /// The physical line on which the record starts, from 1; for an API, the record's ordinal.
    pub line: u32,
}

/// What is known of one delivered file; kept with the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DeliveredFile {
    /// The name as the server gave it. It is data: never used as a local path.
    pub name: String,
    /// Size in bytes as transferred.
    pub bytes: u64,
    /// Modification time at the source in UTC, where the source says one.
    pub modified: Option<jiff::Timestamp>,
    /// SHA-256 of the bytes as transferred, in lower-case hexadecimal.
    pub sha256: String,
    /// Whether it ended with a line break; `None`: not known, or not a file.
    #[serde(skip)]
    pub final_line_break: Option<bool>,
}
