//! What was filled in of a connector's form.

use super::ConnectorError;
use muster_core::{
    model::problem::{
        api::{Fault, SettingRemedy},
        shown,
    },
    setup::listing::{Setting, SettingKind},
};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

/// The key of [`MOST_MISSING`].
pub(crate) const MISSING_KEY: &str = "most_missing";

/// How many people are asked for by id.
pub(crate) const MOST_MISSING: Setting = Setting::text(
    MISSING_KEY,
    "Most missing people",
    "raise it for a while after more people have left at once than a run asks for by id",
)
.of(SettingKind::Number);

/// The key of the vendor's address.
pub(crate) const BASE_URL: &str = "base_url";

/// Another address of the vendor's API; `usual` is its own.
pub(crate) const fn base_url(help: &'static str, usual: &'static str) -> Setting {
    Setting::text(BASE_URL, "Address", help)
        .or(usual)
        .of(SettingKind::Address)
}

/// What was filled in. `Debug` shows no secret.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    plain: BTreeMap<String, String>,
    secret: BTreeMap<String, SecretString>,
}

impl Settings {
    /// The same settings and one more.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.plain.insert(key.to_owned(), value.to_owned());
        self
    }

    /// The same settings and one more that is secret.
    #[must_use]
    pub fn with_secret(mut self, key: &str, value: SecretString) -> Self {
        self.secret.insert(key.to_owned(), value);
        self
    }

    /// Compares what was filled in with the form: unknown, missing and impossible answers are errors.
    pub(crate) fn checked(&self, form: &'static [Setting]) -> Result<Checked<'_>, ConnectorError> {
        for key in self.plain.keys().chain(self.secret.keys()) {
            let Some(setting) = form.iter().find(|setting| setting.key == key) else {
                let known = form.iter().map(|setting| setting.key.to_owned()).collect();
                let fault = Fault::Unknown { known };
                return Err(ConnectorError::setting(
                    key,
                    fault,
                    SettingRemedy::CorrectName,
                ));
            };
            if setting.is_secret() == self.plain.contains_key(key) {
                let fault = if setting.is_secret() {
                    Fault::IsSecret
                } else {
                    Fault::IsNotSecret
                };
                return Err(ConnectorError::setting(
                    key,
                    fault,
                    SettingRemedy::UseReference,
                ));
            }
        }
        let checked = Checked {
            form,
            settings: self,
        };
        for setting in form {
            let plain = checked.get(setting.key);
            if setting.is_required && plain.is_none() && checked.find_secret(setting.key).is_none()
            {
                return Err(ConnectorError::setting(
                    setting.key,
                    Fault::NotFilledIn,
                    SettingRemedy::FillIn {
                        help: setting.help.to_owned(),
                    },
                ));
            }
            if let Some(value) = plain
                .filter(|value| !setting.choices.is_empty() && !setting.choices.contains(value))
            {
                let choices: Vec<String> =
                    setting.choices.iter().map(|it| (*it).to_owned()).collect();
                let fault = Fault::NoChoice {
                    value: shown(value),
                    choices: choices.clone(),
                };
                let remedy = SettingRemedy::Choose { choices };
                return Err(ConnectorError::setting(setting.key, fault, remedy));
            }
        }
        Ok(checked)
    }
}

/// Settings that fit their form.
pub(crate) struct Checked<'s> {
    form: &'static [Setting],
    settings: &'s Settings,
}

impl<'s> Checked<'s> {
    /// The answer, else its default; none if both are empty.
    pub(crate) fn get(&self, key: &str) -> Option<&'s str> {
        let default = || {
            self.form
                .iter()
                .find(|setting| setting.key == key)
                .and_then(|setting| setting.default)
        };
        let filled = self
            .settings
            .plain
            .get(key)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty());
        filled.or_else(default)
    }

    /// The answer of a question that has a default or must be answered.
    pub(crate) fn text(&self, key: &str) -> String {
        self.get(key).unwrap_or_default().to_owned()
    }

    /// The answer of a question that has a default, as a number from 1 on.
    pub(crate) fn count(&self, key: &'static str) -> Result<usize, ConnectorError> {
        let text = self.text(key);
        text.parse().ok().filter(|count| *count > 0).ok_or_else(|| {
            let fault = Fault::NotACount {
                value: shown(&text),
            };
            let remedy = SettingRemedy::WriteDigits {
                key: key.to_owned(),
            };
            ConnectorError::setting(key, fault, remedy)
        })
    }

    /// The secret, if it was filled in. White space around it comes from copying and is dropped.
    pub(crate) fn find_secret(&self, key: &str) -> Option<SecretString> {
        let secret = self.settings.secret.get(key)?.expose_secret().trim();
        (!secret.is_empty()).then(|| SecretString::from(secret))
    }

    /// The secret of a question that must be answered.
    pub(crate) fn secret(&self, key: &str) -> SecretString {
        self.find_secret(key).unwrap_or_default()
    }
}
