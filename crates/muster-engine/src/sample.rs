//! The connection test of a file source: connects, lists files, reads the first records and
//! proposes a mapping. It changes nothing.

use crate::{
    files::identifier_columns,
    outcome::{Deps, Progress, RunError},
    source::FileSource,
    sync::Integration,
};
use jiff::civil::Date;
use muster_connectors::{
    connector::Wanted,
    format::{csv, packed},
    transport,
};
use muster_core::{
    model::{
        calendar::Calendar,
        problem::Problem,
        response::{ConnectionField, ConnectionTest, FieldState, SelectionCounts, TestedFiles},
    },
    read::{
        columns,
        normalise::{DateFormat, FieldKind, is_blank},
        record::{Cell, Record, Sink},
    },
    setup::{
        selection::{self, CompiledRules, Rule},
        suggestion::suggest,
    },
};

/// How many problems of records are listed.
const MAX_PROBLEMS: usize = 20;

/// Tests the connection to files. `records` is the number of sample records.
pub async fn sample(
    integration: &Integration,
    source: &FileSource,
    records: usize,
    deps: &Deps,
    progress: &mut (dyn FnMut(Progress<'_>) + Send),
) -> Result<ConnectionTest<Problem>, RunError> {
    let look = transport::look(&source.settings).await?;
    let mut problems = look.warnings;
    let system = &deps.system;
    let now = || system.now();
    let delivery = transport::fetch(&source.settings, &now, &mut |step| {
        progress(Progress::Transport(step))
    })
    .await?;
    let setup = &integration.setup;
    let today = Calendar::at(deps.clock.now(), &setup.workspace.settings).today;
    let mut sampler = Sampler::new(&setup.rules.selection, today, records);
    if let Some(newest) = delivery.files.first() {
        let identifiers = identifier_columns(setup);
        let unpacked =
            packed::unpack(&newest.content, &source.csv, &identifiers).map_err(RunError::from)?;
        let content = unpacked.as_ref().unwrap_or(&newest.content);
        let decoded =
            csv::decode(&mut &*content, 0, &source.csv, &mut sampler).map_err(RunError::from)?;
        problems.extend(columns::duplicate(setup, &sampler.columns));
        problems.extend(decoded.warnings);
        problems.extend(decoded.truncated);
    }
    problems.append(&mut sampler.problems);
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
    let missing = absent.map(|columns| columns.join(" or ")).collect();
    let rows: Vec<Vec<String>> = sampler.sample.iter().map(|row| texts(row)).collect();
    Ok(ConnectionTest {
        records: sampler.records,
        announced: None,
        partial: None,
        fields: fields(&sampler, &Wanted::of(setup)),
        selection: sampler.rules.map(|_| sampler.selected),
        problems,
        files: Some(TestedFiles {
            listed: look.listed,
            host_key: look.host_key,
            matching: delivery
                .files
                .into_iter()
                .map(|fetched| fetched.file)
                .collect(),
            suggestions: suggest(&sampler.columns, &rows, &formats(integration)),
            missing,
        }),
        columns: sampler.columns,
        sample: sampler.sample,
    })
}

/// A row in which a missing value is blank.
fn texts(row: &[Option<String>]) -> Vec<String> {
    row.iter()
        .map(|cell| cell.clone().unwrap_or_default())
        .collect()
}

/// The columns of the file, then those that are mapped and not in it.
fn fields(sampler: &Sampler<'_>, wanted: &Wanted) -> Vec<ConnectionField> {
    let field = |column: &String, state, filled, mapped| ConnectionField {
        column: column.clone(),
        label: None,
        state,
        filled,
        mapped,
    };
    let columns = sampler.columns.iter().zip(&sampler.filled);
    let in_file = columns.map(|(column, filled)| {
        let mapped = wanted.columns.contains(column);
        let state = match (mapped, filled) {
            (false, _) => FieldState::Unused,
            (true, 0) => FieldState::Empty,
            (true, _) => FieldState::Readable,
        };
        field(column, state, *filled, mapped)
    });
    let absent = wanted.columns.iter();
    let absent = absent.filter(|column| !sampler.columns.contains(column));
    in_file
        .chain(absent.map(|column| field(column, FieldState::Withheld, 0, true)))
        .collect()
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
        let format = entry.date_format().unwrap_or_default();
        let columns = entry.source.columns().iter();
        formats.extend(columns.map(|column| (column.clone(), format.clone())));
    }
    formats
}

struct Sampler<'r> {
    selection: &'r [Rule],
    today: Date,
    /// The rules for the columns of the file; none: there are none, or they cannot be evaluated on it.
    rules: Option<CompiledRules>,
    selected: SelectionCounts,
    columns: Vec<String>,
    /// Records with a value, by column.
    filled: Vec<u64>,
    /// How many records are in the sample.
    size: usize,
    sample: Vec<Vec<Option<String>>>,
    records: u64,
    problems: Vec<Problem>,
}

impl<'r> Sampler<'r> {
    fn new(selection: &'r [Rule], today: Date, size: usize) -> Self {
        Self {
            size,
            selection,
            today,
            rules: None,
            selected: SelectionCounts::default(),
            columns: Vec::new(),
            filled: Vec::new(),
            sample: Vec::new(),
            records: 0,
            problems: Vec::new(),
        }
    }
}

impl Sink for Sampler<'_> {
    fn begin(&mut self, _file: u16, columns: &[String]) -> Result<(), Problem> {
        self.columns = columns.to_vec();
        self.filled = vec![0; columns.len()];
        if !self.selection.is_empty() {
            self.rules = selection::compile(self.selection, columns).ok();
        }
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) {
        self.records += 1;
        for (column, filled) in self.filled.iter_mut().enumerate() {
            if matches!(record.cell(column), Cell::Text(text) if !is_blank(text)) {
                *filled += 1;
            }
        }
        if let Some(rules) = &self.rules {
            let verdict = selection::preview(rules, |column| record.cell(column), self.today);
            self.selected.add(&verdict);
        }
        if self.sample.len() < self.size {
            let text = |column| match record.cell(column) {
                Cell::Text(text) => Some(text.to_owned()),
                Cell::Absent | Cell::Null | Cell::Unreadable => None,
            };
            self.sample.push((0..record.len()).map(text).collect());
        }
    }

    fn broken(&mut self, _: Record<'_>, problem: Problem) {
        self.records += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }
}
