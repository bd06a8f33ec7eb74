//! The connection test of a file source: connects, lists files, reads the first records and
//! proposes a mapping. It changes nothing.

use crate::{
    outcome::{Deps, Progress, RunError},
    source::FileSource,
    sync::Integration,
};
use muster_connectors::{format::csv, transport};
use muster_core::{
    model::{origin::DeliveredFile, problem::Problem},
    read::{
        normalise::{DateFormat, FieldKind},
        record::{Cell, Record, Sink},
    },
    setup::suggestion::{Suggestion, suggest},
};

/// The number of sample records.
const SAMPLE: usize = 20;

/// The result of a connection test.
#[derive(Debug)]
pub struct Sampled {
    /// Names listed at the source.
    pub listed: usize,
    /// Fingerprint of the server's host key, where there is one.
    pub host_key: Option<String>,
    /// The files that match, newest first.
    pub files: Vec<DeliveredFile>,
    /// Columns of the newest file.
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Records in the newest file.
    pub records: u64,
    /// The suggested field of each column.
    pub suggestions: Vec<Suggestion>,
    /// Mapped columns that the file does not have.
    pub missing: Vec<String>,
    pub problems: Vec<Problem>,
}

pub async fn sample(
    integration: &Integration,
    source: &FileSource,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<Sampled, RunError> {
    let look = transport::look(&source.settings).await?;
    let mut problems = look.warnings;
    let system = &deps.system;
    let now = || system.now();
    let mut delivery = transport::fetch(&source.settings, &now, &mut |step| {
        progress(Progress::Transport(step))
    })
    .await?;
    let mut sampler = Sampler::default();
    if let Some(newest) = delivery.files.first_mut() {
        let decoded = csv::decode(&mut newest.content, 0, &source.csv, &mut sampler)
            .map_err(RunError::from)?;
        problems.extend(decoded.warnings);
        problems.extend(decoded.truncated);
    }
    problems.extend(sampler.problems);
    let entries = &integration.setup.rules.mapping.entries;
    let absent = entries
        .iter()
        .map(|entry| entry.source.columns())
        .filter(|columns| {
            !columns.is_empty()
                && !columns
                    .iter()
                    .any(|column| sampler.columns.contains(column))
        });
    Ok(Sampled {
        listed: look.listed,
        host_key: look.host_key,
        files: delivery
            .files
            .into_iter()
            .map(|fetched| fetched.file)
            .collect(),
        suggestions: suggest(&sampler.columns, &sampler.rows, &formats(integration)),
        missing: absent.map(|columns| columns.join(" or ")).collect(),
        columns: sampler.columns,
        rows: sampler.rows,
        records: sampler.records,
        problems,
    })
}

/// The formats of mapped date columns.
fn formats(integration: &Integration) -> Vec<(String, DateFormat)> {
    let setup = &integration.setup;
    let schema = &setup.workspace.schema;
    let mut formats = Vec::new();
    for entry in &setup.rules.mapping.entries {
        let is_date = schema
            .get(entry.field)
            .is_some_and(|field| field.kind == FieldKind::Date);
        if !is_date {
            continue;
        }
        let format = entry.format.as_deref().map(DateFormat::parse);
        let format = format.and_then(Result::ok).unwrap_or_default();
        let columns = entry.source.columns().iter();
        formats.extend(columns.map(|column| (column.clone(), format.clone())));
    }
    formats
}

#[derive(Default)]
struct Sampler {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    records: u64,
    problems: Vec<Problem>,
}

impl Sink for Sampler {
    fn begin(&mut self, _file: u16, columns: &[String]) -> Result<(), Problem> {
        self.columns = columns.to_vec();
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        self.records += 1;
        if self.rows.len() < SAMPLE {
            let text = |column| match record.cell(column) {
                Cell::Text(text) => text.to_owned(),
                Cell::Absent | Cell::Null | Cell::Unreadable => String::new(),
            };
            self.rows.push((0..record.len()).map(text).collect());
        }
    }

    fn broken(&mut self, _: Record<'_>, problem: Problem) {
        self.records += 1;
        if self.problems.len() < SAMPLE {
            self.problems.push(problem);
        }
    }
}
