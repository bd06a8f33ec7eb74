//! The configuration file: options that neither the command line nor the environment gives.
//!
//! Every option with an environment variable is a setting of the file. Names, checks and help texts are those of the command line;
//! there is no second list of them.

use super::Arguments;
use crate::{
    config::{ConfigProblem, OptionText, OptionValue, read_options},
    error::CommandError,
};
use clap::{
    Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches, builder::Resettable,
    parser::ValueSource,
};
use muster_core::setup::suggestion::nearest;
use std::{collections::BTreeMap, error::Error, ffi::OsString, path::PathBuf, process::ExitCode};

/// What is known of all commands, and of the service.
const SERVICE: &str = "serve";
/// The file cannot name itself.
const FILE: &str = "config";

impl Arguments {
    /// Reads the command line, the environment, and the configuration file. What cannot be used is reported.
    pub(crate) fn read() -> Result<Self, ExitCode> {
        let given: Vec<OsString> = std::env::args_os().collect();
        let matches = Self::command().get_matches_from(&given);
        let complete =
            with_file(given, &matches).map_err(|error| error.report(matches.get_flag("json")))?;
        let matches = Self::command().get_matches_from(complete);
        Self::from_arg_matches(&matches).map_err(|error| error.exit())
    }
}

/// A setting of the configuration file.
#[derive(Clone)]
struct Setting {
    /// As it is written in the file.
    name: String,
    option: Arg,
    is_of_every_command: bool,
}

/// The settings of the file, in the order of the help.
fn settings(command: &Command) -> Vec<Setting> {
    let setting = |option: &Arg, is_of_every_command| {
        let name = option.get_long().filter(|name| *name != FILE)?;
        option.get_env()?;
        Some(Setting {
            name: name.replace('-', "_"),
            option: option.clone(),
            is_of_every_command,
        })
    };
    let of_every_command = command.get_arguments().filter_map(|one| setting(one, true));
    let service = command.find_subcommand(SERVICE).into_iter();
    let of_service = service.flat_map(|service| {
        let options = service.get_arguments();
        options
            .filter_map(|one| setting(one, false))
            .collect::<Vec<_>>()
    });
    of_every_command.chain(of_service).collect()
}

/// The command line together with the options of the file.
fn with_file(given: Vec<OsString>, matches: &ArgMatches) -> Result<Vec<OsString>, CommandError> {
    let Some(path) = matches.get_one::<PathBuf>(FILE) else {
        return Ok(given);
    };
    let text = std::fs::read_to_string(path).map_err(|error| {
        CommandError::usage(
            format!(
                "the configuration file `{}` cannot be read: {error}",
                path.display()
            ),
            "check the path in --config or MUSTER_CONFIG",
        )
    })?;
    let command = Arguments::command();
    let values = read(&text, &settings(&command)).map_err(|problems| {
        let with_file = |problem: ConfigProblem| {
            let line = problem.line.map(|line| format!(":{line}"));
            let message = ConfigProblem {
                line: None,
                ..problem.clone()
            }
            .place_and_message();
            let place = format!("{}{}", path.display(), line.unwrap_or_default());
            ConfigProblem::new("", format!("{place}: {message}"), problem.advice)
        };
        CommandError::from(problems.into_iter().map(with_file).collect::<Vec<_>>())
    })?;
    Ok(complete(given, matches, &command, values))
}

/// A setting with the options that it stands for.
struct Value {
    setting: Setting,
    written: Vec<OsString>,
}

/// Reads the text of a file; everything that is wrong with it is reported at once.
fn read(text: &str, settings: &[Setting]) -> Result<Vec<Value>, Vec<ConfigProblem>> {
    let known: BTreeMap<&str, &Setting> = settings
        .iter()
        .map(|setting| (setting.name.as_str(), setting))
        .collect();
    let mut problems = Vec::new();
    let mut values = Vec::new();
    for option in read_options(text)? {
        let OptionText { name, line, value } = option;
        let written = match known.get(name.as_str()) {
            None => Err(unknown(&name, &known)),
            Some(setting) => written(setting, value).map(|written| Value {
                setting: (*setting).clone(),
                written,
            }),
        };
        match written {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(ConfigProblem {
                line: Some(line),
                ..problem
            }),
        }
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems)
    }
}

fn unknown(name: &str, known: &BTreeMap<&str, &Setting>) -> ConfigProblem {
    let advice = match nearest(name, known.keys().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let names: Vec<String> = known.keys().map(|name| format!("`{name}`")).collect();
            format!("the settings are {}", names.join(", "))
        }
    };
    ConfigProblem::new("", format!("there is no setting `{name}`"), advice)
}

/// A value as options of the command line.
fn written(setting: &Setting, value: OptionValue) -> Result<Vec<OsString>, ConfigProblem> {
    const HELP: &str = "docs/reference/configuration.md has the form of each setting";
    let problem = |message: String| ConfigProblem::new(&setting.name, message, HELP);
    let option = &setting.option;
    let long = option.get_long().unwrap_or_default();
    let is_list = matches!(option.get_action(), ArgAction::Append);
    let values = match (value, is_flag(option)) {
        (OptionValue::Flag(true), true) => return Ok(vec![format!("--{long}").into()]),
        (OptionValue::Flag(false), true) => return Ok(Vec::new()),
        (_, true) => return Err(problem("expected true or false".to_owned())),
        (OptionValue::Text(text), false) => vec![text],
        (OptionValue::List(list), false) if is_list => list,
        (OptionValue::List(_), false) => {
            return Err(problem("expected one value, not a list".to_owned()));
        }
        (OptionValue::Flag(_) | OptionValue::Other, false) => {
            return Err(problem("expected a text or a whole number".to_owned()));
        }
    };
    let mut written = Vec::new();
    for value in values {
        let text = OsString::from(format!("--{long}={value}"));
        let alone = Command::new(SERVICE).no_binary_name(true).arg(
            option
                .clone()
                .global(false)
                .env(Resettable::Reset)
                .conflicts_with(Resettable::Reset),
        );
        if let Err(error) = alone.try_get_matches_from([&text]) {
            let why = error.source().map(ToString::to_string);
            let why = why.unwrap_or_else(|| "a value is required".to_owned());
            return Err(problem(format!("`{value}` cannot be used: {why}")));
        }
        written.push(text);
    }
    Ok(written)
}

fn is_flag(option: &Arg) -> bool {
    matches!(option.get_action(), ArgAction::SetTrue)
}

/// Adds what is given nowhere else, and what the command knows.
fn complete(
    given: Vec<OsString>,
    matches: &ArgMatches,
    command: &Command,
    values: Vec<Value>,
) -> Vec<OsString> {
    let (name, of_command) = match matches.subcommand() {
        Some((name, matches)) => (name, Some(matches)),
        None => ("", None),
    };
    let is_known = |matches: &ArgMatches, id: &str| matches.try_contains_id(id).is_ok();
    let is_given = |id: &str| {
        let sources = [Some(matches), of_command].into_iter().flatten();
        let mut sources = sources.filter(|matches| is_known(matches, id));
        sources.any(|matches| {
            matches!(
                matches.value_source(id),
                Some(ValueSource::CommandLine | ValueSource::EnvVariable)
            )
        })
    };
    // A demo has a database of its own.
    let is_demo = name == SERVICE && is_given("demo");
    let mut first: Vec<OsString> = Vec::new();
    let mut last: Vec<OsString> = Vec::new();
    for Value { setting, written } in values {
        let id = setting.option.get_id().as_str();
        let excludes = |one: &Arg, other: &Arg| {
            let conflicts = command.get_arg_conflicts_with(one);
            conflicts.iter().any(|one| one.get_id() == other.get_id())
        };
        let is_replaced = is_given(id)
            || command.get_arguments().any(|other| {
                let is_excluded =
                    excludes(&setting.option, other) || excludes(other, &setting.option);
                is_excluded && is_given(other.get_id().as_str())
            });
        if setting.is_of_every_command && !is_demo && !is_replaced {
            first.extend(written);
        } else if !setting.is_of_every_command
            && of_command.is_some_and(|matches| is_known(matches, id))
            && !is_replaced
        {
            last.extend(written);
        }
    }
    let mut given = given.into_iter();
    let program = given.next().into_iter();
    program.chain(first).chain(given).chain(last).collect()
}

#[cfg(test)]
mod tests;
