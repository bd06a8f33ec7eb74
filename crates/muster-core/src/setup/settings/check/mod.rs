//! From settings as they are written to settings that are known to be possible. Every problem is found in one go.

mod company;
mod connector;
mod credentials;
mod limits;
mod mapping;
mod policy;
mod remote;
mod retention;
mod schedule;
mod source;
mod workspace;

pub use remote::check_remote;

use super::{
    checked::{Expectation, IntegrationSettings, SourceKind},
    issue::{SettingError, SettingIssue},
    raw::RawSettings,
};
use crate::{
    model::workspace::is_plain_name,
    setup::{listing::Catalogue, suggestion::nearest},
};
use mapping::named;

/// Collects problems while settings are read.
struct Checker<'a> {
    catalogue: &'a Catalogue,
    problems: Vec<SettingError>,
}

/// Checks settings as a whole, with what their preset and their connector fill in.
pub fn check(
    raw: &RawSettings,
    catalogue: &Catalogue,
) -> Result<IntegrationSettings, Vec<SettingError>> {
    check_for(Purpose::Runs, raw, catalogue)
}

/// What settings must be good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Syncing employees.
    Runs,
    /// Testing the connection, before the required fields are mapped: the test proposes a mapping.
    Connection,
}

/// Like [`check`], for one purpose.
pub fn check_for(
    purpose: Purpose,
    raw: &RawSettings,
    catalogue: &Catalogue,
) -> Result<IntegrationSettings, Vec<SettingError>> {
    let mut checker = Checker {
        catalogue,
        problems: Vec::new(),
    };
    let mut filled = raw.clone();
    let is_preset_known = checker.fill_in(&mut filled);
    let settings = checker.settings(&filled);
    let mut problems = checker.problems;
    if purpose == Purpose::Connection {
        problems.retain(|problem| !matches!(problem.issue, SettingIssue::NotMapped { .. }));
    }
    if problems.is_empty() {
        return Ok(settings);
    }
    // Fields that only the workspace may know are reported with the rest, not instead of it.
    problems.extend(settings.unknown_alone());
    if !is_preset_known {
        // Nobody knows what the preset would have mapped.
        problems.retain(|problem| {
            let setting = problem.setting.as_str();
            setting != "mapping" && !setting.starts_with("mapping.")
        });
    }
    Err(problems)
}

impl Checker<'_> {
    fn problem(&mut self, setting: &str, issue: SettingIssue) {
        self.problems.push(SettingError::new(setting, issue));
    }

    /// Fills in what the settings leave open; false: the preset does not exist.
    fn fill_in(&mut self, raw: &mut RawSettings) -> bool {
        let mut is_preset_known = true;
        if let Some(name) = raw.preset.clone() {
            match self.catalogue.preset(&name) {
                Some(preset) => raw.fill_in(preset),
                None => {
                    is_preset_known = false;
                    self.problem("preset", SettingIssue::UnknownPreset { name });
                }
            }
        }
        let connector = raw.source.connector.as_deref();
        if let Some(listing) = connector.and_then(|id| self.catalogue.system(id)) {
            raw.fill_in_beside(&listing.defaults);
        }
        is_preset_known
    }

    fn settings(&mut self, raw: &RawSettings) -> IntegrationSettings {
        let workspace = raw
            .workspace
            .clone()
            .map(|short| short.0)
            .unwrap_or_default();
        for (setting, value) in [
            ("workspace.name", &workspace.name),
            ("name", raw.name.as_ref().unwrap_or(&String::new())),
        ] {
            if !is_plain_name(value) {
                let value = value.clone();
                self.problem(setting, SettingIssue::NotAName { value });
            }
        }
        let own_fields = self.own_fields(raw);
        let mapping = self.mapping(raw);
        let workspace_settings = self.workspace(&workspace);
        let retention = self.retention_of(&workspace);
        let files = self.files(raw);
        let system = self.system(raw);
        let rules = raw.select.iter().flatten();
        let settings = IntegrationSettings {
            workspace_settings,
            retention,
            groups: workspace.groups.clone().unwrap_or_default(),
            workspace: workspace.name,
            name: raw.name.clone().unwrap_or_default(),
            source: match system {
                Some(system) => SourceKind::System(Box::new(system)),
                None => SourceKind::Files(Box::new(files)),
            },
            named: named(raw, &own_fields),
            create_fields: raw.create_fields.unwrap_or(false),
            companies: self.companies(&raw.company),
            own_fields,
            mapping,
            selection: rules.filter_map(|rule| self.rule(rule)).collect(),
            policy: self.policy(raw),
            schedule: self.schedule(raw),
            expect: self.expectation(raw.source.expect.as_deref()),
            reports_unchanged: self.word(
                "source.unchanged",
                raw.source.unchanged.as_deref(),
                &[("ignore", false), ("report", true)],
            ),
        };
        if raw.source.connector.is_none()
            && let Some(files) = settings.files()
        {
            self.credentials(files);
        }
        settings
    }

    fn expectation(&mut self, word: Option<&str>) -> Option<Expectation> {
        let words = [
            ("never", None),
            ("every slot", Some(Expectation::EverySlot)),
            ("daily", Some(Expectation::Daily)),
            ("weekly", Some(Expectation::Weekly)),
            ("monthly", Some(Expectation::Monthly)),
        ];
        self.word("source.expect", word, &words)
    }

    /// Takes one word of a few; the first is the default.
    fn word<T: Copy>(&mut self, setting: &str, value: Option<&str>, words: &[(&str, T)]) -> T {
        let Some(value) = value else {
            return words[0].1;
        };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == value) {
            return *meaning;
        }
        let issue = SettingIssue::UnknownWord {
            value: value.to_owned(),
            known: words.iter().map(|(word, _)| (*word).to_owned()).collect(),
            near: nearest(value, words.iter().map(|(word, _)| *word)).map(str::to_owned),
        };
        self.problem(setting, issue);
        words[0].1
    }
}
