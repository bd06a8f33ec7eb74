//! The settings of an HR system's connector, compared with its form in the catalogue.

use super::{
    super::{
        checked::{SecretReference, SystemSettings},
        issue::SettingError,
        raw::{RawAnswer, RawSecret, RawSettings},
    },
    Checker, SettingIssue,
    limits::network_limits,
};
use crate::setup::{
    listing::{Listing, Setting},
    suggestion::nearest,
};
use std::collections::BTreeMap;

impl Checker<'_> {
    /// The HR system that is read; none: files are.
    pub(super) fn system(&mut self, raw: &RawSettings) -> Option<SystemSettings> {
        let id = raw.source.connector.as_deref()?;
        let catalogue = self.catalogue;
        let Some(listing) = catalogue.system(id) else {
            let issue = SettingIssue::UnknownConnector {
                id: id.to_owned(),
                known: catalogue.ids().map(str::to_owned).collect(),
                near: nearest(id, catalogue.ids()).map(str::to_owned),
            };
            self.problem("source.connector", issue);
            return None;
        };
        let mut system = SystemSettings {
            connector: id.to_owned(),
            plain: BTreeMap::new(),
            secrets: BTreeMap::new(),
            ca_certificate: raw.source.ca_certificate.clone(),
            limits: network_limits(&raw.source.limits),
        };
        for (key, answer) in &raw.answers {
            self.answer(key, &answer.0, listing, &mut system);
        }
        let required = listing.settings.iter();
        for setting in required.filter(|setting| setting.is_required) {
            if !raw.answers.contains_key(setting.key) {
                let help = setting.help.to_owned();
                let at = format!("source.{}", setting.key);
                self.problem(&at, SettingIssue::Missing { help });
            }
        }
        Some(system)
    }

    fn answer(
        &mut self,
        key: &str,
        answer: &RawAnswer,
        listing: &Listing,
        system: &mut SystemSettings,
    ) {
        let at = format!("source.{key}");
        let form = listing.settings;
        let Some(setting) = form.iter().find(|setting| setting.key == key) else {
            let issue = SettingIssue::UnknownSetting {
                name: key.to_owned(),
                known: form.iter().map(|setting| setting.key.to_owned()).collect(),
                near: nearest(key, form.iter().map(|setting| setting.key)).map(str::to_owned),
                connector: listing.title.to_owned(),
            };
            return self.problem(&at, issue);
        };
        match &answer.text {
            Some(text) if !setting.is_secret() => {
                self.choice(&at, setting, text);
                system.plain.insert(key.to_owned(), text.clone());
            }
            None if !setting.is_secret() => {
                let name = key.to_owned();
                self.problem(&at, SettingIssue::NotSecret { name });
            }
            text => {
                let raw = RawSecret {
                    env: answer.env.clone(),
                    file: answer.file.clone(),
                    command: answer.command.clone(),
                    stored: answer.stored,
                    inline: text.is_some(),
                };
                if let Some(reference) = self.secret(&at, &raw) {
                    system.secrets.insert(key.to_owned(), reference);
                }
            }
        }
    }

    fn choice(&mut self, at: &str, setting: &Setting, text: &str) {
        if !setting.choices.is_empty() && !setting.choices.contains(&text) {
            // The value is not repeated: it may be a secret in the wrong place.
            let choices = setting.choices.iter();
            let choices = choices.map(|choice| (*choice).to_owned()).collect();
            self.problem(at, SettingIssue::NotAChoice { choices });
        }
    }

    /// Where a secret is.
    pub(super) fn secret(&mut self, at: &str, raw: &RawSecret) -> Option<SecretReference> {
        if raw.inline {
            self.problem(at, SettingIssue::InlineSecret);
            return None;
        }
        let places = [
            raw.env.clone().map(SecretReference::Environment),
            raw.file
                .clone()
                .map(|path| SecretReference::File(path.into())),
            raw.command.clone().map(SecretReference::Command),
            raw.stored
                .filter(|is_stored| *is_stored)
                .map(|_| SecretReference::Stored),
        ];
        let mut places = places.into_iter().flatten();
        match (places.next(), places.next()) {
            (Some(secret), None) => Some(secret),
            _ => {
                self.problems
                    .push(SettingError::new(at, SettingIssue::SecretPlace));
                None
            }
        }
    }
}
