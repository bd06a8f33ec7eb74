//! What a connection test found: which fields are readable, withheld or empty, and which employees the rules select.

use super::{ConnectorError, Extent, Offered, Records, Wanted};
use jiff::civil::Date;
use muster_core::{
    model::response::{ConnectionField, FieldState, SelectionCounts},
    read::{normalise::is_blank, record::Cell},
    setup::selection,
};

/// People that a test shows at least.
const MIN_SAMPLE: usize = 5;

/// What a connection test found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The columns that are mapped or decide who is selected, then what else could be read.
    pub fields: Vec<ConnectionField>,
    /// Columns of the sample.
    pub columns: Vec<String>,
    /// The first people; a cell that says nothing is none.
    pub sample: Vec<Vec<Option<String>>>,
    /// Which employees the rules would select; none if there are no rules.
    pub taken: Option<SelectionCounts>,
    /// How the read went.
    pub extent: Extent,
}

pub(super) fn find(
    offered: Vec<Offered>,
    records: &Records,
    extent: Extent,
    wanted: &Wanted,
    today: Date,
) -> Result<Findings, ConnectorError> {
    let label = |column: &str| {
        offered
            .iter()
            .find(|it| it.column == column)
            .and_then(|it| it.label.clone())
    };
    let mut fields: Vec<ConnectionField> = records
        .columns()
        .iter()
        .enumerate()
        .map(|(position, column)| {
            let (state, filled) = state(records, position);
            ConnectionField {
                column: column.clone(),
                label: label(column),
                state,
                filled,
                mapped: true,
            }
        })
        .collect();
    for Offered { column, label } in offered {
        let is_known = |field: &ConnectionField| {
            field.column == column || label.as_ref() == Some(&field.column)
        };
        if !fields.iter().any(is_known) {
            fields.push(ConnectionField {
                column,
                label,
                state: FieldState::Unused,
                filled: 0,
                mapped: false,
            });
        }
    }
    Ok(Findings {
        fields,
        columns: records.columns().to_vec(),
        sample: sample(records, wanted.sample.max(MIN_SAMPLE)),
        taken: taken(records, wanted, today)?,
        extent,
    })
}

fn state(records: &Records, column: usize) -> (FieldState, u64) {
    let is_filled =
        |cell| matches!(cell, Cell::Text(text) if !is_blank(text)) || cell == Cell::Unreadable;
    let filled = records
        .iter()
        .filter(|record| is_filled(record.cell(column)))
        .count() as u64;
    let is_absent = records
        .iter()
        .all(|record| record.cell(column) == Cell::Absent);
    match (filled, is_absent) {
        (0, true) => (FieldState::Withheld, 0),
        (0, false) => (FieldState::Empty, 0),
        (filled, _) => (FieldState::Readable, filled),
    }
}

fn sample(records: &Records, size: usize) -> Vec<Vec<Option<String>>> {
    let text = |cell| match cell {
        Cell::Text(text) => Some(str::to_owned(text)),
        Cell::Absent | Cell::Null | Cell::Unreadable => None,
    };
    let columns = 0..records.columns().len();
    records
        .iter()
        .take(size)
        .map(|record| {
            columns
                .clone()
                .map(|column| text(record.cell(column)))
                .collect()
        })
        .collect()
}

fn taken(
    records: &Records,
    wanted: &Wanted,
    today: Date,
) -> Result<Option<SelectionCounts>, ConnectorError> {
    if wanted.selection.is_empty() {
        return Ok(None);
    }
    let rules = selection::compile(&wanted.selection, records.columns())?;
    let mut taken = SelectionCounts::default();
    for record in records.iter() {
        let verdict = selection::preview(&rules, |column| record.cell(column), today);
        taken.add(&verdict);
    }
    Ok(Some(taken))
}
