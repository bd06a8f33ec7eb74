//! The integration file as it is written: every setting optional, unknown ones refused. What the settings
//! mean together is checked elsewhere.

use super::raw_test::RawRule;
use serde::{
    Deserialize, Deserializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{collections::BTreeMap, fmt, marker::PhantomData};

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    pub(super) workspace: Option<Short<RawWorkspace>>,
    pub(super) name: Option<String>,
    pub(super) preset: Option<String>,
    #[serde(default)]
    pub(super) source: RawSource,
    /// What [source] says to an HR system's connector; see `document.rs`.
    #[serde(default, rename = "source.connector")]
    pub(super) answers: BTreeMap<String, Short<RawAnswer>>,
    #[serde(default)]
    pub(super) credentials: RawCredentials,
    pub(super) mapping: Option<BTreeMap<String, Short<RawMapping>>>,
    pub(super) fields: Option<BTreeMap<String, Short<RawField>>>,
    pub(super) create_fields: Option<bool>,
    pub(super) schedule: Option<Vec<String>>,
    #[serde(default)]
    pub(super) company: Vec<RawCompany>,
    pub(super) select: Option<Vec<RawRule>>,
    #[serde(default)]
    pub(super) policy: RawPolicy,
    #[serde(default)]
    pub(super) guard: RawGuard,
}

/// A table that may be written as one text.
#[derive(Clone, Debug)]
pub(super) struct Short<T>(pub(super) T);

/// What the one text of a [`Short`] means, and what `false` does where it may stand.
pub(super) trait FromText: Sized {
    fn from_text(text: &str) -> Self;

    fn from_false() -> Option<Self> {
        None
    }
}

impl<'de, T: FromText + Deserialize<'de>> Deserialize<'de> for Short<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrTable<T>(PhantomData<T>);
        impl<'de, T: FromText + Deserialize<'de>> Visitor<'de> for TextOrTable<T> {
            type Value = Short<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a table")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Short(T::from_text(text)))
            }

            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
                let short = T::from_false().filter(|_| !value).map(Short);
                short.ok_or_else(|| E::invalid_type(de::Unexpected::Bool(value), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Short)
            }
        }
        deserializer.deserialize_any(TextOrTable(PhantomData))
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWorkspace {
    pub(super) name: String,
    pub(super) language: Option<String>,
    pub(super) languages: Option<Vec<String>>,
    pub(super) region: Option<String>,
    pub(super) time_zone: Option<String>,
    pub(super) currency: Option<String>,
    pub(super) offboarding: Option<String>,
    pub(super) manager_left: Option<String>,
    pub(super) groups: Option<Vec<String>>,
    pub(super) retention: Option<RawRetention>,
}

/// Texts such as `30 days` or `forever`, or a number of days.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRetention {
    pub(super) deliveries: Option<toml::Value>,
    pub(super) delivery_limit: Option<toml::Value>,
    pub(super) problems: Option<toml::Value>,
    pub(super) plans: Option<toml::Value>,
    pub(super) history: Option<toml::Value>,
}

impl FromText for RawWorkspace {
    fn from_text(text: &str) -> Self {
        Self {
            name: text.to_owned(),
            ..Self::default()
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    pub(super) connector: Option<String>,
    pub(super) url: Option<String>,
    pub(super) pattern: Option<String>,
    pub(super) delimiter: Option<String>,
    pub(super) encoding: Option<String>,
    pub(super) header: Option<bool>,
    pub(super) trailer: Option<String>,
    pub(super) final_line_break: Option<bool>,
    pub(super) trust_length: Option<bool>,
    pub(super) markers: Option<bool>,
    pub(super) settle: Option<String>,
    pub(super) after: Option<Short<RawAfter>>,
    pub(super) mode: Option<String>,
    pub(super) tls: Option<String>,
    pub(super) host_key: Option<String>,
    pub(super) legacy_algorithms: Option<bool>,
    pub(super) ca_certificate: Option<String>,
    #[serde(default)]
    pub(super) limits: RawLimits,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAfter {
    #[serde(skip)]
    pub(super) word: Option<String>,
    pub(super) archive: Option<String>,
}

impl FromText for RawAfter {
    fn from_text(text: &str) -> Self {
        Self {
            word: Some(text.to_owned()),
            archive: None,
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) field: Option<usize>,
    pub(super) row: Option<usize>,
    pub(super) columns: Option<usize>,
    pub(super) rows: Option<u64>,
    pub(super) file: Option<u64>,
    pub(super) names: Option<usize>,
    pub(super) matching: Option<usize>,
    pub(super) connect: Option<String>,
    pub(super) handshake: Option<String>,
    pub(super) first_byte: Option<String>,
    pub(super) between_bytes: Option<String>,
    pub(super) whole: Option<String>,
    pub(super) attempts: Option<u32>,
    pub(super) first_wait: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCredentials {
    pub(super) user: Option<String>,
    pub(super) password: Option<Short<RawSecret>>,
    pub(super) private_key: Option<Short<RawSecret>>,
    pub(super) passphrase: Option<Short<RawSecret>>,
}

/// One setting of a connector: a text, or a reference to a secret.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAnswer {
    #[serde(skip)]
    pub(super) text: Option<String>,
    pub(super) env: Option<String>,
    pub(super) file: Option<String>,
}

impl FromText for RawAnswer {
    fn from_text(text: &str) -> Self {
        Self {
            text: Some(text.to_owned()),
            ..Self::default()
        }
    }
}

/// A reference to a secret. A secret written into the file is noticed, forgotten and refused.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSecret {
    pub(super) env: Option<String>,
    pub(super) file: Option<String>,
    #[serde(skip)]
    pub(super) inline: bool,
}

impl FromText for RawSecret {
    fn from_text(_: &str) -> Self {
        Self {
            inline: true,
            ..Self::default()
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMapping {
    pub(super) column: Option<String>,
    pub(super) first_of: Option<Vec<String>>,
    pub(super) join: Option<Vec<String>>,
    pub(super) with: Option<String>,
    pub(super) constant: Option<String>,
    #[serde(default)]
    pub(super) values: BTreeMap<String, String>,
    pub(super) format: Option<String>,
    pub(super) blank: Option<String>,
    pub(super) invalid: Option<String>,
    #[serde(default)]
    pub(super) required: bool,
    #[serde(default)]
    pub(super) no_date: Vec<String>,
    pub(super) decimal: Option<String>,
    pub(super) digits: Option<String>,
    #[serde(default)]
    pub(super) volatile: bool,
    /// The preset's mapping of the field is left out.
    #[serde(skip)]
    pub(super) left_out: bool,
}

impl FromText for RawMapping {
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
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawField {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) choices: Option<Vec<String>>,
}

impl FromText for RawField {
    fn from_text(text: &str) -> Self {
        Self {
            kind: text.to_owned(),
            ..Self::default()
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawCompany {
    pub(super) id: String,
    pub(super) short_name: Option<String>,
    pub(super) full_name: Option<String>,
    pub(super) valid_from: Option<toml::Value>,
    pub(super) valid_to: Option<toml::Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPolicy {
    #[serde(rename = "match")]
    pub(super) match_by: Option<Vec<String>>,
    pub(super) id_prefix: Option<String>,
    pub(super) missing: Option<String>,
    pub(super) missing_runs: Option<u16>,
    pub(super) deselected: Option<String>,
    pub(super) email_change: Option<String>,
    pub(super) unknown_group: Option<String>,
    pub(super) blank: Option<String>,
    pub(super) invalid_value: Option<String>,
    pub(super) no_date: Option<Vec<String>>,
    pub(super) approve: Option<String>,
    pub(super) on_guard: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimit {
    pub(super) percent: f64,
    pub(super) number: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGuard {
    pub(super) removals: Option<RawLimit>,
    pub(super) removals_number: Option<u64>,
    pub(super) removals_week: Option<RawLimit>,
    pub(super) shrunk: Option<RawLimit>,
    pub(super) key_changes: Option<RawLimit>,
    pub(super) rejected: Option<RawLimit>,
    pub(super) field_changes: Option<RawLimit>,
    pub(super) fill_from: Option<f64>,
    pub(super) fill_to: Option<f64>,
    pub(super) core_field_changes: Option<RawLimit>,
    pub(super) new_groups: Option<RawLimit>,
    pub(super) budget_total: Option<RawLimit>,
    pub(super) one_off_days: Option<u16>,
}

macro_rules! fill_from_preset {
    ($mine:expr, $preset:expr, $($field:ident),+ $(,)?) => {
        $( if $mine.$field.is_none() { $mine.$field = $preset.$field.clone(); } )+
    };
}

impl RawFile {
    /// Fills in what the file leaves open from its preset. A field's mapping is taken from one of the two.
    pub(super) fn fill_in(&mut self, preset: &RawFile) {
        fill_from_preset!(
            self.source,
            preset.source,
            url,
            pattern,
            delimiter,
            encoding,
            header,
            trailer,
            settle,
            after
        );
        fill_from_preset!(
            self.policy,
            preset.policy,
            match_by,
            id_prefix,
            missing,
            missing_runs,
            deselected,
            email_change
        );
        fill_from_preset!(
            self.policy,
            preset.policy,
            unknown_group,
            blank,
            invalid_value,
            no_date,
            approve,
            on_guard
        );
        fill_from_preset!(self, preset, select, create_fields, schedule);
        let own = self.mapping.take();
        self.mapping = merged(preset.mapping.clone(), own);
        let known = preset.mapping.as_ref();
        if let Some(mapping) = &mut self.mapping {
            mapping.retain(|key, field| {
                !(field.0.left_out && known.is_some_and(|known| known.contains_key(key)))
            });
        }
        let own = self.fields.take();
        self.fields = merged(preset.fields.clone(), own);
    }

    /// Takes what this file does not say from a connector's defaults. Their rules (who is employed) stay in force
    /// beside the file's own.
    pub(super) fn fill_in_beside(&mut self, defaults: &RawFile) {
        let own = self.select.take();
        self.fill_in(defaults);
        let rules = defaults
            .select
            .iter()
            .chain(&own)
            .flatten()
            .cloned()
            .collect::<Vec<_>>();
        self.select = (!rules.is_empty()).then_some(rules);
    }
}

fn merged<T>(
    preset: Option<BTreeMap<String, T>>,
    own: Option<BTreeMap<String, T>>,
) -> Option<BTreeMap<String, T>> {
    let mut merged = preset.unwrap_or_default();
    merged.extend(own.unwrap_or_default());
    (!merged.is_empty()).then_some(merged)
}
