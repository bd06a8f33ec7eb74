//! `muster export`: writes the integrations of the database as integration files.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    config::{raw_settings, to_toml},
    error::CommandError,
    wiring::Wiring,
};
use muster_core::{model::response::ExportedIntegration, setup::settings::to_json};
use muster_store::StoredSettings;
use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
    process::ExitCode,
};

pub(super) fn export(arguments: &Arguments, dir: Option<&Path>) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let workspace = wiring.workspace()?;
    let stored = wiring.store.integration_settings(workspace.id)?;
    let mut files = Vec::with_capacity(stored.len());
    for one in &stored {
        let raw = raw_settings(one)?;
        let text = to_toml(&raw).map_err(|error| {
            CommandError::usage(
                format!(
                    "the settings of `{}` cannot be written as TOML: {error}",
                    one.integration
                ),
                "use --json",
            )
        })?;
        files.push((file_name(one), text, to_json(&raw)));
    }
    if let Some(dir) = dir {
        write(dir, &files)?;
    }
    if arguments.json {
        let answers = stored.iter().zip(&files);
        let answers: Vec<_> = answers
            .map(|(stored, (_, _, settings))| ExportedIntegration {
                integration: stored.integration.clone(),
                managed_by: stored.managed_by.clone(),
                version: stored.version,
                changed_at: stored.changed_at,
                changed_by: stored.changed_by.clone(),
                settings: settings.clone(),
            })
            .collect();
        print_json(&answers);
        return Ok(ExitCode::SUCCESS);
    }
    for (name, text, _) in &files {
        match dir {
            Some(dir) => say(format!("wrote {}", dir.join(name).display())),
            None => say(format!("# {name}\n{text}")),
        }
    }
    if files.is_empty() {
        say(
            "the database has no integration settings\n  help: run `muster apply FOLDER` to store integration files",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The file that manages the integration, so that applying the folder changes nothing.
fn file_name(stored: &StoredSettings) -> String {
    let managed = stored.managed_by.as_deref();
    // A name in the database is never used as a path.
    let is_plain = |name: &&str| name.ends_with(".toml") && !name.contains(['/', '\\']);
    match managed.filter(is_plain) {
        Some(name) => name.to_owned(),
        None => format!("{}.toml", stored.integration),
    }
}

/// Writes all files, or none if one of them exists.
fn write<T>(dir: &Path, files: &[(String, String, T)]) -> Result<(), CommandError> {
    let failed = |path: &Path, error: std::io::Error| {
        CommandError::usage(
            format!("`{}` could not be written: {error}", path.display()),
            "choose an empty folder that is writable",
        )
    };
    fs::create_dir_all(dir).map_err(|error| failed(dir, error))?;
    let existing = files
        .iter()
        .map(|(name, ..)| dir.join(name))
        .find(|path| path.exists());
    if let Some(path) = existing {
        return Err(CommandError::usage(
            format!("`{}` exists already; nothing was written", path.display()),
            "choose an empty folder",
        ));
    }
    for (name, text, _) in files {
        let path = dir.join(name);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| failed(&path, error))?;
    }
    Ok(())
}
