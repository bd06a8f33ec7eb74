//! What an integration can read, as data that a form can be made of: connectors, file transports and presets, with the
//! settings of each.

mod files;

pub use files::file_transports;

use super::settings::RawSettings;
use serde::Serialize;

/// The name under which files are read where HR systems are named.
pub const FILES: &str = "csv";

/// How a setting is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    Text,
    /// It is stored encrypted, or referred to, and never shown again.
    Secret,
    /// One of the choices.
    Choice,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// Where credentials are sent. When it changes, stored credentials are dropped.
    Address,
    /// Whose credentials they are. When it changes, stored credentials are dropped.
    Account,
    /// A time such as `60s` or `5min`.
    Duration,
    /// The path of a file on the machine that Muster runs on.
    File,
}

/// One setting of a connector or transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// Its name in the settings: below [`Listing::section`].
    pub key: &'static str,
    /// What a form calls it.
    pub label: &'static str,
    /// One sentence for the person who fills it in.
    pub help: &'static str,
    pub kind: SettingKind,
    /// Whether it must be filled in.
    pub is_required: bool,
    /// What an empty answer means.
    pub default: Option<&'static str>,
    /// The answers that there are; none: any.
    pub choices: &'static [&'static str],
}

impl Setting {
    /// A text that may be left empty.
    pub const fn text(key: &'static str, label: &'static str, help: &'static str) -> Self {
        Self {
            key,
            label,
            help,
            kind: SettingKind::Text,
            is_required: false,
            default: None,
            choices: &[],
        }
    }

    /// A secret, which must be filled in.
    pub const fn secret(key: &'static str, label: &'static str, help: &'static str) -> Self {
        Self::text(key, label, help)
            .of(SettingKind::Secret)
            .required()
    }

    /// The same setting, filled in another way.
    pub const fn of(self, kind: SettingKind) -> Self {
        Self { kind, ..self }
    }

    /// The same setting, which must be filled in.
    pub const fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }

    /// The same setting, which may be left empty.
    pub const fn optional(self) -> Self {
        Self {
            is_required: false,
            ..self
        }
    }

    /// The same setting with what an empty answer means.
    pub const fn or(self, default: &'static str) -> Self {
        Self {
            default: Some(default),
            ..self
        }
    }

    /// The same setting with the answers that there are.
    pub const fn one_of(self, choices: &'static [&'static str]) -> Self {
        Self {
            choices,
            kind: SettingKind::Choice,
            ..self
        }
    }

    /// Whether it is never shown.
    pub fn is_secret(&self) -> bool {
        self.kind == SettingKind::Secret
    }
}

/// A connector or file transport, as a form shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    pub id: &'static str,
    pub title: &'static str,
    /// Where its settings are: `source`, or empty if each key is a whole path.
    pub section: &'static str,
    pub settings: &'static [Setting],
    /// What the customer has to prepare, and what is read (Markdown).
    pub help: &'static str,
    /// What the field is usually called with which a customer selects employees.
    pub selection: Option<&'static str>,
    /// The default mapping and rules.
    pub defaults: RawSettings,
}

impl Listing {
    /// The whole name of one of its settings, as in `source.url`.
    pub fn path(&self, setting: &Setting) -> String {
        match self.section {
            "" => setting.key.to_owned(),
            section => format!("{section}.{}", setting.key),
        }
    }
}

/// Settings that fill in what an integration leaves open.
#[derive(Clone, Debug, Serialize)]
pub struct Preset {
    pub name: String,
    pub settings: RawSettings,
}

/// Everything that an integration can be made of.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Catalogue {
    pub presets: Vec<Preset>,
    pub transports: Vec<Listing>,
    pub systems: Vec<Listing>,
}

impl Catalogue {
    pub fn preset(&self, name: &str) -> Option<&RawSettings> {
        let mut presets = self.presets.iter();
        presets
            .find(|preset| preset.name == name)
            .map(|preset| &preset.settings)
    }

    /// The HR system with an id.
    pub fn system(&self, id: &str) -> Option<&Listing> {
        self.systems.iter().find(|listing| listing.id == id)
    }

    /// What may be named as a connector, in the order in which people see it.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> + Clone + use<'_> {
        [FILES]
            .into_iter()
            .chain(self.systems.iter().map(|listing| listing.id))
    }
}
