//! The rules of the tested integration, and rows of text as records.

use super::{COLUMNS, Fixture};
use muster_core::{
    model::{
        code::Code,
        field::{FieldDefinition, FieldNumber, FieldOrigin, Schema},
        ids::WorkspaceId,
        origin::Origin,
        problem::{Problem, Severity, api, csv, value},
        workspace::{Workspace, WorkspaceSettings},
    },
    read::{
        filter::RecordFilter,
        normalise::FieldKind,
        reading::{PartialReason, Reading},
        record::{Mark, Record, Sink},
        roster::Roster,
    },
    setup::{
        integration::{Rules, Setup},
        mapping::{FieldMapping, Mapping, Source},
        policy::{Approve, Policy},
    },
};

pub(super) fn setup() -> Setup {
    let own = |key: &str, kind, origin| FieldDefinition {
        key: key.to_owned(),
        kind,
        origin,
        required: false,
    };
    let schema = Schema::new([
        own("level", FieldKind::Number, FieldOrigin::Custom),
        own(
            "monthly_all_budget",
            FieldKind::Decimal,
            FieldOrigin::Budget,
        ),
    ]);
    let mapping = |(column, field): &(&str, FieldNumber)| {
        FieldMapping::new(*field, Source::Column((*column).to_owned()))
    };
    Setup {
        workspace: Workspace {
            companies: Vec::new(),
            id: WorkspaceId(1),
            name: "acme".to_owned(),
            settings: WorkspaceSettings {
                languages: vec!["en".to_owned(), "nl".to_owned()],
                region: Some("NL".to_owned()),
                ..WorkspaceSettings::default()
            },
            schema,
            groups: vec!["Finance".to_owned(), "Sales".to_owned()],
            fingerprint_key: [7; 32],
        },
        name: "test".to_owned(),
        rules: Rules {
            mapping: Mapping {
                entries: COLUMNS.iter().map(mapping).collect(),
            },
            selection: Vec::new(),
            policy: Policy {
                approve: Approve::Never,
                ..Policy::default()
            },
        },
    }
}

/// The line of a row, and its cells.
type Row = (u32, Vec<String>);

/// Header and rows with their lines, from 1 for the header.
pub(super) fn table(text: &str) -> (Vec<String>, Vec<Row>) {
    let cells = |line: &str| {
        line.trim()
            .split(',')
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let mut lines = (1..).zip(text.trim().lines());
    let columns = lines
        .next()
        .map(|(_, line)| cells(line))
        .unwrap_or_default();
    (
        columns,
        lines.map(|(line, text)| (line, cells(text))).collect(),
    )
}

impl Fixture {
    /// What a delivery says, read with another roster than the directory's.
    pub(crate) fn read_with(
        &self,
        roster: &Roster,
        files: &[&str],
        partial: Option<PartialReason>,
    ) -> Result<Reading, Problem> {
        let mut filter = RecordFilter::new(&self.setup, roster, self.calendar);
        for (text, file) in files.iter().zip(0..) {
            let (columns, rows) = table(text);
            filter.begin(file, &columns)?;
            for (line, cells) in rows {
                feed(&mut filter, Origin { file, line }, &cells);
            }
        }
        Ok(filter.finish(partial))
    }
}

fn feed(filter: &mut RecordFilter<'_>, origin: Origin, cells: &[String]) {
    let is_broken = cells[0].starts_with('!');
    let mut text = String::new();
    let (mut ends, mut marks) = (Vec::new(), Vec::new());
    for cell in cells {
        let (mark, value) = match cell.trim_start_matches('!') {
            "<null>" => (Mark::Null, ""),
            "<absent>" => (Mark::Absent, ""),
            "<unreadable>" | "<object>" => (Mark::Unreadable, ""),
            value => (Mark::Text, value),
        };
        text.push_str(value);
        ends.push(text.len());
        marks.push(mark);
    }
    let record = Record::with_marks(origin, &text, &ends, &marks);
    if let Some(column) = marks.iter().position(|mark| *mark == Mark::Unreadable)
        && !is_broken
    {
        let problem = match cells[column].as_str() {
            "<object>" => not_plain(COLUMNS[0].0),
            _ => undecodable(),
        };
        return filter.broken(record, problem.at(origin));
    }
    if !is_broken {
        return filter.record(record);
    }
    let count = if cells.len() == 1 { 0 } else { ends.len() };
    let problem = Problem::new(
        Code::CsvColumns,
        Severity::Rejected,
        value::Detail::Undecodable,
        value::Remedy::WriteDate,
    );
    filter.broken(
        Record::with_marks(origin, &text, &ends[..count], &marks[..count]),
        problem.at(origin),
    );
}

/// What the decoder says of a value that is no text.
fn undecodable() -> Problem {
    let detail = csv::Detail::NotText {
        encoding: csv::Encoding::Utf8,
    };
    let remedy = csv::Remedy::UseLatin1IfWhole;
    Problem::new(Code::CsvEncoding, Severity::Rejected, detail, remedy)
}

/// What a connector says of a value of another kind.
fn not_plain(column: &str) -> Problem {
    let detail = api::Detail::UnreadableValue {
        column: column.to_owned(),
        id: "1".to_owned(),
    };
    let remedy = api::Remedy::CheckAttribute {
        system: "BambooHR".to_owned(),
    };
    Problem::new(Code::ApiValue, Severity::Rejected, detail, remedy)
}
