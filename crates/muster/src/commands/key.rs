//! `muster key`: which master keys there are, and another one in their place.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, KeyCommand},
    error::CommandError,
    master_key::{self, Rotation},
    show::{count, table},
    wiring::Wiring,
};
use muster_store::KeyRing;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

pub(super) fn run(arguments: &Arguments, command: &KeyCommand) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::without_key(arguments)?;
    let path = master_key::path(arguments).ok_or_else(|| {
        CommandError::usage(
            "a database in memory has a key of its own",
            "name a database with --database sqlite:PATH",
        )
    })?;
    match command {
        KeyCommand::Show => show(arguments, &wiring, &path),
        KeyCommand::Rotate { new } => rotate(arguments, &wiring, &path, new.as_deref()),
    }
}

fn show(arguments: &Arguments, wiring: &Wiring, path: &Path) -> Result<ExitCode, CommandError> {
    let ring = master_key::read(path)?;
    let at_hand: Vec<&str> = ring.iter().flat_map(KeyRing::ids).collect();
    let wanted = wiring.store.wanted_keys()?;
    let missing: Vec<&String> = wanted
        .iter()
        .filter(|id| !at_hand.contains(&id.as_str()))
        .collect();
    let old = master_key::beside(path);
    let under_way = master_key::is_under_way(path)?;
    if arguments.json {
        let kept = old
            .iter()
            .map(|old| json!({ "id": old.id, "file": old.path }));
        print_json(&json!({
            "file": path, "keys": at_hand, "seals": at_hand.first(), "wanted": wanted, "missing": missing,
            "under_way": under_way, "old": kept.collect::<Vec<_>>(),
        }));
        return Ok(ExitCode::SUCCESS);
    }
    let used = |id: &str| {
        if wanted.iter().any(|wanted| wanted == id) {
            "wanted by the database"
        } else {
            ""
        }
    };
    let row = |(position, id): (usize, &&str)| {
        let does = if position == 0 {
            "seals and opens"
        } else {
            "opens"
        };
        vec![
            (*id).to_owned(),
            does.to_owned(),
            used(id).to_owned(),
            path.display().to_string(),
        ]
    };
    let mut rows: Vec<Vec<String>> = at_hand.iter().enumerate().map(row).collect();
    rows.extend(missing.iter().map(|id| {
        vec![
            (*id).clone(),
            String::new(),
            used(id).to_owned(),
            "not there".to_owned(),
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
        say("there is no master key yet: it is made at first use");
    } else {
        say(table(&["key", "does", "", "file"], rows));
    }
    if under_way {
        say(
            "! a change of the key was interrupted: everything can be opened, and `muster key rotate` finishes it",
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
    let begun = Rotation::begin(path, |under_way, ring| {
        next_key(wiring, path, wanted, under_way, ring)
    })?;
    let Some(rotation) = begun else {
        master_key::refuse_missing(&wiring.store, path)?;
        let message = format!("there is no master key in `{}` yet", path.display());
        return Err(CommandError::usage(
            message,
            "it is made at first use, as by `muster sync FILE.toml`",
        ));
    };
    master_key::give(&wiring.store, rotation.ring.clone(), path)?;
    let note = format!(
        "the master key is {} instead of {}",
        rotation.ring.id(),
        rotation.old.join(", ")
    );
    let rotated = wiring.store.rotate(&wiring.by_hand(&note))?;
    let (new, old, is_resumed) = (
        rotation.ring.id().to_owned(),
        rotation.old.clone(),
        rotation.is_resumed,
    );
    rotation.end()?;
    let kept: Vec<PathBuf> = master_key::beside(path)
        .into_iter()
        .map(|old| old.path)
        .collect();
    if arguments.json {
        print_json(&json!({
            "status": "applied", "key": new, "old": old, "file": path, "kept": kept, "resumed": is_resumed,
            "deliveries": rotated.deliveries, "secrets": rotated.secrets, "rewritten": rotated.is_rewritten,
        }));
        return Ok(ExitCode::SUCCESS);
    }
    if is_resumed {
        say("a change of the key was interrupted; it is finished now");
    }
    let deliveries = count(rotated.deliveries, "delivered file", "delivered files");
    say(format!(
        "the master key is {new} now; {deliveries} and {} were sealed for it",
        count(rotated.secrets, "token", "tokens")
    ));
    say(format!(
        "  keep a copy of {} apart from the database",
        path.display()
    ));
    for kept in &kept {
        say(format!(
            "  {} opens backups from before; remove it when none of them is needed any more",
            kept.display()
        ));
    }
    if !rotated.is_rewritten {
        say(
            "! another process reads the database: remains that the old key opens may stand in its free pages",
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// The key to change to, if it can be changed now.
fn next_key(
    wiring: &Wiring,
    path: &Path,
    wanted: Option<&Path>,
    under_way: Option<&KeyRing>,
    ring: &KeyRing,
) -> Result<KeyRing, CommandError> {
    master_key::refuse_wrong(&wiring.store, ring, path)?;
    let named = wanted.map(|file| {
        master_key::read(file)?.ok_or_else(|| {
            let message = format!("there is no file `{}`", file.display());
            CommandError::usage(
                message,
                "name a file in the form of a key file; without --new a key is made",
            )
        })
    });
    let named = named.transpose()?;
    if let Some(begun) = under_way {
        if named.is_some_and(|named| named.id() != begun.id()) {
            let message = format!(
                "a change to master key {} was interrupted and is not finished",
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
        Some(named) if named.id() == ring.id() => {
            let message = format!("{} is the master key already", named.id());
            Err(CommandError::usage(
                message,
                "name the file of another one, or none for a new key",
            ))
        }
        Some(named) => Ok(named),
        None => Ok(KeyRing::generate()?),
    }
}
