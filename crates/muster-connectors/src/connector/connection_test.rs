//! What a connection test found: which fields are readable, withheld or empty, and whom the selection takes.

use super::{ConnectorError, Extent, Offered, Records, Wanted};
use jiff::civil::Date;
use muster_core::{
    read::{normalise::is_blank, record::Cell},
    setup::selection::{self, Verdict},
};

/// People whom a test shows.
const SAMPLE: usize = 5;

/// What a connection test found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The columns that are mapped or decide who is selected, then what else could be read.
    pub fields: Vec<Finding>,
    /// Columns of the sample.
    pub columns: Vec<String>,
    /// The first five people; a cell that says nothing is none.
    pub sample: Vec<Vec<Option<String>>>,
    /// Whom the selection would take; none if there is no selection.
    pub taken: Option<Taken>,
    /// How the read went.
    pub extent: Extent,
}

/// What was found of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What a mapping calls it.
    pub column: String,
    /// What the source calls it in its own pages, where it says so.
    pub label: Option<String>,
    /// Whether it can be read.
    pub state: FieldState,
    /// People with a value.
    pub filled: u64,
    /// Whether the integration reads it.
    pub is_wanted: bool,
}

/// Whether a column can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldState {
    /// Somebody has a value.
    Readable,
    /// It can be read, and nobody has a value.
    Empty,
    /// No record has it: the credentials may not read it, or it does not exist.
    Withheld,
    /// It could be read, but nothing asks for it.
    Unused,
}

/// Whom a selection would take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// People who would come in.
    pub selected: u64,
    /// People who would be left out.
    pub left_out: u64,
    /// People of whom the column that decides is withheld.
    pub undecided: u64,
    /// People whose value cannot be read.
    pub invalid: u64,
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
    let mut fields: Vec<Finding> = records
        .columns()
        .iter()
        .enumerate()
        .map(|(position, column)| {
            let (state, filled) = state(records, position);
            Finding {
                column: column.clone(),
                label: label(column),
                state,
                filled,
                is_wanted: true,
            }
        })
        .collect();
    for Offered { column, label } in offered {
        let is_known =
            |field: &Finding| field.column == column || label.as_ref() == Some(&field.column);
        if !fields.iter().any(is_known) {
            fields.push(Finding {
                column,
                label,
                state: FieldState::Unused,
                filled: 0,
                is_wanted: false,
            });
        }
    }
    Ok(Findings {
        fields,
        columns: records.columns().to_vec(),
        sample: sample(records),
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

fn sample(records: &Records) -> Vec<Vec<Option<String>>> {
    let text = |cell| match cell {
        Cell::Text(text) => Some(str::to_owned(text)),
        Cell::Absent | Cell::Null | Cell::Unreadable => None,
    };
    let columns = 0..records.columns().len();
    records
        .iter()
        .take(SAMPLE)
        .map(|record| {
            columns
                .clone()
                .map(|column| text(record.cell(column)))
                .collect()
        })
        .collect()
}

fn taken(records: &Records, wanted: &Wanted, today: Date) -> Result<Option<Taken>, ConnectorError> {
    if wanted.selection.is_empty() {
        return Ok(None);
    }
    let rules = selection::compile(&wanted.selection, records.columns())?;
    let mut taken = Taken::default();
    for record in records.iter() {
        let count = match selection::preview(&rules, |column| record.cell(column), today) {
            Verdict::Selected => &mut taken.selected,
            Verdict::NotSelected { .. } => &mut taken.left_out,
            Verdict::Absent | Verdict::Undecided { .. } => &mut taken.undecided,
            Verdict::Invalid(_) => &mut taken.invalid,
        };
        *count += 1;
    }
    Ok(Some(taken))
}
