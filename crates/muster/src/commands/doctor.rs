//! `muster doctor`: checks the installation without changing anything.

mod database;
mod machine;

use super::{print_json, say};
use crate::{
    arguments::{Arguments, DoctorOptions},
    error::CommandError,
    wiring::Wiring,
};
use muster_core::model::response::{DoctorAnswer, DoctorCheck};
use owo_colors::OwoColorize;
use std::process::ExitCode;

const OK: &str = "ok";
const WARNING: &str = "warning";
const FAILED: &str = "failed";

pub(super) fn doctor(
    arguments: &Arguments,
    options: &DoctorOptions,
) -> Result<ExitCode, CommandError> {
    let mut checks = vec![machine::configuration(arguments)];
    let wiring = database::open(arguments);
    let now = match &wiring {
        Ok(Some(wiring)) => wiring.now(),
        _ => Wiring::clock_of(arguments).now(),
    };
    checks.extend(machine::certificate(&options.tls, now));
    match &wiring {
        Err(check) => checks.push(check.clone()),
        Ok(None) => checks.push(database::missing(arguments)),
        Ok(Some(wiring)) => {
            checks.push(database::file(wiring));
            checks.push(database::master_key(wiring, arguments));
        }
    }
    checks.extend(machine::disk(arguments, now));
    if let Ok(Some(wiring)) = &wiring {
        checks.extend(machine::backups(wiring, &options.backups, now));
        checks.push(of(database::clock(wiring, now), "clock"));
        checks.push(of(database::time_zones(wiring), "time_zones"));
        checks.push(of(database::integrations(wiring), "integrations"));
        checks.push(of(database::credentials(wiring, now), "credentials"));
        checks.push(of(database::queue(wiring), "queue"));
        checks.push(of(database::issues(wiring, now), "issues"));
    }
    let has = |result| checks.iter().any(|check| check.result == result);
    let status = match (has(FAILED), has(WARNING)) {
        (true, _) => FAILED,
        (false, true) => WARNING,
        (false, false) => OK,
    };
    if arguments.json {
        print_json(&DoctorAnswer { status, checks });
    } else {
        checks.iter().for_each(print);
    }
    Ok(ExitCode::from(u8::from(status == FAILED)))
}

fn print(check: &DoctorCheck) {
    let name = check.check.replace('_', " ");
    let result = match check.result {
        OK => OK.green().to_string(),
        WARNING => WARNING.yellow().to_string(),
        _ => FAILED.red().bold().to_string(),
    };
    say(format!("{result} {name}: {}", check.message));
    if let Some(help) = &check.help {
        say(format!("  help: {help}"));
    }
}

/// A check whose data could not be read has failed.
fn of(result: Result<DoctorCheck, CommandError>, check: &'static str) -> DoctorCheck {
    result.unwrap_or_else(|error| refused(check, error))
}

fn refused(check: &'static str, error: CommandError) -> DoctorCheck {
    let (message, help) = error.into_texts();
    failed(check, message, help)
}

fn ok(check: &'static str, message: impl Into<String>) -> DoctorCheck {
    DoctorCheck {
        check,
        result: OK,
        message: message.into(),
        help: None,
    }
}

fn warning(
    check: &'static str,
    message: impl Into<String>,
    help: impl Into<String>,
) -> DoctorCheck {
    DoctorCheck {
        check,
        result: WARNING,
        message: message.into(),
        help: Some(help.into()),
    }
}

fn failed(check: &'static str, message: impl Into<String>, help: impl Into<String>) -> DoctorCheck {
    DoctorCheck {
        check,
        result: FAILED,
        message: message.into(),
        help: Some(help.into()),
    }
}
