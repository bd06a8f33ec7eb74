//! Connection tests.

use crate::{model::origin::DeliveredFile, setup::suggestion::Suggestion};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a connection test found, of files and of HR systems alike; the answer of `test`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ConnectionTest<P> {
    /// Records in the newest file, or in the HR system.
    pub records: u64,
    /// Records that the HR system announced.
    pub announced: Option<u64>,
    /// Why a sync would treat the delivery as incomplete.
    pub partial: Option<String>,
    pub fields: Vec<ConnectionField>,
    /// Columns of the sample.
    pub columns: Vec<String>,
    /// The first records; null: the record has no value.
    pub sample: Vec<Vec<Option<String>>>,
    /// What the selection rules would select; null: there are none.
    pub selection: Option<SelectionCounts>,
    pub problems: Vec<P>,
    /// What only a file source has; null: an HR system was tested.
    pub files: Option<TestedFiles>,
}

impl<P> ConnectionTest<P> {
    /// The same with its problems in another form.
    pub fn map_problems<Q>(self, form: impl FnMut(P) -> Q) -> ConnectionTest<Q> {
        ConnectionTest {
            records: self.records,
            announced: self.announced,
            partial: self.partial,
            fields: self.fields,
            columns: self.columns,
            sample: self.sample,
            selection: self.selection,
            problems: self.problems.into_iter().map(form).collect(),
            files: self.files,
        }
    }
}

/// The files that a connection test found.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct TestedFiles {
    /// Names in the folder.
    pub listed: usize,
    pub host_key: Option<String>,
    /// Matching files, newest first.
    pub matching: Vec<DeliveredFile>,
    /// What each column may be.
    pub suggestions: Vec<Suggestion>,
    /// Mapped columns that are not in the file.
    pub missing: Vec<String>,
}

/// A field of the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConnectionField {
    /// The name that a mapping uses.
    pub column: String,
    /// The name in the source's own pages.
    pub label: Option<String>,
    pub state: FieldState,
    /// Records with a value.
    pub filled: u64,
    pub mapped: bool,
}

/// Whether a field can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldState {
    /// At least one record has a value.
    Readable,
    /// It can be read, and no record has a value.
    Empty,
    /// No record has it: the credentials may not read it, or it does not exist.
    Withheld,
    /// It could be read, but is not mapped.
    Unused,
}

/// What the selection rules would select.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SelectionCounts {
    pub selected: u64,
    /// Not selected.
    pub left_out: u64,
    /// Records for which a rule could not be evaluated.
    pub undecided: u64,
    pub invalid: u64,
}
