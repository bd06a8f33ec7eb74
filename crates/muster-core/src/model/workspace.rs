//! One customer's own settings: languages, region, currency, time zone, fields and groups.

use crate::{
    derive::reporting_lines::ManagerLeft,
    model::{company::Company, field::Schema, ids::WorkspaceId},
    privacy::retention::Retention,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A workspace as runs see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its number in the database.
    pub id: WorkspaceId,
    /// Its name, as integration files write it.
    pub name: String,
    /// The workspace's own settings.
    pub settings: WorkspaceSettings,
    /// Canonical and own fields.
    pub schema: Schema,
    /// The companies, sorted by id.
    pub companies: Vec<Company>,
    /// Names of the groups that exist, sorted.
    pub groups: Vec<String>,
    /// Secret of the workspace that keys fingerprints, so that a hostile file cannot aim at one.
    #[serde(skip)]
    pub fingerprint_key: [u8; 32],
}

/// What an administrator sets for a whole workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceSettings {
    /// BCP 47 tag given to people whose record says no language.
    pub language: String,
    /// Languages that records may name; the default language is one of them.
    pub languages: Vec<String>,
    /// ISO 3166-1 alpha-2 country of phone numbers without one; none: such numbers are invalid.
    pub region: Option<String>,
    /// IANA time zone in which "today" is decided.
    pub time_zone: String,
    /// When people whose offboarding date has come are deactivated.
    pub offboarding: OffboardingHour,
    /// ISO 4217 currency of budgets.
    pub currency: String,
    /// How long what is kept beside the directory is kept.
    #[serde(default, skip_serializing_if = "Retention::is_default")]
    pub retention: Retention,
    /// What becomes of the links to a manager who has left.
    #[serde(default)]
    pub manager_left: ManagerLeft,
    /// By setting: the integration whose settings set it. What is not here was set by none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set_by: BTreeMap<String, String>,
}

/// The moment of the offboarding date at which a person is deactivated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffboardingHour {
    /// At this full hour in UTC on the date (23 by default).
    Utc(u8),
    /// When the date ends in the workspace's time zone.
    EndOfDay,
}

impl Default for WorkspaceSettings {
    fn default() -> Self {
        Self {
            language: "en".to_owned(),
            languages: vec!["en".to_owned()],
            region: None,
            time_zone: "UTC".to_owned(),
            offboarding: OffboardingHour::Utc(23),
            currency: "EUR".to_owned(),
            retention: Retention::default(),
            manager_left: ManagerLeft::Keep,
            set_by: BTreeMap::new(),
        }
    }
}

/// Whether a text can be the name of a workspace or an integration: it is part of addresses, files and commands.
pub fn is_plain_name(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !text.is_empty() && text.chars().all(is_plain)
}
