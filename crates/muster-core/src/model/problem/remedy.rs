//! What to do about a problem: a closed list, from which each front end makes its own instruction.

use super::{
    api, columns, csv, edit, evidence, file, identity, lifecycle, matching, run, selection, store,
    transport, undo, value,
};
use serde::{Deserialize, Serialize};

/// The next step for the person who can solve a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// HR systems.
    Api(api::Remedy),
    /// Columns and the mapping.
    Columns(columns::Remedy),
    /// The structure of CSV files.
    Csv(csv::Remedy),
    /// Manual edits and pins.
    Edit(edit::Remedy),
    /// Warnings of guards.
    Evidence(evidence::Remedy),
    /// Linking, unlinking, merging, succession.
    Identity(identity::Remedy),
    /// Delivered files.
    File(file::Remedy),
    /// Joining, leaving and protection.
    Lifecycle(lifecycle::Remedy),
    /// Which employee a record is about.
    Match(matching::Remedy),
    /// Runs and what they rest on.
    Run(run::Remedy),
    /// Selection of records.
    Selection(selection::Remedy),
    /// The database.
    Store(store::Remedy),
    /// The remedy of [`Detail::Text`](super::Detail::Text); empty: none.
    Text(String),
    /// Fetching files.
    Transport(transport::Remedy),
    /// Undoing a run.
    Undo(undo::Remedy),
    /// Values of records.
    Value(value::Remedy),
}

impl From<api::Remedy> for Remedy {
    fn from(remedy: api::Remedy) -> Self {
        Self::Api(remedy)
    }
}

impl From<columns::Remedy> for Remedy {
    fn from(remedy: columns::Remedy) -> Self {
        Self::Columns(remedy)
    }
}

impl From<edit::Remedy> for Remedy {
    fn from(remedy: edit::Remedy) -> Self {
        Self::Edit(remedy)
    }
}

impl From<evidence::Remedy> for Remedy {
    fn from(remedy: evidence::Remedy) -> Self {
        Self::Evidence(remedy)
    }
}

impl From<identity::Remedy> for Remedy {
    fn from(remedy: identity::Remedy) -> Self {
        Self::Identity(remedy)
    }
}

impl From<lifecycle::Remedy> for Remedy {
    fn from(remedy: lifecycle::Remedy) -> Self {
        Self::Lifecycle(remedy)
    }
}

impl From<selection::Remedy> for Remedy {
    fn from(remedy: selection::Remedy) -> Self {
        Self::Selection(remedy)
    }
}

impl From<undo::Remedy> for Remedy {
    fn from(remedy: undo::Remedy) -> Self {
        Self::Undo(remedy)
    }
}

impl From<value::Remedy> for Remedy {
    fn from(remedy: value::Remedy) -> Self {
        Self::Value(remedy)
    }
}

impl From<file::Remedy> for Remedy {
    fn from(remedy: file::Remedy) -> Self {
        Self::File(remedy)
    }
}

impl From<matching::Remedy> for Remedy {
    fn from(remedy: matching::Remedy) -> Self {
        Self::Match(remedy)
    }
}

impl From<run::Remedy> for Remedy {
    fn from(remedy: run::Remedy) -> Self {
        Self::Run(remedy)
    }
}

impl From<store::Remedy> for Remedy {
    fn from(remedy: store::Remedy) -> Self {
        Self::Store(remedy)
    }
}

impl From<csv::Remedy> for Remedy {
    fn from(remedy: csv::Remedy) -> Self {
        Self::Csv(remedy)
    }
}

impl From<transport::Remedy> for Remedy {
    fn from(remedy: transport::Remedy) -> Self {
        Self::Transport(remedy)
    }
}
