//! The test export: what the first records would become, as a CSV file for the person who reviews them. The file has personal data,
//! so only its owner can read it, and an existing file is never overwritten.

use crate::{error::CommandError, show::count, text, wiring::Wiring};
use muster_core::{
    model::{calendar::Calendar, problem::Problem, response::ConnectionTest},
    read::{formula::guarded, sample::check_sample, test_export},
};
use muster_engine::Integration;
use std::{fs::OpenOptions, io, path::Path};

/// The number of records of an export.
pub(super) const RECORDS: usize = 200;

/// Writes the export. Returns a line about it.
pub(super) fn write(
    file: &Path,
    wiring: &Wiring,
    integration: &Integration,
    tested: &ConnectionTest<Problem>,
) -> Result<String, CommandError> {
    let setup = &integration.setup;
    let calendar = Calendar::at(wiring.now(), &setup.workspace.settings);
    let records = check_sample(setup, calendar, &tested.columns, &tested.sample)
        .map_err(|problem| CommandError::usage(text::message(&problem), text::help(&problem)))?;
    let schema = &setup.workspace.schema;
    let rows = test_export::rows(schema, &setup.rules.mapping, &records, text::message);
    let failed = |error: io::Error| {
        CommandError::usage(
            format!("`{}` was not written: {error}", file.display()),
            "name a new file in a folder that exists",
        )
    };
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let opened = options.open(file).map_err(failed)?;
    let mut writer = csv::Writer::from_writer(opened);
    for row in rows {
        let written = writer.write_record(row.iter().map(|cell| guarded(cell).into_owned()));
        written.map_err(|error| failed(error.into()))?;
    }
    writer.flush().map_err(failed)?;
    Ok(format!(
        "{} written to {}",
        count(records.len() as u64, "record", "records"),
        file.display()
    ))
}
