//! Problems of columns: what the mapping names and a delivery lacks, and what it has and nothing uses.

use crate::model::ids::RunId;
use serde::{Deserialize, Serialize};

/// How a column was filled when it was last delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastFill {
    /// The last run lacked it too; so many records had a value before.
    Earlier { filled: u64 },
    /// In the last run.
    InRun {
        filled: u64,
        records: u64,
        run: RunId,
    },
}

/// A column and the one that it may be called now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renamed {
    pub from: String,
    pub to: String,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Neither the mapping nor the selection uses the columns.
    Ignored {
        /// The first of them.
        columns: Vec<String>,
        /// How many others there are.
        more: usize,
    },
    /// No record has the first of several columns of a field, which had values.
    FirstColumn { column: String, field: String },
    /// Optional columns that never had values.
    Absent { columns: Vec<String> },
    /// A column that had values.
    Gone {
        columns: Vec<String>,
        last: LastFill,
    },
    /// A monthly budget that the last run mapped and this one does not.
    BudgetUnmapped { budget: String, filled: u64 },
    /// The file has the column in another spelling.
    Misspelled { column: String, found: String },
    /// The column of a match key that had values.
    MatchKey {
        columns: Vec<String>,
        field: String,
        last: LastFill,
    },
    /// Columns that every record needs.
    Required {
        columns: Vec<String>,
        /// The first columns that the file has.
        present: Vec<String>,
    },
    /// A field that the mapping names was created.
    FieldCreated { field: String },
}

/// What to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Nothing, or map a field to the column.
    MapIfUsed,
    /// Deliver the first column again, or remove it from the list.
    DeliverFirstColumn,
    /// Correct the names in the mapping, perhaps to these.
    CorrectMapping { meant: Vec<String> },
    /// Deliver the column again, or correct its name, perhaps to this.
    DeliverColumn { meant: Option<String> },
    /// Nothing, or map the budget to 0.
    EndGrants { budget: String },
    /// Use one of the two spellings in both places.
    UseOneSpelling { column: String, found: String },
    /// Map the match key to another column, or match without it.
    MapMatchKey {
        field: String,
        meant: Option<String>,
    },
    /// Correct the export or the mapping.
    CorrectNames { renamed: Vec<Renamed> },
    /// The same; the first line seems to be a title.
    RemoveTitle,
    /// Nothing, or define the field with another type first.
    DefineField,
}
