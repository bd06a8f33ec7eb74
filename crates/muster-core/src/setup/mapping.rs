//! How the columns of a record become the fields of a person: the setting, as data.
//!
//! Presets are values of these types too; nothing here knows a customer or a connector.

use crate::{
    model::field::FieldNumber,
    read::normalise::{CountryNumbers, DateFormat, DateFormatFault, DecimalMark},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The mapping of one integration: at most one entry a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mapping {
    /// One entry for each field that the integration speaks of.
    pub entries: Vec<FieldMapping>,
}

/// How one field gets its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMapping {
    pub field: FieldNumber,
    /// Where its raw value comes from.
    pub source: Source,
    /// Raw values (exact, after trimming) and what they become. Empty: values are taken as they are.
    pub values: BTreeMap<String, String>,
    /// The format of a date; none: `YYYY-MM-DD`, or one of `formats`.
    pub format: Option<String>,
    /// What a blank value does; none: as the integration's policy says.
    pub blank: Option<BlankPolicy>,
    /// What an invalid value does; none: as the integration's policy says.
    pub invalid: Option<InvalidPolicy>,
    /// Whether a record of which this is blank or absent is rejected, beyond the fields that always are required.
    pub required: bool,
    /// Raw values that mean "no date", beside those of the policy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_date: Vec<String>,
    /// What separates the fraction of numbers and amounts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decimal: DecimalMark,
    /// What the digits of countries are; none: three digits that may be either are invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digits: Option<CountryNumbers>,
    /// Several formats of a date, in order of preference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    /// The first year that a year of two digits can mean.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub century: Option<i16>,
    /// A regular expression with one group, which is the part of a value that is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extract: Option<String>,
    /// What a manager is named by.
    #[serde(default, skip_serializing_if = "is_default")]
    pub manager: ManagerKey,
}

/// What a record names the manager by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ManagerKey {
    #[default]
    ExternalId,
    /// The business address, from which the plan finds the external id.
    Email,
}

impl FieldMapping {
    /// A mapping of one field in which everything else is left to the defaults.
    pub fn new(field: FieldNumber, source: Source) -> Self {
        Self {
            field,
            source,
            values: BTreeMap::new(),
            format: None,
            blank: None,
            invalid: None,
            required: false,
            no_date: Vec::new(),
            decimal: DecimalMark::default(),
            digits: None,
            formats: Vec::new(),
            century: None,
            extract: None,
            manager: ManagerKey::default(),
        }
    }

    /// How dates are written.
    pub fn date_format(&self) -> Result<DateFormat, DateFormatFault> {
        let shapes = self.format.iter().chain(&self.formats);
        let shapes: Vec<&str> = shapes.map(String::as_str).collect();
        DateFormat::new(&shapes, self.century)
    }
}

/// Whether a setting needs no place in a stamp or fingerprint, so that databases without it keep theirs.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Where a raw value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Column(String),
    /// The first of several columns that is not blank.
    FirstOf(Vec<String>),
    /// Several columns joined; blank ones are left out.
    Join {
        /// The columns in order.
        columns: Vec<String>,
        /// What stands between two values.
        with: String,
    },
    /// The same value for all records.
    Constant(String),
}

impl Source {
    /// The columns that are read, in order.
    pub fn columns(&self) -> &[String] {
        match self {
            Source::Column(column) => std::slice::from_ref(column),
            Source::FirstOf(columns) | Source::Join { columns, .. } => columns,
            Source::Constant(_) => &[],
        }
    }
}

/// What a blank value does to a stored one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlankPolicy {
    Keep,
    /// It clears the field.
    Clear,
}

/// What an invalid optional value does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvalidPolicy {
    /// The value is dropped with a warning; the old value stays.
    Drop,
    /// The record is rejected.
    Reject,
}
