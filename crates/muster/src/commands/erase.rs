//! `muster erase`: erases an employee's personal data, or lists where it is stored.

use super::{find, print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    show::{safe, table},
    wiring::Wiring,
};
use muster_core::model::{
    employee::{Employee, Status},
    response::{DataLocation, ErasureAnswer, Lifted},
    workspace::Workspace,
};
use muster_store::{Erased, Purge};
use owo_colors::OwoColorize;
use std::process::ExitCode;

pub(super) fn erase(
    arguments: &Arguments,
    who: &str,
    yes: bool,
    why: &str,
) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    let employee = one(&wiring, &workspace, who)?;
    if !yes {
        let places = wiring.store.personal_data(&workspace, employee.id)?;
        if arguments.json {
            print_json(&ErasureAnswer {
                status: "planned",
                run: None,
                employee: employee.id,
                places: answers(&places),
                purged: None,
            });
        } else {
            say(format!(
                "personal data of {} (employee {}) is stored in {} locations:",
                safe(&employee.name()).bold(),
                employee.id,
                places.len()
            ));
            tell(&places);
            say(
                "nothing was erased. If the source still has a record for the employee, have it removed there too.",
            );
            let key = employee.external_id().unwrap_or(employee.email());
            say(format!(
                "  help: to erase all of it permanently, run `muster erase {} --yes`",
                argument(key)
            ));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let done = muster_engine::erase(&workspace, &employee, why, &wiring.deps())?;
    let places: Vec<Erased> = done
        .places
        .into_iter()
        .filter(|location| location.count > 0)
        .collect();
    if arguments.json {
        print_json(&ErasureAnswer {
            status: "applied",
            run: Some(done.run),
            employee: employee.id,
            places: answers(&places),
            purged: Some(done.purge == Purge::Done),
        });
    } else {
        say(format!(
            "run {}: the personal data of employee {} was erased:",
            done.run, employee.id
        ));
        tell(&places);
        say(
            "later deliveries cannot create the employee again: only a keyed hash of the id and address is kept",
        );
        if let Some((why, help)) = match done.purge {
            Purge::Done => None,
            Purge::Busy => Some((
                "another process reads the database",
                "when that process has ended",
            )),
            Purge::NoSpace => Some((
                "there is no room for a copy of the database on its disk or in the folder for temporary files",
                "when there is room",
            )),
        } {
            say(format!(
                "! {why}, so deleted data may still be present in unused pages (MUS-ERASURE-PENDING)"
            ));
            say(format!(
                "  help: run `muster sweep` {help}; until then copies of the file may contain the deleted data"
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Lifts an erasure, so that the id and address can be created again.
pub(super) fn lift(arguments: &Arguments, key: &str) -> Result<ExitCode, CommandError> {
    let wiring = Wiring::unchecked(arguments)?;
    let workspace = wiring.workspace()?;
    if !wiring.store.lift_tombstone(&workspace, key)? {
        let message = format!(
            "no erasure exists for the external id or e-mail address `{}`",
            safe(key)
        );
        return Err(CommandError::usage(
            message,
            "write it exactly as in the source",
        ));
    }
    if arguments.json {
        print_json(&Lifted { status: "applied" });
    } else {
        say(
            "lifted: the next delivery can create an employee with this external id or e-mail address, as a new employee",
        );
        say("  earlier grants were erased: budgets of the new employee are granted in full");
    }
    Ok(ExitCode::SUCCESS)
}

fn one(wiring: &Wiring, workspace: &Workspace, who: &str) -> Result<Employee, CommandError> {
    let person = find::employee(wiring, workspace, who)?;
    if person.status == Status::Erased {
        let message = format!("employee {} was already erased", person.id);
        return Err(CommandError::usage(
            message,
            "run `muster runs` to find the run that erased it",
        ));
    }
    Ok(person)
}

/// A value as one argument of a shell.
fn argument(value: &str) -> String {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.@+".contains(character);
    if value.chars().all(plain) {
        value.to_owned()
    } else {
        format!("'{}'", safe(value).replace('\'', "'\\''"))
    }
}

fn answers(places: &[Erased]) -> Vec<DataLocation> {
    let one = |location: &Erased| DataLocation {
        what: location.what.to_owned(),
        count: location.count,
    };
    places.iter().map(one).collect()
}

fn tell(places: &[Erased]) {
    say(table(
        &["location", "count"],
        places
            .iter()
            .map(|location| vec![location.what.to_owned(), location.count.to_string()]),
    ));
}
