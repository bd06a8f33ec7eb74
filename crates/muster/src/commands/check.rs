//! `muster check`: validates an integration file without connecting or writing.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    config::{ConfigProblem, Configuration, Secrets},
    error::CommandError,
    text,
    wiring::{self, environment, refuse_other_workspace},
};
use muster_connectors::{catalogue, connector::ConnectorError};
use muster_core::{
    model::{
        field::Schema,
        problem::{Detail, api},
        response::{self, CheckAnswer},
    },
    setup::settings::{SecretReference, SourceKind},
};
use muster_store::{Options, Store};
use secrecy::SecretString;
use std::{path::Path, process::ExitCode};

/// Fields that the file does not define may be the workspace's, if there is a database to ask.
fn resolved(
    arguments: &Arguments,
    mut file: Configuration,
) -> Result<Configuration, Vec<ConfigProblem>> {
    let store = Store::open_read_only(&arguments.database, Options::default()).ok();
    let workspace = store
        .and_then(|store| store.workspace(&file.settings.workspace).ok())
        .flatten();
    file.resolve(workspace.as_ref().map(|workspace| &workspace.schema))?;
    if let Some(workspace) = workspace {
        // Only for the count below: what the workspace has already need not be in the file.
        file.settings
            .own_fields
            .extend(workspace.schema.own().map(|(_, field)| field.clone()));
    }
    Ok(file)
}

/// Whether the source has its credentials and can use them, so that a missing secret or a key that cannot be decrypted is
/// reported now and not by the next scheduled run. Nothing is sent.
fn check_credentials(
    arguments: &Arguments,
    file: &Configuration,
) -> Result<(), Vec<ConfigProblem>> {
    let names = stored_names(arguments, file);
    // A stored secret is known to be there, and not decrypted.
    let stored = |setting: &str| {
        let is_there = names.iter().any(|name| name == setting);
        Ok(is_there.then(SecretString::default))
    };
    let secrets = Secrets {
        environment: &environment,
        stored: &stored,
    };
    let system = match &file.settings.source {
        SourceKind::Files(files) => return secrets.credentials(&files.credentials).map(drop),
        SourceKind::System(system) => system,
    };
    let answers = secrets.answers(system)?;
    let references = system.secrets.values();
    if references
        .into_iter()
        .any(|one| *one == SecretReference::Stored)
    {
        return Ok(());
    }
    let unusable = |error: ConnectorError| {
        let (key, message) = match &error.problem.detail {
            Detail::Api(api::Detail::Setting(setting)) => (
                format!("source.{}", setting.key),
                text::api::fault(&setting.fault),
            ),
            _ => ("source".to_owned(), text::message(&error.problem)),
        };
        let help = text::help(&error.problem);
        vec![ConfigProblem::new(&key, message, help)]
    };
    match catalogue::find(&system.connector) {
        Some(listing) => (listing.open)(&answers).map(drop).map_err(unusable),
        None => Ok(()),
    }
}

/// The settings of the integration for which a secret is stored.
fn stored_names(arguments: &Arguments, file: &Configuration) -> Vec<String> {
    let settings = &file.settings;
    let store = Store::open_read_only(&arguments.database, Options::default());
    let found = store.and_then(|store| {
        let workspace = store.workspace(&settings.workspace)?;
        let workspace = workspace.map(|workspace| store.credentials(workspace.id));
        workspace.transpose()
    });
    let found = found.ok().flatten().unwrap_or_default();
    let of_this = found
        .into_iter()
        .filter(|credential| credential.integration == settings.name);
    of_this.map(|credential| credential.name).collect()
}

fn answers(problems: &[ConfigProblem]) -> Vec<response::ConfigProblem> {
    let one = |problem: &ConfigProblem| response::ConfigProblem {
        line: problem.line,
        setting: problem.key.clone(),
        message: problem.message.clone(),
        help: problem.advice.clone(),
    };
    problems.iter().map(one).collect()
}

pub(super) fn check(arguments: &Arguments, path: &Path) -> Result<ExitCode, CommandError> {
    let checked = wiring::configuration(arguments, path).and_then(|file| resolved(arguments, file));
    let checked = checked.and_then(|file| {
        check_credentials(arguments, &file)?;
        Ok(file)
    });
    let file = match checked {
        Ok(checked) => checked,
        Err(problems) if arguments.json => {
            print_json(&CheckAnswer {
                problems: answers(&problems),
                ..CheckAnswer::default()
            });
            return Ok(ExitCode::from(crate::error::USAGE));
        }
        Err(problems) => return Err(problems.into()),
    };
    let settings = &file.settings;
    refuse_other_workspace(arguments.workspace.as_deref(), &settings.workspace)?;
    let rules = settings.rules(&Schema::new(settings.own_fields.iter().cloned()));
    let schedule: Vec<String> = settings
        .schedule
        .entries
        .iter()
        .map(ToString::to_string)
        .collect();
    if arguments.json {
        print_json(&CheckAnswer {
            valid: true,
            workspace: Some(settings.workspace.clone()),
            integration: Some(settings.name.clone()),
            schedule,
            problems: Vec::new(),
        });
    } else {
        let fields = rules.mapping.entries.len();
        say(format!(
            "{}: valid; integration `{}` of workspace `{}`",
            path.display(),
            settings.name,
            settings.workspace
        ));
        match &settings.source {
            SourceKind::System(system) => {
                let listing = catalogue::find(&system.connector);
                let title = listing.map_or(system.connector.as_str(), |listing| listing.title);
                say(format!("  reads {title}"));
            }
            SourceKind::Files(files) => say(format!("  reads {}", files.location)),
        }
        say(format!(
            "  {fields} fields mapped, {} selection rules",
            rules.selection.len()
        ));
        if !schedule.is_empty() {
            say(format!("  schedule: {}", schedule.join(", ")));
        }
        say(format!(
            "  help: run `muster test {}` to connect and see the first records",
            path.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
