//! The text of an integration file with the places of its settings. However much of it is wrong, the rest is
//! read: what cannot be is told with its line and left out, so that every problem is known at once.

use super::{ConfigProblem, duplicate};
use muster_core::setup::{listing::FILES, settings::RawSettings, suggestion::nearest};
use serde::{Deserialize, de::DeserializeOwned};
use std::{borrow::Cow, ops::Range};
use toml::{
    Spanned,
    de::{DeArray, DeTable, DeValue},
};

/// An integration file as TOML.
pub(super) struct Document<'t> {
    text: &'t str,
    root: Spanned<DeTable<'t>>,
}

/// What an integration file says.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// What could be read.
    pub(super) raw: RawSettings,
    pub(super) problems: Vec<ConfigProblem>,
    /// The settings that were left out because of these problems: that they are missing is no news.
    pub(super) left_out: Vec<String>,
}

/// One step from a table or list to what is in it: a key, or a position in digits.
pub(super) type Path = Vec<String>;

impl<'t> Document<'t> {
    /// Reads the text; everything that is no TOML is told at once.
    pub(super) fn parse(text: &'t str) -> Result<Self, Vec<ConfigProblem>> {
        let (root, errors) = DeTable::parse_recoverable(text);
        if errors.is_empty() {
            return Ok(Self { text, root });
        }
        let reported =
            |error| duplicate::reported(text, error).unwrap_or_else(|| problem(text, "", error));
        let mut problems: Vec<_> = errors.iter().map(reported).collect();
        problems.sort_by_key(|problem| problem.line);
        Err(problems)
    }

    /// What is written on the top level, with the lines.
    pub(super) fn top(&self) -> impl Iterator<Item = (&str, usize, &DeValue<'t>)> {
        self.root.get_ref().iter().map(|(name, value)| {
            let line = line(self.text, &name.span());
            (name.get_ref().as_ref(), line, value.get_ref())
        })
    }

    /// The settings that can be read, and what is wrong with the others.
    pub(super) fn settings(&self) -> Settings {
        let mut rest = self.root.clone();
        set_answers_apart(rest.get_mut());
        days_as_text(rest.get_mut());
        let mut settings = Settings::default();
        loop {
            let error = match RawSettings::deserialize(toml::Deserializer::from(rest.clone())) {
                Ok(raw) => return Settings { raw, ..settings },
                Err(error) => error,
            };
            let culprit = error
                .span()
                .and_then(|span| narrowest(rest.get_ref(), &span))
                .unwrap_or_default();
            let key =
                shown(rest.get_ref(), &culprit).replacen(&format!("{ANSWERS}."), "source.", 1);
            // What is missing because it was left out has been told.
            let missing = error
                .message()
                .strip_prefix("missing field `")
                .and_then(|rest| rest.split('`').next());
            if missing.is_none_or(|name| !settings.left_out.contains(&format!("{key}.{name}"))) {
                settings.problems.push(problem(self.text, &key, &error));
            }
            if !remove(rest.get_mut(), &culprit) {
                return settings;
            }
            settings.left_out.push(key);
        }
    }

    /// The line of a setting such as `source.url`, or of the nearest table around it.
    pub(super) fn line(&self, key: &str) -> Option<usize> {
        let mut found = None;
        let mut table = self.root.get_ref();
        let mut parts = key.split('.').peekable();
        while let Some(part) = parts.next() {
            let Some((name, value)) = table
                .iter()
                .find(|(name, _)| name.get_ref().as_ref() == part)
            else {
                break;
            };
            found = Some(name.span());
            table = match value.get_ref() {
                DeValue::Table(inner) => inner,
                // A rule is known by its column, a company by its id.
                DeValue::Array(rules) => {
                    let column = parts.collect::<Vec<_>>().join(".");
                    let rule = rules
                        .iter()
                        .find(|rule| column_of(rule.get_ref()) == Some(&column));
                    found = rule.map(|rule| rule.span()).or(found);
                    break;
                }
                _ => break,
            };
        }
        found.map(|span| line(self.text, &span))
    }
}

/// Where the settings of a connector are put, which no file can name.
const ANSWERS: &str = "source.connector";

/// What [source] says to an HR system's connector is a form of its own: which settings there are, the catalogue knows.
fn set_answers_apart(root: &mut DeTable<'_>) {
    let Some(source) = root.get_mut("source") else {
        return;
    };
    let span = source.span();
    let DeValue::Table(table) = source.get_mut() else {
        return;
    };
    if !table.contains_key("connector") {
        return;
    }
    if table.get("connector").and_then(|id| id.get_ref().as_str()) == Some(FILES) {
        table.remove("connector");
        return;
    }
    let ours = [
        "connector",
        "ca_certificate",
        "limits",
        "expect",
        "unchanged",
    ];
    let theirs: Vec<_> = table
        .keys()
        .filter(|key| !ours.contains(&key.get_ref().as_ref()))
        .cloned()
        .collect();
    let mut answers = DeTable::new();
    for key in theirs {
        if let Some(value) = table.remove(&key) {
            answers.insert(key, value);
        }
    }
    root.insert(
        Spanned::new(span.clone(), Cow::Borrowed(ANSWERS)),
        Spanned::new(span, DeValue::Table(answers)),
    );
}

/// Only TOML has a type for days; settings have them as texts.
fn days_as_text(root: &mut DeTable<'_>) {
    let Some(DeValue::Array(companies)) = root.get_mut("company").map(Spanned::get_mut) else {
        return;
    };
    for company in companies.iter_mut() {
        let DeValue::Table(company) = company.get_mut() else {
            continue;
        };
        for name in ["valid_from", "valid_to"] {
            if let Some(value) = company.get_mut(name).map(Spanned::get_mut)
                && let DeValue::Datetime(day) = value
            {
                *value = DeValue::String(Cow::Owned(day.to_string()));
            }
        }
    }
}

/// Reads a file of another kind, of which the first problem is told.
pub(super) fn from_toml<T: DeserializeOwned>(text: &str) -> Result<T, ConfigProblem> {
    toml::from_str(text).map_err(|error| {
        duplicate::reported(text, &error).unwrap_or_else(|| problem(text, "", &error))
    })
}

/// The line, from 1, on which a byte stands.
pub(super) fn line_at(text: &str, byte: usize) -> usize {
    line(text, &(byte..byte))
}

/// A path as people read it: a rule has the name of its column, a company its id.
pub(super) fn shown(root: &DeTable<'_>, path: &Path) -> String {
    let mut parts: Vec<Cow<'_, str>> = Vec::new();
    let mut at: Option<&DeValue<'_>> = None;
    for part in path {
        at = match at {
            None => root.get(part.as_str()),
            Some(DeValue::Table(table)) => table.get(part.as_str()),
            Some(DeValue::Array(list)) => {
                part.parse().ok().and_then(|number: usize| list.get(number))
            }
            Some(_) => None,
        }
        .map(Spanned::get_ref);
        parts.push(match (part.parse::<usize>(), at.and_then(column_of)) {
            (Ok(_), Some(column)) => column.into(),
            (Ok(position), None) => (position + 1).to_string().into(),
            (Err(_), _) => part.into(),
        });
    }
    parts.join(".")
}

fn column_of<'v>(rule: &'v DeValue<'_>) -> Option<&'v str> {
    let rule = rule.as_table()?;
    rule.get("column")
        .or_else(|| rule.get("id"))?
        .get_ref()
        .as_str()
}

pub(super) fn line(text: &str, span: &Range<usize>) -> usize {
    text[..span.start.min(text.len())].matches('\n').count() + 1
}

/// The path of the smallest setting whose key or value has a place in it.
pub(super) fn narrowest(root: &DeTable<'_>, place: &Range<usize>) -> Option<Path> {
    let mut found: Option<(usize, Path)> = None;
    let mut look_at = |span: Range<usize>, path: &Path| {
        let has_it = span.start <= place.start && place.end <= span.end;
        if has_it && found.as_ref().is_none_or(|(size, _)| span.len() <= *size) {
            found = Some((span.len(), path.clone()));
        }
    };
    walk(root, &mut Path::new(), &mut look_at);
    found.map(|(_, path)| path)
}

fn walk(table: &DeTable<'_>, path: &mut Path, look_at: &mut dyn FnMut(Range<usize>, &Path)) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        look_at(key.span(), path);
        look_at(value.span(), path);
        match value.get_ref() {
            DeValue::Table(inner) => walk(inner, path, look_at),
            DeValue::Array(list) => {
                for (number, element) in list.iter().enumerate() {
                    let Some(inner) = element.get_ref().as_table() else {
                        continue;
                    };
                    path.push(number.to_string());
                    look_at(element.span(), path);
                    walk(inner, path, look_at);
                    path.pop();
                }
            }
            _ => {}
        }
        path.pop();
    }
}

/// Takes a setting out; false if it is not there.
fn remove(table: &mut DeTable<'_>, path: &[String]) -> bool {
    let [first, rest @ ..] = path else {
        return false;
    };
    if rest.is_empty() {
        return table.remove(first.as_str()).is_some();
    }
    let Some(value) = table.get_mut(first.as_str()) else {
        return false;
    };
    match (value.get_mut(), rest) {
        (DeValue::Table(inner), rest) => remove(inner, rest),
        (DeValue::Array(list), [number, rest @ ..]) => {
            let number: usize = number.parse().unwrap_or(usize::MAX);
            if let Some(element) = list.get_mut(number).filter(|_| !rest.is_empty()) {
                return if let DeValue::Table(inner) = element.get_mut() {
                    remove(inner, rest)
                } else {
                    false
                };
            }
            let before = list.len();
            let kept = std::mem::replace(list, DeArray::new())
                .into_iter()
                .enumerate()
                .filter(|(at, _)| *at != number);
            *list = kept.map(|(_, element)| element).collect();
            list.len() < before
        }
        _ => false,
    }
}

fn problem(text: &str, key: &str, error: &toml::de::Error) -> ConfigProblem {
    let at = error.span().map(|span| line(text, &span));
    ConfigProblem {
        line: at,
        ..explain(key, &error.message().replace('\n', " "))
    }
}

/// Turns the parser's message into one about the setting, with the nearest name for one that does not exist.
fn explain(key: &str, message: &str) -> ConfigProblem {
    let mut names = message.split('`').skip(1).step_by(2);
    if let (true, Some(unknown)) = (message.starts_with("unknown field"), names.next()) {
        let known: Vec<&str> = names.collect();
        let near = nearest(unknown, known.iter().copied());
        let list = known
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", ");
        let advice = near.map_or(format!("the settings of this table are {list}"), |near| {
            format!("did you mean `{near}`?")
        });
        return ConfigProblem::new(key, format!("there is no setting `{unknown}`"), advice);
    }
    // What stands there is not repeated: it may be a secret in the wrong place.
    let message = match message.split_once(", expected ") {
        Some((wrong, expected)) if wrong.starts_with("invalid ") => {
            format!("expected {}", in_plain_words(expected))
        }
        _ => missing_setting(message),
    };
    ConfigProblem::new(
        key,
        message,
        "correct the line; see docs/integration-file.md for the form of each setting",
    )
}

/// The message about a setting that a table must have, in the order of the other messages.
fn missing_setting(message: &str) -> String {
    match message.strip_prefix("missing field ") {
        Some(setting) => format!("the setting {setting} is missing"),
        None => message.to_owned(),
    }
}

/// What the parser calls by the names of programs.
fn in_plain_words(expected: &str) -> &str {
    match expected {
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "a table",
        "f64" => "a number",
        "usize" | "u16" | "u32" | "u64" => "a whole number that is not negative",
        _ if expected.starts_with("struct ") => "a table",
        _ => expected,
    }
}
