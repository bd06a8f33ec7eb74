//! `muster replay`: what today's rules would have made of past deliveries.

use super::{print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    progress::ProgressDisplay,
    show::{count, moment, safe, value},
    wiring::{Wiring, integration_file},
};
use muster_core::model::{employee::Employee, field::Schema, plan::Changed};
use muster_engine::{Difference, From, Replayed};
use serde_json::{Value, json};
use std::{path::Path, process::ExitCode};

/// How many people are printed; `--json` has the first thousand.
const SHOWN: usize = 20;

pub(super) fn replay(
    arguments: &Arguments,
    path: &Path,
    from: From,
) -> Result<ExitCode, CommandError> {
    let file = integration_file(path)?;
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
        print_json(&object(&replayed, schema));
    } else {
        tell(&replayed, schema);
    }
    Ok(ExitCode::SUCCESS)
}

fn object(replayed: &Replayed, schema: &Schema) -> Value {
    let person = |person: &Option<Employee>| {
        person.as_ref().map(
            |person| json!({ "external_id": person.external_id(), "email": person.email(), "name": person.name() }),
        )
    };
    let difference = |found: &Difference| {
        json!({
            "employee": found.is.as_ref().map(|person| person.id),
            "is": person(&found.is), "would_be": person(&found.would_be),
            "changes": found.changes.iter().map(|change| {
                json!({ "field": schema.changed(change.what), "is": change.old, "would_be": change.new })
            }).collect::<Vec<_>>(),
        })
    };
    let fields: serde_json::Map<_, _> = replayed
        .fields
        .iter()
        .map(|(what, people)| (schema.changed(*what).to_owned(), json!(people)))
        .collect();
    json!({
        "from": replayed.from, "at": replayed.at, "deliveries": replayed.deliveries, "lost": replayed.lost,
        "refused": replayed.refused.iter().map(|(run, error)| json!({ "run": run, "code": error.code, "message": error.message })).collect::<Vec<_>>(),
        "unread": replayed.unread, "people": replayed.people, "different": replayed.different, "fields": fields,
        "differences": replayed.differences.iter().map(difference).collect::<Vec<_>>(),
    })
}

fn tell(replayed: &Replayed, schema: &Schema) {
    let deliveries = count(replayed.deliveries, "delivery", "deliveries");
    say(format!(
        "{deliveries} since run {} ({}), again under today's rules, in a copy:",
        replayed.from,
        moment(replayed.at)
    ));
    for run in &replayed.lost {
        say(format!(
            "! the delivery of run {run} is not kept: what it changed is part of the difference"
        ));
    }
    for (run, error) in &replayed.refused {
        say(format!(
            "! today's rules refuse the delivery of run {run}: {} ({})",
            safe(&error.message),
            error.code
        ));
    }
    unread(replayed.unread.iter().map(String::as_str));
    if replayed.different == 0 {
        say(format!(
            "all {} would be as they are",
            count(replayed.people, "person", "people")
        ));
        return;
    }
    say(format!(
        "{} of {} people would be different now:",
        replayed.different, replayed.people
    ));
    for (what, people) in &replayed.fields {
        say(format!(
            "  {}: {}",
            schema.changed(*what),
            count(*people, "person", "people")
        ));
    }
    for found in replayed.differences.iter().take(SHOWN) {
        difference(found, schema);
    }
    if replayed.different > SHOWN as u64 {
        say(format!(
            "  ... and {} more; --json has the first thousand",
            replayed.different - SHOWN as u64
        ));
    }
    say("the directory is as it was");
}

/// Warns of columns that nobody asked the HR system for when a delivery was read.
pub(super) fn unread<'c>(columns: impl Iterator<Item = &'c str>) {
    let columns: Vec<String> = columns
        .map(|column| format!("`{}`", safe(column)))
        .collect();
    if !columns.is_empty() {
        say(format!(
            "! the system was not asked for {} then: what that would set is left out",
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
        (Some(_), None) => say(format!("- {who} would not be there")),
        (None, _) => say(format!("+ {who} would be there")),
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
