//! Placeholder until the values arrive.
use serde::{Deserialize, Serialize};

/// How a field's values are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    Text,
    Email,
    Phone,
    Date,
    DateTime,
    Number,
    Decimal,
    Boolean,
    Choice(Vec<String>),
    Language,
    Country,
    Group,
}
