//! `muster check`: is the integration file possible? Nothing is connected to, nothing written.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    complain::Complaint,
    config::{self, ConfigProblem, IntegrationFile},
};
use muster_core::field::Schema;
use muster_store::{Options, Store};
use serde_json::json;
use std::{path::Path, process::ExitCode};

/// Fields that the file does not define may be the workspace's, if there is a database to ask.
fn resolved(arguments: &Arguments, mut file: IntegrationFile) -> Result<IntegrationFile, Vec<ConfigProblem>> {
    let store = Store::open_read_only(&arguments.database, Options::default()).ok();
    let workspace = store.and_then(|store| store.workspace(&file.workspace).ok()).flatten();
    file.resolve(workspace.as_ref().map(|workspace| &workspace.schema))?;
    if let Some(workspace) = workspace {
        // Only for the count below: what the workspace has already need not be in the file.
        file.own_fields.extend(workspace.schema.own().map(|(_, field)| field.clone()));
    }
    Ok(file)
}

pub(super) fn check(arguments: &Arguments, path: &Path) -> Result<ExitCode, Complaint> {
    let file = match config::read(path).and_then(|file| resolved(arguments, file)) {
        Ok(file) => file,
        Err(problems) if arguments.json => {
            let problem = |problem: &config::ConfigProblem| json!({ "line": problem.line, "setting": problem.key, "message": problem.message, "advice": problem.advice });
            print_json(&json!({ "valid": false, "problems": problems.iter().map(problem).collect::<Vec<_>>() }));
            return Ok(ExitCode::from(crate::complain::USAGE));
        }
        Err(problems) => return Err(problems.into()),
    };
    let rules = file.rules(&Schema::new(file.own_fields.iter().cloned()));
    let schedule: Vec<String> = file.schedule.iter().copied().map(config::shown_time).collect();
    if arguments.json {
        print_json(
            &json!({ "valid": true, "workspace": file.workspace, "integration": file.name, "schedule": schedule }),
        );
    } else {
        let fields = rules.mapping.entries.len();
        say(format!("{}: integration `{}` of workspace `{}` can be used", path.display(), file.name, file.workspace));
        match &file.system {
            Some(system) => say(format!("  reads {}", system.listing.title)),
            None => say(format!("  reads {}", file.source.location)),
        }
        say(format!("  {fields} fields mapped, {} rules of selection", rules.selection.len()));
        if !schedule.is_empty() {
            say(format!("  meant to run daily at {}: let a timer run muster sync then", schedule.join(" and ")));
        }
        say("  next: muster test, to connect and look at the first records");
    }
    Ok(ExitCode::SUCCESS)
}
