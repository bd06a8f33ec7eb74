//! `muster key`: shows or rotates the master key.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, KeyCommand},
    error::CommandError,
    master_key::{self, OutsideKey, Rotation},
    show::{count, table},
    wiring::Wiring,
};
use muster_core::model::response::{KeyAnswer, KeyRotated, OldKey};
use muster_store::Keyring;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

pub(super) fn run(arguments: &Arguments, command: &KeyCommand) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let path = master_key::path(arguments).ok_or_else(|| {
        CommandError::usage(
            "a database in memory has a key of its own",
            "use --database sqlite:PATH",
        )
    })?;
    let outside = master_key::outside(arguments)?;
    match (command, outside) {
        (KeyCommand::Show, outside) => show(arguments, &wiring, &path, outside),
        (KeyCommand::Rotate { .. }, Some(outside)) => Err(CommandError::usage(
            format!(
                "the master key comes from {}, so it is not rotated in a file",
                outside.origin
            ),
            "store it in a file, run `muster key rotate --master-key FILE`, and configure the new key; nothing was changed",
        )),
        (KeyCommand::Rotate { new }, None) => rotate(arguments, &wiring, &path, new.as_deref()),
    }
}

fn show(
    arguments: &Arguments,
    wiring: &Wiring,
    path: &Path,
    outside: Option<OutsideKey>,
) -> Result<ExitCode, CommandError> {
    let (keyring, origin) = match outside {
        Some(outside) => (Some(outside.keyring), outside.origin),
        None => (master_key::read(path)?, path.display().to_string()),
    };
    let present: Vec<&str> = keyring.iter().flat_map(Keyring::ids).collect();
    let wanted = wiring.store.wanted_keys()?;
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|id| !present.contains(&id.as_str()))
        .collect();
    let old = master_key::old_keys(path);
    let under_way = master_key::is_under_way(path)?;
    if arguments.json {
        let kept = old.iter().map(|old| OldKey {
            id: old.id.clone(),
            file: old.path.clone(),
        });
        print_json(&KeyAnswer {
            file: path.to_owned(),
            keys: present.iter().map(|id| (*id).to_owned()).collect(),
            encrypts: present.first().map(|id| (*id).to_owned()),
            missing: missing.into_iter().cloned().collect(),
            under_way,
            old: kept.collect(),
            wanted,
        });
        return Ok(ExitCode::SUCCESS);
    }
    let used = |id: &str| {
        if wanted.iter().any(|wanted| wanted == id) {
            "needed by the database"
        } else {
            ""
        }
    };
    let row = |(position, id): (usize, &&str)| {
        let does = if position == 0 {
            "encrypts and decrypts"
        } else {
            "decrypts"
        };
        vec![
            (*id).to_owned(),
            does.to_owned(),
            used(id).to_owned(),
            origin.clone(),
        ]
    };
    let mut rows: Vec<Vec<String>> = present.iter().enumerate().map(row).collect();
    rows.extend(missing.iter().map(|id| {
        vec![
            (*id).clone(),
            String::new(),
            used(id).to_owned(),
            "missing".to_owned(),
        ]
    }));
    rows.extend(old.iter().map(|old| {
        vec![
            old.id.clone(),
            "kept for backups".to_owned(),
            String::new(),
            old.path.display().to_string(),
        ]
    }));
    if rows.is_empty() {
        say("there is no master key yet; it is created on first use");
    } else {
        say(table(&["key", "use", "", "file"], rows));
    }
    if under_way {
        say(
            "! a key rotation was interrupted: all data can be decrypted\n  help: run `muster key rotate` to finish it",
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn rotate(
    arguments: &Arguments,
    wiring: &Wiring,
    path: &Path,
    wanted: Option<&Path>,
) -> Result<ExitCode, CommandError> {
    let begun = Rotation::begin(path, |interrupted, keyring| {
        next_key(wiring, path, wanted, interrupted, keyring)
    })?;
    let Some(rotation) = begun else {
        master_key::refuse_missing(&wiring.store, path)?;
        let message = format!("there is no master key in `{}`", path.display());
        return Err(CommandError::usage(
            message,
            "it is created on first use, for example by `muster sync FILE.toml`",
        ));
    };
    master_key::give(&wiring.store, rotation.keyring.clone(), path)?;
    let note = format!(
        "the master key was changed from {1} to {0}",
        rotation.keyring.id(),
        rotation.old.join(", ")
    );
    let rotated = wiring.store.rotate(&wiring.manual_edit(&note))?;
    let (new, old, is_resumed) = (
        rotation.keyring.id().to_owned(),
        rotation.old.clone(),
        rotation.is_resumed,
    );
    rotation.end()?;
    let kept: Vec<PathBuf> = master_key::old_keys(path)
        .into_iter()
        .map(|old| old.path)
        .collect();
    if arguments.json {
        print_json(&KeyRotated {
            status: "applied",
            key: new,
            old,
            file: path.to_owned(),
            kept,
            resumed: is_resumed,
            deliveries: rotated.deliveries,
            secrets: rotated.secrets,
            credentials: rotated.credentials,
            rewritten: rotated.is_rewritten,
        });
        return Ok(ExitCode::SUCCESS);
    }
    if is_resumed {
        say("an interrupted key rotation was finished");
    }
    let deliveries = count(rotated.deliveries, "archived file", "archived files");
    say(format!(
        "the master key is now {new}; {deliveries}, {} and {} were re-encrypted",
        count(rotated.secrets, "token", "tokens"),
        count(rotated.credentials, "credential", "credentials")
    ));
    say(format!(
        "  keep a copy of {} separate from the database",
        path.display()
    ));
    for kept in &kept {
        say(format!(
            "  {} decrypts earlier backups; delete it when you no longer need them",
            kept.display()
        ));
    }
    if !rotated.is_rewritten {
        say(
            "! another process is reading the database: data that the old key decrypts may still be present in unused pages",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The new key, if the key can be rotated now.
fn next_key(
    wiring: &Wiring,
    path: &Path,
    wanted: Option<&Path>,
    interrupted: Option<&Keyring>,
    keyring: &Keyring,
) -> Result<Keyring, CommandError> {
    master_key::refuse_wrong(&wiring.store, keyring, path)?;
    let named = wanted.map(|file| {
        master_key::read(file)?.ok_or_else(|| {
            let message = format!("there is no file `{}`", file.display());
            CommandError::usage(
                message,
                "use a file in the format of a key file, or omit --new to generate a key",
            )
        })
    });
    let named = named.transpose()?;
    if let Some(begun) = interrupted {
        if named.is_some_and(|named| named.id() != begun.id()) {
            let message = format!(
                "a rotation to master key {} was interrupted and is not finished",
                begun.id()
            );
            return Err(CommandError::usage(
                message,
                "run `muster key rotate` without --new first; nothing was changed",
            ));
        }
        return Ok(begun.clone());
    }
    match named {
        Some(named) if named.id() == keyring.id() => {
            let message = format!("{} is already the master key", named.id());
            Err(CommandError::usage(
                message,
                "use the file of another key, or omit --new to generate one",
            ))
        }
        Some(named) => Ok(named),
        None => Ok(Keyring::generate()?),
    }
}
