//! From the integration file as written to settings that are known to be possible. Every problem is found
//! in one go.

use super::{
    ConfigProblem, IntegrationFile,
    check_mapping::named,
    raw::{RawFile, RawWorkspace},
};
use jiff::tz::TimeZone;
use muster_core::{
    derive::organisation::ManagerLeft,
    model::workspace::{OffboardingHour, WorkspaceSettings},
    setup::suggestion::nearest,
};
use std::path::Path;

/// Collects problems while settings are read.
pub(super) struct Checker<'a> {
    folder: &'a Path,
    problems: Vec<ConfigProblem>,
}

pub(super) fn check(raw: &RawFile, folder: &Path) -> Result<IntegrationFile, Vec<ConfigProblem>> {
    let mut checker = Checker {
        folder,
        problems: Vec::new(),
    };
    let file = checker.file(raw);
    if checker.problems.is_empty() {
        return Ok(file);
    }
    // Fields that only the workspace may know are told with the rest, not instead of it.
    checker.problems.extend(file.unknown_alone());
    Err(checker.problems)
}

impl Checker<'_> {
    pub(super) fn problem(
        &mut self,
        key: &str,
        message: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.problems.push(ConfigProblem::new(key, message, advice));
    }

    pub(super) fn note(&mut self, problem: ConfigProblem) {
        self.problems.push(problem);
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder
    }

    fn file(&mut self, raw: &RawFile) -> IntegrationFile {
        let workspace = raw
            .workspace
            .clone()
            .map(|short| short.0)
            .unwrap_or_default();
        for (key, value) in [
            ("workspace.name", &workspace.name),
            ("name", raw.name.as_ref().unwrap_or(&String::new())),
        ] {
            let plain =
                |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
            if value.is_empty() || !value.chars().all(plain) {
                self.problem(
                    key,
                    format!("`{value}` is not a name"),
                    "use letters, digits, `-`, `_` and `.`, as in `acme-hr`",
                );
            }
        }
        let own_fields = self.own_fields(raw);
        let mapping = self.mapping(raw);
        let file = IntegrationFile {
            settings: self.workspace(&workspace),
            retention: workspace.retention.as_ref().map(|raw| self.retention(raw)),
            groups: workspace.groups.clone().unwrap_or_default(),
            workspace: workspace.name,
            name: raw.name.clone().unwrap_or_default(),
            csv: self.csv(&raw.source, raw.preset.as_deref() == Some("alleo")),
            source: self.source(&raw.source),
            system: self.system(raw),
            secrets: self.secrets(raw),
            named: named(raw, &own_fields),
            create_fields: raw.create_fields.unwrap_or(false),
            companies: self.companies(&raw.company),
            own_fields,
            mapping,
            selection: raw
                .select
                .iter()
                .flatten()
                .filter_map(|rule| self.rule(rule))
                .collect(),
            policy: self.policy(raw),
            schedule: self.schedule(raw.schedule.as_deref().unwrap_or_default()),
        };
        self.credentials(&file);
        file
    }

    fn workspace(&mut self, raw: &RawWorkspace) -> WorkspaceSettings {
        let mut settings = WorkspaceSettings::default();
        if let Some(language) = &raw.language {
            settings.language.clone_from(language);
            settings.languages = vec![language.clone()];
        }
        if let Some(languages) = &raw.languages {
            settings.languages.clone_from(languages);
        }
        if !settings.languages.contains(&settings.language) {
            let message = format!(
                "the default language `{}` is not among `languages`",
                settings.language
            );
            self.problem("workspace.language", message, "add it to `languages`");
        }
        if let Some(zone) = &raw.time_zone {
            if TimeZone::get(zone).is_err() {
                self.problem(
                    "workspace.time_zone",
                    format!("`{zone}` is not a time zone"),
                    "use a name such as `Europe/Amsterdam`",
                );
            }
            settings.time_zone.clone_from(zone);
        }
        settings.region.clone_from(&raw.region);
        if let Some(region) = &raw.region
            && muster_core::read::normalise::country(region, None).ok() != Some(region)
        {
            self.problem(
                "workspace.region",
                format!("`{region}` is not a country code"),
                "use two capital letters, as in `NL`",
            );
        }
        if let Some(currency) = &raw.currency {
            if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
                self.problem(
                    "workspace.currency",
                    format!("`{currency}` is not a currency"),
                    "use an ISO 4217 code such as `EUR`",
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
            Some(text) => {
                match text
                    .strip_suffix(":00 UTC")
                    .and_then(|hour| hour.parse().ok())
                    .filter(|hour| *hour < 24)
                {
                    Some(hour) => settings.offboarding = OffboardingHour::Utc(hour),
                    None => self.problem(
                        "workspace.offboarding",
                        format!("`{text}` is not a moment"),
                        "use `23:00 UTC` or `end_of_day`",
                    ),
                }
            }
        }
        settings
    }

    /// Takes one word of a few; the first is the default.
    pub(super) fn word<T: Copy>(
        &mut self,
        key: &str,
        value: Option<&str>,
        words: &[(&str, T)],
    ) -> T {
        let Some(value) = value else {
            return words[0].1;
        };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == value) {
            return *meaning;
        }
        let known = words
            .iter()
            .map(|(word, _)| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let near = nearest(value, words.iter().map(|(word, _)| *word));
        let advice = near.map_or(format!("use one of {known}"), |near| {
            format!("did you mean `{near}`? Known are {known}")
        });
        self.problem(key, format!("`{value}` is not known here"), advice);
        words[0].1
    }
}
