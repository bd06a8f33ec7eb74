//! `muster replay`: the effect of the current rules on past deliveries.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    progress::ProgressDisplay,
    show::{count, moment, safe, value},
    wiring::{Wiring, integration_file},
};
use muster_core::model::{employee::Employee, field::Schema, ids::RunId, plan::Changed, response};
use muster_engine::{Difference, From, Replayed, RunError};
use std::{path::Path, process::ExitCode};

/// The number of employees that are printed; `--json` lists the first thousand.
const MAX_SHOWN: usize = 20;

pub(super) fn replay(
    arguments: &Arguments,
    path: &Path,
    from: From,
) -> Result<ExitCode, CommandError> {
    let file = integration_file(arguments, path)?;
    let wiring = Wiring::unchecked(arguments)?;
    let integration = wiring.at_rest(&file)?;
    let mut display = ProgressDisplay::new();
    let replayed = muster_engine::replay(&integration, from, &wiring.deps(), &mut |progress| {
        display.show(&progress)
    });
    display.end();
    let replayed = replayed?;
    let schema = &integration.setup.workspace.schema;
    if arguments.json {
        print_json(&answer(&replayed, schema));
    } else {
        tell(&replayed, schema);
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(replayed: &Replayed, schema: &Schema) -> response::Replay {
    let identity = |employee: &Employee| response::Identity {
        external_id: employee.external_id().map(str::to_owned),
        email: employee.email().to_owned(),
        name: employee.name(),
    };
    let difference = |found: &Difference| response::Difference {
        employee: found.is.as_ref().map(|employee| employee.id),
        is: found.is.as_ref().map(identity),
        would_be: found.would_be.as_ref().map(identity),
        changes: found
            .changes
            .iter()
            .map(|change| response::FieldDifference {
                field: schema.changed(change.what).to_owned(),
                is: change.old.clone(),
                would_be: change.new.clone(),
            })
            .collect(),
    };
    let refused = |(run, error): &(RunId, RunError)| response::RefusedDelivery {
        run: *run,
        code: error.code,
        message: crate::text::run_error(error).0,
    };
    let fields = replayed.fields.iter();
    response::Replay {
        from: replayed.from,
        at: replayed.at,
        deliveries: replayed.deliveries,
        lost: replayed.lost.clone(),
        refused: replayed.refused.iter().map(refused).collect(),
        unread: replayed.unread.iter().cloned().collect(),
        people: replayed.people,
        different: replayed.different,
        fields: fields
            .map(|(what, people)| (schema.changed(*what).to_owned(), *people))
            .collect(),
        differences: replayed.differences.iter().map(difference).collect(),
    }
}

fn tell(replayed: &Replayed, schema: &Schema) {
    let deliveries = count(replayed.deliveries, "delivery", "deliveries");
    say(format!(
        "{deliveries} since run {} ({}), processed again with the current rules in a copy:",
        replayed.from,
        moment(replayed.at)
    ));
    for run in &replayed.lost {
        say(format!(
            "! the delivery of run {run} is not archived: its changes are part of the difference"
        ));
    }
    for (run, error) in &replayed.refused {
        say(format!(
            "! the current rules refuse the delivery of run {run}: {} ({})",
            safe(&crate::text::run_error(error).0),
            error.code
        ));
    }
    unread(replayed.unread.iter().map(String::as_str));
    if replayed.different == 0 {
        say(format!(
            "no difference for {}",
            count(replayed.people, "employee", "employees")
        ));
        return;
    }
    say(format!(
        "{} of {} employees would differ:",
        replayed.different, replayed.people
    ));
    for (what, people) in &replayed.fields {
        say(format!(
            "  {}: {}",
            schema.changed(*what),
            count(*people, "employee", "employees")
        ));
    }
    for found in replayed.differences.iter().take(MAX_SHOWN) {
        difference(found, schema);
    }
    if replayed.different > MAX_SHOWN as u64 {
        say(format!(
            "  ... and {} more; --json lists the first thousand",
            replayed.different - MAX_SHOWN as u64
        ));
    }
    say("nothing was changed");
}

/// Warns of columns that were not read from the HR system at the time.
pub(super) fn unread<'c>(columns: impl Iterator<Item = &'c str>) {
    let columns: Vec<String> = columns
        .map(|column| format!("`{}`", safe(column)))
        .collect();
    if !columns.is_empty() {
        say(format!(
            "! {} was not read at the time, so its values are not part of the result",
            columns.join(", ")
        ));
    }
}

fn difference(found: &Difference, schema: &Schema) {
    let Some(person) = found.is.as_ref().or(found.would_be.as_ref()) else {
        return;
    };
    let who = safe(&format!(
        "{} ({})",
        person.name(),
        person.external_id().unwrap_or(person.email())
    ));
    match (&found.is, &found.would_be) {
        (Some(_), None) => say(format!("- {who} would not exist")),
        (None, _) => say(format!("+ {who} would exist")),
        (Some(_), Some(_)) => {
            say(format!("~ {who}"));
            for change in found.changes.iter() {
                let what = if change.what == Changed::Status {
                    "status"
                } else {
                    schema.changed(change.what)
                };
                say(show_change(
                    what,
                    change.old.as_deref(),
                    change.new.as_deref(),
                ));
            }
        }
    }
}

fn show_change(what: &str, is: Option<&str>, would_be: Option<&str>) -> String {
    format!("    {what}: is {}, would be {}", value(is), value(would_be))
}
