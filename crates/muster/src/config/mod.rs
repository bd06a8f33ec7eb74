//! The integration file: read as written (`raw`), then checked as a whole (`check`), once.

mod check;
mod check_policy;
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

use fields::NamedField;
use muster_connectors::{format::csv::CsvSettings, transport::SourceSettings};
use muster_core::{
    field::{FieldDefinition, Schema},
    integration::Rules,
    mapping::{BlankPolicy, FieldMapping, InvalidPolicy, Mapping, Source},
    policy::Policy,
    selection::Rule,
    suggestion::nearest,
    workspace::WorkspaceSettings,
};
use raw::RawFile;
use serde::de::DeserializeOwned;
use std::{collections::BTreeMap, fmt, path::Path};

/// Presets by name: files that fill in settings, in the same form.
const PRESETS: [(&str, &str); 2] =
    [("alleo", include_str!("../presets/alleo.toml")), ("actimo", include_str!("../presets/actimo.toml"))];

/// An integration as configured.
#[derive(Clone, Debug)]
pub(crate) struct IntegrationFile {
    pub(crate) workspace: String,
    pub(crate) settings: WorkspaceSettings,
    pub(crate) groups: Vec<String>,
    pub(crate) own_fields: Vec<FieldDefinition>,
    create_fields: bool,
    named: Vec<NamedField>,
    pub(crate) name: String,
    pub(crate) source: SourceSettings,
    pub(crate) csv: CsvSettings,
    pub(crate) secrets: SecretReferences,
    mapping: Vec<MappingByKey>,
    selection: Vec<Rule>,
    policy: Policy,
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
        Self { line: None, key: key.to_owned(), message: message.into(), advice: advice.into() }
    }
}

impl ConfigProblem {
    /// Where it is and what is wrong, without the advice.
    pub(crate) fn place_and_message(&self) -> String {
        let line = self.line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let key = if self.key.is_empty() { String::new() } else { format!("`{}`: ", self.key) };
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
        let message = format!("the integration file `{}` cannot be read: {error}", path.display());
        vec![ConfigProblem::new("", message, "check the path")]
    })?;
    parse(&text, path.parent().unwrap_or(Path::new("")))
}

/// The same for the text of a file; relative paths in it start at `folder`.
pub(crate) fn parse(text: &str, folder: &Path) -> Result<IntegrationFile, Vec<ConfigProblem>> {
    let mut raw: RawFile = from_toml(text).map_err(|problem| vec![problem])?;
    if let Some(name) = &raw.preset {
        let Some((_, preset)) = PRESETS.iter().find(|(known, _)| known == name) else {
            return Err(vec![ConfigProblem::new(
                "preset",
                format!("there is no preset `{name}`"),
                "use `alleo` or `actimo`",
            )]);
        };
        let preset: RawFile = from_toml(preset).map_err(|problem| vec![problem])?;
        raw.fill_in(&preset);
    }
    let mut checked = check::check(&raw, folder);
    match &mut checked {
        Ok(file) => file.named.iter_mut().for_each(|named| named.line = line_of(text, &named.setting)),
        Err(problems) => problems.iter_mut().for_each(|problem| problem.line = line_of(text, &problem.key)),
    }
    checked
}

fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, ConfigProblem> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| line_at(text, span.start));
        let message = error.message().replace('\n', " ");
        ConfigProblem { line, ..explain(&message) }
    })
}

/// The line, from 1, on which a byte stands.
fn line_at(text: &str, byte: usize) -> usize {
    text.as_bytes()[..byte.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// Turns the parser's message about an unknown setting into one with the nearest name.
fn explain(message: &str) -> ConfigProblem {
    let mut names = message.split('`').skip(1).step_by(2);
    if let (true, Some(unknown)) = (message.starts_with("unknown field"), names.next()) {
        let known: Vec<&str> = names.collect();
        let near = nearest(unknown, known.iter().copied());
        let list = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let advice = near.map_or(format!("known here are {list}"), |near| format!("did you mean `{near}`?"));
        return ConfigProblem::new("", format!("there is no setting `{unknown}`"), advice);
    }
    // What stands there is not repeated: it may be a secret in the wrong place.
    let message = match message.split_once(", expected ") {
        Some((wrong, expected)) if wrong.starts_with("invalid ") => {
            format!("this is not what may stand here: expected {expected}")
        }
        _ => message.to_owned(),
    };
    ConfigProblem::new(
        "",
        message,
        "correct the line; docs has a page on every kind of file with the form of each setting",
    )
}

/// The line on which a setting is written: its section first, then its key.
fn line_of(text: &str, key: &str) -> Option<usize> {
    let mut parts: Vec<&str> = key.split('.').collect();
    let name = parts.pop()?;
    let section = parts.join(".");
    let mut here = String::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            here = header.trim_matches(['[', ']', ' ']).to_owned();
            if here == key {
                return Some(number);
            }
        } else if here == section && line.split('=').next().is_some_and(|found| found.trim().trim_matches('"') == name)
        {
            return Some(number);
        }
    }
    None
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
            })
        });
        // By number, so that a renamed key is the same mapping.
        let mut entries: Vec<_> = entries.collect();
        entries.sort_by_key(|entry| entry.field);
        Rules { mapping: Mapping { entries }, selection: self.selection.clone(), policy: self.policy.clone() }
    }
}
