//! `muster check`: validates an integration file without connecting or writing.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    config::{self, ConfigProblem, IntegrationFile, SystemSection},
    error::CommandError,
    wiring::environment,
};
use muster_connectors::connector::ConnectorError;
use muster_core::model::field::Schema;
use muster_store::{Options, Store};
use serde_json::{Value, json};
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

/// Whether an HR system's connector can use the credentials, so that a key that cannot be opened is told now and not at
/// night; nothing is sent. Secrets that cannot be read here may be another account's: they are told and no problem.
fn try_credentials(
    system: Option<&SystemSection>,
) -> Result<Vec<ConfigProblem>, Vec<ConfigProblem>> {
    let Some(system) = system else {
        return Ok(Vec::new());
    };
    let answers = match system.answers(&environment) {
        Ok(answers) => answers,
        Err(untried) => return Ok(untried),
    };
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
    (system.listing.open)(&answers)
        .map(|_| Vec::new())
        .map_err(unusable)
}

fn objects(problems: &[ConfigProblem]) -> Vec<Value> {
    let one = |problem: &ConfigProblem| json!({ "line": problem.line, "setting": problem.key, "message": problem.message, "advice": problem.advice });
    problems.iter().map(one).collect()
}

pub(super) fn check(arguments: &Arguments, path: &Path) -> Result<ExitCode, CommandError> {
    let checked = config::read(path).and_then(|file| resolved(arguments, file));
    let checked = checked
        .and_then(|file| try_credentials(file.system.as_ref()).map(|untried| (file, untried)));
    let (file, untried) = match checked {
        Ok(checked) => checked,
        Err(problems) if arguments.json => {
            print_json(&json!({ "valid": false, "problems": objects(&problems) }));
            return Ok(ExitCode::from(crate::error::USAGE));
        }
        Err(problems) => return Err(problems.into()),
    };
    let rules = file.rules(&Schema::new(file.own_fields.iter().cloned()));
    let schedule: Vec<String> = file
        .schedule
        .iter()
        .copied()
        .map(config::shown_time)
        .collect();
    if arguments.json {
        print_json(&json!({
            "valid": true, "workspace": file.workspace, "integration": file.name, "schedule": schedule,
            "untried": objects(&untried),
        }));
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
            say(format!("  schedule (UTC): {}", schedule.join(", ")));
        }
        for problem in &untried {
            say(format!(
                "! {}; the credentials were not checked\n  help: {}",
                problem.place_and_message(),
                problem.advice
            ));
        }
        say(format!(
            "  help: run `muster test {}` to connect and see the first records",
            path.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}
