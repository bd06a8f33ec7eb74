//! `muster database copy`: moves an installation into another database.

use super::{print_json, say};
use crate::{
    arguments::{Arguments, DatabaseCommand},
    error::CommandError,
    show::count,
};
use muster_core::model::response::{CopyAnswer, CopyTable};
use muster_store::{Options, Store};
use std::{path::Path, process::ExitCode};

pub(super) fn run(
    arguments: &Arguments,
    command: &DatabaseCommand,
) -> Result<ExitCode, CommandError> {
    let DatabaseCommand::Copy { from, to } = command;
    if arguments.rehearse {
        return Err(CommandError::usage(
            "a rehearsal does not copy a database",
            "omit --rehearse",
        ));
    }
    if from == to {
        return Err(CommandError::usage(
            "both addresses are the same",
            "name another database as the second one",
        ));
    }
    if let Some(path) = from.strip_prefix("sqlite:")
        && !Path::new(path).exists()
    {
        return Err(CommandError::usage(
            format!("there is no database `{path}`"),
            "check the path; nothing was changed",
        ));
    }
    let (from, to) = (
        Store::open(from, Options::default())?,
        Store::open(to, Options::default())?,
    );
    let copied = from.copy_into(&to)?;
    let answer = CopyAnswer {
        status: "copied",
        from: from.shown().to_owned(),
        to: to.shown().to_owned(),
        keys: to.wanted_keys()?,
        rows: copied.iter().map(|table| table.rows).sum(),
        tables: copied
            .into_iter()
            .map(|table| CopyTable {
                name: table.name,
                rows: table.rows,
                blake3: table.digest,
            })
            .collect(),
    };
    if arguments.json {
        print_json(&answer);
    } else {
        print(&answer);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(answer: &CopyAnswer) {
    say(format!("copied {} to {}", answer.from, answer.to));
    say(format!(
        "  {} of {}; each table was read again and is equal",
        count(answer.rows, "row", "rows"),
        count(answer.tables.len() as u64, "table", "tables"),
    ));
    for key in &answer.keys {
        say(format!(
            "  the copy needs the master key {key}: copy its file, or name it with --master-key"
        ));
    }
    say(
        "  help: start `muster serve --database` with the new address, and keep the old database until it works",
    );
}
