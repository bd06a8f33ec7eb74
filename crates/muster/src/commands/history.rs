//! `muster integration history`: every version of the settings of an integration, with its author and what it changed.

use super::{apply, print_json, say};
use crate::{
    arguments::Arguments,
    config::raw_settings,
    error::CommandError,
    show::{moment, safe},
    wiring::Wiring,
};
use muster_core::{
    model::{code::Code, response::SettingsVersionLine},
    setup::settings::{RawSettings, difference},
};
use muster_store::{SettingsVersion, StoredSettings};
use std::process::ExitCode;

pub(super) fn history(arguments: &Arguments, name: &str) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let mut versions = wiring.store.settings_history(workspace.id, name)?;
    if versions.is_empty() {
        return Err(CommandError::unknown(
            Code::IntegrationUnknown,
            format!(
                "the workspace {} has no settings of `{name}`",
                workspace.name
            ),
            "`muster export` prints the integrations of the database",
        ));
    }
    versions.reverse();
    let mut lines: Vec<SettingsVersionLine> = Vec::new();
    let mut before: Option<RawSettings> = None;
    for version in versions {
        let settings = read(name, &version)?;
        lines.push(SettingsVersionLine {
            version: version.version,
            changed: version.changed_at,
            by: version.changed_by,
            file: version.managed_by,
            is_active: version.is_active,
            is_removed: settings.is_none(),
            differences: difference(before.as_ref(), settings.as_ref()),
        });
        before = settings;
    }
    lines.reverse();
    if arguments.json {
        print_json(&lines);
    } else {
        lines.iter().for_each(print);
    }
    Ok(ExitCode::SUCCESS)
}

/// The settings of a version; none: the integration was removed.
fn read(name: &str, version: &SettingsVersion) -> Result<Option<RawSettings>, CommandError> {
    let Some(settings) = &version.settings else {
        return Ok(None);
    };
    let stored = StoredSettings {
        integration: name.to_owned(),
        version: version.version,
        form: version.form,
        settings: settings.clone(),
        managed_by: version.managed_by.clone(),
        is_active: version.is_active,
        changed_at: version.changed_at,
        changed_by: version.changed_by.clone(),
    };
    Ok(Some(raw_settings(&stored)?))
}

fn print(line: &SettingsVersionLine) {
    let by = line.by.as_deref().map(|by| format!(" by {}", safe(by)));
    let file = line.file.as_deref();
    let file = file.map(|file| format!(", managed by {}", safe(file)));
    let state = match (line.is_removed, line.is_active) {
        (true, _) => ", removed",
        (false, true) => "",
        (false, false) => ", not active",
    };
    say(format!(
        "version {}, {}{}{}{state}",
        line.version,
        moment(line.changed),
        by.unwrap_or_default(),
        file.unwrap_or_default()
    ));
    if line.is_removed {
        return;
    }
    for difference in &line.differences {
        say(format!("    {}", apply::line(difference)));
    }
}
