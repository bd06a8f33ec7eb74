//! Decodes CSV files, streaming: bytes in, records with their physical line numbers out.
//!
//! The decoder is strict where `csv-core` is lenient. It judges structure only: values are passed as
//! they are, and which columns are needed is decided by the sink when it gets their names. A file
//! that cannot be trusted as a whole is refused; a row that cannot is handed over as broken, with the
//! values that are still certain, and the next row is read normally.
//!
//! To follow a file: `input` (limits, UTF-16), `encoding` and `kind` (is this what was promised?),
//! `rows` over `scanner` (lines and values), `delimiter` and `header` (the first row), `reader` (what all
//! these decide together), `text` (bytes to text), `body` (the verdict on each row).

mod body;
mod delimiter;
mod encoding;
mod header;
mod input;
mod kind;
mod reader;
mod reduce;
pub(crate) mod refusal;
mod rows;
mod sample;
mod text;
mod trailer;

pub use reduce::{Reduced, reduce};

pub use muster_core::setup::source::{CsvLimits, CsvSettings, Delimiter, Encoding, FinalLineBreak};

use muster_core::{
    model::problem::Problem,
    read::{record::Sink, scanner},
};
use std::io::Read;

/// What was found in a file that is not refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Rows handed to the sink, broken ones included.
    pub records: u64,
    /// Why the file looks cut off: its rows may be used, but no employee may depart by absence.
    pub truncated: Option<Problem>,
    /// Whether a last row stated the number of records, and it was right.
    pub counted: bool,
    /// Whether the last row ended with a line break.
    pub final_line_break: bool,
    /// What the exporting system should mend.
    pub warnings: Vec<Problem>,
}

/// Decodes one file into the sink. An error refuses the file as a whole, and whatever the sink was
/// given of it must be thrown away.
pub fn decode(
    input: &mut dyn Read,
    file: u16,
    settings: &CsvSettings,
    sink: &mut dyn Sink,
) -> Result<Decoded, Problem> {
    reader::decode(input, file, settings, sink)
}

#[cfg(test)]
mod tests;
