//! How the CSV files of an integration are written, as settings.

use crate::setup::mapping::is_default;
use serde::{Deserialize, Serialize};

/// How the rows of a file are cut into values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// This character and no other; a file that uses another one is refused.
    Exactly(u8),
    /// The one of `,` `;` tab `|` that the first lines agree on; refused when they do not.
    Auto,
}

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without a byte-order mark.
    Utf8,
    /// Called latin1 by those who export it, decoded as windows-1252, which is what they mean.
    Latin1,
    /// UTF-16 with a byte-order mark.
    Utf16,
    /// The byte-order mark decides; without one UTF-8 when the first 64 KiB are, else windows-1252.
    Auto,
}

/// The sizes beyond which a file is refused, so that memory stays flat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CsvLimits {
    /// Bytes of one value.
    pub field: usize,
    /// Bytes of one row.
    pub row: usize,
    /// Columns of a row.
    pub columns: usize,
    /// Rows of the file.
    pub rows: u64,
    /// Bytes of the file.
    pub file: u64,
}

impl Default for CsvLimits {
    fn default() -> Self {
        Self {
            field: 1 << 20,
            row: 4 << 20,
            columns: 1_000,
            rows: 10_000_000,
            file: 2 << 30,
        }
    }
}

/// What a last row without a line break at its end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FinalLineBreak {
    /// The file was cut off, if the last complete delivery ended with a line break.
    AsBefore,
    /// The file was cut off.
    Expected,
    /// Nothing: the file may end either way.
    Optional,
}

/// How one file is to be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CsvSettings {
    /// The character between values.
    pub delimiter: Delimiter,
    /// Commas and nothing else, whatever `delimiter` says, and a refusal says how to export with commas.
    pub only_comma: bool,
    /// How bytes become text.
    pub encoding: Encoding,
    /// Whether the first row names the columns; otherwise they are `column_1`, `column_2`, ...
    pub header: bool,
    /// The sizes beyond which a file is refused.
    pub limits: CsvLimits,
    /// How the first value of the last row begins when that row states the number of records, in the
    /// rest of that value or in the next one (`TOTAL,212`). A missing or different number means that
    /// the file was cut off.
    pub trailer_count: Option<String>,
    /// Lines above the header, or above the first record if there is no header.
    #[serde(skip_serializing_if = "is_default")]
    pub skip_rows: u32,
    /// Rows below the header that describe the columns.
    #[serde(skip_serializing_if = "is_default")]
    pub label_rows: u32,
    /// The sheet of a workbook; none: its first visible one.
    #[serde(skip_serializing_if = "is_default")]
    pub sheet: Option<String>,
    /// Whether a missing line break at the end of the file shows that it was cut off.
    pub final_line_break: FinalLineBreak,
}

impl Default for CsvSettings {
    fn default() -> Self {
        Self {
            delimiter: Delimiter::Exactly(b','),
            only_comma: false,
            encoding: Encoding::Utf8,
            header: true,
            limits: CsvLimits::default(),
            trailer_count: None,
            skip_rows: 0,
            label_rows: 0,
            sheet: None,
            final_line_break: FinalLineBreak::AsBefore,
        }
    }
}
