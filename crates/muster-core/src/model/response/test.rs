//! Connection tests.

use super::Problem;
use crate::{model::origin::DeliveredFile, setup::suggestion::Suggestion};
use schemars::JsonSchema;
use serde::Serialize;

/// The answer of `test` for files.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FileTest {
    /// Names in the folder.
    pub listed: usize,
    pub host_key: Option<String>,
    /// Matching files, newest first.
    pub files: Vec<DeliveredFile>,
    /// Records in the newest file.
    pub records: u64,
    pub columns: Vec<String>,
    /// The first records.
    pub rows: Vec<Vec<String>>,
    pub suggestions: Vec<Suggestion>,
    /// Mapped columns that are not in the file.
    pub missing: Vec<String>,
    pub problems: Vec<Problem>,
}

/// The answer of `test` for an HR system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SystemTest {
    pub records: u64,
    /// Records that the system announced.
    pub announced: Option<u64>,
    /// Why a sync would treat the delivery as incomplete.
    pub partial: Option<String>,
    pub fields: Vec<ConnectionField>,
    pub columns: Vec<String>,
    /// Sample records.
    pub sample: Vec<Vec<Option<String>>>,
    pub selection: Option<SelectionCounts>,
    pub problems: Vec<Problem>,
}

/// A field of the HR system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ConnectionField {
    pub column: String,
    pub label: Option<String>,
    /// `readable`, `empty`, `withheld` or `unused`.
    pub state: String,
    /// Records with a value.
    pub filled: u64,
    pub mapped: bool,
}

/// What the selection rules would select.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct SelectionCounts {
    pub selected: u64,
    /// Not selected.
    pub left_out: u64,
    /// Records for which a rule could not be evaluated.
    pub undecided: u64,
    pub invalid: u64,
}
