//! `muster restore`: puts a backup in the place of the database, and applies later erasures again.

use super::{backup, print_json, say, verify};
use crate::{
    arguments::Arguments,
    error::CommandError,
    master_key,
    show::{count, moment},
    wiring::Wiring,
};
use muster_core::model::response::{RestoreAnswer, UnclearErasure};
use muster_engine::{ErasedAgain, erase_again};
use muster_store::{ErasureList, Options, Restoration, Store, Verified};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

pub(super) fn restore(
    arguments: &Arguments,
    file: &Path,
    is_replaced: bool,
    erasures: &[PathBuf],
) -> Result<ExitCode, CommandError> {
    if arguments.rehearse {
        return Err(CommandError::usage(
            "a rehearsal does not restore a backup",
            "omit --rehearse, or verify the backup with `muster verify FILE`",
        ));
    }
    let restoration = Restoration::begin(file, &arguments.database, is_replaced)?;
    let (list, lists) = erasure_list(restoration.target(), file, erasures)?;
    let store = restoration.open()?;
    master_key::unlock(&store, arguments, master_key::WhenMissing::Continue)?;
    let wiring = Wiring::around(store, arguments);
    let again = erase_again(&list, &wiring.deps())?;
    let now = wiring.now();
    wiring
        .store
        .record_restore(restoration.note.made, wiring.author(), now)?;
    let verified = wiring.store.verify()?;
    drop(wiring);
    let (note, target) = (restoration.note.clone(), restoration.target().to_owned());
    let restored = restoration.complete(now)?;
    let answer = RestoreAnswer {
        status: "restored",
        backup: backup::answer(file, &note),
        database: target,
        replaced: restored.replaced,
        verified: verify::answer(&verified),
        findings: verify::findings(&verified),
        lists,
        erased_again: again.employees,
        erased_absent: again.absent,
        unclear: unclear(&again),
    };
    if arguments.json {
        print_json(&answer);
    } else {
        print(&answer, &verified);
    }
    Ok(ExitCode::SUCCESS)
}

/// The known erasures, and where they were read from.
fn erasure_list(
    target: &Path,
    backup: &Path,
    named: &[PathBuf],
) -> Result<(ErasureList, Vec<PathBuf>), CommandError> {
    let (mut list, mut read) = (ErasureList::default(), Vec::new());
    let url = format!("sqlite:{}", target.display());
    // A database that cannot be read is why a backup is restored: the lists have its erasures.
    if target.exists()
        && let Ok(erasures) =
            Store::open_read_only(&url, Options::default()).and_then(|replaced| replaced.erasures())
    {
        list.add(erasures);
        read.push(target.to_owned());
    }
    for file in named {
        let Some(found) = ErasureList::read(file)? else {
            return Err(CommandError::usage(
                format!("there is no list of erasures `{}`", file.display()),
                "check the path; nothing was changed",
            ));
        };
        list.add(found);
        read.push(file.clone());
    }
    let beside = std::iter::once(ErasureList::beside(target));
    for file in beside.chain(ErasureList::in_folder_of(backup)) {
        if read.contains(&file) {
            continue;
        }
        if let Some(found) = ErasureList::read(&file)? {
            list.add(found);
            read.push(file);
        }
    }
    Ok((list, read))
}

fn unclear(again: &ErasedAgain) -> Vec<UnclearErasure> {
    again
        .unclear
        .iter()
        .map(|(workspace, employee)| UnclearErasure {
            workspace: workspace.clone(),
            employee: *employee,
        })
        .collect()
}

fn print(answer: &RestoreAnswer, verified: &Verified) {
    let database = answer.database.display();
    say(format!(
        "restored {} as {database}: the state of {}",
        answer.backup.file.display(),
        moment(answer.backup.made)
    ));
    if let Some(replaced) = &answer.replaced {
        say(format!(
            "  the former database is now {}; it still contains the data of employees who were erased later",
            replaced.display()
        ));
    }
    say(format!("  {}", verify::summary(verified)));
    for finding in &answer.findings {
        say(format!("! inconsistent: {}", verify::line(finding)));
    }
    if answer.lists.is_empty() {
        say(
            "! no list of erasures was found: employees who were erased after the backup are in the database again",
        );
        say("  help: erase them again with `muster erase`, or restore with --erasures FILE");
    } else {
        let lists: Vec<String> = answer
            .lists
            .iter()
            .map(|list| list.display().to_string())
            .collect();
        say(format!(
            "  later erasures ({}): {} again; {} not in the backup",
            lists.join(", "),
            count(
                answer.erased_again,
                "employee was erased",
                "employees were erased"
            ),
            count(answer.erased_absent, "is", "are"),
        ));
    }
    for unclear in &answer.unclear {
        say(format!(
            "! employee {} of the workspace `{}` may have been erased after the backup",
            unclear.employee, unclear.workspace
        ));
    }
    say("  all users are signed out; passwords, credentials and settings are those of the backup");
    say("  help: start `muster serve`; the next runs read the sources again");
}
