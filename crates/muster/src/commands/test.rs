//! `muster test`: the connection test.

use super::{block_on, print_json, say, test_export, test_system};
use crate::{
    arguments::Arguments,
    config,
    error::CommandError,
    progress::ProgressDisplay,
    show::{self, count, safe, shortened, table},
    wiring::{Wiring, integration_file},
};
use muster_core::{
    model::{
        field::canonical::{EMAIL, FIRST_NAME, LAST_NAME},
        problem::Problem,
        response::{ConnectionTest, TestedFiles},
    },
    setup::{settings::Purpose, suggestion::Suggestion},
};
use muster_engine::{FileSource, Integration, RunError, Source, sample};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::ExitCode,
};

/// The number of sample records.
pub(super) const RECORDS: usize = 20;

/// The number of records that are read: enough for an export, if there is one.
pub(super) fn records(export: Option<&Path>, usual: usize) -> usize {
    export.map_or(usual, |_| test_export::RECORDS)
}

pub(super) fn test(
    arguments: &Arguments,
    path: &Path,
    accept: Option<&str>,
    export: Option<&Path>,
) -> Result<ExitCode, CommandError> {
    // A file that maps nothing yet is tested too: the test proposes the mapping.
    let file = match path.is_file() {
        true => config::read_for(Purpose::Connection, path)?,
        false => integration_file(arguments, path)?,
    };
    let wiring = Wiring::open(arguments)?;
    let mut integration = wiring.integration(&file)?;
    let workspace = integration.setup.workspace.id;
    let source = match &mut integration.source {
        Source::Files(source) => source,
        Source::System(source) => {
            let source = source.clone();
            return test_system::test(arguments, &wiring, &integration, &source, export);
        }
    };
    if let Some(fingerprint) = accept {
        let location = &source.settings.location;
        wiring.store.accept_host_key(
            workspace,
            &location.host,
            location.port,
            fingerprint,
            wiring.author(),
            wiring.now(),
        )?;
        source.settings.host_keys = vec![fingerprint.to_owned()];
        if let Some(known) = wiring
            .store
            .integration(workspace, &integration.setup.name)?
        {
            wiring.store.resume(workspace, known)?;
        }
    }
    let source = source.clone();
    let records = records(export, RECORDS);
    let tested = sampled(&wiring, &integration, &source, records)?;
    let tested = tested.map_err(CommandError::of_delivery)?;
    let exported = export
        .map(|file| test_export::write(file, &wiring, &integration, &tested))
        .transpose()?;
    let files = tested.files.clone().unwrap_or_default();
    if arguments.json {
        print_json(&tested.map_problems(|found| show::problem(&found, &files.matching)));
    } else {
        let location = source.settings.location.to_string();
        tell(&tested, &files, &location, &UsedColumns::of(&integration));
        if let Some(line) = exported {
            say(line);
        }
        tell_next(path, &files, is_mapped(&integration));
    }
    Ok(ExitCode::SUCCESS)
}

/// Connects to the files of an integration and reads the first records.
pub(super) fn sampled(
    wiring: &Wiring,
    integration: &Integration,
    source: &FileSource,
    records: usize,
) -> Result<Result<ConnectionTest<Problem>, RunError>, CommandError> {
    let mut display = ProgressDisplay::new();
    let sampled = block_on(sample(
        integration,
        source,
        records,
        &wiring.deps(),
        &mut |progress| display.show(&progress),
    ))?;
    display.end();
    Ok(sampled)
}

/// Whether the fields that every employee must have are mapped.
fn is_mapped(integration: &Integration) -> bool {
    let entries = &integration.setup.rules.mapping.entries;
    [EMAIL, FIRST_NAME, LAST_NAME]
        .iter()
        .all(|needed| entries.iter().any(|entry| entry.field == *needed))
}

fn tell_next(path: &Path, files: &TestedFiles, is_mapped: bool) {
    let name = path.display();
    if is_mapped {
        say(format!(
            "nothing was changed\n  help: run `muster plan {name}` to see what a sync would do"
        ));
        return;
    }
    say(format!(
        "{}nothing was changed\n  help: paste this mapping into {name} and correct it, then run `muster plan {name}` to see what a sync would do",
        config::mapping(&files.suggestions)
    ));
}

fn tell(
    sampled: &ConnectionTest<Problem>,
    files: &TestedFiles,
    location: &str,
    used: &UsedColumns,
) {
    say(format!(
        "connected to {location}: {} listed, {} matching",
        files.listed,
        files.matching.len()
    ));
    if let Some(key) = &files.host_key {
        say(format!("  host key {key}"));
    }
    for file in &files.matching {
        say(format!("  {} {} bytes", safe(&file.name), file.bytes));
    }
    say(format!(
        "{} in the newest file; its columns, with the mapped or the suggested field:",
        count(sampled.records, "record", "records")
    ));
    let suggestions = files.suggestions.iter();
    say(table(
        &["column", "field", "confidence", "reason", "samples"],
        suggestions.map(|suggestion| column_row(suggestion, used)),
    ));
    for column in &files.missing {
        say(format!(
            "! the mapping uses the column `{column}`, which is not in the file"
        ));
    }
    for problem in &sampled.problems {
        say(show::problem_line(problem, &files.matching));
    }
}

/// What the integration uses columns for.
struct UsedColumns {
    /// Keys of the fields that are mapped from a column.
    mapped: BTreeMap<String, Vec<String>>,
    /// Columns of selection rules.
    selecting: BTreeSet<String>,
}

impl UsedColumns {
    fn of(integration: &Integration) -> Self {
        let setup = &integration.setup;
        let mut mapped: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for entry in &setup.rules.mapping.entries {
            let key = setup.workspace.schema.key(entry.field);
            for column in entry.source.columns() {
                mapped
                    .entry(column.clone())
                    .or_default()
                    .push(key.to_owned());
            }
        }
        let rules = setup.rules.selection.iter();
        Self {
            mapped,
            selecting: rules.map(|rule| rule.column.clone()).collect(),
        }
    }
}

/// A column: with the field that it is mapped to, else with the one that is suggested.
fn column_row(suggestion: &Suggestion, used: &UsedColumns) -> Vec<String> {
    let samples: Vec<String> = suggestion
        .samples
        .iter()
        .map(|sample| shortened(sample))
        .collect();
    let column = &suggestion.column;
    let [field, confidence, reason] = match used.mapped.get(column) {
        Some(fields) => [fields.join(", "), String::new(), "mapped".to_owned()],
        None if used.selecting.contains(column) => [
            String::new(),
            String::new(),
            "used by a selection rule".to_owned(),
        ],
        None => suggested(suggestion),
    };
    vec![safe(column), field, confidence, reason, samples.join(" | ")]
}

/// The suggested field with its confidence and the reason.
fn suggested(suggestion: &Suggestion) -> [String; 3] {
    let field = match (&suggestion.field, &suggestion.format) {
        (Some(field), Some(format)) => format!("{field} ({format})"),
        (Some(field), None) => field.clone(),
        (None, _) => "(custom field)".to_owned(),
    };
    let confidence = format!("{:.0} %", suggestion.confidence * 100.0);
    [field, confidence, suggestion.why.clone()]
}
