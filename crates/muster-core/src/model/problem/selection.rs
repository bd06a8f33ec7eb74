//! Problems of selection: which records an integration uses.

use super::value::Fault;
use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// A rule cannot read the value of its column.
    Invalid {
        /// Why.
        fault: Fault,
    },
    /// The bytes in the column of a rule do not fit the encoding of the file.
    Undecodable,
    /// A rule's pattern is not a regular expression.
    Pattern {
        /// The column of the rule.
        column: String,
        /// What is wrong with it.
        error: String,
    },
    /// No record has the columns that the rules use.
    ColumnsAbsent {
        /// The columns.
        columns: Vec<String>,
    },
    /// Some records do not have the columns that the rules use.
    ColumnsAbsentInSome {
        /// The columns.
        columns: Vec<String>,
        /// Records without them.
        records: u64,
        /// Records of the delivery.
        read: u64,
    },
    /// A value that nobody has classified yet.
    NewValue {
        /// Known employees who have it and are kept.
        employees: u64,
    },
    /// A blank value.
    Blank {
        /// Known employees who have it and are kept.
        employees: u64,
    },
}

/// What to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Write a value that the rule can read.
    CorrectValue,
    /// Check the encoding in which the file is written and read.
    CheckEncoding,
    /// Correct the pattern of the rule.
    CorrectPattern,
    /// Deliver the column, and give the credentials access to it.
    DeliverColumn,
    /// Approve the departures, or add the value to the rule.
    Classify,
    /// Fill the column in, or let a blank mean "not selected".
    StateBlank,
}
