//! `muster test` of an HR system: which fields can be read, five people, and whom the selection would take.

use super::{block_on, print_json, say};
use crate::{
    arguments::Arguments,
    error::CommandError,
    progress::ProgressDisplay,
    show::{count, safe, shortened, table},
    wiring::Wiring,
};
use muster_connectors::connector::{FieldState, Finding, Findings, Taken};
use muster_engine::{Integration, SystemSource, examine};
use serde_json::json;
use std::process::ExitCode;

/// Fields that no mapping uses, of which the names are shown.
const UNUSED: usize = 40;

pub(super) fn test(
    arguments: &Arguments,
    wiring: &Wiring,
    integration: &Integration,
    source: &SystemSource,
) -> Result<ExitCode, CommandError> {
    let mut display = ProgressDisplay::new();
    let found = block_on(examine(
        integration,
        source,
        &wiring.deps(),
        &mut |progress| display.show(&progress),
    ))?;
    display.end();
    let found = found?;
    if arguments.json {
        print_json(&object(&found));
    } else {
        tell(&found, source.title);
    }
    Ok(ExitCode::SUCCESS)
}

fn object(found: &Findings) -> serde_json::Value {
    let field = |field: &Finding| {
        json!({
            "column": field.column, "label": field.label, "state": word(field.state), "filled": field.filled,
            "mapped": field.is_wanted,
        })
    };
    let taken = found.taken.map(|taken| {
        json!({
            "selected": taken.selected, "left_out": taken.left_out, "undecided": taken.undecided,
            "invalid": taken.invalid,
        })
    });
    let problem = |problem: &muster_core::model::problem::Problem| json!({ "code": problem.code, "message": crate::text::message(problem), "advice": crate::text::help(problem) });
    json!({
        "records": found.extent.records, "announced": found.extent.announced,
        "partial": found.extent.partial.map(|reason| reason.as_str()),
        "fields": found.fields.iter().map(field).collect::<Vec<_>>(),
        "columns": found.columns, "sample": found.sample, "selection": taken,
        "problems": found.extent.problems.iter().map(problem).collect::<Vec<_>>(),
    })
}

fn tell(found: &Findings, title: &str) {
    say(format!(
        "connected to {title}: {} read",
        count(found.extent.records, "person", "people")
    ));
    let row = |field: &Finding| {
        vec![
            safe(&field.column),
            field.label.as_deref().map(safe).unwrap_or_default(),
            sentence(field.state).to_owned(),
            field.filled.to_string(),
        ]
    };
    let (unused, asked): (Vec<&Finding>, Vec<&Finding>) = found
        .fields
        .iter()
        .partition(|field| field.state == FieldState::Unused);
    say(table(
        &["field", "called", "can it be read", "people with a value"],
        asked.into_iter().map(row),
    ));
    if !unused.is_empty() {
        say(not_used(&unused));
    }
    say(format!(
        "{}:",
        count(
            found.sample.len() as u64,
            "person as an example",
            "people as examples"
        )
    ));
    let cells = |person: &Vec<Option<String>>| {
        let cell =
            |cell: &Option<String>| cell.as_deref().map_or_else(|| "-".to_owned(), shortened);
        person.iter().map(cell).collect::<Vec<_>>()
    };
    let header: Vec<&str> = found.columns.iter().map(String::as_str).collect();
    say(table(&header, found.sample.iter().map(cells)));
    if let Some(taken) = found.taken {
        say(selection(taken));
    }
    for problem in &found.extent.problems {
        say(format!(
            "! {} ({})\n  next: {}",
            safe(&crate::text::message(problem)),
            problem.code,
            safe(&crate::text::help(problem))
        ));
    }
    if let Some(reason) = found.extent.partial {
        say(format!(
            "! a sync would take this read as not complete ({}): nobody would depart by absence",
            reason.as_str()
        ));
    }
    say("nothing was changed; next: muster plan FILE.toml, to see what a sync would do");
}

/// What could be mapped besides. An account may have hundreds of fields, which would hide those that matter.
fn not_used(fields: &[&Finding]) -> String {
    let name = |field: &&Finding| match field
        .label
        .as_deref()
        .filter(|label| *label != field.column)
    {
        Some(label) => format!("{} ({})", safe(&field.column), safe(label)),
        None => safe(&field.column),
    };
    let names: Vec<String> = fields.iter().take(UNUSED).map(name).collect();
    let more = match fields.len().saturating_sub(UNUSED) {
        0 => String::new(),
        more => format!(" and {more} more; --json has them all"),
    };
    let many = count(fields.len() as u64, "field", "fields");
    format!(
        "{many} could be read too and no mapping uses: {}{more}",
        names.join(", ")
    )
}

fn selection(taken: Taken) -> String {
    let mut text = format!(
        "the selection takes {} and leaves {} out",
        taken.selected, taken.left_out
    );
    if taken.undecided > 0 {
        text.push_str(&format!(
            "; of {} it cannot be seen, and they stay as they are",
            taken.undecided
        ));
    }
    if taken.invalid > 0 {
        text.push_str(&format!("; of {} the value cannot be read", taken.invalid));
    }
    text
}

fn word(state: FieldState) -> &'static str {
    match state {
        FieldState::Readable => "readable",
        FieldState::Empty => "empty",
        FieldState::Withheld => "withheld",
        FieldState::Unused => "unused",
    }
}

fn sentence(state: FieldState) -> &'static str {
    match state {
        FieldState::Readable => "yes",
        FieldState::Empty => "yes, but nobody has a value",
        FieldState::Withheld => "no: withheld from these credentials, or it does not exist",
        FieldState::Unused => "yes; the mapping does not use it",
    }
}
