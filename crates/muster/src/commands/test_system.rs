//! `muster test` of an HR system: readable fields, sample employees, and what the selection rules would select.

use super::{block_on, print_json, say, test::records, test_export};
use crate::{
    arguments::Arguments,
    error::CommandError,
    progress::ProgressDisplay,
    show::{count, problem, problem_line, safe, shortened, table},
    wiring::Wiring,
};
use muster_core::model::{
    problem::Problem,
    response::{ConnectionField, ConnectionTest, FieldState, SelectionCounts},
};
use muster_engine::{Integration, RunError, SystemSource, test_connection};
use std::{path::Path, process::ExitCode};

/// The number of sample employees.
pub(super) const RECORDS: usize = 5;

/// The number of unmapped fields that are named.
const MAX_UNMAPPED: usize = 40;

pub(super) fn test(
    arguments: &Arguments,
    wiring: &Wiring,
    integration: &Integration,
    source: &SystemSource,
    export: Option<&Path>,
) -> Result<ExitCode, CommandError> {
    let found = read(wiring, integration, source, records(export, RECORDS))??;
    let exported = export
        .map(|file| test_export::write(file, wiring, integration, &found))
        .transpose()?;
    if arguments.json {
        print_json(&found.map_problems(|found| problem(&found, &[])));
    } else {
        tell(&found, source.title);
        if let Some(line) = exported {
            say(line);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Connects to an HR system and reads the first employees.
pub(super) fn read(
    wiring: &Wiring,
    integration: &Integration,
    source: &SystemSource,
    records: usize,
) -> Result<Result<ConnectionTest<Problem>, RunError>, CommandError> {
    let mut display = ProgressDisplay::new();
    let found = block_on(test_connection(
        integration,
        source,
        records,
        &wiring.deps(),
        &mut |progress| display.show(&progress),
    ))?;
    display.end();
    Ok(found)
}

fn tell(found: &ConnectionTest<Problem>, title: &str) {
    say(format!(
        "connected to {title}: {} read",
        count(found.records, "employee", "employees")
    ));
    let row = |field: &ConnectionField| {
        vec![
            safe(&field.column),
            field.label.as_deref().map(safe).unwrap_or_default(),
            sentence(field.state).to_owned(),
            field.filled.to_string(),
        ]
    };
    let (unused, asked): (Vec<&ConnectionField>, Vec<&ConnectionField>) = found
        .fields
        .iter()
        .partition(|field| field.state == FieldState::Unused);
    say(table(
        &["field", "label", "readable", "employees with a value"],
        asked.into_iter().map(row),
    ));
    if !unused.is_empty() {
        say(not_used(&unused));
    }
    say(format!(
        "{}:",
        count(
            found.sample.len() as u64,
            "sample employee",
            "sample employees"
        )
    ));
    let cells = |person: &Vec<Option<String>>| {
        let cell =
            |cell: &Option<String>| cell.as_deref().map_or_else(|| "-".to_owned(), shortened);
        person.iter().map(cell).collect::<Vec<_>>()
    };
    let header: Vec<&str> = found.columns.iter().map(String::as_str).collect();
    say(table(&header, found.sample.iter().map(cells)));
    if let Some(taken) = found.selection {
        say(selection(taken));
    }
    for problem in &found.problems {
        say(problem_line(problem, &[]));
    }
    if let Some(reason) = &found.partial {
        say(format!(
            "! a sync would treat this delivery as incomplete ({}): no employee would be deactivated for being missing",
            reason
        ));
    }
    say("nothing was changed\n  help: run `muster plan FILE.toml` to see what a sync would do");
}

/// Fields that could be mapped. An account can have hundreds of them, which would hide those that matter.
fn not_used(fields: &[&ConnectionField]) -> String {
    let name = |field: &&ConnectionField| match field
        .label
        .as_deref()
        .filter(|label| *label != field.column)
    {
        Some(label) => format!("{} ({})", safe(&field.column), safe(label)),
        None => safe(&field.column),
    };
    let names: Vec<String> = fields.iter().take(MAX_UNMAPPED).map(name).collect();
    let more = match fields.len().saturating_sub(MAX_UNMAPPED) {
        0 => String::new(),
        more => format!(" and {more} more; --json lists all of them"),
    };
    let many = count(fields.len() as u64, "field", "fields");
    format!("{many} readable but not mapped: {}{more}", names.join(", "))
}

fn selection(taken: SelectionCounts) -> String {
    let mut text = format!(
        "selection rules: {} selected, {} not selected",
        taken.selected, taken.left_out
    );
    if taken.undecided > 0 {
        text.push_str(&format!(
            "; {} could not be evaluated and would stay unchanged",
            taken.undecided
        ));
    }
    if taken.invalid > 0 {
        text.push_str(&format!("; {} with an invalid value", taken.invalid));
    }
    text
}

fn sentence(state: FieldState) -> &'static str {
    match state {
        FieldState::Readable => "yes",
        FieldState::Empty => "yes, but no employee has a value",
        FieldState::Withheld => "no: the credentials may not read it, or it does not exist",
        FieldState::Unused => "yes; not mapped",
    }
}
