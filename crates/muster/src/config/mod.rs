//! The integration file: its text with the line of each setting. What its settings mean is checked in core.

mod catalogue;
mod document;
mod duplicate;
mod groups;
mod options;
mod proposal;
mod secret;
#[cfg(test)]
mod tests;
mod toml_text;

pub(crate) use catalogue::catalogue;
pub(crate) use groups::{GroupsFile, read_groups};
pub(crate) use options::{OptionText, OptionValue, read_options};
pub(crate) use proposal::{mapping, quoted};
pub(crate) use secret::{SecretProblem, Secrets};
pub(crate) use toml_text::to_toml;

use document::{Document, Settings as Written, from_toml, line_at};
use muster_core::{
    model::field::Schema,
    setup::settings::{
        FORM, IntegrationSettings, Purpose, RawSettings, SettingError, check_for, from_json,
    },
};
use muster_store::{IntegrationDraft, StoredSettings};
use std::{collections::BTreeMap, fmt, io::ErrorKind, path::Path};

/// The settings of an integration, ready to be used.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    pub(crate) settings: IntegrationSettings,
    /// As they are written, with paths that mean the same in every folder.
    pub(crate) raw: RawSettings,
    /// The certificate authority to trust, as PEM.
    pub(crate) ca_certificate: Option<String>,
    /// The lines of settings that name fields, where the settings come from a file.
    lines: BTreeMap<String, usize>,
}

/// One thing that is wrong with an integration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConfigProblem {
    /// Line of the file, from 1, where one is known.
    pub(crate) line: Option<usize>,
    /// The setting, such as `source.url`.
    pub(crate) key: String,
    pub(crate) message: String,
    pub(crate) advice: String,
}

impl ConfigProblem {
    pub(crate) fn new(key: &str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            line: None,
            key: key.to_owned(),
            message: message.into(),
            advice: advice.into(),
        }
    }

    /// Where it is and what is wrong, without the advice.
    pub(crate) fn place_and_message(&self) -> String {
        let line = self
            .line
            .map(|line| format!("line {line}: "))
            .unwrap_or_default();
        let key = if self.key.is_empty() {
            String::new()
        } else {
            format!("`{}`: ", self.key)
        };
        format!("{line}{key}{}", self.message)
    }
}

impl From<SettingError> for ConfigProblem {
    fn from(error: SettingError) -> Self {
        let SettingError { setting, issue } = error;
        Self::new(
            &setting,
            crate::text::settings::message(&issue),
            crate::text::settings::help(&setting, &issue),
        )
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.place_and_message(), self.advice)
    }
}

/// Reads and checks an integration file.
pub(crate) fn read(path: &Path) -> Result<Configuration, Vec<ConfigProblem>> {
    read_for(Purpose::Runs, path)
}

/// The same for one purpose.
pub(crate) fn read_for(purpose: Purpose, path: &Path) -> Result<Configuration, Vec<ConfigProblem>> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let message = format!(
            "the integration file `{}` cannot be read: {error}",
            path.display()
        );
        let advice = match error.kind() {
            ErrorKind::InvalidData => "save it as UTF-8 text",
            _ => "check the path",
        };
        vec![ConfigProblem::new("", message, advice)]
    })?;
    parse_for(purpose, &text, path.parent().unwrap_or(Path::new("")))
}

#[cfg(test)]
pub(crate) fn parse(text: &str, folder: &Path) -> Result<Configuration, Vec<ConfigProblem>> {
    parse_for(Purpose::Runs, text, folder)
}

/// The same for the text of a file; relative paths in it start at `folder`.
pub(crate) fn parse_for(
    purpose: Purpose,
    text: &str,
    folder: &Path,
) -> Result<Configuration, Vec<ConfigProblem>> {
    let document = Document::parse(text)?;
    let Written {
        mut raw,
        mut problems,
        mut left_out,
    } = document.settings();
    // Nobody knows what a preset that cannot be read would have filled in.
    if left_out.iter().any(|key| key == "preset") {
        left_out.push("mapping".to_owned());
    }
    let ca_certificate = certificate(&raw, folder);
    raw.resolve_paths(folder);
    let checked = check_for(purpose, &raw, catalogue());
    if let (Ok(settings), Ok(ca_certificate), true) =
        (&checked, &ca_certificate, problems.is_empty())
    {
        let line = |setting: &str| Some((setting.to_owned(), document.line(setting)?));
        return Ok(Configuration {
            lines: settings.named_settings().filter_map(line).collect(),
            settings: settings.clone(),
            ca_certificate: ca_certificate.clone(),
            raw,
        });
    }
    // What follows from a setting that was left out, or from one in it, is no news.
    let is_in = |inner: &str, outer: &str| {
        inner
            .strip_prefix(outer)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let is_news = |problem: &ConfigProblem| {
        !left_out
            .iter()
            .any(|key| is_in(&problem.key, key) || is_in(key, &problem.key))
    };
    let found = checked.err().into_iter().flatten().map(ConfigProblem::from);
    problems.extend(found.filter(is_news));
    problems.extend(ca_certificate.err());
    for problem in &mut problems {
        problem.line = problem.line.or_else(|| document.line(&problem.key));
    }
    problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
    Err(problems)
}

/// Stored settings as they were written.
pub(crate) fn raw_settings(stored: &StoredSettings) -> Result<RawSettings, Vec<ConfigProblem>> {
    read_form(&stored.integration, stored.form, &stored.settings)
}

fn read_form(
    integration: &str,
    form: i64,
    settings: &str,
) -> Result<RawSettings, Vec<ConfigProblem>> {
    let read = (form == FORM).then(|| from_json(settings));
    read.and_then(Result::ok).ok_or_else(|| {
        let message = format!(
            "the settings of `{integration}` have form {form}, and this version of Muster reads form {FORM}"
        );
        let help = "use the version of Muster that wrote them, or apply the files of the integrations again";
        vec![ConfigProblem::new("", message, help)]
    })
}

/// Reads the certificate authority that settings name, as PEM.
fn certificate(raw: &RawSettings, folder: &Path) -> Result<Option<String>, ConfigProblem> {
    let Some(path) = &raw.source.ca_certificate else {
        return Ok(None);
    };
    let read = std::fs::read_to_string(folder.join(path));
    read.map(Some).map_err(|error| {
        let message = format!("`{path}` cannot be read: {error}");
        ConfigProblem::new("source.ca_certificate", message, "check the path")
    })
}

impl Configuration {
    /// Settings as they are stored.
    pub(crate) fn stored(stored: &StoredSettings) -> Result<Self, Vec<ConfigProblem>> {
        Self::of(Purpose::Runs, raw_settings(stored)?)
    }

    /// Settings of an integration that is being set up, as far as a connection test needs them.
    pub(crate) fn draft(draft: &IntegrationDraft) -> Result<Self, Vec<ConfigProblem>> {
        let raw = read_form(&draft.name, draft.form, &draft.settings)?;
        Self::of(Purpose::Connection, raw)
    }

    fn of(purpose: Purpose, raw: RawSettings) -> Result<Self, Vec<ConfigProblem>> {
        let settings = check_for(purpose, &raw, catalogue()).map_err(|errors| {
            let problems = errors.into_iter().map(ConfigProblem::from);
            problems.collect::<Vec<_>>()
        })?;
        let ca_certificate = certificate(&raw, Path::new("")).map_err(|problem| vec![problem])?;
        Ok(Self {
            settings,
            raw,
            ca_certificate,
            lines: BTreeMap::new(),
        })
    }

    /// Settles what every field is in a workspace that has these fields (none: there is no workspace yet). Gives the
    /// keys of text fields that are to be created because the settings ask for it.
    pub(crate) fn resolve(
        &mut self,
        schema: Option<&Schema>,
    ) -> Result<Vec<String>, Vec<ConfigProblem>> {
        let lines = &self.lines;
        self.settings.resolve(schema).map_err(|errors| {
            let with_line = |error: SettingError| ConfigProblem {
                line: lines.get(&error.setting).copied(),
                ..ConfigProblem::from(error)
            };
            errors.into_iter().map(with_line).collect()
        })
    }
}
