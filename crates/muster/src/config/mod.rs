//! The integration file: read as written (`raw`), then checked as a whole (`check`), once.

mod check;
mod check_connector;
mod check_credentials;
mod check_limits;
mod check_mapping;
mod check_policy;
mod check_retention;
mod check_schedule;
mod check_source;
mod companies;
mod document;
mod duplicate;
mod fields;
mod groups;
mod raw;
mod raw_test;
mod secret;
#[cfg(test)]
mod tests;

pub(crate) use fields::{KINDS, field_kind, is_key};
pub(crate) use groups::{GroupsFile, read_groups};
pub(crate) use secret::SecretReference;

use document::{Document, Settings as Written, from_toml, line_at};
use fields::NamedField;
use muster_connectors::{
    catalogue::{self, Listing},
    connector::{NetworkLimits, Settings},
    format::csv::CsvSettings,
    transport::SourceSettings,
};
use muster_core::{
    model::{
        company::Company,
        field::{FieldDefinition, Schema},
        workspace::WorkspaceSettings,
    },
    privacy::retention::Retention,
    read::normalise::{CountryNumbers, DecimalMark},
    setup::{
        integration::Rules,
        mapping::{BlankPolicy, FieldMapping, InvalidPolicy, Mapping, Source},
        policy::Policy,
        schedule::ScheduleEntry,
        selection::Rule,
    },
};
use std::{collections::BTreeMap, fmt, io::ErrorKind, path::Path};

/// Presets by name: files that fill in settings, in the same form.
const PRESETS: [(&str, &str); 2] = [
    ("alleo", include_str!("../presets/alleo.toml")),
    ("actimo", include_str!("../presets/actimo.toml")),
];

/// An integration as configured.
#[derive(Clone, Debug)]
pub(crate) struct IntegrationFile {
    pub(crate) workspace: String,
    pub(crate) settings: WorkspaceSettings,
    pub(crate) retention: Option<Retention>,
    pub(crate) groups: Vec<String>,
    pub(crate) own_fields: Vec<FieldDefinition>,
    pub(crate) companies: Vec<Company>,
    create_fields: bool,
    named: Vec<NamedField>,
    pub(crate) name: String,
    pub(crate) source: SourceSettings,
    pub(crate) csv: CsvSettings,
    /// The HR system that is read instead of files.
    pub(crate) system: Option<SystemSection>,
    pub(crate) secrets: SecretReferences,
    mapping: Vec<MappingByKey>,
    selection: Vec<Rule>,
    policy: Policy,
    /// When a service is to run the integration.
    pub(crate) schedule: Vec<ScheduleEntry>,
}

/// An HR system, with what its connector asks for.
#[derive(Clone, Debug)]
pub(crate) struct SystemSection {
    pub(crate) listing: &'static Listing,
    pub(crate) plain: BTreeMap<String, String>,
    pub(crate) secrets: BTreeMap<String, SecretReference>,
    /// PEM.
    pub(crate) ca_certificate: Option<String>,
    pub(crate) limits: NetworkLimits,
}

impl SystemSection {
    /// What is filled in, with the secrets from where they are.
    pub(crate) fn answers(
        &self,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Settings, Vec<ConfigProblem>> {
        let plain = self.plain.iter();
        let mut answers = plain.fold(Settings::default(), |answers, (key, value)| {
            answers.with(key, value)
        });
        let mut problems = Vec::new();
        for (key, reference) in &self.secrets {
            match reference.resolve(&format!("source.{key}"), environment) {
                Ok(secret) => answers = answers.with_secret(key, secret),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() {
            Ok(answers)
        } else {
            Err(problems)
        }
    }
}

/// Where the credentials are.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecretReferences {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<SecretReference>,
    pub(crate) private_key: Option<SecretReference>,
    pub(crate) passphrase: Option<SecretReference>,
}

/// A field mapping whose field is not numbered yet: the numbers are the database's.
#[derive(Clone, Debug)]
struct MappingByKey {
    key: String,
    source: Source,
    values: BTreeMap<String, String>,
    format: Option<String>,
    blank: Option<BlankPolicy>,
    invalid: Option<InvalidPolicy>,
    required: bool,
    no_date: Vec<String>,
    decimal: DecimalMark,
    digits: Option<CountryNumbers>,
    /// Whether the field may change for everyone.
    volatile: bool,
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
    fn new(key: &str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            line: None,
            key: key.to_owned(),
            message: message.into(),
            advice: advice.into(),
        }
    }
}

impl ConfigProblem {
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

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.place_and_message(), self.advice)
    }
}

/// Reads and checks an integration file.
pub(crate) fn read(path: &Path) -> Result<IntegrationFile, Vec<ConfigProblem>> {
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
    parse(&text, path.parent().unwrap_or(Path::new("")))
}

/// The same for the text of a file; relative paths in it start at `folder`.
pub(crate) fn parse(text: &str, folder: &Path) -> Result<IntegrationFile, Vec<ConfigProblem>> {
    let document = Document::parse(text)?;
    let Written {
        mut raw,
        mut problems,
        mut left_out,
    } = document.settings();
    if let Some(name) = &raw.preset {
        match PRESETS.iter().find(|(known, _)| known == name) {
            Some((_, preset)) => {
                let preset = Document::parse(preset)?.settings();
                problems.extend(preset.problems);
                raw.fill_in(&preset.raw);
            }
            None => {
                let message = format!("there is no preset `{name}`");
                problems.push(ConfigProblem::new(
                    "preset",
                    message,
                    "use `alleo` or `actimo`",
                ));
                left_out.push("preset".to_owned());
            }
        }
    }
    if let Some(listing) = raw.source.connector.as_deref().and_then(catalogue::find) {
        let defaults = Document::parse(listing.mapping)?.settings();
        problems.extend(defaults.problems);
        raw.fill_in_beside(&defaults.raw);
    }
    // Nobody knows what a preset that cannot be read would have filled in.
    if left_out.iter().any(|key| key == "preset") {
        left_out.push("mapping".to_owned());
    }
    let checked = check::check(&raw, folder);
    if let (Ok(file), true) = (&checked, problems.is_empty()) {
        let mut file = file.clone();
        file.named
            .iter_mut()
            .for_each(|named| named.line = document.line(&named.setting));
        return Ok(file);
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
    problems.extend(checked.err().into_iter().flatten().filter(is_news));
    for problem in &mut problems {
        problem.line = problem.line.or_else(|| document.line(&problem.key));
    }
    problems.sort_by_key(|problem| problem.line.unwrap_or(usize::MAX));
    Err(problems)
}

impl IntegrationFile {
    /// The rules of the integration, with fields numbered as in the database.
    pub(crate) fn rules(&self, schema: &Schema) -> Rules {
        let entries = self.mapping.iter().filter_map(|mapping| {
            Some(FieldMapping {
                field: schema.find(&mapping.key)?,
                source: mapping.source.clone(),
                values: mapping.values.clone(),
                format: mapping.format.clone(),
                blank: mapping.blank,
                invalid: mapping.invalid,
                required: mapping.required,
                no_date: mapping.no_date.clone(),
                decimal: mapping.decimal,
                digits: mapping.digits,
            })
        });
        // By number, so that a renamed key is the same mapping.
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| entry.field);
        let mut policy = self.policy.clone();
        let volatile = self.mapping.iter().filter(|mapping| mapping.volatile);
        policy.limits.volatile = volatile
            .filter_map(|mapping| schema.find(&mapping.key))
            .collect();
        Rules {
            mapping: Mapping { entries },
            selection: self.selection.clone(),
            policy,
        }
    }
}
