//! The settings of an integration as they are written: every setting optional, unknown ones refused. What the settings
//! mean together is checked elsewhere. This is also the form in which settings are stored and compared.

use super::{
    rule::RawRule,
    short::{Short, ShortForm, Written},
};
use crate::setup::mapping::is_default;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSettings {
    pub workspace: Option<Short<RawWorkspace>>,
    pub name: Option<String>,
    pub preset: Option<String>,
    #[serde(default)]
    pub source: RawSource,
    /// What [source] says to an HR system's connector; see `document.rs`.
    #[serde(default, rename = "source.connector")]
    pub answers: BTreeMap<String, Short<RawAnswer>>,
    #[serde(default)]
    pub credentials: RawCredentials,
    pub mapping: Option<BTreeMap<String, Short<RawMapping>>>,
    pub fields: Option<BTreeMap<String, Short<RawField>>>,
    pub create_fields: Option<bool>,
    pub schedule: Option<Vec<String>>,
    pub blackouts: Option<Vec<String>>,
    pub overlap: Option<String>,
    pub catch_up: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub company: Vec<RawCompany>,
    pub select: Option<Vec<RawRule>>,
    #[serde(default)]
    pub policy: RawPolicy,
    #[serde(default)]
    pub guard: RawGuard,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWorkspace {
    pub name: String,
    pub language: Option<String>,
    pub languages: Option<Vec<String>>,
    pub region: Option<String>,
    pub time_zone: Option<String>,
    pub currency: Option<String>,
    pub offboarding: Option<String>,
    pub manager_left: Option<String>,
    pub groups: Option<Vec<String>>,
    pub retention: Option<RawRetention>,
    pub deliveries: Option<String>,
}

/// Texts such as `30 days` or `forever`, or a number of days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRetention {
    pub deliveries: Option<serde_json::Value>,
    pub delivery_limit: Option<serde_json::Value>,
    pub problems: Option<serde_json::Value>,
    pub plans: Option<serde_json::Value>,
    pub history: Option<serde_json::Value>,
}

impl ShortForm for RawWorkspace {
    fn from_text(text: &str) -> Self {
        Self {
            name: text.to_owned(),
            ..Self::default()
        }
    }

    fn short(&self) -> Option<Written<'_>> {
        let plain = Self::from_text(&self.name);
        (*self == plain).then_some(Written::Text(&self.name))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSource {
    pub connector: Option<String>,
    pub url: Option<String>,
    pub pattern: Option<String>,
    pub delimiter: Option<String>,
    pub encoding: Option<String>,
    pub header: Option<bool>,
    pub trailer: Option<String>,
    pub skip_rows: Option<u32>,
    pub label_rows: Option<u32>,
    pub sheet: Option<String>,
    pub final_line_break: Option<bool>,
    pub trust_length: Option<bool>,
    pub markers: Option<bool>,
    pub settle: Option<String>,
    pub after: Option<Short<RawAfter>>,
    pub mode: Option<String>,
    pub tls: Option<String>,
    pub host_key: Option<String>,
    pub legacy_algorithms: Option<bool>,
    pub ca_certificate: Option<String>,
    pub expect: Option<String>,
    pub unchanged: Option<String>,
    #[serde(default)]
    pub limits: RawLimits,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAfter {
    #[serde(skip)]
    pub word: Option<String>,
    pub archive: Option<String>,
}

impl ShortForm for RawAfter {
    fn from_text(text: &str) -> Self {
        Self {
            word: Some(text.to_owned()),
            archive: None,
        }
    }

    fn short(&self) -> Option<Written<'_>> {
        self.word.as_deref().map(Written::Text)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLimits {
    pub field: Option<usize>,
    pub row: Option<usize>,
    pub columns: Option<usize>,
    pub rows: Option<u64>,
    pub file: Option<u64>,
    pub names: Option<usize>,
    pub matching: Option<usize>,
    pub connect: Option<String>,
    pub handshake: Option<String>,
    pub first_byte: Option<String>,
    pub between_bytes: Option<String>,
    pub whole: Option<String>,
    pub attempts: Option<u32>,
    pub first_wait: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCredentials {
    pub user: Option<String>,
    pub password: Option<Short<RawSecret>>,
    pub private_key: Option<Short<RawSecret>>,
    pub passphrase: Option<Short<RawSecret>>,
}

/// One setting of a connector: a text, or a reference to a secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawAnswer {
    #[serde(skip)]
    pub text: Option<String>,
    /// The environment variable with the secret.
    pub env: Option<String>,
    /// The file with the secret.
    pub file: Option<String>,
    /// The command that prints the secret.
    pub command: Option<String>,
    /// The secret is stored with the integration.
    pub stored: Option<bool>,
}

impl ShortForm for RawAnswer {
    fn from_text(text: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            ..Self::default()
        }
    }

    fn short(&self) -> Option<Written<'_>> {
        self.text.as_deref().map(Written::Text)
    }
}

/// A reference to a secret. A secret written into the file is noticed, forgotten and refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawSecret {
    /// The environment variable with the secret.
    pub env: Option<String>,
    /// The file with the secret.
    pub file: Option<String>,
    /// The command that prints the secret.
    pub command: Option<String>,
    /// The secret is stored with the integration.
    pub stored: Option<bool>,
    #[serde(skip)]
    pub inline: bool,
}

impl ShortForm for RawSecret {
    fn from_text(_: &str) -> Self {
        Self {
            inline: true,
            ..Self::default()
        }
    }

    fn short(&self) -> Option<Written<'_>> {
        // A secret that was written into the settings is refused, so that there is nothing to write.
        None
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawMapping {
    pub column: Option<String>,
    pub first_of: Option<Vec<String>>,
    pub join: Option<Vec<String>>,
    pub with: Option<String>,
    pub constant: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    pub format: Option<String>,
    pub blank: Option<String>,
    pub invalid: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_date: Vec<String>,
    pub decimal: Option<String>,
    pub digits: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<String>,
    pub century: Option<i16>,
    pub extract: Option<String>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub volatile: bool,
    /// The preset's mapping of the field is left out.
    #[serde(skip)]
    pub left_out: bool,
}

impl ShortForm for RawMapping {
    fn from_text(text: &str) -> Self {
        Self {
            column: Some(text.to_owned()),
            ..Self::default()
        }
    }

    fn from_false() -> Option<Self> {
        Some(Self {
            left_out: true,
            ..Self::default()
        })
    }

    fn short(&self) -> Option<Written<'_>> {
        if self.left_out {
            return Some(Written::False);
        }
        let column = self.column.as_deref()?;
        (*self == Self::from_text(column)).then_some(Written::Text(column))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawField {
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "is_default")]
    pub required: bool,
    pub choices: Option<Vec<String>>,
}

impl ShortForm for RawField {
    fn from_text(text: &str) -> Self {
        Self {
            kind: text.to_owned(),
            ..Self::default()
        }
    }

    fn short(&self) -> Option<Written<'_>> {
        (*self == Self::from_text(&self.kind)).then_some(Written::Text(&self.kind))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawCompany {
    pub id: String,
    pub short_name: Option<String>,
    pub full_name: Option<String>,
    pub valid_from: Option<serde_json::Value>,
    pub valid_to: Option<serde_json::Value>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawPolicy {
    #[serde(rename = "match")]
    pub match_by: Option<Vec<String>>,
    pub id_prefix: Option<String>,
    pub missing: Option<String>,
    pub missing_runs: Option<u16>,
    pub coverage: Option<String>,
    pub deselected: Option<String>,
    pub email_change: Option<String>,
    pub unknown_group: Option<String>,
    pub blank: Option<String>,
    pub invalid_value: Option<String>,
    pub no_date: Option<Vec<String>>,
    pub approve: Option<String>,
    pub on_guard: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawLimit {
    pub percent: f64,
    pub number: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawGuard {
    pub removals: Option<RawLimit>,
    pub removals_number: Option<u64>,
    pub removals_week: Option<RawLimit>,
    pub shrunk: Option<RawLimit>,
    pub key_changes: Option<RawLimit>,
    pub rejected: Option<RawLimit>,
    pub field_changes: Option<RawLimit>,
    pub fill_from: Option<f64>,
    pub fill_to: Option<f64>,
    pub core_field_changes: Option<RawLimit>,
    pub new_groups: Option<RawLimit>,
    pub budget_total: Option<RawLimit>,
    pub one_off_days: Option<u16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sentinels: Vec<String>,
}
