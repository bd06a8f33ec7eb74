//! What settings say about the workspace of an integration.

use super::{super::raw::RawWorkspace, Checker, SettingIssue};
use crate::{
    derive::reporting_lines::ManagerLeft,
    model::workspace::{OffboardingHour, WorkspaceSettings},
};
use jiff::tz::TimeZone;

impl Checker<'_> {
    pub(super) fn workspace(&mut self, raw: &RawWorkspace) -> WorkspaceSettings {
        let mut settings = WorkspaceSettings::default();
        self.languages(raw, &mut settings);
        if let Some(zone) = &raw.time_zone {
            if TimeZone::get(zone).is_err() {
                let zone = zone.clone();
                self.problem("workspace.time_zone", SettingIssue::NotATimeZone { zone });
            }
            settings.time_zone.clone_from(zone);
        }
        settings.region.clone_from(&raw.region);
        if let Some(region) = &raw.region
            && crate::read::normalise::country(region, None).ok() != Some(region)
        {
            let region = region.clone();
            self.problem("workspace.region", SettingIssue::NotACountry { region });
        }
        if let Some(currency) = &raw.currency {
            if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
                let currency = currency.clone();
                self.problem(
                    "workspace.currency",
                    SettingIssue::NotACurrency { currency },
                );
            }
            settings.currency.clone_from(currency);
        }
        let left = [("keep", ManagerLeft::Keep), ("clear", ManagerLeft::Clear)];
        settings.manager_left =
            self.word("workspace.manager_left", raw.manager_left.as_deref(), &left);
        match raw.offboarding.as_deref() {
            None => {}
            Some("end_of_day") => settings.offboarding = OffboardingHour::EndOfDay,
            Some(text) => match hour(text) {
                Some(hour) => settings.offboarding = OffboardingHour::Utc(hour),
                None => {
                    let value = text.to_owned();
                    self.problem("workspace.offboarding", SettingIssue::NotAMoment { value });
                }
            },
        }
        settings
    }

    fn languages(&mut self, raw: &RawWorkspace, settings: &mut WorkspaceSettings) {
        if let Some(language) = &raw.language {
            settings.language.clone_from(language);
            settings.languages = vec![language.clone()];
        }
        if let Some(languages) = &raw.languages {
            settings.languages.clone_from(languages);
        }
        if !settings.languages.contains(&settings.language) {
            let language = settings.language.clone();
            let issue = SettingIssue::LanguageNotListed { language };
            self.problem("workspace.language", issue);
        }
    }
}

fn hour(text: &str) -> Option<u8> {
    let hour = text.strip_suffix(":00 UTC")?.parse().ok()?;
    (hour < 24).then_some(hour)
}
