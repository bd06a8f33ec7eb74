//! `muster backup`: writes a backup of the database.

use super::{print_json, say};
use crate::{arguments::Arguments, error::CommandError, master_key, wiring::Wiring};
use muster_core::model::response::{Backup, BackupAnswer};
use muster_store::BackupNote;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

pub(super) fn backup(arguments: &Arguments, file: Option<&Path>) -> Result<ExitCode, CommandError> {
    if arguments.rehearse {
        return Err(CommandError::usage(
            "a rehearsal has no database to back up",
            "omit --rehearse",
        ));
    }
    let wiring = Wiring::read_only(arguments)?;
    let (store, now) = (&wiring.store, wiring.now());
    let (file, note) = match file {
        Some(file) if !file.is_dir() => (file.to_owned(), store.back_up(file, now)?),
        Some(folder) => store.back_up_into(folder, now)?,
        None => {
            let path = store.path().unwrap_or(Path::new("muster.db"));
            store.back_up_into(&folder(path), now)?
        }
    };
    if arguments.json {
        print_json(&BackupAnswer {
            status: "written",
            backup: answer(&file, &note),
        });
        return Ok(ExitCode::SUCCESS);
    }
    say(format!(
        "wrote {}: {} rows, schema {}",
        file.display(),
        note.rows(),
        note.schema
    ));
    if note.keys.is_empty() {
        say("  nothing in the database is encrypted yet");
    } else {
        let keys = note.keys.join(", ");
        let key = master_key::path(arguments).unwrap_or_default();
        say(format!(
            "  the master key {keys} is not in the backup: archived deliveries, tokens and credentials cannot be read without it"
        ));
        say(format!(
            "  help: keep a copy of {} in another place than the backup",
            key.display()
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder for backups of a database.
pub(crate) fn folder(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".backups");
    PathBuf::from(name)
}

/// A backup as an answer.
pub(super) fn answer(file: &Path, note: &BackupNote) -> Backup {
    Backup {
        file: file.to_owned(),
        made: note.made,
        version: note.version.clone(),
        schema: note.schema,
        rows: note.rows(),
        keys: note.keys.clone(),
    }
}
