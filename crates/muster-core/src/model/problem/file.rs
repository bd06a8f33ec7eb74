//! Problems of delivered files: their structure, and whether they are whole.

use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// A quoted value has probably swallowed rows.
    SwallowedRows {
        /// The line on which the value begins.
        opened: u32,
        /// The line inside it that looks like a row.
        inner: u32,
        /// The match key of an employee with which that line begins, if that is what shows it.
        key: Option<String>,
    },
    /// The last row has no line break, unlike in earlier deliveries.
    NoFinalLineBreak,
    /// Nothing proves that a transfer was whole.
    Unproven {
        /// Name of the file.
        file: String,
    },
    /// A problem inside a file, where the delivery is refused because of it.
    Inside {
        /// Name of the file.
        file: String,
        line: Option<u32>,
        cause: Box<super::Detail>,
    },
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Write quotes inside values twice.
    CorrectQuotes,
    /// Deliver the whole file again, or say that files may end without a line break.
    DeliverWithFinalLineBreak,
    /// Let the server state the length, add a checksum, or trust the server.
    ProveLength,
}
