//! How lists are printed.

use clap::ValueEnum;

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// An aligned table for reading
    Table,
    /// CSV for spreadsheets and for import; see --formulas
    Csv,
    /// JSON for programs
    Json,
}

/// What the CSV export does with values such as `=1+2`.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Formulas {
    /// Put an apostrophe before them, so that spreadsheets show them as text; Muster removes it on import
    Guard,
    /// Write them unchanged, for programs
    Keep,
}
