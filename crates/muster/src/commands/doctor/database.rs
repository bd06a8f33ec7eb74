//! What is checked of the database and with it: the file, the master key, the clock, settings, credentials and jobs.

use super::{failed, ok, refused, warning};
use crate::{
    arguments::Arguments,
    config::Configuration,
    error::CommandError,
    master_key, show,
    show::{count, moment},
    wiring::{Wiring, has_database},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use muster_core::model::{response::DoctorCheck, workspace::Workspace};
use std::{fs::OpenOptions, time::Duration};

/// How long before its end a credential should be replaced.
const REPLACED_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long a job may be due before nobody seems to run it.
const OVERDUE: Duration = Duration::from_secs(300);

/// Opens the database for reading. `Ok(None)`: there is none.
pub(super) fn open(arguments: &Arguments) -> Result<Option<Wiring>, DoctorCheck> {
    if !has_database(arguments) {
        return Ok(None);
    }
    let wiring = Wiring::read_only(arguments).map_err(|error| refused("database", error))?;
    Ok(Some(wiring))
}

pub(super) fn missing(arguments: &Arguments) -> DoctorCheck {
    let path = arguments.database.strip_prefix("sqlite:");
    warning(
        "database",
        format!("there is no database `{}` yet", path.unwrap_or_default()),
        "`muster serve` and `muster sync` create it; check --database if there should be one",
    )
}

/// Every page of the file, and whether it can be written.
pub(super) fn file(wiring: &Wiring) -> DoctorCheck {
    const CHECK: &str = "database";
    if let Err(error) = wiring.store.check_whole() {
        return refused(CHECK, error.into());
    }
    let Some(path) = wiring.store.path() else {
        return ok(CHECK, "the database is in memory");
    };
    let shown = path.display();
    match OpenOptions::new().write(true).open(path) {
        Ok(_) => ok(CHECK, format!("`{shown}` is intact and can be written")),
        Err(error) => failed(
            CHECK,
            format!("`{shown}` is intact, and this account cannot write it: {error}"),
            "run this as the account of the service, or give the file to that account",
        ),
    }
}

/// Whether the keys that the database needs are there.
pub(super) fn master_key(wiring: &Wiring, arguments: &Arguments) -> DoctorCheck {
    const CHECK: &str = "master_key";
    let found = || -> Result<DoctorCheck, CommandError> {
        let Some(path) = master_key::path(arguments) else {
            return Ok(ok(CHECK, "a database in memory has a key of its own"));
        };
        if let Some(outside) = master_key::outside(arguments)? {
            let found = format!(
                "{} has the master key {}",
                outside.origin,
                outside.keyring.id()
            );
            outside.give(&wiring.store)?;
            return Ok(ok(CHECK, found));
        }
        let shown = path.display();
        let Some(keyring) = master_key::read(&path)? else {
            master_key::refuse_missing(&wiring.store, &path)?;
            return Ok(warning(
                CHECK,
                format!("there is no master key `{shown}` yet"),
                "it is created when it is first needed; keep a copy of it separate from the database",
            ));
        };
        let found = format!("`{shown}` has the master key {}", keyring.id());
        master_key::give(&wiring.store, keyring, &path)?;
        Ok(ok(CHECK, found))
    };
    super::of(found(), CHECK)
}

fn workspaces(wiring: &Wiring) -> Result<Vec<(String, Workspace)>, CommandError> {
    let mut found = Vec::new();
    for name in wiring.store.workspaces()? {
        let workspace = wiring.store.workspace(&name)?;
        found.extend(workspace.map(|workspace| (name, workspace)));
    }
    Ok(found)
}

/// The clock of the machine was not set back.
pub(super) fn clock(wiring: &Wiring, now: Timestamp) -> Result<DoctorCheck, CommandError> {
    for (name, workspace) in workspaces(wiring)? {
        if let Some((run, started)) = wiring.store.last_run(workspace.id)?
            && now < started
        {
            return Ok(failed(
                "clock",
                format!(
                    "it is {}, and run {run} of {name} started later, at {}",
                    moment(now),
                    moment(started)
                ),
                "set the clock of the machine, and have it synchronised (NTP)",
            ));
        }
    }
    Ok(ok(
        "clock",
        format!("it is {}, after all runs", moment(now)),
    ))
}

/// The time zones of all workspaces are known.
pub(super) fn time_zones(wiring: &Wiring) -> Result<DoctorCheck, CommandError> {
    let mut zones = Vec::new();
    for (name, workspace) in workspaces(wiring)? {
        let zone = workspace.settings.time_zone;
        if TimeZone::get(&zone).is_err() {
            return Ok(failed(
                "time_zones",
                format!(
                    "the time zone `{}` of {name} is not known",
                    show::safe(&zone)
                ),
                "install the package `tzdata`, or set another `time_zone` for the workspace",
            ));
        }
        zones.push(zone);
    }
    zones.sort();
    zones.dedup();
    let message = if zones.is_empty() {
        "no workspace has a time zone yet".to_owned()
    } else {
        format!("known: {}", zones.join(", "))
    };
    Ok(ok("time_zones", message))
}

/// The stored settings of all integrations are valid.
pub(super) fn integrations(wiring: &Wiring) -> Result<DoctorCheck, CommandError> {
    let mut valid = 0;
    for (name, workspace) in workspaces(wiring)? {
        for stored in wiring.store.integration_settings(workspace.id)? {
            match Configuration::stored(&stored) {
                Ok(_) => valid += 1,
                Err(problems) => {
                    let integration = &stored.integration;
                    let first = problems.first();
                    let why = first.map(|problem| problem.place_and_message());
                    return Ok(failed(
                        "integrations",
                        format!(
                            "the settings of {name}/{integration} are not valid, so it does not run: {}",
                            why.unwrap_or_default()
                        ),
                        format!(
                            "`muster check {integration}` lists everything; correct the settings"
                        ),
                    ));
                }
            }
        }
    }
    let valid = count(valid, "integration is", "integrations are");
    Ok(ok(
        "integrations",
        format!("{valid} stored, with valid settings"),
    ))
}

/// No stored credential has expired or expires soon.
pub(super) fn credentials(wiring: &Wiring, now: Timestamp) -> Result<DoctorCheck, CommandError> {
    const CHECK: &str = "credentials";
    let mut first: Option<(Timestamp, String)> = None;
    let mut stored = 0;
    for (name, workspace) in workspaces(wiring)? {
        for one in wiring.store.credentials(workspace.id)? {
            stored += 1;
            let Some(expires) = one.expires else { continue };
            if first.as_ref().is_none_or(|(known, _)| expires < *known) {
                first = Some((
                    expires,
                    format!("`{}` of {name}/{}", one.name, one.integration),
                ));
            }
        }
    }
    let help = "request a new one from the provider, and store it with `muster secret set INTEGRATION NAME`";
    Ok(match first {
        Some((expires, secret)) if expires <= now => failed(
            CHECK,
            format!("{secret} expired at {}", moment(expires)),
            help,
        ),
        Some((expires, secret)) if expires.duration_since(now) < REPLACED_BEFORE => warning(
            CHECK,
            format!("{secret} expires at {}", moment(expires)),
            help,
        ),
        Some((expires, secret)) => ok(
            CHECK,
            format!("{secret} is the next one to expire, at {}", moment(expires)),
        ),
        None => ok(
            CHECK,
            format!(
                "{} stored, none with an expiry date",
                count(stored, "secret is", "secrets are")
            ),
        ),
    })
}

/// Jobs that are due are carried out.
pub(super) fn queue(wiring: &Wiring) -> Result<DoctorCheck, CommandError> {
    let queue = wiring.store.queue_state()?;
    let minutes = queue.oldest_waiting.as_secs() / 60;
    let (waiting, running) = (queue.waiting, queue.running);
    Ok(if queue.oldest_waiting > OVERDUE {
        warning(
            "queue",
            format!(
                "a job has been due for {}",
                count(minutes, "minute", "minutes")
            ),
            "check that `muster serve` runs on this database, and increase --jobs if it is always busy",
        )
    } else {
        ok(
            "queue",
            format!("jobs that are due: {waiting}; running: {running}"),
        )
    })
}

pub(super) fn issues(wiring: &Wiring, now: Timestamp) -> Result<DoctorCheck, CommandError> {
    let (warnings, critical) = wiring.store.issue_counts(now)?;
    let open = warnings + critical;
    Ok(match open {
        0 => ok("issues", "no issue is open"),
        _ => warning(
            "issues",
            format!(
                "{} open, of which {critical} critical",
                count(open, "issue is", "issues are")
            ),
            "`muster issues` lists them",
        ),
    })
}
