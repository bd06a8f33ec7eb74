//! What is wrong, as typed arguments: one enum per area, each in its own file.

use super::{
    api, columns, csv, edit, evidence, file, identity, lifecycle, matching, run, selection, store,
    transport, undo, value,
};
use serde::{Deserialize, Serialize};

/// The arguments of a problem's code. Stored as JSON with the problem, so a published variant never
/// changes its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// HR systems.
    Api(api::Detail),
    /// Columns and the mapping.
    Columns(columns::Detail),
    /// The structure of CSV files.
    Csv(csv::Detail),
    /// Manual edits and pins.
    Edit(edit::Detail),
    /// Warnings of guards.
    Evidence(evidence::Detail),
    /// Linking, unlinking, merging, succession.
    Identity(identity::Detail),
    /// Delivered files.
    File(file::Detail),
    /// Joining, leaving and protection.
    Lifecycle(lifecycle::Detail),
    /// Which employee a record is about.
    Match(matching::Detail),
    /// Runs and what they rest on.
    Run(run::Detail),
    /// Selection of records.
    Selection(selection::Detail),
    /// The database.
    Store(store::Detail),
    /// A finished sentence: recorded by version 0.1.0, or made by the front end itself.
    Text(String),
    /// Fetching files.
    Transport(transport::Detail),
    /// Undoing a run.
    Undo(undo::Detail),
    /// Values of records.
    Value(value::Detail),
}

impl From<api::Detail> for Detail {
    fn from(detail: api::Detail) -> Self {
        Self::Api(detail)
    }
}

impl From<columns::Detail> for Detail {
    fn from(detail: columns::Detail) -> Self {
        Self::Columns(detail)
    }
}

impl From<edit::Detail> for Detail {
    fn from(detail: edit::Detail) -> Self {
        Self::Edit(detail)
    }
}

impl From<evidence::Detail> for Detail {
    fn from(detail: evidence::Detail) -> Self {
        Self::Evidence(detail)
    }
}

impl From<identity::Detail> for Detail {
    fn from(detail: identity::Detail) -> Self {
        Self::Identity(detail)
    }
}

impl From<lifecycle::Detail> for Detail {
    fn from(detail: lifecycle::Detail) -> Self {
        Self::Lifecycle(detail)
    }
}

impl From<selection::Detail> for Detail {
    fn from(detail: selection::Detail) -> Self {
        Self::Selection(detail)
    }
}

impl From<undo::Detail> for Detail {
    fn from(detail: undo::Detail) -> Self {
        Self::Undo(detail)
    }
}

impl From<value::Detail> for Detail {
    fn from(detail: value::Detail) -> Self {
        Self::Value(detail)
    }
}

impl From<file::Detail> for Detail {
    fn from(detail: file::Detail) -> Self {
        Self::File(detail)
    }
}

impl From<matching::Detail> for Detail {
    fn from(detail: matching::Detail) -> Self {
        Self::Match(detail)
    }
}

impl From<run::Detail> for Detail {
    fn from(detail: run::Detail) -> Self {
        Self::Run(detail)
    }
}

impl From<store::Detail> for Detail {
    fn from(detail: store::Detail) -> Self {
        Self::Store(detail)
    }
}

impl From<csv::Detail> for Detail {
    fn from(detail: csv::Detail) -> Self {
        Self::Csv(detail)
    }
}

impl From<transport::Detail> for Detail {
    fn from(detail: transport::Detail) -> Self {
        Self::Transport(detail)
    }
}
