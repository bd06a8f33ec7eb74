//! The answers, and the integration file that they make.

use super::questions::Questions;
use crate::{
    arguments::{Arguments, Init},
    config::catalogue,
    error::CommandError,
};
use muster_core::setup::listing::{Listing, Setting, SettingKind};
use std::collections::BTreeMap;

/// The answers by the whole name of a setting, such as `source.url`, as the file writes them.
pub(super) struct Answers {
    given: BTreeMap<String, String>,
}

/// Asks for what the options leave open.
pub(super) fn ask(
    arguments: &Arguments,
    init: &Init,
    questions: &mut Questions,
) -> Result<Answers, CommandError> {
    let mut given: BTreeMap<String, String> = init.set.iter().cloned().collect();
    let source = match &init.source {
        Some(source) => source.clone(),
        None => questions.ask("source.url", &source_question(), None)?,
    };
    let listing = listing(&source)?;
    if is_system(listing) {
        given.insert("source.connector".to_owned(), listing.id.to_owned());
    } else {
        given.entry("source.url".to_owned()).or_insert(source);
        given
            .entry("source.delimiter".to_owned())
            .or_insert_with(|| "auto".to_owned());
    }
    let stem = init
        .file
        .file_stem()
        .and_then(|stem| stem.to_str())
        .unwrap_or("people");
    given
        .entry("name".to_owned())
        .or_insert_with(|| stem.to_owned());
    let workspace = match &arguments.workspace {
        Some(workspace) => workspace.clone(),
        None => questions.ask(
            "workspace",
            "Workspace: a short name for the company",
            Some("main"),
        )?,
    };
    given.entry("workspace".to_owned()).or_insert(workspace);
    for setting in listing.settings {
        let path = listing.path(setting);
        if given.contains_key(&path) || !is_asked(listing, setting, &given) {
            continue;
        }
        let question = format!("{}: {}", setting.label, setting.help);
        let answer = match setting.is_secret() {
            true => questions.ask(
                &path,
                &secret_question(&question),
                Some(&secret_default(setting, stem)),
            )?,
            false => questions.ask(&path, &question, default(setting, &given).as_deref())?,
        };
        if !answer.is_empty() && answer != "none" {
            given.insert(path, answer);
        }
    }
    let mut answers = Answers {
        given: BTreeMap::new(),
    };
    for (path, answer) in given {
        let setting = listing
            .settings
            .iter()
            .find(|setting| listing.path(setting) == path);
        answers
            .given
            .insert(path.clone(), written(&path, setting, &answer)?);
    }
    Ok(answers)
}

impl Answers {
    pub(super) fn put(&mut self, path: &str, text: &str) {
        self.given.insert(path.to_owned(), quoted(text));
    }

    /// The integration file, without a mapping.
    pub(super) fn text(&self) -> String {
        let mut sections: BTreeMap<&str, String> = BTreeMap::new();
        for (path, value) in &self.given {
            let (section, key) = path.rsplit_once('.').unwrap_or(("", path));
            *sections.entry(section).or_default() += &format!("{key} = {value}\n");
        }
        let mut text = sections.remove("").unwrap_or_default();
        // The source first, as in the documentation.
        for name in ["source", "credentials"] {
            if let Some(lines) = sections.remove(name) {
                text += &format!("\n[{name}]\n{lines}");
            }
        }
        for (name, lines) in sections {
            text += &format!("\n[{name}]\n{lines}");
        }
        text
    }
}

fn source_question() -> String {
    let systems: Vec<&str> = catalogue().systems.iter().map(|system| system.id).collect();
    format!(
        "Source: {}, or the address of a folder or file that begins with sftp://, ftps://, ftp://, https:// or file:",
        systems.join(", ")
    )
}

fn is_system(listing: &Listing) -> bool {
    !listing.section.is_empty()
}

/// The HR system that is named, or the file transport of an address.
fn listing(source: &str) -> Result<&'static Listing, CommandError> {
    let all = catalogue();
    let scheme = source.split_once(':').map(|(scheme, _)| scheme);
    let named = |listing: &&Listing| scheme.unwrap_or(source).eq_ignore_ascii_case(listing.id);
    let found = match scheme {
        Some(_) => all.transports.iter().find(named),
        None => all.systems.iter().find(named),
    };
    found.ok_or_else(|| {
        CommandError::usage(
            format!(
                "`{source}` is neither an HR system that Muster reads nor the address of files"
            ),
            "write `file:PATH` for a folder or file on this machine, an address such as `sftp://host/folder`, or the name of an HR system",
        )
    })
}

/// Whether a setting is worth a question: the file can be completed later.
fn is_asked(listing: &Listing, setting: &Setting, given: &BTreeMap<String, String>) -> bool {
    let has = |key: &str| given.contains_key(key);
    match setting.key {
        "source.pattern" => given
            .get("source.url")
            .is_some_and(|url| !names_a_file(url)),
        "credentials.user" => true,
        "credentials.password" => has("credentials.user"),
        "credentials.private_key" => has("credentials.user") && !has("credentials.password"),
        "credentials.passphrase" => has("credentials.private_key"),
        _ => is_system(listing) && setting.is_required && setting.default.is_none(),
    }
}

fn names_a_file(url: &str) -> bool {
    let name = url.rsplit('/').next().unwrap_or(url);
    name.contains('.') && !name.contains(':')
}

/// What an empty answer means; none: there must be an answer.
fn default(setting: &Setting, given: &BTreeMap<String, String>) -> Option<String> {
    match setting.key {
        "source.pattern" => Some("*.csv".to_owned()),
        "credentials.user" => match given.get("source.url") {
            Some(url) if url.starts_with("sftp") => None,
            _ => Some(String::new()),
        },
        _ => setting.default.map(str::to_owned),
    }
}

fn secret_question(question: &str) -> String {
    format!(
        "{question}. It is not written into the file: answer `env:VARIABLE`, `file:PATH`, `command:COMMAND` or `none`"
    )
}

/// The environment variable that a secret is read from by default: `PEOPLE_PASSWORD`.
fn secret_default(setting: &Setting, stem: &str) -> String {
    let key = setting.key.rsplit('.').next().unwrap_or(setting.key);
    let plain = |character: char| match character.is_ascii_alphanumeric() {
        true => character.to_ascii_uppercase(),
        false => '_',
    };
    let name: String = format!("{stem}_{key}").chars().map(plain).collect();
    format!("env:{name}")
}

/// An answer as the file writes it.
fn written(path: &str, setting: Option<&Setting>, answer: &str) -> Result<String, CommandError> {
    let kind = setting.map(|setting| setting.kind);
    match kind {
        Some(SettingKind::Secret) => reference(path, answer),
        Some(SettingKind::Flag | SettingKind::Number) => Ok(answer.to_owned()),
        _ => Ok(quoted(answer)),
    }
}

fn reference(path: &str, answer: &str) -> Result<String, CommandError> {
    let found = answer
        .split_once(':')
        .filter(|(kind, rest)| matches!(*kind, "env" | "file" | "command") && !rest.is_empty());
    match found {
        Some((kind, rest)) => Ok(format!("{{ {kind} = {} }}", quoted(rest))),
        // The answer may be the secret itself: it is not repeated.
        None => Err(CommandError::usage(
            format!(
                "the answer for `{path}` does not say where the secret is; nothing was written"
            ),
            "answer `env:VARIABLE`, `file:PATH` or `command:COMMAND`; a secret is never written into an integration file",
        )),
    }
}

fn quoted(text: &str) -> String {
    crate::config::quoted(text)
}
