//! `muster check`: validates an integration file without connecting or writing.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    config::{self, ConfigProblem, IntegrationFile},
    error::CommandError,
    wiring::{environment, refuse_other_workspace},
};
use muster_connectors::connector::ConnectorError;
use muster_core::model::{
    field::Schema,
    response::{self, CheckAnswer},
};
use muster_store::{Options, Store};
use std::{path::Path, process::ExitCode};

/// Fields that the file does not define may be the workspace's, if there is a database to ask.
fn resolved(
    arguments: &Arguments,
    mut file: IntegrationFile,
) -> Result<IntegrationFile, Vec<ConfigProblem>> {
    let store = Store::open_read_only(&arguments.database, Options::default()).ok();
    let workspace = store
        .and_then(|store| store.workspace(&file.workspace).ok())
        .flatten();
    file.resolve(workspace.as_ref().map(|workspace| &workspace.schema))?;
    if let Some(workspace) = workspace {
        // Only for the count below: what the workspace has already need not be in the file.
        file.own_fields
            .extend(workspace.schema.own().map(|(_, field)| field.clone()));
    }
    Ok(file)
}

/// Whether the source has its credentials and can use them, so that a missing secret or a key that cannot be decrypted is
/// reported now and not by the next scheduled run. Nothing is sent.
fn check_credentials(file: &IntegrationFile) -> Result<(), Vec<ConfigProblem>> {
    let Some(system) = &file.system else {
        return file.secrets.resolve(&environment).map(drop);
    };
    let answers = system.answers(&environment)?;
    let unusable = |error: ConnectorError| {
        let setting = error.on.split('`').nth(1).unwrap_or_default();
        let key = format!("source.{setting}");
        vec![ConfigProblem {
            line: None,
            key,
            message: error.why,
            advice: error.advice,
        }]
    };
    (system.listing.open)(&answers).map(drop).map_err(unusable)
}

fn answers(problems: &[ConfigProblem]) -> Vec<response::ConfigProblem> {
    let one = |problem: &ConfigProblem| response::ConfigProblem {
        line: problem.line,
        setting: problem.key.clone(),
        message: problem.message.clone(),
        advice: problem.advice.clone(),
    };
    problems.iter().map(one).collect()
}

pub(super) fn check(arguments: &Arguments, path: &Path) -> Result<ExitCode, CommandError> {
    let checked = config::read(path).and_then(|file| resolved(arguments, file));
    let checked = checked.and_then(|file| {
        check_credentials(&file)?;
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
    refuse_other_workspace(arguments.workspace.as_deref(), &file.workspace)?;
    let rules = file.rules(&Schema::new(file.own_fields.iter().cloned()));
    let schedule: Vec<String> = file.schedule.iter().map(ToString::to_string).collect();
    if arguments.json {
        print_json(&CheckAnswer {
            valid: true,
            workspace: Some(file.workspace),
            integration: Some(file.name),
            schedule,
            problems: Vec::new(),
        });
    } else {
        let fields = rules.mapping.entries.len();
        say(format!(
            "{}: valid; integration `{}` of workspace `{}`",
            path.display(),
            file.name,
            file.workspace
        ));
        match &file.system {
            Some(system) => say(format!("  reads {}", system.listing.title)),
            None => say(format!("  reads {}", file.source.location)),
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
