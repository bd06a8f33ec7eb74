//! Where a record came from, small enough to be kept for every person.

use crate::model::problem::is_hidden;
use serde::{Deserialize, Serialize};

/// A row of a file, or a record of an API answer, within one delivery.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub struct Origin {
    /// Position of the file (or endpoint) in the delivery's list of files, from 0.
    pub file: u16,
    /// The physical line on which the record starts, from 1; for an API, the record's ordinal.
    pub line: u32,
}

impl Origin {
    /// The name of the file with the line, such as `employees.csv:18`, without characters that show nothing.
    pub fn named(self, files: &[DeliveredFile]) -> String {
        let name = files.get(usize::from(self.file)).map_or_else(
            || format!("file {}", self.file + 1),
            |file| escaped(&file.name),
        );
        format!("{name}:{}", self.line)
    }
}

/// A text from outside, with hidden characters as escapes.
pub fn escaped(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars()
        .map(|c| {
            if is_hidden(c) {
                format!("\\u{{{:04X}}}", c as u32)
            } else {
                c.to_string()
            }
        })
        .collect()
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
