//! The settings of an HR system's connector, compared with its form in the catalogue.

use super::{
    SystemSection,
    check::Checker,
    check_limits::network_limits,
    raw::{RawAnswer, RawFile, RawSecret},
    secret::SecretReference,
};
use muster_connectors::{catalogue, connector::Setting};
use muster_core::setup::suggestion::nearest;
use std::collections::BTreeMap;

impl Checker<'_> {
    /// The HR system that is read; none: files are.
    pub(super) fn system(&mut self, raw: &RawFile) -> Option<SystemSection> {
        let id = raw.source.connector.as_deref()?;
        let Some(listing) = catalogue::find(id) else {
            let near = nearest(id, catalogue::ids())
                .map(|near| format!("did you mean `{near}`? "))
                .unwrap_or_default();
            let advice = format!("{near}{}", known_connectors());
            self.problem(
                "source.connector",
                format!("`{id}` is not a connector"),
                advice,
            );
            return None;
        };
        let mut section = SystemSection {
            listing,
            plain: BTreeMap::new(),
            secrets: BTreeMap::new(),
            ca_certificate: self.certificate(raw.source.ca_certificate.as_deref()),
            limits: network_limits(&raw.source.limits),
        };
        for (key, answer) in &raw.answers {
            self.answer(key, &answer.0, &mut section);
        }
        for setting in listing
            .settings
            .iter()
            .filter(|setting| setting.is_required)
        {
            if !raw.answers.contains_key(setting.key) {
                let advice = format!("fill it in: {}", setting.help);
                self.problem(&format!("source.{}", setting.key), "it is missing", advice);
            }
        }
        Some(section)
    }

    fn answer(&mut self, key: &str, answer: &RawAnswer, section: &mut SystemSection) {
        let at = format!("source.{key}");
        let form = section.listing.settings;
        let Some(setting) = form.iter().find(|setting| setting.key == key) else {
            let near = nearest(key, form.iter().map(|setting| setting.key));
            let known = form
                .iter()
                .map(|setting| format!("`{}`", setting.key))
                .collect::<Vec<_>>()
                .join(", ");
            let advice = near.map_or(format!("{} has {known}", section.listing.title), |near| {
                format!("did you mean `{near}`?")
            });
            return self.problem(&at, format!("there is no setting `{key}`"), advice);
        };
        match &answer.text {
            Some(text) if !setting.is_secret => {
                self.check_choice(&at, setting, text);
                section.plain.insert(key.to_owned(), text.clone());
            }
            None if !setting.is_secret => {
                self.problem(
                    &at,
                    "it is no secret",
                    format!("write it as a text, as in `{key} = \"...\"`"),
                );
            }
            text => {
                let raw = RawSecret {
                    env: answer.env.clone(),
                    file: answer.file.clone(),
                    inline: text.is_some(),
                };
                match SecretReference::check(&at, &raw, self.folder()) {
                    Ok(reference) => {
                        section.secrets.insert(key.to_owned(), reference);
                    }
                    Err(problem) => self.note(problem),
                }
            }
        }
    }

    fn check_choice(&mut self, at: &str, setting: &Setting, text: &str) {
        if !setting.choices.is_empty() && !setting.choices.contains(&text) {
            let known = setting
                .choices
                .iter()
                .map(|choice| format!("`{choice}`"))
                .collect::<Vec<_>>()
                .join(", ");
            // What stands there is not repeated: it may be a secret in the wrong place.
            self.problem(
                at,
                "the value is not one of its choices",
                format!("choose one of {known}"),
            );
        }
    }
}

/// What may be read.
pub(super) fn known_connectors() -> String {
    let known = catalogue::ids()
        .map(|id| format!("`{id}`"))
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "there are {known}; `{}` reads files from a `url` and need not be named",
        catalogue::FILES
    )
}
