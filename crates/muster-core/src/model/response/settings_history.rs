//! The versions of the settings of an integration.

use crate::setup::settings::Difference;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

/// One version of the settings of an integration; the newest comes first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SettingsVersionLine {
    pub version: i64,
    pub changed: Timestamp,
    /// Who changed them.
    pub by: Option<String>,
    /// The file that managed them; none: they could be changed anywhere.
    pub file: Option<String>,
    /// Whether the schedule counted.
    pub is_active: bool,
    /// Whether the integration was removed with this version.
    pub is_removed: bool,
    /// What differs from the version before. Values that may be secret are hidden.
    pub differences: Vec<Difference>,
}
